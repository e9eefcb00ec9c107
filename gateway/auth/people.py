"""Who is meant: the user of an address or of a session, and how a user comes to have a password or an address that is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.accounts import Accounts, session_of
from portico.gateway.auth.emails import email_of
from portico.gateway.auth.problems import InvalidEmail, NeedsSignIn
from portico.gateway.auth.records import now
from portico.gateway.auth.sessions import revoke_where
from portico.schema.caller import Caller

if TYPE_CHECKING:
    from portico.gateway.auth.models import Session, User

PASSWORD = "password"  # noqa: S105  # the name of a provider
_MOST_NAME = 256


async def user_of(accounts: Accounts, session: AsyncSession, email: str) -> User | None:
    """The user of an address."""
    return await session.scalar(select(accounts.models.user).where(accounts.models.user.email == email))


async def signed_in(accounts: Accounts, session: AsyncSession, caller: Caller) -> tuple[User, Session]:
    """
    The user who calls, and the session that they are signed in by; keys and tokens of others have none.

    Raises:
        NeedsSignIn
    """
    models = accounts.models
    user_id, session_id = session_of(caller)
    row = (
        await session.execute(
            select(models.user, models.session)
            .join(models.session, models.session.user_id == models.user.id)
            .where(models.session.id == session_id, models.user.id == user_id)
        )
    ).first()
    if row is None or row[0].disabled_at is not None or row[1].revoked_at is not None:
        raise NeedsSignIn("Nobody is signed in.", hint="Sign in again.")
    return row[0], row[1]


async def set_password(accounts: Accounts, session: AsyncSession, user: User, hashed: str) -> bool:
    """Gives a user a password; whether it is their first."""
    made = accounts.models.identity
    changed = await session.scalars(
        update(made)
        .where(made.user_id == user.id, made.provider == PASSWORD)
        .values(secret=hashed, email=user.email)
        .returning(made.id)
    )
    if changed.first() is not None:
        return False
    session.add(made(user_id=user.id, provider=PASSWORD, subject=str(user.id), email=user.email, secret=hashed))
    await session.flush()
    return True


async def claim_address(accounts: Accounts, session: AsyncSession, user: User) -> bool:
    """
    Makes an account that of whoever has just shown that its address is theirs; whether it was not known until now.

    Until then anybody could have made it, to wait in it for the owner of the address: their password, providers, sessions
    and keys end. Second factors do not, for they would be got past; where there is one, the account stays whose it is.
    """
    if user.email_verified_at is not None or await has_factor(accounts, session, user.id):
        return False
    models = accounts.models
    user.email_verified_at = now()
    await session.flush()
    await session.execute(delete(models.identity).where(models.identity.user_id == user.id))
    await revoke_where(session, models, models.session.user_id == user.id)
    await session.execute(
        update(models.api_key)
        .where(models.api_key.user_id == user.id, models.api_key.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    await accounts.codes.void(session, user.id)
    return True


async def has_factor(accounts: Accounts, session: AsyncSession, user_id: UUID) -> bool:
    """Whether a user has a second factor."""
    factor = accounts.models.factor
    found = exists().where(factor.user_id == user_id, factor.confirmed_at.is_not(None))
    return bool(await session.scalar(select(found)))


async def can_step_up(accounts: Accounts, session: AsyncSession, user_id: UUID) -> bool:
    """Whether a user has a password or a second factor, by which they can show again who they are."""
    identity = accounts.models.identity
    password = exists().where(identity.user_id == user_id, identity.provider == PASSWORD)
    return bool(await session.scalar(select(password))) or await has_factor(accounts, session, user_id)


def email_or_nobody(email: str) -> str:
    """The address as it is stored; empty for what is none, which nobody has."""
    try:
        return email_of(email)
    except InvalidEmail:
        return ""


def name_of(name: str | None) -> str | None:
    """A name as it is stored: what can be printed of it, and not too much."""
    return "".join(each for each in (name or "") if each.isprintable()).strip()[:_MOST_NAME] or None
