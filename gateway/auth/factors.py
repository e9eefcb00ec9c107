"""Which second factors has a user: how they are added and removed, and whether a code of one is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.accounts import Accounts, session_of
from portico.gateway.auth.assurance import needs_elevation
from portico.gateway.auth.challenges import confirmed_factors
from portico.gateway.auth.mail_texts import Text
from portico.gateway.auth.problems import InvalidCode, NotPossible, TooManyAttempts
from portico.gateway.auth.records import Models, now, utc
from portico.gateway.auth.recovery_codes import KIND as RECOVERY
from portico.gateway.auth.recovery_codes import new_codes, take_recovery_code
from portico.gateway.auth.sessions import revoke_where
from portico.gateway.auth.totp import KIND as TOTP
from portico.gateway.auth.totp import new_secret, qr_of, sealed, take_totp, uri_of
from portico.gateway.auth.types import Enrolled
from portico.schema.caller import Caller

if TYPE_CHECKING:
    from portico.gateway.auth.models import Factor

_FREE_TRIES = 5  # wrong codes in a row, before each further one waits twice as long as the last
_FIRST_WAIT_S, _LONGEST_WAIT_S = 30, 3_600
_MOST = 10
_MOST_NAME = 64


async def take_code(accounts: Accounts, session: AsyncSession, user_id: UUID, text: str) -> bool:
    """
    Whether a code of an app is right, or one to recover by, which is then taken.

    The caller's transaction is to be committed also where it is wrong: that is counted, over all factors of a user.

    Raises:
        TooManyAttempts: too many were wrong.
    """
    factors = await confirmed_factors(session, accounts.models, user_id)
    if not factors:
        return False
    _check_wait(factors)
    code = text.replace(" ", "")
    if code.isascii() and code.isdigit():
        apps = [each for each in factors if each.kind == TOTP]
        is_right = any(take_totp(accounts.secrets, each, code) for each in apps)
    else:
        is_right = await take_recovery_code(session, accounts.models, accounts.secrets, user_id, code)
    _count(factors, is_right=is_right)
    return is_right


async def begin_totp(accounts: Accounts, caller: Caller, name: str | None) -> Enrolled:
    """
    Begins with an authenticator app, which counts once it was shown to work.

    Raises:
        NeedsAssurance: the user has factors, and did not show one just now.
    """
    user_id, _ = session_of(caller)
    check_name(name)
    models = accounts.models
    async with accounts.data.begin() as session:
        await check_may_add(accounts, session, caller, user_id)
        factor = models.factor
        await session.execute(
            delete(factor).where(factor.user_id == user_id, factor.kind == TOTP, factor.confirmed_at.is_(None))
        )
        user = await session.get_one(models.user, user_id)
        secret = new_secret()
        made = factor(user_id=user_id, kind=TOTP, name=name, secret=sealed(accounts.secrets, secret))
        session.add(made)
        await session.flush()
        uri = uri_of(secret, user.email or user.name or str(user.id), accounts.public_url)
        return Enrolled.of(made.id, secret, uri, qr_of(uri))


async def confirm_totp(accounts: Accounts, caller: Caller, factor_id: str, code: str) -> list[str]:
    """
    Counts an app from now on; recovery codes where it is the first factor.

    Raises:
        InvalidCode, TooManyAttempts, NeedsAssurance
    """
    user_id, session_id = session_of(caller)
    codes: list[str] | None = None
    async with accounts.data.begin() as session:
        await check_may_add(accounts, session, caller, user_id)
        found = await _own(session, accounts.models, user_id, factor_id)
        if found is None or found.confirmed_at is not None or found.kind != TOTP:
            raise InvalidCode("There is no app to confirm.", hint="Begin with enrollTotp.")
        _check_wait([found])
        is_right = take_totp(accounts.secrets, found, code.replace(" ", ""))
        _count([found], is_right=is_right)
        if is_right:
            codes = await count_factor(accounts, session, found, session_id, ["otp", "mfa"])
    if codes is None:
        raise wrong_code()
    return codes


async def count_factor(
    accounts: Accounts, session: AsyncSession, factor: Factor, session_id: UUID, methods: Sequence[str]
) -> list[str]:
    """
    Has a factor count, ends the other sessions (they have not shown it), and gives this one its assurance.

    Returns:
        Recovery codes, where it is the first.
    """
    models, user_id = accounts.models, factor.user_id
    is_first = not [each for each in await confirmed_factors(session, models, user_id) if each.id != factor.id]
    factor.confirmed_at = now()
    await session.flush()
    await end_other_sessions(session, models, user_id, session_id)
    await raise_assurance(session, models, session_id, methods)
    await _tell(accounts, session, user_id, accounts.texts.new_factor())
    return await new_codes(session, models, accounts.secrets, user_id) if is_first else []


async def drop_factor(accounts: Accounts, caller: Caller, factor_id: str) -> bool:
    """
    Removes a factor, and with the last one the recovery codes; ends the other sessions.

    Raises:
        NeedsAssurance
    """
    user_id, session_id = session_of(caller)
    needs_elevation(caller)
    models = accounts.models
    async with accounts.data.begin() as session:
        found = await _own(session, models, user_id, factor_id)
        if found is None or found.kind == RECOVERY:
            return False
        await session.delete(found)
        await session.flush()
        if not await confirmed_factors(session, models, user_id):
            await session.execute(
                delete(models.factor).where(models.factor.user_id == user_id, models.factor.kind == RECOVERY)
            )
        await end_other_sessions(session, models, user_id, session_id)
        await _tell(accounts, session, user_id, accounts.texts.factor_removed())
    return True


async def renew_recovery_codes(accounts: Accounts, caller: Caller) -> list[str]:
    """
    Ten others.

    Raises:
        NeedsAssurance, NotPossible
    """
    user_id, _ = session_of(caller)
    needs_elevation(caller)
    async with accounts.data.begin() as session:
        if not await confirmed_factors(session, accounts.models, user_id):
            raise NotPossible("There is no second factor to recover.", hint="Begin with enrollTotp.")
        return await new_codes(session, accounts.models, accounts.secrets, user_id)


async def check_may_add(accounts: Accounts, session: AsyncSession, caller: Caller, user_id: UUID) -> None:
    """
    Whether the caller may add a factor: who has one shows it first.

    Raises:
        NeedsAssurance, NotPossible
    """
    known = await confirmed_factors(session, accounts.models, user_id)
    if known:
        needs_elevation(caller)
    if len(known) >= _MOST:
        raise NotPossible(f"One has at most {_MOST} second factors.", hint="Remove one.")


async def end_other_sessions(session: AsyncSession, models: Models, user_id: UUID, session_id: UUID) -> None:
    """Ends all sessions of a user but one."""
    found = models.session
    await revoke_where(session, models, (found.user_id == user_id) & (found.id != session_id))


async def raise_assurance(session: AsyncSession, models: Models, session_id: UUID, methods: Sequence[str]) -> None:
    """Two factors were shown in a session."""
    found = await session.get_one(models.session, session_id, with_for_update=True)
    found.assurance = 2
    found.methods = list(dict.fromkeys([*found.methods, *methods]))


def check_name(name: str | None) -> None:
    """
    Whether something may be called so.

    Raises:
        NotPossible
    """
    if name is not None and not 1 <= len(name) <= _MOST_NAME:
        raise NotPossible(f"A name has at most {_MOST_NAME} characters.")


def wrong_code() -> InvalidCode:
    """One text for every reason."""
    return InvalidCode("The code is wrong, too old, or was used before.")


async def _tell(accounts: Accounts, session: AsyncSession, user_id: UUID, text: Text) -> None:
    user = await session.get_one(accounts.models.user, user_id)
    if user.email is not None:
        accounts.mailer.send(user.email, text)


async def _own(session: AsyncSession, models: Models, user_id: UUID, factor_id: str) -> Factor | None:
    try:
        found = await session.get(models.factor, UUID(factor_id), with_for_update=True)
    except ValueError:
        return None
    return found if found is not None and found.user_id == user_id else None


def _check_wait(factors: Sequence[Factor]) -> None:
    for each in factors:
        if each.tries < _FREE_TRIES or each.tried_at is None:
            continue
        wait_s = min(_FIRST_WAIT_S * 2 ** min(each.tries - _FREE_TRIES, 10), _LONGEST_WAIT_S)
        left_s = wait_s - (now() - utc(each.tried_at)).total_seconds()
        if left_s > 0:
            raise TooManyAttempts("Too many codes were wrong.", hint=f"Try again in {int(left_s) + 1} seconds.")


def _count(factors: Sequence[Factor], *, is_right: bool) -> None:
    at = now()
    for each in factors:
        each.tries = 0 if is_right else each.tries + 1
        each.tried_at = None if is_right else at
