"""What do relations and sub-selects inside a rule reach: always the row in question, however deep they go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, Table, and_, exists, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column, relationship

from portico.schema import IntId, Me, Model, Rule, allow
from portico.schema.problems import Problems
from tests.support.backend import Backend

REFUSED = "check constraint of an insert/update permission has failed"


class Names:
    """The classes that rules of this file are written over, as a model file has them at its top level."""

    Room: Any
    Member: Any
    Badge: Any
    holders: Any


Spelling = Callable[[Any, Me, type[Names]], Any]


@pytest.fixture
def served(serve: Callable[..., Backend]) -> Callable[[Spelling], Backend]:
    """
    Serves members under one rule.

    Users 1 and 2 are in room 1, user 3 to 5 in room 2. The boss of 2 and 5 is 1, that of 4 is 3. Badge 1 is held
    by 1 and 2 (who wears it with honour), badge 2 by 3 and 4.
    """

    def serve_under(rule: Spelling) -> Backend:
        class Room(Model):
            id: Mapped[IntId]
            title: Mapped[str]
            members: Mapped[list[Member]] = relationship(back_populates="room")

        holders = Table(
            "holders",
            Model.metadata,
            Column("member_id", ForeignKey("members.id"), primary_key=True),
            Column("badge_id", ForeignKey("badges.id"), primary_key=True),
            Column("honour", ForeignKey("rooms.id"), nullable=True),
        )

        class Member(Model):
            id: Mapped[IntId]
            room_id: Mapped[int] = mapped_column(ForeignKey(Room.id), index=True)
            user_id: Mapped[int] = mapped_column(index=True)
            boss_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
            room: Mapped[Room] = relationship(back_populates="members")
            boss: Mapped[Member | None] = relationship(remote_side="Member.id", back_populates="staff")
            staff: Mapped[list[Member]] = relationship(back_populates="boss")
            badges: Mapped[list[Badge]] = relationship(secondary=holders, back_populates="members")

        class Badge(Model):
            id: Mapped[IntId]
            members: Mapped[list[Member]] = relationship(secondary=holders, back_populates="badges")

        Names.Room, Names.Member, Names.Badge, Names.holders = Room, Member, Badge, holders

        @allow(Member, "all", to="user")
        def members(member: type[Member], me: Me) -> Rule:
            return rule(member, me, Names)

        backend = serve()
        backend.sql(
            "INSERT INTO rooms (id, title) VALUES (1, 'mine'), (2, 'theirs');"
            "INSERT INTO members (id, room_id, user_id, boss_id) VALUES (1, 1, 1, NULL), (2, 1, 2, 1),"
            " (3, 2, 3, NULL), (4, 2, 4, 3), (5, 2, 5, 1);"
            "INSERT INTO badges (id) VALUES (1), (2);"
            "INSERT INTO holders (member_id, badge_id, honour) VALUES (1, 1, NULL), (2, 1, 1), (3, 2, NULL), (4, 2, NULL)"
        )
        return backend

    return serve_under


def _seen(backend: Backend) -> list[int]:
    answer = backend.data("{ members(orderBy: {id: ASC}) { id } }", role="user", id=1)
    return [row["id"] for row in answer["members"]]


def _other(names: type[Names]) -> Any:
    return aliased(names.Member)


OF_MY_ROOM: dict[str, Spelling] = {
    "there and back": lambda row, me, n: row.room.has(n.Room.members.any(n.Member.user_id == me.id)),
    "there and back twice": lambda row, me, n: row.room.has(
        n.Room.members.any(n.Member.room.has(n.Room.members.any(n.Member.user_id == me.id)))
    ),
    "there, and back by hand": lambda row, me, n: row.room.has(
        exists().where(n.Member.room_id == n.Room.id, n.Member.user_id == me.id)
    ),
    "there, and back among keys": lambda row, me, n: row.room.has(
        n.Room.id.in_(select(n.Member.room_id).where(n.Member.user_id == me.id))
    ),
    "by hand": lambda row, me, n: exists().where(n.Member.room_id == row.room_id, n.Member.user_id == me.id),
    "among keys": lambda row, me, n: row.room_id.in_(select(n.Member.room_id).where(n.Member.user_id == me.id)),
    "the row two levels down": lambda row, me, n: row.room_id.in_(
        select(n.Room.id).where(exists().where(n.Member.room_id == row.room_id, n.Member.user_id == me.id))
    ),
    "the row three levels down": lambda row, me, n: exists().where(
        n.Badge.id > 0,
        n.Badge.id.in_(
            select(n.Room.id).where(
                n.Room.id.in_(select(n.Member.room_id).where(n.Member.user_id == me.id)), n.Room.id == row.room_id
            )
        ),
    ),
    "the row inside a relation": lambda row, me, n: row.room.has(
        exists().where(n.Member.room_id == row.room_id, n.Member.user_id == me.id)
    ),
    "an alias of the author's": lambda row, me, n: (
        lambda other: row.room.has(n.Room.members.of_type(other).any(other.user_id == me.id))
    )(_other(n)),
    "an alias in a sub-select that names what it does not mean": lambda row, me, n: row.room.has(
        (
            lambda other: (
                select(other.id)
                .where(other.room_id == n.Room.id, other.user_id == me.id)
                .correlate_except(other)
                .exists()
            )
        )(_other(n))
    ),
    "a join": lambda row, me, n: row.room.has(
        n.Room.id.in_(select(n.Member.room_id).join(n.Room).where(n.Member.user_id == me.id))
    ),
    "any of a union": lambda row, me, n: row.room.has(
        n.Room.id.in_(
            select(n.Member.room_id)
            .where(n.Member.user_id == me.id)
            .union(select(n.Member.room_id).where(n.Member.user_id == -1))
        )
    ),
}


@pytest.mark.parametrize("spelling", OF_MY_ROOM)
def test_members_of_my_room_are_the_same_however_the_rule_is_spelled(
    spelling: str, served: Callable[[Spelling], Backend]
) -> None:
    backend = served(OF_MY_ROOM[spelling])

    assert _seen(backend) == [1, 2]
    assert backend.data("{ membersAggregate { aggregate { count } } }", role="user", id=9) == {
        "membersAggregate": {"aggregate": {"count": 0}}
    }


@pytest.mark.parametrize("spelling", OF_MY_ROOM)
def test_members_are_only_put_into_my_room(spelling: str, served: Callable[[Spelling], Backend]) -> None:
    backend = served(OF_MY_ROOM[spelling])
    insert = "mutation ($room: Int!) { insertMember(object: {roomId: $room, userId: 1, id: 9}) { id } }"
    several = "mutation ($room: Int!) { insertMembers(objects: [{roomId: 1, userId: 7, id: 7}, {roomId: $room, userId: 1, id: 8}]) { affectedRows } }"
    update = "mutation ($room: Int!) { updateMembers(where: {id: {_lte: 3}}, _set: {roomId: $room}) { affectedRows } }"

    # Not even the row itself makes the room mine: a check sees everything else as it was.
    for refused in (insert, several, update):
        assert backend.error(refused, role="user", id=1, room=2)["message"] == REFUSED
    assert backend.data(insert, role="user", id=1, room=1) == {"insertMember": {"id": 9}}
    assert backend.data(several, role="user", id=1, room=1) == {"insertMembers": {"affectedRows": 2}}
    assert backend.data(update, role="user", id=1, room=1) == {"updateMembers": {"affectedRows": 2}}
    assert backend.data("mutation { deleteMembers(where: {}) { affectedRows } }", role="user", id=9) == {
        "deleteMembers": {"affectedRows": 0}
    }


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (lambda row, me, n: row.boss.has(n.Member.user_id == me.id), [2, 5]),
        (lambda row, me, n: row.boss.has(user_id=1), [2, 5]),
        (lambda row, me, n: row.staff.any(n.Member.user_id == 4), [3]),
        (lambda row, me, n: row.boss.has(n.Member.staff.any(n.Member.user_id == 2)), [2, 5]),
        (lambda row, me, n: row.boss.has(n.Member.boss.has(n.Member.user_id == me.id)), []),
        (lambda row, me, n: row.staff.any(n.Member.room_id != row.room_id), [1]),
        (
            lambda row, me, n: row.boss.has(n.Member.room.has(n.Room.members.any(n.Member.user_id == me.id))),
            [2, 5],
        ),
        (
            lambda row, me, n: row.staff.any(
                n.Member.boss.has(n.Member.room.has(n.Room.members.any(n.Member.user_id == me.id)))
            ),
            [1],
        ),
        (
            lambda row, me, n: row.staff.any(n.Member.boss_id.in_(select(n.Member.id).where(n.Member.user_id == 3))),
            [3],
        ),
        (lambda row, me, n: row.room.has(n.Room.members.any(n.Member.staff.any(n.Member.user_id == 4))), [3, 4, 5]),
    ],
)
def test_a_relation_of_a_table_to_itself_leads_on_to_the_next_row(
    rule: Spelling, found: list[int], served: Callable[[Spelling], Backend]
) -> None:
    assert _seen(served(rule)) == found


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (lambda row, me, n: row.badges.any(n.Badge.members.any(n.Member.user_id == me.id)), [1, 2]),
        (lambda row, me, n: row.badges.any(n.Badge.members.any(n.Member.badges.any(n.Badge.id == 2))), [3, 4]),
        (lambda row, me, n: row.badges.any(n.holders.c.honour == row.room_id), [2]),
        (lambda row, me, n: row.badges.any(and_(n.Badge.id == 1, n.holders.c.honour.is_(None))), [1]),
        (
            lambda row, me, n: row.badges.any(
                n.Badge.id.in_(select(n.holders.c.badge_id).where(n.holders.c.honour.is_not(None)))
            ),
            [1, 2],
        ),
        (lambda row, me, n: or_(~row.badges.any(), row.badges.any(n.Badge.members.any(user_id=3))), [3, 4, 5]),
        (
            lambda row, me, n: row.room.has(
                n.Room.members.any(n.Member.badges.any(n.Badge.members.any(n.Member.user_id == me.id)))
            ),
            [1, 2],
        ),
    ],
)
def test_a_relation_over_a_table_between_is_that_of_the_row(
    rule: Spelling, found: list[int], served: Callable[[Spelling], Backend]
) -> None:
    assert _seen(served(rule)) == found


@pytest.mark.parametrize(
    "rule",
    [
        lambda row, me, n: n.Member.user_id == me.id,
        lambda row, me, n: row.room.has(n.Badge.id == 1),
        lambda row, me, n: row.room.has(n.Room.members.any(n.Badge.id == row.id)),
        lambda row, me, n: and_(row.user_id > 0, or_(n.Room.title == "mine", row.id == 1)),
    ],
)
def test_a_rule_that_asks_about_any_row_is_a_mistake_of_the_model_file(
    rule: Spelling, served: Callable[[Spelling], Backend]
) -> None:
    with pytest.raises(Problems) as caught:
        served(rule)

    assert [problem.code for problem in caught.value.problems] == ["PT207"]
    assert "asks about any row of" in str(caught.value)


def test_models_of_another_base_keep_their_relations_apart_too(serve: Callable[..., Backend]) -> None:
    class Base(DeclarativeBase):
        pass

    class Team(Base):
        __tablename__ = "teams"
        id: Mapped[int] = mapped_column(primary_key=True)
        players: Mapped[list[Player]] = relationship(back_populates="team")

    class Player(Base):
        __tablename__ = "players"
        id: Mapped[int] = mapped_column(primary_key=True)
        team_id: Mapped[int] = mapped_column(ForeignKey(Team.id), index=True)
        team: Mapped[Team] = relationship(back_populates="players")

    @allow(Player, "read", to="user")
    def of_my_team(player: type[Player], me: Me) -> Rule:
        return player.team.has(Team.players.any(Player.id == me.id))

    backend = serve(create=False)
    backend.sql(
        "CREATE TABLE teams (id INTEGER PRIMARY KEY); CREATE TABLE players (id INTEGER PRIMARY KEY, team_id INTEGER);"
        "INSERT INTO teams VALUES (1), (2); INSERT INTO players VALUES (1, 1), (2, 1), (3, 2)"
    )

    assert backend.data("{ players(orderBy: {id: ASC}) { id } }", role="user", id=1) == {
        "players": [{"id": 1}, {"id": 2}]
    }
