"""How do statements run on SQLite: one connection that reads and one that writes, each in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from portico.resolvers.problems import Busy, TimedOut
from portico.resolvers.run.calls import Call, Outcome, Steps
from portico.resolvers.run.sqlite_errors import problem_of
from portico.resolvers.run.sqlite_functions import install
from portico.resolvers.run.sqlite_short import LONG, ShortReads
from portico.resolvers.sql.sqlite import BASE64_FUNCTION
from portico.resolvers.sql.sqlite_live import BYTES_FUNCTION

Answer = TypeVar("Answer")
Work = Callable[[sqlite3.Connection], Any]

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
    """

    def __init__(
        self, path: str, *, query_timeout_s: float = 5.0, durability: str = "normal", max_waiting: int = 1_000
    ) -> None:
        self._path = path
        self._pragmas = [pragma.format(synchronous=durability.upper()) for pragma in _PRAGMAS]
        timeout_s = query_timeout_s or None
        self._short = ShortReads(self._connect) if path != ":memory:" else None
        self._writer = _Worker(self._connect, timeout_s, max_waiting, "portico-sqlite-writer")
        # A database in memory belongs to its connection, so both must be the same.
        self._reader = (
            self._writer
            if path == ":memory:"
            else _Worker(self._connect, timeout_s, max_waiting, "portico-sqlite-reader")
        )

    async def start(self) -> None:
        await self._writer.start()
        if self._reader is not self._writer:
            await self._reader.start()

    async def close(self) -> None:
        if self._short is not None:
            self._short.close()
        await self._reader.close()
        if self._reader is not self._writer:
            await self._writer.close()

    async def ping(self) -> None:
        await self.read("SELECT 1", ())

    async def read(self, sql: str, parameters: Sequence[Any]) -> Sequence[Any] | None:
        if self._short is not None and (row := self._short.read(sql, parameters)) is not LONG:
            return row
        return await self._reader.run(lambda connection: connection.execute(sql, parameters).fetchone())

    async def read_all(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return await self._reader.run(lambda connection: connection.execute(sql, parameters).fetchall())

    async def write_one(self, call: Call) -> Sequence[Any] | None:
        def work(connection: sqlite3.Connection) -> Any:
            # A statement by itself is a transaction; it ends, and is written, when its last row was fetched.
            rows = connection.execute(call.sql, call.parameters[0]).fetchall()
            return rows[0] if rows else None

        return await self._writer.run(work)

    async def write(self, make: Callable[[], Sequence[Steps]]) -> list[bytes]:
        def work(connection: sqlite3.Connection) -> list[bytes]:
            return _in_transaction(connection, lambda: [_drive(connection, steps) for steps in make()])

        return await self._writer.run(work)

    async def run(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Anything with the writing connection, in its thread; for migrations and tests."""
        return await self._writer.run(work)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, cached_statements=512)
        for pragma in self._pragmas:
            connection.execute(pragma)
        install(connection)
        connection.create_function(BASE64_FUNCTION, 1, _base64, deterministic=True)
        connection.create_function(BYTES_FUNCTION, 1, _bytes, deterministic=True)
        # Answers are JSON text that goes to the socket as it is.
        connection.text_factory = bytes
        return connection


def _base64(text: str | None) -> str | None:
    return None if text is None else b64encode(text.encode()).decode()


def _bytes(digits: str | None) -> bytes | str | None:
    try:
        return None if digits is None else bytes.fromhex(digits)
    except ValueError:
        return digits  # a text in a column of bytes, which SQLite keeps as it is


class _Worker:
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
        self._thread.start()
        await self.run(lambda connection: None)

    async def close(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    async def run(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
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


def _in_transaction(connection: sqlite3.Connection, work: Callable[[], Answer]) -> Answer:
    # IMMEDIATE: a transaction that read first and then wants to write cannot wait for another writer.
    connection.execute("BEGIN IMMEDIATE")
    try:
        answer = work()
        connection.execute("COMMIT")  # may be refused: deferred foreign keys are looked at now
    except BaseException:
        if connection.in_transaction:  # SQLite ends it itself when a statement is interrupted
            connection.execute("ROLLBACK")
        raise
    return answer


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
