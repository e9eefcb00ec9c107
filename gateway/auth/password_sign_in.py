"""How does somebody sign in with a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.codes import Meant
from portico.gateway.auth.passwords import MAX_PASSWORD_LENGTH
from portico.gateway.auth.people import PASSWORD, email_or_nobody
from portico.gateway.auth.problems import SignInFailed
from portico.gateway.auth.records import now
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection

if TYPE_CHECKING:
    from portico.gateway.auth.models import Identity, User

_TRIES = 2  # somebody who signs in twice at once finds the other's new hash the second time


async def sign_in_with_password(
    accounts: Accounts, connection: Connection, email: str, password: str, captcha: str | None
) -> SignIn:
    """
    Signs somebody in.

    Whoever is asked for, one password is verified: an account that is not there, has no password or may not sign in takes as
    long as a wrong password, and is told the same.

    Raises:
        SignInFailed: whatever is wrong.
        TooManyAttempts, CaptchaFailed
    """
    address = email_or_nobody(email)
    await accounts.captcha.check(accounts.attempts, connection, captcha)
    attempt = accounts.attempts.begin(connection, address)
    for _ in range(_TRIES):
        user, identity = await _read(accounts, address)
        is_right = await is_password(accounts, identity, password)
        if not is_right or user is None or identity is None or user.disabled_at is not None:
            break
        if accounts.settings.verify_email and user.email_verified_at is None:
            await _send_verification(accounts, connection, user)
            return SignIn(is_code_sent=True)
        answer = await _open(accounts, connection, user, identity, password)
        if answer is not None:
            return attempt.ended(answer)
    raise SignInFailed("The address or the password is wrong.")


async def is_password(accounts: Accounts, identity: Identity | None, password: str) -> bool:
    """Whether it is the password of an identity; it takes as long where there is none."""
    is_possible = identity is not None and len(password) <= MAX_PASSWORD_LENGTH
    stored = identity.secret if identity is not None and is_possible else None
    return await accounts.passwords.verify(password[:MAX_PASSWORD_LENGTH], stored)


async def _read(accounts: Accounts, address: str) -> tuple[User | None, Identity | None]:
    models = accounts.models
    async with accounts.data.read() as session:
        row = (
            await session.execute(
                select(models.user, models.identity)
                .join(models.identity, models.identity.user_id == models.user.id)
                .where(models.user.email == address, models.identity.provider == PASSWORD)
            )
        ).first()
    return (row[0], row[1]) if row is not None else (None, None)


async def _open(
    accounts: Accounts, connection: Connection, user: User, identity: Identity, password: str
) -> SignIn | None:
    """Opens a session, and stores a hash of today's kind in place of another; None where the password was changed meanwhile."""
    made, stored = accounts.models.identity, identity.secret or ""
    hashed = await accounts.passwords.hash(password) if accounts.passwords.is_outdated(stored) else stored
    async with accounts.data.begin() as session:
        used = await session.scalars(
            update(made)
            .where(made.id == identity.id, made.secret == stored)
            .values(last_used_at=now(), secret=hashed)
            .returning(made.id)
        )
        if used.first() is None:
            return None
        return await accounts.finish_sign_in(session, user, ["pwd"], connection)


async def _send_verification(accounts: Accounts, connection: Connection, user: User) -> None:
    address = user.email or ""
    accounts.attempts.mail(connection, address)
    async with accounts.data.begin() as session:
        token = await accounts.codes.issue_link(session, Meant("verify_email", address, user.id))
    accounts.mailer.send(address, accounts.texts.verify(accounts.links.to(token)))
