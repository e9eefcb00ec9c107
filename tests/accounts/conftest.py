"""Fixtures: servers with accounts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from tests.support.accounts import AccountServer
from tests.support.backend import Place


@pytest.fixture
def open_server(place: Place, tmp_path: Path) -> Generator[Callable[..., AccountServer]]:
    """Serves accounts over either engine: `server = open_server(auth={"sign_up": False})`."""
    opened: list[AccountServer] = []
    path = list(sys.path)

    def open_one(**keywords: Any) -> AccountServer:
        folder = tmp_path / f"project{len(opened)}"
        folder.mkdir()
        opened.append(AccountServer(place, folder, **keywords))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()
    sys.path[:] = path
    sys.modules.pop("models", None)


@pytest.fixture
def server(open_server: Callable[..., AccountServer]) -> AccountServer:
    """A server with accounts, whose addresses need not be verified."""
    return open_server()
