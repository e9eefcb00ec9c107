"""How does it all come together: settings, Catalog, engine and endpoints as one ASGI application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portico.gateway.accounts import AccountHost
from portico.gateway.change_log_migration import tables_to_log
from portico.gateway.cross_origin import CrossOrigin
from portico.gateway.data import Database
from portico.gateway.departures import Departures
from portico.gateway.edge import Edge
from portico.gateway.engines import dialect_of, make_change_log, make_dialect, make_engine
from portico.gateway.errors import HASURA, PORTICO, problems_of
from portico.gateway.event_host import EventHost
from portico.gateway.files import FileHost
from portico.gateway.function_host import FunctionHost, find_schemas
from portico.gateway.graphiql import GraphiqlPage
from portico.gateway.hosting import Hosting
from portico.gateway.http import GraphQLOverHttp, Receive, Scope, Send
from portico.gateway.identity import Identity
from portico.gateway.joined import Joins, inside_of
from portico.gateway.live import make_hub, make_live
from portico.gateway.observe import logger
from portico.gateway.operations import Translated
from portico.gateway.origins import Origins
from portico.gateway.outlets import Endpoint
from portico.gateway.pages import Pages
from portico.gateway.problems import InternalProblem, refuse_introspection
from portico.gateway.settings import Settings
from portico.gateway.sockets import SocketLimits, Sockets
from portico.gateway.sse import EventStreams
from portico.gateway.starting import without_collecting
from portico.gateway.verifiers import verifiers_of
from portico.gateway.websocket_handshake import WebSockets
from portico.resolvers.documents import DocumentInvalid, RoleSchema
from portico.resolvers.hasura.errors import hasura_error
from portico.resolvers.live.channels import ChannelOperations
from portico.resolvers.live.function_streams import FunctionStreams
from portico.resolvers.request import Request
from portico.resolvers.run.execute import Executor, Found
from portico.resolvers.run.once import Replayed
from portico.schema.caller import Caller
from portico.schema.catalog import Catalog
from portico.schema.declarations import Declarations
from portico.schema.problems import Problem
from portico.schema.reading import read_catalog

if TYPE_CHECKING:
    from portico.gateway.auth.accounts import Accounts
    from portico.gateway.events.background import Background

_CLOSED_PER_S = 250  # so many clients come back to the other processes at once


class Gateway:
    """
    The whole backend as an ASGI application.

    Args:
        declarations: what a model file declared.
        folder: where relative paths begin.
        at_start: called once the engine runs.
    """

    def __init__(
        self,
        declarations: Declarations,
        settings: Settings,
        folder: Path = Path(),
        *,
        at_start: Callable[[Gateway], None] = lambda gateway: None,
    ) -> None:
        self.settings = settings
        self._at_start = at_start
        self.engine = make_engine(settings, folder)
        self._dialect = make_dialect(dialect_of(settings.database_url), stringify_numbers=settings.stringify_numbers)
        self.hub = make_hub(settings)
        data = Database(settings, folder, self.engine.wrote)
        self._joins = Joins(data, lambda: self.executor, lambda: self._functions.provide, self._execute)
        self.executor = self._make_executor(declarations)
        self.trouble: str | None = None
        self.reloads = 0
        self._going_on: asyncio.Task[None] | None = None
        self._draining = False
        self._joining: asyncio.Task[None] | None = None
        self._departures = Departures()
        self._log = logger()
        origins = Origins(settings.allowed_origins, settings.public_url)
        self._cross_origin = CrossOrigin(origins) if origins.are_told else None
        identity = Identity(
            verifiers_of(settings),
            settings.admin_keys,
            read_only_admin_keys=settings.read_only_admin_keys,
            unauthorized_role=settings.unauthorized_role,
            origins=origins,
        )
        self.sockets = Sockets(SocketLimits.of(settings), identity.established)
        log = make_change_log(settings, self.engine)
        self.live, self._feed = make_live(settings, log, self.executor, self._execute, self._observe_live)
        edge = Edge(
            self._execute,
            self._joins.join,
            lambda role: self.executor.builder.functions.for_role(role),
            identity.identify,
            lambda: self._endpoints["/graphql"],
            self._observe,
            origins,
        )
        self._accounts = AccountHost(settings, data, identity, self.sockets, self._feed, edge)
        self._accounts.use(declarations)
        self._files = FileHost(settings, folder, data, self._feed, edge, lambda: self.executor)
        self._files.use(declarations)
        self._functions = FunctionHost(settings, edge, lambda: self.executor, self._provided, data)
        self._functions.use(declarations)
        observe = self._observe_live
        self._events = EventHost(settings, self.engine, data, self._feed, self._accounts, self._functions, observe)
        self._events.use(declarations)
        self._streams = FunctionStreams(lambda: self.executor, self.live, observe)
        channels = ChannelOperations(lambda: self.executor, self.hub, self._streams)
        self.operations = self._files.signing(channels)
        live = {
            "/graphql": Endpoint(self.operations, PORTICO, self._observe),
            "/v1/graphql": Endpoint(Translated(self.operations, self._in_hasuras_words), HASURA, self._observe),
        }
        self._websockets = WebSockets(
            self.sockets,
            live,
            origins=origins,
            takes_cookies=lambda: identity.takes_cookies,
            speaks_legacy=settings.legacy_websocket,
        )
        self._endpoints = {
            path: GraphQLOverHttp(
                execute,
                identity.identify,  # pyright: ignore[reportArgumentType]
                self._observe,
                manner=manner,
                multipart=self._files.multipart,
                stream=EventStreams(self.sockets, live[path], takes_cookies=lambda: identity.takes_cookies),
                max_body_bytes=settings.max_body_bytes,
                max_batch=settings.max_batch,
                body_timeout_s=settings.body_timeout_s,
            )
            for path, execute, manner in (
                ("/graphql", self._execute, PORTICO),
                ("/v1/graphql", self._execute_as_hasura, HASURA),
            )
        }
        shows_page = settings.graphiql if settings.graphiql is not None else settings.is_dev
        self._pages = Pages(
            GraphiqlPage(lambda: self.trouble, lambda: self.reloads) if shows_page else None,
            Hosting.of(settings, folder),
            lambda: self._accounts.mailbox,
            lambda: self._draining,
            lambda: self.engine.ping(),
        )

    @property
    def accounts(self) -> Accounts | None:
        """What accounts stand on; None where the models import no `User`."""
        return self._accounts.accounts

    @property
    def files(self) -> FileHost:
        """What files stand on."""
        return self._files

    @property
    def background(self) -> Background | None:
        """What runs in the background; None where the models declare nothing of that."""
        return self._events.background

    async def close_accounts(self) -> None:
        """Ends what accounts were used for by a command, without serving."""
        await self._accounts.close()

    # ---- models --------------------------------------------------------------------------------------

    @property
    def catalog(self) -> Catalog:
        """What is served now."""
        return self.executor.catalog

    def reload(self, declarations: Declarations) -> None:
        """
        Serves other models from the next request on.

        Raises:
            Problems: what is wrong with them; the present ones go on being served.
        """
        executor = self._make_executor(declarations)
        self._functions.use(declarations)
        self._events.use(declarations)
        self.executor = executor
        self._accounts.use(declarations)
        self._files.use(declarations)
        self.trouble = None
        self.reloads += 1
        self._begin_channels()
        self._going_on = asyncio.get_running_loop().create_task(self._go_on())

    async def _go_on(self) -> None:
        """Open subscriptions are planned anew, over the tables that are logged now."""
        try:
            await self._feed.start()
            await self._accounts.start()
            await self._files.start()
            await self._events.start()
        except Exception as error:
            self._observe_live(error)
        self.live.reload(self.executor)
        self._streams.reload()

    def _make_executor(self, declarations: Declarations) -> Executor:
        settings = self.settings
        name = dialect_of(settings.database_url)
        find_schemas(declarations, settings)
        with without_collecting():
            catalog = read_catalog(declarations, dialect=name, names=settings.names, relay=settings.relay)
            return Executor(
                catalog,
                self.engine,
                self._dialect,
                limits=settings.limits_of,
                reveals=settings.may_introspect,
                idempotency_hours=settings.idempotency_hours,
                channels=self.hub,
                logged=tables_to_log(declarations, catalog, settings),
                function_limits=settings.functions,
                provide=lambda kind, request: self._functions.provide(kind, request),
                inside=inside_of(declarations, settings.events, name, self._joins, lambda: self._feed.tables),
            )

    def _begin_channels(self) -> None:
        """Joins other processes once there are channels; a project without any needs no connections for them."""
        if self.catalog.channels and self._joining is None:
            self._joining = asyncio.create_task(self.hub.start())

    # ---- ASGI ----------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Source: ASGI, "HTTP & WebSocket", "Lifespan"."""
        kind = scope["type"]
        if kind == "http":
            endpoint = self._endpoints.get(scope["path"])
            routes = self._routes_at(scope["path"]) if endpoint is None else None
            if self._cross_origin is not None and (endpoint is not None or routes is not None):
                telling = await self._cross_origin(scope, send)
                if telling is None:
                    return
                send = telling
            if endpoint is not None:
                await self._graphql_request(endpoint, scope, receive, send)
            elif routes is not None:
                await routes(scope, receive, send)
            else:
                await self._pages(scope, receive, send)
        elif kind == "websocket":
            await self._websockets(scope, receive, send)
        elif kind == "lifespan":
            await self._lifespan(receive, send)

    def _routes_at(self, path: str) -> Any:
        return self._accounts.routes_at(path) or self._files.routes_at(path) or self._functions.routes_at(path)

    def _provided(self, kind: type[Any], request: Request) -> Any:
        for each in (self._files.provided(kind), self._events.provided(kind)):
            if each is not None:
                return each
        return self._accounts.provide(kind, request)

    async def _graphql_request(self, endpoint: GraphQLOverHttp, scope: Scope, receive: Receive, send: Send) -> None:
        running = self._departures.enter(receive, scope)
        try:
            if scope["method"] == "GET" and (page := self._pages.graphiql_for(scope)) is not None:
                await page.page(scope, receive, send)
            else:
                await endpoint(scope, receive, send)
        finally:
            self._departures.leave(running)
            elapsed = time.monotonic() - running.began
            is_slow = elapsed > self.settings.slow_request_s and "event_stream" not in scope
            if is_slow or self.settings.log_requests:
                self._log.info(
                    "request",
                    request_id=scope.get("request_id", b"").decode(),
                    path=scope["path"],
                    method=scope["method"],
                    ms=round(elapsed * 1000, 1),
                )

    async def _execute(self, request: Request, found: Found | None = None, executor: Executor | None = None) -> bytes:
        if not self.settings.may_introspect(request.caller.role) and "__" in request.document:
            refuse_introspection(request.document)
        try:
            body = await (executor or self.executor).execute(request, found)
        except Replayed as replayed:
            replayed.body = self._files.signed(replayed.body, request.caller)
            raise
        return self._files.signed(body, request.caller)

    async def _execute_as_hasura(self, request: Request) -> bytes:
        """As `_execute`; what fails is said in Hasura's words, too."""
        try:
            return await self._execute(request)
        except Exception as error:
            self._in_hasuras_words(error, request)
            raise

    def _in_hasuras_words(self, error: Exception, request: Request) -> None:
        if isinstance(error, Problem | DocumentInvalid):
            first = problems_of(error)[0]
            first.hasura = hasura_error(first, request, self._role_of(request.caller))

    def _role_of(self, caller: Caller) -> RoleSchema | None:
        try:
            return self.executor.role(caller)
        except Problem:
            return None

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._started(send)
            elif message["type"] == "lifespan.shutdown":
                await self.sockets.stop()
                await self._streams.close()
                await self.live.close()
                await self._events.close()
                await self._feed.close()
                await self._departures.stop()
                await self._end_channels()
                await self._files.close()
                await self._functions.close()
                await self._accounts.close()
                await self._pages.close()
                await self.engine.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _started(self, send: Send) -> None:
        try:
            await self.engine.start()
            await self._feed.start()
            await self._accounts.start()
            await self._files.start()
            await self._events.start()
            self._begin_channels()
            if self._joining is not None:
                await self._joining
        except Exception as error:
            problem = problems_of(error)[0]
            await send({"type": "lifespan.startup.failed", "message": str(problem)})
            return
        self._departures.start()
        self.sockets.start()
        self._at_start(self)
        await send({"type": "lifespan.startup.complete"})

    async def _end_channels(self) -> None:
        if self._joining is not None:
            await asyncio.gather(self._joining, return_exceptions=True)
            await self.hub.close()

    @property
    def is_draining(self) -> bool:
        """Whether the process is about to end."""
        return self._draining

    def drain(self) -> None:
        """Says no more to readiness checks, while running requests go on."""
        self._draining = True

    def close_sockets(self) -> None:
        """Ends sockets and event streams one after the other, in less than half of the time that running requests have."""
        most_s = 0.4 * self.settings.graceful_timeout_s
        self.sockets.drain(min(most_s, len(self.sockets) / _CLOSED_PER_S))

    def _observe_live(self, error: BaseException) -> None:
        self._observe(b"", error)

    def _observe(self, identifier: bytes, error: BaseException) -> None:
        problem = problems_of(error)[0]
        if isinstance(problem, InternalProblem) or problem.status >= 500:
            self._log.error("failed", request_id=identifier.decode(), problem=problem.code, exc_info=error)
        elif self.settings.log_requests:
            self._log.info("refused", request_id=identifier.decode(), problem=problem.code, message=problem.message)
