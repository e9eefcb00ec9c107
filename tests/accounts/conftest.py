"""Fixtures: servers with accounts, which tests of one kind have one after another; each finds it as if it were new."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from portico.gateway.loading import load_models
from portico.gateway.migrating import migrate
from portico.gateway.settings import Settings
from tests.support.accounts import MODELS, AccountServer
from tests.support.backend import Place, sqlite_place
from tests.support.hashes import cheap_argon2
from tests.support.postgres import fresh_database

_MOST_KEPT = 3  # each holds a dozen connections


class Pool:
    """Servers that are not in use, by what they were opened with."""

    def __init__(self, folder: Callable[[], Path], postgres: str) -> None:
        self._folder = folder
        self._postgres = postgres
        self._idle: dict[str, tuple[AccountServer, ExitStack]] = {}
        self._closing: dict[int, ExitStack] = {}
        self._templates: dict[tuple[str, str], Place] = {}
        self._kept = ExitStack()

    def take(self, engine: str, keywords: dict[str, Any]) -> tuple[str, AccountServer]:
        """A server for one test."""
        key = f"{engine} {sorted(keywords.items(), key=lambda item: item[0])!r}"
        found = self._idle.pop(key, None)
        if found is None:
            closing, folder = ExitStack(), self._folder()
            place = self._copied(self._template(engine, keywords.get("models", MODELS)), folder, closing)
            found = AccountServer(place, folder, is_migrated=True, **keywords), closing
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

    def _template(self, engine: str, models: str) -> Place:
        """A database that was migrated and nothing else: alembic takes a second, and a copy a tenth of one."""
        found = self._templates.get((engine, models))
        if found is None:
            folder = self._folder()
            found = sqlite_place(folder)
            if engine == "postgres":
                found = Place("postgres", self._kept.enter_context(fresh_database(self._postgres)))
            (folder / "models.py").write_text(models)
            declarations = load_models(folder / "models.py")
            asyncio.run(migrate(declarations, Settings(database_url=found.url), folder))
            self._templates[engine, models] = found
        return found

    def _copied(self, template: Place, folder: Path, closing: ExitStack) -> Place:
        if template.dialect == "postgres":
            name = urlsplit(template.url).path.removeprefix("/")
            return Place("postgres", closing.enter_context(fresh_database(self._postgres, name)))
        place = sqlite_place(folder)
        for each in Path(template.url.removeprefix("sqlite:///")).parent.glob("test.db*"):
            shutil.copy(each, folder)
        return place

    def close(self) -> None:
        for each in self._idle.values():
            self._end(*each)
        self._kept.close()

    def _end(self, server: AccountServer, closing: ExitStack) -> None:
        with closing:
            server.close()


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Generator[None]:
    """Hashes that cost a hundredth."""
    with cheap_argon2():
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
