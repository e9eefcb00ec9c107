"""The messages of both protocols as tables: what a client says, in which phase, and what it means."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from portico.gateway.websocket_protocol import (
    LEGACY_WS,
    TRANSPORT_WS,
    Action,
    Begin,
    Close,
    Dialect,
    Initialise,
    Phase,
    Reply,
    Stop,
)

OPENED, ASKED, READY = Phase.OPENED, Phase.ASKED, Phase.READY
INVALID = Close(4400, "Invalid message received")
AGAIN = Close(4429, "Too many initialisation requests")
QUERY = {"query": "{ hello }"}


def read(dialect: Dialect, message: Any, phase: Phase = READY, running: tuple[str, ...] = ()) -> Action:
    text = message if isinstance(message, bytes) else orjson.dumps(message)
    return dialect.read(text, phase, running)


@pytest.mark.parametrize("dialect", [TRANSPORT_WS, LEGACY_WS])
@pytest.mark.parametrize("phase", [OPENED, ASKED, READY])
@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"not json",
        b'{"type":"ping"',
        b'{"type":"ping","payload":{"a":NaN}}',
        b"\xff",
        b"[" * 5000,
        [],
        7,
        None,
        "ping",
        {},
        {"type": None},
        {"type": 1},
        {"type": ["subscribe"]},
        {"type": ""},
        {"type": "unheard of"},
        {"type": "connection_ack"},
        {"type": "next", "id": "1", "payload": {}},
        {"type": "data", "id": "1", "payload": {}},
        {"type": "error", "id": "1", "payload": []},
    ],
)
def test_what_is_no_message_ends_the_socket(dialect: Dialect, phase: Phase, message: Any) -> None:
    assert read(dialect, message, phase) == INVALID


@pytest.mark.parametrize(("dialect", "kind"), [(TRANSPORT_WS, "subscribe"), (LEGACY_WS, "start")])
@pytest.mark.parametrize(
    "members",
    [
        {"payload": QUERY},
        {"id": "", "payload": QUERY},
        {"id": 1, "payload": QUERY},
        {"id": None, "payload": QUERY},
        {"id": "1"},
        {"id": "1", "payload": None},
        {"id": "1", "payload": []},
        {"id": "1", "payload": "{ hello }"},
        {"id": "1", "payload": {}},
        {"id": "1", "payload": {"query": None}},
        {"id": "1", "payload": {"query": 7}},
        {"id": "1", "payload": {**QUERY, "variables": []}},
        {"id": "1", "payload": {**QUERY, "variables": "x"}},
        {"id": "1", "payload": {**QUERY, "operationName": 7}},
        {"id": "1", "payload": {**QUERY, "extensions": []}},
    ],
)
def test_an_operation_of_the_wrong_form_ends_the_socket(dialect: Dialect, kind: str, members: Any) -> None:
    action = read(dialect, {"type": kind, **members})
    assert isinstance(action, Close)
    assert action.code == 4400


@pytest.mark.parametrize(("dialect", "kind"), [(TRANSPORT_WS, "subscribe"), (LEGACY_WS, "start")])
def test_operations_begin_after_the_acknowledgement_and_under_an_id_of_their_own(dialect: Dialect, kind: str) -> None:
    payload = {**QUERY, "variables": {"a": 1}, "operationName": None, "extensions": {"b": 2}}
    message = {"type": kind, "id": "ü", "payload": payload}
    assert read(dialect, message) == Begin("ü", payload)
    assert read(dialect, message, OPENED) == Close(4401, "Unauthorized")
    early = read(dialect, message, ASKED)
    assert early == (Begin("ü", payload) if dialect is LEGACY_WS else Close(4401, "Unauthorized"))
    assert read(dialect, message, running=("1", "ü")) == Close(4409, "Subscriber for ü already exists")


@pytest.mark.parametrize(("dialect", "kind"), [(TRANSPORT_WS, "complete"), (LEGACY_WS, "stop")])
def test_operations_are_stopped_whether_they_run_or_not(dialect: Dialect, kind: str) -> None:
    assert read(dialect, {"type": kind, "id": "1"}, running=("1",)) == Stop("1")
    assert read(dialect, {"type": kind, "id": "2"}, running=("1",)) == Stop("2")
    assert read(dialect, {"type": kind}) == Close(4400, "A message has no id")


@pytest.mark.parametrize("dialect", [TRANSPORT_WS, LEGACY_WS])
def test_credentials_are_given_once(dialect: Dialect) -> None:
    message = {"type": "connection_init", "payload": {"Authorization": "x"}}
    assert read(dialect, message, OPENED) == Initialise({"Authorization": "x"})
    assert read(dialect, {"type": "connection_init"}, OPENED) == Initialise({})
    assert read(dialect, {"type": "connection_init", "payload": None}, OPENED) == Initialise({})
    assert read(dialect, message, ASKED) == AGAIN
    assert read(dialect, message, READY) == AGAIN
    wrong = read(dialect, {"type": "connection_init", "payload": "x"}, OPENED)
    assert wrong == Close(4400, "A payload is not an object")


@pytest.mark.parametrize("phase", [OPENED, ASKED, READY])
def test_pings_are_answered_at_any_time(phase: Phase) -> None:
    assert read(TRANSPORT_WS, {"type": "ping"}, phase) == Reply(b'{"type":"pong"}', {})
    assert read(TRANSPORT_WS, {"type": "ping", "payload": None}, phase) == Reply(b'{"type":"pong"}', {})
    payload = {"some": "payload"}
    assert read(TRANSPORT_WS, {"type": "ping", "payload": payload}, phase) == Reply(
        b'{"type":"pong","payload":{"some":"payload"}}', payload
    )
    assert read(TRANSPORT_WS, {"type": "pong", "payload": payload}, phase) is None
    assert read(TRANSPORT_WS, {"type": "ping", "payload": []}, phase) == Close(4400, "A payload is not an object")
    assert read(TRANSPORT_WS, {"type": "pong", "payload": 1}, phase) == Close(4400, "A payload is not an object")


@pytest.mark.parametrize(
    "payload", [{"Authorization": "Bearer x"}, {"headers": {"a": "b"}}, {"X-Hasura-Role": "a", "other": 1}]
)
def test_credentials_do_not_come_back_in_a_pong(payload: Any) -> None:
    assert read(TRANSPORT_WS, {"type": "ping", "payload": payload}) == Reply(b'{"type":"pong"}', payload)


def test_pings_are_unknown_to_the_older_protocol_which_ends_in_order() -> None:
    assert read(LEGACY_WS, {"type": "ping"}) == INVALID
    assert read(LEGACY_WS, {"type": "subscribe", "id": "1", "payload": QUERY}) == INVALID
    assert read(TRANSPORT_WS, {"type": "start", "id": "1", "payload": QUERY}) == INVALID
    assert read(LEGACY_WS, {"type": "connection_terminate"}) == Close(1000, "")


def test_what_is_said_to_clients() -> None:
    body, errors = b'{"data":{"a":1}}', b'[{"message":"no"}]'
    before, after = TRANSPORT_WS.next('"1"')
    assert orjson.loads(before + body + after) == {"id": '"1"', "type": "next", "payload": {"data": {"a": 1}}}
    assert [orjson.loads(text) for text in TRANSPORT_WS.error("1", errors)] == [
        {"id": "1", "type": "error", "payload": [{"message": "no"}]}
    ]
    assert orjson.loads(TRANSPORT_WS.complete("1")) == {"id": "1", "type": "complete"}
    assert not TRANSPORT_WS.refused(errors)


def test_what_is_said_to_older_clients() -> None:
    body, errors = b'{"data":{"a":1}}', b'[{"message":"no"}]'
    before, after = LEGACY_WS.next("1")
    assert orjson.loads(before + body + after) == {"id": "1", "type": "data", "payload": {"data": {"a": 1}}}
    assert [orjson.loads(text) for text in LEGACY_WS.error("1", errors)] == [
        {"id": "1", "type": "data", "payload": {"errors": [{"message": "no"}]}},
        {"id": "1", "type": "complete"},
    ]
    assert [orjson.loads(text) for text in LEGACY_WS.refused(errors)] == [
        {"type": "connection_error", "payload": {"message": "no"}}
    ]
