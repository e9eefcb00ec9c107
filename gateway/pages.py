"""What is at an address that is none of the API's: health, readiness, the page of GraphiQL, the mailbox, and an app's files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from portico.gateway.errors import error_body
from portico.gateway.graphiql import GraphiqlPage
from portico.gateway.hosting import Hosting
from portico.gateway.http import Headers, Receive, Scope, Send, respond
from portico.gateway.problems import NotFound
from portico.schema.problems import Problem

if TYPE_CHECKING:
    from portico.gateway.auth.mailbox import Mailbox

_TEXT = b"text/plain; charset=utf-8"
_JSON = b"application/json; charset=utf-8"
_READY_WITHIN_S = 2


class Pages:
    """
    Answers what is no request of GraphQL and of no capability.

    Args:
        graphiql, hosting: where they are turned on.
        mailbox: what mails are caught by, in development.
        is_draining: whether the process is about to end.
        ping: raises where the database is away.
    """

    def __init__(
        self,
        graphiql: GraphiqlPage | None,
        hosting: Hosting | None,
        mailbox: Callable[[], Mailbox | None],
        is_draining: Callable[[], bool],
        ping: Callable[[], Awaitable[None]],
    ) -> None:
        self._graphiql = graphiql
        self._hosting = hosting
        self._mailbox = mailbox
        self._is_draining = is_draining
        self._ping = ping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Source: ASGI, "HTTP Connection Scope"."""
        path = scope["path"]
        if path in ("/health", "/healthz"):
            await respond(send, 200, b"OK", _TEXT)
        elif path == "/ready":
            await self._ready(send)
        elif self._graphiql is not None and (path == "/graphiql" or (path == "/" and self._hosting is None)):
            await self._graphiql.page(scope, receive, send)
        elif self._graphiql is not None and path.startswith(self._graphiql.prefix):
            await self._graphiql.asset(path, send)
        elif path == "/portico/mailbox" and (mailbox := self._mailbox()) is not None:
            await mailbox.page(scope, send)
        else:
            await self._file(scope, receive, send)

    def graphiql_for(self, scope: Scope) -> GraphiqlPage | None:
        """The page for a browser that went to the address of GraphQL; None for who asks GraphQL, by GET as well."""
        return self._graphiql if _wants_page(scope) else None

    async def close(self) -> None:
        """Ends connections to where an app's files lie."""
        if self._hosting is not None:
            await self._hosting.close()

    async def _file(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self._hosting is None:
                raise NotFound("There is nothing here.", hint="GraphQL is at /graphql.")
            await self._hosting(scope, receive, send)
        except Problem as problem:
            extra = ((b"allow", b"GET, HEAD"),) if problem.status == 405 else ()
            await respond(send, problem.status, error_body([problem]), _JSON, extra)

    async def _ready(self, send: Send) -> None:
        """Whether requests should be sent here: not while draining, and not without a database."""
        if self._is_draining():
            await respond(send, 503, b"draining", _TEXT)
            return
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                await self._ping()
        except Exception:
            await respond(send, 503, b"database unavailable", _TEXT)
            return
        await respond(send, 200, b"OK", _TEXT)


def _wants_page(scope: Scope) -> bool:
    headers: Headers = dict(scope["headers"])
    return b"text/html" in headers.get(b"accept", b"") and b"query=" not in scope["query_string"]
