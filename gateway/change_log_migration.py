"""Does the database log its changes: what its tables, function and triggers lack, and how it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table

from portico.gateway.settings import Settings
from portico.resolvers.sql import postgres_change_log as postgres
from portico.resolvers.sql import sqlite_change_log as sqlite
from portico.resolvers.sql.change_log import CHANGES, FUNCTION, LOG, Trigger, identifier, literal
from portico.resolvers.sql.logged_tables import logged_tables
from portico.resolvers.sql.own_tables import OWN_PREFIX
from portico.schema.catalog import Catalog
from portico.schema.declarations import Declarations
from portico.schema.events import watched_tables

POSITIONS = OWN_PREFIX + "event_positions"
"""The table that says up to which change there are jobs (`gateway/events/tables.py`)."""


@dataclass(frozen=True, slots=True)
class LogStep:
    """
    Something that the database lacks, or has and should not.

    words: as a person reads it. statements: that make it so. drops: it is taken away.
    """

    words: str
    statements: tuple[str, ...]
    drops: bool = False


def tables_to_log(declarations: Declarations, catalog: Catalog, settings: Settings) -> tuple[Table, ...]:
    """The tables whose changes somebody wants to know of: subscribers, and what runs in the background."""
    read = logged_tables(catalog, settings.realtime_tables) if settings.realtime else ()
    return tuple(sorted({*read, *watched_tables(declarations)}, key=lambda table: table.fullname))


def log_steps(connection: Connection, wanted: Sequence[Table]) -> list[LogStep]:
    """
    What is to be done for the changes of these tables to be logged, and of no others; nothing is done yet.

    Tables that do not exist are passed over. A table that comes to be logged is said to have been emptied: whoever
    knows its rows from before must look again.
    """
    of_engine = _sqlite_steps if connection.dialect.name == "sqlite" else _postgres_steps
    return list(of_engine(connection, wanted))


def begin_events(connection: Connection) -> None:
    """What is written from now on is told to what runs in the background, whenever that is first started."""
    connection.exec_driver_sql(
        f"INSERT INTO {POSITIONS} (name, sequence) SELECT 'events', (SELECT coalesce(max(sequence), 0) FROM {CHANGES})"
        f" WHERE NOT EXISTS (SELECT 1 FROM {POSITIONS})"
    )


def apply_steps(connection: Connection, steps: Sequence[LogStep]) -> None:
    """Does them."""
    for step in steps:
        for statement in step.statements:
            connection.exec_driver_sql(statement)


def _rows(connection: Connection, sql: str) -> Sequence[Any]:
    return connection.exec_driver_sql(sql).fetchall()


def _trigger_steps(
    wanted: Sequence[tuple[str, Sequence[Trigger], str]], found: dict[str, dict[str, tuple[str, str]]]
) -> Iterator[LogStep]:
    """
    Args:
        wanted: (name, its triggers, the statement that says that all of it may have changed) of each table.
        found: table → trigger → (identity, the statement that drops it).
    """
    for name, triggers, everything in wanted:
        existing = found.pop(name, {})
        statements: list[str] = []
        for trigger in triggers:
            identity, drop = existing.pop(trigger.name, (None, ""))
            if identity != trigger.identity:
                statements += [*([drop] if identity is not None else []), trigger.create]
        drops = [drop for _, drop in existing.values()]
        if statements or drops:
            yield LogStep(f"log changes of {name}", (*drops, *statements, *([everything] if statements else [])))
    for name, existing in found.items():
        yield LogStep(f"log changes of {name} no more", tuple(drop for _, drop in existing.values()), drops=True)


# ---- Postgres ----------------------------------------------------------------------------------------

_FUNCTION = f"""\
SELECT prosrc, prosecdef, proconfig, has_function_privilege('public', pg_proc.oid, 'EXECUTE') FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE proname = '{FUNCTION}' AND nspname = {{schema}}"""

_TRIGGERS = f"""\
SELECT nspname, relname, tgname,
  convert_from(substring(tgargs FROM 1 FOR position('\\x00'::bytea IN tgargs) - 1), 'UTF8'), tgenabled
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE proname = '{FUNCTION}' AND pronamespace = {{schema}}::regnamespace AND NOT tgisinternal AND tgparentid = 0"""


def _postgres_steps(connection: Connection, wanted: Sequence[Table]) -> Iterator[LogStep]:
    schema, exists = _rows(
        connection,
        f"SELECT coalesce((SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass('{CHANGES}')),"
        f" current_schema()), to_regclass('{CHANGES}') IS NOT NULL",
    )[0]
    if not wanted and not exists:
        return
    quoted = identifier(schema)
    if not exists:
        yield LogStep(
            f"create table {CHANGES}",
            tuple(
                each.format(schema=quoted)
                for each in (postgres.MAKE_CHANGES, postgres.MAKE_TOLD, postgres.MAKE_LOG, postgres.BEGIN_LOG)
            ),
        )
    if not _has_function(connection, schema):
        yield LogStep(f"create function {FUNCTION}", postgres.make_function(schema))
    places = _places(connection, wanted)
    yield from _trigger_steps(
        [
            (
                table.fullname,
                postgres.triggers(table.fullname, *places[table.fullname], schema),
                f"INSERT INTO {quoted}.{CHANGES} (table_name, verb) VALUES ({literal(table.fullname)}, 'truncate')",
            )
            for table in wanted
            if table.fullname in places
        ],
        _found_on_postgres(connection, schema, places),
    )


def _has_function(connection: Connection, schema: str) -> bool:
    rows = _rows(connection, _FUNCTION.format(schema=literal(schema)))
    options = sorted(f"{name}={value}" for name, value in postgres.OPTIONS.items())
    found = [(row[0], row[1], sorted(row[2] or ()), row[3]) for row in rows]
    return found == [(postgres.function_body(schema), True, options, False)]


def _places(connection: Connection, wanted: Sequence[Table]) -> dict[str, tuple[str, str]]:
    """Schema and name of each table that exists, by `fullname`; those that are no tables there, such as views, are left out."""
    found: dict[str, tuple[str, str]] = {}
    for table in wanted:
        name = literal(identifier(table.schema, table.name))
        rows = _rows(
            connection,
            f"SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            f" WHERE pg_class.oid = to_regclass({name}) AND relkind IN ('r', 'p', 'f')",
        )
        if rows:
            found[table.fullname] = (rows[0][0], rows[0][1])
    return found


def _found_on_postgres(
    connection: Connection, schema: str, places: dict[str, tuple[str, str]]
) -> dict[str, dict[str, tuple[str, str]]]:
    by_place = {place: fullname for fullname, place in places.items()}
    found: dict[str, dict[str, tuple[str, str]]] = {}
    if not _rows(connection, f"SELECT 1 FROM pg_namespace WHERE nspname = {literal(schema)}"):
        return found
    for nspname, relname, name, argument, enabled in _rows(
        connection, _TRIGGERS.format(schema=literal(identifier(schema)))
    ):
        otherwise = argument if argument not in places else f"{nspname}.{relname}"
        table = by_place.get((nspname, relname), otherwise)
        is_enabled = enabled in ("O", b"O", "A", b"A")
        drop = f"DROP TRIGGER {identifier(name)} ON {identifier(nspname, relname)}"
        found.setdefault(table, {})[name] = (argument if is_enabled else "", drop)
    return found


# ---- SQLite ------------------------------------------------------------------------------------------


def _sqlite_steps(connection: Connection, wanted: Sequence[Table]) -> Iterator[LogStep]:
    tables = {row[0] for row in _rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not wanted and CHANGES not in tables:
        return
    if CHANGES not in tables:
        yield LogStep(f"create table {CHANGES}", (sqlite.MAKE_CHANGES,))
    if LOG not in tables:
        yield LogStep(f"create table {LOG}", (sqlite.MAKE_LOG, sqlite.BEGIN_LOG))
    yield from _trigger_steps(
        [
            (
                table.name,
                sqlite.triggers(_stored(connection, table.name)),
                f"INSERT INTO {CHANGES} (table_name, verb) VALUES ({literal(table.name)}, 'truncate')",
            )
            for table in wanted
            if table.schema is None and table.name in tables
        ],
        _found_on_sqlite(connection),
    )


def _stored(connection: Connection, name: str) -> sqlite.StoredTable:
    columns = _rows(
        connection, f"SELECT name, type, pk FROM pragma_table_xinfo({literal(name)}) WHERE hidden <> 1 ORDER BY cid"
    )
    indexes = _rows(
        connection,
        f'SELECT name, origin FROM pragma_index_list({literal(name)}) WHERE "unique" AND NOT partial ORDER BY name',
    )
    uniques: list[list[tuple[str, str]]] = []
    if not any(origin == "pk" for _, origin in indexes) and any(pk for *_, pk in columns):
        uniques.append([(column, "BINARY") for column, _, pk in columns if pk])  # the row's number has no index
    for index, _ in indexes:
        members = _rows(
            connection, f"SELECT name, coll FROM pragma_index_xinfo({literal(index)}) WHERE key ORDER BY seqno"
        )
        if all(column is not None for column, _ in members):
            uniques.append([(column, collation) for column, collation in members])
    return sqlite.StoredTable(name, [sqlite.StoredColumn(column, type_) for column, type_, _ in columns], uniques)


def _found_on_sqlite(connection: Connection) -> dict[str, dict[str, tuple[str, str]]]:
    found: dict[str, dict[str, tuple[str, str]]] = {}
    rows = _rows(connection, "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
    for table, name, text in rows:
        if name.startswith(CHANGES + "_"):
            found.setdefault(table, {})[name] = (text, f"DROP TRIGGER {identifier(name)}")
    return found
