"""How do statements run on Postgres: held asyncpg connections, prepared once each, answers as bytes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from portico.resolvers.problems import Busy, Conflict
from portico.resolvers.run.calls import Call, Outcome, Steps
from portico.resolvers.run.postgres_errors import problem_of
from portico.resolvers.sql.postgres_change_log import begin_as
from portico.resolvers.sql.writer import Writer
from portico.schema.catalog import RuleRef
from portico.schema.problems import Problem

_TRIES = 3


class PostgresEngine:
    """
    A pool of held connections.

    Our own and not asyncpg's: its acquire, reset query and release cost 58 µs of CPU a statement and a
    second round trip, more than the statement itself (16 µs; benchmarks/drivers).

    Args:
        url: `postgresql://…`; parameters of the URL are asyncpg's.
        pool_size: connections at most; one is opened at start, others by need.
        query_timeout_s: per statement, enforced by the database; 0 turns it off.
        wait_timeout_s: how long a request waits for a free connection before it is refused.

    Attributes:
        on_write: called after each write that was logged.
    """

    def __init__(
        self, url: str, *, pool_size: int = 10, query_timeout_s: float = 5.0, wait_timeout_s: float = 5.0
    ) -> None:
        self.url = url
        self._pool_size = pool_size
        self._query_timeout_s = query_timeout_s
        self._wait_timeout_s = wait_timeout_s
        self._free: deque[Any] = deque()
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._open = 0
        self._closing = False
        self.on_write: Callable[[], None] | None = None

    async def start(self) -> None:
        self._give_back(await self._acquire())

    def wrote(self) -> None:
        if self.on_write is not None:
            self.on_write()

    async def close(self) -> None:
        self._closing = True
        while self._open:
            connection = await self._acquire()
            self._open -= 1
            try:
                await connection.close(timeout=2)
            except (Exception, asyncio.CancelledError):
                connection.terminate()

    async def ping(self) -> None:
        await self.read("SELECT 1", ())

    async def read(self, sql: str, parameters: Sequence[Any], rules: Sequence[RuleRef] = ()) -> Sequence[Any] | None:
        connection = self._free.pop() if self._free else await self._acquire()
        try:
            return await connection.fetchrow(sql, *parameters)
        except Exception as error:
            raise problem_of(error, rules) from error
        finally:
            self._give_back(connection)

    async def read_all(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        connection = await self._acquire()
        try:
            return await connection.fetch(sql, *parameters)
        except Exception as error:
            raise problem_of(error) from error
        finally:
            self._give_back(connection)

    async def write_one(self, call: Call, writer: Writer | None = None) -> Sequence[Any] | None:
        row = await self.read(call.sql, call.parameters[0], call.rules)
        if writer is not None and self.on_write is not None:
            self.on_write()  # who writes is part of the statement
        return row

    async def write(self, make: Callable[[], Sequence[Steps]], writer: Writer | None = None) -> list[bytes]:
        connection = self._free.pop() if self._free else await self._acquire()
        try:
            for attempt in range(1, _TRIES + 1):
                try:
                    answers = await self._transaction(connection, make(), writer)
                    break
                except Conflict:
                    # A deadlock or serialization failure: nothing was written, so the same can be tried again.
                    if attempt == _TRIES:
                        raise
            else:
                raise AssertionError
        finally:
            self._give_back(connection)
        if writer is not None and self.on_write is not None:
            self.on_write()
        return answers

    async def _transaction(self, connection: Any, writes: Sequence[Steps], writer: Writer | None) -> list[bytes]:
        try:
            # Inside, for a client may go away while BEGIN is under way, and the next one's write would be in it.
            await _run(connection, "BEGIN" if writer is None else begin_as(writer.actor, writer.trace))
            answers = [await _drive(connection, steps) for steps in writes]
            await _run(connection, "COMMIT")
        except BaseException:
            await _rollback(connection)
            raise
        return answers

    # ---- connections ---------------------------------------------------------------------------------

    async def _acquire(self) -> Any:
        if self._free:
            return self._free.pop()
        if self._open < self._pool_size:
            self._open += 1
            try:
                return await self._connect()
            except BaseException as error:
                self._open -= 1
                self._wake()
                if isinstance(error, Exception):
                    raise problem_of(error) from error
                raise
        return await self._wait()

    async def _wait(self) -> Any:
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            connection = await asyncio.wait_for(waiter, self._wait_timeout_s)
        except (TimeoutError, asyncio.CancelledError) as error:
            self._pass_on(waiter)
            if isinstance(error, TimeoutError):
                raise Busy("Every database connection is in use.", hint="Try again in a moment.") from None
            raise
        return connection if connection is not None else await self._acquire()

    def _pass_on(self, waiter: asyncio.Future[Any]) -> None:
        """What was handed to a waiter that waits no more goes to the next."""
        if waiter.done() and not waiter.cancelled():
            if waiter.result() is not None:
                self._give_back(waiter.result())
            else:
                self._wake()

    def _give_back(self, connection: Any) -> None:
        if connection.is_closed():
            self._open -= 1
            self._wake()
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self._free.append(connection)

    def _lost(self, connection: Any) -> None:
        """Forgets a connection that the server ended while nobody used it; one in use is given back."""
        if connection in self._free:
            self._free.remove(connection)
            self._open -= 1
            self._wake()

    def _wake(self) -> None:
        """Lets one waiter open a connection in place of a lost one."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    async def _connect(self) -> Any:
        connection = await asyncpg.connect(
            self.url,
            timeout=10,
            # Statements over 15 KiB would otherwise be prepared anew each time: 2.0 instead of 0.54 ms.
            max_cacheable_statement_size=0,
            statement_cache_size=500,
            max_cached_statement_lifetime=0,
            server_settings={
                "application_name": "portico",
                "statement_timeout": str(int(self._query_timeout_s * 1000)),
                "idle_in_transaction_session_timeout": "60000",
                "timezone": "UTC",
                "jit": "off",  # compiling costs more than short statements take
            },
        )
        connection.add_termination_listener(self._lost)
        # Answers are JSON text that goes to the socket as it is; as str it would be decoded and encoded again.
        await connection.set_type_codec("text", schema="pg_catalog", encoder=_encode, decoder=bytes, format="binary")
        return connection


def _encode(value: Any) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


async def _drive(connection: Any, steps: Steps) -> bytes:
    """Runs a write's calls until it returns its answer."""
    try:
        call = next(steps)
        while True:
            call = steps.send(await _call(connection, call))
    except StopIteration as stop:
        return stop.value


async def _call(connection: Any, call: Call) -> Outcome:
    try:
        if len(call.parameters) == 1:
            rows = await connection.fetch(call.sql, *call.parameters[0])
        else:
            rows = await connection.fetchmany(call.sql, call.parameters)
    except Exception as error:
        raise problem_of(error, call.rules) from error
    return Outcome(rows, len(rows))


async def _run(connection: Any, sql: str) -> None:
    try:
        await connection.execute(sql)
    except Exception as error:
        raise problem_of(error) from error


async def _rollback(connection: Any) -> None:
    try:
        await asyncio.shield(connection.execute("ROLLBACK"))
    except (Problem, Exception, asyncio.CancelledError):
        connection.terminate()
