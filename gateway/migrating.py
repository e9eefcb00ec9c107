"""Does the database have what the models need: alembic compares, and in development makes it so."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ARRAY, Column, Connection, Engine, MetaData, Table, create_engine, event, inspect, text
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from portico.gateway.change_log_migration import POSITIONS, apply_steps, begin_events, log_steps, tables_to_log
from portico.gateway.engines import dialect_of, sqlite_path
from portico.gateway.function_host import find_schemas
from portico.gateway.held_rows_migration import held_steps
from portico.gateway.problems import DatabaseDiffers
from portico.gateway.settings import Settings
from portico.schema.declarations import Declarations
from portico.schema.infos import view_verbs_in
from portico.schema.postgres_types import recognise
from portico.schema.reading import read_catalog

_REQUIRED = "A required column needs a server_default, or Mapped[… | None], while its table has rows."


class Changes:
    """
    What has to be done to the database, and what is left undone.

    applied: done, in words. kept: tables and columns that the models no longer have; they are never
    dropped here, because with them goes what they hold.
    """

    def __init__(self) -> None:
        self.applied: list[str] = []
        self.kept: list[str] = []


async def migrate(declarations: Declarations, settings: Settings, folder: Path) -> Changes:
    """
    Creates and alters tables until the database has what the models need.

    Raises:
        DatabaseDiffers: a change cannot be made, such as a required column in a table that has rows.
    """
    logged = _logged(declarations, settings)
    return await _with_connection(
        settings, folder, lambda connection: _migrate(connection, declarations.registry.metadata, logged)
    )


async def missing(declarations: Declarations, settings: Settings, folder: Path) -> list[str]:
    """What the models need and the database lacks, in words; nothing is changed."""
    logged = _logged(declarations, settings)

    def work(connection: Connection) -> list[str]:
        steps = (*held_steps(connection, declarations.registry.metadata), *log_steps(connection, logged))
        return [*_missing(connection, declarations), *(step.words for step in steps if not step.drops)]

    return await _with_connection(settings, folder, work, begin="BEGIN")


async def missing_for_files(declarations: Declarations, settings: Settings, folder: Path) -> list[str]:
    """What rows that hold files lack to say so, in words: without it two rows could have one file."""
    metadata = declarations.registry.metadata
    return await _with_connection(
        settings, folder, lambda connection: [step.words for step in held_steps(connection, metadata)], begin="BEGIN"
    )


def _logged(declarations: Declarations, settings: Settings) -> Sequence[Table]:
    if not (settings.realtime or declarations.has_events or declarations.inside):
        return ()
    find_schemas(declarations, settings)
    catalog = read_catalog(declarations, dialect=dialect_of(settings.database_url), names=settings.names)
    return tables_to_log(declarations, catalog, settings)


def _missing(connection: Connection, declarations: Declarations) -> Iterator[str]:
    own = declarations.registry.metadata
    yield from (_words(op) for op in _operations(connection, own) if not _drops(op))
    # Of tables with migrations of their own, only what queries would stumble over.
    for metadata in {id(each): each for each in (subject.metadata for subject in declarations.subjects())}.values():
        if metadata is not own:
            ops = _operations(connection, metadata)
            yield from (_words(op) for op in ops if type(op).__name__ in ("CreateTableOp", "AddColumnOp"))


async def _with_connection(
    settings: Settings, folder: Path, work: Callable[[Connection], Any], *, begin: str = "BEGIN IMMEDIATE"
) -> Any:
    try:
        if dialect_of(settings.database_url) == "sqlite":
            engine = create_engine(f"sqlite:///{sqlite_path(settings.database_url, folder)}")
            _begin_at_once(engine, begin)
            try:
                with engine.begin() as connection:
                    return work(connection)
            finally:
                engine.dispose()
        url = settings.database_url.replace("postgres://", "postgresql://").replace(
            "postgresql://", "postgresql+asyncpg://"
        )
        async_engine = create_async_engine(url)
        try:
            async with async_engine.begin() as async_connection:
                return await async_connection.run_sync(work)
        finally:
            await async_engine.dispose()
    except (SQLAlchemyError, OSError) as error:
        if isinstance(error, DBAPIError) and error.orig is not None:
            error = error.orig  # pyright: ignore[reportAssignmentType]
        raise DatabaseDiffers(
            f"The database cannot be brought in step with the models: {str(error).partition(chr(10))[0]}",
            hint="Is database_url right, and does the database run?",
        ) from error


def _begin_at_once(engine: Engine, begin: str) -> None:
    """Has changes of tables undone with the transaction; sqlite3 begins none before them, and a copy would be left behind."""

    def bare(connection: Any, record: Any) -> None:
        connection.isolation_level = None

    event.listen(engine, "connect", bare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))


def _migrate(connection: Connection, metadata: MetaData, logged: Sequence[Table]) -> Changes:
    from alembic.operations import Operations

    changes = Changes()
    context = _context(connection, metadata)
    operations = Operations(context)
    for op in _operations(connection, metadata):
        if _drops(op):
            changes.kept.append(_words(op))
        else:
            _attempt(operations, op, connection)
            changes.applied.append(_words(op))
    # After the tables: SQLite alters one by copying it, and the copy has no triggers.
    steps = [*held_steps(connection, metadata), *log_steps(connection, logged)]
    apply_steps(connection, steps)
    if POSITIONS in metadata.tables and logged:
        begin_events(connection)
    changes.applied += [step.words for step in steps]
    return changes


def _attempt(operations: Any, op: Any, connection: Connection) -> None:
    if _would_lose(op, connection):
        raise DatabaseDiffers(
            f"The database cannot be brought in step with the models: {_words(op)} would change values that are there.",
            hint="Add a column of the new type and copy what it needs, or delete the database to begin anew.",
        )
    try:
        _apply(operations, op, connection)
    except DBAPIError as error:
        raise DatabaseDiffers(
            f"The database cannot be brought in step with the models: {_words(op)} fails:"
            f" {str(error.orig or error).partition(chr(10))[0]}",
            hint=_cure(op),
        ) from error


def _would_lose(op: Any, connection: Connection) -> bool:
    """Whether SQLite, which casts whatever there is, would write something else than was there."""
    if connection.dialect.name != "sqlite" or getattr(op, "modify_type", None) is None:
        return False
    quote = connection.dialect.identifier_preparer.quote
    column, table = quote(op.column_name), quote(op.table_name)
    new, old = (each.compile(connection.dialect) for each in (op.modify_type, op.existing_type))
    query = f"SELECT 1 FROM {table} WHERE CAST(CAST({column} AS {new}) AS {old}) IS NOT {column} LIMIT 1"
    return connection.execute(text(query)).first() is not None


def _cure(op: Any) -> str | None:
    added = type(op).__name__ == "AddColumnOp"
    required = not op.column.nullable if added else getattr(op, "modify_nullable", None) is False
    return _REQUIRED if required else None


def _context(connection: Connection, metadata: MetaData) -> Any:
    from alembic.migration import MigrationContext

    return MigrationContext.configure(
        connection,
        opts={
            "target_metadata": metadata,
            "compare_type": _differs_in_type,
            "include_object": _only_ours(metadata),
            "include_name": _only_named(metadata),
            "include_schemas": any(table.schema for table in metadata.tables.values()),
        },
    )


def _only_ours(metadata: MetaData) -> Callable[..., bool]:
    """Tables that the models do not know are none of our business, and views are their authors'."""
    names = _names_in(metadata)

    def include(thing: Any, name: str | None, kind: str, reflected: bool, compared_to: Any) -> bool:
        if kind == "table" and view_verbs_in(thing.info) is not None:
            return False
        if kind == "foreign_key_constraint" and reflected:
            # To a table that the models leave out, such as a partition, which Postgres has refer for itself.
            return (thing.referred_table.schema, thing.referred_table.name) in names
        return not (kind == "table" and reflected and compared_to is None)

    return include


