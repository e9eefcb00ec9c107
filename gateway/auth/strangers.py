"""Whose account is it that a provider speaks for: one that is linked, one of the same verified address, or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.hooks import WithinTransaction
from portico.gateway.auth.problems import CannotLink, LastWayIn, SignInFailed, SignUpRefused
from portico.gateway.auth.provider_answers import Stranger
from portico.gateway.auth.records import now
from portico.gateway.auth.sessions import revoke_where
from portico.gateway.connection import Connection

if TYPE_CHECKING:
    from portico.gateway.auth.accounts import Accounts
    from portico.gateway.auth.models import Identity, User


async def user_of(accounts: Accounts, stranger: Stranger, connection: Connection) -> UUID:
    """
    The user to sign in, who is linked or made where there was none.

    Raises:
        SignInFailed: may not sign in. SignUpRefused: accounts are made by others. CannotLink: the address is of an account that has
            not verified it, and could have been made by anybody, in wait for this one.
    """
    try:
        return await _user_of(accounts, stranger, connection)
    except IntegrityError:
        return await _user_of(accounts, stranger, connection)  # at the same time it was made by another request


async def _user_of(accounts: Accounts, stranger: Stranger, connection: Connection) -> UUID:
    async with accounts.data.begin() as session:
        identity = await _identity(accounts, session, stranger)
        if identity is not None:
            user = await session.get(accounts.models.user, identity.user_id)
            identity.email, identity.last_used_at = stranger.email, now()
        else:
            user = await _same_address(accounts, session, stranger)
            if user is not None:
                _tell(accounts, user, stranger)
            user = user or await _made(accounts, session, stranger, connection)
            _add(accounts, session, user, stranger)
        if user is None or user.disabled_at is not None:
            raise SignInFailed("The account may not sign in.")
        return user.id


async def link(accounts: Accounts, user_id: UUID, stranger: Stranger) -> UUID:
    """
    One more way in for a user; the identity.

    Raises:
        CannotLink: it is somebody else's.
    """
    taken = CannotLink("This identity belongs to another account.", hint="Sign in with it, and unlink it there.")
    try:
        async with accounts.data.begin() as session:
            found = await _identity(accounts, session, stranger)
            user = await session.get(accounts.models.user, user_id)
            if user is None or (found is not None and found.user_id != user_id):
                raise taken
            identity = found or _add(accounts, session, user, stranger)
            if user.is_anonymous:
                await _upgrade(accounts, session, user, stranger)
            await session.flush()
            if found is None:
                _tell(accounts, user, stranger)
            return identity.id
    except IntegrityError:
        raise taken from None


async def unlink(accounts: Accounts, user_id: UUID, identity_id: UUID, session_id: UUID | None) -> bool:
    """
    Takes a way in from a user, and ends their other sessions; False where it is none of theirs.

    Raises:
        LastWayIn
    """
    models = accounts.models
    async with accounts.data.begin() as session:
        # The user's row is held, so that two requests cannot take the last two away from each other.
        await session.get(models.user, user_id, with_for_update=True)
        identity = await session.get(models.identity, identity_id)
        if identity is None or identity.user_id != user_id:
            return False
        if await _ways_in(accounts, session, user_id) < 2:
            raise LastWayIn("This is the only way in which you can sign in.", hint="Add another first.")
        await session.delete(identity)
        await revoke_where(session, models, (models.session.user_id == user_id) & (models.session.id != session_id))
    return True


async def _ways_in(accounts: Accounts, session: AsyncSession, user_id: UUID) -> int:
    identity, factor = accounts.models.identity, accounts.models.factor
    identities = select(func.count()).select_from(identity).where(identity.user_id == user_id)
    passkeys = (
        select(func.count())
        .select_from(factor)
        .where(factor.user_id == user_id, factor.kind == "passkey", factor.confirmed_at.is_not(None))
    )
    return (await session.scalar(identities) or 0) + (await session.scalar(passkeys) or 0)


async def _identity(accounts: Accounts, session: AsyncSession, stranger: Stranger) -> Identity | None:
    model = accounts.models.identity
    condition = (model.provider == stranger.provider) & (model.subject == stranger.subject)
    return await session.scalar(select(model).where(condition))


async def _same_address(accounts: Accounts, session: AsyncSession, stranger: Stranger) -> User | None:
    """Both sides have to have verified it: on either, who has not might have written the address of anybody."""
    user = accounts.models.user
    if not stranger.is_email_verified:
        return None
    found = await session.scalar(select(user).where(user.email == stranger.email))
    if found is not None and found.email_verified_at is None:
        raise CannotLink(
            "There is an account of this address, which has not verified it.",
            hint="Verify the address by resetting the account's password; then sign in again.",
        )
    return found


async def _made(accounts: Accounts, session: AsyncSession, stranger: Stranger, connection: Connection) -> User:
    settings = accounts.settings
    if not settings.sign_up:
        raise SignUpRefused("Accounts are made by the administrators.")
    email, within = stranger.email, WithinTransaction(session)
    await accounts.hooks.before_sign_up(connection, email, stranger.name, within)
    # An address that nobody has verified is not taken from whom it may belong to.
    is_verified = stranger.is_email_verified
    user = accounts.models.user(
        email=stranger.email if is_verified else None,
        email_verified_at=now() if is_verified else None,
        name=stranger.name,
        role=settings.default_role,
        is_anonymous=False,
    )
    session.add(user)
    await session.flush()
    return user


async def _upgrade(accounts: Accounts, session: AsyncSession, user: User, stranger: Stranger) -> None:
    user.is_anonymous = False
    user.name = user.name or stranger.name
    if stranger.is_email_verified:
        model = accounts.models.user
        if await session.scalar(select(model.id).where(model.email == stranger.email)) is not None:
            raise CannotLink("There is an account of this address.", hint="Sign in to it.")
        user.email, user.email_verified_at = stranger.email, now()


def _tell(accounts: Accounts, user: User, stranger: Stranger) -> None:
    if user.email is not None:
        accounts.mailer.send(user.email, accounts.texts.new_way(stranger.provider.capitalize()))


def _add(accounts: Accounts, session: AsyncSession, user: User, stranger: Stranger) -> Identity:
    identity = accounts.models.identity(
        user_id=user.id,
        provider=stranger.provider,
        subject=stranger.subject,
        email=stranger.email,
        last_used_at=now(),
    )
    session.add(identity)
    return identity
