"""Who is a program with a key: keys are made once, compared by digest, and never do more than their user may."""

from __future__ import annotations

import math
import secrets as chance
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry
from sqlalchemy import func, select, update

from portico.gateway.auth.access import again_at, roles_of, stored_claims
from portico.gateway.auth.assurance import needs_elevation
from portico.gateway.auth.problems import NotPossible
from portico.gateway.auth.records import Models, now, utc
from portico.gateway.auth.secrets import digest
from portico.gateway.auth.sessions import read_teams
from portico.gateway.auth.types import NewApiKey
from portico.gateway.problems import RoleNotAllowed
from portico.gateway.verified import Verified, refused
from portico.schema.caller import ANONYMOUS, Caller
from portico.schema.provided import Data

if TYPE_CHECKING:
    from portico.gateway.auth.models import ApiKey, User

PREFIX = "pk_"  # by which scanners of leaked secrets find it
_KEY_BYTES = 32
_LENGTH = len(PREFIX) + 43
_SHOWN = len(PREFIX) + 8
_MOST = 100
_MOST_DAYS = 3_650
_MOST_NAME = 64


async def make_key(
    data: Data,
    models: Models,
    caller: Caller,
    user_id: UUID,
    name: str,
    role: str | None,
    days: int | None,
    *,
    is_read_only: bool,
) -> NewApiKey:
    """
    A key of the caller's.

    Raises:
        NeedsAssurance: the user has second factors, and did not show one just now.
        RoleNotAllowed: the role is none of the user's.
        NotPossible
    """
    if not 1 <= len(name) <= _MOST_NAME:
        raise NotPossible(f"A name has 1 to {_MOST_NAME} characters.")
    if days is not None and not 1 <= days <= _MOST_DAYS:
        raise NotPossible(f"A key holds for 1 to {_MOST_DAYS} days, or until it is revoked.")
    key = PREFIX + chance.token_urlsafe(_KEY_BYTES)
    async with data.begin() as session:
        user = await session.get_one(models.user, user_id)
        factor, made = models.factor, models.api_key
        if await session.scalar(
            select(factor.id).where(factor.user_id == user_id, factor.confirmed_at.is_not(None)).limit(1)
        ):
            needs_elevation(caller)
        chosen = caller.role if role is None else role
        if chosen not in roles_of(user):
            raise RoleNotAllowed("The role is none of yours.", hint="Name one of the roles that { me { roles } } has.")
        many = await session.scalar(
            select(func.count()).select_from(made).where(made.user_id == user_id, made.revoked_at.is_(None))
        )
        if (many or 0) >= _MOST:
            raise NotPossible(f"One has at most {_MOST} keys.", hint="Revoke some.")
        row = made(
            user_id=user_id,
            name=name,
            prefix=key[:_SHOWN],
            digest=digest(key),
            role=chosen,
            is_read_only=is_read_only,
            expires_at=now() + timedelta(days=days) if days is not None else None,
        )
        session.add(row)
        await session.flush()
        return NewApiKey(
            id=strawberry.ID(str(row.id)), key=key, prefix=row.prefix, role=chosen, expires_at=row.expires_at
        )


async def revoke_key(data: Data, models: Models, user_id: UUID, key_id: str) -> bool:
    """Ends a key; false if it is none of the user's that goes on."""
    try:
        identifier = UUID(key_id)
    except ValueError:
        return False
    made = models.api_key
    async with data.begin() as session:
        ended = await session.scalars(
            update(made)
            .where(made.id == identifier, made.user_id == user_id, made.revoked_at.is_(None))
            .values(revoked_at=now())
            .returning(made.id)
        )
        return bool(ended.all())


class ApiKeyVerifier:
    """
    Verifies keys of programs: by digest, and by the user that they act for.

    Args:
        is_told: whether changes of users and keys are heard of.
    """

    def __init__(self, data: Data, models: Callable[[], Models], is_told: Callable[[], bool]) -> None:
        self._data = data
        self._models = models
        self._is_told = is_told

    async def verify(self, token: str) -> Verified:
        """
        The caller that a key speaks for.

        Raises:
            InvalidToken: for whatever reason.
        """
        if not token.startswith(PREFIX) or len(token) != _LENGTH:
            raise refused()
        models = self._models()
        key, user = models.api_key, models.user
        # By a digest of 256 bits of chance: how far a comparison comes tells nothing of the key.
        async with self._data.read() as session:
            row = (
                await session.execute(
                    select(key, user).join(user, key.user_id == user.id).where(key.digest == digest(token))
                )
            ).first()
        if row is None or not _holds(row[0], row[1]):
            raise refused()
        teams = await read_teams(self._data, models, row[1].id)
        ends = utc(row[0].expires_at).timestamp() if row[0].expires_at is not None else math.inf
        return Verified(
            _caller(row[0], row[1], [] if teams is None else teams),
            again_at(ends, is_told=self._is_told()),
            ends,
        )


def _holds(key: ApiKey, user: User) -> bool:
    is_past = key.expires_at is not None and utc(key.expires_at) <= now()
    return key.revoked_at is None and not is_past and user.disabled_at is None and key.role in roles_of(user)


def _caller(key: ApiKey, user: User, teams: object) -> Caller:
    claims = {
        **stored_claims(user),
        "sub": str(user.id),
        "use": "key",
        "key_id": str(key.id),
        "role": key.role,
        "roles": [key.role],
        "assurance": 1,
        "amr": ["key"],
        "elevated": False,
        "teams": teams,
    }
    return Caller(
        id=str(user.id),
        role=key.role,
        roles=frozenset({key.role, ANONYMOUS}),
        claims=claims,
        reads_only=key.is_read_only,
    )
