"""Channels of two real servers over one Postgres: what one is told the other's clients see, until one is killed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from portico.gateway.tokens import sign
from tests.support.postgres import fresh_database
from tests.support.server import Server, eventually, served

CHAT = Path(__file__).resolve().parents[2] / "examples" / "chat" / "models.py"
SECRET = "a secret of the tests, long enough for HMAC"
ALICE, BOB = "0191e9a8-0000-7000-8000-00000000000a", "0191e9a8-0000-7000-8000-00000000000b"
ROOM = "0191e9a8-0000-7000-8000-000000000001"
PEOPLE = f'mutation {{ insertUsers(objects: [{{id: "{ALICE}", name: "A"}}, {{id: "{BOB}", name: "B"}}]) {{ affectedRows }} }}'
OPEN = f"""mutation {{ insertRoom(object: {{ id: "{ROOM}", title: "Garden", members: {{ data: [
  {{ userId: "{ALICE}" }}, {{ userId: "{BOB}" }} ] }} }}) {{ title }} }}"""
PRESENCE = f'subscription ($me: RoomPresenceInput) {{ roomPresence(roomId: "{ROOM}", me: $me) {{ userId typing }} }}'
MESSAGES = f'subscription {{ roomMessages(roomId: "{ROOM}") {{ senderId body }} }}'
SEND = f'mutation ($body: String!) {{ sendRoomMessage(roomId: "{ROOM}", message: {{ kind: "x", body: $body }}) }}'
TYPE = f'mutation {{ updateRoomPresence(roomId: "{ROOM}", me: {{ typing: true }}) }}'
LEASE_S = 2.0


def token(user: str) -> str:
    return sign({"sub": user, "role": "user", "exp": int(time.time()) + 600}, SECRET)


class Client:
    """One socket with one subscription."""

    def __init__(self, socket: ClientConnection, user: str, document: str, **variables: Any) -> None:
        self.socket = socket
        self._say({"type": "connection_init", "payload": {"headers": {"Authorization": f"Bearer {token(user)}"}}})
        assert self._hear()["type"] == "connection_ack"
        self._say({"type": "subscribe", "id": "1", "payload": {"query": document, "variables": variables}})

    def _say(self, message: Any) -> None:
        self.socket.send(json.dumps(message))

    def _hear(self) -> Any:
        return json.loads(self.socket.recv(timeout=20))

    def until(self, holds: Callable[[Any], bool]) -> Any:
        """The next message of the subscription for which something holds."""
        while True:
            said = self._hear()
            if said["type"] != "ping" and holds(said):
                return said

    def sees(self, *present: tuple[str, bool]) -> None:
        """Waits until these and no others are there."""
        expected = sorted(present)

        def holds(said: Any) -> bool:
            rows = said["payload"]["data"]["roomPresence"]
            return sorted((row["userId"], row["typing"]) for row in rows) == expected

        self.until(holds)


Open = Callable[..., Client]


@pytest.fixture
def open_client() -> Generator[Open]:
    with ExitStack() as stack:

        def open_on(server: Server, user: str, document: str, **variables: Any) -> Client:
            url = f"ws://127.0.0.1:{server.port}/graphql"
            socket = stack.enter_context(connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]))
            return Client(socket, user, document, **variables)

        yield open_on


@pytest.fixture
def servers(postgres: str, tmp_path: Path) -> Generator[tuple[Server, Server]]:
    settings = {"token_secret": SECRET}
    toml = f"[channels]\npresence_lease_s = {LEASE_S}\n"
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(postgres))
        one = stack.enter_context(served(tmp_path / "one", CHAT, url, settings=settings, toml=toml))
        two = stack.enter_context(served(tmp_path / "two", CHAT, url, settings=settings, toml=toml, is_migrated=True))
        one.as_admin(PEOPLE)
        one.ask(OPEN, headers={"Authorization": f"Bearer {token(ALICE)}"}).data  # noqa: B018
        yield one, two


def test_what_one_server_is_told_the_other_shows_until_it_is_killed(
    servers: tuple[Server, Server], open_client: Open
) -> None:
    one, two = servers
    alice = open_client(one, ALICE, PRESENCE, me={})
    alice.sees((ALICE, False))
    bob = open_client(two, BOB, PRESENCE, me={})
    bob.sees((ALICE, False), (BOB, False))
    alice.sees((ALICE, False), (BOB, False))

    listening = open_client(two, BOB, MESSAGES)
    credentials = {"Authorization": f"Bearer {token(ALICE)}"}
    # A subscription to messages answers nothing by which it could be known to have begun.
    eventually(lambda: one.ask(SEND, {"body": "begun?"}, credentials).data and _has_begun(listening), 10, every_s=0.2)
    for body in ("first", "second", "third " + "x" * 20_000):
        assert one.ask(SEND, {"body": body}, credentials).data == {"sendRoomMessage": True}
    for body in ("first", "second", "third " + "x" * 20_000):
        said = listening.until(lambda said: said["payload"]["data"]["roomMessages"]["body"] != "begun?")
        assert said["payload"]["data"]["roomMessages"] == {"senderId": ALICE, "body": body}

    assert two.ask(TYPE, headers=credentials).data == {"updateRoomPresence": True}
    bob.sees((ALICE, True), (BOB, False))

    one.kill_at_once()
    bob.sees((BOB, False))

    two.as_admin(f'mutation {{ deleteMember(roomId: "{ROOM}", userId: "{BOB}") {{ since }} }}')
    for client in (bob, listening):
        said = client.until(lambda said: said["type"] == "error")
        assert said["payload"][0]["extensions"]["problem"] == "PT555"


def _has_begun(client: Client) -> bool:
    try:
        json.loads(client.socket.recv(timeout=0.2))
    except TimeoutError:
        return False
    return True
