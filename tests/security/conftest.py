"""Fixtures: a bookshop served on each engine in turn."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.support.bookshops import bookshop
from tests.support.server import Server


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def dialect(request: pytest.FixtureRequest) -> str:
    """The engine's name."""
    return request.param


@pytest.fixture(scope="module")
def server(dialect: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """One server for all tests of a module."""
    with bookshop(dialect, tmp_path_factory.mktemp("bookshop"), request) as running:
        yield running
