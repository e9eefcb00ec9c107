"""What is declared for a function whose result comes later: the mutation that asks, and a query and a subscription that show what became of it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from types import FunctionType
from typing import Any, Optional, TypeVar
from uuid import UUID

from portico.gateway.functions.kept_calls import KeptCall, KeptCalls, forget_remote_calls, remote_calls
from portico.schema.caller import Caller
from portico.schema.declarations import current
from portico.schema.events import cron
from portico.schema.functions import CannotBeAsynchronous
from portico.schema.hooks import source_of
from portico.schema.services import HttpService, RemoteDeclaration
from portico.schema.words import pascal

Function = TypeVar("Function", bound=Callable[..., Any])
# A header whose name says so much may be how its sender proves who they are.
_CREDENTIALS = re.compile("auth|cookie|credential|key|password|secret|session|token")


def asking(function: Function, remote: RemoteDeclaration) -> Function:
    """
    The same function giving an id, for `mutation` to declare; those that show its result are declared along with it.

    Raises:
        CannotBeAsynchronous: credentials of clients would be passed on, and so be kept in the database.
    """
    service = remote.service
    forwarded = service.forwarded if isinstance(service, HttpService) else ()
    if kept := [each for each in forwarded if _CREDENTIALS.search(each)]:
        raise CannotBeAsynchronous(
            f"{function.__name__} is asynchronous and forwards {kept[0]}, which would be kept in the database.",
            hint="Who calls is in the payload's session_variables; have the service be shown a key by headers= or secret=.",
            source=source_of(function),
        )
    _need_what_keeps_calls()
    asks: Any = _copied(function)
    asks.__annotations__ = {**function.__annotations__, "return": UUID}
    current().remotes[asks] = remote
    current().companions[asks] = _showing(function)
    return asks


def _need_what_keeps_calls() -> None:
    declared = current()
    remote_calls(declared.registry.metadata)
    declared.needs_jobs = True
    if all(each.function is not forget_remote_calls for each in declared.schedules):
        cron("*/10 * * * *")(forget_remote_calls)


def _copied(function: Any) -> Any:
    made = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    made.__kwdefaults__, made.__doc__, made.__module__ = function.__kwdefaults__, function.__doc__, function.__module__
    made.__qualname__ = function.__qualname__
    return made


def _showing(function: Callable[..., Any]) -> Any:
    """By operation, what shows the result of a call to whoever asked."""
    name = function.__name__
    shown = _class_of(function)

    async def found(id: UUID, caller: Caller, calls: KeptCalls) -> Any:
        call = await calls.find(str(id), name, caller)
        return None if call is None else _shown(shown, call)

    async def watched(id: UUID, caller: Caller, calls: KeptCalls) -> AsyncGenerator[Any]:
        async for call in calls.watch(str(id), name, caller):
            yield None if call is None else _shown(shown, call)

    for each, result in ((found, Optional[shown]), (watched, AsyncGenerator[Optional[shown]])):  # noqa: UP045
        each.__name__ = each.__qualname__ = name
        each.__annotations__ = {"id": UUID, "caller": Caller, "calls": KeptCalls, "return": result}
        each.__doc__ = f"What became of a call of {name}, for whoever asked for it."
    return {"query": found, "subscription": watched}


def _class_of(function: Callable[..., Any]) -> Any:
    """The type of what is shown; its module is the author's, whose names are in the annotation of the result."""
    result: Any = function.__annotations__.get("return", Any)
    errors = Optional[dict[str, Any]]  # noqa: UP045
    members: list[tuple[str, Any]] = [
        ("id", UUID),
        ("created_at", datetime),
        ("errors", errors),
        ("output", Optional[result]),  # noqa: UP045  # which may be text
    ]
    made = dataclasses.make_dataclass(f"{pascal(function.__name__)}Call", members, frozen=True)
    made.__module__ = function.__module__
    made.__doc__ = f"A call of {function.__name__}: without errors and output it has not been answered yet."
    return made


def _shown(shown: Any, call: KeptCall) -> Any:
    return shown(UUID(call.id), call.created_at, call.errors, call.output)
