"""What does the change log cost: triggers by row and by statement, who writes, telling of changes, and how soon one is read."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
from sqlalchemy.orm import Mapped

from benchmarks.statements import show
from benchmarks.store import Postgres, postgres
from portico.gateway.app import make_change_log, make_engine
from portico.gateway.migrating import migrate
from portico.gateway.settings import Settings
from portico.resolvers.run.calls import Call
from portico.resolvers.sql import postgres_change_log as on_postgres
from portico.resolvers.sql.writer import Writer
from portico.schema import IntId, Model, Now, allow, everyone
from portico.schema.declarations import declaring

_ROWS, _TURNS, _PASSES, _WRITERS, _SECONDS = 10_000, 400, 5, 8, 2.0
_WRITER = Writer(id="somebody", trace="r-1")

Run = Callable[[str], Awaitable[Any]]


async def _migrated(url: str, *, realtime: bool) -> Settings:
    """A database of messages, logged or not."""
    with declaring() as declarations:

        class Message(Model):
            id: Mapped[IntId]
            room_id: Mapped[int]
            author: Mapped[str]
            text: Mapped[str]
            sent_at: Mapped[Now]

        allow(Message, "read", when=everyone)
    settings = Settings(database_url=url, realtime=realtime)
    await migrate(declarations, settings, Path())
    return settings


@asynccontextmanager
async def _runner(url: str) -> AsyncGenerator[Run]:
    """What runs SQL on one connection."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")

        async def run(sql: str) -> None:
            connection.execute(sql).fetchall()

        yield run
        connection.close()
        return
    server = await asyncpg.connect(url)
    yield server.execute
    await server.close()


async def rows(url: str) -> dict[str, float]:
    """Verb → µs a row, of many in one statement."""
    found: dict[str, list[float]] = {"insert": [], "update": [], "delete": []}
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {_ROWS}) "
    select = "SELECT i, i % 100, 'somebody', 'hello, this is a message of some words' FROM n"
    into = "INSERT INTO messages (id, room_id, author, text) "
    insert = numbers + into + select if url.startswith("sqlite") else into + numbers + select
    async with _runner(url) as run:
        for _ in range(_PASSES):
            statements = (insert, "UPDATE messages SET room_id = room_id + 1", "DELETE FROM messages")
            for verb, statement in zip(found, statements, strict=True):
                began = time.perf_counter()
                await run(statement)
                found[verb].append((time.perf_counter() - began) / _ROWS * 1e6)
            await _forget(run)
    return {verb: median(each) for verb, each in found.items()}


async def _forget(run: Run) -> None:
    try:
        await run("DELETE FROM portico_changes")
    except (sqlite3.OperationalError, asyncpg.UndefinedTableError):
        return


async def statements(ways: dict[str, Callable[[int], Awaitable[Any]]]) -> dict[str, float]:
    """Way → µs for one write, each in turn."""
    found: dict[str, list[float]] = {way: [] for way in ways}
    number = 1_000_000
    for _ in range(_TURNS):
        for way, write in ways.items():
            number += 1
            began = time.perf_counter()
            await write(number)
            found[way].append((time.perf_counter() - began) * 1e6)
    return {way: median(each) for way, each in found.items()}


def _insert(more: str = "") -> str:
    row = "INSERT INTO messages (id, room_id, author, text) VALUES ($1, 7, 'a', 'hello') RETURNING id"
    return f"WITH written AS ({row}) SELECT 'x'{more} FROM written"


async def single_on_postgres(plain: str, logged: str) -> None:
    """Ways of telling who writes."""
    quiet, loud = await asyncpg.connect(plain), await asyncpg.connect(logged)
    signed = ", set_config('portico.actor', $2, true), set_config('portico.trace', $3, true)"

    async def in_a_transaction(number: int) -> None:
        await loud.execute(on_postgres.begin_as(_WRITER.actor, _WRITER.trace))
        await loud.fetchrow(_insert(), number)
        await loud.execute("COMMIT")

    ways: dict[str, Callable[[int], Awaitable[Any]]] = {
        "not logged": lambda number: quiet.fetchrow(_insert(), number),
        "logged": lambda number: loud.fetchrow(_insert(), number),
        "logged and signed in the statement": lambda number: loud.fetchrow(
            _insert(signed), number, _WRITER.actor, _WRITER.trace
        ),
        "logged and signed in a transaction": in_a_transaction,
    }
    show("One insert on Postgres, not waiting for the disk", await statements(ways))
    await quiet.close()
    await loud.close()


