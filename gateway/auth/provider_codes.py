"""What do browsers carry between the steps of signing in by a provider: codes that are used once, soon, and by whom they were made for."""

from __future__ import annotations

import hmac
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from portico.gateway.auth.kept import find_kept, keep
from portico.gateway.auth.problems import InvalidCode, NeedsChallenge, SignInFailed
from portico.gateway.auth.provider_answers import Stranger
from portico.gateway.auth.records import now
from portico.gateway.auth.sessions import revoke_where
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection
from portico.gateway.observe import logger

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from portico.gateway.auth.accounts import Accounts
    from portico.gateway.auth.models import Code, User

SIGN_IN, BEGIN_LINK, END_LINK = "provider sign-in", "provider link", "provider linking"
_HOLDS_S = {SIGN_IN: 60, BEGIN_LINK: 60, END_LINK: 600}
METHODS = ("fed",)  # what was shown is for the provider to say
# Source: RFC 7636, 4.1 and 4.2: SHA-256 in base64, and what it is made of.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def challenge_of(challenge: str, method: str) -> str:
    """
    A challenge of PKCE; empty where none is given.

    Raises:
        NeedsChallenge: another than by S256, `plain` included: who sees the request would have the verifier.
    """
    if challenge and (method != "S256" or not _CHALLENGE.fullmatch(challenge)):
        raise NeedsChallenge("The code_challenge is not one by S256.", hint="Send code_challenge_method=S256.")
    return challenge


async def give_code(accounts: Accounts, purpose: str, user_id: UUID, details: dict[str, Any]) -> str:
    """A code, of which the database has the digest."""
    ends = now() + timedelta(seconds=_HOLDS_S[purpose])
    async with accounts.data.begin() as session:
        return await keep(session, accounts.models, purpose, ends, user_id, details)


async def take_code(accounts: Accounts, purpose: str, secret: str) -> tuple[UUID, dict[str, Any]]:
    """
    Whom a code was made for, and what was kept with it; it is used by that.

    Raises:
        InvalidCode
    """
    async with accounts.data.begin() as session:
        found = await find_kept(session, accounts.models, purpose, secret)
        if found is None or found.used_at is not None or found.user_id is None:
            raise code_refused()
        found.used_at = now()
        return found.user_id, dict(found.details or {})


async def sign_in_by_code(accounts: Accounts, connection: Connection, secret: str, verifier: str) -> SignIn:
    """
    Exchanges a code for tokens.

    Whoever comes with one that was used has a copy of it, or somebody has: the session that it opened ends (RFC 6749, 4.1.2).

    Raises:
        InvalidCode, SignInFailed
    """
    if not _VERIFIER.fullmatch(verifier):
        raise code_refused()
    answer: SignIn | None = None
    async with accounts.data.begin() as session:
        found = await find_kept(session, accounts.models, SIGN_IN, secret)
        if found is None or found.user_id is None or not _is_of(found, verifier):
            raise code_refused()
        if found.used_at is not None:
            await _end_opened(accounts, session, found)
        else:
            found.used_at = now()
            user = await _user(accounts, session, found.user_id)
            answer = await accounts.finish_sign_in(session, user, METHODS, connection)
            if answer.tokens is not None:
                found.details = {
                    **(found.details or {}),
                    "sid": accounts.verifier.claims(answer.tokens.access_token)["sid"],
                }
    if answer is None:
        raise code_refused()
    return answer


async def sign_in_at_once(accounts: Accounts, connection: Connection, user_id: UUID) -> SignIn:
    """Tokens for who has just come back from a provider."""
    async with accounts.data.begin() as session:
        return await accounts.finish_sign_in(session, await _user(accounts, session, user_id), METHODS, connection)


def details_of(stranger: Stranger) -> dict[str, Any]:
    """Somebody whom a provider knows, as JSON."""
    return {
        "provider": stranger.provider,
        "subject": stranger.subject,
        "email": stranger.email,
        "is_email_verified": stranger.is_email_verified,
        "name": stranger.name,
    }


def code_refused() -> InvalidCode:
    """One text for every reason."""
    return InvalidCode("The code is not valid.", hint="Sign in again.")


async def _user(accounts: Accounts, session: AsyncSession, user_id: UUID) -> User:
    user = await session.get(accounts.models.user, user_id)
    if user is None or user.disabled_at is not None:
        raise SignInFailed("The account may not sign in.")
    return user


async def _end_opened(accounts: Accounts, session: AsyncSession, found: Code) -> None:
    opened = (found.details or {}).get("sid")
    logger().warning("code used again", session=str(opened), user=str(found.user_id))
    if opened is not None:
        await revoke_where(session, accounts.models, accounts.models.session.id == UUID(opened))


def _is_of(found: Code, verifier: str) -> bool:
    challenge = str((found.details or {}).get("challenge", ""))
    return hmac.compare_digest(create_s256_code_challenge(verifier).rstrip("=").encode(), challenge.encode())
