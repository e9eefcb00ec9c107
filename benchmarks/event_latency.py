"""How soon does a function run after the commit that it is about: one write at a time through the engine, until `@on` begins."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.store import postgres
from portico.gateway.app import Gateway
from portico.gateway.loading import load_models
from portico.gateway.migrating import migrate
from portico.gateway.settings import Settings
from portico.resolvers.run.calls import Call
from portico.resolvers.sql.writer import Writer

_MODELS = """
import time
from sqlalchemy.orm import Mapped
from portico.schema import IntId, Model, allow, everyone, on

begun = []
class Entry(Model):
    id: Mapped[IntId]
    number: Mapped[int]
allow(Entry, "read", when=everyone)
@on(Entry, "create")
async def begin(entry: Entry) -> None:
    begun.append((entry.number, time.perf_counter()))
"""


async def measure(url: str, folder: Path, writes: int) -> list[float]:
    """Milliseconds from the return of each write to the function's first line."""
    (folder / "models.py").write_text(_MODELS)
    declarations = load_models(folder / "models.py")
    settings = Settings(database_url=url)
    await migrate(declarations, settings, folder)
    gateway = Gateway(declarations, settings, folder)
    asked: asyncio.Queue[Any] = asyncio.Queue()
    said: asyncio.Queue[Any] = asyncio.Queue()
    life = asyncio.create_task(gateway({"type": "lifespan"}, asked.get, said.put))
    asked.put_nowait({"type": "lifespan.startup"})
    assert (await said.get())["type"] == "lifespan.startup.complete"
    import models  # pyright: ignore[reportMissingImports]

    committed: dict[int, float] = {}
    for number in range(writes):
        call = Call(f"INSERT INTO entries (number) VALUES ({number}) RETURNING id", [()])
        await gateway.engine.write_one(call, Writer("", ""))
        committed[number] = time.perf_counter()
        while len(models.begun) <= number:
            await asyncio.sleep(0)
    asked.put_nowait({"type": "lifespan.shutdown"})
    await life
    return [(at - committed[number]) * 1000 for number, at in models.begun]


def report(engine: str, found: list[float]) -> None:
    """Prints a line."""
    ordered = sorted(found)
    print(
        f"{engine}: p50 {statistics.median(ordered):.2f} ms, p95 {ordered[int(len(ordered) * 0.95)]:.2f} ms,"
        f" max {ordered[-1]:.2f} ms of {len(ordered)}"
    )


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=500)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report("sqlite", asyncio.run(measure("sqlite:///latency.db", Path(folder), given.writes)))
    with postgres() as server, tempfile.TemporaryDirectory() as folder:
        import subprocess

        for statement in ("DROP DATABASE IF EXISTS latency", "CREATE DATABASE latency"):
            subprocess.run([server.programs / "psql", server.url, "-qc", statement], check=True)
        report("postgres", asyncio.run(measure(server.database("latency"), Path(folder), given.writes)))


if __name__ == "__main__":
    main()
