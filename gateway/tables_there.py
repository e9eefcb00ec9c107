"""Has the database the tables and columns that queries would stumble over: one statement, before a process serves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import asyncpg
from sqlalchemy import MetaData, Table

from portico.gateway.engines import dialect_of, postgres_url, sqlite_path
from portico.gateway.problems import DatabaseDiffers
from portico.gateway.settings import Settings
from portico.resolvers.sql.own_tables import OPTIONAL
from portico.schema.declarations import Declarations
from portico.schema.infos import view_verbs_in

Place = tuple[str | None, str, str]
"""Schema (None: where names without one are found), table, column."""

_POSTGRES = """
SELECT CASE WHEN pg_table_is_visible(c.oid) THEN NULL ELSE n.nspname END, n.nspname, c.relname, a.attname
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relname = ANY($1) AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
"""
_SQLITE = (
    "SELECT m.name, x.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) x WHERE m.type IN ('table', 'view')"
)
_TIMEOUT_S = 10


async def lacking(declarations: Declarations, settings: Settings, folder: Path) -> list[str]:
    """
    Tables and columns that the models need and the database lacks, in words.

    Types, keys and indexes are for `portico migrate --check`, which has alembic compare everything: 0.3 s of a start of three
    for 250 tables (benchmarks/large_project), its import included.

    Raises:
        DatabaseDiffers: the database cannot be asked.
    """
    tables = list(_tables(declarations))
    try:
        if dialect_of(settings.database_url) == "sqlite":
            there = _in_sqlite(sqlite_path(settings.database_url, folder))
        else:
            there = await _in_postgres(postgres_url(settings), [table.name for table in tables])
    except (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseDiffers(
            f"The database cannot be asked what it has: {str(error).partition(chr(10))[0]}",
            hint="Is database_url right, and does the database run?",
        ) from error
    is_sqlite = dialect_of(settings.database_url) == "sqlite"
    return [words for table in tables for words in _of(table, there, is_sqlite=is_sqlite)]


def _tables(declarations: Declarations) -> Iterator[Table]:
    others = {id(each.metadata): each.metadata for each in declarations.subjects()}
    own: MetaData = declarations.registry.metadata
    for metadata in {id(own): own, **others}.values():
        for table in metadata.tables.values():
            if OPTIONAL not in table.info and view_verbs_in(table.info) is None:
                yield table


def _of(table: Table, there: frozenset[Place], *, is_sqlite: bool) -> Iterator[str]:
    def place(column: str) -> Place:
        return (None, table.name.lower(), column.lower()) if is_sqlite else (table.schema, table.name, column)

    absent = [column.name for column in table.columns if place(column.name) not in there]
    if len(absent) == len(table.columns):
        yield f"create table {table.name}"
        return
    for name in absent:
        yield f"add column {table.name}.{name}"


async def _in_postgres(url: str, names: list[str]) -> frozenset[Place]:
    connection = await asyncpg.connect(url, timeout=_TIMEOUT_S)
    try:
        rows = await connection.fetch(_POSTGRES, names)
    finally:
        await connection.close()
    named = frozenset((schema, table, column) for _, schema, table, column in rows)
    return named | frozenset((None, table, column) for found, _, table, column in rows if found is None)


def _in_sqlite(path: str) -> frozenset[Place]:
    connection = sqlite3.connect(path)
    try:
        return frozenset((None, table.lower(), column.lower()) for table, column in connection.execute(_SQLITE))
    finally:
        connection.close()
