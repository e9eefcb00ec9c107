"""Teams: who sees and changes them, how people come in and out, and how rules ask for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.accounts import AccountServer, Person
from tests.support.change_logs import Transaction

MODELS = '''"""Plans of teams."""

from uuid import UUID

from sqlalchemy import ForeignKey, exists
from sqlalchemy.orm import Mapped, mapped_column

from portico.gateway.auth import User
from portico.gateway.auth.teams import Membership, Team
from portico.schema import Id, Me, Model, Rule, allow


class Plan(Model):
    """What a team means to do."""

    id: Mapped[Id]
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    text: Mapped[str]


class Sketch(Model):
    """What a team thinks of."""

    id: Mapped[Id]
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    text: Mapped[str]


@allow(Plan, "read", to="user")
def plans_of_my_teams(plan: type[Plan], me: Me) -> Rule:
    """Members read the plans of their teams."""
    return exists().where(Membership.team_id == plan.team_id, Membership.user_id == me.id)


@allow(Plan, "write", to="user")
def plans_of_teams_i_own(plan: type[Plan], me: Me) -> Rule:
    """Owners write them."""
    return exists().where(
        Membership.team_id == plan.team_id, Membership.user_id == me.id, Membership.role == "owner"
    )


@allow(Sketch, "all", to="user")
def sketches_of_my_teams(sketch: type[Sketch], me: Me) -> Rule:
    """Members do all with the sketches of their teams."""
    return sketch.team_id.in_(me.claims("teams", UUID))
'''
CREATE = 'mutation { createTeam(name: "Garden") { id name } }'
INVITE = (
    'mutation ($team: ID!, $email: String!, $role: String! = "member") {'
    " inviteToTeam(teamId: $team, email: $email, role: $role) { token expiresAt } }"
)
ACCEPT = "mutation ($token: String!) { acceptInvitation(token: $token) }"
LEAVE = "mutation ($team: ID!) { leaveTeam(teamId: $team) }"
REMOVE = "mutation ($team: ID!, $user: ID!) { removeFromTeam(teamId: $team, userId: $user) }"
ROLE = "mutation ($team: ID!, $user: ID!, $role: String!) { changeTeamRole(teamId: $team, userId: $user, role: $role) }"
MEMBERS = "{ teams { name memberships { userId role } } }"
PLAN = 'mutation ($team: UUID!) { insertPlan(object: {teamId: $team, text: "dig"}) { text } }'
SKETCH = 'mutation ($team: UUID!) { insertSketch(object: {teamId: $team, text: "dig"}) { text } }'


@pytest.fixture
def server(open_server: Callable[..., AccountServer]) -> AccountServer:
    return open_server(models=MODELS)


@pytest.fixture
def ann(server: AccountServer) -> Person:
    return server.sign_up()


@pytest.fixture
def bob(server: AccountServer) -> Person:
    return server.sign_up("bob@example.com")


@pytest.fixture
def team(server: AccountServer, ann: Person) -> str:
    """Ann's."""
    return server.data(CREATE, token=ann.access_token)["createTeam"]["id"]


def join(server: AccountServer, team: str, owner: Person, other: Person, role: str = "member") -> None:
    given = {"team": team, "email": other.email.upper(), "role": role}
    token = server.data(INVITE, given, token=owner.access_token)["inviteToTeam"]["token"]
    assert server.data(ACCEPT, {"token": token}, token=other.access_token)["acceptInvitation"] == team


def test_members_see_their_teams_and_who_is_in_them(server: AccountServer, ann: Person, bob: Person, team: str) -> None:
    assert server.data(MEMBERS, token=bob.access_token) == {"teams": []}

    join(server, team, ann, bob)

    (found,) = server.data(MEMBERS, token=bob.access_token)["teams"]
    assert {each["userId"]: each["role"] for each in found["memberships"]} == {ann.id: "owner", bob.id: "member"}
    carol = server.sign_up("carol@example.com")
    assert server.data("{ teams { id } memberships { userId } }", token=carol.access_token) == {
        "teams": [], "memberships": []
    }  # fmt: skip


def test_an_invitation_is_for_one_address_and_once(server: AccountServer, ann: Person, bob: Person, team: str) -> None:
    carol = server.sign_up("carol@example.com")
    given = {"team": team, "email": bob.email}
    token = server.data(INVITE, given, token=ann.access_token)["inviteToTeam"]["token"]

    assert server.problem(server.ask(ACCEPT, {"token": token}, token=carol.access_token)) == "PT335"
    assert server.problem(server.ask(ACCEPT, {"token": token})) == "PT337"
    assert "data" in server.ask(ACCEPT, {"token": token}, token=bob.access_token)
    server.data(LEAVE, {"team": team}, token=bob.access_token)
    assert server.problem(server.ask(ACCEPT, {"token": token}, token=bob.access_token)) == "PT335"


