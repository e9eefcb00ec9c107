"""What does it cost to reach a database: held connections, pools and threads, by this process's own CPU."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import subprocess
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import uvloop

from benchmarks import peers
from benchmarks.statements import show
from benchmarks.store import postgres, postgres_store, sqlite_store
from portico.resolvers.run.calls import Call, Outcome, Steps
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.run.sqlite import SqliteEngine

_POSTGRES = "SELECT row_to_json(r)::text FROM (SELECT id, name FROM tracks WHERE id = $1) r"
_SQLITE = "SELECT json_object('id', id, 'name', name) FROM tracks WHERE id = ?"
_TASKS, _EACH, _PASSES = 8, 1_000, 5

Once = Callable[[int], Awaitable[Any]]


async def cpu_us(once: Once, *, tasks: int = _TASKS, each: int = _EACH) -> float:
    """Microseconds of this process's CPU for one call, with several under way at once."""

    async def one_after_another(start: int) -> None:
        for index in range(each):
            await once(1 + (start * each + index) % 3_000)

    await one_after_another(0)
    found: list[float] = []
    for _ in range(_PASSES):
        gc.collect()
        began = time.process_time()
        await asyncio.gather(*map(one_after_another, range(tasks)))
        found.append((time.process_time() - began) / tasks / each * 1e6)
    return median(found)


async def on_postgres(url: str) -> dict[str, float]:
    """Ways to one row."""
    held = [await asyncpg.connect(url) for _ in range(_TASKS)]
    free = list(held)

    async def bare(key: int) -> None:
        connection = free.pop()
        await connection.fetchrow(_POSTGRES, key)
        free.append(connection)

    engine = PostgresEngine(url, pool_size=_TASKS)
    await engine.start()
    pool = await asyncpg.create_pool(url, min_size=_TASKS, max_size=_TASKS)
    unreset = await asyncpg.create_pool(url, min_size=_TASKS, max_size=_TASKS, reset=_no_reset)
    found = {
        "asyncpg, held connection": await cpu_us(bare),
        "PostgresEngine.read": await cpu_us(lambda key: engine.read(_POSTGRES, (key,))),
        "asyncpg pool, no reset query": await cpu_us(lambda key: unreset.fetchrow(_POSTGRES, key)),
        "asyncpg pool, as it comes": await cpu_us(lambda key: pool.fetchrow(_POSTGRES, key)),
    }
    await engine.close()
    await pool.close()
    await unreset.close()
    for connection in held:
        await connection.close()
    return found


async def _no_reset(connection: Any) -> None:
    return None


async def on_sqlite(path: Path) -> dict[str, float]:
    """Ways to one row, and to five statements that belong together."""
    connection = sqlite3.connect(path)

    async def direct(key: int) -> None:
        connection.execute(_SQLITE, (key,)).fetchone()

    engine = SqliteEngine(str(path))
    await engine.start()
    found = {
        "sqlite3 on the loop's own thread": await cpu_us(direct),
        "SqliteEngine.read": await cpu_us(lambda key: engine.read(_SQLITE, (key,))),
        "one after another (1 task)": await cpu_us(lambda key: engine.read(_SQLITE, (key,)), tasks=1),
        "five in one SqliteEngine.write": await cpu_us(lambda key: engine.write(lambda: [_five(key)]), each=200),
    }
    await engine.close()
    connection.close()
    return found


def _five(key: int) -> Steps:
    outcome = Outcome((), 0)
    for _ in range(5):
        outcome = yield Call(_SQLITE, [(key,)])
    return outcome.rows[0][0]


async def several_readers(path: Path) -> dict[str, float]:
    """The same reads through one reading thread, two and four."""
    engines = [SqliteEngine(str(path)) for _ in range(4)]
    for engine in engines:
        await engine.start()
    found: dict[str, float] = {}
    for count in (1, 2, 4):
        found[f"{count} reading thread{'s' if count > 1 else ''}"] = await cpu_us(
            lambda key, count=count: engines[key % count].read(_SQLITE, (key,))
        )
    for engine in engines:
        await engine.close()
    return found


_AIOSQLITE = """
import asyncio, sys, time
from statistics import median
import aiosqlite, uvloop

async def main(path, statement, tasks, each, passes):
    connection = await aiosqlite.connect(path)
    async def once(key):
        async with connection.execute(statement, (key,)) as cursor:
            await cursor.fetchone()
    async def run(start):
        for index in range(each):
            await once(1 + (start * each + index) % 3000)
    await run(0)
    found = []
    for _ in range(passes):
        began = time.process_time()
        await asyncio.gather(*map(run, range(tasks)))
        found.append((time.process_time() - began) / tasks / each * 1e6)
    print(median(found))
    await connection.close()

uvloop.run(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])))
"""


def through_aiosqlite(path: Path) -> float:
    """The same row through aiosqlite, which takes a hop each for execute, fetch and close."""
    numbers = [str(number) for number in (_TASKS, _EACH, _PASSES)]
    done = subprocess.run(
        [peers.python() / "python", "-c", _AIOSQLITE, str(path), _SQLITE, *numbers],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def _run(work: Coroutine[Any, Any, dict[str, float]]) -> dict[str, float]:
    return uvloop.run(work)


def main() -> None:
    """The command line."""
    with postgres() as server:
        show("One row from Postgres, CPU of this process", _run(on_postgres(postgres_store(server, "small"))))
    path = sqlite_store("small")
    found = _run(on_sqlite(path))
    found["aiosqlite"] = through_aiosqlite(path)
    show("One row from SQLite, CPU of this process, the database included", found)
    show("One row from SQLite by the number of readers", _run(several_readers(path)))


if __name__ == "__main__":
    main()
