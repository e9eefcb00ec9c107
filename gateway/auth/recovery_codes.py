"""How does somebody get in whose device is lost: ten codes to keep on paper, each good once."""

from __future__ import annotations

import secrets as chance
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.records import Models, now
from portico.gateway.auth.secrets import Secrets

KIND = "recovery"
MANY = 10
_PURPOSE = "recovery codes"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another
_LENGTH = 12  # 59 bits, of which five may be tried before it takes longer and longer


async def new_codes(session: AsyncSession, models: Models, secrets: Secrets, user_id: UUID) -> list[str]:
    """Makes codes in the place of those that were, in the caller's transaction."""
    factor = models.factor
    await session.execute(delete(factor).where(factor.user_id == user_id, factor.kind == KIND))
    codes = ["".join(chance.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(MANY)]
    at = now()
    session.add_all(
        factor(user_id=user_id, kind=KIND, secret=_hashed(secrets, user_id, each), confirmed_at=at) for each in codes
    )
    await session.flush()
    return ["-".join((each[:4], each[4:8], each[8:])) for each in codes]


async def take_recovery_code(session: AsyncSession, models: Models, secrets: Secrets, user_id: UUID, text: str) -> bool:
    """Whether a code is one of the user's and was not used; from now on it was."""
    code = "".join(each for each in text.lower() if each in _LETTERS)
    if len(code) != _LENGTH:
        return False
    factor = models.factor
    found = await session.scalar(
        select(factor)
        .where(
            factor.user_id == user_id,
            factor.kind == KIND,
            factor.secret == _hashed(secrets, user_id, code),
            factor.used_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        return False
    found.used_at = now()
    return True


def _hashed(secrets: Secrets, user_id: UUID, code: str) -> bytes:
    return secrets.mac(_PURPOSE, user_id.bytes + code.encode())
