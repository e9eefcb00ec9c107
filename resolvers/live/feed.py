"""Who hears of changes: one reader of the change log in each process, and the listeners that it tells, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from portico.resolvers.live.shared import Shared
from portico.resolvers.run.changes import Batch, Change, ChangeLog, Forgotten, Position
from portico.schema.problems import Problem

_MOST = 1_000  # changes read at once: between two batches the loop does other things
_LEAST_BACKOFF_S, _MOST_BACKOFF_S = 0.05, 5.0
_SWEEP_S = 60.0  # between two looks for changes that are too old
# Who fell behind waits for its turn here: 5,000 that come back at once would stand before the tail at the log's one connection.
_BEHIND_AT_ONCE = 2
_NOWHERE = Position(0)


class Listener(Protocol):
    """
    What wants to know of changes.

    tables: those that it asks about. is_polled: it also depends on what the log does not tell, and looks again
    every so often.
    """

    @property
    def tables(self) -> frozenset[str]:
        """By `fullname`."""
        ...

    @property
    def is_polled(self) -> bool:
        """Whether it is told at every beat that something may have changed."""
        ...

    def changed(self, changes: Sequence[Change]) -> None:
        """Changes of its tables, each once and in order."""
        ...

    def hinted(self, changes: Sequence[Change]) -> None:
        """Changes of its tables that are committed and not yet in order; they come again in `changed`."""
        ...

    def unsettled(self) -> None:
        """Anything may have changed, or, where it follows each change, some are gone."""
        ...


class Feed:
    """
    The tail of the change log.

    `position` is that up to which all listeners have been told. Nobody reads while nobody listens.

    Args:
        poll_s: between two beats for listeners that are polled, and the longest wait for a change.
        observe: told of exceptions that are not the database being away.
    """

    def __init__(self, log: ChangeLog, *, poll_s: float, observe: Callable[[BaseException], None]) -> None:
        self._log = log
        self._poll_s = poll_s
        self._observe = observe
        self._listeners: dict[str, set[Listener]] = {}
        self._polled: set[Listener] = set()
        self._count = 0
        self._wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._head = Shared(lambda: self._log.head())
        self._behind = asyncio.Semaphore(_BEHIND_AT_ONCE)
        self.position = _NOWHERE
        # Up to where changes may be forgotten, whoever has yet to read the others; None where nobody has.
        self.keeps: Callable[[], Awaitable[Position | None]] | None = None

    @property
    def tables(self) -> frozenset[str]:
        """The tables whose changes are told."""
        return self._log.tables

    def has_told(self, position: Position) -> bool:
        """Whether all listeners, of which there may be none, know of what is before a position."""
        return not self._count or self.position >= position

    async def start(self) -> None:
        """Looks which tables are logged and where now is, and begins to read; called again, it looks again."""
        await self._log.start()
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._beat()), asyncio.create_task(self._sweep())]
        if self._log.tables and len(self._tasks) == 2:
            self.position = await self._log.head()
            self._tasks.append(asyncio.create_task(self._tail()))

    async def close(self) -> None:
        """Ends the reading."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._log.close()

    def join(self, listener: Listener) -> None:
        """
        The listener is told of what commits from now on.

        Of the first after a pause it is not known where now is; it is told that anything may have changed once
        that is known.
        """
        self._count += 1
        for table in listener.tables:
            self._listeners.setdefault(table, set()).add(listener)
        if listener.is_polled:
            self._polled.add(listener)
        self._wanted.set()

    def leave(self, listener: Listener) -> None:
        """The listener is told nothing more."""
        for table in listener.tables:
            heard = self._listeners.get(table, set())
            heard.discard(listener)
            if not heard:
                self._listeners.pop(table, None)
        self._polled.discard(listener)
        self._count -= 1
        if not self._count:
            self._wanted.clear()

    async def head(self) -> Position:
        """The position of now; asked for once for all who want to know at a time."""
        return await self._head() if self._log.tables else _NOWHERE

    async def since(self, position: Position, most: int) -> Batch:
        """
        What was committed after a position, for who fell behind.

        Raises:
            Forgotten: some of it is gone.
        """
        async with self._behind:
            batch = await self._log.since(position, most)
        self._hint(batch.early)
        return batch

    # ---- reading -------------------------------------------------------------------------------------

    async def _tail(self) -> None:
        backoff_s = _LEAST_BACKOFF_S
        is_full = False
        while True:
            try:
                if not self._wanted.is_set():
                    await self._pause()
                elif not is_full:
                    await self._log.wait(self._poll_s)
                is_full = await self._read()
                backoff_s = _LEAST_BACKOFF_S
            except Problem:
                # The database is away, and nothing is lost: what is committed meanwhile is read afterwards.
                await asyncio.sleep(backoff_s)
                backoff_s = min(backoff_s * 2, _MOST_BACKOFF_S)
            except Exception as error:
                self._observe(error)
                await asyncio.sleep(_MOST_BACKOFF_S)

    async def _pause(self) -> None:
        """Waits for a listener, and skips what nobody wanted to hear."""
        await self._wanted.wait()
        await self._skip()

    async def _read(self) -> bool:
        try:
            batch = await self._log.since(self.position, _MOST)
        except Forgotten:
            await self._skip()
            return False
        for listener, changes in self._by_listener(batch.changes):
            listener.changed(changes)
        self.position = batch.upto
        self._hint(batch.early)
        return batch.is_full

    def _hint(self, early: Sequence[Change]) -> None:
        """A transaction that is open for long holds back the order of changes, and need not hold back who looks again."""
        for listener, changes in self._by_listener(early):
            listener.hinted(changes)

    async def _skip(self) -> None:
        self.position = await self._log.head()
        for listener in {each for heard in self._listeners.values() for each in heard}:
            listener.unsettled()

    def _by_listener(self, changes: Sequence[Change]) -> Iterable[tuple[Listener, Sequence[Change]]]:
        told: dict[Listener, list[Change]] = {}
        for change in changes:
            for listener in self._listeners.get(change.table, ()):
                told.setdefault(listener, []).append(change)
        return told.items()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            for listener in tuple(self._polled):
                listener.unsettled()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            try:
                await self._log.sweep(await self.keeps() if self.keeps is not None else None)
            except Problem:
                continue  # the database is away; what is too old will be so in a minute
            except Exception as error:
                self._observe(error)