def _only_named(metadata: MetaData) -> Callable[..., bool]:
    """Nor are they read, nor the schemas that the models do not name."""
    names = _names_in(metadata)
    schemas = {schema for schema, _ in names}

    def include(name: str | None, kind: str, parents: Any) -> bool:
        if kind == "schema":
            return name in schemas
        return kind != "table" or (parents["schema_name"], name) in names

    return include


def _names_in(metadata: MetaData) -> frozenset[tuple[str | None, str]]:
    """Schema and name of every table that the models know."""
    return frozenset((table.schema, table.name) for table in metadata.tables.values())


def _differs_in_type(context: Any, inspected: Any, column: Any, found: Any, wanted: Any) -> bool | None:
    """A domain is what it is a domain of; the database keeps its checks. None leaves the answer to alembic."""
    base = _without_domains(found)
    return None if base is found else context.impl.compare_type(Column(inspected.name, base), column)


def _without_domains(type_: Any) -> Any:
    while isinstance(type_, DOMAIN):
        type_ = type_.data_type
    if isinstance(type_, ARRAY) and isinstance(type_.item_type, DOMAIN):
        return ARRAY(_without_domains(type_.item_type))
    return type_


def _operations(connection: Connection, metadata: MetaData) -> list[Any]:
    from alembic.autogenerate import produce_migrations

    recognise(connection.dialect)
    with warnings.catch_warnings():
        # Columns of types that SQLAlchemy has no class for, and SQLite's indexes over expressions, are not compared;
        # tables that refer to each other are.
        warnings.filterwarnings(
            "ignore", "Did not recognize type|Skipped unsupported reflection|Cannot correctly sort tables"
        )
        script = produce_migrations(_context(connection, metadata), metadata)
    upgrade = script.upgrade_ops
    ops = list(_flat(upgrade.ops if upgrade is not None else []))
    return [op for op in ops if not _is_only_sqlites(op, connection, metadata)]


