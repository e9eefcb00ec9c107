"""Whose turn is it to write an upload: one request's at a time, and another's when nothing more comes from that one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from portico.gateway.storage.problems import UploadStalled
from portico.gateway.storage.upload_problems import UploadLocked

_LEAVING_S = 5.0  # for whoever is asked to leave: what has come is written


class Turn:
    """One request's; its time is up when nothing has come for long, or when another wants it."""

    def __init__(self, idle_s: float) -> None:
        self.idle_s = idle_s
        self.came_at = asyncio.get_running_loop().time()
        self.left = asyncio.Event()
        self._limit = asyncio.timeout(None)

    @asynccontextmanager
    async def receiving(self) -> AsyncGenerator[None]:
        """
        Bytes are waited for in here.

        Raises:
            UploadStalled: the turn was over.
        """
        try:
            async with asyncio.timeout(self.idle_s) as self._limit:
                yield
        except TimeoutError:
            raise UploadStalled(
                "No more bytes came.", hint="Ask how far it is with HEAD, and go on from there."
            ) from None

    def came(self) -> None:
        """Bytes have come."""
        self.came_at = asyncio.get_running_loop().time()
        self._limit.reschedule(self.came_at + self.idle_s)

    def end(self) -> None:
        """Another wants it."""
        if self._limit.when() is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())


class Turns:
    """
    The turns of a process. A client whose network changed comes again while the server still waits for its last connection.

    Args:
        idle_s: a request ends when nothing comes for so long.
        patience_s: a request from which nothing came for so long gives way to another.
    """

    def __init__(self, *, idle_s: float = 30.0, patience_s: float = 2.0) -> None:
        self._idle_s = idle_s
        self.patience_s = patience_s
        self._turns: dict[str, Turn] = {}

    @asynccontextmanager
    async def take(self, id: str) -> AsyncGenerator[Turn]:
        """
        A turn for an upload.

        Raises:
            UploadLocked: it is another's, from whom bytes come.
        """
        holder = self._turns.get(id)
        if holder is not None and asyncio.get_running_loop().time() - holder.came_at >= self.patience_s:
            holder.end()
            await _wait(holder.left)
        if id in self._turns:
            raise UploadLocked("Another request is writing this upload.", hint="Try again.")
        turn = self._turns[id] = Turn(self._idle_s)
        try:
            yield turn
        finally:
            del self._turns[id]
            turn.left.set()


async def _wait(event: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_LEAVING_S):
            await event.wait()
    except TimeoutError:
        return
