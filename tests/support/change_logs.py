"""How do tests read the change log: tables migrated as `portico migrate` does, and a reader of either engine."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from portico.gateway.migrating import Changes, migrate, missing
from portico.gateway.settings import Settings
from portico.resolvers.run.changes import Batch, Change, ChangeLog, Position
from portico.resolvers.run.postgres_changes import PostgresChangeLog
from portico.resolvers.run.sqlite import SqliteEngine
from portico.resolvers.run.sqlite_changes import SqliteChangeLog
from portico.schema.declarations import Declarations
from tests.support.backend import Place

Answer = TypeVar("Answer")


class Logged:
    """A migrated database and a reader of its log, on a loop of its own; `sql` writes as others do, past Portico."""

    def __init__(self, declarations: Declarations, place: Place, **settings: Any) -> None:
        self.place = place
        self.declarations = declarations
        self.settings = Settings(database_url=place.url, **settings)
        self.loop = asyncio.new_event_loop()
        self._opened: list[Any] = []
        self.migrated = self.migrate()
        self.log = self.open()
        self.position = self.run(self.log.head()) if self.log.identity is not None else Position(0)

    def migrate(self) -> Changes:
        return self.run(migrate(self.declarations, self.settings, Path()))

    def missing(self) -> list[str]:
        return self.run(missing(self.declarations, self.settings, Path()))

    def open(self, **keywords: Any) -> ChangeLog:
        """Another reader."""
        log = self.make(**keywords)
        self.run(log.start())
        self._opened.append(log)
        return log

    def make(self, **keywords: Any) -> ChangeLog:
        """A reader that is not started yet."""
        if self.place.dialect == "sqlite":
            return SqliteChangeLog(SqliteEngine(sqlite_file(self.place)), **keywords)
        return PostgresChangeLog(self.place.url, **keywords)

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.loop.run_until_complete(work)

    def sql(self, *statements: str) -> None:
        """Writes in one transaction."""
        execute(self.place, "; ".join(["BEGIN", *statements, "COMMIT"]))

    def open_transaction(self) -> Transaction:
        """A transaction of somebody else's: `with log.open_transaction() as other`."""
        return Transaction(self.place)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with Transaction(self.place) as own:
            return own.rows(query)

    def batch(self, most: int = 1000) -> Batch:
        """What was committed since the last call."""
        batch = self.run(self.log.since(self.position, most))
        self.position = batch.upto
        return batch

    def changes(self) -> list[Change]:
        return list(self.batch().changes)

    def told(self) -> list[tuple[Any, ...]]:
        """The changes since the last call, as (verb, table, old, new)."""
        return [
            (each.verb, each.table, each.old and dict(each.old), each.new and dict(each.new)) for each in self.changes()
        ]

    def close(self) -> None:
        for log in self._opened:
            self.run(log.close())
        self.loop.close()


class Transaction:
    """An open transaction on a connection of its own, which ends with `COMMIT` or `ROLLBACK`, or is rolled back."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Transaction:
        if self._place.dialect == "sqlite":
            self._sqlite = sqlite3.connect(sqlite_file(self._place), isolation_level=None)
        else:
            self._postgres: Any = self._loop.run_until_complete(asyncpg.connect(self._place.url))
        self.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        if self._place.dialect == "sqlite":
            self._sqlite.close()
        else:
            self._loop.run_until_complete(self._postgres.close())
        self._loop.close()

    def execute(self, statement: str) -> None:
        if self._place.dialect == "sqlite":
            self._sqlite.execute(statement)
        else:
            self._loop.run_until_complete(self._postgres.execute(statement))

    def parameters(self, statement: str, values: Sequence[Any]) -> None:
        """On SQLite, a statement with values."""
        self._sqlite.execute(statement, values)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        if self._place.dialect == "sqlite":
            return self._sqlite.execute(query).fetchall()
        return [tuple(row) for row in self._loop.run_until_complete(self._postgres.fetch(query))]


def sqlite_file(place: Place) -> str:
    return place.url.removeprefix("sqlite:///")


def execute(place: Place, statement: str) -> None:
    """Runs SQL by a connection of somebody else's."""
    if place.dialect == "sqlite":
        connection = sqlite3.connect(sqlite_file(place), isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        try:
            connection.executescript(statement)
        finally:
            connection.close()
        return

    async def run() -> None:
        connection = await asyncpg.connect(place.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(run())
    loop.close()


def after(position: Position, changes: Sequence[Change]) -> bool:
    """Whether changes are in order, and all after a position."""
    places = [position, *(each.position for each in changes)]
    return places == sorted(set(places))
