"""Functions of a real server: subscriptions over its sockets and event streams, and calls whose clients go away."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.process.conftest import Start
from tests.support.server import ADMIN_KEY, Server, served

SPOKEN = Subprotocol("graphql-transport-ws")
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


COMPUTED = '''"""Notes with an excerpt that is worked out in Python."""

from pathlib import Path

from sqlalchemy.orm import Mapped

from portico.schema import IntId, Model, allow, computed, everyone

SAID = Path(__file__).with_name("said.txt")


class Note(Model):
    id: Mapped[IntId]
    text: Mapped[str]


allow(Note, "all", when=everyone)


@computed(Note, reads=[Note.text])
async def excerpt(notes: list[Note]) -> list[str]:
    with SAID.open("a") as file:
        file.write("computed ")
    return [note.text[:3] for note in notes]
'''


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_clients_of_a_computed_field_are_told_by_one_call_and_only_where_it_is_another(
    engine: str, start: Start
) -> None:
    server = start(engine, models=COMPUTED)
    said = server.folder / "said.txt"
    server.as_admin('mutation { insertNote(object: {text: "abcdef"}) { id } }')
    url = f"ws://127.0.0.1:{server.port}/graphql"
    document = "subscription { notes { excerpt } }"
    with ExitStack() as stack:
        sockets = [stack.enter_context(connect(url, subprotocols=[SPOKEN])) for _ in range(20)]
        for socket in sockets:
            socket.send(json.dumps({"type": "connection_init", "payload": {"X-Portico-Admin-Key": ADMIN_KEY}}))
            assert json.loads(socket.recv(15))["type"] == "connection_ack"
            socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": document}}))
        assert [_excerpts(socket) for socket in sockets] == [["abc"]] * 20
        before = said.read_text().count("computed")
        for text in ("abcXXX", "uvwxyz"):
            change = f'mutation {{ updateNotes(where: {{}}, _set: {{text: "{text}"}}) {{ affectedRows }} }}'
            server.as_admin(change)
        assert [_excerpts(socket) for socket in sockets] == [["uvw"]] * 20  # the same excerpt was not said again
        assert said.read_text().count("computed") - before <= 2


def _excerpts(socket: ClientConnection) -> list[str]:
    return [note["excerpt"] for note in json.loads(socket.recv(15))["payload"]["data"]["notes"]]
