"""How much load does a server bear: an HTTP/1.1 client on raw sockets, which keeps connections busy for a while."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_CHUNK = 262_144
_PATIENCE_S = 20.0


@dataclass(frozen=True)
class Load:
    """
    One run against one server.

    requests: answered in the measured time. p50_ms, p99_ms: latencies. bytes_per_answer: of the last body.
    failures: answers with another status than 200, or with what must not be in them.
    """

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    bytes_per_answer: int
    failures: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


class _Connection:
    """Sends the next request as soon as an answer is whole; keeps as little as it can."""

    def __init__(self, port: int, requests: Sequence[bytes], start: int, refuse: bytes) -> None:
        self._requests = requests
        self._next = start
        self._refuse = refuse
        self._missing = 0
        self._tail: bytes | None = None
        self._new = True
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.failed = False
        self.size = 0

    def send(self) -> None:
        self._next += 1
        if self._next >= len(self._requests):
            self._next = 0
        self._new = True
        self.began = time.perf_counter()
        self.socket.sendall(self._requests[self._next])

    def receive(self) -> bool:
        """Whether the answer is whole now."""
        data = self.socket.recv(_CHUNK)
        if not data:
            raise ConnectionError("the server closed a connection")
        if self._new:
            self._new = False
            self._head(data)
        elif self._tail is None:
            self._missing -= len(data)
        else:
            self._tail = (self._tail + data)[-7:]
            self.size += len(data)
        return self._missing <= 0 if self._tail is None else self._tail == b"\r\n0\r\n\r\n"

    def _head(self, data: bytes) -> None:
        end = data.find(b"\r\n\r\n") + 4
        self.failed = data[9:12] != b"200" or self._refuse in data
        at = data.find(b"ontent-length: ", 0, end)
        if at < 0:
            at = data.find(b"ontent-Length: ", 0, end)
        if at < 0:
            # In chunks, the last of which is empty.
            self._tail = data[-7:]
            self.size = len(data) - end
            return
        self._tail = None
        self.size = int(data[at + 15 : data.find(b"\r", at)])
        self._missing = self.size - (len(data) - end)


def as_request(
    path: str, body: bytes, port: int, headers: Iterable[tuple[str, str]] = (), method: str = "POST"
) -> bytes:
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def answer_to(port: int, request: bytes) -> tuple[int, bytes]:
    """The status and body of one request on a connection of its own; for checks, not for measuring."""
    head, _, body = request.partition(b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
        data = b"".join(iter(lambda: connection.recv(_CHUNK), b""))
    answered, _, content = data.partition(b"\r\n\r\n")
    status = int(answered[9:12])
    return status, _unchunked(content) if b"chunked" in answered.lower() else content


def _unchunked(content: bytes) -> bytes:
    parts: list[bytes] = []
    while content:
        size, _, rest = content.partition(b"\r\n")
        length = int(size, 16)
        parts.append(rest[:length])
        content = rest[length + 2 :]
    return b"".join(parts)


def run(
    port: int, requests: Sequence[bytes], *, connections: int, seconds: float, refuse: bytes = b'"errors":'
) -> Load:
    """
    Keeps `connections` busy for a while; each begins elsewhere in the list of requests and goes round it.

    epoll and blocking sends, not asyncio: 16 against 38 µs of the client's CPU a request, which the server
    could otherwise not use on a small machine.

    Args:
        refuse: what no answer's first packet may contain; those that do count as failures.
    """
    poll = select.epoll()
    clients: dict[int, _Connection] = {}
    for index in range(connections):
        client = _Connection(port, requests, index * len(requests) // connections, refuse)
        clients[client.socket.fileno()] = client
        poll.register(client.socket.fileno(), select.EPOLLIN)
    latencies: list[float] = []
    failures = 0
    began = time.perf_counter()
    until = began + seconds
    for client in clients.values():
        client.send()
    now = began
    # A slow server is given the time to answer everyone once.
    while now < until or (len(latencies) < connections and now < until + _PATIENCE_S):
        for descriptor, _ in poll.poll(0.5):
            client = clients[descriptor]
            if client.receive():
                latencies.append(time.perf_counter() - client.began)
                failures += client.failed
                client.send()
        now = time.perf_counter()
    elapsed = time.perf_counter() - began
    for client in clients.values():
        client.socket.close()
    poll.close()
    latencies.sort()
    return Load(
        requests=len(latencies),
        seconds=elapsed,
        p50_ms=_at(latencies, 0.5),
        p99_ms=_at(latencies, 0.99),
        bytes_per_answer=max(client.size for client in clients.values()),
        failures=failures,
    )


def _at(latencies: Sequence[float], share: float) -> float:
    return latencies[int(len(latencies) * share)] * 1000 if latencies else 0.0
