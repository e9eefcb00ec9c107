"""How is the change log read on Postgres: by a connection of its own that listens, in the order of commits."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import asyncpg

from portico.resolvers.problems import DatabaseUnavailable
from portico.resolvers.run.calls import own_table_missing
from portico.resolvers.run.changes import Batch, Change, Forgotten, Image, LogIdentity, Position
from portico.resolvers.run.postgres_errors import problem_of
from portico.resolvers.sql.change_log import CHANGES
from portico.resolvers.sql.postgres_change_log import RENEW, SINCE, STATE, TABLES

Answer = TypeVar("Answer")

_LONGEST_BACKOFF_S = 5.0
_SHORTEST_BACKOFF_S = 0.1
# Where notifications do not arrive, as behind poolers that hand out connections by transaction.
_DEAF_POLL_S = 0.1


class PostgresChangeLog:
    """
    The log of one database, read by this process alone.

    Args:
        url: `postgresql://…`.
        poll_s: how often is looked whether anybody told or not.
        query_timeout_s: per statement; 0 turns it off.
    """

    def __init__(self, url: str, *, poll_s: float = 1.0, query_timeout_s: float = 5.0) -> None:
        self._url = url
        self._poll_s = poll_s
        self._query_timeout_s = query_timeout_s
        self._connection: Any = None
        self._in_use = asyncio.Lock()
        self._told = asyncio.Event()
        self._identity: LogIdentity | None = None
        self._tables: frozenset[str] = frozenset()
        self._hears = True
        self._looked_at = 0.0
        self._backoff_s = _SHORTEST_BACKOFF_S

    @property
    def tables(self) -> frozenset[str]:
        return self._tables

    @property
    def identity(self) -> LogIdentity | None:
        return self._identity

    async def start(self) -> None:
        await self._do(self._look)

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        self._told.set()
        if connection is not None:
            try:
                await connection.close(timeout=2)
            except (Exception, asyncio.CancelledError):
                connection.terminate()

    async def head(self) -> Position:
        epoch, _, horizon, *_ = await self._do(_state)
        self._expect(epoch)
        return Position(horizon, 0)

    async def since(self, position: Position, most: int) -> Batch:
        async def read(connection: Any) -> Sequence[Any]:
            return await connection.fetch(SINCE, position.transaction, position.sequence, most)

        self._told.clear()
        self._looked_at = time.monotonic()
        rows = await self._do(read)
        epoch, horizon, *swept = rows[0][:4]
        self._expect(epoch)
        if not Position(*swept) <= position <= Position(horizon, 0):
            raise Forgotten
        changes = [_change(row[4:]) for row in rows if row[4] is not None]
        if len(changes) == most:
            return Batch(changes, changes[-1].position, is_full=True)
        return Batch(changes, Position(horizon, 0))

    async def wait(self, timeout_s: float) -> bool:
        if self._connection is None:
            return await self._reconnected(timeout_s)
        poll_s = self._poll_s if self._hears else min(_DEAF_POLL_S, self._poll_s)
        polls_in_s = max(0.0, self._looked_at + poll_s - time.monotonic())
        try:
            async with asyncio.timeout(min(timeout_s, polls_in_s)):
                await self._told.wait()
        except TimeoutError:
            return polls_in_s <= timeout_s
        return True

    async def sweep(self) -> None:
        raise NotImplementedError

    # ---- connection ----------------------------------------------------------------------------------

    async def _do(self, work: Callable[[Any], Coroutine[Any, Any, Answer]]) -> Answer:
        async with self._in_use:
            try:
                return await work(self._connection or await self._connect())
            except Exception as error:
                raise problem_of(error) from error

    async def _reconnected(self, timeout_s: float) -> bool:
        """Tries again after a while, longer each time; whoever waits is told once it works."""
        await asyncio.sleep(min(self._backoff_s, timeout_s))
        if self._backoff_s > timeout_s:
            return False
        self._backoff_s = min(self._backoff_s * 2, _LONGEST_BACKOFF_S)
        try:
            await self._do(_nothing)
        except DatabaseUnavailable:
            return False
        return True

    async def _connect(self) -> Any:
        connection: Any = await asyncpg.connect(
            self._url,
            timeout=10,
            server_settings={
                "application_name": "portico changes",
                "statement_timeout": str(int(self._query_timeout_s * 1000)),
                "timezone": "UTC",
                "jit": "off",
            },
        )
        try:
            connection.add_termination_listener(self._lost)
            self._hears = await self._listen(connection)
            await self._look(connection)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        self._backoff_s = _SHORTEST_BACKOFF_S
        self._told.set()  # whatever was told meanwhile was not heard
        return connection

    async def _listen(self, connection: Any) -> bool:
        """Whether notifications arrive: behind some poolers LISTEN succeeds, and nothing is ever heard."""
        heard = asyncio.Event()

        def tell(*_: Any) -> None:
            heard.set()
            self._told.set()

        await connection.add_listener(CHANGES, tell)
        await connection.execute(f"NOTIFY {CHANGES}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await heard.wait()
        return heard.is_set()

    async def _look(self, connection: Any) -> None:
        """Which tables are logged, and by which log."""
        self._tables, self._identity = frozenset(), None
        if await connection.fetchval(f"SELECT to_regclass('{CHANGES}') IS NULL"):
            return
        state = await _state(connection)
        if state[-1]:
            async with connection.transaction():
                for statement in RENEW:
                    await connection.execute(statement)
            state = await _state(connection)
        epoch, key, *_ = state
        self._identity = LogIdentity(epoch, key)
        self._tables = frozenset(row[0] for row in await connection.fetch(TABLES))

    def _lost(self, connection: Any) -> None:
        if connection is self._connection:
            self._connection = None
            self._told.set()

    def _expect(self, epoch: str) -> None:
        if self._identity is None or epoch != self._identity.epoch:
            raise Forgotten


async def _state(connection: Any) -> Sequence[Any]:
    try:
        found = await connection.fetchrow(STATE)
    except asyncpg.UndefinedTableError:
        found = None
    if found is None:
        raise own_table_missing()
    return found


async def _nothing(connection: Any) -> None:
    await connection.execute("SELECT 1")


def _change(row: Sequence[Any]) -> Change:
    transaction, sequence, table, verb, old, new, actor, trace, at = row
    return Change(
        Position(transaction, sequence), table, verb, _image(old), _image(new), actor or None, trace or None, at
    )


def _image(text: str | None) -> Image | None:
    return None if text is None else Image(text)
