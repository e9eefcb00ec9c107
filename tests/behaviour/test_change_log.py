"""The change log: every committed change of a logged table once and in the order of commits, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest
from sqlalchemy.orm import Mapped

from portico.resolvers.problems import OwnTableMissing
from portico.resolvers.run.changes import Forgotten, Position
from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Place
from tests.support.change_logs import Logged, after

Opening = Callable[..., Logged]


@pytest.fixture
def logged(declared: Declarations, place: Place) -> Generator[Opening]:
    """Migrates what the test has declared, and reads its log: `log = logged()`."""
    opened: list[Logged] = []

    def open_log(**settings: object) -> Logged:
        opened.append(Logged(declared, place, **settings))
        return opened[-1]

    yield open_log
    for each in opened:
        each.close()


@pytest.fixture
def notes(logged: Opening) -> Logged:
    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str | None]

    allow(Note, "read", when=everyone)
    return logged()


def test_inserts_updates_and_deletes_by_others_are_told_with_both_rows(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id, text) VALUES (1, 'a'), (2, NULL)")
    notes.sql("UPDATE notes SET text = 'b' WHERE id = 1", "DELETE FROM notes WHERE id = 2")

    assert notes.told() == [
        ("insert", "notes", None, {"id": 1, "text": "a"}),
        ("insert", "notes", None, {"id": 2, "text": None}),
        ("update", "notes", {"id": 1, "text": "a"}, {"id": 1, "text": "b"}),
        ("delete", "notes", {"id": 2, "text": None}, None),
    ]
    assert notes.told() == []


def test_updates_that_change_nothing_are_not_told(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id, text) VALUES (1, 'a'), (2, NULL)")
    notes.changes()
    notes.sql("UPDATE notes SET text = text", "UPDATE notes SET text = NULL WHERE id = 2")
    assert notes.told() == []


def test_what_is_rolled_back_is_not_told(notes: Logged) -> None:
    with notes.open_transaction() as other:
        other.execute("INSERT INTO notes (id) VALUES (1)")
        other.execute("ROLLBACK")
    notes.sql("INSERT INTO notes (id) VALUES (2)")
    assert [each.new and each.new["id"] for each in notes.changes()] == [2]


def test_batches_follow_one_another_without_gap_or_repetition(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id) VALUES " + ", ".join(f"({number})" for number in range(1, 26)))
    batches = [notes.batch(10) for _ in range(4)]
    assert [(len(batch.changes), batch.is_full) for batch in batches] == [
        (10, True),
        (10, True),
        (5, False),
        (0, False),
    ]
    ids = [change.new["id"] for batch in batches for change in batch.changes if change.new]
    assert ids == list(range(1, 26))
    assert after(Position(0), [change for batch in batches for change in batch.changes])


def test_changes_carry_when_they_were_made(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    notes.sql("INSERT INTO notes (id) VALUES (2)")
    first, second = notes.changes()
    assert 1_600_000_000 < first.at <= second.at < 10_000_000_000
    assert (first.actor, first.trace) == (None, None)


def test_an_emptied_table_is_told_of_as_a_whole_or_row_by_row(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    notes.changes()
    if notes.place.dialect == "sqlite":
        notes.sql("DELETE FROM notes")
        assert notes.told() == [("delete", "notes", {"id": 1, "text": None}, None)]
    else:
        notes.sql("TRUNCATE notes")
        assert notes.told() == [("truncate", "notes", None, None)]


def test_a_position_that_was_never_given_is_forgotten(notes: Logged) -> None:
    head = notes.run(notes.log.head())
    with pytest.raises(Forgotten):
        notes.run(notes.log.since(Position(head.sequence + 1), 10))


def test_what_is_too_much_or_too_old_is_forgotten_and_never_skipped(notes: Logged) -> None:
    before = notes.position
    for number in range(1, 8):
        notes.sql(f"INSERT INTO notes (id) VALUES ({number})")
    middle = notes.batch(5).upto
    notes.changes()

    notes.run(notes.open(keep_rows=2).sweep())
    with pytest.raises(Forgotten):
        notes.run(notes.log.since(before, 10))
    assert [change.new["id"] for change in notes.run(notes.log.since(middle, 10)).changes if change.new] == [6, 7]

    notes.run(notes.open(keep_hours=-1.0).sweep())
    with pytest.raises(Forgotten):
        notes.run(notes.log.since(middle, 10))
    assert notes.changes() == []
    notes.sql("INSERT INTO notes (id) VALUES (8)")
    assert [change.new["id"] for change in notes.changes() if change.new] == [8]


def test_sweeping_many_goes_batch_by_batch_to_the_end(notes: Logged) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
    notes.sql(
        f"INSERT INTO notes (id) {many} SELECT i FROM n"
        if notes.place.dialect == "sqlite"
        else f"{many} INSERT INTO notes (id) SELECT i FROM n"
    )
    notes.run(notes.log.since(notes.position, 1))
    notes.run(notes.open(keep_rows=10).sweep())
    rows = notes.rows("SELECT count(*) FROM portico_changes")
    assert rows == [(10,)]


def test_who_waits_is_told(notes: Logged) -> None:
    while notes.run(notes.log.wait(0.2)):
        notes.changes()
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    assert notes.run(notes.log.wait(20))
    assert len(notes.changes()) == 1


def test_two_readers_are_told_the_same_whenever_they_began(notes: Logged) -> None:
    begun = notes.position
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    other = notes.open()
    notes.sql("INSERT INTO notes (id) VALUES (2)")
    first, second = (list(notes.run(log.since(begun, 10)).changes) for log in (notes.log, other))
    assert [change.position for change in first] == [change.position for change in second]
    assert len(first) == 2


def test_a_reader_goes_on_where_one_before_it_ended(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    notes.changes()
    notes.run(notes.log.close())
    notes.sql("INSERT INTO notes (id) VALUES (2)")
    notes.log = notes.open()
    assert notes.told() == [("insert", "notes", None, {"id": 2, "text": None})]


def test_the_log_knows_its_tables_and_itself(notes: Logged) -> None:
    assert notes.log.tables == {"notes"}
    identity = notes.log.identity
    assert identity is not None
    assert identity == notes.open().identity
    assert len(identity.key) == 32


def test_without_a_log_there_are_no_tables_and_what_is_asked_is_refused(logged: Opening) -> None:
    class Note(Model):
        id: Mapped[IntId]

    allow(Note, "read", when=everyone)
    off = logged(realtime=False)
    assert off.log.tables == frozenset()
    assert off.log.identity is None
    with pytest.raises(OwnTableMissing):
        off.run(off.log.head())
    with pytest.raises(OwnTableMissing):
        off.changes()
    off.run(off.log.sweep())
