"""When does a code or link hold: once, for a while, for what it was sent for and to whom."""

from __future__ import annotations

import hmac
import secrets as chance
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.problems import InvalidCode
from portico.gateway.auth.records import Models, now
from portico.gateway.auth.secrets import Secrets, digest
from portico.gateway.auth_settings import AuthSettings

if TYPE_CHECKING:
    from portico.gateway.auth.models import Code

Purpose = Literal["sign_up", "verify_email", "sign_in_code", "sign_in_link", "reset_password", "change_email"]
_PURPOSE = "one-time codes"
_DIGITS = 6
_TOKEN_BYTES = 32
_MOST_TOKEN = 128
_SWEEP_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Meant:
    """
    What a code is good for.

    email: to whom it is sent. user_id: whose it is; None of those that have no account, or may not sign in. details: what is to
    be known when it comes back.
    """

    purpose: Purpose
    email: str
    user_id: UUID | None = None
    details: Mapping[str, Any] | None = None


class Codes:
    """
    Issues codes of six digits and links, and takes them back.

    Of links a digest is stored. Of codes, which can be guessed, it is an HMAC: whoever reads the database cannot try all of
    them. A row is written whether or not a mail will go out, so that both take the same time.
    """

    def __init__(self, settings: AuthSettings, models: Callable[[], Models], secrets: Secrets) -> None:
        self._settings = settings
        self._models = models
        self._secrets = secrets
        self._swept = 0.0

    async def issue_code(self, session: AsyncSession, meant: Meant) -> str:
        """A code; one that was issued before for the same is void."""
        code = f"{chance.randbelow(10**_DIGITS):0{_DIGITS}}"
        id_ = uuid4()
        made = self._models().code
        await session.execute(delete(made).where(made.email == meant.email, made.purpose == meant.purpose))
        await self._issue(session, meant, id_, self._of_code(id_, code))
        return code

    async def issue_link(self, session: AsyncSession, meant: Meant) -> str:
        """The token of a link. Others stay good: nobody voids somebody's link by asking for one in their name."""
        token = chance.token_urlsafe(_TOKEN_BYTES)
        await self._issue(session, meant, uuid4(), digest(token))
        return token

    async def take_code(self, session: AsyncSession, purpose: Purpose, email: str, code: str) -> Code | None:
        """
        A code's row, if it is right; each wrong one counts, and too many void it.

        The caller's transaction must be committed in either case.
        """
        made = self._models().code
        # Counted before it is compared: many at once are as many as one after the other.
        row = await session.scalar(
            update(made)
            .where(
                made.purpose == purpose,
                made.email == email,
                made.used_at.is_(None),
                made.expires_at > now(),
                made.tries < self._settings.code_tries,
            )
            .values(tries=made.tries + 1)
            .returning(made)
        )
        if row is None:
            return None
        given = self._of_code(row.id, "".join(code.split())[: 2 * _DIGITS])
        if not hmac.compare_digest(row.digest, given):
            return None
        return await self._use(session, row.id)

    async def take_link(self, session: AsyncSession, purposes: tuple[Purpose, ...], token: str) -> Code | None:
        """A link's row, if it is right."""
        found = await self.read_link(session, token)
        if found is None or found.purpose not in purposes:
            return None
        return await self._use(session, found.id)

    async def read_link(self, session: AsyncSession, token: str) -> Code | None:
        """The row of a link that would be taken; it stays good."""
        if len(token) > _MOST_TOKEN or not token.isascii():
            return None
        made = self._models().code
        return await session.scalar(
            select(made).where(made.digest == digest(token), made.used_at.is_(None), made.expires_at > now())
        )

    async def void(self, session: AsyncSession, user_id: UUID) -> None:
        """Ends all that were sent for a user."""
        made = self._models().code
        await session.execute(delete(made).where(made.user_id == user_id))

    async def _issue(self, session: AsyncSession, meant: Meant, id_: UUID, stored: bytes) -> None:
        made = self._models().code
        at = now()
        if time.monotonic() - self._swept > _SWEEP_EVERY_S:
            self._swept = time.monotonic()
            await session.execute(delete(made).where(made.expires_at < at))
        session.add(
            made(
                id=id_,
                purpose=meant.purpose,
                user_id=meant.user_id,
                email=meant.email,
                digest=stored,
                details=dict(meant.details or {}),
                expires_at=at + timedelta(minutes=self._settings.code_minutes),
            )
        )
        await session.flush()

    async def _use(self, session: AsyncSession, id_: UUID) -> Code | None:
        """Whoever comes second finds nothing to change."""
        made = self._models().code
        return await session.scalar(
            update(made).where(made.id == id_, made.used_at.is_(None)).values(used_at=now()).returning(made)
        )

    def _of_code(self, id_: UUID, code: str) -> bytes:
        return self._secrets.mac(_PURPOSE, f"{id_}:{code}".encode("utf-8", "replace"))


def refused() -> InvalidCode:
    """One text for every reason."""
    return InvalidCode("The code or link is not valid.", hint="Have another one sent.")
