"""
What do ten thousand open sockets cost: the ramp, memory for each, and one answer fanned out to all of them.

    python -m benchmarks.sockets [--sockets 10000] [--wire own|asgi] [--tokens] [--clients 2]

The server is a process of its own, uvicorn as `portico serve` configures it, with sockets as the gateway has them over operations that
only remember their outlets: what is measured is the transport. Clients are raw protocols in other processes. Times
of arrival and departure are of the same monotonic clock.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import multiprocessing
import os
import resource
import struct
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from portico.gateway.errors import PORTICO
from portico.gateway.identity import Identity
from portico.gateway.outlets import Endpoint
from portico.gateway.serving import keep_memory, uvicorn_config
from portico.gateway.settings import Issuer, Settings
from portico.gateway.sockets import SocketLimits, Sockets
from portico.gateway.tokens import Verifier, sign
from portico.gateway.websocket_handshake import WebSockets
from portico.resolvers.live.ports import Outlet
from portico.resolvers.request import LiveRequest
from portico.schema.caller import Caller

SECRET = "a secret of the benchmarks, long enough"
BODY_BYTES = 300
AT_ONCE = 64


class Remembering:
    """Subscriptions that do nothing by themselves; a query `publish` answers all of them."""

    def __init__(self) -> None:
        self.outlets: list[Outlet] = []

    async def open(self, request: LiveRequest, outlet: Outlet) -> Any:
        """One object stands for all: what a real subscription holds is not the transport's."""
        if "publish" not in request.document:
            self.outlets.append(outlet)
            return self
        body = b'{"data":{"posts":"' + b"x" * request.variables["bytes"] + b'"}}'
        began = time.monotonic()
        for each in self.outlets:
            each.next(body)
        handed = time.monotonic() - began
        outlet.next(json.dumps({"data": {"began": began, "handed": handed, "rss": _rss()}}).encode())
        outlet.end()
        return None

    def cleared(self) -> None:
        """Nothing waits."""

    def act_as(self, caller: Caller) -> None:
        """Nothing depends on it."""

    def close(self) -> None:
        """Everything ends at once."""


def serve(port: int, wire: str) -> None:
    """The server's process."""
    uvloop.run(_serve(port, wire))


async def _serve(port: int, wire: str) -> None:
    issuer = Issuer(algorithms=("HS256",), key=SECRET)
    identity = Identity([Verifier(issuer, allow_private=False)], ())
    sockets = Sockets(SocketLimits(max_sockets_per_caller=100_000), identity.established)
    endpoint = Endpoint(Remembering(), PORTICO, lambda identifier, error: print(error, file=sys.stderr))
    websockets = WebSockets(sockets, {"/graphql": endpoint})

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await websockets(scope, receive, send)

    config = uvicorn_config(app, Settings(port=port))
    config.lifespan = "off"
    if wire == "asgi":
        config.ws, config.ws_per_message_deflate = "websockets-sansio", False
    keep_memory()
    sockets.start()
    await uvicorn.Server(config).serve()


