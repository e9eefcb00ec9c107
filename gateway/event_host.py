"""When does anything run in the background: where the models declare it. Starts it, and hands it to functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from portico.gateway.accounts import AccountHost
from portico.gateway.data import Database
from portico.gateway.function_host import FunctionHost
from portico.gateway.settings import Settings
from portico.resolvers.live.feed import Feed
from portico.resolvers.run.engine import Engine
from portico.schema.declarations import Declarations
from portico.schema.problems import Problems

if TYPE_CHECKING:
    from portico.gateway.events.background import Background


class EventHost:
    """
    What runs in the background of a process.

    Args:
        accounts: have what functions are handed that events do not know of, and the box for mails in development.
        functions: have further jobs, and what functions are handed of theirs.
        observe: told of exceptions that nobody else hears of.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        data: Database,
        feed: Feed,
        accounts: AccountHost,
        functions: FunctionHost,
        observe: Callable[[BaseException], None],
    ) -> None:
        self._functions = functions
        self._settings = settings
        self._engine = engine
        self._data = data
        self._feed = feed
        self._accounts = accounts
        self._observe = observe
        self._is_running = False
        self.background: Background | None = None

    def use(self, declarations: Declarations) -> None:
        """
        Takes the present models; what runs them is loaded only where there is something to run.

        Raises:
            Problems: what is wrong with what is declared.
        """
        if not declarations.has_events:
            if self.background is not None:
                self.background.use(declarations)
            return
        from portico.gateway.events.background import Background
        from portico.gateway.events.messages import MAIL
        from portico.gateway.events.schedules import check_schedule
        from portico.gateway.mail_jobs import ACCOUNT_MAIL, account_mail_run, mail_run
        from portico.schema.events import check_events

        problems = check_events(declarations)
        problems += [found for each in declarations.schedules if (found := check_schedule(each)) is not None]
        if problems:
            raise Problems(problems)
        if self.background is None:
            auth, is_dev = self._settings.auth, self._settings.is_dev
            mails = {
                MAIL: mail_run(auth, lambda: self._accounts.mailbox, catches_mail=is_dev),
                ACCOUNT_MAIL: account_mail_run(auth, lambda: self._accounts.accounts),
            }
            self.background = Background(
                self._settings,
                self._engine,
                self._data,
                self._feed,
                self._handed,
                self._observe,
                mails,
                self._functions.handlers,
            )
        self._functions.background = self.background
        self.background.use(declarations)
        self._keep_mails()

    def _keep_mails(self) -> None:
        """Mails of accounts outlive the process where there are jobs; in development they are in their box."""
        accounts, background = self._accounts.accounts, self.background
        if accounts is None or self._is_running or not self._settings.auth.smtp_url or self._settings.is_dev:
            return
        from portico.gateway.auth.kept_mail import KeptMailer
        from portico.gateway.mail_jobs import ACCOUNT_MAIL

        async def put(sealed: str) -> None:
            assert background is not None
            await background.jobs.put("mail", ACCOUNT_MAIL, sealed)

        accounts.mailer.mailer = KeptMailer(put, accounts.secrets)

    async def start(self) -> None:
        """Begins, once the database is there; called again after a reload."""
        if self.background is None:
            return
        await self.background.start()
        self._is_running = True

    async def close(self) -> None:
        """Ends; what runs has its time."""
        if self.background is not None and self._is_running:
            await self.background.close()

    def provided(self, kind: type[Any]) -> Any:
        """What functions are handed for a class of events; None for those of others."""
        if self.background is None:
            return None
        return self.background.provided.get(kind)

    def _handed(self, kind: type[Any]) -> Any:
        """What functions in the background are handed."""
        for each in (self.provided(kind), self._functions.provided(kind)):
            if each is not None:
                return each
        return self._accounts.provide(kind, None)
