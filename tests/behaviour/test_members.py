"""One statement for many members: values of every kind, lists, cursors, sizes, and what must be equal among them."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, ForeignKey, Numeric, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.sql.member_values import array_text, frozen, is_exact_in_json
from portico.resolvers.sql.members import compile_members
from portico.schema import IntId, Me, Model, Rule, allow, everyone
from portico.schema.caller import Caller
from portico.schema.problems import Problems
from tests.support.backend import Backend
from tests.support.members import Ask, compiled_for

_FIRST, _SECOND = UUID(int=1), UUID(int=2)


class Mood(enum.Enum):
    """Postgres has a type for it."""

    GLAD = "glad"
    SAD = "sad"


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    class Room(Model):
        id: Mapped[IntId]
        owner: Mapped[UUID]
        messages: Mapped[list[Message]] = relationship(back_populates="room")

    class Message(Model):
        id: Mapped[IntId]
        room_id: Mapped[int] = mapped_column(ForeignKey(Room.id), index=True)
        room: Mapped[Room] = relationship(back_populates="messages")
        body: Mapped[str]
        code: Mapped[str | None] = mapped_column(String(3))
        price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
        weight: Mapped[float | None]
        serial: Mapped[int | None] = mapped_column(BigInteger)
        mood: Mapped[Mood | None]
        seen: Mapped[bool]

    Message.__annotations__["room"] = Mapped[Room]

    @allow(Room, "read", to="user")
    def mine(room: type[Room], me: Me) -> Rule:
        return room.owner == me.id

    @allow(Message, "read", to="user")
    def in_mine(message: type[Message], me: Me) -> Rule:
        return message.room.has(Room.owner == me.id)

    @allow(Message, "read", to="moody")
    def of_mood(message: type[Message], me: Me) -> Rule:
        return (message.mood == me.claim("mood")) | message.serial.in_(me.claims("serials", int))

    @allow(Message, "read", to="listed")
    def of_bodies(message: type[Message], me: Me) -> Rule:
        return message.body.in_(["one", "two"]) & (func.lower(message.body) == me.claim("body", str))

    made = serve(relay=True)
    made.sql(
        f"""
        INSERT INTO rooms (id, owner) VALUES (1, '{_stored(made, _FIRST)}'), (2, '{_stored(made, _SECOND)}'),
            (3, '{_stored(made, _FIRST)}');
        INSERT INTO messages (id, room_id, body, code, price, weight, serial, mood, seen) VALUES
            (1, 1, 'one', 'abc', 1.10, 0.5, 9007199254740993, 'GLAD', true),
            (2, 1, 'two', 'ab', 2.25, 1e300, -1, 'SAD', false),
            (3, 2, 'a "quoted\\ {{text}}, ü', NULL, NULL, NULL, NULL, NULL, true),
            (4, 2, 'one', 'b', 3.00, 2, 4, 'SAD', false),
            (5, 3, 'two', 'c', 4.00, 3, 5, 'GLAD', true);
        """
    )
    return made


def _stored(backend: Backend, value: UUID) -> str:
    return value.hex if backend.place.dialect == "sqlite" else str(value)


def _user(id_: Any = None, role: str = "user", **claims: Any) -> Caller:
    return Caller(id=id_, role=role, roles=frozenset({role}), claims=claims)


_OWNERS = (_user(str(_FIRST)), _user(str(_SECOND)), _user("none"), _user())
_BY_ROOM = "query($room: Int!) { messages(where: {roomId: {_eq: $room}}, orderBy: {id: DESC}, limit: 2) { id body } }"


def _answers(backend: Backend, document: str, asks: list[Ask]) -> list[tuple[bytes | None, ...]]:
    asked = compiled_for(backend, document, asks)
    assert asked is not None
    expected = asked.alone()
    assert asked.together() == expected
    return expected


def test_callers_and_variables_differ_within_one_execution(backend: Backend) -> None:
    asks: list[Ask] = [({"room": room}, caller) for room in (1, 2, 3, 4) for caller in _OWNERS]

    answers = _answers(backend, _BY_ROOM, asks)

    assert answers[0] == (b'{"id":2,"body":"two"},{"id":1,"body":"one"}',)
    assert answers[1] == (None,)
    assert json.loads(b"[" + (answers[5][0] or b"") + b"]")[1] == {"id": 3, "body": 'a "quoted\\ {text}, ü'}
    assert len(set(answers)) == 4


@pytest.mark.parametrize(
    ("where", "type_", "values"),
    [
        ("body: {_eq: $v}", "String", ["one", 'a "quoted\\ {text}, ü', "", "\u2028\n\t", "%"]),
        ("body: {_like: $v}", "String", ["%o%", "\\\\%", "_ne"]),
        ("body: {_in: $v}", "[String!]", [["one"], [], ['a "quoted\\ {text}, ü', "NULL"], ["", "two", "{}"]]),
        ("code: {_eq: $v}", "String", ["abc", "abcd", "b"]),
        ("price: {_gte: $v}", "Decimal", [2.25, 3, 1.5]),
        ("weight: {_eq: $v}", "Float", [0.5, 2.0, 3.0, -0.0]),
        ("serial: {_eq: $v}", "BigInt", [9007199254740993, -1, 5]),
        ("serial: {_in: $v}", "[BigInt!]", [[9007199254740993, -1], [5], []]),
        ("mood: {_eq: $v}", "Mood", ["GLAD", "SAD"]),
        ("seen: {_eq: $v}", "Boolean", [True, False]),
        ("room: {owner: {_eq: $v}}", "UUID", [str(_FIRST), str(_SECOND)]),
        ("room: {owner: {_in: $v}}", "[UUID!]", [[str(_FIRST)], [str(_SECOND), str(_FIRST)]]),
        ("room: {messagesAggregate: {count: {predicate: {_gt: $v}}}}", "Int", [0, 1, 5]),
    ],
)
def test_values_of_every_kind_travel_as_they_are(backend: Backend, where: str, type_: str, values: list[Any]) -> None:
    document = f"query($v: {type_}!) {{ messages(where: {{{where}}}, orderBy: {{id: ASC}}) {{ id }} }}"
    asks: list[Ask] = [({"v": value}, _user(role="admin")) for value in values]

    answers = _answers(backend, document, asks)

    assert len(set(answers)) > 1


def test_sizes_and_cursors_of_pages(backend: Backend) -> None:
    document = """query($first: Int!, $after: String) {
        messagesConnection(first: $first, after: $after, orderBy: {serial: ASC_NULLS_LAST}) {
            edges { node { id } } pageInfo { hasNextPage endCursor } } }"""
    admin = _user(role="admin")
    first = backend.data(document.replace(", $after: String", "").replace(", after: $after", ""), first=1)
    second = backend.data(document, first=1, after=first["messagesConnection"]["pageInfo"]["endCursor"])
    cursors = [each["messagesConnection"]["pageInfo"]["endCursor"] for each in (first, second)]

    answers = _answers(backend, document, [({"first": 2, "after": cursor}, admin) for cursor in cursors])

    pages = [json.loads(text or b"null") for (text,) in answers]
    assert [[edge["node"]["id"] for edge in page["edges"]] for page in pages] == [[4, 5], [5, 1]]


def test_limits_are_values_of_members_where_the_database_lets_them(backend: Backend) -> None:
    document = "query($n: Int!, $room: Int!) { messages(where: {roomId: {_eq: $room}}, limit: $n) { id } }"
    admin = _user(role="admin")
    asked = compiled_for(backend, document, [({"n": n, "room": 1}, admin) for n in (17, 18)])
    assert asked is not None

    if backend.place.dialect == "sqlite":
        assert len({asked.members.group(each) for each in asked.parameters}) == 2
        assert len(asked.members.shared) == 1
    else:
        assert asked.members.shared == ()
        assert asked.together() == asked.alone()


def test_rules_over_enums_lists_of_claims_and_constants(backend: Backend) -> None:
    document = "{ messages(orderBy: {id: ASC}) { id body } }"
    moods = [_user(role="moody", mood=mood, serials=serials) for mood in ("GLAD", "SAD", None) for serials in ([4], [])]
    bodies = [_user(role="listed", body=body) for body in ("one", "two", "three", 5)]

    glad, _, sad, *_, none = _answers(backend, document, [({}, caller) for caller in moods])
    one, two, three, five = _answers(backend, document, [({}, caller) for caller in bodies])

    assert glad != sad
    assert none == three == five == (None,)
    assert one != two


def test_several_root_fields_and_namespaces(backend: Backend) -> None:
    document = """query($room: Int!) {
        here: room(id: $room) { id messages(orderBy: {id: ASC}) { id } }
        all: messagesAggregate { aggregate { count } groups(by: [roomId]) { keys { roomId } aggregate { count } } }
        __typename }"""

    answers = _answers(backend, document, [({"room": room}, caller) for room in (1, 2) for caller in _OWNERS])

    assert answers[0][0] == b'{"id":1,"messages":[{"id":1},{"id":2}]}'
    assert answers[1][0] is None
    assert len({all_ for _, all_ in answers}) == 3


def test_one_text_serves_any_number_of_members(backend: Backend) -> None:
    asked = compiled_for(backend, _BY_ROOM, [({"room": 1}, _OWNERS[0])])
    assert asked is not None
    alone = asked.alone()[0]

    for count in (1, 2, 300):
        parameters = asked.members.parameters(list(asked.parameters) * count)
        rows = backend.run(backend.engine.read_all(asked.members.sql, parameters))
        assert {row[0]: tuple(row[1:]) for row in rows} == dict.fromkeys(range(count), alone)


def test_an_index_finds_the_rows_of_each_member(backend: Backend) -> None:
    asked = compiled_for(backend, _BY_ROOM, [({"room": 1}, _OWNERS[0]), ({"room": 2}, _OWNERS[1])])
    assert asked is not None
    parameters = asked.members.parameters(asked.parameters)

    if backend.place.dialect == "sqlite":
        rows = backend.run(backend.engine.read_all("EXPLAIN QUERY PLAN " + asked.members.sql, parameters))
        plan = b"\n".join(row[3] for row in rows).decode()
        assert "SEARCH m1 USING INDEX ix_messages_room_id (room_id=?)" in plan
    else:
        backend.sql(
            "INSERT INTO messages (id, room_id, body, seen) SELECT 100 + i, 3, 'more', true FROM generate_series(1, 5000) i;"
            "ANALYZE messages"
        )
        rows = backend.run(backend.engine.read_all("EXPLAIN " + asked.members.sql, parameters))
        plan = b"\n".join(row[0] for row in rows).decode()
        assert "Seq Scan on messages" not in plan


def test_no_table_may_be_called_as_the_relation(serve: Callable[..., Backend]) -> None:
    class PorticoMember(Model):
        __tablename__ = "portico_members"
        id: Mapped[IntId]
        p1: Mapped[int]

    allow(PorticoMember, "read", when=everyone)

    with pytest.raises(Problems, match=r"PT203.*called like Portico's own"):
        serve()


def test_nothing_is_compiled_where_nothing_reads(backend: Backend) -> None:
    executor = backend.executor
    operation, literals = executor.documents.find("{ __typename }", None, executor.role(_OWNERS[0]))
    key, _ = operation.read({}, literals)

    with pytest.raises(ValueError, match="nothing reads"):
        compile_members(operation.guarded(key), executor.documents.dialect)


def test_what_json_carries_exactly() -> None:
    exact = (None, True, 0, -(2**63), 2**63 - 1, 0.5, -2.25, 3.0, 1e15, float("inf"), "", 'a"\\\n\u2028ü😀')
    other = (2**63, 0.1, 1e300 / 3, float("nan"), "a\0b", "\ud800", b"bytes", Decimal("1.1"))

    assert all(is_exact_in_json(value) for value in exact)
    assert not any(is_exact_in_json(value) for value in other)


def test_a_list_as_postgres_reads_it() -> None:
    assert array_text(None) is None
    assert array_text([]) == "{}"
    assert array_text([1, None, "NULL", 'a"\\{},', True, _FIRST, float("inf")]) == (
        '{1,NULL,"NULL","a\\"\\\\{},",true,00000000-0000-0000-0000-000000000001,inf}'
    )
    assert array_text([[1, 2], [3, 4]]) == "{{1,2},{3,4}}"


def test_equal_numbers_of_other_types_are_other_parameters() -> None:
    assert len({frozen([1]), frozen([1.0]), frozen([True]), frozen([[1]])}) == 4
    assert frozen([[1, [2]], "a"]) == frozen(((1, (2,)), "a"))
