"""How is somebody a user who has said nothing of themselves, and how do they stop being one?"""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.elevation import must_be_elevated
from portico.gateway.auth.people import signed_in
from portico.gateway.auth.problems import AccountInUse, SignUpRefused
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection
from portico.schema.caller import Caller


async def sign_in_anonymously(accounts: Accounts, connection: Connection, captcha: str | None) -> SignIn:
    """
    Makes an account without a name, which `signUp` can give one later.

    Raises:
        SignUpRefused, TooManyAttempts, CaptchaFailed
    """
    settings = accounts.settings
    if not settings.anonymous:
        raise SignUpRefused("Nobody is signed in without a name here.")
    await accounts.captcha.check(accounts.attempts, connection, captcha)
    accounts.attempts.begin(connection)
    await accounts.hooks.before_sign_up(connection, None, None)
    async with accounts.data.begin() as session:
        user = accounts.models.user(role=settings.default_role, is_anonymous=True)
        session.add(user)
        await session.flush()
        return await accounts.finish_sign_in(session, user, [], connection)


async def delete_account(accounts: Accounts, caller: Caller) -> bool:
    """
    Deletes the caller's account, with all that is its own.

    Raises:
        NeedsSignIn, NeedsAssurance
        AccountInUse: rows of the author's models refer to it, and do not go with it.
    """
    made = accounts.models.user
    try:
        async with accounts.data.begin() as session:
            user, own = await signed_in(accounts, session, caller)
            await must_be_elevated(accounts, session, caller, own)
            await session.execute(delete(made).where(made.id == user.id))
    except IntegrityError:
        raise AccountInUse("The account is still referred to.", hint="Delete what is its own first.") from None
    if user.email is not None:
        accounts.mailer.send(user.email, accounts.texts.account_deleted())
    return True
