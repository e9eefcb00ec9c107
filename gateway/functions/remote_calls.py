"""How is a function called that lives elsewhere: Hasura's payload of actions, sent by HTTP or by a job that does."""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson

from portico.gateway.functions.problems import RemoteFailed
from portico.gateway.functions.service_answers import may_pass, result_of
from portico.gateway.functions.services import Services
from portico.gateway.outgoing import Unreachable
from portico.resolvers.request import Request
from portico.resolvers.run.functions import Remote
from portico.schema.caller import Caller
from portico.schema.declarations import FunctionDeclaration
from portico.schema.services import HttpService, LambdaService, RemoteDeclaration
from portico.schema.types.specs import FunctionSpec

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 2.0
# What belongs to one connection or says who we are; a client's own would change what is sent.
_NEVER_FORWARDED = frozenset(
    {"host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "te", "upgrade",
     "accept-encoding", "webhook-id", "webhook-timestamp", "webhook-signature",
     "x-portico-admin-key", "x-hasura-admin-secret"}
)  # fmt: skip


class Later(ABC):
    """Puts calls down that are made later."""

    @abstractmethod
    async def ask(self, function: FunctionDeclaration, body: bytes, headers: Mapping[str, str], caller: Caller) -> str:
        """Has a service sent a body; the id of the call."""


class RemoteCalls(Remote):
    """
    Calls functions of other services.

    Args:
        later: takes calls of asynchronous functions; None where there are none.
    """

    def __init__(self, services: Services, later: Later | None = None) -> None:
        self._services = services
        self._later = later

    async def call(self, spec: FunctionSpec, given: Mapping[str, Any], request: Request) -> Any:
        """
        What the service answers; of an asynchronous function the id of the call.

        Raises:
            RemoteRefused: it answered 4xx; in its words. RemoteFailed: anything else. CallTooLong, TooManyCalls: nothing was put down.
        """
        declaration = spec.declaration
        remote = declaration.remote
        assert remote is not None
        payload = {
            "action": {"name": declaration.function.__name__},
            "input": given,
            "session_variables": session_variables(request.caller),
            "request_query": request.document,
        }
        body = orjson.dumps(payload, default=str)
        headers = {**forwarded(remote.service, request), "x-request-id": request.trace.decode("latin-1")}
        if remote.is_asynchronous:
            assert self._later is not None
            return await self._later.ask(declaration, body, headers, request.caller)
        try:
            async with asyncio.timeout(remote.timeout_s):
                return await self._tried(remote, body, headers)
        except TimeoutError as error:
            raise RemoteFailed("The service has not answered in time.") from error

    async def _tried(self, remote: RemoteDeclaration, body: bytes, headers: Mapping[str, str]) -> Any:
        message = f"msg_{uuid4().hex}"  # the same at each try, by which a service knows that it is one
        retries = remote.retries or 0
        for attempt in range(retries + 1):
            is_last = attempt == retries
            try:
                # Longer than all tries have, for whose end there is one word.
                answer = await self._services.send(remote.service, message, body, headers, remote.timeout_s + 1)
            except Unreachable as error:
                if is_last:
                    raise RemoteFailed("The service cannot be reached.") from error
            else:
                if is_last or not may_pass(answer):
                    return result_of(answer)
            await asyncio.sleep(min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**attempt) * (0.5 + random.random() / 2))  # noqa: S311
        raise AssertionError


def session_variables(caller: Caller) -> dict[str, str]:
    """Who calls, as Hasura says it; of credentials there is nothing in it."""
    said = {"x-hasura-role": caller.role}
    if caller.id is not None:
        said["x-hasura-user-id"] = str(caller.id)
    for name, value in caller.claims.items():
        text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
        said.setdefault(name if name.startswith("x-hasura-") else f"x-hasura-{name.replace('_', '-')}", text)
    return said


def forwarded(service: HttpService | LambdaService, request: Request) -> dict[str, str]:
    """The headers of the client that an author has named, but for those that say how this request is sent."""
    if not isinstance(service, HttpService):
        return {}
    scope: Any = request.connection
    wanted = frozenset(service.forwarded) - _NEVER_FORWARDED
    if not wanted or not isinstance(scope, dict):
        return {}
    found = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope.get("headers", ()))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return {name: value for name, value in found if name in wanted}
