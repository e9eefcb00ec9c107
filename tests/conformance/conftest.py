"""Fixtures: a bookshop served once for all conformance tests, and Node with the packages of each package.json."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.bookshops import bookshop
from tests.support.node import Conversation, NoRegistry, installed
from tests.support.server import Server


@pytest.fixture(scope="session")
def bookshop_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """A server on SQLite; what is tested here does not reach the database's dialect."""
    with bookshop("sqlite", tmp_path_factory.mktemp("bookshop"), request) as running:
        yield running


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """The folder in which Node finds the packages of tests/conformance/package.json."""
    return _installed(Path(__file__).parent)


@pytest.fixture(scope="session")
def react_admin_provider() -> Generator[Conversation]:
    """react-admin's data provider in Node."""
    yield from _conversation("react_admin.mjs")


@pytest.fixture(scope="session")
def refine_provider() -> Generator[Conversation]:
    """refine's data provider in Node."""
    yield from _conversation("refine.mjs")


def _conversation(script: str) -> Generator[Conversation]:
    source = Path(__file__).parent / "providers"
    with closing(Conversation(source / script, _installed(source))) as made:
        yield made


@pytest.fixture(scope="session")
def subscriptions_folder() -> Path:
    """The folder in which Node finds clients of subscriptions."""
    return _installed(Path(__file__).parent / "subscriptions")


def _installed(source: Path) -> Path:
    try:
        return installed(source)
    except NoRegistry as reason:
        pytest.skip(f"npm's packages cannot be had here: {reason}")
