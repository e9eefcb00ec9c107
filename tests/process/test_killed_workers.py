"""Killed workers: whatever dies at whatever moment, every event is told, and what is told twice has the same id (R2)."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import asyncpg
import pytest

from tests.support.backend import Place
from tests.support.server import eventually

EVENTS = int(os.environ.get("PORTICO_TEST_EVENTS", "400"))
KILLS = int(os.environ.get("PORTICO_TEST_KILLS", "3"))
PORTICO = str(Path(sys.executable).with_name("portico"))
MODELS = """
import asyncio
import os

from sqlalchemy.orm import Mapped

from portico.schema import Event, IntId, Model, allow, everyone, on

told = os.open("told.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)


class Entry(Model):
    __tablename__ = "entries"
    id: Mapped[IntId]
    number: Mapped[int]


allow(Entry, "read", when=everyone)


@on(Entry, "create")
async def tell(entry: Entry, event: Event) -> None:
    os.write(told, f"{entry.number} {event.id}\\n".encode())
    await asyncio.sleep(0.001)
"""


def test_r2_killed_workers_lose_nothing(place: Place, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "portico.toml").write_text(f'database_url = "{place.url}"\n[events]\nlease_s = 0.5\npoll_s = 0.05\n')
    subprocess.run([PORTICO, "migrate"], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    chance, written = random.Random(11), 0
    with (tmp_path / "log").open("wb") as log:
        worker = _worker(tmp_path, log)
        for kill in range(KILLS):
            upto = EVENTS * (kill + 1) // KILLS
            most = written * 0.9
            before = len(_until(tmp_path, lambda lines, most=most: len({each.split()[0] for each in lines}) >= most))
            _write(place, range(written, upto))
            written = upto
            _until(tmp_path, lambda lines, before=before: len(lines) > before)
            time.sleep(chance.random() * 0.05)  # in the middle of them
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker = _worker(tmp_path, log)
        try:
            lines = _until(tmp_path, lambda lines: len({each.split()[0] for each in lines}) == EVENTS)
            # All may have been told before the last one had begun.
            eventually(lambda: (tmp_path / "log").read_text().count("Portico runs") == KILLS + 1, 30.0)
        finally:
            worker.terminate()
            code = worker.wait(10)
    assert code == 0
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for each in lines:
        number, event = each.split()
        ids[number].add(event)
    assert all(len(each) == 1 for each in ids.values())
    assert len({event for each in ids.values() for event in each}) == EVENTS
    print(f"{EVENTS} events, {KILLS} kills: 0 lost, {len(lines) - EVENTS} told twice")


def _worker(folder: Path, log: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([PORTICO, "worker"], cwd=folder, stdout=log, stderr=log)  # pyright: ignore


def _until(folder: Path, holds: object) -> list[str]:
    ends_at = time.monotonic() + 60 + EVENTS / 100
    file = folder / "told.txt"
    lines: list[str] = []
    while time.monotonic() < ends_at:
        lines = file.read_text().splitlines() if file.exists() else []
        if holds(lines):  # pyright: ignore
            return lines
        time.sleep(0.02)
    pytest.fail(f"only {len(lines)} were told: {(folder / 'log').read_text()[-2000:]}")


def _write(place: Place, numbers: range) -> None:
    if place.dialect == "sqlite":
        connection = sqlite3.connect(place.url.removeprefix("sqlite:///"), timeout=10)
        for start in numbers[::50]:
            with connection:
                connection.executemany(
                    "INSERT INTO entries (number) VALUES (?)",
                    [(each,) for each in numbers if start <= each < start + 50],
                )
        connection.close()
        return

    async def write() -> None:
        connection = await asyncpg.connect(place.url)
        for start in numbers[::50]:
            values = [(each,) for each in numbers if start <= each < start + 50]
            async with connection.transaction():
                await connection.executemany("INSERT INTO entries (number) VALUES ($1)", values)
        await connection.close()

    asyncio.run(write())