def _is_only_sqlites(op: Any, connection: Connection, metadata: MetaData) -> bool:
    """
    Whether a difference is but SQLite's way to tell what it has.

    It calls the columns of a primary key nullable, and has no names of unique constraints that were made without.
    """
    if connection.dialect.name != "sqlite":
        return False
    if type(op).__name__ == "CreateUniqueConstraintOp":
        found = inspect(connection).get_unique_constraints(op.table_name)
        return any(each["name"] is None and each["column_names"] == list(op.columns) for each in found)
    if type(op).__name__ == "AlterColumnOp" and op.modify_type is None and op.modify_server_default is False:
        return bool(op.modify_nullable is False and metadata.tables[op.table_name].c[op.column_name].primary_key)
    return False


def _flat(ops: Iterable[Any]) -> Iterator[Any]:
    for op in ops:
        inner = getattr(op, "ops", None)
        if inner is not None and type(op).__name__ == "ModifyTableOps":
            yield from _flat(inner)
        else:
            yield op


def _drops(op: Any) -> bool:
    return type(op).__name__ in ("DropTableOp", "DropColumnOp", "DropConstraintOp", "DropIndexOp", "DropTableCommentOp")


def _apply(operations: Any, op: Any, connection: Connection) -> None:
    name = type(op).__name__
    if connection.dialect.name != "sqlite" or name in ("CreateTableOp", "CreateIndexOp"):
        operations.invoke(op)
        return
    # SQLite alters a table by copying it; a column with a plain or no default can simply be added.
    if name == "AddColumnOp" and op.column.nullable and op.column.server_default is None and not op.column.foreign_keys:
        operations.invoke(op)
        return
    with operations.batch_alter_table(op.table_name, schema=op.schema) as batch:
        if name == "AddColumnOp":
            batch.add_column(op.column)
        elif name == "AlterColumnOp":
            batch.alter_column(
                op.column_name,
                nullable=op.modify_nullable,
                type_=op.modify_type,
                existing_type=op.existing_type,
                existing_nullable=op.existing_nullable,
                existing_server_default=op.existing_server_default,
            )
        else:
            batch.invoke(op)


def _words(op: Any) -> str:
    """An operation as a person reads it."""
    table = getattr(op, "table_name", "")
    match type(op).__name__:
        case "CreateTableOp":
            return f"create table {table}"
        case "AddColumnOp":
            return f"add column {table}.{op.column.name}"
        case "AlterColumnOp":
            return f"alter column {table}.{op.column_name}"
        case "CreateIndexOp":
            return f"create index {op.index_name}"
        case "DropTableOp":
            return f"table {table}"
        case "DropColumnOp":
            return f"column {table}.{op.column_name}"
        case "DropIndexOp":
            return f"index {op.index_name}"
        case "DropConstraintOp":
            return f"constraint {op.constraint_name} of {table}"
        case other:
            return f"{other.removesuffix('Op')} {table}"
