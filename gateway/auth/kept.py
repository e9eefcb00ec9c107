"""What is kept under a token until somebody brings it back: a row with the token's digest, good for one purpose and a while."""

from __future__ import annotations

import secrets as chance
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.records import Models, now, utc
from portico.gateway.auth.secrets import digest

if TYPE_CHECKING:
    from portico.gateway.auth.models import Code

_TOKEN_BYTES = 32


async def keep(
    session: AsyncSession,
    models: Models,
    purpose: str,
    ends: datetime,
    user_id: UUID | None,
    details: dict[str, Any],
    *,
    email: str | None = None,
    prefix: str = "",
) -> str:
    """
    The token, in the caller's transaction; what was kept for the same purpose and has ended goes.

    Args:
        prefix: of the token, by which it is known for what it is.
    """
    code = models.code
    await session.execute(delete(code).where(code.purpose == purpose, code.expires_at <= now()))
    token = prefix + chance.token_urlsafe(_TOKEN_BYTES)
    session.add(
        code(purpose=purpose, user_id=user_id, email=email, digest=digest(token), details=details, expires_at=ends)
    )
    await session.flush()
    return token


async def find_kept(session: AsyncSession, models: Models, purpose: str, token: str) -> Code | None:
    """The row of a token, used or not, unless it has ended; nobody else has it until the caller's transaction ends."""
    code = models.code
    found = await session.scalar(
        select(code).where(code.digest == digest(token), code.purpose == purpose).with_for_update()
    )
    return None if found is None or utc(found.expires_at) <= now() else found
