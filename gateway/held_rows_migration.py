"""Does the database know which files rows hold: triggers that say so of a file, in the transaction of whoever writes the row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table

from portico.gateway.change_log_migration import LogStep
from portico.resolvers.sql.change_log import identifier, literal
from portico.resolvers.sql.own_tables import OWN_PREFIX
from portico.schema.files import file_in

FUNCTION = OWN_PREFIX + "hold_file"
_PREFIX = OWN_PREFIX + "holds_"

# Triggers, and not steps of our own writes: a row that goes with another (ON DELETE CASCADE), or that psql deletes, lets go of
# its file as well, and two transactions that put one file into two tables at once cannot both do so.


def held_steps(connection: Connection, metadata: MetaData) -> list[LogStep]:
    """What is to be done for rows to tell which files they hold; tables that do not exist are passed over."""
    columns = [
        (table, column)
        for table in metadata.tables.values()
        for column in table.columns
        if file_in(column.info) is not None
    ]
    if not columns:
        return []
    of_engine = _sqlite_steps if connection.dialect.name == "sqlite" else _postgres_steps
    return list(of_engine(connection, columns))


def _rows(connection: Connection, sql: str) -> Sequence[Any]:
    return connection.exec_driver_sql(sql).fetchall()


def _key(column: Column[Any]) -> tuple[str, str]:
    """Table and column of files."""
    target = next(iter(column.foreign_keys)).column
    return target.table.name, target.name


# ---- SQLite ------------------------------------------------------------------------------------------


def _sqlite_steps(connection: Connection, columns: Sequence[tuple[Table, Column[Any]]]) -> Iterator[LogStep]:
    found = dict(_rows(connection, "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'trigger')"))
    for table, column in columns:
        if table.name not in found:
            continue
        statements: list[str] = []
        for name, create in _sqlite_triggers(table, column):
            if found.get(name) != create:
                statements += [*([f"DROP TRIGGER {identifier(name)}"] if name in found else []), create]
        if statements:
            yield _step(table, column, statements)


def _sqlite_triggers(table: Table, column: Column[Any]) -> Iterator[tuple[str, str]]:
    files, key = _key(column)
    name = identifier(column.name)
    where = f"WHERE {identifier(key)} = "
    take = (
        f"SELECT RAISE(ABORT, {literal(f'portico: {table.name}.{column.name}')}) FROM {identifier(files)}"
        f" {where}NEW.{name} AND state <> 'ready';"
        f" UPDATE {identifier(files)} SET state = 'attached' {where}NEW.{name};"
    )
    leave = f"UPDATE {identifier(files)} SET state = 'orphaned' {where}OLD.{name} AND state = 'attached';"
    for verb, when, work in (
        ("INSERT", f"NEW.{name} IS NOT NULL", take),
        (f"UPDATE OF {name}", f"NEW.{name} IS NOT OLD.{name}", f"{leave} {take}"),
        ("DELETE", f"OLD.{name} IS NOT NULL", leave),
    ):
        trigger = f"{_PREFIX}{table.name}_{column.name}_{verb.split()[0].lower()}"
        yield (
            trigger,
            f"CREATE TRIGGER {identifier(trigger)} AFTER {verb} ON {identifier(table.name)} WHEN {when} BEGIN {work} END",
        )


# ---- Postgres ----------------------------------------------------------------------------------------


def _body(files: str) -> str:
    return f"""
DECLARE
  left_key uuid;
  taken_key uuid;
BEGIN
  IF TG_OP <> 'INSERT' THEN left_key := (to_jsonb(OLD) ->> TG_ARGV[0])::uuid; END IF;
  IF TG_OP <> 'DELETE' THEN taken_key := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid; END IF;
  IF left_key IS NOT DISTINCT FROM taken_key THEN RETURN NULL; END IF;
  UPDATE {files} SET state = 'orphaned' WHERE id = left_key AND state = 'attached';
  IF taken_key IS NOT NULL THEN
    UPDATE {files} SET state = 'attached' WHERE id = taken_key AND state = 'ready';
    IF NOT FOUND AND EXISTS (SELECT 1 FROM {files} WHERE id = taken_key) THEN
      RAISE unique_violation USING MESSAGE = 'the file is in another row', CONSTRAINT = TG_NAME;
    END IF;
  END IF;
  RETURN NULL;
END
"""


def _postgres_steps(connection: Connection, columns: Sequence[tuple[Table, Column[Any]]]) -> Iterator[LogStep]:
    files, _ = _key(columns[0][1])
    place = _rows(
        connection,
        "SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        f" WHERE pg_class.oid = to_regclass({literal(identifier(files))})",
    )
    if not place:
        return
    schema = place[0][0]
    body = _body(identifier(schema, files))
    function = identifier(schema, FUNCTION)
    known = _rows(
        connection,
        "SELECT prosrc FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace"
        f" WHERE proname = {literal(FUNCTION)} AND nspname = {literal(schema)}",
    )
    if [row[0] for row in known] != [body]:
        create = f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $files${body}$files$"
        yield LogStep(f"create function {FUNCTION}", (create,))
    for table, column in columns:
        name = identifier(table.schema, table.name)
        trigger = f"{_PREFIX}{column.name}"
        found = _rows(
            connection,
            f"SELECT to_regclass({literal(name)}) IS NOT NULL, EXISTS (SELECT 1 FROM pg_trigger"
            f" WHERE tgrelid = to_regclass({literal(name)}) AND tgname = {literal(trigger)} AND NOT tgisinternal AND tgenabled <> 'D')",
        )[0]
        if found[0] and not found[1]:
            create = (
                # At the end of the transaction, after the rules of the write: what they refuse is refused by them.
                f"CREATE CONSTRAINT TRIGGER {identifier(trigger)}"
                f" AFTER INSERT OR DELETE OR UPDATE OF {identifier(column.name)} ON {name}"
                f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {function}({literal(column.name)})"
            )
            yield _step(table, column, [create])


def _step(table: Table, column: Column[Any], statements: Sequence[str]) -> LogStep:
    return LogStep(f"tell which files {table.name}.{column.name} holds", tuple(statements))
