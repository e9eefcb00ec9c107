"""Who answers at the paths of an author's: functions that take the request as it came, and saved operations."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson

from portico.gateway.edge import Edge
from portico.gateway.errors import error_body, problems_of
from portico.gateway.functions.endpoints import Endpoint
from portico.gateway.functions.http_messages import Incoming, Outgoing
from portico.gateway.functions.openapi import described
from portico.gateway.functions.paths import PathPattern
from portico.gateway.functions.problems import WrongRoute
from portico.gateway.http import READ, Receive, Scope, Send, respond
from portico.gateway.problems import IntrospectionOff, InvalidRequest, MethodNotAllowed, NotFound
from portico.gateway.request_ids import RequestIds
from portico.gateway.settings import Settings
from portico.resolvers.problems import FunctionTimedOut
from portico.resolvers.request import Request
from portico.resolvers.run.execute import Executor
from portico.schema.caller import Caller
from portico.schema.declarations import Declarations, RouteDeclaration
from portico.schema.problems import Problem, Problems
from portico.schema.types.function_hints import Hints

_DESCRIPTION = "/openapi.json"
_JSON = b"application/json; charset=utf-8"
_TEXT = b"text/plain; charset=utf-8"
_BYTES = b"application/octet-stream"

Served = tuple[PathPattern, str, "RouteDeclaration | Endpoint"]


class Routes:
    """
    An ASGI callable for the paths that it serves.

    Args:
        executor: the one of now.
        provide: what functions are handed.
    """

    def __init__(
        self,
        declarations: Declarations,
        settings: Settings,
        edge: Edge,
        executor: Callable[[], Executor],
        provide: Callable[[type[Any], Request], Any],
    ) -> None:
        self._settings = settings
        self._edge = edge
        self._executor = executor
        self._provide = provide
        self._ids = RequestIds()
        self._served = served_by(declarations)
        self._hints: dict[RouteDeclaration, Mapping[str, Any]] = {}
        self._describes = any(isinstance(each, Endpoint) for _, _, each in self._served)

    def serves(self, path: str) -> bool:
        """Whether a path is one of these."""
        return (self._describes and path == _DESCRIPTION) or any(
            pattern.match(path) is not None for pattern, _, _ in self._served
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        headers = dict(scope["headers"])
        identifier = scope["request_id"] = self._ids.of(headers.get(b"x-request-id"))
        try:
            answer = await self._answer(scope, receive, headers)
            status, body, kind, more = _written(answer)
        except Exception as error:
            self._edge.observe(identifier, error)
            problems = problems_of(error)
            status, body, kind = problems[0].status, error_body(problems), _JSON
            more = ((b"allow", self._methods(scope["path"]).encode()),) if status == 405 else ()
        await respond(send, status, body, kind, ((b"x-request-id", identifier), *more))

    async def _answer(self, scope: Scope, receive: Receive, headers: dict[bytes, bytes]) -> Outgoing:
        path, method = scope["path"], scope["method"]
        if path == _DESCRIPTION and self._describes:
            return await self._describe(method, headers)
        names, served = self._find(path, method)
        if isinstance(served, Endpoint):
            return await self._run(served, names, scope, receive, headers)
        return await self._call(served, names, scope, receive, headers)

    def _find(self, path: str, method: str) -> tuple[Mapping[str, str], RouteDeclaration | Endpoint]:
        # Exact paths come before those with names in braces.
        found = [
            (names, each, way) for pattern, way, each in self._served if (names := pattern.match(path)) is not None
        ]
        for names, each, way in found:
            if way == method:
                return names, each
        raise MethodNotAllowed(f"This is asked for by {self._methods(path)}, not {method}.")

    def _methods(self, path: str) -> str:
        return (
            ", ".join(dict.fromkeys(way for pattern, way, _ in self._served if pattern.match(path) is not None))
            or "GET"
        )

    # ---- functions -----------------------------------------------------------------------------------

    async def _call(
        self,
        route: RouteDeclaration,
        names: Mapping[str, str],
        scope: Scope,
        receive: Receive,
        headers: dict[bytes, bytes],
    ) -> Outgoing:
        body = await self._edge.http().body(receive, headers, route.max_bytes)
        scope[READ] = True
        incoming = _incoming(scope, names, body)
        functions = self._executor().functions
        hints = self._hints_of(route)
        # Credentials of others are none of ours: they are looked at only where a function asks who calls.
        caller = await self._caller(headers) if Caller in hints.values() else Caller()
        request = Request("", None, {}, caller, trace=scope["request_id"], connection=scope)
        handed = {name: self._handed(kind, incoming, request) for name, kind in hints.items()}
        limit_s = route.timeout_s or self._settings.functions.timeout_s
        deadline = asyncio.timeout(limit_s)
        try:
            async with deadline:
                found = await functions.run(route.function, handed)
        except TimeoutError as error:
            if not deadline.expired():
                raise
            raise FunctionTimedOut(f"The function took more than {limit_s:g} s.") from error
        if found is None:
            return Outgoing(b"", 204)
        return found if isinstance(found, Outgoing) else Outgoing(found)

    def _hints_of(self, route: RouteDeclaration) -> Mapping[str, Any]:
        if route not in self._hints:
            hints = Hints(self._executor().catalog).of(route.function)
            self._hints[route] = {name: hints[name] for name in inspect.signature(route.function).parameters}
        return self._hints[route]

    def _handed(self, kind: Any, incoming: Incoming, request: Request) -> Any:
        if kind is Incoming:
            return incoming
        return request.caller if kind is Caller else self._provide(kind, request)

    async def _caller(self, headers: dict[bytes, bytes]) -> Caller:
        found: Any = self._edge.identify(headers)
        return await found if inspect.isawaitable(found) else found

    # ---- operations ----------------------------------------------------------------------------------

    async def _run(
        self, endpoint: Endpoint, names: Mapping[str, str], scope: Scope, receive: Receive, headers: dict[bytes, bytes]
    ) -> Outgoing:
        caller = await self._caller(headers)
        if not endpoint.is_for(caller.role, self._executor().catalog):
            raise NotFound("There is nothing here.")
        given = await self._body(scope, receive, headers)
        variables = endpoint.variables(names, _query(scope), given)
        request = Request(
            endpoint.document, None, variables, caller, endpoint.method == "GET", scope["request_id"], scope, whole=True
        )
        # What the database has written goes out as it is: {"data":…} without what is around it.
        body = await self._edge.execute(request)
        return Outgoing(body[len(b'{"data":') : -1], headers={"content-type": _JSON.decode()})

    async def _body(self, scope: Scope, receive: Receive, headers: dict[bytes, bytes]) -> dict[str, Any]:
        if scope["method"] in ("GET", "DELETE"):
            return {}
        found = await self._edge.http().payload(scope, receive, headers)
        if not isinstance(found, dict):
            raise InvalidRequest("The body must be a JSON object of variables.")
        return found  # pyright: ignore[reportUnknownVariableType]

    async def _describe(self, method: str, headers: dict[bytes, bytes]) -> Outgoing:
        if method != "GET":
            raise MethodNotAllowed(f"This is asked for by GET, not {method}.")
        caller = await self._caller(headers)
        if not self._settings.may_introspect(caller.role):
            raise IntrospectionOff("Introspection is off for this role.")
        executor = self._executor()
        endpoints = [each for _, _, each in self._served if isinstance(each, Endpoint)]
        mine = [each for each in endpoints if each.is_for(caller.role, executor.catalog)]
        return Outgoing(described(mine, executor, caller))


def served_by(declarations: Declarations) -> Sequence[Served]:
    """
    What the routes and endpoints of model files answer, exact paths first.

    Raises:
        Problems: those that cannot be.
    """
    found: list[Served] = []
    problems: list[Problem] = []
    taken: set[tuple[str, tuple[str, ...]]] = set()
    for each in (*declarations.routes, *declarations.endpoints):
        try:
            pattern = PathPattern.of(each.path)
            served = each if isinstance(each, RouteDeclaration) else Endpoint.of(each, pattern)
            if (each.method, pattern.shape) in taken:
                raise ValueError("is answered twice")
        except ValueError as error:
            hint = "Give it another path, or mend its operation."
            problems.append(WrongRoute(f"{each.method} {each.path} {error}.", hint=hint, source=each.source))
            continue
        taken.add((each.method, pattern.shape))
        found.append((pattern, each.method, served))
    if problems:
        raise Problems(problems)
    return sorted(found, key=lambda each: len(each[0].names))


def _incoming(scope: Scope, names: Mapping[str, str], body: bytes) -> Incoming:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    client = scope.get("client")
    return Incoming(
        scope["method"], scope["path"], names, dict(_query(scope)), headers, body, client[0] if client else None
    )


def _query(scope: Scope) -> list[tuple[str, str]]:
    try:
        return parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True, max_num_fields=200)
    except ValueError as error:
        raise InvalidRequest("The query string cannot be read.") from error


def _written(answer: Outgoing) -> tuple[int, bytes, bytes, tuple[tuple[bytes, bytes], ...]]:
    match answer.body:
        case bytes():
            body, kind = answer.body, _BYTES
        case str():
            body, kind = answer.body.encode(), _TEXT
        case _:
            body, kind = orjson.dumps(answer.body, default=str), _JSON
    more: list[tuple[bytes, bytes]] = []
    for name, value in answer.headers.items():
        # W3: what would begin another header is nobody's value.
        if not (name.isprintable() and value.isprintable()):
            raise ValueError("a header has characters that would begin another")
        if name.lower() == "content-type":
            kind = value.encode("latin-1")
        else:
            more.append((name.lower().encode("latin-1"), value.encode("latin-1")))
    return answer.status, body, kind, tuple(more)