async def single_on_sqlite(plain: str, logged: str) -> None:
    """The engine's own way."""
    engines = [make_engine(Settings(database_url=url), Path()) for url in (plain, logged)]
    for engine in engines:
        await engine.start()

    def call(number: int) -> Call:
        return Call(
            "INSERT INTO messages (id, room_id, author, text) VALUES (?, 7, 'a', 'hello') RETURNING 'x'", [(number,)]
        )

    ways: dict[str, Callable[[int], Awaitable[Any]]] = {
        "not logged": lambda number: engines[0].write_one(call(number)),
        "logged": lambda number: engines[1].write_one(call(number)),
        "logged and signed": lambda number: engines[1].write_one(call(number), _WRITER),
    }
    show("One insert on SQLite, through the engine", await statements(ways))
    for engine in engines:
        await engine.close()


async def commits(url: str, *, tells: str | None = None) -> float:
    """Commits a second of several writers, each waiting for the disk; tells: in place of how often changes are told."""
    async with _runner(url) as run:
        await run("TRUNCATE messages")
        if tells is not None:
            every = f"OPERATOR(pg_catalog.>) {on_postgres.TOLD_EVERY_MS}"
            made, _ = on_postgres.make_function("public")
            await run(made.replace(every, f"OPERATOR(pg_catalog.>) {tells}"))
    connections = [await asyncpg.connect(url) for _ in range(_WRITERS)]
    for connection in connections:
        await connection.execute("SET synchronous_commit = on")
    ends_at = time.perf_counter() + _SECONDS
    done = 0

    async def write(writer: int) -> None:
        nonlocal done
        number = writer * 1_000_000
        while time.perf_counter() < ends_at:
            number += 1
            await connections[writer].fetchrow(_insert(), number)
            done += 1

    await asyncio.gather(*map(write, range(_WRITERS)))
    for connection in connections:
        await connection.close()
    return done / _SECONDS


async def _show_commits(plain: str, logged: str) -> None:
    usual = str(on_postgres.TOLD_EVERY_MS)
    ways: dict[str, tuple[str, str | None]] = {
        "not logged": (plain, None),
        "logged, and told by each": (logged, "-1"),
        "logged, and told 50 times a second at most": (logged, usual),
    }
    found: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(_PASSES):
        for way, (url, tells) in ways.items():
            found[way].append(await commits(url, tells=tells))
    rates = {way: median(each) for way, each in found.items()}
    show(f"Commits a second of {_WRITERS} writers, waiting for the disk", rates, unit="/s")


async def delivery(settings: Settings, by: str) -> float:
    """µs from the end of a commit to its change being read, by our engine or by another connection."""
    engine = make_engine(settings, Path())
    await engine.start()
    log = make_change_log(settings, engine)
    await log.start()
    position = await log.head()
    found: list[float] = []
    async with _runner(settings.database_url) as run:
        for number in range(90_000_000, 90_000_000 + _TURNS // 4):
            statement = f"INSERT INTO messages (id, room_id, author, text) VALUES ({number}, 7, 'a', 'b') RETURNING 'x'"
            read = asyncio.create_task(_read(log, position))
            await asyncio.sleep(0.03)
            if by == "us":
                await engine.write_one(Call(statement, [()]), _WRITER)
            else:
                await run(statement)
            committed = time.perf_counter()
            position, at = await read
            found.append((at - committed) * 1e6)
        await run("DELETE FROM messages WHERE id >= 90000000")
    await log.close()
    await engine.close()
    return median(found)


async def _read(log: Any, position: Any) -> tuple[Any, float]:
    while True:
        await log.wait(5)
        batch = await log.since(position, 100)
        if batch.changes:
            return batch.upto, time.perf_counter()
        position = batch.upto


async def on(plain: str, logged: str) -> None:
    """Everything about one engine."""
    engine = "SQLite" if plain.startswith("sqlite") else "Postgres"
    await _migrated(plain, realtime=False)
    settings = await _migrated(logged, realtime=True)
    before, after = await rows(plain), await rows(logged)
    for verb, spent in before.items():
        show(f"{engine}: {verb} of {_ROWS:,} rows, for each", {"not logged": spent, "logged": after[verb]})
    if engine == "SQLite":
        await single_on_sqlite(plain, logged)
    else:
        await single_on_postgres(plain, logged)
        await _show_commits(plain, logged)
    spent = {f"written by {by}": await delivery(settings, by) for by in ("us", "others")}
    show(f"{engine}: from commit to read", spent)


def main() -> None:
    """The command line."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(on(f"sqlite:///{folder}/plain.db", f"sqlite:///{folder}/logged.db"))
    with postgres() as server:
        plain, logged = (asyncio.run(_made(server, f"change_log_{name}")) for name in ("plain", "logged"))
        asyncio.run(on(plain, logged))


async def _made(server: Postgres, name: str) -> str:
    """The URL of an empty database."""
    connection = await asyncpg.connect(server.url)
    await connection.execute(f"DROP DATABASE IF EXISTS {name}")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return server.database(name)


if __name__ == "__main__":
    main()
