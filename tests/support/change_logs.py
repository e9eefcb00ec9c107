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
        self.position = self.run(self.log.head())

    def migrate(self) -> Changes:
        return self.run(migrate(self.declarations, self.settings, Path()))

    def missing(self) -> list[str]:
        return self.run(missing(self.declarations, self.settings, Path()))

    def open(self, **keywords: Any) -> ChangeLog:
        """Another reader."""
        log: ChangeLog
        if self.place.dialect == "sqlite":
            engine = SqliteEngine(sqlite_file(self.place))
            log = SqliteChangeLog(engine, **keywords)
        else:
            log = PostgresChangeLog(self.place.url, **keywords)
        self.run(log.start())
        self._opened.append(log)
        return log

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.loop.run_until_complete(work)

    def sql(self, *statements: str) -> None:
        """Writes in one transaction."""
        execute(self.place, "; ".join(["BEGIN", *statements, "COMMIT"]))

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
