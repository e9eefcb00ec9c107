"""Requests with an `Idempotency-Key` that are sent again after the server was killed in the middle of them."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path
from threading import Event, Thread
from typing import Literal

import pytest

from tests.process.conftest import WORKSHOP, Start, problem
from tests.process.test_postgres_lost import locked, running
from tests.support.server import Answer, Server, eventually, run_portico, served, write_project

INSERT = "mutation ($number: Int!) { insertEntry(object: {number: $number}) { number } }"


def insert(server: Server, number: int) -> Answer:
    """Sends a number under its own key."""
    return server.ask(INSERT, {"number": number}, {"idempotency-key": f"number-{number}"})


class Writer:
    """Sends one number after the other until the server is gone; `last` is the one that was not acknowledged."""

    def __init__(self, server: Server, numbers: range) -> None:
        self.last = numbers[0]
        self.is_underway = Event()
        self._thread = Thread(target=self._write, args=(server, numbers))
        self._thread.start()

    def _write(self, server: Server, numbers: range) -> None:
        for count, number in enumerate(numbers):
            self.last = number
            try:
                insert(server, number)
            except Exception:
                return
            if count == 30:
                self.is_underway.set()

    def join(self) -> None:
        self._thread.join(30)


def stored(server: Server) -> list[int]:
    return [row["number"] for row in server.ask("{ entries(orderBy: {number: ASC}) { number } }").data["entries"]]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_what_was_under_way_when_the_process_was_killed_is_done_once(
    engine: Literal["sqlite", "postgres"], start: Start
) -> None:
    server = start(engine)
    for _ in range(3):
        writers = [Writer(server, range(beginning, 1_000_000, 3)) for beginning in _next(server)]
        for writer in writers:
            assert writer.is_underway.wait(20)
        server.signal(signal.SIGKILL)
        server.wait()
        for writer in writers:
            writer.join()
        server.start()
        for writer in writers:
            assert insert(server, writer.last).data == {"insertEntry": {"number": writer.last}}
    found = stored(server)

    assert len(found) == len(set(found))


def _next(server: Server) -> list[int]:
    """Where three writers go on."""
    first = max(stored(server), default=-1) + 1
    return [first, first + 1, first + 2]


def test_a_key_that_was_claimed_by_a_process_that_died_is_free(start: Start) -> None:
    server = start("postgres", query_timeout_s=60.0)
    with locked(server, "entries"):
        thread = Thread(target=lambda: _ignored(server))
        thread.start()
        eventually(lambda: running(server) == 1)
        server.signal(signal.SIGKILL)
        server.wait()
        thread.join(30)
    server.start()

    first, again = insert(server, 1), insert(server, 1)
    assert "idempotency-replayed" not in first.headers
    assert (again.headers["idempotency-replayed"], again.body) == ("true", first.body)
    assert stored(server) == [1]


def _ignored(server: Server) -> None:
    try:
        insert(server, 1)
    except Exception:
        return


def test_a_twin_waits_for_the_first(start: Start) -> None:
    server = start("postgres", query_timeout_s=60.0)
    answers: list[Answer] = []
    with locked(server, "entries"):
        threads = [Thread(target=lambda: answers.append(insert(server, 1))) for _ in range(2)]
        for thread in threads:
            thread.start()
        eventually(lambda: running(server) == 2)
        assert not answers
    for thread in threads:
        thread.join(30)

    assert sorted("idempotency-replayed" in answer.headers for answer in answers) == [False, True]
    assert answers[0].body == answers[1].body
    assert stored(server) == [1]


def test_a_server_starts_without_the_table_and_says_what_makes_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'workshop.db'}"
    write_project(tmp_path, WORKSHOP, url)
    run_portico(tmp_path, "migrate")
    connection = sqlite3.connect(tmp_path / "workshop.db")
    connection.execute("DROP TABLE portico_idempotency_keys")
    connection.close()

    with served(tmp_path, WORKSHOP, url, is_migrated=True) as server:
        assert server.ask(INSERT, {"number": 1}).data == {"insertEntry": {"number": 1}}
        assert problem(insert(server, 2)) == (500, "PT521")
        assert "portico_idempotency_keys" in run_portico(tmp_path, "migrate")
        assert insert(server, 2).data == {"insertEntry": {"number": 2}}


def test_development_makes_the_table(start: Start) -> None:
    server = start("sqlite", command=("dev",))

    assert [insert(server, 1).headers.get("idempotency-replayed") for _ in range(2)] == [None, "true"]
