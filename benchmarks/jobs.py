"""How many jobs run in a second: claimed, run (they do nothing), and written down as done, by one worker on each engine."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import MetaData, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.store import postgres
from portico.gateway.events.jobs import DEFAULT, Job, NewJob, Queue
from portico.gateway.events.store import JobStore, PostgresJobs, SqliteJobs
from portico.gateway.events.tables import event_tables
from portico.gateway.events.worker import Done, Handler, Pace, Worker
from portico.resolvers.run.identifiers import new_id
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.run.sqlite import SqliteEngine


@asynccontextmanager
async def store_of(engine: str, url: str) -> AsyncGenerator[JobStore]:
    """An empty store."""
    metadata = MetaData()
    event_tables(metadata)
    if engine == "sqlite":
        made = create_engine(f"sqlite:///{url}")
        metadata.create_all(made)
        made.dispose()
        running = SqliteEngine(url)
        store: JobStore = SqliteJobs(running)
    else:
        maker = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
        async with maker.begin() as connection:
            await connection.run_sync(metadata.drop_all)
            await connection.run_sync(metadata.create_all)
        await maker.dispose()
        running = PostgresEngine(url)
        store = PostgresJobs(running)
    await running.start()
    try:
        yield store
    finally:
        await running.close()


async def measure(store: JobStore, jobs: int) -> tuple[float, float]:
    """(jobs added in a second, jobs run in a second)."""
    left = jobs
    ended = asyncio.Event()

    async def nothing(job: Job) -> Done:
        nonlocal left
        left -= 1
        if not left:
            ended.set()
        return Done()

    began = time.perf_counter()
    for start in range(0, jobs, 500):
        await store.add([NewJob(str(new_id()), DEFAULT, "nothing", "{}") for _ in range(start, min(start + 500, jobs))])
    added_s = time.perf_counter() - began
    handlers = {"nothing": Handler(DEFAULT, nothing)}
    worker = Worker(store, [Queue(DEFAULT)], lambda: handlers, Pace(), lambda error: print("failed", repr(error)))
    began = time.perf_counter()
    await worker.start()
    worker.wake()
    await ended.wait()
    await worker.close(5.0)
    ran_s = time.perf_counter() - began
    (open_,) = (await store.rows("SELECT count(*) FROM portico_jobs WHERE state <> 'done'"))[0]
    assert open_ == 0, open_
    return jobs / added_s, jobs / ran_s


async def run(engine: str, url: str, jobs: int, rounds: int) -> None:
    """Prints the best of some rounds, for others use the machine as well."""
    found: list[tuple[float, float]] = []
    for _ in range(rounds):
        async with store_of(engine, url) as store:
            await store.rows("DELETE FROM portico_jobs")
            found.append(await measure(store, jobs))
    rates = ", ".join(f"{ran:,.0f}" for _, ran in found)
    print(
        f"{engine}: {max(ran for _, ran in found):,.0f} jobs/s run ({rates}); {max(add for add, _ in found):,.0f}/s added"
    )


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgres"])
    given = parser.parse_args()
    if "sqlite" in given.engines:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(run("sqlite", str(Path(folder) / "jobs.db"), given.jobs, given.rounds))
    if "postgres" in given.engines:
        with postgres() as server:
            asyncio.run(run("postgres", server.url, given.jobs, given.rounds))


if __name__ == "__main__":
    main()
