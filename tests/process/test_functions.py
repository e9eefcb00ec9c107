"""Functions of a real server: subscriptions over its sockets and event streams, and calls whose clients go away."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.support.server import ADMIN_KEY, Server, served

MODELS = '''"""What functions tell of themselves is in a file, since nothing else outlives a call."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from portico.schema import query, subscription

SAID = Path(__file__).with_name("said.txt")


def say(word: str) -> None:
    with SAID.open("a") as file:
        file.write(word + "\\\\n")


@query
async def forever() -> int:
    say("called")
    try:
        await asyncio.Event().wait()
    finally:
        say("cancelled")
    return 0


@subscription
async def count(most: int) -> AsyncGenerator[int]:
    try:
        for number in range(1, most + 1):
            yield number
        if most > 2:
            await asyncio.Event().wait()
    finally:
        say("closed")
'''.replace("\\\\n", "\\n")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    folder = tmp_path_factory.mktemp("functions")
    with served(folder / "project", MODELS, f"sqlite:///{folder / 'test.db'}") as running:
        running.said = folder / "project" / "said.txt"  # pyright: ignore[reportAttributeAccessIssue]
        yield running


def times_said(server: Server, word: str) -> int:
    said: Path = server.said  # pyright: ignore[reportAttributeAccessIssue]
    return said.read_text().count(word) if said.exists() else 0


def until_said(server: Server, word: str, times: int = 1) -> None:
    end = time.monotonic() + 15
    while times_said(server, word) < times:
        assert time.monotonic() < end, word
        time.sleep(0.02)


def test_a_call_is_cancelled_when_its_client_goes_away(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
    body = json.dumps({"query": "{ forever }"})
    connection.request("POST", "/graphql", body, {"content-type": "application/json"})
    until_said(server, "called")
    connection.close()
    until_said(server, "cancelled")


def test_values_come_over_a_websocket_and_the_generator_is_closed_with_it(server: Server) -> None:
    before = times_said(server, "closed")
    url = f"ws://127.0.0.1:{server.port}/graphql"
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": {"X-Portico-Admin-Key": ADMIN_KEY}}))
        assert json.loads(socket.recv(15))["type"] == "connection_ack"
        socket.send(
            json.dumps({"id": "1", "type": "subscribe", "payload": {"query": "subscription { count(most: 2) }"}})
        )
        heard: list[Any] = [json.loads(socket.recv(15)) for _ in range(3)]
        assert [each.get("payload", {}).get("data") for each in heard] == [{"count": 1}, {"count": 2}, None]
        assert heard[2] == {"id": "1", "type": "complete"}
        socket.send(
            json.dumps({"id": "2", "type": "subscribe", "payload": {"query": "subscription { count(most: 3) }"}})
        )
        assert [json.loads(socket.recv(15))["payload"]["data"]["count"] for _ in range(3)] == [1, 2, 3]
        until_said(server, "closed", before + 1)
    until_said(server, "closed", before + 2)


def test_values_come_as_events_and_the_generator_is_closed_with_them(server: Server) -> None:
    before = times_said(server, "closed")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
    body = json.dumps({"query": "subscription { count(most: 4) }"})
    headers = {"content-type": "application/json", "accept": "text/event-stream"}
    connection.request("POST", "/graphql", body, headers)
    response = connection.getresponse()
    found: list[Any] = []
    while len(found) < 4:
        line = response.readline().decode()
        assert line
        if line.startswith("data: {"):
            found.append(json.loads(line.removeprefix("data: "))["data"]["count"])
    assert found == [1, 2, 3, 4]
    response.close()
    connection.close()
    until_said(server, "closed", before + 1)
