"""What do the messages of a websocket mean: the two protocols of GraphQL as tables, from texts to actions, without I/O."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, TypeAlias

import orjson

# Source: graphql-ws, PROTOCOL.md and `CloseCode`; 1012 is RFC 6455's registry, "Service Restart".
BAD_MESSAGE = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
NO_SUBPROTOCOL = 4406
INIT_TIMEOUT = 4408
ID_TAKEN = 4409
TOO_SLOW = 4410  # ours: clients that follow the protocol connect again
TOO_MANY = 4429
FAILED = 4500
RESTARTING = 1012
NORMAL = 1000


class Phase(IntEnum):
    """How far a connection has come."""

    OPENED = 0  # nothing was said
    ASKED = 1  # credentials were given, and are looked at
    READY = 2  # they were taken
    CLOSED = 3  # nothing is said or heard any more


@dataclass(frozen=True, slots=True)
class Initialise:
    """The client gives its credentials; answered by an acknowledgement or the end."""

    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that is answered at once."""

    text: bytes
    payload: Mapping[str, Any]  # may carry fresh credentials


@dataclass(frozen=True, slots=True)
class Begin:
    """An operation; its payload has a query, and all members have their types."""

    id: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stop:
    """The client wants no more of an operation, which may have ended by itself."""

    id: str


@dataclass(frozen=True, slots=True)
class Close:
    """The socket ends."""

    code: int
    reason: str


Action: TypeAlias = Initialise | Reply | Begin | Stop | Close | None
_NOTHING: Mapping[str, Any] = {}
MAX_ID_BYTES = 256  # it is sent with every answer, however short that is


class Dialect(Protocol):
    """One protocol. Instances have no state: that of a connection is its phase and the ids that are running."""

    @property
    def subprotocol(self) -> str:
        """Its name in Sec-WebSocket-Protocol."""
        ...

    @property
    def begins(self) -> Sequence[bytes]:
        """What is sent when credentials are taken."""
        ...

    @property
    def heartbeat(self) -> bytes:
        """What is sent now and then; empty where the protocol has nothing of that kind."""
        ...

    def read(self, text: bytes, phase: Phase, running: Container[str]) -> Action:
        """What a message means."""
        ...

    def next(self, id: str) -> tuple[bytes, bytes]:
        """What goes before and after a response."""
        ...

    def error(self, id: str, errors: bytes) -> Sequence[bytes]:
        """The messages that end an operation that failed. errors: a JSON list of GraphQL errors."""
        ...

    def complete(self, id: str) -> bytes:
        """The message that ends an operation."""
        ...

    def refused(self, errors: bytes) -> Sequence[bytes]:
        """What is sent before the socket is closed because of its credentials."""
        ...


class _Invalid(Exception):
    """A message that the protocol does not have; the text is the reason of the close."""


class TransportWs:
    """
    `graphql-transport-ws`.

    Source: github.com/enisdenjo/graphql-ws, PROTOCOL.md; the texts of closes are those of its server.
    """

    subprotocol = "graphql-transport-ws"
    begins = (b'{"type":"connection_ack"}',)
    heartbeat = b""

    def read(self, text: bytes, phase: Phase, running: Container[str]) -> Action:
        """Source: PROTOCOL.md, "Message types" and "Invalid message"."""
        try:
            message = _message(text)
            return self._action(message, phase, running)
        except _Invalid as invalid:
            return Close(BAD_MESSAGE, str(invalid))

    def _action(self, message: Mapping[str, Any], phase: Phase, running: Container[str]) -> Action:
        kind = message["type"]
        if kind == "subscribe":
            begin = Begin(_id(message), _request(message))
            if phase is not Phase.READY:
                return Close(UNAUTHORIZED, "Unauthorized")
            if begin.id in running:
                return Close(ID_TAKEN, f"Subscriber for {begin.id} already exists")
            return begin
        if kind == "complete":
            return Stop(_id(message))
        if kind == "ping":
            return Reply(_pong(message), _payload(message))
        if kind == "pong":
            _payload(message)
            return None
        if kind == "connection_init":
            payload = _payload(message)
            if phase is not Phase.OPENED:
                return Close(TOO_MANY, "Too many initialisation requests")
            return Initialise(payload)
        raise _Invalid("Invalid message received")

    def next(self, id: str) -> tuple[bytes, bytes]:
        """Source: PROTOCOL.md, "Next"."""
        return b'{"id":%b,"type":"next","payload":' % orjson.dumps(id), b"}"

    def error(self, id: str, errors: bytes) -> Sequence[bytes]:
        """Source: PROTOCOL.md, "Error": a list, and no `complete` after it."""
        return (b'{"id":%b,"type":"error","payload":%b}' % (orjson.dumps(id), errors),)

    def complete(self, id: str) -> bytes:
        """Source: PROTOCOL.md, "Complete"."""
        return b'{"id":%b,"type":"complete"}' % orjson.dumps(id)

    def refused(self, errors: bytes) -> Sequence[bytes]:
        """The close says it all."""
        return ()


