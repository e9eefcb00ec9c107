"""How does somebody sign in with a password, and make an account that has one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.emails import email_of
from portico.gateway.auth.passwords import MAX_PASSWORD_LENGTH
from portico.gateway.auth.problems import InvalidEmail, SignInFailed, SignUpRefused, WeakPassword
from portico.gateway.auth.records import now
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection

PROVIDER = "password"


async def sign_in_with_password(accounts: Accounts, connection: Connection, email: str, password: str) -> SignIn:
    """
    Signs somebody in.

    Whoever is asked for, one password is verified: an account that is not there, has no password or may not sign in takes as
    long as a wrong password, and is told the same.

    Raises:
        SignInFailed: whatever is wrong.
    """
    models = accounts.models
    address = _email_or_nobody(email)
    async with accounts.data.read() as session:
        row = (
            await session.execute(
                select(models.user, models.identity.secret)
                .join(models.identity, models.identity.user_id == models.user.id)
                .where(models.user.email == address, models.identity.provider == PROVIDER)
            )
        ).first()
    is_right = await accounts.passwords.verify(password[:MAX_PASSWORD_LENGTH], row[1] if row is not None else None)
    if not is_right or row is None or row[0].disabled_at is not None:
        raise SignInFailed("The address or the password is wrong.")
    user, _ = row
    if accounts.settings.verify_email and user.email_verified_at is None:
        return SignIn(is_code_sent=True)
    async with accounts.data.begin() as session:
        return await accounts.finish_sign_in(session, user, ["pwd"], connection)


async def sign_up_with_password(
    accounts: Accounts, connection: Connection, email: str, password: str, name: str | None
) -> SignIn:
    """
    Makes an account with a password.

    Where addresses are verified the answer is the same whether one exists: its owner is told by mail.

    Raises:
        SignUpRefused, InvalidEmail, WeakPassword
    """
    settings, models = accounts.settings, accounts.models
    if not settings.sign_up:
        raise SignUpRefused("Accounts are made by the administrators.")
    address = email_of(email)
    check_password(accounts, password)
    hashed = await accounts.passwords.hash(password)
    try:
        async with accounts.data.begin() as session:
            user = models.user(email=address, name=name, role=settings.default_role, is_anonymous=False)
            session.add(user)
            await session.flush()
            session.add(
                models.identity(
                    user_id=user.id,
                    provider=PROVIDER,
                    subject=str(user.id),
                    email=address,
                    secret=hashed,
                    last_used_at=now(),
                )
            )
            if settings.verify_email:
                return SignIn(is_code_sent=True)
            return await accounts.finish_sign_in(session, user, ["pwd"], connection)
    except IntegrityError:
        if settings.verify_email:
            return SignIn(is_code_sent=True)
        raise SignUpRefused("There is an account of this address.", hint="Sign in.") from None


def check_password(accounts: Accounts, password: str) -> None:
    """
    Whether a password may be chosen.

    Raises:
        WeakPassword
    """
    least = accounts.settings.min_password_length
    if len(password) < least:
        raise WeakPassword(f"A password has at least {least} characters.")
    if len(password) > MAX_PASSWORD_LENGTH:
        raise WeakPassword(f"A password has at most {MAX_PASSWORD_LENGTH} characters.")


def _email_or_nobody(email: str) -> str:
    try:
        return email_of(email)
    except InvalidEmail:
        return ""
