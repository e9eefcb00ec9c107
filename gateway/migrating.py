"""Does the database have what the models need: alembic compares, and in development makes it so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from portico.gateway.app import dialect_of, sqlite_path
from portico.gateway.problems import DatabaseDiffers
from portico.gateway.settings import Settings
from portico.schema.declarations import Declarations
from portico.schema.postgres_types import recognise

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
    return await _with_connection(
        settings, folder, lambda connection: _migrate(connection, declarations.registry.metadata)
    )


async def missing(declarations: Declarations, settings: Settings, folder: Path) -> list[str]:
    """What the models need and the database lacks, in words; nothing is changed."""
    return await _with_connection(
        settings, folder, lambda connection: list(_missing(connection, declarations)), begin="BEGIN"
    )


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


def _migrate(connection: Connection, metadata: MetaData) -> Changes:
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
        opts={"target_metadata": metadata, "compare_type": True, "include_object": _only_ours(metadata)},
    )


def _only_ours(metadata: MetaData) -> Callable[..., bool]:
    """Tables that the models do not know are none of our business."""

    def include(thing: Any, name: str | None, kind: str, reflected: bool, compared_to: Any) -> bool:
        return not (kind == "table" and reflected and compared_to is None)

    return include


def _operations(connection: Connection, metadata: MetaData) -> list[Any]:
    from alembic.autogenerate import produce_migrations

    recognise(connection.dialect)
    script = produce_migrations(_context(connection, metadata), metadata)
    upgrade = script.upgrade_ops
    return list(_flat(upgrade.ops if upgrade is not None else []))


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
