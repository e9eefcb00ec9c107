"""How does a password become another: by a link in a mail, or by somebody who is signed in. Other sessions end with it."""

from __future__ import annotations

from sqlalchemy import select

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.codes import Meant, refused
from portico.gateway.auth.elevation import must_be_elevated
from portico.gateway.auth.emails import email_of
from portico.gateway.auth.password_rules import check_password
from portico.gateway.auth.password_sign_in import is_password
from portico.gateway.auth.people import PASSWORD, claim_address, set_password, signed_in, user_of
from portico.gateway.auth.problems import SignInFailed, SignUpRefused
from portico.gateway.auth.sessions import revoke_where
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection
from portico.schema.caller import Caller

_PURPOSE = "reset_password"
_WAY = "a password"


async def send_password_reset(
    accounts: Accounts, connection: Connection, email: str, redirect_to: str | None, captcha: str | None
) -> bool:
    """
    Sends a link by which another password is set; the answer is the same whether there is an account.

    Raises:
        InvalidEmail, RedirectNotAllowed, TooManyAttempts, CaptchaFailed
    """
    address = email_of(email)
    details = {"redirect_to": accounts.links.back_to(redirect_to)}
    await accounts.captcha.check(accounts.attempts, connection, captcha)
    accounts.attempts.mail(connection, address)
    async with accounts.data.begin() as session:
        user = await user_of(accounts, session, address)
        meant = Meant(_PURPOSE, address, user.id if user is not None else None, details)
        token = await accounts.codes.issue_link(session, meant)
    if user is not None and user.disabled_at is None:
        accounts.mailer.send(address, accounts.texts.reset_password(accounts.links.to(token)))
    return True


async def reset_password(accounts: Accounts, connection: Connection, token: str, password: str) -> SignIn:
    """
    Takes the token of such a link, ends all sessions, and signs in; who has a second factor is asked for it.

    Raises:
        InvalidCode: whatever is wrong with the token.
        WeakPassword, TooManyAttempts
    """
    check_password(password, accounts.settings.min_password_length)
    attempt = accounts.attempts.begin(connection)
    async with accounts.data.read() as session:
        if await accounts.codes.read_link(session, token) is None:
            raise refused()
    await accounts.breaches.check(password)
    hashed = await accounts.passwords.hash(password)
    models = accounts.models
    async with accounts.data.begin() as session:
        found = await accounts.codes.take_link(session, (_PURPOSE,), token)
        user = await session.get(models.user, found.user_id) if found is not None and found.user_id else None
        if found is None or user is None or user.disabled_at is not None or user.email != found.email:
            raise refused()
        is_claimed = await claim_address(accounts, session, user)
        is_first = await set_password(accounts, session, user, hashed) and not is_claimed
        await revoke_where(session, models, models.session.user_id == user.id)
        await accounts.codes.void(session, user.id)
        answer = await accounts.finish_sign_in(session, user, ["pwd"], connection)
    texts = accounts.texts
    accounts.mailer.send(user.email or "", texts.new_way(_WAY) if is_first else texts.password_changed())
    return attempt.ended(answer)


async def change_password(
    accounts: Accounts, connection: Connection, caller: Caller, password: str, current: str | None
) -> bool:
    """
    Gives the caller another password, and ends their other sessions.

    Args:
        current: the present one; without it the session must be elevated.

    Raises:
        NeedsSignIn, NeedsAssurance, SignInFailed, WeakPassword, SignUpRefused, TooManyAttempts
    """
    models = accounts.models
    async with accounts.data.read() as session:
        user, own = await signed_in(accounts, session, caller)
        if user.email is None:
            raise SignUpRefused("The account has no address to sign in with.", hint="Sign up with one.")
        if current is None:
            await must_be_elevated(accounts, session, caller, own)
        identity = await session.scalar(
            select(models.identity).where(models.identity.user_id == user.id, models.identity.provider == PASSWORD)
        )
    check_password(password, accounts.settings.min_password_length, user.email)
    if current is not None:
        attempt = accounts.attempts.begin(connection, user.email)
        if not await is_password(accounts, identity, current):
            raise SignInFailed("The present password is wrong.")
        attempt.succeeded()
    await accounts.breaches.check(password)
    hashed = await accounts.passwords.hash(password)
    async with accounts.data.begin() as session:
        is_first = await set_password(accounts, session, user, hashed)
        others = (models.session.user_id == user.id) & (models.session.id != own.id)
        await revoke_where(session, models, others)
        await accounts.codes.void(session, user.id)
    texts = accounts.texts
    accounts.mailer.send(user.email, texts.new_way(_WAY) if is_first else texts.password_changed())
    return True
