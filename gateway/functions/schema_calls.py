"""How is another GraphQL service asked over HTTP, for what clients want of it and for its schema?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson

from portico.gateway.functions.remote_calls import forwarded, session_variables
from portico.gateway.functions.services import Services
from portico.gateway.observe import logger
from portico.gateway.outgoing import Unreachable
from portico.resolvers.problems import RemoteSchemaFailed
from portico.resolvers.request import Request
from portico.resolvers.run.remotes import RemoteSchemas
from portico.schema.remotes import RemoteSchema
from portico.schema.services import RemoteSchemaDeclaration

_MOST_LOGGED = 500  # characters of what a service says that is no answer


class SchemaCalls(RemoteSchemas):
    """Asks other GraphQL services. Source: GraphQL over HTTP, "POST", for requests and for what may be made of answers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._log = logger()

    async def ask(
        self, remote: RemoteSchema, document: str, variables: bytes, request: Request, *, most_bytes: int
    ) -> Mapping[str, Any]:
        """See `RemoteSchemas`."""
        declaration = remote.declaration
        payload: dict[str, Any] = {"query": document, "variables": orjson.Fragment(variables)}
        if declaration.service.secrets:
            payload["extensions"] = {"session_variables": session_variables(request.caller)}
        trace = request.trace.decode("latin-1")
        headers = {**forwarded(declaration.service, request), "x-request-id": trace}
        try:
            return await self.post(declaration, orjson.dumps(payload), headers, most_bytes)
        except RemoteSchemaFailed as problem:
            # What it has said instead is for the author alone.
            said = str(problem.__cause__ or "")[:_MOST_LOGGED]
            self._log.warning(
                "remote schema failed", request_id=trace, name=remote.name, message=problem.message, said=said
            )
            raise

    async def post(
        self, remote: RemoteSchemaDeclaration, body: bytes, headers: Mapping[str, str], most_bytes: int
    ) -> Mapping[str, Any]:
        """
        What a service answers to a request.

        Raises:
            RemoteSchemaFailed: as for `RemoteSchemas.ask`.
        """
        given = {**headers, "accept": "application/graphql-response+json, application/json;q=0.9"}
        message = f"msg_{uuid4().hex}"
        try:
            answer = await self._services.send(
                remote.service, message, body, given, remote.timeout_s, most_bytes=most_bytes
            )
        except Unreachable as error:
            late = isinstance(error.__cause__, TimeoutError)
            said = "has not answered in time" if late else "cannot be reached"
            raise RemoteSchemaFailed(f"The service {said}.") from error
        if len(answer.body) > most_bytes:
            raise RemoteSchemaFailed(f"The service has answered with more than {most_bytes} bytes.")
        return _executed(answer.status, answer.body)


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
