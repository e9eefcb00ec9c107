"""Where do worlds live: one database for many worlds, whose tables are made, filled, read whole and dropped."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from tests.properties.description import State, World
from tests.support.backend import Place

FIRST_COUNTED = 1_000
"""Where Postgres begins to count ids, far from those that tests give."""


class Store(Protocol):
    """A database past Portico."""

    place: Place

    def create(self, world: World, metadata: MetaData) -> None:
        """Makes the world's empty tables."""
        ...

    def drop(self, world: World) -> None:
        """Drops them."""
        ...

    def fill(self, world: World, state: State) -> None:
        """Puts a state in the place of whatever is stored."""
        ...

    def read(self, world: World) -> State:
        """Everything that is stored."""
        ...

    def close(self) -> None: ...


def open_store(place: Place) -> Store:
    return SqliteStore(place) if place.dialect == "sqlite" else PostgresStore(place)


def _tables(world: World) -> list[tuple[str, list[str]]]:
    """(table, columns) of everything that is stored."""
    found = [(table.plural, [column.name for column in table.columns]) for table in world.tables]
    return found + [(link.pair, ["left", "right"]) for link in world.pairs]


def _rows(world: World, state: State) -> list[tuple[str, list[list[Any]]]]:
    """(table with its columns, as INSERT names them; rows) of everything that is stored."""
    values: dict[str, list[list[Any]]] = {}
    for table in world.tables:
        rows = state.rows[table.name]
        values[table.plural] = [[rows[id_][column.name] for column in table.columns] for id_ in sorted(rows)]
    for link in world.pairs:
        values[link.pair] = [list(pair) for pair in sorted(state.pairs[link.pair])]
    return [(f"{name} ({_quoted(columns)})", values[name]) for name, columns in _tables(world)]


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _state(world: World, contents: Mapping[str, Sequence[dict[str, Any]]]) -> State:
    state = State({})
    for table in world.tables:
        bools = [column.name for column in table.columns if column.kind == "bool"]
        rows = [dict(row) for row in contents[table.plural]]
        for row in rows:
            row.update({name: None if row[name] is None else bool(row[name]) for name in bools})
        state.rows[table.name] = {row["id"]: row for row in rows}
    for link in world.pairs:
        state.pairs[link.pair] = frozenset((row["left"], row["right"]) for row in contents[link.pair])
    return state


class SqliteStore:
    """A file, which Portico's own connections have open too."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._path = place.url.removeprefix("sqlite:///")
        self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.row_factory = sqlite3.Row
        return connection

    def create(self, world: World, metadata: MetaData) -> None:
        for table in metadata.sorted_tables:
            self._connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))

    def drop(self, world: World) -> None:
        # A new file for each world is cheaper than dropping tables that connections still hold.
        self._connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(self._path + suffix).unlink(missing_ok=True)
        self._connection = self._connect()

    def fill(self, world: World, state: State) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for name, _ in _tables(world):
            self._connection.execute(f"DELETE FROM {name}")
        for into, rows in _rows(world, state):
            if rows:
                marks = ", ".join("?" for _ in rows[0])
                self._connection.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)
        self._connection.execute("COMMIT")

    def read(self, world: World) -> State:
        contents = {
            name: [dict(row) for row in self._connection.execute(f"SELECT * FROM {name}")] for name, _ in _tables(world)
        }
        return _state(world, contents)

    def close(self) -> None:
        self._connection.close()


class PostgresStore:
    """A database of which nobody else knows."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._loop = asyncio.new_event_loop()
        self._connection: Any = self._loop.run_until_complete(asyncpg.connect(place.url))
        name = self._value("SELECT current_database()")
        self._run(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        # Rows come and go in any order here.
        self._run("SET synchronous_commit = off; SET session_replication_role = replica")

    def _run(self, sql: str) -> None:
        self._loop.run_until_complete(self._connection.execute(sql))

    def _value(self, sql: str) -> Any:
        return self._loop.run_until_complete(self._connection.fetchval(sql))

    def create(self, world: World, metadata: MetaData) -> None:
        dialect: Any = postgresql.dialect()
        made = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
        made += [f"ALTER SEQUENCE {table.plural}_id_seq RESTART WITH {FIRST_COUNTED}" for table in world.tables]
        self._run("; ".join(made))

    def drop(self, world: World) -> None:
        names = ", ".join(name for name, _ in _tables(world))
        self._run(f"DROP TABLE IF EXISTS {names} CASCADE")

    def fill(self, world: World, state: State) -> None:
        # Of a few rows, faster than TRUNCATE.
        parts = [f"DELETE FROM {name}" for name, _ in _tables(world)]
        for into, rows in _rows(world, state):
            if rows:
                written = ", ".join(f"({', '.join(sql_literal(value) for value in row)})" for row in rows)
                parts.append(f"INSERT INTO {into} VALUES {written}")
        self._run("; ".join(parts))

    def read(self, world: World) -> State:
        parts = [
            f"'{name}', (SELECT coalesce(json_agg(row_to_json(t)), '[]') FROM {name} t)" for name, _ in _tables(world)
        ]
        parts += [
            f"'{table.plural} next', (SELECT last_value + is_called::int FROM {table.plural}_id_seq)"
            for table in world.tables
        ]
        contents = json.loads(self._value(f"SELECT json_build_object({', '.join(parts)})"))
        state = _state(world, contents)
        state.counters = {table.name: contents[f"{table.plural} next"] for table in world.tables}
        return state

    def close(self) -> None:
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()


def sql_literal(value: Any) -> str:
    """A value in SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).lower()
    return "'" + value.replace("'", "''") + "'"
