"""Whoever is told by webhooks: a real server that remembers what came, and answers as the test says."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Receiver:
    """
    A server on a free port of this machine, in the loop that it is started in.

    answers: path → what is answered; 200 unless said.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: dict[str, Callable[[Received], Awaitable[web.Response]]] = {}
        self._runner: web.AppRunner | None = None
        self.port = 0
        self._moments: list[float] = []
        self._ending = asyncio.Event()

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # pyright: ignore

    async def hangs(self, received: Received) -> web.Response:
        """An answer that does not come."""
        await self._ending.wait()
        return web.Response()

    async def stop(self) -> None:
        self._ending.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> Sequence[Received]:
        return [each for each in self.received if each.path == path]

    def at_with_moments(self, path: str) -> Sequence[tuple[Received, float]]:
        return [(each, at) for each, at in zip(self.received, self._moments, strict=True) if each.path == path]

    async def _handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        received = Received(request.path, headers, await request.read())
        self.received.append(received)
        self._moments.append(time.time())
        answer: Any = self.answers.get(request.path)
        return await answer(received) if answer is not None else web.Response(text="thanks")


def saying(status: int, text: str = "", **headers: str) -> Callable[[Received], Awaitable[web.Response]]:
    """An answer that is always the same."""

    async def answer(received: Received) -> web.Response:
        return web.Response(status=status, text=text, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
