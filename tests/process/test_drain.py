"""SIGTERM: running requests are answered, new ones are refused, and the process ends as one that did its work."""

from __future__ import annotations

import signal
import socket
from pathlib import Path
from typing import Any

from tests.process.conftest import WORKSHOP, Asking, Start
from tests.support.server import Server, eventually, run_portico_apart, write_project

WAIT = '{ waitForFile(name: "go") }'


def running(server: Server) -> Asking:
    """A request that goes on until the file `go` is there."""
    asking = Asking(server, WAIT)
    eventually(lambda: "waiting for go" in server.log)
    return asking


def refuses(server: Server) -> bool:
    """Whether connections are refused, and do not wait for somebody to accept them."""
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_running_request_is_answered_while_new_ones_are_refused(start: Start) -> None:
    server = start("sqlite")
    asking = running(server)

    server.signal(signal.SIGTERM)
    eventually(lambda: refuses(server))
    assert not asking.is_answered
    (server.folder / "go").touch()

    assert asking.answer.data == {"waitForFile": True}
    assert server.wait() == 0


def test_a_request_that_does_not_end_is_given_up_after_the_graceful_time(start: Start) -> None:
    server = start("sqlite", graceful_timeout_s=1.0)
    running(server)

    server.signal(signal.SIGTERM)

    assert server.wait(10) == 0


def test_readiness_ends_before_connections_are_refused(start: Start) -> None:
    server = start("sqlite", drain_delay_s=0.5)
    assert server.status_of("/ready") == 200

    server.signal(signal.SIGTERM)

    eventually(lambda: server.status_of("/ready") == 503)
    assert server.status_of("/health") == 200
    eventually(lambda: refuses(server))
    assert server.wait() == 0


def test_two_processes_serve_and_drain(start: Start) -> None:
    server = start("postgres", command=("serve", "--workers", "2"), drain_delay_s=0.5)
    seen: set[Any] = set()

    def both() -> bool:
        seen.add(server.ask("{ process }").data["process"])
        return len(seen) == 2

    eventually(both)
    asking = running(server)
    server.signal(signal.SIGTERM)
    try:
        eventually(lambda: server.status_of("/ready") == 503)
        eventually(lambda: refuses(server))
    finally:
        (server.folder / "go").touch()

    assert asking.answer.data == {"waitForFile": True}
    assert server.wait() == 0


def test_two_processes_do_not_share_a_sqlite_file(tmp_path: Path) -> None:
    write_project(tmp_path, WORKSHOP, "sqlite:///workshop.db")
    printed = run_portico_apart(tmp_path, "serve", "--workers", "2").stderr
    assert "SQLite is served by one process" in printed
    assert "Traceback" not in printed
