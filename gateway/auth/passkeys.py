"""How does somebody sign in with a passkey: WebAuthn, as a second factor or, since it asks for a finger or PIN, as both."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.accounts import Accounts, session_of
from portico.gateway.auth.challenges import confirmed_factors, find_challenge
from portico.gateway.auth.factors import (
    check_may_add,
    check_name,
    count_factor,
    raise_assurance,
    wrong_code,
)
from portico.gateway.auth.kept import find_kept, keep
from portico.gateway.auth.records import now
from portico.gateway.auth.second_factor import elevated_token
from portico.gateway.auth.types import ElevatedToken, PasskeyRequest, SignIn
from portico.gateway.auth.webauthn_calls import created, creation, handle_of, request, shown
from portico.gateway.connection import Connection
from portico.schema.caller import Caller

if TYPE_CHECKING:
    from portico.gateway.auth.models import Factor

KIND = "passkey"
_ADDING, _SIGNING_IN, _STEPPING_UP = "passkey add", "passkey sign-in", "passkey step-up"
_LIFE_S = 300
_SEALED = "public keys of passkeys"  # not secret; sealed so that nobody who writes the database alone adds one


async def start_passkey(accounts: Accounts, caller: Caller, name: str | None) -> PasskeyRequest:
    """
    What a browser is told to make a passkey.

    Raises:
        NeedsAssurance, NotPossible, PasskeysMissing
    """
    user_id, _ = session_of(caller)
    check_name(name)
    async with accounts.data.begin() as session:
        await check_may_add(accounts, session, caller, user_id)
        user = await session.get_one(accounts.models.user, user_id)
        known = await _passkeys(session, accounts, user_id)
        challenge, options = creation(
            accounts.public_url, user_id.bytes, user.email or user.name or str(user_id), [each.handle for each in known]
        )
        details = {"challenge": challenge, "name": name}
        return PasskeyRequest.of(await _keep(accounts, session, _ADDING, user_id, details), options)


async def keep_passkey(accounts: Accounts, caller: Caller, id: str, credential: str) -> list[str]:
    """
    Adds the passkey that a browser has made; recovery codes where it is the first factor.

    Raises:
        InvalidCode, NeedsAssurance
    """
    user_id, session_id = session_of(caller)
    async with accounts.data.begin() as session:
        asked = await _take(accounts, session, id, _ADDING, user_id)
        await check_may_add(accounts, session, caller, user_id)
        made = created(accounts.public_url, asked["challenge"], credential)
        if made is None or await _find(session, accounts, made.handle) is not None:
            raise wrong_code()
        factor = accounts.models.factor(
            user_id=user_id,
            kind=KIND,
            name=asked["name"],
            handle=made.handle,
            secret=accounts.secrets.seal(_SEALED, made.public_key),
            last_step=made.count,
        )
        session.add(factor)
        await session.flush()
        return await count_factor(accounts, session, factor, session_id, ["hwk", "mfa"])


async def ask_for_passkey(accounts: Accounts, caller: Caller, challenge: str | None) -> PasskeyRequest:
    """
    What a browser is told to show a passkey: any for this server, or one of those whom the challenge or the caller's session is of.

    Raises:
        InvalidCode, PasskeysMissing
    """
    models = accounts.models
    async with accounts.data.begin() as session:
        user_id, purpose, second = None, _SIGNING_IN, None
        if challenge is not None:
            found = await find_challenge(session, models, challenge)
            if found is None:
                raise wrong_code()
            user_id, second = found.user_id, challenge
        elif caller.id is not None:
            (user_id, _), purpose = session_of(caller), _STEPPING_UP
        known = await _passkeys(session, accounts, user_id) if user_id is not None else []
        asked, options = request(accounts.public_url, [each.handle for each in known], is_alone=user_id is None)
        details = {"challenge": asked, "second": second}
        return PasskeyRequest.of(await _keep(accounts, session, purpose, user_id, details), options)


async def enter_with_passkey(accounts: Accounts, connection: Connection, id: str, credential: str) -> SignIn:
    """
    Signs in whose passkey a browser has shown.

    Raises:
        InvalidCode: whatever is wrong.
    """
    models = accounts.models
    async with accounts.data.begin() as session:
        asked = await _take(accounts, session, id, _SIGNING_IN, None)
        second = asked["second"]
        first = await find_challenge(session, models, second) if second is not None else None
        if second is not None and first is None:
            raise wrong_code()
        factor = await _shown(accounts, session, asked["challenge"], credential, is_alone=first is None)
        user = await session.get(models.user, factor.user_id)
        if user is None or user.disabled_at is not None or (first is not None and first.user_id != user.id):
            raise wrong_code()
        methods = ["hwk", "mfa"]
        if first is not None:
            first.used_at = now()
            methods = [*(first.details or {})["methods"], *methods]
        return await accounts.finish_sign_in(session, user, methods, connection)


async def show_passkey_again(accounts: Accounts, caller: Caller, id: str, credential: str) -> ElevatedToken:
    """
    Elevates a session until its next refresh.

    Raises:
        InvalidCode
    """
    user_id, session_id = session_of(caller)
    async with accounts.data.begin() as session:
        asked = await _take(accounts, session, id, _STEPPING_UP, user_id)
        factor = await _shown(accounts, session, asked["challenge"], credential, is_alone=False)
        if factor.user_id != user_id:
            raise wrong_code()
        await raise_assurance(session, accounts.models, session_id, ["hwk", "mfa"])
    return await elevated_token(accounts, user_id, session_id)


async def _shown(
    accounts: Accounts, session: AsyncSession, challenge: str, credential: str, *, is_alone: bool
) -> Factor:
    """The passkey that an answer is of; it has signed once more."""
    handle = handle_of(credential)
    factor = await _find(session, accounts, handle) if handle is not None else None
    if factor is None:
        raise wrong_code()
    key = accounts.secrets.unseal(_SEALED, factor.secret)
    count = shown(accounts.public_url, challenge, credential, key, factor.last_step or 0, is_alone=is_alone)
    if count is None:
        raise wrong_code()
    factor.last_step = count
    factor.used_at = now()
    return factor


async def _find(session: AsyncSession, accounts: Accounts, handle: str) -> Factor | None:
    factor = accounts.models.factor
    return await session.scalar(
        select(factor)
        .where(factor.kind == KIND, factor.handle == handle, factor.confirmed_at.is_not(None))
        .with_for_update()
    )


async def _passkeys(session: AsyncSession, accounts: Accounts, user_id: UUID) -> list[Factor]:
    found = await confirmed_factors(session, accounts.models, user_id)
    return [each for each in found if each.kind == KIND]


async def _keep(
    accounts: Accounts, session: AsyncSession, purpose: str, user_id: UUID | None, details: dict[str, Any]
) -> str:
    return await keep(session, accounts.models, purpose, now() + timedelta(seconds=_LIFE_S), user_id, details)


async def _take(accounts: Accounts, session: AsyncSession, token: str, purpose: str, user_id: UUID | None) -> Any:
    """What was kept under a token, once; an answer to it that is wrong leaves it, for the transaction is undone."""
    found = await find_kept(session, accounts.models, purpose, token)
    if found is None or found.used_at is not None or (user_id is not None and found.user_id != user_id):
        raise wrong_code()
    found.used_at = now()
    return found.details
