"""How is a database served whose tables nobody wrote models for: `reflect()` reads them when the model file is imported."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.ext.automap import automap_base

from portico.gateway.problems import CannotReflect
from portico.resolvers.sql.own_tables import OWN_PREFIX
from portico.schema.infos import view
from portico.schema.postgres_types import recognise
from portico.schema.words import made_plural, snake

_database: ContextVar[str | None] = ContextVar("portico_reflected_database", default=None)


@contextmanager
def reflecting_from(url: str | None) -> Generator[None]:
    """Model files imported inside reflect this database unless they name another."""
    token = _database.set(url)
    try:
        yield
    finally:
        _database.reset(token)


class Reflected:
    """
    The tables of a database as mapped classes, under their own names: `shop.Invoice`.

    Tables without a primary key, and views, are bare `Table`s; their columns are at `.c`.
    """

    def __init__(self, things: dict[str, Any]) -> None:
        self._things = things

    def __getattr__(self, name: str) -> Any:
        try:
            return self._things[name]
        except KeyError:
            known = ", ".join(sorted(self._things)[:30]) or "none at all: is database_url right?"
            raise AttributeError(f"the database has no table {name!r}; it has {known}") from None

    def __iter__(self) -> Any:
        return iter(self._things.values())


def reflect(url: str | None = None, *, schema: str | None = None) -> Reflected:
    """
    Reads the tables of a database and maps them, with relations from their foreign keys.

    A to-one relation is called like its column without `id` (`CustomerId` → `customer`), a to-many one
    like the plural of the class that refers (`invoice_lines`), a many-to-many one like the plural of its
    target. Nothing of it is exposed until rules are written.

    Args:
        url: the database; the one that is served unless given.
        schema: the Postgres schema; `public` unless given.

    Raises:
        CannotReflect: the database cannot be reached.
    """
    wanted = url or _database.get()
    if not wanted:
        raise CannotReflect(
            "There is no database to reflect.", hint="Set database_url, or pass a URL: reflect('postgresql://…')."
        )
    metadata = MetaData()
    try:
        _read(wanted, metadata, schema)
    except (SQLAlchemyError, OSError) as error:
        raise CannotReflect(
            f"The database cannot be read: {str(error).partition(chr(10))[0]}", hint="Check database_url."
        ) from error
    base: Any = automap_base(metadata=metadata)
    base.prepare(
        classname_for_table=lambda base, name, table: str(name),
        name_for_scalar_relationship=_to_one,
        name_for_collection_relationship=_to_many,
    )
    things: dict[str, Any] = {table.name: table for table in metadata.tables.values()}
    things |= {class_.__table__.name: class_ for class_ in base.classes}
    return Reflected(things)


def _to_one(base: Any, local: Any, referred: Any, constraint: Any) -> str:
    columns = [column.name for column in constraint.columns]
    name = snake(columns[0]).removesuffix("_id") if len(columns) == 1 else snake(referred.__name__)
    return _free(name, local, snake(referred.__name__))


def _to_many(base: Any, local: Any, referred: Any, constraint: Any) -> str:
    name = made_plural(snake(referred.__name__))
    others = [
        each
        for each in constraint.table.foreign_key_constraints
        if each.referred_table is constraint.referred_table and each is not constraint
    ]
    if others and constraint.table is referred.__table__:
        name = f"{name}_by_{snake(next(iter(constraint.columns)).name)}"
    return _free(name, local, f"{name}_rows")


def _free(name: str, local: Any, otherwise: str) -> str:
    """The name, unless a column of the table has it."""
    taken = {snake(column.name) for column in local.__table__.columns} | set(local.__table__.columns.keys())
    if name not in taken:
        return name
    return otherwise if otherwise not in taken else f"{name}_row"


def _read(url: str, metadata: MetaData, schema: str | None) -> None:
    def work(connection: Connection) -> None:
        recognise(connection.dialect)
        # Whoever allows all that there is must not allow what others were answered.
        metadata.reflect(connection, schema=schema, views=True, only=_is_theirs)
        _mark_views(connection, metadata, schema)

    if url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.connect() as connection:
            work(connection)
        engine.dispose()
        return
    _in_thread(url, work)


def _is_theirs(name: str, metadata: MetaData) -> bool:
    return not name.startswith(OWN_PREFIX)


def _mark_views(connection: Connection, metadata: MetaData, schema: str | None) -> None:
    from sqlalchemy import inspect

    views = set(inspect(connection).get_view_names(schema=schema))
    for table in metadata.tables.values():
        if table.name in views:
            table.info |= view()


def _in_thread(url: str, work: Any) -> None:
    """asyncpg needs a loop, and model files are imported while one may be running."""
    failure: list[BaseException] = []

    async def read() -> None:
        engine = create_async_engine(
            url.replace("postgres://", "postgresql://").replace("postgresql://", "postgresql+asyncpg://")
        )
        try:
            async with engine.connect() as connection:
                await connection.run_sync(work)
        finally:
            await engine.dispose()

    def run() -> None:
        try:
            asyncio.run(read())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]


__all__ = ["Reflected", "SqlTable", "reflect", "reflecting_from"]
