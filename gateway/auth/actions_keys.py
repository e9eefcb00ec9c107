"""What can be done with keys of programs: functions that clients call."""

from __future__ import annotations

import strawberry

from portico.gateway.auth.accounts import Accounts, session_of
from portico.gateway.auth.api_keys import make_key, revoke_key
from portico.gateway.auth.types import NewApiKey
from portico.schema import Caller, mutation


@mutation
async def create_api_key(
    name: str,
    accounts: Accounts,
    caller: Caller,
    role: str | None = None,
    is_read_only: bool = False,
    expires_in_days: int | None = None,
) -> NewApiKey:
    """Make a key for a program that acts for the caller, who has to be signed in, and elevated if they have a second factor."""
    user_id, _ = session_of(caller)
    return await make_key(
        accounts.data, accounts.models, caller, user_id, name, role, expires_in_days, is_read_only=is_read_only
    )


@mutation
async def revoke_api_key(id: strawberry.ID, accounts: Accounts, caller: Caller) -> bool:
    """End a key; false if it is none of the caller's that holds."""
    user_id, _ = session_of(caller)
    return await revoke_key(accounts.data, accounts.models, user_id, id)
