"""How is the change log read on Postgres: woken by notifications, and no further than what is final."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from typing import Any

import asyncpg

from portico.resolvers.run.calls import own_table_missing
from portico.resolvers.run.changes import Batch, Change, Forgotten, Image, LogIdentity, Position
from portico.resolvers.run.horizon import Horizon
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.run.postgres_listening import Listening
from portico.resolvers.sql.change_log import CHANGES
from portico.resolvers.sql.postgres_change_log import (
    EARLY,
    FINAL,
    LOCK,
    RENEW,
    SINCE,
    STATE,
    SWEEP,
    TABLES,
    TOLD_EVERY_MS,
    WRITERS,
)

# Where notifications do not arrive.
_DEAF_POLL_S = 0.1
# After something was told, and as long as transactions are open, it is looked again after this time, then twice that, and
# so on: writers tell only now and then, and nobody tells that a transaction was rolled back that held others up.
_NEXT_POLL_S, _LAST_POLL_S = 0.002, 0.1
_ACTIVE_S = 2 * TOLD_EVERY_MS / 1000
# Held back for so long, it is asked whether the open transactions have logged anything; most are over by then.
_LONG_HELD_S = 0.01
# So many changes are told early; whoever needs more sees them when they are final.
_MOST_EARLY = 10_000
# So many changes are forgotten in one transaction.
_MOST_SWEPT = 5_000


class PostgresChangeLog:
    """
    The log of one database, as this process reads it.

    Args:
        url: `postgresql://…`.
        poll_s: how often is looked whether anybody told or not.
        keep_hours, keep_rows: how long changes are kept, and how many of them.
        query_timeout_s: per statement; 0 turns it off.
        engine: the one of this process, which tells of its own writes.
    """

    def __init__(
        self,
        url: str,
        *,
        poll_s: float = 1.0,
        keep_hours: float = 24.0,
        keep_rows: int = 1_000_000,
        query_timeout_s: float = 5.0,
        engine: PostgresEngine | None = None,
    ) -> None:
        self._engine = engine
        self._listening = Listening(url, CHANGES, self._look, query_timeout_s=query_timeout_s)
        self._poll_s = poll_s
        self._keep = (keep_hours * 3600, keep_rows)
        self._identity: LogIdentity | None = None
        self._tables: frozenset[str] = frozenset()
        self._horizon = Horizon(0)
        self._told_early: Collection[int] = ()
        self._looked_at = self._active_at = 0.0
        self._open_since: float | None = None

    @property
    def tables(self) -> frozenset[str]:
        return self._tables

    @property
    def identity(self) -> LogIdentity | None:
        return self._identity

    async def start(self) -> None:
        await self._listening.do(self._look)
        if self._engine is not None:
            self._engine.on_write = self._listening.told.set

    async def close(self) -> None:
        if self._engine is not None:
            self._engine.on_write = None
        await self._listening.close()

    async def head(self) -> Position:
        await self._see(self._horizon.final, 1)
        return Position(self._horizon.final)

    async def since(self, position: Position, most: int) -> Batch:
        self._looked_at = time.monotonic()
        swept, last, found = await self._see(position.sequence, most)
        if not swept <= position.sequence <= last:
            raise Forgotten
        final = self._horizon.final
        changes = [change for change in found if change.position.sequence <= final]
        if len(changes) == most:
            return Batch(changes, changes[-1].position, is_full=True)
        early = await self._early(found[len(changes) :], most)
        return Batch(changes, max(position, Position(final)), early=early)

    async def wait(self, timeout_s: float) -> bool:
        if not self._listening.is_open:
            return await self._listening.opened_within(timeout_s)
        told = self._listening.told
        in_s = max(0.0, self._looked_at + self._interval_s() - time.monotonic())
        if not told.is_set():
            try:
                async with asyncio.timeout(min(timeout_s, in_s)):
                    await told.wait()
            except TimeoutError:
                return in_s <= timeout_s
        told.clear()
        self._active_at = time.monotonic()
        return True

    async def sweep(self, upto: Position | None = None) -> None:
        async def sweep(connection: Any) -> bool:
            async with connection.transaction():
                if not await connection.fetchval(LOCK):
                    return False
                final = self._horizon.final if upto is None else min(self._horizon.final, upto.sequence)
                return await connection.fetchval(SWEEP, *self._keep, final, _MOST_SWEPT) == _MOST_SWEPT

        while self._identity is not None and await self._listening.do(sweep):
            await asyncio.sleep(0)

    def _interval_s(self) -> float:
        """After how long is looked again though nobody told."""
        interval_s = self._poll_s if self._listening.hears else min(_DEAF_POLL_S, self._poll_s)
        active_s = self._looked_at - self._active_at
        if active_s < _ACTIVE_S:
            interval_s = min(interval_s, max(_NEXT_POLL_S, active_s))
        if self._open_since is not None:
            open_s = self._looked_at - self._open_since
            interval_s = min(interval_s, max(_NEXT_POLL_S, min(open_s, _LAST_POLL_S)))
        return interval_s

    # ---- reading -------------------------------------------------------------------------------------

    async def _see(self, sequence: int, most: int) -> tuple[int, int, list[Change]]:
        """(the sequence up to which changes were forgotten, the last that is seen, the changes after the given one)."""

        async def read(connection: Any) -> Sequence[Any]:
            try:
                rows = await connection.fetch(SINCE, sequence, most)
            except asyncpg.UndefinedTableError as error:
                raise own_table_missing() from error
            (_, _, last, oldest_open, beginning), now = rows[0][:5], time.monotonic()
            self._open_since = None if oldest_open == beginning else self._open_since or now
            self._horizon.see(last, oldest_open, beginning, now)
            since = self._horizon.behind_since
            if since is not None and now - since > _LONG_HELD_S:
                writers = await connection.fetch(WRITERS)
                if self._horizon.see_writers([row[0] for row in writers]):
                    return await connection.fetch(SINCE, sequence, most)
            return rows

        rows = await self._listening.do(read)
        epoch, swept, last = rows[0][:3]
        if self._identity is None or epoch != self._identity.epoch:
            raise Forgotten
        return swept, last, [change_of(row[5:]) for row in rows if row[5] is not None]

    async def _early(self, found: Sequence[Change], most: int) -> Sequence[Change]:
        """
        The changes that are not final and were not told before.

        Args:
            found: those that were read, which may be no more than those that were told.
        """
        final = self._horizon.final
        told = {each for each in self._told_early if each > final}
        if found and len(told) >= most and len(told) < _MOST_EARLY:
            rows = await self._listening.do(lambda connection: connection.fetch(EARLY, final, list(told), most))
            found = [change_of(row) for row in rows]
        new = [change for change in found if change.position.sequence not in told]
        self._told_early = told.union(change.position.sequence for change in new)
        return new

    async def _look(self, connection: Any) -> None:
        """
        Which tables are logged, and by which log; another than before is begun anew.

        Until that is known it is as it was: who subscribes while a lost connection is made again would be told that nothing is
        logged, and one that is lost again would leave it so.
        """
        if await connection.fetchval(f"SELECT to_regclass('{CHANGES}') IS NULL"):
            self._tables, self._identity = frozenset(), None
            return
        epoch, key, is_from_elsewhere = await connection.fetchrow(STATE)
        if is_from_elsewhere:
            async with connection.transaction():
                for statement in RENEW:
                    await connection.execute(statement)
            epoch, key, _ = await connection.fetchrow(STATE)
        identity = LogIdentity(epoch, key)
        tables = frozenset(row[0] for row in await connection.fetch(TABLES))
        if identity != self._identity:
            self._horizon, self._told_early = Horizon(await connection.fetchval(FINAL)), ()
        self._tables, self._identity = tables, identity


def change_of(row: Sequence[Any]) -> Change:
    """A row of the log as a record."""
    sequence, table, verb, old, new, actor, trace, at = row
    return Change(Position(sequence), table, verb, _image(old), _image(new), actor or None, trace or None, at)


def _image(text: str | None) -> Image | None:
    return None if text is None else Image(text)
