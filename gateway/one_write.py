"""How does an answer reach the socket: its head and its body in one write."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneWrite:
    """
    A transport that keeps the head of a response until its body comes.

    uvicorn writes them one after the other, and uvloop sends each at once: two calls of the kernel, and often
    two packets, where one does (6 of 69 µs of a request by key, benchmarks/heads).
    """

    __slots__ = ("_head", "_write", "bare")

    def __init__(self, transport: Any) -> None:
        self.bare = transport
        self._write = transport.write
        self._head = b""

    def write(self, data: bytes) -> None:
        """Keeps a head, sends anything else after what is kept. `100 Continue` is not the head of a response."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 1"):
            self._head = data
            return
        self._write(data)

    def flush(self) -> None:
        """Sends a head that no body follows."""
        if self._head:
            head, self._head = self._head, b""
            self._write(head)

    def close(self) -> None:
        """As the transport, after what is kept."""
        self.flush()
        self.bare.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bare, name)


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol over httptools, with such a transport."""

    def connection_made(self, transport: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Source: asyncio.Protocol."""
        self._answers = OneWrite(transport)
        super().connection_made(self._answers)  # pyright: ignore[reportArgumentType]

    def on_response_complete(self) -> None:
        """Source: uvicorn, `HttpToolsProtocol.on_response_complete`; nothing more comes for this response."""
        self._answers.flush()
        super().on_response_complete()
