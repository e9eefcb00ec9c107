"""Fixtures: servers in processes of their own, which tests stop, starve and kill."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.postgres import fresh_database
from tests.support.server import Answer, Server, run_portico, served, write_project

WORKSHOP = Path(__file__).with_name("workshop.py")

Start = Callable[..., Server]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the workshop's tables, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    write_project(folder, WORKSHOP, "sqlite:///workshop.db")
    run_portico(folder, "migrate")
    return folder / "workshop.db"


@pytest.fixture(scope="module")
def start(migrated: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Start]:
    """
    Starts a server over a database of its own: `start("sqlite", query_timeout_s=1.0)`.

    Keywords besides `models` and `command` are settings. Servers end with the module, so that tests which
    leave theirs as it was can share it.
    """
    with ExitStack() as stack:

        def started(
            engine: str, *, models: Path | str = WORKSHOP, command: tuple[str, ...] = ("serve",), **settings: Any
        ) -> Server:
            folder = tmp_path_factory.mktemp(engine)
            is_migrated = engine == "sqlite" and models == WORKSHOP
            url = f"sqlite:///{folder / 'workshop.db'}"
            if is_migrated:
                shutil.copy(migrated, folder / "workshop.db")
            elif engine == "postgres":
                url = stack.enter_context(fresh_database(request.getfixturevalue("postgres")))
            serving = served(folder, models, url, settings=settings, command=command, is_migrated=is_migrated)
            server = stack.enter_context(serving)
            server.database_url = url
            return server

        yield started


class Asking:
    """A request in a thread of its own; `answer` waits for it."""

    def __init__(self, server: Server, document: str) -> None:
        self._answers: list[Answer | Exception] = []
        self._thread = Thread(target=self._ask, args=(server, document), daemon=True)
        self._thread.start()

    def _ask(self, server: Server, document: str) -> None:
        try:
            self._answers.append(server.ask(document))
        except Exception as error:
            self._answers.append(error)

    @property
    def is_answered(self) -> bool:
        """Whether the answer is here."""
        return bool(self._answers)

    @property
    def answer(self) -> Answer:
        """The answer; what the connection raised is raised."""
        self._thread.join(30)
        assert self._answers, "no answer within 30 s"
        found = self._answers[0]
        if isinstance(found, Exception):
            raise found
        return found


def problem(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status, answer.error["extensions"]["problem"]
