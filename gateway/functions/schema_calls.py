"""How is another GraphQL service asked over HTTP, for what clients want of it and for its schema?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson

from portico.gateway.functions.remote_calls import forwarded, session_variables
from portico.gateway.observe import logger
from portico.gateway.outgoing import Connections, Unreachable
from portico.gateway.signing import signed
from portico.resolvers.problems import RemoteSchemaFailed
from portico.resolvers.request import Request
from portico.resolvers.run.remotes import RemoteSchemas
from portico.schema.declarations import RemoteDeclaration
from portico.schema.remotes import RemoteSchema

_MOST_LOGGED = 500  # characters of what a service says that is no answer


class SchemaCalls(RemoteSchemas):
    """
    Asks other GraphQL services. Source: GraphQL over HTTP, "POST", for requests and for what may be made of answers.

    Args:
        allow_private: private addresses may be called, too.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._connections = Connections(allow_private=allow_private)
        self._log = logger()

    async def ask(
        self, remote: RemoteSchema, document: str, variables: bytes, request: Request, *, most_bytes: int
    ) -> Mapping[str, Any]:
        """See `RemoteSchemas`."""
        at = remote.declaration.at
        payload: dict[str, Any] = {"query": document, "variables": orjson.Fragment(variables)}
        if at.secrets:
            payload["extensions"] = {"session_variables": session_variables(request.caller)}
        body = orjson.dumps(payload)
        own = {**forwarded(at, request), **at.headers, "x-request-id": request.trace.decode("latin-1")}
        try:
            return await self.post(at, body, own, most_bytes)
        except RemoteSchemaFailed as problem:
            # What it has said instead is for the author alone.
            said, trace = str(problem.__cause__ or "")[:_MOST_LOGGED], request.trace.decode("latin-1")
            self._log.warning(
                "remote schema failed", request_id=trace, name=remote.name, message=problem.message, said=said
            )
            raise

    async def post(
        self, at: RemoteDeclaration, body: bytes, headers: Mapping[str, str], most_bytes: int
    ) -> Mapping[str, Any]:
        """
        What a service answers to a request.

        Raises:
            RemoteSchemaFailed: as for `RemoteSchemas.ask`.
        """
        given = {
            **headers,
            "content-type": "application/json",
            "accept": "application/graphql-response+json, application/json;q=0.9",
            **signed(f"msg_{uuid4().hex}", body, at.secrets, int(time.time())),
        }
        kept = {name: value for name, value in given.items() if value}
        try:
            answer = await self._connections.post(at.url, body, kept, timeout_s=at.timeout_s, most_bytes=most_bytes + 1)
        except Unreachable as error:
            late = isinstance(error.__cause__, TimeoutError)
            said = "has not answered in time" if late else "cannot be reached"
            raise RemoteSchemaFailed(f"The service {said}.") from error
        if len(answer.body) > most_bytes:
            raise RemoteSchemaFailed(f"The service has answered with more than {most_bytes} bytes.")
        return _executed(answer.status, answer.body)

    async def close(self) -> None:
        """Ends the connections."""
        await self._connections.close()


def _executed(status: int, body: bytes) -> Mapping[str, Any]:
    """An answer of GraphQL, whatever its status: with `data`, be it null, or with errors alone."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RemoteSchemaFailed(f"The service has answered with status {status} and what is no JSON.") from error
    if not isinstance(said, dict) or not ("data" in said or said.get("errors")):  # pyright: ignore[reportUnknownMemberType]
        cause = ValueError(orjson.dumps(said).decode())
        raise RemoteSchemaFailed(f"The service has answered with status {status} and no data.") from cause
    return said  # pyright: ignore[reportUnknownVariableType]
