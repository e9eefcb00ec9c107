"""How do tests read event streams: HTTP by hand, one event after another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

TIMEOUT_S = 10.0


@dataclass
class Event:
    """One block of lines: an event, or what is told between events."""

    fields: dict[str, str] = field(default_factory=dict[str, str])
    is_comment: bool = False

    @property
    def event(self) -> str | None:
        return self.fields.get("event")

    @property
    def id(self) -> str | None:
        return self.fields.get("id")

    @property
    def json(self) -> Any:
        assert self.event == "next", self
        return json.loads(self.fields["data"])


class EventSource:
    """A response, its head read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self.status = 0
        self.headers: dict[str, str] = {}
        self._text = b""
        self._has_ended = False

    async def read_head(self) -> None:
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), TIMEOUT_S)
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split(" ")[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}

    async def body(self) -> Any:
        """The JSON of a response that is no stream."""
        return json.loads(await self._reader.readexactly(int(self.headers["content-length"])))

    async def block(self) -> Event:
        """The next block, comments included."""
        while b"\n\n" not in self._text:
            assert await self._more(), f"the stream ended after {self._text!r}"
        block, _, self._text = self._text.partition(b"\n\n")
        if block.startswith(b":"):
            return Event(is_comment=True)
        return Event({name: value for name, _, value in (line.partition(": ") for line in block.decode().split("\n"))})

    async def next(self) -> Event:
        """The next event."""
        while (found := await self.block()).is_comment:
            pass
        return found

    async def is_over(self) -> bool:
        """Whether nothing but comments comes before the end."""
        while await self._more():
            pass
        return not self._text.replace(b":\n\n", b"")

    async def _more(self) -> bool:
        """Source: RFC 9112, 7.1, one chunk."""
        if self._has_ended:
            return False
        async with asyncio.timeout(TIMEOUT_S):
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            chunk = await self._reader.readexactly(size + 2)
        self._has_ended = size == 0
        self._text += chunk[:-2]
        return size > 0


@asynccontextmanager
async def events(
    port: int,
    target: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    method: str | None = None,
) -> AsyncGenerator[EventSource]:
    """A request that wants events."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    all_headers = {"host": "localhost", "accept": "text/event-stream", **headers}
    if body is not None:
        all_headers = {"content-type": "application/json", **all_headers, "content-length": str(len(body))}
    lines = [f"{method or ('GET' if body is None else 'POST')} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in all_headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + (body or b""))
    source = EventSource(reader, writer)
    try:
        await source.read_head()
        yield source
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
