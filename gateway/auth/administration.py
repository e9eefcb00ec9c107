"""What do administrators do with accounts: list, make and disable them, and take in those of other systems."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.emails import email_of
from portico.gateway.auth.password_rules import check_password
from portico.gateway.auth.people import PASSWORD
from portico.gateway.auth.problems import InvalidEmail, SignUpRefused
from portico.gateway.auth.records import now
from portico.gateway.auth.sessions import revoke_where

if TYPE_CHECKING:
    from portico.gateway.auth.models import User

_AT_ONCE = 200


class Newcomer(Protocol):
    """Somebody who has an account elsewhere."""

    @property
    def id(self) -> UUID: ...  # noqa: D102
    @property
    def email(self) -> str | None: ...  # noqa: D102
    @property
    def is_verified(self) -> bool: ...  # noqa: D102
    @property
    def name(self) -> str | None: ...  # noqa: D102
    @property
    def password(self) -> str | None: ...  # noqa: D102
    @property
    def identities(self) -> Sequence[tuple[str, str]]: ...  # noqa: D102
    @property
    def is_disabled(self) -> bool: ...  # noqa: D102
    @property
    def is_anonymous(self) -> bool: ...  # noqa: D102
    @property
    def role(self) -> str | None: ...  # noqa: D102
    @property
    def roles(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def claims(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def created_at(self) -> datetime | None: ...  # noqa: D102


@dataclass
class Arrivals:
    """How an import has come out. left_out: who, and why."""

    added: int = 0
    known: int = 0
    left_out: list[tuple[str, str]] | None = None

    def leave_out(self, who: str, why: str) -> None:
        """Notes somebody who cannot sign in here."""
        self.left_out = [*(self.left_out or []), (who, why)]


async def list_users(accounts: Accounts, text: str, limit: int) -> Sequence[User]:
    """The users whose address or name has a text in it, the latest first."""
    user = accounts.models.user
    chosen = select(user).order_by(user.created_at.desc(), user.id.desc()).limit(limit)
    if text:
        chosen = chosen.where(
            or_(user.email.icontains(text, autoescape=True), user.name.icontains(text, autoescape=True))
        )
    async with accounts.data.read() as session:
        return (await session.scalars(chosen)).all()


async def create_user(accounts: Accounts, email: str, password: str | None, name: str | None, role: str | None) -> User:
    """
    An account whose address is taken for verified.

    Raises:
        InvalidEmail, WeakPassword
        SignUpRefused: there is one.
    """
    models, address = accounts.models, email_of(email)
    if password is not None:
        check_password(password, accounts.settings.min_password_length, address)
    hashed = await accounts.passwords.hash(password) if password is not None else None
    async with accounts.data.begin() as session:
        if await session.scalar(select(models.user.id).where(models.user.email == address)):
            raise SignUpRefused("There is an account of this address.")
        made = models.user(
            email=address, email_verified_at=now(), name=name, role=role or accounts.settings.default_role
        )
        session.add(made)
        await session.flush()
        if hashed is not None:
            session.add(_password_of(accounts, made, hashed))
        return made


async def set_disabled(accounts: Accounts, who: str, *, is_disabled: bool) -> User | None:
    """
    Says of a user whether they may sign in; None where there is no such user. Disabling ends their sessions, for good.

    Args:
        who: the address or id.
    """
    models = accounts.models
    async with accounts.data.begin() as session:
        found = await _find(session, accounts, who)
        if found is None:
            return None
        found.disabled_at = (found.disabled_at or now()) if is_disabled else None
        if is_disabled:
            await revoke_where(session, models, models.session.user_id == found.id)
        return found


async def take_in(accounts: Accounts, people: Iterable[Newcomer]) -> Arrivals:
    """Makes accounts of people who have some elsewhere; who is here already stays as they are."""
    found = Arrivals()
    for batch in _batches(iter(people)):
        async with accounts.data.begin() as session:
            await _take_in(session, accounts, batch, found)
    return found


async def _take_in(session: AsyncSession, accounts: Accounts, batch: Sequence[Newcomer], found: Arrivals) -> None:
    models = accounts.models
    emails = {email for each in batch if (email := _email(each)) is not None}
    known = {email.lower() for email in await _those(session, models.user.email, emails)}
    ids = set(await _those(session, models.user.id, {each.id for each in batch}))
    for each in batch:
        email = _email(each)
        if each.id in ids or (email is not None and email in known):
            found.known += 1
        elif each.email is not None and email is None:
            found.leave_out(str(each.id), "an address that is none")
        elif email is None and not each.identities and not each.is_anonymous:
            found.leave_out(str(each.id), "neither an address nor a provider")
        else:
            known |= {email} if email is not None else set()
            ids.add(each.id)
            await _add(session, accounts, each, email)
            found.added += 1


async def _add(session: AsyncSession, accounts: Accounts, each: Newcomer, email: str | None) -> None:
    models = accounts.models
    user = models.user(
        id=each.id,
        email=email,
        email_verified_at=now() if each.is_verified and email is not None else None,
        name=each.name,
        role=each.role or accounts.settings.default_role,
        allowed_roles=list(each.roles) or None,
        claims=dict(each.claims) or None,
        is_anonymous=each.is_anonymous,
        disabled_at=now() if each.is_disabled else None,
        **({"created_at": each.created_at} if each.created_at is not None else {}),
    )
    session.add(user)
    await session.flush()
    if each.password is not None:
        session.add(_password_of(accounts, user, each.password))
    identity = models.identity
    for provider, subject in each.identities:
        taken = select(identity.id).where(identity.provider == provider, identity.subject == subject)
        if await session.scalar(taken) is None:
            session.add(identity(user_id=user.id, provider=provider, subject=subject, email=email))
    await session.flush()


def _password_of(accounts: Accounts, user: User, hashed: str) -> object:
    return accounts.models.identity(
        user_id=user.id, provider=PASSWORD, subject=str(user.id), email=user.email, secret=hashed
    )


async def _find(session: AsyncSession, accounts: Accounts, who: str) -> User | None:
    user = accounts.models.user
    try:
        return await session.get(user, UUID(who))
    except ValueError:
        return await session.scalar(select(user).where(user.email == who.strip().lower()))


async def _those(session: AsyncSession, column: Any, values: Collection[Any]) -> Sequence[Any]:
    return (await session.scalars(select(column).where(column.in_(values)))).all()


def _email(person: Newcomer) -> str | None:
    try:
        return email_of(person.email) if person.email is not None else None
    except InvalidEmail:
        return None


def _batches(people: Iterator[Newcomer]) -> Iterator[Sequence[Newcomer]]:
    while batch := list(islice(people, _AT_ONCE)):
        yield batch
