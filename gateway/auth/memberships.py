"""How do people come into teams and out of them: owners invite, who is invited accepts, and no team is without an owner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.accounts import Accounts, user_id_of
from portico.gateway.auth.emails import email_of
from portico.gateway.auth.kept import find_kept, keep
from portico.gateway.auth.problems import InvalidCode, NotInTeam, NotPossible
from portico.gateway.auth.records import now
from portico.gateway.auth.types import Invitation, TeamMade
from portico.schema.caller import Caller

if TYPE_CHECKING:
    from portico.gateway.auth.teams import Membership

OWNER, MEMBER = "owner", "member"
ROLES = (OWNER, MEMBER)
_PURPOSE = "team invitation"
_LIFE_DAYS = 7
_MOST_NAME = 128
_MOST_OPEN = 100  # invitations that wait, of one team


async def make_team(accounts: Accounts, caller: Caller, name: str) -> TeamMade:
    """
    A team with one member, its owner.

    Raises:
        NotPossible
    """
    user_id = user_id_of(caller)
    if not 1 <= len(name) <= _MOST_NAME:
        raise NotPossible(f"A team's name has 1 to {_MOST_NAME} characters.")
    team, member = _models(accounts)
    async with accounts.data.begin() as session:
        made = team(name=name)
        session.add(made)
        await session.flush()
        session.add(member(team_id=made.id, user_id=user_id, role=OWNER))
        return TeamMade(id=strawberry.ID(str(made.id)), name=name)


async def invite_by_email(accounts: Accounts, caller: Caller, team_id: str, email: str, role: str) -> Invitation:
    """
    An invitation of whoever has an address, whether there is an account of it.

    Raises:
        NotInTeam, InvalidEmail, NotPossible
    """
    user_id, team = user_id_of(caller), _id(team_id)
    _check_role(role)
    address = email_of(email)
    code = accounts.models.code
    async with accounts.data.begin() as session:
        await _check_owner(session, accounts, team, user_id)
        waits = (code.used_at.is_(None), code.expires_at > now())
        mine = select(code.id).where(code.purpose == _PURPOSE, code.user_id == user_id, *waits)
        if len((await session.scalars(mine.limit(_MOST_OPEN))).all()) >= _MOST_OPEN:
            raise NotPossible(f"{_MOST_OPEN} of your invitations wait.", hint="Invite again once some are accepted.")
        ends, details = now() + timedelta(days=_LIFE_DAYS), {"team": str(team), "role": role}
        token = await keep(session, accounts.models, _PURPOSE, ends, user_id, details, email=address, prefix="pi_")
    return Invitation(token=token, email=address, expires_at=ends)


async def join_team(accounts: Accounts, caller: Caller, token: str) -> strawberry.ID:
    """
    Puts the caller into a team, if it is their address that was invited, and who invited it still may.

    Raises:
        InvalidCode: whatever is wrong.
    """
    user_id = user_id_of(caller)
    models = accounts.models
    team, member = _models(accounts)
    async with accounts.data.begin() as session:
        found = await find_kept(session, models, _PURPOSE, token)
        user = await session.get(models.user, user_id)
        if found is None or user is None or found.used_at is not None:
            raise _no_invitation()
        details: Any = found.details
        team_id = UUID(details["team"])
        inviter = await session.get(member, (team_id, found.user_id))
        if user.email != found.email or inviter is None or inviter.role != OWNER:
            raise _no_invitation()
        if await session.get(team, team_id) is None:
            raise _no_invitation()
        found.used_at = now()
        if await session.get(member, (team_id, user_id)) is None:
            session.add(member(team_id=team_id, user_id=user_id, role=details["role"]))
    return strawberry.ID(str(team_id))


async def leave_by_oneself(accounts: Accounts, caller: Caller, team_id: str) -> bool:
    """
    Takes the caller out of a team.

    Raises:
        NotPossible: they are its last owner.
    """
    user_id, team = user_id_of(caller), _id(team_id)
    async with accounts.data.begin() as session:
        return await _take_out(session, accounts, team, user_id)


async def put_out(accounts: Accounts, caller: Caller, team_id: str, user_id: str) -> bool:
    """
    Puts somebody out.

    Raises:
        NotInTeam, NotPossible
    """
    mine, team, other = user_id_of(caller), _id(team_id), _id(user_id)
    async with accounts.data.begin() as session:
        await _check_owner(session, accounts, team, mine)
        return await _take_out(session, accounts, team, other)


async def give_role(accounts: Accounts, caller: Caller, team_id: str, user_id: str, role: str) -> bool:
    """
    Gives a member another role.

    Raises:
        NotInTeam, NotPossible
    """
    mine, team, other = user_id_of(caller), _id(team_id), _id(user_id)
    _check_role(role)
    async with accounts.data.begin() as session:
        await _check_owner(session, accounts, team, mine)
        members = await _members(session, accounts, team)
        found = next((each for each in members if each.user_id == other), None)
        if found is None:
            return False
        found.role = role
        _check_owned(members)
    return True


async def _take_out(session: AsyncSession, accounts: Accounts, team: UUID, user: UUID) -> bool:
    members = await _members(session, accounts, team)
    found = next((each for each in members if each.user_id == user), None)
    if found is None:
        return False
    _check_owned([each for each in members if each is not found])
    await session.delete(found)
    return True


async def _members(session: AsyncSession, accounts: Accounts, team: UUID) -> list[Membership]:
    """All of a team, which nobody else changes until the transaction ends: two owners may leave at once."""
    made, member = _models(accounts)
    await session.get(made, team, with_for_update=True)
    found = await session.scalars(
        select(member).where(member.team_id == team).execution_options(populate_existing=True)
    )
    return list(found.all())


def _check_owned(members: list[Membership]) -> None:
    if not any(each.role == OWNER for each in members):
        raise NotPossible("A team has an owner.", hint="Make somebody else its owner first, or delete the team.")


async def _check_owner(session: AsyncSession, accounts: Accounts, team: UUID, user: UUID) -> None:
    _, member = _models(accounts)
    found = await session.get(member, (team, user))
    if found is None or found.role != OWNER:
        raise NotInTeam("You are no owner of this team.")


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise NotPossible(f"{role[:64]!r} is no role in a team.", hint=f"There are {' and '.join(ROLES)}.")


def _models(accounts: Accounts) -> Any:
    models = accounts.models
    assert models.team is not None
    return models.team, models.membership


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotInTeam("You are no owner of this team.") from None


def _no_invitation() -> InvalidCode:
    """One text for every reason."""
    return InvalidCode("The invitation is of another address, too old, or was accepted.")
