"""When are there accounts: where the models import `User`. Starts them, hands them to functions, and has changes of them take effect."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from portico.gateway.connection import Connection
from portico.gateway.data import CallersData, Database
from portico.gateway.edge import Edge
from portico.gateway.identity import Identity
from portico.gateway.settings import Settings
from portico.gateway.sockets import Sockets
from portico.resolvers.live.feed import Feed
from portico.resolvers.request import Request
from portico.resolvers.run.functions import nothing_provided
from portico.schema.declarations import Declarations
from portico.schema.provided import Data

if TYPE_CHECKING:
    from portico.gateway.auth.accounts import Accounts
    from portico.gateway.auth.mailbox import Mailbox
    from portico.gateway.auth.revocations import Revocations
    from portico.gateway.auth.routes import AccountRoutes

_MODULE = "portico.gateway.auth.models"


class AccountHost:
    """
    The accounts of a process, and the database as functions have it.

    Args:
        identity, sockets: are told whose credentials are to be looked at again.
        edge: what routes stand on.
    """

    def __init__(
        self, settings: Settings, data: Database, identity: Identity, sockets: Sockets, feed: Feed, edge: Edge
    ) -> None:
        self._settings = settings
        self._data = data
        self._identity = identity
        self._sockets = sockets
        self._feed = feed
        self._edge = edge
        self._routes: AccountRoutes | None = None
        self._revocations: Revocations | None = None
        self._is_running = False
        self.accounts: Accounts | None = None

    def use(self, declarations: Declarations) -> None:
        """Takes the present models; what accounts stand on is loaded only where these import `User`."""
        if not any(each.__module__ == _MODULE for each in declarations.models):
            return
        from portico.gateway.auth.accounts import Accounts
        from portico.gateway.auth.hooks import Hooks
        from portico.gateway.auth.records import models_of
        from portico.gateway.auth.revocations import Revocations
        from portico.gateway.auth.routes import AccountRoutes

        models = models_of(declarations)
        hooks = Hooks(declarations.hooks, self._data)
        if self.accounts is not None:
            self.accounts.models, self.accounts.hooks = models, hooks
            assert self._revocations is not None
            self._revocations.use(models)
            return
        settings = self._settings
        self.accounts = Accounts(
            settings.auth,
            self._data,
            models,
            secret=settings.token_secret,
            public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
            catches_mail=settings.is_dev,
            is_told=self._is_told,
            outdate=lambda: self._outdate(None),
            allow_private=settings.is_dev,
        )
        self.accounts.hooks = hooks
        self._revocations = Revocations(models, self._outdate)
        self._identity.verifiers[:0] = [self.accounts.verifier, self.accounts.key_verifier]
        self._identity.takes_cookies = True
        self._routes = AccountRoutes(self.accounts, self._edge)

    def routes_at(self, path: str) -> AccountRoutes | None:
        """What answers at a path of accounts."""
        return self._routes if self._routes is not None and self._routes.serves(path) else None

    @property
    def mailbox(self) -> Mailbox | None:
        """What mails are caught by, in development."""
        from portico.gateway.auth.mailbox import Mailbox

        mailer = self.accounts.mailer.mailer if self.accounts is not None else None
        return mailer if isinstance(mailer, Mailbox) else None

    async def start(self) -> None:
        """Begins, once the database is there; called again after a reload that brought accounts."""
        if self.accounts is None or self._is_running:
            return
        await self.accounts.start()
        self._is_running = True
        assert self._revocations is not None
        self._feed.join(self._revocations)

    async def close(self) -> None:
        """Ends what runs by itself."""
        if self.accounts is not None and self._is_running:
            await self.accounts.close()
        await self._data.close()

    def provide(self, kind: type[Any], request: Request | None) -> Any:
        """See `Provide`; without a request for who runs in the background."""
        if kind is Data:
            return (
                self._data if request is None else CallersData(self._data, request, self._edge.execute, self._edge.join)
            )
        if kind is Connection:
            return Connection.of(request.connection if request is not None else None)
        if self.accounts is not None and isinstance(self.accounts, kind):
            return self.accounts
        return nothing_provided(kind)

    def _is_told(self) -> bool:
        return self._revocations is not None and self._revocations.tables <= self._feed.tables

    def _outdate(self, ids: Collection[str] | None) -> None:
        self._identity.outdate(ids)
        self._sockets.renew(ids)
