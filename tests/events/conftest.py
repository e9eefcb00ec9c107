"""Fixtures: servers whose models do things in the background, on both engines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import structlog

from portico.gateway.observe import configure_logs
from tests.support.backend import Place
from tests.support.events import EventServer


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> Generator[None]:
    """As servers log: by itself structlog spends a second on each traceback."""
    configure_logs("json")
    yield
    structlog.reset_defaults()


@pytest.fixture
def open_server(place: Place, tmp_path: Path) -> Generator[Callable[..., EventServer]]:
    """Serves a model file: `server = open_server(MODELS, events={"tries": 3})`."""
    opened: list[EventServer] = []
    path = list(sys.path)

    def open_one(models: str, **keywords: Any) -> EventServer:
        folder = tmp_path / f"project{len(opened)}"
        folder.mkdir()
        opened.append(EventServer(place, folder, models, **keywords))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()
    sys.path[:] = path
    sys.modules.pop("models", None)
