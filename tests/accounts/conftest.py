"""Fixtures: servers with accounts, which tests of one kind have one after another; each finds it as if it were new."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from tests.support.accounts import AccountServer
from tests.support.backend import Place, sqlite_place
from tests.support.postgres import fresh_database

_MOST_KEPT = 3  # each holds a dozen connections


class Pool:
    """Servers that are not in use, by what they were opened with."""

    def __init__(self, folder: Callable[[], Path], postgres: str) -> None:
        self._folder = folder
        self._postgres = postgres
        self._idle: dict[str, tuple[AccountServer, ExitStack]] = {}
        self._closing: dict[int, ExitStack] = {}

    def take(self, engine: str, keywords: dict[str, Any]) -> tuple[str, AccountServer]:
        """A server for one test."""
        key = f"{engine} {sorted(keywords.items(), key=lambda item: item[0])!r}"
        found = self._idle.pop(key, None)
        if found is None:
            closing, folder = ExitStack(), self._folder()
            url = closing.enter_context(fresh_database(self._postgres)) if engine == "postgres" else ""
            place = Place("postgres", url) if url else sqlite_place(folder)
            found = AccountServer(place, folder, **keywords), closing
        self._closing[id(found[0])] = found[1]
        return key, found[0]

    def give_back(self, key: str, server: AccountServer) -> None:
        """Keeps a server for the next test, if it can be made as new."""
        closing = self._closing.pop(id(server))
        if key in self._idle or not server.renew():
            self._end(server, closing)
            return
        self._idle[key] = server, closing
        while len(self._idle) > _MOST_KEPT:
            self._end(*self._idle.pop(next(iter(self._idle))))

    def close(self) -> None:
        for each in self._idle.values():
            self._end(*each)

    def _end(self, server: AccountServer, closing: ExitStack) -> None:
        with closing:
            server.close()


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Generator[None]:
    """Hashes of the same kind that cost a hundredth: two thousand of them were a minute of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        # By the module: a reload of models makes the package anew, and without what was imported into it before.
        passwords = importlib.import_module("portico.gateway.auth.passwords")
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Generator[Pool]:
    made = Pool(lambda: tmp_path_factory.mktemp("accounts"), postgres)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def open_server(request: pytest.FixtureRequest, pool: Pool) -> Generator[Callable[..., AccountServer]]:
    """Serves accounts over either engine: `server = open_server(auth={"sign_up": False})`."""
    opened: list[tuple[str, AccountServer]] = []
    path = list(sys.path)

    def open_one(**keywords: Any) -> AccountServer:
        opened.append(pool.take(request.param, keywords))
        return opened[-1][1]

    yield open_one
    for each in opened:
        pool.give_back(*each)
    sys.path[:] = path
    sys.modules.pop("models", None)


@pytest.fixture
def server(open_server: Callable[..., AccountServer]) -> AccountServer:
    """A server with accounts, whose addresses need not be verified."""
    return open_server()
