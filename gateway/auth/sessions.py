"""How long is somebody signed in: sessions are opened, refreshed with a token that changes each time, and revoked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.problems import InvalidRefreshToken
from portico.gateway.auth.records import Models, now, utc
from portico.gateway.auth.refresh import RefreshToken, read_refresh_token
from portico.gateway.auth.secrets import Secrets
from portico.gateway.auth_settings import AuthSettings
from portico.gateway.connection import Connection
from portico.gateway.observe import logger
from portico.schema.provided import Data

if TYPE_CHECKING:
    from portico.gateway.auth.models import Session, User


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that goes on, its user, and its refresh token as it is now."""

    user: User
    session: Session
    refresh_token: str


async def open_session(
    session: AsyncSession,
    models: Models,
    settings: AuthSettings,
    secrets: Secrets,
    user: User,
    methods: Sequence[str],
    connection: Connection,
) -> Opened:
    """Signs a user in, in the caller's transaction; each sign-in has a session of its own, so none can be fixed beforehand."""
    at = now()
    if settings.single_session:
        await revoke_where(session, models, models.session.user_id == user.id)
    ends_at = at + timedelta(hours=settings.session_hours) if settings.session_hours else None
    made = models.session(
        user_id=user.id,
        counter=0,
        assurance=2 if "mfa" in methods else 1,
        methods=list(methods),
        address=connection.address or None,
        user_agent=connection.user_agent or None,
        refreshed_at=at,
        ends_at=ends_at,
    )
    session.add(made)
    await session.flush()
    return Opened(user, made, RefreshToken(made.id, 0).text(secrets))


async def refresh_session(data: Data, models: Models, settings: AuthSettings, secrets: Secrets, token: str) -> Opened:
    """
    Goes on with a session, under another refresh token.

    A client that did not keep the last one, or asked twice at once, is given it again for a while. Whoever else comes with
    an old one has a copy of it, or somebody has: the session ends for both (RFC 9700, §4.14.2).

    Raises:
        InvalidRefreshToken: whatever is wrong.
    """
    given = read_refresh_token(token, secrets)
    if given is None:
        raise refused()
    opened: Opened | None = None
    async with data.begin() as session:
        found = await session.get(models.session, given.session_id, with_for_update=True)
        user = await session.get(models.user, found.user_id) if found is not None else None
        if found is None or user is None or user.disabled_at is not None or not _goes_on(found, settings):
            raise refused()
        if given.counter == found.counter:
            found.counter += 1
            found.refreshed_at = now()
        elif given.counter != found.counter - 1 or not _is_within(found.refreshed_at, settings.refresh_grace_s):
            found.revoked_at = now()
            logger().warning("refresh token used again", session=str(found.id), user=str(found.user_id))
            found = None
        if found is not None:
            opened = Opened(user, found, RefreshToken(found.id, found.counter).text(secrets))
    if opened is None:
        raise refused()
    return opened


async def revoke_where(session: AsyncSession, models: Models, condition: ColumnElement[bool]) -> Sequence[UUID]:
    """Ends sessions, in the caller's transaction; those that were open."""
    found = models.session
    ended = await session.scalars(
        update(found)
        .where(condition, found.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(found.id)
        .execution_options(synchronize_session="fetch")
    )
    return ended.all()


async def read_session(data: Data, models: Models, session_id: UUID) -> tuple[User, Session] | None:
    """A session that goes on, and its user, who may sign in."""
    async with data.read() as session:
        row = (
            await session.execute(
                select(models.user, models.session)
                .join(models.session, models.session.user_id == models.user.id)
                .where(models.session.id == session_id)
            )
        ).first()
    if row is None or row[0].disabled_at is not None or row[1].revoked_at is not None or _is_past(row[1].ends_at):
        return None
    return row[0], row[1]


async def read_teams(data: Data, models: Models, user_id: UUID) -> Sequence[str] | None:
    """The ids of a user's teams; None where the models import none."""
    if models.membership is None:
        return None
    member = models.membership
    async with data.read() as session:
        found = await session.scalars(select(member.team_id).where(member.user_id == user_id).order_by(member.team_id))
        return [str(each) for each in found]


def refused() -> InvalidRefreshToken:
    """One text for every reason."""
    return InvalidRefreshToken("The refresh token is not valid.", hint="Sign in again.")


def _goes_on(session: Session, settings: AuthSettings) -> bool:
    idle_s = settings.session_idle_hours * 3600
    is_used = not idle_s or _is_within(session.refreshed_at, idle_s)
    return session.revoked_at is None and not _is_past(session.ends_at) and is_used


def _is_past(moment: datetime | None) -> bool:
    return moment is not None and utc(moment) <= now()


def _is_within(moment: datetime, seconds: float) -> bool:
    return (now() - utc(moment)).total_seconds() <= seconds
