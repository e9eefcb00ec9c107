"""Sockets and event streams of a whole server: what they answer, and how they end with the process."""

from __future__ import annotations

import json
import signal
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.process.conftest import Start
from tests.support.server import ADMIN_KEY, Server, eventually


@contextmanager
def ready(server: Server, path: str = "/graphql", payload: Any = None) -> Generator[ClientConnection]:
    """A socket whose credentials were taken."""
    subprotocols = [Subprotocol("graphql-transport-ws")]
    with connect(f"ws://127.0.0.1:{server.port}{path}", subprotocols=subprotocols) as connection:
        connection.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert hear(connection) == {"type": "connection_ack"}
        yield connection


def subscribe(connection: ClientConnection, document: str) -> None:
    connection.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": document}}))


def hear(connection: ClientConnection) -> Any:
    return json.loads(connection.recv(timeout=10))


def closed(connection: ClientConnection) -> tuple[int, str]:
    with suppress(ConnectionClosed):
        while True:
            connection.recv(timeout=10)
    return connection.close_code or 1006, connection.close_reason or ""


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_queries_and_mutations_over_a_socket_and_an_event_stream(engine: str, start: Start) -> None:
    server = start(engine)
    with ready(server, payload={"X-Portico-Admin-Key": ADMIN_KEY}) as socket:
        subscribe(socket, "{ process }")
        assert hear(socket)["payload"] == server.ask("{ process }").json
        assert hear(socket) == {"id": "1", "type": "complete"}
        subscribe(socket, "{ nothing }")
        error = hear(socket)
        assert (error["type"], error["payload"][0]["extensions"]["problem"]) == ("error", "PT102")
    with ready(server, "/v1/graphql", {"headers": {"x-hasura-admin-secret": ADMIN_KEY}}) as socket:
        subscribe(socket, "{ nothing }")
        extensions = {"path": "$.selectionSet.nothing", "code": "validation-failed"}
        message = "field 'nothing' not found in type: 'query_root'"
        assert hear(socket)["payload"] == [{"message": message, "extensions": extensions}]
    events = server.ask("{ process }", headers={"accept": "text/event-stream"})
    assert events.text == f"event: next\ndata: {server.ask('{ process }').text}\n\nevent: complete\ndata: \n\n"


def test_sockets_are_told_to_come_back_when_the_process_ends(start: Start) -> None:
    server = start("sqlite")
    with ExitStack() as stack:
        sockets = [stack.enter_context(ready(server)) for _ in range(5)]
        subscribe(sockets[0], '{ waitForFile(name: "go") }')
        eventually(lambda: "waiting for go" in server.log)

        server.signal(signal.SIGTERM)
        assert [closed(socket) for socket in sockets[1:]] == [(1012, "Service restart")] * 4
        (server.folder / "go").touch()

        assert hear(sockets[0])["payload"] == {"data": {"waitForFile": True}}
        assert closed(sockets[0]) == (1012, "Service restart")
    assert server.wait() == 0
    assert "Traceback" not in server.log


def test_readiness_ends_before_sockets_do(start: Start) -> None:
    server = start("sqlite", drain_delay_s=0.5)
    with ready(server) as socket:
        server.signal(signal.SIGTERM)
        eventually(lambda: server.status_of("/ready") == 503)
        subscribe(socket, "{ process }")
        assert hear(socket)["type"] == "next"
        assert closed(socket) == (1012, "Service restart")
    assert server.wait() == 0


def test_a_socket_that_does_not_end_is_given_up_after_the_graceful_time(start: Start) -> None:
    server = start("sqlite", graceful_timeout_s=1.0)
    with ready(server) as socket:
        subscribe(socket, '{ waitForFile(name: "never") }')
        eventually(lambda: "waiting for never" in server.log)

        server.signal(signal.SIGTERM)

        assert server.wait(10) == 0
