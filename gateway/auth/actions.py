"""What can be done with an account: the functions that clients call, in the public grammar."""

from __future__ import annotations

from uuid import UUID

import strawberry

from portico.gateway.auth.access import role_of, roles_of
from portico.gateway.auth.accounts import Accounts, session_of, user_id_of
from portico.gateway.auth.models import Session, User
from portico.gateway.auth.password_sign_in import sign_in_with_password
from portico.gateway.auth.problems import NeedsSignIn
from portico.gateway.auth.sessions import refresh_session, revoke_where
from portico.gateway.auth.signing_up import sign_up_with_password
from portico.gateway.auth.types import Account, SignIn, Tokens
from portico.gateway.connection import Connection
from portico.schema import Caller, mutation, query
from portico.schema.functions import asks_before


@mutation
@asks_before("email", "name")
async def sign_up(
    email: str,
    password: str,
    accounts: Accounts,
    connection: Connection,
    caller: Caller,
    name: str | None = None,
    redirect_to: str | None = None,
    captcha: str | None = None,
) -> SignIn:
    """Make an account with a password. Where addresses are verified, the next step is in a mail."""
    return await sign_up_with_password(
        accounts, connection, caller, email, password, name=name, redirect_to=redirect_to, captcha=captcha
    )


@mutation
async def sign_in(
    email: str, password: str, accounts: Accounts, connection: Connection, captcha: str | None = None
) -> SignIn:
    """Sign in with a password."""
    return await sign_in_with_password(accounts, connection, email, password, captcha)


@mutation
async def refresh(refresh_token: str, accounts: Accounts) -> Tokens:
    """Go on being signed in: the next access token, and the next refresh token."""
    opened = await refresh_session(accounts.data, accounts.models, accounts.settings, accounts.secrets, refresh_token)
    return await accounts.tokens(opened)


@mutation
async def sign_out(accounts: Accounts, caller: Caller, everywhere: bool = False) -> int:
    """End this session, or all of the caller's; how many those were."""
    user_id, session_id = session_of(caller)
    condition = Session.user_id == user_id
    if not everywhere:
        condition &= Session.id == session_id
    async with accounts.data.begin() as session:
        return len(await revoke_where(session, accounts.models, condition))


@mutation
async def revoke_session(id: strawberry.ID, accounts: Accounts, caller: Caller) -> bool:
    """End one of the caller's sessions; false if it is none that goes on."""
    user_id = user_id_of(caller)
    try:
        condition = (Session.user_id == user_id) & (Session.id == UUID(id))
    except ValueError:
        return False
    async with accounts.data.begin() as session:
        return bool(await revoke_where(session, accounts.models, condition))


@query
async def me(accounts: Accounts, caller: Caller) -> Account | None:
    """The caller's account; null where nobody is signed in."""
    try:
        user_id = user_id_of(caller)
    except NeedsSignIn:
        return None
    async with accounts.data.read() as session:
        user = await session.get(User, user_id)
    if user is None:
        return None
    sid = caller.claims.get("sid")
    return Account(
        id=strawberry.ID(str(user.id)),
        email=user.email,
        is_email_verified=user.email_verified_at is not None,
        name=user.name,
        role=role_of(user),
        roles=roles_of(user),
        is_anonymous=user.is_anonymous,
        assurance=int(caller.claims.get("assurance", 1)),
        is_elevated=bool(caller.claims.get("elevated", False)),
        session_id=strawberry.ID(str(sid)) if sid else None,
    )
