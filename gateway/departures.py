"""What happens when a client goes away: its statement is cancelled in the database."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import Any

from portico.gateway.http import READ, Receive, Scope

SWEEP_S = 0.25


@dataclass(eq=False, slots=True)
class _Running:
    task: asyncio.Task[Any]
    receive: Receive
    scope: Scope
    began: float
    watcher: asyncio.Task[None] | None = None


class Departures:
    """
    Watches requests that take long.

    A watcher for every request would be a task each, 10 µs on a path of 70. So requests only enter a set,
    and a sweep four times a second looks after those that are still there.
    """

    def __init__(self) -> None:
        self._running: set[_Running] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def enter(self, receive: Receive, scope: Scope) -> _Running:
        """Registers the current task; give the result to `leave`."""
        # With its loop given: finding the running one asks the kernel for the process's number before 3.12.
        task = asyncio.current_task(self._loop)
        running = _Running(task, receive, scope, time.monotonic())  # pyright: ignore[reportArgumentType]
        self._running.add(running)
        return running

    def leave(self, running: _Running) -> None:
        """The request is answered."""
        self._running.discard(running)
        if running.watcher is not None:
            running.watcher.cancel()

    @property
    def count(self) -> int:
        """How many requests are running."""
        return len(self._running)

    def start(self) -> None:
        """Begins to sweep."""
        self._loop = asyncio.get_running_loop()
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Ends the sweeping."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            since = time.monotonic() - SWEEP_S
            for running in list(self._running):
                if running.watcher is None and running.began < since and _is_read(running.scope):
                    running.watcher = asyncio.create_task(_watch(running))


def _is_read(scope: Scope) -> bool:
    """Whether nothing but the end is to come: who listens before takes the body, which then never arrives."""
    return READ in scope or scope["method"] != "POST"


async def _watch(running: _Running) -> None:
    while True:
        message = await running.receive()
        if message["type"] == "http.disconnect":
            running.task.cancel()
            return
