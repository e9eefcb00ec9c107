"""What stands between a first factor and the second: a challenge of one user, which one right code answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.kept import find_kept, keep
from portico.gateway.auth.records import Models, now
from portico.gateway.auth.recovery_codes import KIND as RECOVERY

if TYPE_CHECKING:
    from portico.gateway.auth.models import Code, Factor

PURPOSE = "second factor"
LIFE_S = 300  # to fetch a device
MOST_TRIES = 5


async def confirmed_factors(session: AsyncSession, models: Models, user_id: UUID) -> Sequence[Factor]:
    """Those that count, without recovery codes; nobody else has them until the caller's transaction ends."""
    factor = models.factor
    found = await session.scalars(
        select(factor)
        .where(factor.user_id == user_id, factor.kind != RECOVERY, factor.confirmed_at.is_not(None))
        .order_by(factor.id)
        .with_for_update()
    )
    return found.all()


async def open_challenge(session: AsyncSession, models: Models, user_id: UUID, methods: Sequence[str]) -> str:
    """
    A challenge, in the caller's transaction.

    Args:
        methods: what was shown so far.
    """
    ends, details = now() + timedelta(seconds=LIFE_S), {"methods": list(methods)}
    return await keep(session, models, PURPOSE, ends, user_id, details, prefix="pc_")


async def find_challenge(session: AsyncSession, models: Models, token: str) -> Code | None:
    """A challenge that may still be answered; nobody else has it until the caller's transaction ends."""
    found = await find_kept(session, models, PURPOSE, token)
    return None if found is None or found.used_at is not None or found.tries >= MOST_TRIES else found
