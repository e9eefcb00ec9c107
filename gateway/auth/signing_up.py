"""How does an account come about: where addresses are verified, only when the link in a mail is followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.codes import Meant, refused
from portico.gateway.auth.emails import email_of
from portico.gateway.auth.password_rules import check_password
from portico.gateway.auth.people import claim_address, name_of, set_password, user_of
from portico.gateway.auth.problems import SignUpRefused
from portico.gateway.auth.records import now
from portico.gateway.auth.sessions import revoke_where
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection
from portico.schema.caller import Caller

if TYPE_CHECKING:
    from portico.gateway.auth.models import Code, User


async def sign_up_with_password(
    accounts: Accounts,
    connection: Connection,
    caller: Caller,
    email: str,
    password: str,
    *,
    name: str | None,
    redirect_to: str | None,
    captcha: str | None,
) -> SignIn:
    """
    Makes an account with a password, of an anonymous one where that calls; or sends the link that will.

    Where addresses are verified nothing is an account before: nobody takes an address that is not theirs, and the answer is
    the same whether there is one.

    Raises:
        SignUpRefused, InvalidEmail, WeakPassword, RedirectNotAllowed, TooManyAttempts, CaptchaFailed
    """
    settings = accounts.settings
    if not settings.sign_up:
        raise SignUpRefused("Accounts are made by the administrators.")
    address = email_of(email)
    back_to = accounts.links.back_to(redirect_to)
    check_password(password, settings.min_password_length, address)
    await accounts.captcha.check(accounts.attempts, connection, captcha)
    if settings.verify_email:
        accounts.attempts.mail(connection, address)
    else:
        accounts.attempts.begin(connection)
    await accounts.hooks.before_sign_up(connection, address, name)
    await accounts.breaches.check(password)
    details = {
        "secret": await accounts.passwords.hash(password),
        "name": name_of(name),
        "upgrades": str(caller.id) if caller.id is not None else None,
        "redirect_to": back_to,
    }
    if settings.verify_email:
        await _send(accounts, address, details)
        return SignIn(is_code_sent=True)
    try:
        async with accounts.data.begin() as session:
            user = await _make(accounts, session, address, details)
            return await accounts.finish_sign_in(session, user, ["pwd"], connection)
    except IntegrityError:
        raise SignUpRefused("There is an account of this address.", hint="Sign in.") from None


async def verify_email(accounts: Accounts, connection: Connection, token: str) -> SignIn:
    """
    Takes the link that was sent to an address, and signs in.

    Raises:
        InvalidCode: whatever is wrong.
        TooManyAttempts
    """
    attempt = accounts.attempts.begin(connection)
    answer = None
    try:
        async with accounts.data.begin() as session:
            found = await accounts.codes.take_link(session, ("sign_up", "verify_email"), token)
            user = await _verified(accounts, session, found) if found is not None else None
            if user is not None:
                answer = await accounts.finish_sign_in(session, user, ["otp"], connection)
    except IntegrityError:
        raise refused() from None  # somebody else made the account just now
    if answer is None:
        raise refused()
    return attempt.ended(answer)


async def _send(accounts: Accounts, address: str, details: Mapping[str, Any]) -> None:
    async with accounts.data.begin() as session:
        user = await user_of(accounts, session, address)
        token = await accounts.codes.issue_link(session, Meant("sign_up", address, None, details))
    if user is None or (user.email_verified_at is None and user.disabled_at is None):
        accounts.mailer.send(address, accounts.texts.verify(accounts.links.to(token)))
    elif user.disabled_at is None:
        accounts.mailer.send(address, accounts.texts.has_account())


async def _verified(accounts: Accounts, session: AsyncSession, found: Code) -> User | None:
    """The user whose address this shows to be theirs; None where nobody may be."""
    if found.purpose == "sign_up":
        return await _signed_up(accounts, session, found.email or "", found.details or {})
    user = await session.get(accounts.models.user, found.user_id)
    if user is None or user.disabled_at is not None or user.email != found.email:
        return None
    user.email_verified_at = user.email_verified_at or now()
    return user


async def _signed_up(
    accounts: Accounts, session: AsyncSession, address: str, details: Mapping[str, Any]
) -> User | None:
    user = await user_of(accounts, session, address)
    if user is None:
        user = await _make(accounts, session, address, details)
        user.email_verified_at = now()
        return user
    if user.disabled_at is not None or not await claim_address(accounts, session, user):
        return None
    await set_password(accounts, session, user, details["secret"])
    return user


async def _make(accounts: Accounts, session: AsyncSession, address: str, details: Mapping[str, Any]) -> User:
    """A user with a password: one who was anonymous, under the same id, or another."""
    made = accounts.models.user
    user = await session.get(made, _uuid(details["upgrades"]), with_for_update=True) if details["upgrades"] else None
    if user is not None and user.is_anonymous and user.disabled_at is None:
        user.is_anonymous, user.email, user.name = False, address, details["name"] or user.name
        # Whoever has a token of before has none of what the account is now.
        await revoke_where(session, accounts.models, accounts.models.session.user_id == user.id)
    else:
        user = made(email=address, name=details["name"], role=accounts.settings.default_role, is_anonymous=False)
        session.add(user)
    await session.flush()
    await set_password(accounts, session, user, details["secret"])
    return user


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
