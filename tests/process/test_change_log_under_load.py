"""The change log under load: many writers, readers that end and go on elsewhere; every commit once, rows in order."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Generator

import asyncpg
import pytest
from sqlalchemy.orm import Mapped

from portico.resolvers.run.changes import Change, ChangeLog, Position
from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Place
from tests.support.change_logs import Logged, sqlite_file

WRITERS = 8
# Each; PORTICO_TEST_OPERATIONS=2000 for the long form.
COMMITS = int(os.environ.get("PORTICO_TEST_OPERATIONS", "0")) or 60
READERS = 5
SHARED = 4


@pytest.fixture
def counters(declared: Declarations, place: Place) -> Generator[Logged]:
    class Counter(Model):
        id: Mapped[IntId]
        value: Mapped[int]

    allow(Counter, "read", when=everyone)
    made = Logged(declared, place)
    made.sql("INSERT INTO counters (id, value) VALUES " + ", ".join(f"({number}, 0)" for number in range(SHARED)))
    made.changes()
    yield made
    made.close()


async def write_to_postgres(url: str, writer: int) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET synchronous_commit = off")
        for number in range(COMMITS):
            async with connection.transaction():
                own = (writer + 1) * 1_000_000 + number
                await connection.execute(f"INSERT INTO counters (id, value) VALUES ({own}, {number})")
                if number % 3 == 0:
                    await asyncio.sleep(0.001 * (writer % 3))
                await connection.execute(f"UPDATE counters SET value = value + 1 WHERE id = {number % SHARED}")
            if number % 10 == 0:
                rolled_back = connection.transaction()
                await rolled_back.start()
                await connection.execute(f"UPDATE counters SET value = -1 WHERE id = {number % SHARED}")
                await rolled_back.rollback()
    finally:
        await connection.close()


def write_to_sqlite(path: str, writer: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    connection.execute("PRAGMA synchronous = OFF")
    for number in range(COMMITS):
        own = (writer + 1) * 1_000_000 + number
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"INSERT INTO counters (id, value) VALUES ({own}, {number})")
        connection.execute(f"UPDATE counters SET value = value + 1 WHERE id = {number % SHARED}")
        connection.execute("COMMIT")
    connection.close()


async def read_until_all(counters: Logged, position: Position) -> list[Change]:
    """Every change, read by several readers one after another, each of which goes on where the one before it was."""
    found: list[Change] = []
    expected = 2 * WRITERS * COMMITS
    share = expected // READERS
    while len(found) < expected:
        log = counters.make()
        await log.start()
        position = await _read(log, position, found, min(expected, len(found) + share))
        await log.close()
    return found


async def _read(log: ChangeLog, position: Position, found: list[Change], until: int) -> Position:
    while len(found) < until:
        batch = await log.since(position, 50)
        found += batch.changes
        position = batch.upto
        if not batch.is_full:
            await log.wait(5)
    return position


def test_every_commit_is_told_once_and_each_row_in_order(counters: Logged) -> None:
    place = counters.place

    async def work() -> list[Change]:
        reading = asyncio.create_task(read_until_all(counters, counters.position))
        if place.dialect == "postgres":
            writing = [write_to_postgres(place.url, writer) for writer in range(WRITERS)]
        else:
            writing = [asyncio.to_thread(write_to_sqlite, sqlite_file(place), writer) for writer in range(WRITERS)]
        await asyncio.gather(*writing)
        return await asyncio.wait_for(reading, 120)

    changes = counters.run(work())
    sequences = [change.position.sequence for change in changes]
    assert len(set(sequences)) == len(sequences) == 2 * WRITERS * COMMITS
    inserted = [change.new["id"] for change in changes if change.verb == "insert" and change.new is not None]
    assert sorted(inserted) == [
        (writer + 1) * 1_000_000 + number for writer in range(WRITERS) for number in range(COMMITS)
    ]
    for writer in range(WRITERS):
        own = [number for number in inserted if number // 1_000_000 == writer + 1]
        assert own == sorted(own)
    for shared in range(SHARED):
        values = [
            (change.old["value"], change.new["value"])
            for change in changes
            if change.verb == "update" and change.old and change.new and change.new["id"] == shared
        ]
        assert values == [(number, number + 1) for number in range(len(values))]
    assert counters.run(counters.log.since(Position(max(sequences)), 10)).changes in ([], ())


def test_another_process_counts_as_a_writer(counters: Logged) -> None:
    script = textwrap.dedent(
        """
        import sqlite3, sys
        connection = sqlite3.connect(sys.argv[1])
        with connection:
            connection.execute("UPDATE counters SET value = 7 WHERE id = 1")
        """
    )
    if counters.place.dialect == "postgres":
        script = textwrap.dedent(
            """
            import asyncio, asyncpg, sys
            async def work():
                connection = await asyncpg.connect(sys.argv[1])
                await connection.execute("UPDATE counters SET value = 7 WHERE id = 1")
                await connection.close()
            asyncio.run(work())
            """
        )
    where = counters.place.url if counters.place.dialect == "postgres" else sqlite_file(counters.place)
    subprocess.run([sys.executable, "-c", script, where], check=True)
    assert counters.run(counters.log.wait(20))
    assert counters.told() == [("update", "counters", {"id": 1, "value": 0}, {"id": 1, "value": 7})]
