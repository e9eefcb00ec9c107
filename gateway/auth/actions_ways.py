"""What can be done by mail: the functions of codes, links and passwords that clients call, in the public grammar."""

from __future__ import annotations

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.code_sign_in import send_code as send_code_to
from portico.gateway.auth.code_sign_in import send_link as send_link_to
from portico.gateway.auth.code_sign_in import sign_in_with_code as sign_in_by_code
from portico.gateway.auth.code_sign_in import sign_in_with_link as sign_in_by_link
from portico.gateway.auth.coming_and_going import delete_account as delete_own_account
from portico.gateway.auth.coming_and_going import sign_in_anonymously as sign_in_without_name
from portico.gateway.auth.email_change import change_email as change_own_email
from portico.gateway.auth.email_change import confirm_email as confirm_own_email
from portico.gateway.auth.password_change import change_password as change_own_password
from portico.gateway.auth.password_change import reset_password as reset_own_password
from portico.gateway.auth.password_change import send_password_reset as send_reset_to
from portico.gateway.auth.signing_up import verify_email as verify_own_email
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection
from portico.schema import Caller, mutation


@mutation
async def verify_email(token: str, accounts: Accounts, connection: Connection) -> SignIn:
    """Confirm an address by the link that was sent there, and sign in."""
    return await verify_own_email(accounts, connection, token)


@mutation
async def send_code(email: str, accounts: Accounts, connection: Connection, captcha: str | None = None) -> bool:
    """Send a code to sign in with, if there is somebody to send it to; the answer is true in any case."""
    return await send_code_to(accounts, connection, email, captcha)


@mutation
async def sign_in_with_code(email: str, code: str, accounts: Accounts, connection: Connection) -> SignIn:
    """Sign in with a code that was sent."""
    return await sign_in_by_code(accounts, connection, email, code)


@mutation
async def send_link(
    email: str,
    accounts: Accounts,
    connection: Connection,
    redirect_to: str | None = None,
    captcha: str | None = None,
) -> bool:
    """Send a link to sign in with, if there is somebody to send it to; the answer is true in any case."""
    return await send_link_to(accounts, connection, email, redirect_to, captcha)


@mutation
async def sign_in_with_link(token: str, accounts: Accounts, connection: Connection) -> SignIn:
    """Sign in with a link that was sent."""
    return await sign_in_by_link(accounts, connection, token)


@mutation
async def sign_in_anonymously(accounts: Accounts, connection: Connection, captcha: str | None = None) -> SignIn:
    """Be somebody without saying who. Signing up with the token keeps the account, and its id."""
    return await sign_in_without_name(accounts, connection, captcha)


@mutation
async def send_password_reset(
    email: str,
    accounts: Accounts,
    connection: Connection,
    redirect_to: str | None = None,
    captcha: str | None = None,
) -> bool:
    """Send a link by which another password is set, if there is an account; the answer is true in any case."""
    return await send_reset_to(accounts, connection, email, redirect_to, captcha)


@mutation
async def reset_password(token: str, password: str, accounts: Accounts, connection: Connection) -> SignIn:
    """Set another password by a link that was sent. All sessions end."""
    return await reset_own_password(accounts, connection, token, password)


@mutation
async def change_password(
    password: str, accounts: Accounts, connection: Connection, caller: Caller, current: str | None = None
) -> bool:
    """Set another password; without the present one the session must be elevated. All other sessions end."""
    return await change_own_password(accounts, connection, caller, password, current)


@mutation
async def change_email(
    email: str, accounts: Accounts, connection: Connection, caller: Caller, redirect_to: str | None = None
) -> bool:
    """Send a link to another address, which the account will have once it is followed. The session must be elevated."""
    return await change_own_email(accounts, connection, caller, email, redirect_to)


@mutation
async def confirm_email(token: str, accounts: Accounts, connection: Connection) -> bool:
    """Give the account its new address by the link that was sent there."""
    return await confirm_own_email(accounts, connection, token)


@mutation
async def delete_account(accounts: Accounts, caller: Caller) -> bool:
    """Delete the account, with all that is its own. The session must be elevated."""
    return await delete_own_account(accounts, caller)
