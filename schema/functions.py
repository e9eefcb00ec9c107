"""How does a function become a root field, or run before another: the decorators `query`, `mutation`, `subscription` and `before`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, overload

from portico.schema.declarations import FunctionDeclaration, HookDeclaration, Operation, current
from portico.schema.hooks import check_condition, check_hook, source_of
from portico.schema.problems import ModelProblem, Source

Function = TypeVar("Function", bound=Callable[..., Any])
Roles = str | Iterable[str] | None
Condition = Callable[..., Any] | None
_COMPANIONS = (
    10_000  # calls at once in a process of what is declared along with a function: they look something up, or wait
)


class CannotBeAsynchronous(ModelProblem):
    """A function's call cannot be put down for later: it is no mutation, or would have credentials of clients kept."""

    code = "PT562"


@overload
def query(function: Function) -> Function: ...
@overload
def query(
    *, to: Roles = None, when: Condition = None, timeout_s: float | None = None, concurrency: int | None = None
) -> Callable[[Function], Function]: ...
def query(
    function: Any = None,
    *,
    to: Roles = None,
    when: Condition = None,
    timeout_s: float | None = None,
    concurrency: int | None = None,
) -> Any:
    """
    Makes a typed function a query field: `async def weather(city: str, caller: Caller) -> Weather`.

    The field is called like the function; its docstring describes it. Arguments and results are scalars, lists, enums,
    dataclasses and types of Strawberry's; results may be models and lists of models, of which clients select as of any row and see what
    their rules show. A parameter annotated `Caller` is filled with the caller, one annotated `Data` with the database,
    and neither is an argument of the field. One that is not `async` runs in a thread.

    Args:
        to: the roles that have the field; every role unless given.
        when: a function that says whether the caller may: `def editors(caller: Caller, post_id: UUID) -> bool`. It takes
            what it needs of the arguments by name, and what functions are handed by type.
        timeout_s: a call that takes longer is cancelled; the setting `functions.timeout_s` unless given.
        concurrency: so many calls run at once in a process, and others wait; the setting `functions.concurrency` unless given.
    """
    return _declaring("query", function, to, when, timeout_s, concurrency)


@overload
def mutation(function: Function) -> Function: ...
@overload
def mutation(
    *, to: Roles = None, when: Condition = None, timeout_s: float | None = None, concurrency: int | None = None
) -> Callable[[Function], Function]: ...
def mutation(
    function: Any = None,
    *,
    to: Roles = None,
    when: Condition = None,
    timeout_s: float | None = None,
    concurrency: int | None = None,
) -> Any:
    """
    Makes a typed function a mutation field, as `query` does; the functions of one document run one after another, after
    what the document writes into tables.

    Args:
        to, when, timeout_s, concurrency: as for `query`.
    """
    return _declaring("mutation", function, to, when, timeout_s, concurrency)


@overload
def subscription(function: Function) -> Function: ...
@overload
def subscription(
    *, to: Roles = None, when: Condition = None, timeout_s: float | None = None, concurrency: int | None = None
) -> Callable[[Function], Function]: ...
def subscription(
    function: Any = None,
    *,
    to: Roles = None,
    when: Condition = None,
    timeout_s: float | None = None,
    concurrency: int | None = None,
) -> Any:
    """
    Makes an async generator a subscription field: `async def ticks(every_s: float) -> AsyncGenerator[int]`.

    Each value that it yields is an answer. It is asked for the next when the client has taken what was given, so nothing is lost and
    nothing piles up; when the client leaves it is closed, and its `finally` runs.

    Args:
        to, when: as for `query`.
        timeout_s: how long it may run in all; without end unless given.
        concurrency: as for `query`; a subscription that finds no place is refused at once.
    """
    return _declaring("subscription", function, to, when, timeout_s, concurrency)


def _declaring(
    operation: Operation,
    function: Any,
    to: Roles,
    when: Condition,
    timeout_s: float | None,
    concurrency: int | None,
) -> Any:
    def declare(each: Callable[..., Any]) -> Any:
        code = each.__code__
        roles = None if to is None else (to,) if isinstance(to, str) else tuple(to)
        if when is not None:
            check_condition(when, each)
        source = Source(code.co_filename, code.co_firstlineno)
        declared = current()
        declared.functions.append(
            FunctionDeclaration(
                operation, each, roles, source, when, timeout_s, concurrency, remote=declared.remotes.get(each)
            )
        )
        companions = declared.companions.get(each, {})
        if operation in companions:
            raise CannotBeAsynchronous(
                f"{each.__name__} is asynchronous, and no mutation.",
                hint="What is asked is put down, so it changes something: @mutation.",
                source=source,
            )
        for other, function in companions.items():
            declared.functions.append(FunctionDeclaration(other, function, roles, source, concurrency=_COMPANIONS))
        return each

    return declare if function is None else declare(inspect.unwrap(function))


def before(subject: Callable[..., Any]) -> Callable[[Function], Function]:
    """
    Calls a function before what another does, however that is begun: `@before(sign_up)`.

    It takes what it needs of the other's arguments by name, and what functions are handed by type; it may raise `Refused`.

    Args:
        subject: a function that says it can be: `sign_up` of accounts.
    """

    def declare(function: Function) -> Function:
        check_hook("before", function, current().asking.get(subject), subject.__name__)
        current().hooks.append(HookDeclaration("before", subject, function, source_of(function)))
        return function

    return declare


def asks_before(*names: str) -> Callable[[Function], Function]:
    """
    Says of a function of Portico's that it calls hooks itself, wherever what it does is done.

    Args:
        names: what hooks may take.
    """

    def declare(function: Function) -> Function:
        current().asking[function] = names
        return function

    return declare
