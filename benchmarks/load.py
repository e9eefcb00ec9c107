"""How much load does a server bear: a raw HTTP/1.1 client on one event loop, and the CPU that others spend meanwhile."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """
    One run against one server.

    requests: answered in the measured time. p50_ms, p99_ms: latencies. bytes_per_answer: of one body.
    cpu_us: CPU microseconds per request by name of the processes watched.
    """

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    bytes_per_answer: int
    failures: int
    cpu_us: dict[str, float]

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


class _Client(asyncio.Protocol):
    """Sends the next request as soon as an answer is whole; keeps as little as it can."""

    def __init__(self, requests: Sequence[bytes], start: int, until: float, since: float, expect: bytes) -> None:
        self._requests = requests
        self._next = start
        self._until = until
        self._since = since
        self._expect = expect
        self._missing = -1
        self._began = 0.0
        self._failed = False
        self._seen = b""
        self.latencies: list[float] = []
        self.failures = 0
        self.size = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._send()

    def _send(self) -> None:
        self._next = (self._next + 1) % len(self._requests)
        self._missing = -1
        self._began = time.perf_counter()
        self._transport.write(self._requests[self._next])

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            head_end = data.find(b"\r\n\r\n")
            at = (
                data.find(b"ontent-length: ")
                if b"ontent-length: " in data[:head_end]
                else data.find(b"ontent-Length: ")
            )
            self.size = int(data[at + 15 : data.find(b"\r", at)])
            self._missing = self.size - (len(data) - head_end - 4)
            self._failed = data[9:12] != b"200"
            self._seen = data[head_end + 4 :]
        else:
            self._missing -= len(data)
            self._seen = self._seen or data
        if self._missing <= 0:
            self._answered()

    def _answered(self) -> None:
        now = time.perf_counter()
        if self._began >= self._since and now <= self._until:
            self.latencies.append(now - self._began)
            self.failures += self._failed or self._expect not in self._seen
        if now < self._until:
            self._send()
        else:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish()

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
            self._transport.close()


def as_request(
    path: str, body: bytes, port: int, headers: Iterable[tuple[str, str]] = (), method: str = "POST"
) -> bytes:
    """A request as bytes."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def run(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int,
    seconds: float,
    warmup_s: float = 1.0,
    expect: bytes = b"",
    watch: dict[str, Sequence[int]] | None = None,
) -> Load:
    """
    Keeps `connections` busy for a while.

    Args:
        expect: what every answer's first packet must contain; others count as failures.
        watch: name → process ids whose CPU is charged to the requests.
    """
    since = time.perf_counter() + warmup_s
    until = since + seconds
    loop = asyncio.get_running_loop()
    clients: list[_Client] = []
    for index in range(connections):
        start = index * len(requests) // connections

        def make(start: int = start) -> _Client:
            client = _Client(requests, start, until, since, expect)
            clients.append(client)
            return client

        await loop.create_connection(make, "127.0.0.1", port)
    await asyncio.sleep(max(0.0, since - time.perf_counter()))
    before = {name: sum(map(cpu_s, pids)) for name, pids in (watch or {}).items()}
    await asyncio.gather(*(client.done for client in clients))
    after = {name: sum(map(cpu_s, pids)) for name, pids in (watch or {}).items()}
    latencies = sorted(each for client in clients for each in client.latencies)
    count = max(len(latencies), 1)
    return Load(
        requests=len(latencies),
        seconds=seconds,
        p50_ms=latencies[len(latencies) // 2] * 1000 if latencies else 0.0,
        p99_ms=latencies[int(len(latencies) * 0.99)] * 1000 if latencies else 0.0,
        bytes_per_answer=clients[0].size,
        failures=sum(client.failures for client in clients),
        cpu_us={name: (after[name] - before[name]) / count * 1e6 for name in before},
    )


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has spent, without its children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def children_of(pid: int) -> list[int]:
    """A process and everything below it."""
    found = [pid]
    for each in found:
        try:
            found += [int(child) for child in Path(f"/proc/{each}/task/{each}/children").read_text().split()]
        except OSError:
            continue
    return found
