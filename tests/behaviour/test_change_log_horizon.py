"""Is nothing passed over on Postgres, where sequences are taken in one order and seen in another: changes are told once all before them have come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import asyncpg
import pytest
from sqlalchemy.orm import Mapped

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Place
from tests.support.change_logs import Logged
from tests.support.postgres import fresh_database

Work = Callable[[Any, Any, Logged], Coroutine[Any, Any, None]]


@pytest.fixture
def notes(declared: Declarations, postgres: str) -> Generator[Logged]:
    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str]

    class Other(Model):
        __tablename__ = "others"
        id: Mapped[IntId]

    allow(Note, "read", when=everyone)
    del Other
    with fresh_database(postgres) as url:
        logged = Logged(declared, Place("postgres", url))
        yield logged
        logged.close()


def by_two_writers(notes: Logged, work: Work) -> None:
    """Runs work with two connections of others."""

    async def run() -> None:
        first, second = [await asyncpg.connect(notes.place.url) for _ in range(2)]
        try:
            await work(first, second, notes)
        finally:
            await first.close()
            await second.close()

    notes.run(run())


async def told(notes: Logged) -> list[str]:
    """The texts of the rows that are told since the last call."""
    batch = await notes.log.since(notes.position, 1000)
    notes.position = batch.upto
    return [change.new["text"] for change in batch.changes if change.new is not None]


async def told_of(notes: Logged, wanted: list[str]) -> None:
    """Waits until exactly these were told, in this order."""
    found: list[str] = []
    async with asyncio.timeout(20):
        while len(found) < len(wanted):
            found += await told(notes)
            await asyncio.sleep(0.002)
    assert found == wanted


def test_an_open_transaction_with_a_later_number_and_an_earlier_sequence_is_waited_for(notes: Logged) -> None:
    async def work(first: asyncpg.Connection, second: asyncpg.Connection, notes: Logged) -> None:
        await first.execute("BEGIN; INSERT INTO others (id) VALUES (1)")  # takes its number
        await second.execute("BEGIN; INSERT INTO notes (id, text) VALUES (1, 'earlier')")
        await first.execute("INSERT INTO notes (id, text) VALUES (2, 'later'); COMMIT")
        assert await told(notes) == []  # the other has ended none with a higher number, and is open

        await second.execute("COMMIT")
        await told_of(notes, ["earlier", "later"])

    by_two_writers(notes, work)


def test_changes_of_a_row_come_in_their_order_whatever_the_numbers_of_the_transactions_are(notes: Logged) -> None:
    async def work(first: asyncpg.Connection, second: asyncpg.Connection, notes: Logged) -> None:
        await first.execute("INSERT INTO notes (id, text) VALUES (1, 'new')")
        await first.execute("BEGIN; INSERT INTO others (id) VALUES (1)")
        await second.execute("UPDATE notes SET text = 'once'")
        await first.execute("UPDATE notes SET text = 'twice'; COMMIT")
        await told_of(notes, ["new", "once", "twice"])

    by_two_writers(notes, work)
