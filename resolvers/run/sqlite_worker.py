"""How does work reach a connection of SQLite: a thread that owns it and runs what is queued."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from portico.resolvers.problems import Busy, TimedOut
from portico.resolvers.run.sqlite_errors import problem_of

Answer = TypeVar("Answer")
Work = Callable[[sqlite3.Connection], Any]


class SqliteWorker:
    """A thread that owns one connection and runs work in order of arrival."""

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], timeout_s: float | None, max_waiting: int, name: str
    ) -> None:
        self._connect = connect
        self._timeout_s = timeout_s
        self._max_waiting = max_waiting
        self._queue: queue.SimpleQueue[tuple[Work, asyncio.Future[Any], asyncio.AbstractEventLoop] | None] = (
            queue.SimpleQueue()
        )
        # A daemon: an interpreter that exits without close() must not hang.
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._connection: sqlite3.Connection | None = None
        self._running: asyncio.Future[Any] | None = None
        self._expired: set[asyncio.Future[Any]] = set()

    async def start(self) -> None:
        """Begins; the first failure to open the file shows here."""
        self._thread.start()
        await self.run(lambda connection: None)

    async def close(self) -> None:
        """Ends after what is queued, and closes the connection."""
        if self._thread.is_alive():
            self._queue.put(None)
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    async def run(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """
        What a piece of work gives, which has the connection to itself.

        Raises:
            Busy, TimedOut: the queue is too long, or the time is over; and what `problem_of` makes of SQLite's errors.
        """
        if self._queue.qsize() > self._max_waiting:
            raise Busy("Too many requests are waiting for the database.", hint="Try again in a moment.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._queue.put((work, future, loop))
        if self._timeout_s is None:
            return await self._wait(future)
        # The clock runs while the work waits, too: what a client waits for is what counts.
        timer = loop.call_later(self._timeout_s, self._interrupt, future)
        try:
            return await self._wait(future)
        finally:
            timer.cancel()

    async def _wait(self, future: asyncio.Future[Answer]) -> Answer:
        try:
            return await future
        except asyncio.CancelledError:
            self._interrupt(future)  # nobody waits for the answer any more
            raise

    def _interrupt(self, future: asyncio.Future[Any]) -> None:
        self._expired.add(future)
        future.add_done_callback(self._expired.discard)
        if self._running is future and self._connection is not None:
            self._connection.interrupt()

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            work, future, loop = item
            if future.cancelled():
                continue
            self._running = future
            try:
                answer = self._run(work, future)
            except (sqlite3.Error, OverflowError) as error:
                problem = problem_of(error)
                problem.__cause__ = error
                _settle(loop, future.set_exception, problem, future)
            except BaseException as error:
                _settle(loop, future.set_exception, error, future)
            else:
                _settle(loop, future.set_result, answer, future)
            self._running = None
        if self._connection is not None:
            self._connection.close()

    def _run(self, work: Work, future: asyncio.Future[Any]) -> Any:
        if future in self._expired:
            raise TimedOut("The database was busy for longer than a request may take.", hint="Try again in a moment.")
        if self._connection is None:
            self._connection = self._connect()
        try:
            return work(self._connection)
        except sqlite3.OperationalError as error:
            # An interruption that was meant for the work before this one.
            if (
                getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT"
                and future not in self._expired
                and not future.cancelled()
            ):
                return work(self._connection)
            raise


def _settle(
    loop: asyncio.AbstractEventLoop, set_: Callable[[Any], None], value: Any, future: asyncio.Future[Any]
) -> None:
    def settle() -> None:
        if not future.done():
            set_(value)

    with contextlib.suppress(RuntimeError):  # the loop is closed; nobody waits any more
        loop.call_soon_threadsafe(settle)
