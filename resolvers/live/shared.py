"""How do thousands ask the same at once: one call for all who came while another was underway."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Shared(Generic[Answer]):
    """
    A call whose answer several get, each one that was begun after they asked.

    5,000 subscribers that want to know where the log has come to are two statements, one that is underway and one for all
    the others, and not 5,000.
    """

    def __init__(self, call: Callable[[], Awaitable[Answer]]) -> None:
        self._call = call
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[Answer] | None = None

    async def __call__(self) -> Answer:
        """The answer; what the call raises is raised to all who share it."""
        if self._next is None:
            self._next = asyncio.create_task(self._run())
            self._next.add_done_callback(_heard)
        return await asyncio.shield(self._next)

    async def _run(self) -> Answer:
        async with self._turn:
            self._next = None  # whoever asks from here on would be answered with what was before
            return await self._call()


def _heard(task: asyncio.Task[Answer]) -> None:
    """Whoever asked may have gone."""
    if not task.cancelled():
        task.exception()
