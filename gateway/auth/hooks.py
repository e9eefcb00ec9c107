"""What of an author's runs inside of accounts: functions before accounts are made, claims of tokens, words of mails."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.access import custom_claims
from portico.gateway.connection import Connection
from portico.gateway.hook_calls import call_hook
from portico.schema.declarations import HookDeclaration, current
from portico.schema.hooks import check_hook, source_of
from portico.schema.provided import Data
from portico.schema.templates import Mail

if TYPE_CHECKING:
    from portico.gateway.auth.models import User

Function = TypeVar("Function", bound=Callable[..., Any])

MAILS: Mapping[str, Sequence[str]] = dict.fromkeys(
    ("verify", "code", "link", "reset", "change_email", "invitation", "notice"),
    ("email", "name", "link", "code", "details"),
)
"""Kinds of mail, and what hooks that word them may take; what a mail does not have is None."""


def claims(function: Function) -> Function:
    """
    Adds claims to access tokens: `async def tenant(user: User, data: Data) -> dict`.

    Called whenever a token is made, in the transaction that signs somebody in. What accounts say themselves (`sub`, `role`,
    `assurance`, …) it cannot say otherwise.
    """
    check_hook("claims", function, ("user",), "claims")
    current().hooks.append(HookDeclaration("claims", None, function, source_of(function)))
    return function


def mail(kind: str) -> Callable[[Function], Function]:
    """
    Words a kind of mail: `@mail("verify")` over `def words(email: str, link: str) -> Mail`.

    Args:
        kind: `verify`, `code`, `link`, `reset`, `change_email`, `invitation` or `notice`.
    """

    def declare(function: Function) -> Function:
        check_hook("mail", function, MAILS.get(kind), f"mails called {kind}")
        current().hooks.append(HookDeclaration("mail", kind, function, source_of(function)))
        return function

    return declare


class Hooks:
    """Calls what an author has declared."""

    def __init__(self, declared: Sequence[HookDeclaration], data: Data) -> None:
        self._declared = tuple(declared)
        self._data = data

    async def before_sign_up(
        self, connection: Connection, email: str | None, name: str | None, data: Data | None = None
    ) -> None:
        """
        Called by every way in which somebody makes an account; without an address where it is anonymous.

        Args:
            data: the transaction that the caller is in, if any.

        Raises:
            Refused: by an author's function.
        """
        for each in self._of("before", "sign_up"):
            await call_hook(each.function, {"email": email, "name": name}, self._handing(connection, data))

    async def claims(self, user: User, data: Data) -> Mapping[str, Any]:
        """An author's claims of a user."""
        found: dict[str, Any] = {}
        for each in self._of("claims", None):
            found |= custom_claims(await call_hook(each.function, {"user": user}, self._handing(data=data)) or {})
        return found

    def words(self, kind: str) -> bool:
        """Whether an author words a kind of mail."""
        return bool(self._of("mail", kind))

    async def mail(self, kind: str, **values: Any) -> Mail | None:
        """An author's words of a mail; None where it has none. See `MAILS` for the values."""
        for each in reversed(self._of("mail", kind)):
            known = {name: values.get(name) for name in MAILS[kind]}
            return await call_hook(each.function, known, self._handing())
        return None

    def _of(self, kind: str, subject: str | None) -> Sequence[HookDeclaration]:
        return [
            each
            for each in self._declared
            if each.kind == kind and getattr(each.subject, "__name__", each.subject) == subject
        ]

    def _handing(self, connection: Connection | None = None, data: Data | None = None) -> Callable[[Any], Any]:
        return lambda kind: (data or self._data) if kind is Data else connection or Connection()


class WithinTransaction(Data):
    """The database for who is called in a transaction: a connection beside it would wait for those that wait likewise."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncSession]:
        """See `Data`; undone alone, and committed with the transaction around it."""
        async with self._session.begin_nested():
            yield self._session

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """See `Data`."""
        yield self._session
