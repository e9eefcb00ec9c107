"""How is a function called that lives elsewhere: Hasura's payload of actions, signed, through the one client for requests that leave."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson

from portico.gateway.functions.problems import RemoteFailed, RemoteRefused
from portico.gateway.outgoing import MAX_ANSWER_BYTES, Answer, Connections, Unreachable
from portico.gateway.signing import signed
from portico.resolvers.request import Request
from portico.resolvers.run.functions import Remote
from portico.schema.caller import Caller
from portico.schema.declarations import RemoteDeclaration
from portico.schema.types.specs import FunctionSpec

_AGAIN = frozenset({429, 502, 503, 504})
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 2.0
_MOST_CHARACTERS = 500  # of what a service says of its refusal
# What belongs to one connection or says who we are; a client's own would change what is sent.
_NEVER_FORWARDED = frozenset(
    {"host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "te", "upgrade",
     "accept-encoding", "webhook-id", "webhook-timestamp", "webhook-signature",
     "x-portico-admin-key", "x-hasura-admin-secret"}
)  # fmt: skip


class RemoteCalls(Remote):
    """
    Calls functions of other services.

    Args:
        allow_private: private addresses may be called, too.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._connections = Connections(allow_private=allow_private)

    async def call(self, spec: FunctionSpec, given: Mapping[str, Any], request: Request) -> Any:
        """
        What the service answers.

        Raises:
            RemoteRefused: it answered 4xx; in its words. RemoteFailed: anything else.
        """
        remote = spec.declaration.remote
        assert remote is not None
        payload = {
            "action": {"name": spec.declaration.function.__name__},
            "input": given,
            "session_variables": session_variables(request.caller),
            "request_query": request.document,
        }
        body = orjson.dumps(payload, default=str)
        try:
            async with asyncio.timeout(remote.timeout_s):
                answer = await self._tried(remote, body, request)
        except TimeoutError as error:
            raise RemoteFailed("The service has not answered in time.") from error
        return _result(answer)

    async def close(self) -> None:
        """Ends the connections."""
        await self._connections.close()

    async def _tried(self, remote: RemoteDeclaration, body: bytes, request: Request) -> Answer:
        message = f"msg_{uuid4().hex}"  # the same at each try, by which a service knows that it is one
        for attempt in range(remote.retries + 1):
            is_last = attempt == remote.retries
            try:
                answer = await self._posted(remote, body, message, request)
            except Unreachable as error:
                if is_last:
                    raise RemoteFailed("The service cannot be reached.") from error
            else:
                if is_last or answer.status not in _AGAIN:
                    return answer
            await asyncio.sleep(min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**attempt) * (0.5 + random.random() / 2))  # noqa: S311
        raise AssertionError

    async def _posted(self, remote: RemoteDeclaration, body: bytes, message: str, request: Request) -> Answer:
        headers = {
            **forwarded(remote, request),
            **remote.headers,
            "content-type": "application/json",
            "x-request-id": request.trace.decode("latin-1"),
            **signed(message, body, remote.secrets, int(time.time())),
        }
        kept = {name: value for name, value in headers.items() if value}
        # One byte more than may come, to know that more has; and longer than all tries have, for whose end there is one word.
        return await self._connections.post(
            remote.url, body, kept, timeout_s=remote.timeout_s + 1, most_bytes=MAX_ANSWER_BYTES + 1
        )


def session_variables(caller: Caller) -> dict[str, str]:
    """Who calls, as Hasura says it; of credentials there is nothing in it."""
    said = {"x-hasura-role": caller.role}
    if caller.id is not None:
        said["x-hasura-user-id"] = str(caller.id)
    for name, value in caller.claims.items():
        text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
        said.setdefault(name if name.startswith("x-hasura-") else f"x-hasura-{name.replace('_', '-')}", text)
    return said


def forwarded(remote: RemoteDeclaration, request: Request) -> dict[str, str]:
    """The headers of the client that an author has named, but for those that say how this request is sent."""
    scope: Any = request.connection
    wanted = frozenset(remote.forwarded) - _NEVER_FORWARDED
    if not wanted or not isinstance(scope, dict):
        return {}
    found = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope.get("headers", ()))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return {name: value for name, value in found if name in wanted}


def _result(answer: Answer) -> Any:
    if len(answer.body) > MAX_ANSWER_BYTES:
        raise RemoteFailed("The service has answered with more than 1 MB.")
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise RemoteFailed("The service has answered with what is no JSON.") from error
    if 200 <= answer.status < 300:
        return said
    if 400 <= answer.status < 500 and isinstance(said, dict):
        raise _refusal(said)  # pyright: ignore[reportUnknownArgumentType]
    raise RemoteFailed(f"The service has answered with status {answer.status}.")


def _refusal(said: Mapping[str, Any]) -> RemoteRefused:
    """Source: Hasura v2, "Actions", "Returning an error response"."""
    message, extensions = said.get("message"), said.get("extensions")
    words = message[:_MOST_CHARACTERS] if isinstance(message, str) and message else "The service refuses."
    code = extensions.get("code") if isinstance(extensions, dict) else said.get("code")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return RemoteRefused(words, code[:100] if isinstance(code, str) and code else None)
