"""Inserts and upserts beyond rules: defaults, nested rows under conflicts, and which request's values reach which statement."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import Id, IntId, Me, Model, Rule, allow, everyone
from tests.support.backend import Backend


@pytest.fixture
def teams(serve: Callable[..., Backend]) -> Backend:
    class Team(Model):
        id: Mapped[IntId]
        name: Mapped[str] = mapped_column(unique=True)
        players: Mapped[list[Player]] = relationship(back_populates="team")

    class Player(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        goals: Mapped[int] = mapped_column(default=0)
        stamp: Mapped[int | None] = mapped_column(default=itertools.count(1000).__next__)
        details: Mapped[dict[str, Any] | None]
        team_id: Mapped[int | None] = mapped_column(ForeignKey(Team.id))
        team: Mapped[Team | None] = relationship(back_populates="players")
        __table_args__ = (UniqueConstraint("name", "team_id", name="one_name"),)

    backend = serve()
    backend.data(
        'mutation { insertTeams(objects: [{id: 1, name: "A"}, {id: 2, name: "B"}]) { affectedRows }'
        ' insertPlayers(objects: [{id: 10, name: "p", goals: 5, teamId: 1}, {id: 20, name: "q", goals: 50, teamId: 1}]) { affectedRows } }'
    )
    return backend


def _players(backend: Backend) -> dict[int, tuple[str, int, int | None]]:
    rows = backend.data("{ players(orderBy: {id: ASC}) { id name goals teamId } }")["players"]
    return {row["id"]: (row["name"], row["goals"], row["teamId"]) for row in rows}


def test_an_empty_row_is_one_of_defaults(serve: Callable[..., Backend]) -> None:
    class Counter(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[IntId]

    class Note(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[IntId]
        text: Mapped[str | None]
        state: Mapped[str] = mapped_column(server_default="new")

    class Key(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[Id]

    backend = serve()

    assert backend.data("mutation { insertCounter(object: {}) { id } insertNote(object: {}) { id text state } }") == {
        "insertCounter": {"id": 1},
        "insertNote": {"id": 1, "text": None, "state": "new"},
    }
    assert backend.data("mutation { insertKeys(objects: [{}, {}]) { affectedRows } }") == {
        "insertKeys": {"affectedRows": 2}
    }
    assert backend.data("mutation { insertCounters(objects: [{}, {}]) { returning { id } } }") == {
        "insertCounters": {"returning": [{"id": 2}, {"id": 3}]}
    }


def test_a_python_default_is_called_for_each_row(teams: Backend) -> None:
    made = teams.data(
        'mutation { insertPlayers(objects: [{id: 1, name: "x"}, {id: 2, name: "y"}]) { returning { stamp } } }'
    )
    stamps = [row["stamp"] for row in made["insertPlayers"]["returning"]]

    assert stamps[1] == stamps[0] + 1


def test_a_null_that_is_sent_is_not_a_default(teams: Backend) -> None:
    assert teams.data(
        'mutation { insertPlayer(object: {id: 1, name: "x", stamp: null, details: null}) { stamp details } }'
    ) == {"insertPlayer": {"stamp": None, "details": None}}
    assert (
        teams.error('mutation { insertPlayer(object: {id: 2, name: "x", goals: null}) { id } }')["extensions"][
            "problem"
        ]
        == "PT503"
    )


def test_rows_of_several_shapes_are_written_in_their_order(teams: Backend) -> None:
    rows = [
        {"id": 1, "name": "a"},
        {"id": 2, "name": "b", "goals": 1},
        {"id": 3, "name": "c", "team": {"data": {"id": 9, "name": "C"}}},
        {"goals": 2, "name": "d", "id": 4},
        {"id": 5, "name": "e"},
    ]
    made = teams.data(
        "mutation ($rows: [PlayerInsertInput!]!) { insertPlayers(objects: $rows) { affectedRows returning { id goals team { name } } } }",
        rows=rows,
    )["insertPlayers"]

    assert made == {
        "affectedRows": 6,
        "returning": [
            {"id": 1, "goals": 0, "team": None},
            {"id": 2, "goals": 1, "team": None},
            {"id": 3, "goals": 0, "team": {"name": "C"}},
            {"id": 4, "goals": 2, "team": None},
            {"id": 5, "goals": 0, "team": None},
        ],
    }


@pytest.mark.parametrize("as_variable", [False, True])
def test_the_filter_of_a_conflict_is_of_the_request(as_variable: bool, teams: Backend) -> None:
    rows = [{"id": 10, "name": "p2", "teamId": 1}, {"id": 20, "name": "q2", "teamId": 1}]
    literal = '[{id: 10, name: "p2", teamId: 1}, {id: 20, name: "q2", teamId: 1}]'
    ask = (
        "mutation ($rows: [PlayerInsertInput!]!%s) { insertPlayers(objects: %s, onConflict:"
        " {constraint: pk_players, updateColumns: [name], where: {goals: {_lt: %s}}}) { affectedRows } }"
    )
    if as_variable:
        made = teams.data(ask % (", $most: Int!", "$rows", "$most"), rows=rows, most=6)
    else:
        made = teams.data((ask % ("", literal, "6")).replace("($rows: [PlayerInsertInput!]!)", ""))

    assert made == {"insertPlayers": {"affectedRows": 1}}
    assert _players(teams) == {10: ("p2", 5, 1), 20: ("q", 50, 1)}


def test_the_filter_of_a_nested_conflict_is_of_the_request(teams: Backend) -> None:
    team = {
        "id": 1,
        "name": "A",
        "players": {
            "data": [{"id": 10, "name": "p2"}, {"id": 20, "name": "q2"}],
            "onConflict": {"constraint": "pk_players", "updateColumns": ["name"], "where": {"goals": {"_lt": 6}}},
        },
    }
    teams.data(
        "mutation ($team: TeamInsertInput!) { insertTeam(object: $team, onConflict: {constraint: pk_teams, updateColumns: [name]}) { id } }",
        team=team,
    )

    assert _players(teams) == {10: ("p2", 5, 1), 20: ("q", 50, 1)}


def test_the_path_of_an_answer_is_of_the_request(teams: Backend) -> None:
    ask = "mutation ($row: PlayerInsertInput!, $path: String) { insertPlayer(object: $row) { details(path: $path) } }"
    row = {"id": 1, "name": "x", "details": {"a": {"b": 7}}}

    assert teams.data(ask, row=row, path="$.a.b") == {"insertPlayer": {"details": 7}}


def test_nested_rows_that_exist_are_updated_and_moved(teams: Backend) -> None:
    # The team is made, and the player who was another's becomes its own.
    ask = (
        'mutation { insertTeam(object: {id: 3, name: "C", players: {data: [{id: 10, name: "moved"}],'
        " onConflict: {constraint: pk_players, updateColumns: [name, teamId]}}}) { players { id name } } }"
    )

    assert teams.data(ask) == {"insertTeam": {"players": [{"id": 10, "name": "moved"}]}}
    assert _players(teams)[10] == ("moved", 5, 3)


def test_a_default_that_an_upsert_changes_is_the_rows_own(teams: Backend) -> None:
    ask = (
        'mutation { insertPlayer(object: {id: 10, name: "p"}, onConflict: {constraint: pk_players, updateColumns: [stamp]})'
        " { id name stamp } }"
    )
    made = teams.data(ask)["insertPlayer"]

    assert (made["id"], made["name"]) == (10, "p")
    assert made["stamp"] >= 1000


def test_an_upsert_of_columns_that_were_not_sent_changes_nothing(teams: Backend) -> None:
    ask = (
        'mutation { insertPlayer(object: {id: 10, name: "p"}, onConflict: {constraint: pk_players, updateColumns: [details]})'
        " { id name } }"
    )

    assert teams.data(ask) == {"insertPlayer": {"id": 10, "name": "p"}}


def test_an_upsert_without_columns_leaves_the_row_and_says_null(teams: Backend) -> None:
    ask = (
        'mutation { a: insertTeam(object: {id: 1, name: "Z"}, onConflict: {constraint: pk_teams, updateColumns: []}) { name }'
        ' b: insertTeam(object: {id: 1, name: "Z"}, onConflict: {constraint: pk_teams}) { name } }'
    )

    assert teams.data(ask) == {"a": None, "b": None}
    assert teams.data("{ team(id: 1) { name } }") == {"team": {"name": "A"}}


def test_an_upsert_by_several_columns_treats_null_as_no_conflict(teams: Backend) -> None:
    ask = 'mutation { insertPlayer(object: {id: %d, name: "p", teamId: %s, goals: 9}, onConflict: {constraint: one_name, updateColumns: [goals]}) { id } }'

    assert teams.data(ask % (1, "1")) == {"insertPlayer": {"id": 10}}
    assert teams.data(ask % (2, "null")) == {"insertPlayer": {"id": 2}}
    assert teams.data(ask % (3, "null")) == {"insertPlayer": {"id": 3}}


def test_a_conflict_over_another_constraint_is_an_error(teams: Backend) -> None:
    ask = 'mutation { insertTeam(object: {id: 9, name: "A"}, onConflict: {constraint: pk_teams, updateColumns: [name]}) { id } }'

    assert teams.error(ask)["extensions"]["problem"] == "PT501"


def test_a_row_inserted_twice_in_one_upsert_is_updated_by_the_second(teams: Backend) -> None:
    ask = (
        'mutation { insertTeams(objects: [{id: 7, name: "x"}, {id: 7, name: "y"}],'
        " onConflict: {constraint: pk_teams, updateColumns: [name]}) { affectedRows returning { name } } }"
    )

    assert teams.data(ask) == {"insertTeams": {"affectedRows": 2, "returning": [{"name": "y"}, {"name": "y"}]}}


def test_nested_inserts_into_a_table_of_itself(serve: Callable[..., Backend]) -> None:
    class Node(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"))
        parent: Mapped[Node | None] = relationship(back_populates="kids", remote_side="Node.id")
        kids: Mapped[list[Node]] = relationship(back_populates="parent")

    backend = serve()
    insert = (
        'mutation { insertNode(object: {name: "a", kids: {data: [{name: "b", kids: {data: [{name: "c"}]}}, {name: "d"}]},'
        ' parent: {data: {name: "root"}}}) { parent { name } kids(orderBy: {name: ASC}) { name parent { name } kids { name } } } }'
    )

    assert backend.data(insert) == {
        "insertNode": {
            "parent": {"name": "root"},
            "kids": [
                {"name": "b", "parent": {"name": "a"}, "kids": [{"name": "c"}]},
                {"name": "d", "parent": {"name": "a"}, "kids": []},
            ],
        }
    }


def test_a_variable_may_be_one_row_among_others(teams: Backend) -> None:
    ask = 'mutation ($row: TeamInsertInput!) { insertTeams(objects: [$row, {id: 8, name: "Y"}]) { affectedRows } }'

    assert teams.data(ask, row={"id": 7, "name": "X"}) == {"insertTeams": {"affectedRows": 2}}


def test_what_is_null_in_a_new_row_is_answered_and_judged_so(serve: Callable[..., Backend]) -> None:
    # SQLite takes columns for NOT NULL in RETURNING.
    class Note(Model):
        id: Mapped[IntId]
        flag: Mapped[bool | None]
        price: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))

    allow(Note, "create", when=everyone)
    allow(Note, "read", to="editor", when=everyone)

    @allow(Note, "read", to="user")
    def flagged(note: type[Note], me: Me) -> Rule:
        return note.flag.is_not(None)

    backend = serve()
    ask = "mutation { insertNote(object: {}) { flag price } }"

    assert backend.data(ask, role="editor") == {"insertNote": {"flag": None, "price": None}}
    assert backend.data(ask, role="user") == {"insertNote": None}


def test_a_null_in_a_new_row_is_in_no_list(serve: Callable[..., Backend]) -> None:
    # Nor is it out of one: SQLite's RETURNING says so.
    class Note(Model):
        id: Mapped[IntId]
        team: Mapped[int | None]

    allow(Note, "create", when=everyone)

    @allow(Note, "read", to="user")
    def of_my_teams(note: type[Note], me: Me) -> Rule:
        return note.team.in_(me.claims("teams", int))

    @allow(Note, "read", to="editor")
    def of_others(note: type[Note], me: Me) -> Rule:
        return ~note.team.in_(me.claims("teams", int))

    backend = serve()
    ask = "mutation { insertNote(object: {team: null}) { team } }"

    for role, teams in (("user", [1, None]), ("editor", [1])):
        assert backend.data(ask, role=role, claims={"teams": teams}) == {"insertNote": None}
