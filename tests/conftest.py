"""Fixtures: databases of both engines, models written inside tests, backends over them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from portico.schema.declarations import Declarations, declaring
from tests.support.backend import Backend, Place, sqlite_place
from tests.support.postgres import fresh_database, postgres_server
from tests.support.system_postgres import SystemPostgres, system_postgres


def pytest_collection_finish() -> None:
    """What is loaded stays."""
    _settle()


@pytest.fixture(autouse=True, scope="module")
def settled() -> Generator[None]:
    """What a file of tests leaves behind that is no garbage stays as well."""
    yield
    _settle()


def _settle() -> None:
    """Takes what is there out of garbage collection: tests leave models behind by the thousand, and finding these among what stays was a fifth of all CPU."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Generator[str]:
    """The URL of a Postgres server."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def extended_postgres() -> Generator[SystemPostgres]:
    """A Postgres server with PostGIS, ltree and citext; tests are skipped on machines that have none."""
    with system_postgres(("postgis", "postgis_raster", "ltree", "citext")) as server:
        if server.url is None:
            pytest.skip(server.reason)
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Place]:
    """An empty database, of each engine in turn."""
    if request.param == "sqlite":
        yield sqlite_place(tmp_path)
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        yield Place("postgres", url)


@pytest.fixture
def declared() -> Generator[Declarations]:
    """Models and rules that the test declares enter a registry of their own."""
    with declaring() as declarations:
        yield declarations


@pytest.fixture
def serve(declared: Declarations, place: Place) -> Generator[Callable[..., Backend]]:
    """Serves what the test has declared: `backend = serve()`."""
    opened: list[Backend] = []

    def open_backend(**keywords: object) -> Backend:
        backend = Backend(declared, place, **keywords)  # pyright: ignore[reportArgumentType]
        opened.append(backend)
        return backend

    yield open_backend
    for backend in opened:
        backend.close()
