"""What do functions stand on beside accounts: services elsewhere, routes and endpoints; loaded only where the models declare any."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from portico.gateway.edge import Edge
from portico.gateway.settings import Settings
from portico.resolvers.request import Request
from portico.resolvers.run.execute import Executor
from portico.resolvers.run.functions import Remote
from portico.resolvers.run.remotes import RemoteSchemas
from portico.schema.declarations import Declarations

if TYPE_CHECKING:
    from portico.gateway.functions.remote_calls import RemoteCalls
    from portico.gateway.functions.routes import Routes
    from portico.gateway.functions.schema_calls import SchemaCalls


def find_schemas(declarations: Declarations, settings: Settings) -> None:
    """Asks other GraphQL services for the schemas that no file has."""
    if declarations.remote_schemas:
        from portico.gateway.functions.introspecting import with_schemas

        with_schemas(declarations, allow_private=settings.is_dev)


class FunctionHost:
    """
    The functions of a process, but for those that are only called.

    Args:
        executor: the one of now.
        provide: what functions are handed.
    """

    def __init__(
        self,
        settings: Settings,
        edge: Edge,
        executor: Callable[[], Executor],
        provide: Callable[[type[Any], Request], Any],
    ) -> None:
        self._settings = settings
        self._edge = edge
        self._executor = executor
        self._provide = provide
        self._remotes: RemoteCalls | None = None
        self._schemas: SchemaCalls | None = None
        self._routes: Routes | None = None

    def use(self, declarations: Declarations) -> None:
        """Takes the present models."""
        if not declarations.routes and not declarations.endpoints:
            self._routes = None
            return
        from portico.gateway.functions.routes import Routes

        self._routes = Routes(declarations, self._settings, self._edge, self._executor, self.provide)

    def routes_at(self, path: str) -> Routes | None:
        """What answers at a path of the author's."""
        return self._routes if self._routes is not None and self._routes.serves(path) else None

    def provide(self, kind: type[Any], request: Request) -> Any:
        """See `Provide`."""
        if kind is RemoteSchemas:
            return self._services()
        return self._remote() if kind is Remote else self._provide(kind, request)

    def _remote(self) -> RemoteCalls:
        if self._remotes is None:
            from portico.gateway.functions.remote_calls import RemoteCalls

            self._remotes = RemoteCalls(allow_private=self._settings.is_dev)
        return self._remotes

    def _services(self) -> SchemaCalls:
        if self._schemas is None:
            from portico.gateway.functions.schema_calls import SchemaCalls

            self._schemas = SchemaCalls(allow_private=self._settings.is_dev)
        return self._schemas

    async def close(self) -> None:
        """Ends the connections to others."""
        if self._schemas is not None:
            await self._schemas.close()
        if self._remotes is not None:
            await self._remotes.close()
