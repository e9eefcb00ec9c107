"""Who listens: many websockets in one process, each a protocol of a few lines, that note when bytes came and read them later."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import socket
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uvloop

from benchmarks.sockets import frame

_AT_ONCE = 64
_NUMBER = re.compile(rb'"body":"(\d+)')
_SMALL_BUFFER_BYTES = 4_096


@dataclass(frozen=True)
class Subscriber:
    """What one socket says: the payloads of its `connection_init` and of its one subscription."""

    credentials: Mapping[str, Any]
    subscription: Mapping[str, Any]


@dataclass(frozen=True)
class Arrivals:
    """
    What a process of readers heard: parallel arrays, one item for each number in each message.

    times: of the monotonic clock. readers: places in the process's sequence of subscribers. numbers: from the bodies of
    the rows. messages, bytes: in all, those without numbers included. failures: messages that are no answers.
    """

    times: array[float]
    readers: array[int]
    numbers: array[int]
    messages: int
    bytes: int
    failures: Sequence[bytes]


class Reader(asyncio.Protocol):
    """One socket: handshake, credentials, one subscription; from then on bytes are put aside with the time."""

    def __init__(
        self, place: int, subscriber: Subscriber, port: int, path: str, heard: list[tuple[float, int, bytes]]
    ) -> None:
        self._place = place
        self._subscriber = subscriber
        self._port = port
        self._path = path
        self._heard = heard
        self._begun = b""
        self._step = 0
        self.transport: Any = None
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Source: asyncio.Protocol."""
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Source: asyncio.Protocol."""
        if self._step == 2:
            if data[0] == 0x89:  # an empty ping; others do not come in these minutes
                self.transport.write(frame(b"", 10))
            self._heard.append((time.monotonic(), self._place, data))
        else:
            self._begin(self._begun + data)

    def _begin(self, data: bytes) -> None:
        if self._step == 0:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._begun = head
                return
            assert b" 101 " in head, head
            self._step = 1
            self._say({"type": "connection_init", "payload": self._subscriber.credentials})
        self._begun = data
        if b"connection_ack" in data:
            self._step = 2
            self._say({"type": "subscribe", "id": "1", "payload": self._subscriber.subscription})
            self.subscribed.set_result(None)

    def _say(self, message: Mapping[str, Any]) -> None:
        self.transport.write(frame(json.dumps(message).encode()))

    def connection_lost(self, exc: Exception | None) -> None:
        """Source: asyncio.Protocol."""
        if not self.subscribed.done():
            self.subscribed.set_exception(exc or ConnectionError("closed"))
        elif exc is not None or self._step == 2:
            self._heard.append((time.monotonic(), self._place, b"\x81\x06closed"))


def read(port: int, path: str, subscribers: Sequence[Subscriber], pipe: Any) -> None:
    """
    The process. Says over the pipe when it has subscribed (time, seconds it took), then obeys until it is told None.

    ("heard",): everything that has come so far. ("answered",): how many sockets have heard something.
    ("stop", place), ("go on", place): a reader takes nothing more, or does so again.
    """
    uvloop.run(_read(port, path, subscribers, pipe))


async def _read(port: int, path: str, subscribers: Sequence[Subscriber], pipe: Any) -> None:
    heard: list[tuple[float, int, bytes]] = []
    begun: dict[int, bytes] = {}  # of each reader, what has come of its next message
    readers: list[Reader] = []
    loop = asyncio.get_running_loop()
    waiting = iter(enumerate(subscribers))

    async def some() -> None:
        for place, subscriber in waiting:
            reader = Reader(place, subscriber, port, path, heard)
            await loop.create_connection(lambda reader=reader: reader, "127.0.0.1", port)
            await reader.subscribed
            readers.append(reader)

    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))
    readers.sort(key=lambda reader: reader._place)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    pipe.send(time.monotonic())
    while (wanted := await loop.run_in_executor(None, pipe.recv)) is not None:
        if wanted[0] == "heard":
            found, heard[:] = list(heard), []
            pipe.send(_arrivals(found, begun))
        elif wanted[0] == "answered":
            pipe.send(len({place for _, place, _ in heard}))
        elif wanted[0] == "stop":
            transport = readers[wanted[1]].transport
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER_BYTES)
            transport.pause_reading()
        else:
            readers[wanted[1]].transport.resume_reading()


def _arrivals(heard: Sequence[tuple[float, int, bytes]], begun: dict[int, bytes]) -> Arrivals:
    times, places, numbers = array("d"), array("I"), array("I")
    failures: list[bytes] = []
    messages = size = 0
    for at, place, data in heard:
        rest = begun.pop(place, b"") + data
        size += len(data)
        for text in _texts(rest):
            if isinstance(text, int):
                if text < len(rest):
                    begun[place] = rest[text:]
                continue
            messages += 1
            if b'"type":"next"' not in text[:80] or b'"errors":' in text[:120]:
                failures.append(text[:300])
            for number in _NUMBER.findall(text):
                times.append(at)
                places.append(place)
                numbers.append(int(number))
    return Arrivals(times, places, numbers, messages, size, failures)


def _texts(data: bytes) -> Iterator[bytes | int]:
    """The texts of whole frames, and last where the rest begins."""
    place = 0
    while len(data) - place >= 2:
        size, start = data[place + 1] & 127, place + 2
        if size == 126:
            size, start = int.from_bytes(data[start : start + 2], "big"), start + 2
        elif size == 127:
            size, start = int.from_bytes(data[start : start + 8], "big"), start + 8
        if len(data) < start + size:
            break
        if data[place] & 15 == 1:
            yield data[start : start + size]
        place = start + size
    yield place
