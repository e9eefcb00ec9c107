"""Which rows does a caller see: allow, require, and what lies behind relations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import ForeignKey, exists, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Me, Model, Rule, allow, everyone, require
from tests.support.backend import Backend


@pytest.fixture
def chat(serve: Callable[..., Backend]) -> Backend:
    """User 1 is in room 1; room 2 is another's. Members are raw material of rules, and nobody's to read."""

    class Room(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        open: Mapped[bool] = mapped_column(default=False)
        members: Mapped[list[Member]] = relationship()
        messages: Mapped[list[Message]] = relationship(back_populates="room")

    class Member(Model):
        room_id: Mapped[int] = mapped_column(ForeignKey(Room.id), primary_key=True)
        user_id: Mapped[int] = mapped_column(primary_key=True)

    class Message(Model):
        id: Mapped[IntId]
        body: Mapped[str]
        deleted: Mapped[bool] = mapped_column(default=False)
        room_id: Mapped[int] = mapped_column(ForeignKey(Room.id))
        room: Mapped[Room] = relationship(back_populates="messages")

    @allow(Room, "read", to="user")
    def my_rooms(room: type[Room], me: Me) -> Rule:
        return room.members.any(Member.user_id == me.id)

    @allow(Room, "read", to="user")
    def open_rooms(room: type[Room], me: Me) -> Rule:
        return room.open

    @allow(Message, "read", to="user")
    def messages_of_my_rooms(message: type[Message], me: Me) -> Rule:
        return message.room.has(Room.members.any(Member.user_id == me.id))

    @allow(Message, "read", to="archivist")
    def all_messages(message: type[Message], me: Me) -> Rule:
        return true()

    @require(Message, "read")
    def not_deleted(message: type[Message], me: Me) -> Rule:
        return ~message.deleted

    backend = serve()
    for statement in (
        "INSERT INTO rooms (id, title, open) VALUES (1, 'mine', false), (2, 'theirs', false), (3, 'open', true)",
        "INSERT INTO members (room_id, user_id) VALUES (1, 1), (2, 9), (3, 9)",
        "INSERT INTO messages (id, body, deleted, room_id) VALUES (1, 'a', false, 1), (2, 'b', true, 1),"
        " (3, 'c', false, 2), (4, 'd', false, 3)",
    ):
        backend.sql(statement)
    return backend


def test_a_model_without_a_rule_for_the_role_does_not_exist_for_it(chat: Backend) -> None:
    assert chat.error("{ members { userId } }", role="user")["extensions"]["code"] == "validation-failed"
    assert chat.data('{ __type(name: "Member") { name } }', role="user") == {"__type": None}
    assert chat.data('{ __type(name: "MemberBoolExp") { name } }', role="user") == {"__type": None}


def test_rows_are_visible_when_any_allow_holds(chat: Backend) -> None:
    assert chat.data("{ rooms(orderBy: {id: ASC}) { id } }", role="user", id=1) == {"rooms": [{"id": 1}, {"id": 3}]}


def test_every_require_must_hold_besides(chat: Backend) -> None:
    assert chat.data("{ messages(orderBy: {id: ASC}) { id } }", role="user", id=1) == {"messages": [{"id": 1}]}
    assert chat.data("{ messages(orderBy: {id: ASC}) { id } }", role="archivist") == {
        "messages": [{"id": 1}, {"id": 3}, {"id": 4}]
    }


def test_relations_inside_a_rule_see_raw_rows(chat: Backend) -> None:
    # Members may not be read by anyone, and still decide who is in a room.
    assert chat.data("{ room(id: 1) { title messages { body } } }", role="user", id=1) == {
        "room": {"title": "mine", "messages": [{"body": "a"}]}
    }


def test_relations_inside_a_clients_filter_see_only_visible_rows(chat: Backend) -> None:
    ask = "{ rooms(where: {messages: {body: {_eq: %s}}}) { id } }"

    assert chat.data(ask % '"a"', role="user", id=1) == {"rooms": [{"id": 1}]}
    assert chat.data(ask % '"b"', role="user", id=1) == {"rooms": []}
    assert chat.data(ask % '"d"', role="user", id=1) == {"rooms": []}


def test_relations_inside_a_clients_predicates_count_only_visible_rows(chat: Backend) -> None:
    ask = "{ rooms(where: {messagesAggregate: {count: {predicate: {_eq: %d}}}}, orderBy: {id: ASC}) { id } }"

    assert chat.data(ask % 1, role="user", id=1) == {"rooms": [{"id": 1}]}
    assert chat.data(ask % 0, role="user", id=1) == {"rooms": [{"id": 3}]}


def test_relations_inside_a_clients_order_see_only_visible_rows(chat: Backend) -> None:
    by_count = "{ rooms(orderBy: [{messagesAggregate: {count: DESC}}, {id: DESC}]) { id } }"
    by_room = "{ messages(orderBy: [{room: {title: ASC}}, {id: ASC}]) { id room { title } } }"

    assert chat.data(by_count, role="user", id=1) == {"rooms": [{"id": 1}, {"id": 3}]}
    # An archivist reads no rooms, and so cannot order by their titles either.
    assert chat.error(by_room, role="archivist")["extensions"]["code"] == "validation-failed"


def test_relations_inside_an_aggregate_count_only_visible_rows(chat: Backend) -> None:
    ask = "{ rooms(orderBy: {id: ASC}) { messagesAggregate { aggregate { count } nodes { body } } } }"

    assert chat.data(ask, role="user", id=1) == {
        "rooms": [
            {"messagesAggregate": {"aggregate": {"count": 1}, "nodes": [{"body": "a"}]}},
            {"messagesAggregate": {"aggregate": {"count": 0}, "nodes": []}},
        ]
    }


def test_a_hidden_row_cannot_be_told_from_one_that_does_not_exist(chat: Backend) -> None:
    answers = [chat.ask(f"{{ room(id: {number}) {{ title }} }}", role="user", id=1) for number in (2, 99)]
    assert answers == [{"data": {"room": None}}, {"data": {"room": None}}]


def test_a_relation_to_a_row_that_a_rule_may_hide_is_nullable(serve: Callable[..., Backend]) -> None:
    class Owner(Model):
        id: Mapped[IntId]
        shown: Mapped[bool]

    class Thing(Model):
        id: Mapped[IntId]
        owner_id: Mapped[int] = mapped_column(ForeignKey(Owner.id))
        owner: Mapped[Owner] = relationship()

    @allow(Owner, "read", to="user")
    def shown_owners(owner: type[Owner], me: Me) -> Rule:
        return owner.shown

    allow(Owner, "read", to="clerk", when=everyone)
    allow(Thing, "read", when=everyone)
    backend = serve()
    backend.sql("INSERT INTO owners VALUES (1, false); INSERT INTO things VALUES (1, 1)")
    kind = '{ __type(name: "Thing") { fields { name type { kind } } } }'

    assert backend.data("{ things { owner { id } } }", role="user") == {"things": [{"owner": None}]}
    assert backend.data("{ things { owner { id } } }", role="clerk") == {"things": [{"owner": {"id": 1}}]}
    assert backend.data(kind, role="user")["__type"]["fields"][-1]["type"] == {"kind": "OBJECT"}
    assert backend.data(kind, role="clerk")["__type"]["fields"][-1]["type"] == {"kind": "NON_NULL"}


def test_a_require_alone_allows_nothing(serve: Callable[..., Backend]) -> None:
    class Thing(Model):
        id: Mapped[IntId]

    require(Thing, "all", when=everyone)
    backend = serve()

    assert backend.error("{ things { id } }", role="user")["extensions"]["code"] == "validation-failed"


def test_a_rule_may_look_at_its_own_table(serve: Callable[..., Backend]) -> None:
    class Node(Model):
        id: Mapped[IntId]
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"))

    @allow(Node, "read", to="user")
    def parents_of_something(node: type[Node], me: Me) -> Rule:
        return exists().where(Node.parent_id == node.id)

    backend = serve()
    backend.sql("INSERT INTO nodes VALUES (1, NULL); INSERT INTO nodes VALUES (2, 1), (3, 2)")

    assert backend.data("{ nodes(orderBy: {id: ASC}) { id } }", role="user") == {"nodes": [{"id": 1}, {"id": 2}]}


def test_a_rule_that_says_false_hides_everything(serve: Callable[..., Backend]) -> None:
    class Thing(Model):
        id: Mapped[IntId]

    @allow(Thing, "read", "delete", to="user")
    def nobody(thing: type[Thing], me: Me) -> Rule:
        return false()

    backend = serve()
    backend.sql("INSERT INTO things VALUES (1)")

    assert backend.data("{ things { id } thingsAggregate { aggregate { count } } }", role="user") == {
        "things": [],
        "thingsAggregate": {"aggregate": {"count": 0}},
    }
    assert backend.data("mutation { deleteThings(where: {}) { affectedRows } }", role="user") == {
        "deleteThings": {"affectedRows": 0}
    }
