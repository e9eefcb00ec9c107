"""How does Portico call those who speak HTTP/2 alone: by httpcore2, to the addresses that `outgoing.py` allows."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any

import httpcore2

from portico.gateway.outgoing import Answer, Unreachable, check_headers, checked_url, is_public

_IDLE_S = 600.0  # that a connection without a request is kept


class Http2Connections:
    """
    Requests over HTTP/2, many at once on one connection to each address.

    Args:
        allow_private: addresses and ports that are not those of the internet may be called, too.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            http1=False,
            http2=True,
            keepalive_expiry=_IDLE_S,
            network_backend=_Judging(allow_private=allow_private),
        )

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float, most_bytes: int = 16_384
    ) -> Answer:
        """
        What a URL answers to POST, whatever its status. Redirects are not followed.

        Args:
            most_bytes: of the answer; the rest of a longer one is not read.

        Raises:
            Unreachable: as `Connections.post`.
        """
        address = checked_url(url, allow_private=self._allow_private)
        check_headers(headers)
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._pool.stream("POST", str(address), headers=[*headers.items()], content=body) as response,
            ):
                said = await _first(response.aiter_stream(), most_bytes)
                named = {name.decode().lower(): value.decode("latin-1") for name, value in response.headers}
                return Answer(response.status, named, said)
        except TimeoutError as error:
            raise Unreachable("The address has not answered in time.") from error
        except (
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
            httpcore2.TimeoutException,
            OSError,
            ValueError,
        ) as error:
            raise Unreachable("The address cannot be reached.") from error

    async def close(self) -> None:
        """Ends the connections."""
        await self._pool.aclose()


class _Judging(httpcore2.AsyncNetworkBackend):
    """
    Connects to what a name resolves to, where that may be called.

    The address that was judged is the one that is connected to: asked a second time, a name could lead elsewhere.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._connecting: Any = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        failure: Exception = OSError("not a public address")
        for address in dict.fromkeys(str(info[4][0]) for info in found):
            if not self._allow_private and not is_public(address):
                continue
            try:
                return await self._connecting.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore2.NetworkError as error:
                failure = error
        raise failure


async def _first(content: AsyncIterable[bytes], most: int) -> bytes:
    body = b""
    async for part in content:
        body += part
        if len(body) >= most:
            break
    return body[:most]
