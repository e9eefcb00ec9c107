"""How do statements run on SQLite in another's transaction: on aiosqlite's connection, in its thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from portico.resolvers.problems import TimedOut
from portico.resolvers.run.calls import Call, Outcome, Row
from portico.resolvers.run.changes import Change
from portico.resolvers.run.joined import JoinedEngine
from portico.resolvers.run.sqlite_changes import change_of
from portico.resolvers.run.sqlite_errors import problem_of
from portico.resolvers.sql.sqlite_change_log import LAST, MINE, SIGN
from portico.resolvers.sql.writer import Writer


class JoinedSqlite(JoinedEngine):
    """
    On SQLite.

    Args:
        connection: of aiosqlite, in a transaction; made by `sqlite.connect`.
        timeout_s: of one call; None turns it off.
    """

    def __init__(self, connection: Any, timeout_s: float | None, *, reads_only: bool) -> None:
        super().__init__(reads_only=reads_only)
        self._connection = connection
        self._timeout_s = timeout_s

    async def run(self, call: Call) -> Outcome:
        """See `JoinedEngine`."""
        rows: list[Row] = []
        changed = 0
        async with self.turn, self._in_our_words():
            for parameters in call.parameters:
                cursor = await self._connection.execute(call.sql, parameters)
                rows += await cursor.fetchall()
                changed += max(cursor.rowcount, 0)
                await cursor.close()
        return Outcome(rows, changed)

    @asynccontextmanager
    async def signed(self, writer: Writer | None) -> AsyncGenerator[None]:
        """See `JoinedEngine`."""
        if writer is None:
            yield
            return
        last = await self.last_change()
        yield
        await self.run(Call(SIGN, [(writer.actor or None, writer.trace or None, last)]))

    async def last_change(self) -> int:
        """See `JoinedEngine`."""
        return (await self.read_all(LAST, ()))[0][0]

    async def changes_after(self, sequence: int, most: int) -> list[Change]:
        """See `JoinedEngine`."""
        return [change_of(row) for row in await self.read_all(MINE, (sequence, most))]

    @asynccontextmanager
    async def _in_our_words(self) -> AsyncGenerator[None]:
        """Texts come as bytes, as everywhere here; SQLAlchemy, whose connection it is, gets them as str again."""
        self._connection.text_factory = bytes
        deadline = asyncio.timeout(self._timeout_s)
        try:
            async with deadline:
                yield
        except (sqlite3.Error, OverflowError) as error:
            raise problem_of(error) from error
        except TimeoutError as error:
            if not deadline.expired():
                raise
            await self._connection.interrupt()
            raise TimedOut("The statement took longer than it may.", hint="Ask for less at once.") from error
        finally:
            self._connection.text_factory = str
