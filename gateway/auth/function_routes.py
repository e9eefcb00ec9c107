"""How is a function of accounts called by a route: one field asked for as GraphQL, with tokens in cookies for whoever wants that."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from portico.gateway.auth.access import role_of, roles_of
from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.problems import InvalidRefreshToken
from portico.gateway.auth.refresh import read_refresh_token
from portico.gateway.auth.route_documents import asked, function_of
from portico.gateway.auth.sessions import read_session
from portico.gateway.auth.token_cookies import Header, all_forgotten, without_tokens
from portico.gateway.cookies import REFRESH, access_cookie, cookie_of
from portico.gateway.edge import Edge
from portico.gateway.http import Receive, Scope
from portico.gateway.problems import InvalidRequest, InvalidToken, OriginNotAllowed
from portico.resolvers.request import Request
from portico.schema.caller import Caller
from portico.schema.problems import Problem

_ENDS = ("sign-out", "delete-account")
_REFRESHES = "refresh"
_COOKIES = "cookies"

Headers = Mapping[bytes, bytes]


class FunctionRoutes:
    """Calls functions of accounts: what is asked is the same as at /graphql, and so are limits, checks and problems."""

    def __init__(self, accounts: Accounts, edge: Edge) -> None:
        self._accounts = accounts
        self._edge = edge

    async def __call__(
        self, name: str, scope: Scope, receive: Receive, headers: Headers
    ) -> tuple[Any, Sequence[Header]]:
        """
        What the function answers, and headers.

        Raises:
            Problem
        """
        given = await self._given(scope, receive, headers)
        has_cookies, caller = await self._caller(headers)
        takes_cookies = given.pop(_COOKIES, False) is True
        if takes_cookies and not self._may_keep(headers):
            raise _foreign()
        refresh = self._refresh_cookie(headers)
        if refresh is not None and name == _REFRESHES and not given:
            given, has_cookies = {self._argument(caller, "refresh_token"): refresh}, True
        if refresh is not None and name in _ENDS and caller.id is None:
            caller, has_cookies = await self._caller_of(refresh) or caller, True
        operation, field_name, field = function_of(name, self._edge.fields(caller.role))
        document = asked(operation, field_name, field, given)
        body = await self._edge.execute(
            Request(document.document, None, document.variables, caller, trace=scope["request_id"], connection=scope)
        )
        answer = orjson.loads(body)["data"][document.field]
        if not takes_cookies and not has_cookies:
            return answer, ()
        answer, kept = without_tokens(answer, self._accounts.settings)
        return answer, all_forgotten() if name in _ENDS else kept

    def forgets(self, path: str, headers: Headers, problem: Problem) -> Sequence[Header]:
        """What a browser is to forget where a route has failed: a session that has ended would be asked for again and again."""
        name = path.rpartition("/")[2]
        ended = name == _REFRESHES and isinstance(problem, InvalidRefreshToken)
        has_cookie = cookie_of(headers.get(b"cookie", b""), REFRESH) is not None
        return all_forgotten() if has_cookie and (ended or (name in _ENDS and problem.status == 401)) else ()

    async def _given(self, scope: Scope, receive: Receive, headers: Headers) -> dict[str, Any]:
        found = await self._edge.http().payload(scope, receive, headers)
        if not isinstance(found, dict):
            raise InvalidRequest("The body must be a JSON object.", hint='Send {"email": "…"}, or {}.')
        return dict(found)  # pyright: ignore[reportUnknownArgumentType]

    async def _caller(self, headers: Headers) -> tuple[bool, Caller]:
        """Who calls, and whether by a cookie; one that has ended is none here, where others are to be had."""
        has_cookie = b"authorization" not in headers and access_cookie(headers.get(b"cookie", b"")) is not None
        try:
            return has_cookie, await self._identified(headers)
        except InvalidToken:
            if not has_cookie:
                raise
            return False, await self._identified({**headers, b"cookie": b""})

    async def _identified(self, headers: Headers) -> Caller:
        found = self._edge.identify(headers)
        caller: Any = await found if inspect.isawaitable(found) else found
        return caller

    def _may_keep(self, headers: Headers) -> bool:
        """What is no browser says nothing of pages, and is misled by none."""
        says_nothing = b"origin" not in headers and b"sec-fetch-site" not in headers
        return says_nothing or self._edge.origins.may_bring_cookies(headers)

    def _refresh_cookie(self, headers: Headers) -> str | None:
        if b"authorization" in headers:
            return None
        found = cookie_of(headers.get(b"cookie", b""), REFRESH) or None
        if found is not None and not self._edge.origins.may_bring_cookies(headers):
            raise _foreign()
        return found

    async def _caller_of(self, refresh: str) -> Caller | None:
        """Whose refresh token it is: who comes back after a long time can still sign out."""
        accounts = self._accounts
        token = read_refresh_token(refresh, accounts.secrets)
        found = None if token is None else await read_session(accounts.data, accounts.models, token.session_id)
        if found is None:
            return None
        user, session = found
        claims = {"sid": str(session.id)}
        return Caller(id=str(user.id), role=role_of(user), roles=frozenset(roles_of(user)), claims=claims)

    def _argument(self, caller: Caller, name: str) -> str:
        """An argument of `refresh`, as the schema calls it."""
        _, _, field = function_of(_REFRESHES, self._edge.fields(caller.role))
        return next(each for each in field.args if each.replace("_", "").lower() == name.replace("_", ""))


def _foreign() -> OriginNotAllowed:
    return OriginNotAllowed(
        "Pages of this origin may not use cookies here.", hint="Name the origin in the setting allowed_origins."
    )
