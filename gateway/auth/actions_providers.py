"""What can be done with providers: the functions that clients call, in the public grammar."""

from __future__ import annotations

from uuid import UUID

import strawberry

from portico.gateway.auth.accounts import Accounts, user_id_of
from portico.gateway.auth.linking import begin_link, end_link
from portico.gateway.auth.linking import finish_link as finish_linking
from portico.gateway.auth.provider_codes import sign_in_by_code
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection
from portico.schema import Caller, mutation, query


@query
async def sign_in_providers(accounts: Accounts) -> list[str]:
    """The names of the providers that one can sign in by."""
    return accounts.providers.names


@mutation
async def sign_in_with_provider(code: str, code_verifier: str, accounts: Accounts, connection: Connection) -> SignIn:
    """Take the code with which a provider's page has led back, and what its `code_challenge` was made of."""
    return await sign_in_by_code(accounts, connection, code, code_verifier)


@mutation
async def link_provider(provider: str, accounts: Accounts, caller: Caller, redirect_to: str | None = None) -> str:
    """An address to go to, for one more way to sign in; it leads back with a `link_code`."""
    return await begin_link(accounts, caller, user_id_of(caller), provider, redirect_to)


@mutation
async def finish_link(code: str, accounts: Accounts, caller: Caller) -> strawberry.ID:
    """Take the `link_code` with which a provider's page has led back; the identity that is linked now."""
    return strawberry.ID(str(await finish_linking(accounts, user_id_of(caller), code)))


@mutation
async def unlink_identity(id: strawberry.ID, accounts: Accounts, caller: Caller) -> bool:
    """Take one of the caller's ways to sign in away, and end their other sessions; false if it is none of theirs."""
    user_id = user_id_of(caller)
    try:
        identity_id = UUID(id)
    except ValueError:
        return False
    return await end_link(accounts, caller, user_id, identity_id)
