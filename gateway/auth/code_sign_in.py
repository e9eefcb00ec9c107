"""How does somebody sign in by mail: with a code to type, or a link to follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.codes import Meant, refused
from portico.gateway.auth.emails import email_of
from portico.gateway.auth.hooks import WithinTransaction
from portico.gateway.auth.people import claim_address, email_or_nobody, user_of
from portico.gateway.auth.records import now
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection

if TYPE_CHECKING:
    from portico.gateway.auth.models import Code

_METHODS = ("otp",)


async def send_code(accounts: Accounts, connection: Connection, email: str, captcha: str | None) -> bool:
    """
    Sends a code; the answer is the same whether there is an account.

    Raises:
        InvalidEmail, TooManyAttempts, CaptchaFailed
    """
    address = email_of(email)
    await accounts.captcha.check(accounts.attempts, connection, captcha)
    accounts.attempts.mail(connection, address)
    async with accounts.data.begin() as session:
        user = await user_of(accounts, session, address)
        meant = Meant("sign_in_code", address, user.id if user is not None else None)
        code = await accounts.codes.issue_code(session, meant)
    if user.disabled_at is None if user is not None else accounts.settings.sign_up:
        accounts.mailer.send(address, accounts.texts.sign_in_code(code))
    return True


async def send_link(
    accounts: Accounts, connection: Connection, email: str, redirect_to: str | None, captcha: str | None
) -> bool:
    """
    Sends a link; the answer is the same whether there is an account.

    Raises:
        InvalidEmail, RedirectNotAllowed, TooManyAttempts, CaptchaFailed
    """
    address = email_of(email)
    details = {"redirect_to": accounts.links.back_to(redirect_to)}
    await accounts.captcha.check(accounts.attempts, connection, captcha)
    accounts.attempts.mail(connection, address)
    async with accounts.data.begin() as session:
        user = await user_of(accounts, session, address)
        meant = Meant("sign_in_link", address, user.id if user is not None else None, details)
        token = await accounts.codes.issue_link(session, meant)
    if user.disabled_at is None if user is not None else accounts.settings.sign_up:
        accounts.mailer.send(address, accounts.texts.sign_in_link(accounts.links.to(token)))
    return True


async def sign_in_with_code(accounts: Accounts, connection: Connection, email: str, code: str) -> SignIn:
    """
    Takes a code, and signs in.

    Raises:
        InvalidCode: whatever is wrong.
        TooManyAttempts
    """
    address = email_or_nobody(email)
    attempt = accounts.attempts.begin(connection, address)
    answer = None
    try:
        async with accounts.data.begin() as session:
            found = await accounts.codes.take_code(session, "sign_in_code", address, code)
            if found is not None:
                answer = await _sign_in(accounts, session, found, connection)
    except IntegrityError:
        raise refused() from None  # somebody else made the account just now
    if answer is None:
        raise refused()
    return attempt.ended(answer)


async def sign_in_with_link(accounts: Accounts, connection: Connection, token: str) -> SignIn:
    """
    Takes the token of a link, and signs in.

    Raises:
        InvalidCode: whatever is wrong.
        TooManyAttempts
    """
    attempt = accounts.attempts.begin(connection)
    answer = None
    try:
        async with accounts.data.begin() as session:
            found = await accounts.codes.take_link(session, ("sign_in_link",), token)
            if found is not None:
                answer = await _sign_in(accounts, session, found, connection)
    except IntegrityError:
        raise refused() from None
    if answer is None:
        raise refused()
    return attempt.ended(answer)


async def _sign_in(accounts: Accounts, session: AsyncSession, found: Code, connection: Connection) -> SignIn | None:
    """Signs in who has the mailbox; makes an account where there is none, and sign_up lets it."""
    address = found.email or ""
    user = await user_of(accounts, session, address)
    if user is None:
        if found.user_id is not None or not accounts.settings.sign_up:
            return None
        await accounts.hooks.before_sign_up(connection, address, None, WithinTransaction(session))
        made = accounts.models.user
        user = made(email=address, email_verified_at=now(), role=accounts.settings.default_role, is_anonymous=False)
        session.add(user)
        await session.flush()
    elif user.disabled_at is not None or found.user_id not in (None, user.id):
        return None
    elif await claim_address(accounts, session, user):
        accounts.mailer.send(address, accounts.texts.ways_removed())
    return await accounts.finish_sign_in(session, user, _METHODS, connection)
