"""How is the change log read on SQLite: by a connection of its own, woken by our own writes and by those of others."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from itertools import takewhile
from operator import itemgetter
from typing import Any, TypeVar

from portico.resolvers.run.calls import own_table_missing
from portico.resolvers.run.changes import Batch, Change, Forgotten, Image, LogIdentity, Position
from portico.resolvers.run.sqlite import SqliteEngine
from portico.resolvers.run.sqlite_worker import SqliteWorker
from portico.resolvers.sql.change_log import TOUCHED
from portico.resolvers.sql.sqlite_change_log import FORGET, OLDEST, SINCE, STATE, TABLES

Answer = TypeVar("Answer")

# How often is looked whether another process wrote; asking takes 2 µs and the hop to the thread.
_LOOK_S = 0.1


class SqliteChangeLog:
    """
    The log of one file.

    Args:
        engine: tells of its own writes, and opens connections.
        poll_s: after how long is looked at the log whether anybody wrote or not.
        keep_hours, keep_rows: how long changes are kept, and how many of them.
        query_timeout_s: per statement; 0 turns it off.
    """

    def __init__(
        self,
        engine: SqliteEngine,
        *,
        poll_s: float = 1.0,
        keep_hours: float = 24.0,
        keep_rows: int = 1_000_000,
        query_timeout_s: float = 5.0,
    ) -> None:
        self._keep = (keep_hours * 3600, keep_rows)
        self._engine = engine
        self._poll_s = poll_s
        self._worker = SqliteWorker(engine.connect, query_timeout_s or None, 1_000, "portico-sqlite-changes")
        self._is_started = False
        self._told = asyncio.Event()
        self._identity: LogIdentity | None = None
        self._tables: frozenset[str] = frozenset()
        self._version = 0
        self._looked_at = 0.0

    @property
    def tables(self) -> frozenset[str]:
        return self._tables

    @property
    def identity(self) -> LogIdentity | None:
        return self._identity

    async def start(self) -> None:
        if not self._is_started:
            self._is_started = True
            if not self._engine.is_in_memory:
                await self._worker.start()
            self._engine.on_write = self._told.set
        found = await self._run(_look)
        self._identity, self._tables = found if found is not None else (None, frozenset())

    async def close(self) -> None:
        self._engine.on_write = None
        self._told.set()
        if self._is_started and not self._engine.is_in_memory:
            await self._worker.close()

    async def head(self) -> Position:
        epoch, _, head, _ = await self._run(_state)
        self._expect(epoch)
        return Position(head)

    async def since(self, position: Position, most: int) -> Batch:
        def read(connection: sqlite3.Connection) -> Sequence[Any]:
            return connection.execute(SINCE, (position.sequence, most)).fetchall()

        self._looked_at = time.monotonic()
        rows = await self._run(read)
        if not rows:
            raise own_table_missing()
        epoch, head, swept, *_ = rows[0]
        self._expect(epoch)
        if not swept <= position.sequence <= head:
            raise Forgotten
        if rows[0][3] is None:
            return Batch([], Position(head))
        changes = [change_of(row[3:]) for row in rows if row[5] != _TOUCHED]
        is_full = len(rows) == most
        return Batch(changes, Position(rows[-1][3] if is_full else head), is_full)

    async def wait(self, timeout_s: float) -> bool:
        ends_at = time.monotonic() + timeout_s
        while not self._told.is_set():
            now, polls_at = time.monotonic(), self._looked_at + self._poll_s
            if polls_at <= min(now, ends_at):
                return True
            if now >= ends_at:
                return False
            try:
                async with asyncio.timeout(min(_LOOK_S, ends_at - now, polls_at - now)):
                    await self._told.wait()
            except TimeoutError:
                before, self._version = self._version, await self._run(_version)
                if before != self._version:
                    return True
        self._told.clear()
        return True

    async def sweep(self, upto: Position | None = None) -> None:
        def sweep(connection: sqlite3.Connection) -> int:
            return _sweep(connection, *self._keep, None if upto is None else upto.sequence)

        while self._identity is not None and await self._run(sweep) == _MOST_SWEPT:
            await asyncio.sleep(0)

    async def _run(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        # A database in memory is the one connection's.
        return await (self._engine.run(work) if self._engine.is_in_memory else self._worker.run(work))

    def _expect(self, epoch: bytes) -> None:
        if self._identity is None or epoch.decode() != self._identity.epoch:
            raise Forgotten


_TOUCHED = TOUCHED.encode()
# So many changes are forgotten in one transaction, which holds up whoever wants to write.
_MOST_SWEPT = 1_000


def _sweep(connection: sqlite3.Connection, seconds: float, rows: int, upto: int | None) -> int:
    """How many of the oldest changes were forgotten: those before the first that is to be kept."""
    oldest = connection.execute(OLDEST, (seconds, rows, _MOST_SWEPT)).fetchall()
    gone = [sequence for sequence, _ in takewhile(itemgetter(1), oldest) if upto is None or sequence <= upto]
    if gone:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in FORGET:
                connection.execute(statement, (gone[-1],))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return len(gone)


def _look(connection: sqlite3.Connection) -> tuple[LogIdentity, frozenset[str]] | None:
    """Which log it is, and which tables are logged."""
    try:
        found = connection.execute(STATE).fetchone()
    except sqlite3.OperationalError:
        return None
    if found is None:
        return None
    tables = frozenset(row[0].decode() for row in connection.execute(TABLES))
    return LogIdentity(found[0].decode(), found[1]), tables


def _state(connection: sqlite3.Connection) -> Sequence[Any]:
    found = connection.execute(STATE).fetchone()
    if found is None:
        raise own_table_missing()
    return found


def _version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection has written, in this process or elsewhere."""
    return connection.execute("PRAGMA data_version").fetchone()[0]


def change_of(row: Sequence[Any]) -> Change:
    """A row of the log as a record."""
    sequence, table, verb, old, new, actor, trace, at = row
    return Change(
        Position(sequence), _text(table), _text(verb), _image(old), _image(new), _text(actor), _text(trace), at
    )


def _text(value: bytes | None) -> Any:
    # Whoever writes by other means may store what is no UTF-8.
    return None if value is None else value.decode(errors="replace")


def _image(value: bytes | None) -> Image | None:
    return None if value is None else Image(_text(value))
