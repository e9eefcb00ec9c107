"""Who may open a websocket: origin, quotas and subprotocol, and the way of messages through any ASGI server."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any, Protocol

from portico.gateway.connection import Connection
from portico.gateway.errors import error_body
from portico.gateway.http import Receive, Scope, Send, respond
from portico.gateway.origins import Origins
from portico.gateway.outlets import Endpoint, Wire
from portico.gateway.problems import NotFound, OriginNotAllowed
from portico.gateway.request_ids import RequestIds
from portico.gateway.socket_credentials import kept
from portico.gateway.sockets import Sockets
from portico.gateway.websocket import Session
from portico.gateway.websocket_protocol import LEGACY_WS, NO_SUBPROTOCOL, TRANSPORT_WS, Dialect
from portico.schema.problems import Problem

_JSON = b"application/json; charset=utf-8"
OWN_WIRE = "portico.wire"
"""The extension under which our own server protocol offers its wire, see `gateway/websocket_wire.py`."""


class OwnWire(Wire, Protocol):
    """A wire that calls its session by itself."""

    def attach(self, session: Session) -> None:
        """From now on the session hears what comes."""
        ...


class WebSockets:
    """
    The websockets of an application: an ASGI callable for scopes of type `websocket`.

    Args:
        endpoints: by path.
        origins: of pages that may open websockets, besides those that the server itself serves.
        takes_cookies: whether access tokens in cookies are credentials.
        speaks_legacy: whether the older `graphql-ws` is spoken, too.
    """

    def __init__(
        self,
        sockets: Sockets,
        endpoints: Mapping[str, Endpoint],
        *,
        origins: Origins | None = None,
        takes_cookies: Callable[[], bool] = lambda: False,
        speaks_legacy: bool = False,
    ) -> None:
        self._sockets = sockets
        self._endpoints = endpoints
        self._origins = origins or Origins()
        self._takes_cookies = takes_cookies
        dialects: list[Dialect] = [TRANSPORT_WS, LEGACY_WS] if speaks_legacy else [TRANSPORT_WS]
        self._dialects = {each.subprotocol: each for each in dialects}
        self._ids = RequestIds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Source: ASGI, "WebSocket"; what is refused is refused by HTTP, before the socket opens."""
        await receive()
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        identifier = self._ids.of(headers.get(b"x-request-id"))
        endpoint = self._endpoints.get(scope["path"])
        if endpoint is None:
            missing = NotFound("There is nothing here.", hint="GraphQL is at /graphql.")
            await _refuse(scope, send, 404, error_body([missing]), identifier)
            return
        address = address_of(scope)
        try:
            self._check_origin(headers)
            self._sockets.admit(address)
        except Problem as problem:
            endpoint.observe(identifier, problem)
            await _refuse(scope, send, problem.status, endpoint.manner.body([problem]), identifier)
            return
        dialect = next((self._dialects[name] for name in scope["subprotocols"] if name in self._dialects), None)
        await send(
            {
                "type": "websocket.accept",
                "subprotocol": dialect.subprotocol if dialect is not None else None,
                "headers": [(b"x-request-id", identifier)],
            }
        )
        if dialect is None:
            await send({"type": "websocket.close", "code": NO_SUBPROTOCOL, "reason": "Subprotocol not acceptable"})
            return
        own: OwnWire | None = scope.get("extensions", {}).get(OWN_WIRE)
        wire = AsgiWire(send) if own is None else own
        session = Session(
            self._sockets,
            endpoint,
            dialect,
            wire,
            identifier=identifier,
            address=address,
            connection=Connection.of(scope),
            # A page that may open sockets because all may is one whose cookies are not taken.
            credentials=kept(
                scope["headers"], takes_cookies=self._takes_cookies() and self._origins.may_bring_cookies(headers)
            ),
        )
        if own is not None:
            own.attach(session)
        elif isinstance(wire, AsgiWire):
            await wire.run(session, receive)

    def _check_origin(self, headers: Mapping[bytes, bytes]) -> None:
        if not self._origins.may_open_socket(headers):
            raise OriginNotAllowed(
                "Pages of this origin may not open websockets here.",
                hint="Name the origin in the setting allowed_origins.",
            )


class AsgiWire:
    """A socket through an ASGI server's `send` and `receive`; what is sent waits in a list for the one task that sends."""

    __slots__ = ("_send", "_sending", "_session", "_unsent", "_waiting")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._session: Session | None = None
        self._waiting: deque[tuple[dict[str, Any], int]] = deque()
        self._unsent = 0
        self._sending: asyncio.Task[None] | None = None

    async def run(self, session: Session, receive: Receive) -> None:
        """Hands on what comes, until the connection is gone."""
        self._session = session
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    return
                text = message.get("text")
                if text is None:
                    session.received_binary()
                elif len(text) > session.max_message_bytes:
                    session.close(1009, "Message too large")
                else:
                    session.received(text.encode())
        finally:
            session.lost()
            if self._sending is not None:
                self._sending.cancel()

    @property
    def is_writable(self) -> bool:
        """Whether the server has taken everything."""
        return self._sending is None

    @property
    def unsent_bytes(self) -> int:
        """What the server has not taken."""
        return self._unsent

    def send(self, *parts: bytes) -> None:
        """One text message."""
        text = b"".join(parts)
        self._put({"type": "websocket.send", "text": text.decode()}, len(text))

    def ping(self) -> bool:
        """ASGI has no pings; servers send their own."""
        return False

    def close(self, code: int, reason: str) -> None:
        """After what waits."""
        self._put({"type": "websocket.close", "code": code, "reason": reason_of(reason)})

    def abort(self) -> None:
        """ASGI cannot; the server's own time-outs end what does not answer."""

    def _put(self, message: dict[str, Any], size_bytes: int = 0) -> None:
        self._waiting.append((message, size_bytes))
        self._unsent += size_bytes
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_all())
            if self._session is not None:
                self._session.stalled()

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                message, size_bytes = self._waiting.popleft()
                await self._send(message)
                self._unsent -= size_bytes
        except Exception:
            return  # the connection is gone, which `receive` says, too
        self._sending = None
        if self._session is not None:
            self._session.writable()


def reason_of(text: str) -> str:
    """The reason of a close, cut to the 123 bytes of RFC 6455, 5.5."""
    return text.encode()[:123].decode(errors="ignore")


def address_of(scope: Scope) -> str | None:
    """
    The peer's address, as quotas count it; None for one that is not counted.

    Headers of proxies are not trusted. On the same machine there stands a proxy, or oneself; an address of IPv6 counts by its
    network of 64 bits, of which one customer has all.
    """
    client = scope.get("client")
    if not client:
        return None
    try:
        address = ip_address(client[0])
    except ValueError:
        return None
    if address.version == 6 and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return None
    return str(address) if address.version == 4 else address.exploded[:19]


async def _refuse(scope: Scope, send: Send, status: int, body: bytes, identifier: bytes) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})  # which servers answer with 403
        return

    async def renamed(message: Any) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    await respond(renamed, status, body, _JSON, ((b"x-request-id", identifier),))
