"""How do ten thousand websockets fit into a process: a protocol for uvicorn whose sockets cost no task and no queue."""

from __future__ import annotations

import asyncio
import base64
import binascii
from hashlib import sha1
from typing import Any
from urllib.parse import unquote

from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl

from portico.gateway.sockets import LINGER_S
from portico.gateway.websocket import Session
from portico.gateway.websocket_frames import (
    CLOSE,
    PING,
    PONG,
    TEXT,
    FrameReader,
    Violation,
    close_code,
    close_frame,
    control,
    text_head,
)
from portico.gateway.websocket_handshake import OWN_WIRE

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # source: RFC 6455, 1.3
_COPIED_BYTES = 8_192  # a longer body is not copied for each socket that it goes to
_MAX_EARLY_BYTES = 65_536
_PHRASES = {400: b"Bad Request", 403: b"Forbidden", 404: b"Not Found", 426: b"Upgrade Required", 429: b"Too Many Requests"}  # fmt: skip


class WebSocketProtocol(asyncio.Protocol):
    """
    One websocket, from the handshake on: a `ws` class of uvicorn, and the wire of its session.

    uvicorn's own keeps a task, a queue and a parser for each socket, and an application's coroutine waits in it: 22.7 KiB
    when idle and at least 23 µs of CPU for a message, against 2.7 KiB and 7 µs (benchmarks/sockets). Here the application answers the
    handshake only, is given the wire, and returns; from then on bytes that come in are read, understood and answered in the
    same call, and what is sent is one write. Bodies that many sockets get are one object.
    """

    __slots__ = ("_handshake", "_is_closing", "_reader", "_session", "_state", "_transport", "is_writable")

    def __init__(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> None:
        self._state = server_state
        self._handshake: _Handshake | None = _Handshake(self, config, app_state)
        self._reader: FrameReader | None = FrameReader()
        self._session: Session | None = None
        self._is_closing = False
        self._transport: Any = None
        self.is_writable = True

    # ---- asyncio.Protocol ----------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        """Source: asyncio.Protocol; uvicorn hands over a connection that has sent its request."""
        self._transport = getattr(transport, "bare", transport)
        self._state.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """First the request, as uvicorn writes it down again; then frames."""
        if self._handshake is not None:
            self._handshake.received(data)
        else:
            self._frames(data)

    def _frames(self, data: bytes) -> None:
        session, reader = self._session, self._reader
        if reader is None:
            return
        try:
            for opcode, payload in reader.feed(
                data, _MAX_EARLY_BYTES if session is None else session.max_message_bytes
            ):
                if opcode == CLOSE:
                    self._closed_by_peer(payload)
                elif session is None:
                    continue  # the socket was refused, and only its end is waited for
                elif opcode == TEXT:
                    session.received(payload)
                else:
                    self._control(session, opcode, payload)
        except Violation as violation:
            self._reader = None  # whatever else comes means nothing
            if session is not None:
                session.close(violation.code, violation.reason)
                self._say_no_more()

    def _say_no_more(self) -> None:
        """The peer's own close would not be understood any more, so that it must not wait for the answer to it."""
        if self._is_closing and self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()

    def _control(self, session: Session, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            if session.heard(counts=True) and not self._is_closing:
                self._transport.write(control(PONG, payload))
        elif opcode == PONG:
            session.heard()
        else:
            session.received_binary()

    def _closed_by_peer(self, payload: bytes) -> None:
        """Source: RFC 6455, 5.5.1 and 7.1.1: the same code comes back, and the server closes the connection."""
        code = close_code(payload)
        if not self._is_closing:
            self._is_closing = True
            self._transport.write(close_frame(code))
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Source: asyncio.Protocol."""
        self._state.connections.discard(self)
        session, self._session, self._handshake = self._session, None, None
        if session is not None:
            session.lost()

    def pause_writing(self) -> None:
        """Source: asyncio.Protocol; more than 64 KiB wait to be taken."""
        self.is_writable = False
        if self._session is not None:
            self._session.stalled()

    def resume_writing(self) -> None:
        """Source: asyncio.Protocol."""
        self.is_writable = True
        if self._session is not None:
            self._session.writable()

    def shutdown(self) -> None:
        """Called by uvicorn when the process ends; where all sockets are ended one after the other, this one's turn comes."""
        if self._session is None:
            self._transport.close()
        elif not self._session.sockets.is_draining:
            self._session.restart()

    # ---- the handshake -------------------------------------------------------------------------------

    def attach(self, session: Session) -> None:
        """The handshake is over: the session hears what comes."""
        handshake, self._session, self._handshake = self._handshake, session, None
        if handshake is None or self._transport.is_closing():
            session.lost()  # the client has gone in the meantime
        elif handshake.early:
            self._frames(handshake.early)

    def finish(self, data: bytes) -> None:
        """Sends the last of a connection that has no session."""
        self._handshake = None
        self._is_closing = True
        self._transport.write(data)
        if data.startswith(b"HTTP/"):
            self._transport.close()
        else:
            asyncio.get_running_loop().call_later(LINGER_S, self._transport.abort)

    # ---- Wire ----------------------------------------------------------------------------------------

    @property
    def transport(self) -> Any:
        """The connection."""
        return self._transport

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """Those that uvicorn waits for."""
        return self._state.tasks

    @property
    def unsent_bytes(self) -> int:
        """What the system has not taken yet."""
        return self._transport.get_write_buffer_size()

    def send(self, *parts: bytes) -> None:
        """One text message, in one frame."""
        size = sum(map(len, parts))
        if size < _COPIED_BYTES:
            self._transport.write(b"".join((text_head(size), *parts)))
        else:
            self._transport.writelines((text_head(size), *parts))

    def ping(self) -> bool:
        """Source: RFC 6455, 5.5.2; every client answers, whatever it is busy with."""
        self._transport.write(control(PING))
        return True

    def close(self, code: int, reason: str) -> None:
        """Says so, and waits for the peer to say so, too."""
        if not self._is_closing:
            self._is_closing = True
            self._transport.write(close_frame(code, reason))

    def abort(self) -> None:
        """Lets go of the connection, and of what it has not taken."""
        self._transport.abort()


class _Handshake:
    """The request of a websocket and its answer; gone once the socket is open."""

    def __init__(self, protocol: WebSocketProtocol, config: Any, app_state: Any) -> None:
        self._protocol = protocol
        self._config = config
        self._app_state = app_state
        self.early = b""  # frames that did not wait for the answer
        self._key = b""
        self._is_asked = False
        self._refusal: tuple[int, list[tuple[bytes, bytes]]] | None = None

    def received(self, data: bytes) -> None:
        """Source: RFC 6455, 4.2.1. uvicorn has read the request, and writes it here in a form of its own."""
        if self._is_asked:
            self.early = (self.early + data)[:_MAX_EARLY_BYTES]
            return
        self._is_asked = True
        head, *lines = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
        headers = [(name.lower(), value) for name, _, value in (line.partition(b": ") for line in lines)]
        known = dict(headers)
        self._key = known.get(b"sec-websocket-key", b"")
        if known.get(b"sec-websocket-version") != b"13":
            self._finish(426, [(b"sec-websocket-version", b"13")], b"Only version 13 of websockets is spoken.")
        elif not head.startswith(b"GET ") or not _is_key(self._key):
            self._finish(400, [], b"This is no handshake of a websocket.")
        else:
            task = asyncio.get_running_loop().create_task(self._run(self._scope(head.split(b" ")[1], headers)))
            self._protocol.tasks.add(task)
            task.add_done_callback(self._protocol.tasks.discard)

    def _scope(self, target: bytes, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
        """Source: ASGI, "WebSocket connection scope"."""
        transport = self._protocol.transport
        raw_path, _, query = target.partition(b"?")
        offered = b",".join(value for name, value in headers if name == b"sec-websocket-protocol").decode("latin-1")
        return {
            "type": "websocket",
            "asgi": {"version": self._config.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "wss" if is_ssl(transport) else "ws",
            "server": get_local_addr(transport),
            "client": get_remote_addr(transport),
            "root_path": self._config.root_path,
            "path": self._config.root_path + unquote(raw_path.decode("ascii", "replace")),
            "raw_path": raw_path,
            "query_string": query,
            "headers": headers,
            "subprotocols": [each.strip() for each in offered.split(",") if each.strip()],
            "state": self._app_state.copy(),
            "extensions": {"websocket.http.response": {}, OWN_WIRE: self._protocol},
        }

    async def _run(self, scope: dict[str, Any]) -> None:
        await self._config.loaded_app(scope, _receive, self._send)

    async def _send(self, message: Any) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            self._protocol.transport.write(self._accepted(message))
        elif kind == "websocket.close":
            self._protocol.finish(close_frame(message.get("code", 1000), message.get("reason", "")))
        elif kind == "websocket.http.response.start":
            self._refusal = (message["status"], list(message["headers"]))
        elif kind == "websocket.http.response.body" and self._refusal is not None:
            status, headers = self._refusal
            self._finish(status, headers, message["body"])

    def _accepted(self, message: Any) -> bytes:
        """Source: RFC 6455, 4.2.2."""
        accept = base64.b64encode(sha1(self._key + _GUID).digest())  # noqa: S324 (the protocol's own, no secret)
        lines = [
            b"HTTP/1.1 101 Switching Protocols",
            b"Upgrade: websocket",
            b"Connection: Upgrade",
            b"Sec-WebSocket-Accept: " + accept,
        ]
        if message.get("subprotocol"):
            lines.append(b"Sec-WebSocket-Protocol: " + message["subprotocol"].encode())
        lines += [name + b": " + value for name, value in message.get("headers", ())]
        return b"\r\n".join((*lines, b"", b""))

    def _finish(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        said = {name: value for name, value in headers if name != b"content-length"}
        lines = [b"HTTP/1.1 %d %b" % (status, _PHRASES.get(status, b"Refused"))]
        lines += [name + b": " + value for name, value in said.items()]
        lines += [b"content-length: %d" % len(body), b"connection: close"]
        self._protocol.finish(b"\r\n".join((*lines, b"", body)))


async def _receive() -> dict[str, str]:
    return {"type": "websocket.connect"}


def _is_key(key: bytes) -> bool:
    """Source: RFC 6455, 4.1: 16 bytes in base64."""
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except binascii.Error:
        return False