class Peer(asyncio.Protocol):
    """One client: handshake, credentials, a subscription; then it notes when each message came."""

    def __init__(self, first: bytes, subscription: bytes, arrivals: list[float]) -> None:
        self._first = first
        self._subscription = subscription
        self._arrivals = arrivals
        self._buffer = b""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answers: list[bytes] = []
        self.is_open = False

    def connection_made(self, transport: Any) -> None:
        """Begins."""
        self.transport = transport
        transport.write(self._first)

    def data_received(self, data: bytes) -> None:
        """Handshake, then frames."""
        now = time.monotonic()
        buffer = self._buffer + data
        if not self.is_open:
            head, found, buffer = buffer.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            assert b" 101 " in head, head
            self.is_open = True
        while len(buffer) >= 2:
            size, start = buffer[1] & 127, 2
            if size == 126:
                size, start = int.from_bytes(buffer[2:4], "big"), 4
            elif size == 127:
                size, start = int.from_bytes(buffer[2:10], "big"), 10
            if len(buffer) < start + size:
                break
            if buffer[0] & 15 == 1:
                self._message(buffer[start : start + size], now)
            elif buffer[0] & 15 == 9:
                self.transport.write(frame(buffer[start : start + size], 10))
            buffer = buffer[start + size :]
        self._buffer = buffer

    def _message(self, text: bytes, now: float) -> None:
        if not self.ready.done():
            assert b"connection_ack" in text, text
            self.ready.set_result(None)
            if self._subscription:
                self.transport.write(self._subscription)
        elif self._subscription:
            self._arrivals.append(now)
        else:
            self.answers.append(text)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fails what waits."""
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("closed"))


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """A masked frame; the mask is zero, which is one of the possible ones."""
    size = len(payload)
    head = (
        struct.pack("!BB", 0x80 | opcode, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x80 | opcode, 0xFE, size)
    )
    return head + b"\0\0\0\0" + payload


async def opened(port: int, number: int, tokens: bool, arrivals: list[float], *, subscribes: bool = True) -> Peer:
    """One client that is ready."""
    payload: dict[str, Any] = {}
    if tokens:
        payload = {"Authorization": f"Bearer {sign({'sub': str(number), 'exp': int(time.time()) + 3600}, SECRET)}"}
    key = base64.b64encode(os.urandom(16)).decode()
    head = (
        f"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    ).encode()
    subscription = {"type": "subscribe", "id": f"{number:08}-0000-4000-8000-000000000000", "payload": {"query": "subscription { posts { id } }"}}  # fmt: skip
    loop = asyncio.get_running_loop()
    _, peer = await loop.create_connection(
        lambda: Peer(head, frame(json.dumps(subscription).encode()) if subscribes else b"", arrivals), "127.0.0.1", port
    )
    # What follows the handshake at once is lost by servers that answer it first.
    while not peer.is_open:
        await asyncio.sleep(0.0005)
    peer.transport.write(frame(json.dumps({"type": "connection_init", "payload": payload}).encode()))
    await peer.ready
    return peer


def clients(port: int, first: int, count: int, tokens: bool, pipe: Any) -> None:
    """One process of clients; says when they are ready, and gives arrivals when asked."""
    uvloop.run(_clients(port, first, count, tokens, pipe))


async def _clients(port: int, first: int, count: int, tokens: bool, pipe: Any) -> None:
    arrivals: list[float] = []
    peers: list[Peer] = []
    numbers = iter(range(first, first + count))

    async def some() -> None:
        for number in numbers:
            peers.append(await opened(port, number, tokens, arrivals))

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    pipe.send(time.monotonic())
    loop = asyncio.get_running_loop()
    while True:
        wanted = await loop.run_in_executor(None, pipe.recv)
        if wanted is None:
            return
        deadline = time.monotonic() + 30
        while len(arrivals) < wanted and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        pipe.send(list(arrivals))
        arrivals.clear()


def _rss(pid: int | str = "self") -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(options: argparse.Namespace) -> None:
    """Runs everything and prints it."""
    port = 8123
    server = multiprocessing.Process(target=serve, args=(port, options.wire), daemon=True)
    server.start()
    assert server.pid is not None
    while True:
        try:
            control = await opened(port, 0, False, [], subscribes=False)
            break
        except OSError:
            await asyncio.sleep(0.1)
    before = _rss(server.pid)
    began, cpu = time.monotonic(), _cpu(server.pid)
    pipes: list[Any] = []
    processes: list[Any] = []
    share = options.sockets // options.clients
    for number in range(options.clients):
        ours, theirs = multiprocessing.Pipe()
        arguments = (port, number * share, share, options.tokens, theirs)
        process = multiprocessing.Process(target=clients, args=arguments, daemon=True)
        process.start()
        pipes.append(ours)
        processes.append(process)
    loop = asyncio.get_running_loop()
    ends = [await loop.run_in_executor(None, pipe.recv) for pipe in pipes]
    ramp = max(ends) - began
    count = share * options.clients
    await asyncio.sleep(1)
    each = (_rss(server.pid) - before) / count / 1024
    print(f"{options.wire}: {count} sockets, {'each of its own caller' if options.tokens else 'anonymous'}")
    print(f"  ramp {ramp:.1f} s, {count / ramp:.0f}/s, {(_cpu(server.pid) - cpu) / count * 1e6:.0f} µs of CPU each")
    print(f"  {each:.1f} KiB of memory each")
    for size in (BODY_BYTES, BODY_BYTES, BODY_BYTES, 20_000):
        await _fan_out(control, pipes, count, share, size, server.pid)
    print(f"  {(_rss(server.pid) - before) / count / 1024:.1f} KiB of memory each after that")
    cpu = _cpu(server.pid)
    await asyncio.sleep(5)
    print(f"  idle: {(_cpu(server.pid) - cpu) / 5 * 100:.1f} % of a core")
    for pipe in pipes:
        pipe.send(None)
    server.terminate()
    for process in (*processes, server):
        process.join()


async def _fan_out(control: Peer, pipes: list[Any], count: int, share: int, size: int, pid: int) -> None:
    loop = asyncio.get_running_loop()
    for pipe in pipes:
        pipe.send(share)
    cpu = _cpu(pid)
    control.answers.clear()
    request = {"type": "subscribe", "id": "p", "payload": {"query": "{ publish }", "variables": {"bytes": size}}}
    control.transport.write(frame(json.dumps(request).encode()))
    found: list[list[float]] = await asyncio.gather(*(_received(loop, pipe) for pipe in pipes))
    arrivals = sorted(time for times in found for time in times)
    while not (
        said := next((json.loads(each)["payload"]["data"] for each in control.answers if b"began" in each), None)
    ):
        await asyncio.sleep(0.01)
    began = said["began"]
    assert len(arrivals) == count, f"{len(arrivals)} of {count} arrived"
    print(
        f"  {size} bytes to all: handed over in {said['handed'] * 1000:.0f} ms; p50 {(arrivals[count // 2] - began) * 1000:.0f}, "
        f"p99 {(arrivals[count * 99 // 100] - began) * 1000:.0f}, last {(arrivals[-1] - began) * 1000:.0f} ms; "
        f"{count / (arrivals[-1] - began):.0f} messages/s, {(_cpu(pid) - cpu) / count * 1e6:.0f} µs of CPU each"
    )


def _received(loop: asyncio.AbstractEventLoop, pipe: Any) -> Awaitable[list[float]]:
    return loop.run_in_executor(None, pipe.recv)


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--wire", choices=("own", "asgi"), default="own")
    parser.add_argument("--tokens", action="store_true", help="each socket has a token of its own")
    parser.add_argument("--clients", type=int, default=2, help="processes")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(measure(options))


if __name__ == "__main__":
    main()
