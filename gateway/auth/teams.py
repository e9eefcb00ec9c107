"""Who works together: teams and their members as ordinary models, and what members do about them."""

from __future__ import annotations

from uuid import UUID

import strawberry
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.memberships import (
    MEMBER,
    OWNER,
    give_role,
    invite_by_email,
    join_team,
    leave_by_oneself,
    make_team,
    put_out,
)
from portico.gateway.auth.models import User
from portico.gateway.auth.types import Invitation, TeamMade
from portico.schema import Caller, Id, Me, Model, Now, Rule, allow, mutation


class Team(Model):
    """People who work together."""

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[Now]
    memberships: Mapped[list[Membership]] = relationship(back_populates="team", passive_deletes=True)


class Membership(Model):
    """
    Somebody in a team.

    role: `owner` or `member`; owners say who is in it.
    """

    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(64), default="member", server_default="member")
    created_at: Mapped[Now]
    team: Mapped[Team] = relationship(back_populates="memberships")
    user: Mapped[User] = relationship()


@allow(Team, "read", to="user")
def my_teams(team: type[Team], me: Me) -> Rule:
    """Members see their teams."""
    return team.memberships.any(Membership.user_id == me.id)


@allow(Team, "update", to="user", fields=[Team.name])
@allow(Team, "delete", to="user")
def teams_i_own(team: type[Team], me: Me) -> Rule:
    """Owners rename their teams, and end them."""
    return team.memberships.any((Membership.user_id == me.id) & (Membership.role == OWNER))


@allow(Membership, "read", to="user")
def members_of_my_teams(membership: type[Membership], me: Me) -> Rule:
    """Members see who else is in their teams."""
    return membership.team.has(Team.memberships.any(Membership.user_id == me.id))


@mutation
async def create_team(name: str, accounts: Accounts, caller: Caller) -> TeamMade:
    """Make a team, whose owner the caller is."""
    return await make_team(accounts, caller, name)


@mutation
async def invite_to_team(
    team_id: strawberry.ID, email: str, accounts: Accounts, caller: Caller, role: str = MEMBER
) -> Invitation:
    """Invite whoever has an address: the token is for them. Owners alone."""
    return await invite_by_email(accounts, caller, team_id, email, role)


@mutation
async def accept_invitation(token: str, accounts: Accounts, caller: Caller) -> strawberry.ID:
    """Join the team that the caller's address was invited to; its id."""
    return await join_team(accounts, caller, token)


@mutation
async def leave_team(team_id: strawberry.ID, accounts: Accounts, caller: Caller) -> bool:
    """Leave a team; false if the caller is not in it. Its last owner cannot."""
    return await leave_by_oneself(accounts, caller, team_id)


@mutation
async def remove_from_team(team_id: strawberry.ID, user_id: strawberry.ID, accounts: Accounts, caller: Caller) -> bool:
    """Put somebody out of a team; false if they are not in it. Owners alone."""
    return await put_out(accounts, caller, team_id, user_id)


@mutation
async def change_team_role(
    team_id: strawberry.ID, user_id: strawberry.ID, role: str, accounts: Accounts, caller: Caller
) -> bool:
    """Give a member another role; false if they are not in the team. Owners alone."""
    return await give_role(accounts, caller, team_id, user_id, role)
