"""How do statements run in a transaction that somebody else has begun: on the connection of its session, one after another."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from portico.resolvers.problems import SessionUnfit
from portico.resolvers.run.calls import Call, Outcome, Steps
from portico.resolvers.run.changes import Change
from portico.resolvers.sql.writer import Writer


class JoinedEngine(ABC):
    """
    An `Engine` whose transaction is another's: it begins none, commits nothing, and undoes nothing.

    It costs more than the engine itself, for the connection is SQLAlchemy's: its session costs ten times what a statement does, and on
    SQLite each call takes three hops to its thread.

    Args:
        reads_only: nobody will commit what is written.
    """

    def __init__(self, *, reads_only: bool) -> None:
        self.turn = asyncio.Lock()
        self._reads_only = reads_only

    async def start(self) -> None:
        """Nobody may: the connection is another's."""
        raise AssertionError

    async def close(self) -> None:
        """Nobody may: the connection is another's."""
        raise AssertionError

    def wrote(self) -> None:  # noqa: B027
        """Whoever commits tells of it."""

    async def ping(self) -> None:
        """See `Engine`."""
        await self.read("SELECT 1", ())

    async def read(self, sql: str, parameters: Sequence[Any]) -> Sequence[Any] | None:
        """See `Engine`."""
        rows = await self.read_all(sql, parameters)
        return rows[0] if rows else None

    async def read_all(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """See `Engine`."""
        return (await self.run(Call(sql, [parameters]))).rows

    async def write_one(self, call: Call, writer: Writer | None = None) -> Sequence[Any] | None:
        """See `Engine`."""
        self.check_writes()
        async with self.signed(writer):
            rows = (await self.run(call)).rows
        return rows[0] if rows else None

    async def write(self, make: Callable[[], Sequence[Steps]], writer: Writer | None = None) -> list[bytes]:
        """See `Engine`."""
        self.check_writes()
        async with self.signed(writer):
            return [await self.drive(steps) for steps in make()]

    def check_writes(self) -> None:
        """
        Raises:
            SessionUnfit: the session only reads.
        """
        if self._reads_only:
            raise SessionUnfit("The session of data.read() changes nothing.", hint="Ask in one of data.begin().")

    async def drive(self, steps: Steps) -> bytes:
        """Runs a write's calls until it returns its answer."""
        try:
            call = next(steps)
            while True:
                call = steps.send(await self.run(call))
        except StopIteration as stop:
            return stop.value

    @abstractmethod
    async def run(self, call: Call) -> Outcome:
        """What a call gives."""

    @abstractmethod
    def signed(self, writer: Writer | None) -> AbstractAsyncContextManager[None]:
        """The change log is told who writes what is written in it: `async with engine.signed(writer):`."""

    @abstractmethod
    async def last_change(self) -> int:
        """The sequence of the last change of the log."""

    @abstractmethod
    async def changes_after(self, sequence: int, most: int) -> list[Change]:
        """The changes that this transaction has logged after a change, in order, so many at most."""
