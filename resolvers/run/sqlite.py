"""How do statements run on SQLite: one connection that reads and one that writes, each in a thread of its own."""

from __future__ import annotations

import sqlite3
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from portico.resolvers.run.calls import Call, Outcome, Steps
from portico.resolvers.run.sqlite_functions import install
from portico.resolvers.run.sqlite_short import LONG, ShortReads
from portico.resolvers.run.sqlite_worker import SqliteWorker
from portico.resolvers.sql.sqlite import BASE64_FUNCTION
from portico.resolvers.sql.sqlite_change_log import LAST, SIGN
from portico.resolvers.sql.sqlite_live import BYTES_FUNCTION
from portico.resolvers.sql.writer import Writer

Answer = TypeVar("Answer")

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = {synchronous}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA cache_size = -65536",
    "PRAGMA mmap_size = 268435456",
    "PRAGMA temp_store = MEMORY",
    # 32 MB: every 1,000 pages, a sync of the database came every 250 inserts, and a third of them went by.
    "PRAGMA wal_autocheckpoint = 8000",
)


def pragmas_of(durability: str) -> Sequence[str]:
    """What every connection that writes is set to: one that syncs at its commits lets all others wait for the disk."""
    return [pragma.format(synchronous=durability.upper()) for pragma in _PRAGMAS]


class SqliteEngine:
    """
    A SQLite file.

    One reader and one writer, beside the loop's own connection for short reads: on two cores more readers cost 57 % more CPU for the same throughput. The
    connections are used through threads of our own and not aiosqlite's, whose public calls each take a
    hop of 12 µs: a write of five statements is one hop here (benchmarks/drivers).

    Args:
        path: the file; `:memory:` gives a database that lives as long as the engine.
        query_timeout_s: per statement, after which it is interrupted; 0 turns it off.
        durability: `normal` survives the death of the process, `full` also that of the machine.
        max_waiting: work that may queue for a connection before requests are refused.

    Attributes:
        on_write: called on the loop after each write.
    """

    def __init__(
        self, path: str, *, query_timeout_s: float = 5.0, durability: str = "normal", max_waiting: int = 1_000
    ) -> None:
        self._path = path
        self.on_write: Callable[[], None] | None = None
        self._pragmas = pragmas_of(durability)
        timeout_s = query_timeout_s or None
        self._short = ShortReads(self.connect) if path != ":memory:" else None
        self._writer = SqliteWorker(self.connect, timeout_s, max_waiting, "portico-sqlite-writer")
        # A database in memory belongs to its connection, so both must be the same.
        self._reader = (
            self._writer
            if path == ":memory:"
            else SqliteWorker(self.connect, timeout_s, max_waiting, "portico-sqlite-reader")
        )

    async def start(self) -> None:
        await self._writer.start()
        if self._reader is not self._writer:
            await self._reader.start()

    def wrote(self) -> None:
        if self.on_write is not None:
            self.on_write()

    async def close(self) -> None:
        if self._short is not None:
            self._short.close()
        await self._reader.close()
        if self._reader is not self._writer:
            await self._writer.close()

    @property
    def is_in_memory(self) -> bool:
        """Whether the database lives in the one connection, and no other sees it."""
        return self._path == ":memory:"

    async def ping(self) -> None:
        await self.read("SELECT 1", ())

    async def read(self, sql: str, parameters: Sequence[Any]) -> Sequence[Any] | None:
        if self._short is not None and (row := self._short.read(sql, parameters)) is not LONG:
            return row
        return await self._reader.run(lambda connection: connection.execute(sql, parameters).fetchone())

    async def read_all(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return await self._reader.run(lambda connection: connection.execute(sql, parameters).fetchall())

    async def write_one(self, call: Call, writer: Writer | None = None) -> Sequence[Any] | None:
        def work(connection: sqlite3.Connection) -> Any:
            # A statement by itself is a transaction; it ends, and is written, when its last row was fetched.
            rows = connection.execute(call.sql, call.parameters[0]).fetchall()
            return rows[0] if rows else None

        if writer is not None:
            return await self._written(lambda connection: _in_transaction(connection, lambda: work(connection), writer))
        return await self._written(work)

    async def write(self, make: Callable[[], Sequence[Steps]], writer: Writer | None = None) -> list[bytes]:
        def work(connection: sqlite3.Connection) -> list[bytes]:
            return _in_transaction(connection, lambda: [_drive(connection, steps) for steps in make()], writer)

        return await self._written(work)

    async def _written(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        answer = await self._writer.run(work)
        if self.on_write is not None:
            self.on_write()
        return answer

    async def run(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Anything with the writing connection, in its thread; for migrations and tests."""
        return await self._writer.run(work)

    def connect(self) -> sqlite3.Connection:
        """Another connection, set up as ours are; for who reads beside the engine."""
        connection = connect(self._path, self._pragmas)
        # Answers are JSON text that goes to the socket as it is.
        connection.text_factory = bytes
        return connection


def connect(path: str, pragmas: Sequence[str]) -> sqlite3.Connection:
    """A connection on which compiled statements can be run."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    for pragma in pragmas:
        connection.execute(pragma)
    install(connection)
    connection.create_function(BASE64_FUNCTION, 1, _base64, deterministic=True)
    connection.create_function(BYTES_FUNCTION, 1, _bytes, deterministic=True)
    return connection


def _base64(text: str | None) -> str | None:
    return None if text is None else b64encode(text.encode()).decode()


def _bytes(digits: str | None) -> bytes | str | None:
    try:
        return None if digits is None else bytes.fromhex(digits)
    except ValueError:
        return digits  # a text in a column of bytes, which SQLite keeps as it is


def _in_transaction(connection: sqlite3.Connection, work: Callable[[], Answer], writer: Writer | None) -> Answer:
    # IMMEDIATE: a transaction that read first and then wants to write cannot wait for another writer.
    connection.execute("BEGIN IMMEDIATE")
    try:
        last = None if writer is None else _last_change(connection)
        answer = work()
        if writer is not None and last is not None:
            connection.execute(SIGN, (writer.actor or None, writer.trace or None, last))
        connection.execute("COMMIT")  # may be refused: deferred foreign keys are looked at now
    except BaseException:
        if connection.in_transaction:  # SQLite ends it itself when a statement is interrupted
            connection.execute("ROLLBACK")
        raise
    return answer


def _last_change(connection: sqlite3.Connection) -> int | None:
    """The sequence of the last change; None where there is no log yet."""
    try:
        return connection.execute(LAST).fetchone()[0]
    except sqlite3.OperationalError:
        return None


def _drive(connection: sqlite3.Connection, steps: Steps) -> bytes:
    try:
        call = next(steps)
        while True:
            call = steps.send(_call(connection, call))
    except StopIteration as stop:
        return stop.value


def _call(connection: sqlite3.Connection, call: Call) -> Outcome:
    rows: list[Any] = []
    changed = 0
    for parameters in call.parameters:
        cursor = connection.execute(call.sql, parameters)
        rows += cursor.fetchall()
        changed += max(cursor.rowcount, 0)
    return Outcome(rows, changed)
