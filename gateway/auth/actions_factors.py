"""What can be done with second factors: functions that clients call."""

from __future__ import annotations

import strawberry

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.factors import begin_totp, confirm_totp, drop_factor, renew_recovery_codes
from portico.gateway.auth.passkeys import (
    ask_for_passkey,
    enter_with_passkey,
    keep_passkey,
    show_passkey_again,
    start_passkey,
)
from portico.gateway.auth.second_factor import answer_challenge, show_again
from portico.gateway.auth.types import ElevatedToken, Enrolled, PasskeyRequest, SignIn
from portico.gateway.connection import Connection
from portico.schema import Caller, mutation


@mutation
async def enroll_totp(accounts: Accounts, caller: Caller, name: str | None = None) -> Enrolled:
    """Begin with an authenticator app as second factor. Who has a factor shows it first, by `stepUp`."""
    return await begin_totp(accounts, caller, name)


@mutation
async def confirm_factor(id: strawberry.ID, code: str, accounts: Accounts, caller: Caller) -> list[str]:
    """Show that the app works: it counts from now on, and other sessions end. The first time, ten recovery codes; keep them."""
    return await confirm_totp(accounts, caller, id, code)


@mutation
async def remove_factor(id: strawberry.ID, accounts: Accounts, caller: Caller) -> bool:
    """Remove a second factor, which ends other sessions; false if it is none of the caller's. The session must be elevated."""
    return await drop_factor(accounts, caller, id)


@mutation
async def new_recovery_codes(accounts: Accounts, caller: Caller) -> list[str]:
    """Ten recovery codes in the place of those that were. The session must be elevated."""
    return await renew_recovery_codes(accounts, caller)


@mutation
async def sign_in_with_factor(challenge: str, code: str, accounts: Accounts, connection: Connection) -> SignIn:
    """The second step of signing in: a code of an authenticator app, or a recovery code."""
    return await answer_challenge(accounts, connection, challenge, code)


@mutation
async def step_up(
    accounts: Accounts,
    connection: Connection,
    caller: Caller,
    code: str | None = None,
    password: str | None = None,
) -> ElevatedToken:
    """Show once more who you are: by a second factor where there is one, else by the password."""
    return await show_again(accounts, connection, caller, code, password)


@mutation
async def begin_passkey(accounts: Accounts, caller: Caller, name: str | None = None) -> PasskeyRequest:
    """Begin with a passkey. Who has a factor shows it first, by `stepUp`."""
    return await start_passkey(accounts, caller, name)


@mutation
async def add_passkey(id: strawberry.ID, credential: str, accounts: Accounts, caller: Caller) -> list[str]:
    """Add the passkey that a browser has made, which ends other sessions. Recovery codes if it is the first factor."""
    return await keep_passkey(accounts, caller, id, credential)


@mutation
async def begin_passkey_sign_in(accounts: Accounts, caller: Caller, challenge: str | None = None) -> PasskeyRequest:
    """Ask a browser for a passkey: to sign in, as second factor of a challenge, or of who is signed in to step up."""
    return await ask_for_passkey(accounts, caller, challenge)


@mutation
async def sign_in_with_passkey(
    id: strawberry.ID, credential: str, accounts: Accounts, connection: Connection
) -> SignIn:
    """Sign in with the passkey that a browser has shown: alone, or as the second step."""
    return await enter_with_passkey(accounts, connection, id, credential)


@mutation
async def step_up_with_passkey(id: strawberry.ID, credential: str, accounts: Accounts, caller: Caller) -> ElevatedToken:
    """As `stepUp`, with a passkey."""
    return await show_passkey_again(accounts, caller, id, credential)
