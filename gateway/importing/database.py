"""What is in a database: its tables, types and functions as frozen records, read by `read_database`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from portico.resolvers.sql.own_tables import OWN_PREFIX
from portico.schema.scalars import DialectName

Name = tuple[str, str]
"""The schema and the name of a table or type; the schema is empty on SQLite."""

TableKind = Literal["table", "view", "materialized view", "foreign table", "partitioned table"]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class ColumnType:
    """
    The type of a column.

    text: as the database writes it, a domain replaced by what it is a domain of: `character varying(20)[]`.
    name: the database's short name, of arrays that of their items: `varchar`.
    enum: of an enum or an array of one. domain: the domain's own name where the column has one.
    """

    text: str
    name: str
    is_array: bool = False
    enum: Name | None = None
    domain: str | None = None


@dataclass(frozen=True)
class DatabaseIdentity:
    """A column that counts up by the standard's IDENTITY; `options` are those of its sequence that are not the usual."""

    always: bool
    options: tuple[tuple[str, int | bool], ...] = ()


@dataclass(frozen=True)
class DatabaseColumn:
    """
    One column; `default` and `generated` are SQL, and a generated column that is not `stored` is computed when read.

    counts: the database numbers the rows by it, as `serial` and SQLite's INTEGER PRIMARY KEY do; the default then is
    that of its own sequence.
    """

    name: str
    type: ColumnType
    nullable: bool
    default: str | None = None
    counts: bool = False
    identity: DatabaseIdentity | None = None
    generated: str | None = None
    stored: bool = True
    collation: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class DatabaseUnique:
    """A primary key or unique constraint; the name is None where the database has none (SQLite)."""

    name: str | None
    columns: tuple[str, ...]
    deferrable: bool = False
    initially_deferred: bool = False
    nulls_not_distinct: bool = False


@dataclass(frozen=True)
class DatabaseForeignKey:
    """A foreign key; actions are in SQL's words and None where they are the usual NO ACTION."""

    name: str | None
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    on_delete: str | None = None
    on_update: str | None = None
    match: str | None = None
    deferrable: bool = False
    initially_deferred: bool = False

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(column, target column), in the constraint's order."""
        return tuple(zip(self.columns, self.target_columns, strict=True))


@dataclass(frozen=True)
class DatabaseCheck:
    """A check constraint and its condition in SQL."""

    name: str | None
    condition: str


@dataclass(frozen=True)
class DatabaseIndex:
    """
    An index that no constraint has made.

    parts: columns by name, and whatever is more than a column (expressions, descending order) as SQL.
    """

    name: str
    parts: tuple[IndexPart, ...]
    unique: bool = False
    method: str | None = None
    where: str | None = None
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False


@dataclass(frozen=True)
class IndexPart:
    """What an index is over: a column, or an expression; with an operator class other than the usual."""

    text: str
    is_column: bool
    operator_class: str | None = None


@dataclass(frozen=True)
class DatabaseTable:
    """A table or view. Of partitioned tables only the parent is read. `insertable` and so on: by the database's word."""

    schema: str
    name: str
    kind: TableKind
    columns: tuple[DatabaseColumn, ...]
    comment: str | None = None
    key: DatabaseUnique | None = None
    uniques: tuple[DatabaseUnique, ...] = ()
    foreign_keys: tuple[DatabaseForeignKey, ...] = ()
    checks: tuple[DatabaseCheck, ...] = ()
    indexes: tuple[DatabaseIndex, ...] = ()
    insertable: bool = True
    updatable: bool = True
    deletable: bool = True

    @property
    def full_name(self) -> Name:
        """Schema and name."""
        return (self.schema, self.name)

    @property
    def is_view(self) -> bool:
        """Whether it is anything else than a table of this database."""
        return self.kind in ("view", "materialized view", "foreign table")


@dataclass(frozen=True)
class DatabaseEnum:
    """An enum type and its labels, in their order."""

    schema: str
    name: str
    labels: tuple[str, ...]
    comment: str | None = None


@dataclass(frozen=True)
class DatabaseArgument:
    """An argument of a function; `mode` is i, o, b (both), v (variadic) or t (a column of the table it returns)."""

    name: str
    type: str
    has_default: bool
    mode: str


@dataclass(frozen=True)
class DatabaseFunction:
    """A function; `table` is the one whose rows it returns, if it returns rows of one."""

    schema: str
    name: str
    arguments: tuple[DatabaseArgument, ...]
    returns: str
    table: Name | None
    returns_set: bool
    volatility: Literal["immutable", "stable", "volatile"]
    comment: str | None = None


@dataclass(frozen=True)
class Database:
    """Everything that was read, in order of schema and name; `default_schema` is the one that SQL need not name."""

    dialect: DialectName
    default_schema: str
    tables: tuple[DatabaseTable, ...]
    enums: tuple[DatabaseEnum, ...] = ()
    functions: tuple[DatabaseFunction, ...] = ()


def read_database(url: str, schemas: Sequence[str] | None = None) -> Database:
    """
    Reads a live database; what is the system's own, an extension's or Portico's is left out.

    Args:
        url: `postgresql://…` or `sqlite:///…`.
        schemas: the Postgres schemas to read; all unless given.

    Raises:
        CannotReadDatabase: the database cannot be reached or read.
    """
    from portico.gateway.importing import postgres_catalog, sqlite_catalog
    from portico.gateway.problems import CannotReadDatabase

    if not url.startswith(("sqlite:", "postgresql:", "postgres:")):
        raise CannotReadDatabase("The URL is of no database that can be read.", hint="postgresql://… or sqlite:///….")

    def read_postgres() -> Coroutine[Any, Any, Any]:
        return postgres_catalog.read(url, schemas)

    try:
        # Any, because the readers import these records.
        found: Any = sqlite_catalog.read(url) if url.startswith("sqlite") else in_thread(read_postgres)
    except (OSError, *postgres_catalog.ERRORS, *sqlite_catalog.ERRORS) as error:
        raise CannotReadDatabase(
            f"The database cannot be read: {str(error).partition(chr(10))[0] or type(error).__name__}",
            hint="Is the URL right, and does the database run?",
        ) from error
    theirs = tuple(table for table in found.tables if not table.name.startswith(OWN_PREFIX))
    return replace(found, tables=theirs)


def in_thread(work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """The answer of a coroutine, also where a loop is running already."""
    answers: list[Answer] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(asyncio.run(work()))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return answers[0]
