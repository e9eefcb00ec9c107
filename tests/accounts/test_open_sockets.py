"""Open websockets and event streams of accounts: what ends them, and what they see less or more of from then on (A7, A19)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from tests.support.account_sockets import WIRES, Open
from tests.support.accounts import AccountServer, Person

LIVE = "subscription { notes { text } }"
INSERT = "mutation ($text: String!) { insertNote(object: {text: $text}) { id } }"
wires = pytest.mark.parametrize("wire", WIRES)
Opener = Callable[..., Open]


@pytest.fixture
def keep_open(server: AccountServer) -> Generator[Opener]:
    opened: list[Open] = []

    def keep(wire: str, token: str, document: str = LIVE) -> Open:
        opened.append(Open(server, wire, document, token))
        opened[-1].until(lambda: opened[-1].answers or opened[-1].ending)
        assert opened[-1].ending is None, opened[-1].ending
        return opened[-1]

    yield keep
    for each in opened:
        each.close()


@pytest.fixture
def ann(server: AccountServer) -> Person:
    return server.sign_up()


def texts(stream: Open) -> Any:
    return [each["text"] for each in stream.answers[-1]["data"]["notes"]]


def write(server: AccountServer, token: str, text: str) -> None:
    server.data(INSERT, {"text": text}, token=token)


ENDS = {
    "signing out": "mutation { signOut }",
    "a disabled user": "UPDATE users SET disabled_at = CURRENT_TIMESTAMP WHERE email = 'ann@example.com'",
    "a deleted user": "DELETE FROM users WHERE email = 'ann@example.com'",
    "a revoked session": "UPDATE auth_sessions SET revoked_at = CURRENT_TIMESTAMP",
    "a retired key": "UPDATE auth_keys SET retired_at = CURRENT_TIMESTAMP",
}


@wires
@pytest.mark.parametrize("what", ENDS)
def test_what_ends_a_session_ends_what_is_open_within_a_second(
    server: AccountServer, ann: Person, keep_open: Opener, wire: str, what: str
) -> None:
    """(A7, A19)"""
    stream = keep_open(wire, ann.access_token)
    heard = len(stream.answers)

    if ENDS[what].startswith("mutation"):
        server.data(ENDS[what], token=ann.access_token)
    else:
        server.sql(ENDS[what])

    assert stream.until_ended() < 1
    if wire == "websocket":
        assert stream.ending[0] in (4401, 4403)
        assert stream.ending[1]
    assert len(stream.answers) <= heard + (what == "a deleted user")


@wires
def test_a_token_ends_what_is_open_with_itself(open_server: Callable[..., AccountServer], wire: str) -> None:
    """(A19) No answer comes a second after its end."""
    server = open_server(auth={"access_token_s": 1})
    ann = server.sign_up()
    stream = Open(server, wire, LIVE, ann.access_token)
    try:
        assert stream.until_ended() < 2
    finally:
        stream.close()


@wires
def test_another_role_sees_what_it_may_within_a_second(
    server: AccountServer, ann: Person, keep_open: Opener, wire: str
) -> None:
    """(A19) To begin with all of her notes, as `careful` none without a second factor, and then all again."""
    write(server, ann.access_token, "mine")
    stream = keep_open(wire, ann.access_token)
    assert texts(stream) == ["mine"]

    server.sql("UPDATE users SET role = 'careful'")
    assert stream.until(lambda: stream.ending or texts(stream) == []) < 1
    assert stream.ending is None

    server.sql("UPDATE users SET role = 'user'")
    assert stream.until(lambda: stream.ending or texts(stream) == ["mine"]) < 1


@wires
def test_a_session_that_loses_its_assurance_sees_less_within_a_second(
    server: AccountServer, ann: Person, keep_open: Opener, wire: str
) -> None:
    """(A19)"""
    device = server.enroll(ann)
    assert device.person is not None
    write(server, device.person.access_token, "mine")
    server.sql("UPDATE users SET role = 'careful'")
    server.until_data("{ me { role } notes { text } }", device.person.access_token, lambda found: found["me"]["role"] == "careful" and found["notes"])  # fmt: skip
    stream = keep_open(wire, device.person.access_token)
    assert texts(stream) == ["mine"]

    server.sql("UPDATE auth_sessions SET assurance = 1")

    assert stream.until(lambda: stream.ending or texts(stream) == []) < 1


@wires
def test_a_key_that_is_revoked_ends_what_is_open_within_a_second(
    server: AccountServer, ann: Person, keep_open: Opener, wire: str
) -> None:
    """(A19)"""
    made = server.data('mutation { createApiKey(name: "robot") { id key } }', token=ann.access_token)["createApiKey"]
    stream = keep_open(wire, made["key"])
    other = keep_open(wire, ann.access_token)

    server.data("mutation ($id: ID!) { revokeApiKey(id: $id) }", {"id": made["id"]}, token=ann.access_token)

    assert stream.until_ended() < 1
    write(server, ann.access_token, "after")
    other.until(lambda: texts(other) == ["after"])
    assert texts(stream) == []


@wires
def test_what_is_not_changed_goes_on(server: AccountServer, ann: Person, keep_open: Opener, wire: str) -> None:
    bob = server.sign_up("bob@example.com")
    stream = keep_open(wire, ann.access_token)

    server.sql("UPDATE users SET disabled_at = CURRENT_TIMESTAMP WHERE email = 'bob@example.com'")
    assert server.until("{ me { id } }", bob.access_token, "PT310") < 1

    write(server, ann.access_token, "still here")
    stream.until(lambda: texts(stream) == ["still here"])
