"""How do tests open sockets: a real server on a port of its own, in the test's own loop, around operations of the tests."""

from __future__ import annotations

import asyncio
import functools
import json
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from portico.gateway.departures import Departures
from portico.gateway.errors import HASURA, PORTICO
from portico.gateway.http import GraphQLOverHttp
from portico.gateway.identity import Identity
from portico.gateway.one_write import HttpProtocol
from portico.gateway.outlets import Endpoint
from portico.gateway.settings import Issuer
from portico.gateway.sockets import SocketLimits, Sockets
from portico.gateway.sse import EventStreams
from portico.gateway.tokens import Verifier, sign
from portico.gateway.websocket_handshake import WebSockets
from portico.gateway.websocket_wire import WebSocketProtocol
from portico.resolvers.request import Request
from tests.support.numbers import Numbers
from tests.support.server import free_port
from tests.support.streams import EventSource, events

SECRET, ADMIN_KEY = "a secret of the tests, long enough for HMAC", "key-of-the-tests"
WIRES: Mapping[str, Any] = {"own": WebSocketProtocol, "asgi": "websockets-sansio"}


def on_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Runs a test on the loop that servers run on."""

    @functools.wraps(test)
    def run(*arguments: Any, **keywords: Any) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(test(*arguments, **keywords))

    return run


async def until(holds: Callable[[], Any], timeout_s: float = 10.0) -> Any:
    """Waits until something is so."""
    async with asyncio.timeout(timeout_s):
        while not (found := holds()):
            await asyncio.sleep(0.005)
        return found


class Clock:
    """The time of the sockets, which tests make pass."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def now(self) -> float:
        return time.monotonic() + self._ahead_s

    def advance(self, seconds: float) -> None:
        self._ahead_s += seconds


@dataclass
class Realtime:
    """A server of websockets and event streams over `Numbers`."""

    port: int
    numbers: Numbers
    sockets: Sockets
    uvicorn: uvicorn.Server
    clock: Clock
    failures: list[BaseException] = field(default_factory=list[BaseException])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    def pass_time(self, seconds: float) -> None:
        """What is due by then is done."""
        self.clock.advance(seconds)
        self.sockets.sweep()

    @asynccontextmanager
    async def events(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        path: str = "/graphql",
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> AsyncGenerator[EventSource]:
        """An event stream by POST."""
        body = json.dumps({"query": query, "variables": variables, **members}).encode()
        async with events(self.port, path, body, headers or {}) as stream:
            yield stream

    def forget_keys(self) -> None:
        """From now on no token is known or taken."""
        self.sockets.establish = Identity([], ()).established

    @asynccontextmanager
    async def socket(
        self,
        path: str = "/graphql",
        *,
        subprotocol: str | None = "graphql-transport-ws",
        origin: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> AsyncGenerator[Socket]:
        """An open socket on which nothing was said."""
        async with connect(
            f"ws://127.0.0.1:{self.port}{path}",
            subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
            origin=Origin(origin) if origin else None,
            additional_headers=headers,
            compression=None,
            max_size=None,
            **more,
        ) as connection:
            yield Socket(connection)

    @asynccontextmanager
    async def ready(self, payload: Mapping[str, Any] | None = None, **more: Any) -> AsyncGenerator[Socket]:
        """A socket whose credentials were taken."""
        async with self.socket(**more) as socket:
            await socket.say("connection_init", **({} if payload is None else {"payload": payload}))
            assert await socket.hear() == {"type": "connection_ack"}
            yield socket


class Socket:
    """A websocket as a client sees it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, type: str, **members: Any) -> None:
        await self.connection.send(json.dumps({**members, "type": type}))

    async def subscribe(self, query: str, id: str = "1", **payload: Any) -> None:
        await self.say("subscribe", id=id, payload={"query": query, **payload})

    async def hear(self, timeout_s: float = 10.0) -> Any:
        """The next message."""
        text = await asyncio.wait_for(self.connection.recv(), timeout_s)
        assert isinstance(text, str), "an answer came as a binary frame"
        return json.loads(text)

    async def closed(self, timeout_s: float = 10.0) -> tuple[int, str]:
        """How the server closes it; messages before that are passed over."""
        async with asyncio.timeout(timeout_s):
            try:
                while True:
                    await self.connection.recv()
            except ConnectionClosed:
                pass
        return self.connection.close_code or 1006, self.connection.close_reason or ""

    async def is_silent(self) -> bool:
        """Whether nothing was sent before the answer to a ping."""
        await self.say("ping", payload={"is": "silent"})
        return await self.hear() == {"type": "pong", "payload": {"is": "silent"}}


def token(seconds: float = 60.0, *, secret: str = SECRET, **claims: Any) -> str:
    """A token that holds for so long."""
    return sign({"sub": "1", "role": "user", "exp": time.time() + seconds, **claims}, secret)


def bearer(*arguments: Any, **keywords: Any) -> dict[str, str]:
    """A payload with a token."""
    return {"Authorization": f"Bearer {token(*arguments, **keywords)}"}


@asynccontextmanager
async def serving(
    limits: SocketLimits | None = None,
    *,
    wire: str = "own",
    unauthorized_role: str = "anonymous",
    graceful_s: int = 5,
    **options: Any,
) -> AsyncGenerator[Realtime]:
    """A server; its operations are /graphql, and in Hasura's manner /v1/graphql."""
    issuer = Issuer(algorithms=("HS256",), key=SECRET)
    identity = Identity([Verifier(issuer, allow_private=False)], (ADMIN_KEY,), unauthorized_role=unauthorized_role)
    clock = Clock()
    sockets = Sockets(limits or SocketLimits(), identity.established, now=clock.now)
    numbers = Numbers()
    failures: list[BaseException] = []

    def observe(identifier: bytes, error: BaseException) -> None:
        failures.append(error)

    endpoints = {
        path: Endpoint(numbers, manner, observe) for path, manner in (("/graphql", PORTICO), ("/v1/graphql", HASURA))
    }
    websockets = WebSockets(sockets, endpoints, **options)

    https = {path: _http(endpoint, identity, sockets) for path, endpoint in endpoints.items()}
    departures = Departures()
    departures.start()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await websockets(scope, receive, send)
            return
        running = departures.enter(receive, scope)
        try:
            await https[scope["path"]](scope, receive, send)
        finally:
            departures.leave(running)

    port = free_port()
    config = uvicorn.Config(
        app,
        port=port,
        ws=WIRES[wire],
        http=HttpProtocol,
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=graceful_s,
    )
    server = uvicorn.Server(config)
    sockets.start()
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield Realtime(port, numbers, sockets, server, clock, failures)
    finally:
        server.should_exit = True
        await sockets.stop()
        await task
        await departures.stop()


def _http(endpoint: Endpoint, identity: Identity, sockets: Sockets) -> GraphQLOverHttp:
    async def execute(request: Request) -> bytes:
        return b'{"data":{"hello":"plain"}}'

    return GraphQLOverHttp(
        execute,
        identity.identify,  # pyright: ignore[reportArgumentType]
        endpoint.observe,
        manner=endpoint.manner,
        stream=EventStreams(sockets, endpoint),
        max_body_bytes=100_000,
        max_batch=0,
        body_timeout_s=5.0,
    )
