"""Fixtures: a gateway that is really served, with a few notes in it, and a browser."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Mapped

from portico.gateway.app import Gateway
from portico.gateway.migrating import migrate
from portico.gateway.serving import Server, uvicorn_config
from portico.gateway.settings import Settings
from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import declaring
from tests.console.chromium import Chromium, chromium_path


@dataclass(frozen=True)
class Served:
    """A gateway, where its database is, and the port at which it answers."""

    gateway: Gateway
    folder: Path
    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """Notes on SQLite, in development."""
    folder = tmp_path_factory.mktemp("served")
    with declaring() as declarations:
        _declare_notes()
        settings = Settings(database_url="sqlite:///notes.db", token_secret="of no consequence, but long enough")
        asyncio.run(migrate(declarations, settings, folder))
        write_sql(folder, "INSERT INTO notes (id, text, pages) VALUES (1, 'A note to be found', 3)")
        gateway = Gateway(declarations, settings, folder)
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()  # who comes before the server is up waits
            server = Server(uvicorn_config(gateway, settings))
            thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
            thread.start()
            try:
                yield Served(gateway, folder, listening.getsockname()[1])
            finally:
                server.should_exit = True
                thread.join()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Generator[Chromium]:
    """A browser without windows, and without a past."""
    path = chromium_path()
    if path is None:
        pytest.skip("There is no Chromium on this machine: apt-get install chromium.")
    with Chromium.started(path, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def _declare_notes() -> None:
    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        pages: Mapped[int]

    allow(Note, "read", when=everyone)
    allow(Note, "create", when=everyone, to="user")

    class Secret(Model):
        id: Mapped[IntId]
        text: Mapped[str]

    allow(Secret, "read", when=everyone, to="user")


def write_sql(folder: Path, statement: str) -> None:
    """Writes as another process does."""
    engine = create_engine(f"sqlite:///{folder / 'notes.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
