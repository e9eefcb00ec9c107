"""Which routes have accounts: their functions by JSON, the way to providers and back, and the keys of tokens."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.function_routes import FunctionRoutes
from portico.gateway.auth.link_page import HEADERS as PAGE_HEADERS
from portico.gateway.auth.link_routes import Shown, follow, use
from portico.gateway.auth.links import PATH as LINK
from portico.gateway.auth.provider_routes import Away, bounced, come_back, go
from portico.gateway.connection import Connection
from portico.gateway.edge import Edge
from portico.gateway.errors import error_body, problems_of
from portico.gateway.http import Receive, Scope, Send, respond
from portico.gateway.problems import MethodNotAllowed, NotFound
from portico.gateway.request_ids import RequestIds

_JSON = b"application/json; charset=utf-8"
_HTML = b"text/html; charset=utf-8"
_BASE = "/auth/"
_KEYS, _ISSUER = "/.well-known/jwks.json", "/.well-known/openid-configuration"
# Verifiers look for a key that they do not know at once, whatever they keep.
_PUBLISHED = ((b"cache-control", b"public, max-age=300"), (b"access-control-allow-origin", b"*"))
_NOT_KEPT = ((b"cache-control", b"no-store"),)
_AWAY = (*_NOT_KEPT, (b"referrer-policy", b"no-referrer"))

Headers = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers: JSON, a page, or where to go."""

    body: Any = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    away: Away | None = None
    shown: Shown | None = None


class AccountRoutes:
    """
    An ASGI callable for the paths that it serves.

    Args:
        edge: what the application does for them.
    """

    def __init__(self, accounts: Accounts, edge: Edge) -> None:
        self._accounts = accounts
        self._edge = edge
        self._functions = FunctionRoutes(accounts, edge)
        self._ids = RequestIds()

    @staticmethod
    def serves(path: str) -> bool:
        """Whether a path is one of these."""
        return path.startswith(_BASE) or path in (_KEYS, _ISSUER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        headers: Headers = dict(scope["headers"])
        identifier = scope["request_id"] = self._ids.of(headers.get(b"x-request-id"))
        named = (b"x-request-id", identifier)
        try:
            found = self._answer(scope, receive, headers)
            reply = await found if inspect.isawaitable(found) else found
        except Exception as error:
            self._edge.observe(identifier, error)
            problems = problems_of(error)
            extra = (*_NOT_KEPT, *self._functions.forgets(scope["path"], headers, problems[0]), named)
            await respond(send, problems[0].status, error_body(problems), _JSON, extra)
            return
        if reply.away is not None:
            location = (b"location", reply.away.location.encode("ascii"))
            await respond(send, 303, b"", _JSON, (location, *reply.away.cookies, *_AWAY, named))
        elif reply.shown is not None:
            await respond(send, reply.shown.status, reply.shown.body, _HTML, (*PAGE_HEADERS, named))
        else:
            await respond(send, 200, orjson.dumps(reply.body), _JSON, (*reply.headers, named))

    def _answer(self, scope: Scope, receive: Receive, headers: Headers) -> Reply | Awaitable[Reply]:
        path, method = scope["path"], scope["method"]
        if path == _KEYS:
            _only(method, "GET")
            return Reply(self._accounts.keys.published(), _PUBLISHED)
        if path == _ISSUER:
            _only(method, "GET")
            return Reply(self._described(), _PUBLISHED)
        kind, _, name = path.removeprefix(_BASE).partition("/")
        if kind == "providers" and name:
            _only(method, "GET")
            return self._go(name, scope)
        if kind == "callback" and name:
            return self._come_back(name, scope, receive, headers)
        if path == LINK:
            return self._link(scope, receive, headers)
        if name:
            raise NotFound("There is nothing here.", hint="docs/auth.md names the routes.")
        _only(method, "POST")
        return self._call(kind, scope, receive, headers)

    async def _call(self, name: str, scope: Scope, receive: Receive, headers: Headers) -> Reply:
        body, more = await self._functions(name, scope, receive, headers)
        return Reply(body, (*_NOT_KEPT, *more))

    async def _link(self, scope: Scope, receive: Receive, headers: Headers) -> Reply:
        if scope["method"] == "POST":
            body = await self._edge.http().body(receive, headers)
            found = await use(self._accounts, self._edge, body, headers, Connection.of(scope))
        else:
            _only(scope["method"], "GET")
            found = await follow(self._accounts, scope["query_string"])
        return Reply(away=found) if isinstance(found, Away) else Reply(shown=found)

    async def _go(self, name: str, scope: Scope) -> Reply:
        return Reply(away=await go(self._accounts, name, scope["query_string"]))

    async def _come_back(self, name: str, scope: Scope, receive: Receive, headers: Headers) -> Reply:
        if scope["method"] == "POST":
            self._accounts.providers.provider(name)
            return Reply(away=bounced(name, await self._edge.http().body(receive, headers)))
        _only(scope["method"], "GET")
        connection = Connection.of(scope)
        return Reply(away=await come_back(self._accounts, name, scope["query_string"], headers, connection))

    def _described(self) -> Mapping[str, Any]:
        """Source: OpenID Connect Discovery, 3, as much of it as verifiers of access tokens look for."""
        base = self._accounts.public_url.rstrip("/")
        return {
            "issuer": self._accounts.issuer,
            "jwks_uri": base + _KEYS,
            "id_token_signing_alg_values_supported": ["ES256"],
        }


def _only(method: str, allowed: str) -> None:
    if method != allowed:
        raise MethodNotAllowed(f"This is asked for by {allowed}, not {method}.")