class LegacyWs:
    """
    `graphql-ws`, the older protocol of the same name as the newer one's library.

    Source: github.com/apollographql/subscriptions-transport-ws, PROTOCOL.md. Its clients do not wait for the
    acknowledgement: what they start before it begins after it.
    """

    subprotocol = "graphql-ws"
    begins = (b'{"type":"connection_ack"}', b'{"type":"ka"}')
    heartbeat = b'{"type":"ka"}'

    def read(self, text: bytes, phase: Phase, running: Container[str]) -> Action:
        """Source: PROTOCOL.md, "Client -> Server"."""
        try:
            return self._action(_message(text), phase, running)
        except _Invalid as invalid:
            return Close(BAD_MESSAGE, str(invalid))

    def _action(self, message: Mapping[str, Any], phase: Phase, running: Container[str]) -> Action:
        kind = message["type"]
        if kind == "start":
            begin = Begin(_id(message), _request(message))
            if phase is Phase.OPENED:
                return Close(UNAUTHORIZED, "Unauthorized")
            if begin.id in running:
                return Close(ID_TAKEN, f"Subscriber for {begin.id} already exists")
            return begin
        if kind == "stop":
            return Stop(_id(message))
        if kind == "connection_init":
            payload = _payload(message)
            if phase is not Phase.OPENED:
                return Close(TOO_MANY, "Too many initialisation requests")
            return Initialise(payload)
        if kind == "connection_terminate":
            return Close(NORMAL, "")
        raise _Invalid("Invalid message received")

    def next(self, id: str) -> tuple[bytes, bytes]:
        """Source: PROTOCOL.md, "GQL_DATA"."""
        return b'{"type":"data","id":%b,"payload":' % orjson.dumps(id), b"}"

    def error(self, id: str, errors: bytes) -> Sequence[bytes]:
        """
        Errors as data, and the end: both are handed to whoever subscribed.

        `GQL_ERROR` has one error as its payload, and clients make one text of it; as data each keeps its extensions.
        """
        before, after = self.next(id)
        return b'%b{"errors":%b}%b' % (before, errors, after), self.complete(id)

    def complete(self, id: str) -> bytes:
        """Source: PROTOCOL.md, "GQL_COMPLETE"."""
        return b'{"type":"complete","id":%b}' % orjson.dumps(id)

    def refused(self, errors: bytes) -> Sequence[bytes]:
        """Source: PROTOCOL.md, "GQL_CONNECTION_ERROR"; its payload is one error."""
        return (b'{"type":"connection_error","payload":%b}' % orjson.dumps(orjson.loads(errors)[0]),)


TRANSPORT_WS = TransportWs()
LEGACY_WS = LegacyWs()


def _message(text: bytes) -> Mapping[str, Any]:
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _Invalid("Invalid message received") from None
    if type(message) is not dict or type(message.get("type")) is not str:
        raise _Invalid("Invalid message received")
    return message


def _id(message: Mapping[str, Any]) -> str:
    found = message.get("id")
    if type(found) is not str or not found:
        raise _Invalid("A message has no id")
    if len(found) > MAX_ID_BYTES or len(found.encode()) > MAX_ID_BYTES:
        raise _Invalid("An id is too long")
    return found


def _payload(message: Mapping[str, Any]) -> Mapping[str, Any]:
    found = message.get("payload")
    if found is None:
        return _NOTHING
    if type(found) is not dict:
        raise _Invalid("A payload is not an object")
    return found


def _request(message: Mapping[str, Any]) -> Mapping[str, Any]:
    payload = _payload(message)
    if type(payload.get("query")) is not str:
        raise _Invalid("A payload has no query")
    for name, wanted in (("variables", dict), ("extensions", dict), ("operationName", str)):
        found = payload.get(name)
        if found is not None and type(found) is not wanted:
            raise _Invalid(f"{name} has the wrong type")
    return payload


def _pong(message: Mapping[str, Any]) -> bytes:
    """The payload comes back, except one with credentials, which have no business on the way back."""
    payload = message.get("payload")
    if not payload or carries_credentials(payload):
        return b'{"type":"pong"}'
    return b'{"type":"pong","payload":%b}' % orjson.dumps(payload)


def carries_credentials(payload: Mapping[str, Any]) -> bool:
    """Whether a payload has headers: `{"headers": {…}}`, or among its own members."""
    if type(payload.get("headers")) is dict:
        return True
    return any(is_credential(name) for name in payload)


def is_credential(name: str) -> bool:
    """Whether a header says who asks."""
    lower = name.lower()
    return lower == "authorization" or lower.startswith(("x-portico-", "x-hasura-"))