def test_an_invitation_ends_and_is_no_more_than_who_gave_it(
    server: AccountServer, ann: Person, bob: Person, team: str
) -> None:
    join(server, team, ann, bob, "owner")
    given = {"team": team, "email": "carol@example.com"}
    carol = server.sign_up("carol@example.com")
    token = server.data(INVITE, given, token=bob.access_token)["inviteToTeam"]["token"]
    server.data(ROLE, {"team": team, "user": bob.id, "role": "member"}, token=ann.access_token)
    assert server.problem(server.ask(ACCEPT, {"token": token}, token=carol.access_token)) == "PT335"

    token = server.data(INVITE, given, token=ann.access_token)["inviteToTeam"]["token"]
    server.earlier("expires_at", 8 * 86_400, "auth_codes")
    assert server.problem(server.ask(ACCEPT, {"token": token}, token=carol.access_token)) == "PT335"


def test_owners_alone_change_who_is_in_a_team(server: AccountServer, ann: Person, bob: Person, team: str) -> None:
    join(server, team, ann, bob)
    token = bob.access_token
    for document, given in (
        (INVITE, {"team": team, "email": "carol@example.com"}),
        (REMOVE, {"team": team, "user": ann.id}),
        (ROLE, {"team": team, "user": bob.id, "role": "owner"}),
        (INVITE, {"team": "0191e9a8-0000-7000-8000-000000000001", "email": "carol@example.com"}),
        (REMOVE, {"team": "nonsense", "user": ann.id}),
    ):
        assert server.problem(server.ask(document, given, token=token)) == "PT364"
    rename = f'mutation {{ updateTeam(pkColumns: {{ id: "{team}" }}, _set: {{ name: "Kitchen" }}) {{ name }} }}'
    assert server.data(rename, token=token) == {"updateTeam": None}
    assert server.data(rename, token=ann.access_token) == {"updateTeam": {"name": "Kitchen"}}
    insert = f'mutation {{ insertMembership(object: {{ teamId: "{team}", userId: "{bob.id}" }}) {{ role }} }}'
    assert server.problem(server.ask(insert, token=ann.access_token)) == "PT102"


def test_a_team_has_an_owner(server: AccountServer, ann: Person, bob: Person, team: str) -> None:
    join(server, team, ann, bob)
    assert server.problem(server.ask(LEAVE, {"team": team}, token=ann.access_token)) == "PT362"
    demote = {"team": team, "user": ann.id, "role": "member"}
    assert server.problem(server.ask(ROLE, demote, token=ann.access_token)) == "PT362"
    assert server.problem(server.ask(ROLE, demote | {"role": "king"}, token=ann.access_token)) == "PT362"


def test_owners_who_leave_at_once_leave_one(server: AccountServer, ann: Person, bob: Person, team: str) -> None:
    """They wait for each other, as here for somebody who holds the team."""
    join(server, team, ann, bob, "owner")

    async def left(leaving: list[asyncio.Task[Any]], timeout_s: float) -> list[Any]:
        done, _ = await asyncio.wait(leaving, timeout=timeout_s)
        return [each.result() for each in done]

    with Transaction(server.place) as own:
        own.execute("UPDATE teams SET name = 'held'")
        leaving = [
            server.loop.create_task(server.answer(LEAVE, {"team": team}, token=each.access_token))
            for each in (ann, bob)
        ]
        assert server.run(left(leaving, 0.3)) == []
        own.execute("COMMIT")
        answers = server.run(left(leaving, 10))

    assert sorted("errors" in each for each in answers) == [False, True]
    assert server.rows("SELECT role FROM memberships") == [("owner",)]


def test_rules_ask_memberships(server: AccountServer, ann: Person, bob: Person, team: str) -> None:
    server.data(PLAN, {"team": team}, token=ann.access_token)
    assert server.data("{ plans { text } }", token=bob.access_token) == {"plans": []}

    join(server, team, ann, bob)

    assert server.data("{ plans { text } }", token=bob.access_token) == {"plans": [{"text": "dig"}]}
    assert server.problem(server.ask(PLAN, {"team": team}, token=bob.access_token)) == "PT302"
    server.data(REMOVE, {"team": team, "user": bob.id}, token=ann.access_token)
    assert server.data("{ plans { text } }", token=bob.access_token) == {"plans": []}


def test_rules_ask_the_teams_of_a_token_which_are_those_of_now(
    server: AccountServer, ann: Person, bob: Person, team: str
) -> None:
    assert server.until_data("{ teams { id } }", ann.access_token, lambda found: bool(found["teams"])) < 1
    began = server.until(f'mutation {{ insertSketch(object: {{teamId: "{team}", text: "dig"}}) {{ text }} }}', ann.access_token, None)  # fmt: skip
    assert began < 1
    assert server.data("{ sketches { text } }", token=bob.access_token) == {"sketches": []}

    join(server, team, ann, bob)
    assert server.until_data("{ sketches { text } }", bob.access_token, lambda found: len(found["sketches"]) == 1) < 1

    server.data(REMOVE, {"team": team, "user": bob.id}, token=ann.access_token)
    assert server.until_data("{ sketches { text } }", bob.access_token, lambda found: found["sketches"] == []) < 1


def test_tokens_say_which_teams_for_who_else_reads_them(server: AccountServer, ann: Person, team: str) -> None:
    tokens = server.sign_in()["data"]["signIn"]["tokens"]

    assert server.accounts.verifier.claims(tokens["accessToken"])["teams"] == [team]
