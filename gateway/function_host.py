"""What do functions stand on beside accounts: services elsewhere, routes and endpoints; loaded only where the models declare any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from portico.gateway.data import Database
from portico.gateway.edge import Edge
from portico.gateway.settings import Settings
from portico.resolvers.request import Request
from portico.resolvers.run.execute import Executor
from portico.resolvers.run.functions import Remote
from portico.resolvers.run.remotes import RemoteSchemas
from portico.schema.declarations import Declarations

if TYPE_CHECKING:
    from portico.gateway.events.background import Background
    from portico.gateway.events.later import DurableJobs
    from portico.gateway.events.worker import Handler
    from portico.gateway.functions.kept_calls import KeptCalls
    from portico.gateway.functions.remote_calls import Later
    from portico.gateway.functions.routes import Routes
    from portico.gateway.functions.services import Services

_HTTP = "portico.gateway.functions.http_calls"  # which is loaded where models import it


def find_schemas(declarations: Declarations, settings: Settings) -> None:
    """Asks other GraphQL services for the schemas that no file has."""
    if declarations.remote_schemas:
        from portico.gateway.functions.introspecting import with_schemas

        with_schemas(declarations, settings.reach)


class FunctionHost:
    """
    The functions of a process, but for those that are only called.

    Args:
        executor: the one of now.
        provide: what functions are handed.

    Attributes:
        background: runs the calls of asynchronous functions; whoever makes it says so here.
    """

    def __init__(
        self,
        settings: Settings,
        edge: Edge,
        executor: Callable[[], Executor],
        provide: Callable[[type[Any], Request], Any],
        data: Database,
    ) -> None:
        self.background: Background | None = None
        self._settings = settings
        self._edge = edge
        self._executor = executor
        self._provide = provide
        self._data = data
        self._services: Services | None = None
        self._kept: KeptCalls | None = None
        self._routes: Routes | None = None
        self._own: dict[type[Any], Any] = {}

    def use(self, declarations: Declarations) -> None:
        """Takes the present models."""
        self._use_remotes(declarations)
        self._use_schemas(declarations)
        if not declarations.routes and not declarations.endpoints:
            self._routes = None
            return
        from portico.gateway.functions.routes import Routes

        self._routes = Routes(declarations, self._settings, self._edge, self._executor, self.provide)

    def _use_remotes(self, declarations: Declarations) -> None:
        if not declarations.remotes:
            return
        from portico.gateway.functions.remote_calls import RemoteCalls

        services = self._reached()
        later: Later | None = None
        if declarations.companions:
            from portico.gateway.functions.kept_calls import KeptCalls
            from portico.gateway.remote_jobs import CallsLater

            if self._kept is None:
                self._kept = KeptCalls(self._data, self._settings.functions, self._settings.live_poll_s)
            self._own[KeptCalls] = self._kept
            later = CallsLater(self._kept, self._jobs, self._settings.events.payload_bytes)
        self._own[Remote] = RemoteCalls(services, later)

    def _use_schemas(self, declarations: Declarations) -> None:
        if declarations.remote_schemas:
            from portico.gateway.functions.schema_calls import SchemaCalls

            self._own[RemoteSchemas] = SchemaCalls(self._reached())

    def _reached(self) -> Services:
        """What services are reached by, made with the first that is wanted."""
        if self._services is None:
            from portico.gateway.functions.http_calls import Http
            from portico.gateway.functions.services import Services

            self._services = Services(self._settings.reach)
            self._own[Http] = Http(self._services.connections)
        return self._services

    def handlers(self, declarations: Declarations) -> Mapping[str, Handler]:
        """What runs the calls of asynchronous functions."""
        if not declarations.companions:
            return {}
        from portico.gateway.remote_jobs import remote_handlers

        assert self._kept is not None
        return remote_handlers(declarations, self._reached(), self._kept, self._settings.events.tries)

    def _jobs(self) -> DurableJobs:
        assert self.background is not None
        return self.background.jobs

    def routes_at(self, path: str) -> Routes | None:
        """What answers at a path of the author's."""
        return self._routes if self._routes is not None and self._routes.serves(path) else None

    def provided(self, kind: type[Any]) -> Any:
        """What functions are handed for a class of functions; None for those of others."""
        if kind.__module__ == _HTTP:
            self._reached()
        return self._own.get(kind)

    def provide(self, kind: type[Any], request: Request) -> Any:
        """See `Provide`."""
        found = self.provided(kind)
        return found if found is not None else self._provide(kind, request)

    async def close(self) -> None:
        """Ends the connections to others."""
        if self._kept is not None:
            await self._kept.close()
        if self._services is not None:
            await self._services.close()
