"""How is a second factor shown: the second step of signing in, and once more later where much depends on it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portico.gateway.auth.accounts import Accounts, session_of
from portico.gateway.auth.challenges import confirmed_factors, find_challenge
from portico.gateway.auth.factors import raise_assurance, take_code, wrong_code
from portico.gateway.auth.passwords import MAX_PASSWORD_LENGTH
from portico.gateway.auth.people import PASSWORD
from portico.gateway.auth.problems import NeedsAssurance, NeedsSignIn, SignInFailed
from portico.gateway.auth.records import now
from portico.gateway.auth.types import ElevatedToken, SignIn
from portico.gateway.connection import Connection
from portico.schema.caller import Caller


async def answer_challenge(accounts: Accounts, connection: Connection, challenge: str, code: str) -> SignIn:
    """
    Signs in whom a challenge is of.

    Raises:
        InvalidCode: of the challenge or the code, it is not said which.
        TooManyAttempts
    """
    models = accounts.models
    attempt = accounts.attempts.begin(connection)
    signed_in: SignIn | None = None
    async with accounts.data.begin() as session:
        found = await find_challenge(session, models, challenge)
        user = await session.get(models.user, found.user_id) if found is not None and found.user_id else None
        if found is None or user is None or user.disabled_at is not None:
            raise wrong_code()
        if await take_code(accounts, session, user.id, code):
            found.used_at = now()
            methods = [*(found.details or {})["methods"], "otp", "mfa"]
            signed_in = await accounts.finish_sign_in(session, user, methods, connection)
        else:
            found.tries += 1
    if signed_in is None:
        raise wrong_code()
    return attempt.ended(signed_in)


async def show_again(
    accounts: Accounts, connection: Connection, caller: Caller, code: str | None, password: str | None
) -> ElevatedToken:
    """
    Elevates a session until its next refresh: by a factor where there is one, else by the password.

    Raises:
        NeedsAssurance: that was not given.
        InvalidCode, SignInFailed, TooManyAttempts
    """
    user_id, session_id = session_of(caller)
    models = accounts.models
    attempt = accounts.attempts.begin(connection, user_id=str(user_id))
    is_right: bool | None = None
    async with accounts.data.begin() as session:
        if await confirmed_factors(session, models, user_id):
            if code is None:
                raise NeedsAssurance("A code is asked for.", hint="stepUp(code: …)")
            is_right = await take_code(accounts, session, user_id, code)
            if is_right:
                await raise_assurance(session, models, session_id, ["otp", "mfa"])
    if is_right is None:
        await _check_password(accounts, user_id, password)
    elif not is_right:
        raise wrong_code()
    attempt.succeeded()
    return await elevated_token(accounts, user_id, session_id)


async def elevated_token(accounts: Accounts, user_id: UUID, session_id: UUID) -> ElevatedToken:
    """A token that says that somebody was just there."""
    async with accounts.data.read() as session:
        user = await session.get(accounts.models.user, user_id)
        found = await session.get(accounts.models.session, session_id)
    if user is None or found is None or found.user_id != user_id:
        raise NeedsSignIn("The session has ended.", hint="Sign in again.")
    token = await accounts.access_token(user, found, is_elevated=True)
    return ElevatedToken(access_token=token, expires_in=accounts.settings.access_token_s)


async def _check_password(accounts: Accounts, user_id: UUID, password: str | None) -> None:
    if password is None:
        raise NeedsAssurance("The password is asked for.", hint="stepUp(password: …)")
    identity = accounts.models.identity
    async with accounts.data.read() as session:
        stored = await session.scalar(
            select(identity.secret).where(identity.user_id == user_id, identity.provider == PASSWORD)
        )
    if not await accounts.passwords.verify(password[:MAX_PASSWORD_LENGTH], stored):
        raise SignInFailed("The password is wrong.")
