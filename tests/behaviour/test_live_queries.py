"""What does a live query say: the answer now, and again whenever it is another, to those whom the change concerns alone."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Generator

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.problems import InvalidCursor, InvalidPosition, NotLogged
from portico.schema import IntId, Me, Model, Rule, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Place
from tests.support.live import LiveBackend

LINES = "subscription ($room: Int!) { lines(where: {roomId: {_eq: $room}}, orderBy: {id: ASC}) { id text } }"


@pytest.fixture
def live(declared: Declarations, place: Place) -> Generator[Callable[..., LiveBackend]]:
    """Serves what the test has declared."""
    opened: list[LiveBackend] = []

    def open_backend(**settings: object) -> LiveBackend:
        backend = LiveBackend(declared, place, **settings)
        opened.append(backend)
        return backend

    yield open_backend
    for backend in opened:
        backend.close()


@pytest.fixture
def chat(live: Callable[..., LiveBackend]) -> LiveBackend:
    class Room(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        members: Mapped[list[Member]] = relationship(back_populates="room")
        lines: Mapped[list[Line]] = relationship(back_populates="room")

    class Member(Model):
        room_id: Mapped[int] = mapped_column(ForeignKey(Room.id), primary_key=True)
        user_id: Mapped[int] = mapped_column(primary_key=True)
        room: Mapped[Room] = relationship(back_populates="members")

    class Line(Model):
        id: Mapped[IntId]
        room_id: Mapped[int] = mapped_column(ForeignKey(Room.id), index=True)
        text: Mapped[str]
        room: Mapped[Room] = relationship(back_populates="lines")

    allow(Room, "all", when=everyone, to="user")

    @allow(Line, "all", to="user")
    def in_my_rooms(line: type[Line], me: Me) -> Rule:
        return line.room.has(Room.members.any(Member.user_id == me.id))

    allow(Member, "read", when=everyone, to="user")
    backend = live()
    backend.sql("INSERT INTO rooms (id, title) VALUES (1, 'Garden'), (2, 'Cellar')")
    backend.sql("INSERT INTO members (room_id, user_id) VALUES (1, 7), (2, 8), (1, 8)")
    return backend


def said(*lines: tuple[int, str]) -> object:
    return {"lines": [{"id": key, "text": text} for key, text in lines]}


def test_a_live_query_answers_now_and_whenever_it_would_answer_otherwise(chat: LiveBackend) -> None:
    ear = chat.subscribe(LINES, role="user", id=7, room=1)
    assert ear.next() == said()

    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 1, 'Good morning')")
    assert ear.next() == said((1, "Good morning"))
    chat.sql("UPDATE lines SET text = 'Good evening' WHERE id = 1")
    assert ear.next() == said((1, "Good evening"))
    chat.sql("DELETE FROM lines")
    assert ear.next() == said()


def test_what_is_written_by_others_in_one_transaction_is_heard_as_one(chat: LiveBackend) -> None:
    ear = chat.subscribe(LINES, role="user", id=7, room=1)
    ear.next()

    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 1, 'a')", "UPDATE lines SET text = 'b'")

    assert ear.next() == said((1, "b"))


def test_who_may_not_see_hears_nothing_until_they_may(chat: LiveBackend) -> None:
    outside = chat.subscribe(LINES, role="user", id=7, room=2)
    inside = chat.subscribe(LINES, role="user", id=8, room=2)
    assert (outside.next(), inside.next()) == (said(), said())

    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 2, 'secret')")
    assert inside.next() == said((1, "secret"))
    assert outside.is_silent()

    chat.sql("INSERT INTO members (room_id, user_id) VALUES (2, 7)")
    assert outside.next() == said((1, "secret"))
    chat.sql("DELETE FROM members WHERE user_id = 7")
    assert outside.next() == said()


def test_those_who_ask_the_same_share_a_statement(chat: LiveBackend) -> None:
    ears = [chat.subscribe(LINES, role="user", id=7, room=1) for _ in range(20)]
    others = [chat.subscribe(LINES, role="user", id=8, room=2) for _ in range(20)]
    for ear in ears + others:
        ear.next()
    chat.engine.statements.clear()

    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 1, 'a')")

    assert [ear.next() for ear in ears] == [said((1, "a"))] * 20
    assert all(other.is_silent() for other in others)
    assert len(chat.engine.statements) == 1


def test_a_subscription_that_comes_back_hears_nothing_where_nothing_has_changed(chat: LiveBackend) -> None:
    first = chat.subscribe(LINES, role="user", id=7, room=1)
    position = first.body()["extensions"]["portico"]["position"]
    first.close()

    again = chat.subscribe(LINES, role="user", id=7, room=1, position=position)
    other = chat.subscribe(LINES, role="user", id=8, room=1)
    other.next()
    assert again.is_silent()
    again.close()
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 1, 'a')")
    assert other.next() == said((1, "a"))

    assert chat.subscribe(LINES, role="user", id=7, room=1, position=position).next() == said((1, "a"))


STREAM = """subscription ($after: Int!) {
  linesStream(batchSize: 2, cursor: [{initialValue: {id: $after}}]) { id text }
}"""


def test_a_stream_gives_every_row_once_and_in_order(chat: LiveBackend) -> None:
    chat.sql(*(f"INSERT INTO lines (id, room_id, text) VALUES ({key}, 1, 'l{key}')" for key in range(1, 6)))
    ear = chat.subscribe(STREAM, role="user", id=7, after=0)

    batches = [ear.next()["linesStream"] for _ in range(3)]
    assert [[row["id"] for row in batch] for batch in batches] == [[1, 2], [3, 4], [5]]
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (6, 2, 'not mine'), (7, 1, 'mine')")
    assert [row["id"] for row in ear.next()["linesStream"]] == [7]


def test_changes_tell_each_event_as_the_caller_may_see_it(chat: LiveBackend) -> None:
    document = "subscription { linesChanges { verb key { id } old { text } new { text } position } }"
    ear = chat.subscribe(document, role="user", id=7)
    assert ear.next() == {"linesChanges": []}

    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 1, 'a'), (2, 2, 'hidden')")
    (event,) = ear.next()["linesChanges"]
    assert (event["verb"], event["key"], event["old"], event["new"]) == ("INSERT", {"id": 1}, None, {"text": "a"})
    chat.sql("UPDATE lines SET text = 'b' WHERE id = 1", "UPDATE lines SET text = 'still hidden' WHERE id = 2")
    (event,) = ear.next()["linesChanges"]
    assert (event["verb"], event["old"], event["new"]) == ("UPDATE", {"text": "a"}, {"text": "b"})
    position = event["position"]
    chat.sql(
        "UPDATE lines SET room_id = 2 WHERE id = 1", "UPDATE lines SET room_id = 1 WHERE id = 2", "DELETE FROM lines"
    )

    events = ear.next()["linesChanges"]
    told = [("DELETE", 1, None, None), ("INSERT", 2, None, "still hidden"), ("DELETE", 2, "still hidden", None)]

    def flat(event: dict[str, dict[str, object] | None]) -> tuple[object, ...]:
        key, old, new = (event[name] or {} for name in ("key", "old", "new"))
        return event["verb"], key["id"], old.get("text"), new.get("text")

    assert [flat(event) for event in events] == told
    again = chat.subscribe(document, role="user", id=7, position=position)
    assert [flat(event) for event in again.next()["linesChanges"]] == told


def test_a_client_that_does_not_read_gets_every_event_once_it_does(chat: LiveBackend) -> None:
    ear = chat.subscribe("subscription { linesChanges(batchSize: 2) { verb key { id } } }", role="user", id=7)
    ear.next()
    ear.block()

    other = chat.subscribe(LINES, role="user", id=7, room=1)
    other.next()
    for key in range(1, 6):
        chat.sql(f"INSERT INTO lines (id, room_id, text) VALUES ({key}, 1, 'l{key}')")
        other.next()
    assert ear.is_silent()

    ear.unblock()
    told = [event["key"]["id"] for _ in range(3) for event in ear.next()["linesChanges"]]
    assert told == [1, 2, 3, 4, 5]


def test_a_stream_waits_for_a_client_that_does_not_read(chat: LiveBackend) -> None:
    ear = chat.subscribe(STREAM, role="user", id=7, after=0)
    other = chat.subscribe(LINES, role="user", id=7, room=1)
    other.next()
    ear.block()
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 1, 'a')")
    other.next()
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (2, 1, 'b')")
    other.next()
    assert ear.is_silent()

    ear.unblock()
    assert [row["id"] for row in ear.next()["linesStream"]] == [1, 2]


def test_a_stream_that_comes_back_goes_on_behind_what_it_had(chat: LiveBackend) -> None:
    chat.sql(*(f"INSERT INTO lines (id, room_id, text) VALUES ({key}, 1, 'l{key}')" for key in range(1, 5)))
    first = chat.subscribe(STREAM, role="user", id=7, after=0)
    position = first.body()["extensions"]["portico"]["position"]
    first.close()

    again = chat.subscribe(STREAM, role="user", id=7, after=0, position=position)

    assert [row["id"] for row in again.next()["linesStream"]] == [3, 4]


def test_other_credentials_see_what_they_may(chat: LiveBackend) -> None:
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 2, 'secret')")
    ear = chat.subscribe(LINES, role="user", id=8, room=2)
    assert ear.next() == said((1, "secret"))

    assert ear.subscription is not None
    chat.act_as(ear, role="user", id=7)

    assert ear.next() == said()


CHANGES = "subscription { linesChanges { verb key { id } } }"


def test_a_live_query_may_ask_for_lists_of_values(chat: LiveBackend) -> None:
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 1, 'c')")
    document = "subscription ($ids: [Int!]!) { lines(where: {id: {_in: $ids}}, orderBy: {id: ASC}) { id text } }"
    first = chat.subscribe(document, role="user", id=7, ids=[1, 3])
    second = chat.subscribe(document, role="user", id=7, ids=[2])

    assert (first.next(), second.next()) == (said((1, "a"), (3, "c")), said((2, "b")))
    chat.sql("UPDATE lines SET text = 'd' WHERE id = 3")
    assert first.next() == said((1, "a"), (3, "d"))
    assert second.is_silent()


def test_other_credentials_go_on_where_those_before_were(chat: LiveBackend) -> None:
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c')")
    stream = chat.subscribe(STREAM, role="user", id=7, after=0)
    changes = chat.subscribe(CHANGES, role="user", id=7)
    query = chat.subscribe(LINES, role="user", id=7, room=1)
    assert [row["id"] for row in stream.next()["linesStream"]] == [1, 2]
    assert changes.next() == {"linesChanges": []}
    assert query.next() == said((1, "a"), (2, "b"))

    for ear in (stream, changes, query):
        chat.act_as(ear, role="user", id=8)
    chat.settle()
    assert [row["id"] for row in stream.next()["linesStream"]] == [3]
    assert changes.is_silent()
    assert query.is_silent()
    chat.sql("UPDATE lines SET text = 'd' WHERE id = 3")
    assert changes.next() == {"linesChanges": [{"verb": "UPDATE", "key": {"id": 3}}]}


def test_other_rules_lose_nothing_of_what_was_not_read(chat: LiveBackend, declared: Declarations) -> None:
    changes = chat.subscribe(CHANGES, role="user", id=7)
    stream = chat.subscribe(STREAM, role="user", id=7, after=0)
    changes.next()
    changes.block()
    stream.block()
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 1, 'a')")
    chat.settle()

    chat.reload(declared)
    chat.settle()
    assert changes.is_silent()
    for ear in (changes, stream):
        ear.unblock()

    assert changes.next() == {"linesChanges": [{"verb": "INSERT", "key": {"id": 1}}]}
    assert [row["id"] for row in stream.next()["linesStream"]] == [1]


def test_what_was_hidden_when_it_was_written_is_not_told_to_who_falls_behind(chat: LiveBackend) -> None:
    ear = chat.subscribe(CHANGES, role="user", id=7)
    ear.next()
    chat.settle()
    ear.block()
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (1, 2, 'not yet a member')")
    chat.settle()
    chat.sql("INSERT INTO members (room_id, user_id) VALUES (2, 7)")
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (2, 1, 'a')")
    chat.settle()
    ear.unblock()

    assert ear.next() == {"linesChanges": [{"verb": "INSERT", "key": {"id": 2}}]}


def test_credentials_that_may_not_ask_end_the_subscription(chat: LiveBackend) -> None:
    ear = chat.subscribe(LINES, role="user", id=8, room=2)
    ear.next()

    chat.act_as(ear, role="anonymous")

    assert [problem.code for problem in ear.end()] == ["PT102"]


def test_a_position_that_was_not_given_here_is_refused(chat: LiveBackend) -> None:
    with pytest.raises(InvalidPosition):
        chat.subscribe('subscription { linesChanges(since: "junk") { verb } }', role="user", id=7)
    with pytest.raises(InvalidCursor):
        chat.subscribe(STREAM, role="user", id=7, after=0, position="junk")


def test_a_query_and_a_mutation_are_answered_once(chat: LiveBackend) -> None:
    ear = chat.subscribe("{ rooms(orderBy: {id: ASC}) { title } }", role="user", id=7)

    assert ear.subscription is None
    assert ear.next() == {"rooms": [{"title": "Garden"}, {"title": "Cellar"}]}
    assert ear.end() == ()


def test_other_rules_hold_for_open_subscriptions_at_once(
    live: Callable[..., LiveBackend], declared: Declarations
) -> None:
    class Paper(Model):
        id: Mapped[IntId]
        kind: Mapped[str]

    allow(Paper, "read", when=everyone, to="user")
    backend = live()
    backend.sql("INSERT INTO papers (id, kind) VALUES (1, 'open'), (2, 'inner')")
    document = "subscription { papers(orderBy: {id: ASC}) { id } }"
    ear = backend.subscribe(document, role="user", id=7)
    assert [row["id"] for row in ear.next()["papers"]] == [1, 2]
    declared.rules.clear()

    @allow(Paper, "read", to="user")
    def open_ones(paper: type[Paper], me: Me) -> Rule:
        return paper.kind == "open"

    backend.reload(declared)
    assert [row["id"] for row in ear.next()["papers"]] == [1]
    declared.rules.clear()
    allow(Paper, "read", when=everyone, to="editor")
    backend.reload(declared)
    assert [problem.code for problem in ear.end()] == ["PT102"]


def test_what_the_log_does_not_tell_is_looked_at_again(live: Callable[..., LiveBackend]) -> None:
    class Paper(Model):
        id: Mapped[IntId]

    allow(Paper, "read", when=everyone, to="user")
    backend = live(realtime=False, live_poll_s=0.02)
    ear = backend.subscribe("subscription { papers { id } }", role="user", id=7)
    assert ear.next() == {"papers": []}

    backend.sql("INSERT INTO papers (id) VALUES (1)")

    assert ear.next() == {"papers": [{"id": 1}]}
    with pytest.raises(NotLogged):
        backend.subscribe("subscription { papersChanges { verb } }", role="user", id=7)


def test_lists_among_the_values_of_a_live_query(chat: LiveBackend) -> None:
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (801, 1, 'a'), (802, 1, 'b'), (803, 1, 'c')")
    document = "subscription ($ids: [Int!]!) { lines(where: {id: {_in: $ids}}, orderBy: {id: ASC}) { text } }"
    one, same, other = (chat.subscribe(document, ids=ids) for ids in ([801, 802], [801, 802], [803]))
    assert [[line["text"] for line in each.next()["lines"]] for each in (one, same, other)] == [
        ["a", "b"],
        ["a", "b"],
        ["c"],
    ]
    chat.sql("UPDATE lines SET text = 'B' WHERE id = 802")
    assert [[line["text"] for line in each.next()["lines"]] for each in (one, same)] == [["a", "B"], ["a", "B"]]


def test_an_answer_has_no_position_for_a_client_that_wants_none(chat: LiveBackend) -> None:
    chat.sql("INSERT INTO lines (id, room_id, text) VALUES (811, 1, 'a')")
    documents = (
        "subscription { lines(where: {id: {_eq: 811}}) { text } }",
        "subscription { linesStream(batchSize: 1, cursor: {initialValue: {id: 810}}) { text } }",
        "subscription { linesChanges { verb } }",
    )
    for document in documents:
        silent, telling = (chat.subscribe(document, tells_position=tells) for tells in (False, True))
        assert set(silent.body()) == {"data"}
        assert set(telling.body()) == {"data", "extensions"}


@pytest.mark.parametrize("value", [None, True, {}, [], "x", {"stored": [1]}, {"stored": "x\x00"}])
def test_a_cursor_of_another_type_is_refused_and_harms_nobody(
    live: Callable[..., LiveBackend], declared: Declarations, value: object
) -> None:
    class Parcel(Model):
        id: Mapped[IntId]
        weight: Mapped[float]

    allow(Parcel, "read", when=everyone, to="user")
    backend = live()
    backend.sql("INSERT INTO parcels (id, weight) VALUES (1, 1.5)")
    document = "subscription { parcelsStream(batchSize: 5, cursor: {initialValue: {weight: 0}}) { id } }"
    position = urlsafe_b64encode(json.dumps([value]).encode()).decode()
    good = backend.subscribe(document, role="user", id=7)
    try:
        backend.subscribe(document, role="user", id=8, position=position)
    except InvalidCursor:
        pass  # SQLite compares any text with a number, and what is behind it is what the client may see
    else:
        assert backend.place.dialect == "sqlite"
    assert good.next() == {"parcelsStream": [{"id": 1}]}
