"""The order of the change log on Postgres, where transactions commit in another order than they write in."""

from __future__ import annotations

from collections.abc import Generator

import asyncpg
import pytest
from sqlalchemy.orm import Mapped

from portico.resolvers.run.changes import Change
from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Place
from tests.support.change_logs import Logged
from tests.support.postgres import fresh_database


@pytest.fixture
def notes(declared: Declarations, postgres: str) -> Generator[Logged]:
    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str | None]

    allow(Note, "read", when=everyone)
    with fresh_database(postgres) as url:
        made = Logged(declared, Place("postgres", url))
        yield made
        made.close()


def ids(changes: object) -> list[int]:
    assert isinstance(changes, list | tuple)
    return [change.new["id"] for change in changes if isinstance(change, Change) and change.new is not None]


def told(notes: Logged, least: int) -> list[int]:
    """The ids of the changes to come, at least so many."""
    found: list[int] = []
    while len(found) < least:
        assert notes.run(notes.log.wait(20))
        found += ids(notes.changes())
    return found


def test_a_transaction_that_wrote_first_and_commits_last_is_not_lost(notes: Logged) -> None:
    with notes.open_transaction() as slow:
        slow.execute("INSERT INTO notes (id) VALUES (1)")
        notes.sql("INSERT INTO notes (id) VALUES (2)")
        batch = notes.batch()
        assert ids(batch.changes) == []
        assert ids(batch.early) == [2]
        assert ids(notes.batch().early) == []
        notes.sql("INSERT INTO notes (id) VALUES (3)")
        assert ids(notes.batch().early) == [3]
        slow.execute("COMMIT")
    assert told(notes, 3) == [1, 2, 3]
    assert ids(notes.batch().early) == []


def test_a_transaction_that_began_last_and_wrote_first_is_not_lost(notes: Logged) -> None:
    notes.sql("CREATE TABLE others (id int)")
    with notes.open_transaction() as younger, notes.open_transaction() as older:
        older.execute("INSERT INTO others VALUES (1)")
        younger.execute("INSERT INTO notes (id) VALUES (1)")
        older.execute("INSERT INTO notes (id) VALUES (2)")
        older.execute("COMMIT")
        batch = notes.batch()
        assert (ids(batch.changes), ids(batch.early)) == ([], [2])
        younger.execute("COMMIT")
    assert told(notes, 2) == [1, 2]


def test_what_a_rolled_back_transaction_held_up_is_told_without_anybody_saying_so(notes: Logged) -> None:
    with notes.open_transaction() as slow:
        slow.execute("INSERT INTO notes (id) VALUES (1)")
        notes.sql("INSERT INTO notes (id) VALUES (2)")
        assert ids(notes.changes()) == []
        slow.execute("ROLLBACK")
    assert told(notes, 1) == [2]


def test_a_row_changed_by_an_older_transaction_last_is_told_so(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id, text) VALUES (1, 'first')", "CREATE TABLE others (id int)")
    notes.changes()
    with notes.open_transaction() as older, notes.open_transaction() as between:
        older.execute("INSERT INTO others VALUES (1)")
        between.execute("INSERT INTO others VALUES (2)")
        notes.sql("UPDATE notes SET text = 'second' WHERE id = 1")
        older.execute("UPDATE notes SET text = 'third' WHERE id = 1")
        older.execute("COMMIT")
        seen = [notes.changes()]
        between.execute("COMMIT")
    while sum(map(len, seen)) < 2:
        assert notes.run(notes.log.wait(20))
        seen.append(notes.changes())
    texts = [change.new["text"] for changes in seen for change in changes if change.new is not None]
    assert texts == ["second", "third"]


def test_an_open_transaction_that_logs_nothing_holds_up_nobody_for_long(notes: Logged) -> None:
    notes.sql("CREATE TABLE others (id int)")
    with notes.open_transaction() as idle:
        idle.execute("INSERT INTO others VALUES (1)")
        for number in (1, 2, 3):
            notes.sql(f"INSERT INTO notes (id) VALUES ({number})")
        assert told(notes, 3) == [1, 2, 3]


def test_a_reader_that_begins_while_a_transaction_is_open_gets_what_it_commits(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    with notes.open_transaction() as slow:
        slow.execute("INSERT INTO notes (id) VALUES (2)")
        notes.sql("INSERT INTO notes (id) VALUES (3)")
        notes.log = notes.open()
        notes.position = notes.run(notes.log.head())
        assert ids(notes.changes()) == []
        slow.execute("COMMIT")
    found = told(notes, 2)
    assert found == [2, 3]


def test_a_position_that_one_reader_gave_is_good_for_another_that_knows_less(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    notes.changes()
    with notes.open_transaction() as slow:
        slow.execute("INSERT INTO notes (id) VALUES (2)")
        notes.log = notes.open()
        notes.sql("INSERT INTO notes (id) VALUES (3)")
        before = notes.position
        assert notes.batch().upto == before
        slow.execute("COMMIT")
    assert told(notes, 2) == [2, 3]


def test_a_copy_of_the_database_has_a_log_of_its_own(notes: Logged, postgres: str) -> None:
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    notes.run(notes.log.close())
    name = notes.place.url.partition("?")[0].rpartition("/")[2]
    identity = notes.log.identity
    with fresh_database(postgres, template=name) as url:
        copy = Logged(notes.declarations, Place("postgres", url))
        try:
            assert copy.log.identity is not None
            assert identity is not None
            assert copy.log.identity.epoch != identity.epoch
            assert copy.changes() == []
            copy.sql("INSERT INTO notes (id) VALUES (2)")
            assert ids(copy.changes()) == [2]
        finally:
            copy.close()


def test_writers_without_rights_on_the_log_fill_it_and_cannot_read_or_write_it(notes: Logged) -> None:
    notes.sql(
        "DROP ROLE IF EXISTS portico_test_clerk",
        "CREATE ROLE portico_test_clerk LOGIN",
        "GRANT ALL ON notes TO portico_test_clerk",
    )
    clerk = notes.place.url.replace("postgres@", "portico_test_clerk@")

    async def work() -> None:
        connection = await asyncpg.connect(clerk)
        try:
            await connection.execute("SET search_path = pg_temp; SET timezone = 'Asia/Tokyo'")
            await connection.execute("INSERT INTO public.notes (id) VALUES (1)")
            for forbidden in ("SELECT * FROM public.portico_changes", "DELETE FROM public.portico_changes"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(forbidden)
        finally:
            await connection.close()

    try:
        notes.run(work())
        assert ids(notes.changes()) == [1]
    finally:
        notes.sql("DROP OWNED BY portico_test_clerk", "DROP ROLE portico_test_clerk")


def test_a_lost_connection_is_opened_again_and_nothing_is_lost(notes: Logged) -> None:
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'portico changes'"
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    notes.rows(f"{end} AND datname = current_database()")
    notes.sql("INSERT INTO notes (id) VALUES (2)")
    assert told(notes, 2) == [1, 2]
    notes.sql("INSERT INTO notes (id) VALUES (3)")
    assert told(notes, 1) == [3]
