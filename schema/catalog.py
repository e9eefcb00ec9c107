"""What exists: the Catalog, one frozen description of tables, columns, links and functions that all else reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy import Table as SqlTable

from portico.schema.columns import Mark
from portico.schema.declarations import FunctionDeclaration, RoleDeclaration, RuleDeclaration
from portico.schema.names import Names, RootKind
from portico.schema.scalars import DialectName, Scalar

# Compared and hashed by identity: one Catalog holds one object per column, table and link, and plans are
# full of them.


@dataclass(frozen=True, eq=False)
class Column:
    """
    One column of a table.

    name: its key in SQL. field: its GraphQL name. optional: an insert may leave it out. writable: clients
    may set it at all (not generated, no mark). default: a Python-side default that SQLAlchemy would call.
    """

    name: str
    field: str
    scalar: Scalar
    nullable: bool
    optional: bool
    writable: bool
    sql: SqlColumn[Any]
    mark: Mark | None = None
    default: Any = None
    on_update: Any = None
    description: str | None = None


@dataclass(frozen=True, eq=False)
class Unique:
    """A primary key or unique constraint, which `onConflict` names."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, eq=False)
class Through:
    """The secondary table of a many-to-many link: pairs from the source to it, and from it to the target."""

    sql: FromClause
    source_pairs: tuple[tuple[Column, ColumnElement[Any]], ...]
    target_pairs: tuple[tuple[ColumnElement[Any], Column], ...]


@dataclass(frozen=True, eq=False)
class Link:
    """
    A relation from one table to another.

    pairs: (source column, target column), all equal; empty where `through` is given.
    nullable: of a to-one link, whether a row may have none by its foreign key alone.
    single: whether the pairs cover a unique key of the target, so that a join cannot multiply rows.
    owns_key: the source holds the foreign key (its rows are inserted after the target's).
    """

    name: str
    field: str
    source: Table
    target: Table
    to_many: bool
    pairs: tuple[tuple[Column, Column], ...]
    nullable: bool
    single: bool
    owns_key: bool
    through: Through | None = None
    description: str | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """
    A table or view that models describe.

    name: the identifier that names derive from. entity: the mapped class, or None for a bare table.
    key: the primary key's columns, empty for a keyless view. insertable: rows may be written at all.
    `columns` and `links` are by GraphQL field.
    """

    name: str
    type_name: str
    roots: Mapping[RootKind, str]
    sql: SqlTable
    entity: type[Any] | None
    columns: Mapping[str, Column]
    key: tuple[Column, ...]
    uniques: tuple[Unique, ...]
    insertable: bool
    description: str | None = None
    links: Mapping[str, Link] = field(default_factory=dict[str, Link])

    def column_named(self, sql_name: str) -> Column | None:
        """The column with this key in SQL."""
        for column in self.columns.values():
            if column.name == sql_name:
                return column
        return None

    def __repr__(self) -> str:
        return f"Table({self.name})"


@dataclass(frozen=True, eq=False)
class RuleRef:
    """
    One rule as plans carry it.

    always: the rule holds for every row and caller, so SQL may leave it out.
    """

    name: str
    description: str
    function: Callable[[Any, Any], Any]
    always: bool
    declaration: RuleDeclaration

    def __repr__(self) -> str:
        return f"RuleRef({self.name})"


@dataclass(frozen=True, eq=False)
class Catalog:
    """
    Everything a model file says, read once; tables are by type name, in order of declaration.

    relay: whether rows have identifiers of their own (the setting).
    """

    dialect: DialectName
    names: Names
    tables: Mapping[str, Table]
    rules: Mapping[Table, tuple[RuleRef, ...]]
    roles: Mapping[str, RoleDeclaration]
    functions: tuple[FunctionDeclaration, ...] = ()
    relay: bool = False

    @property
    def names_in_sql(self) -> frozenset[str]:
        """The name of every table that the models' metadata know, served or not."""
        metadatas = {id(table.sql.metadata): table.sql.metadata for table in self.tables.values()}
        return frozenset(each.name for metadata in metadatas.values() for each in metadata.tables.values())

    def table_of(self, entity: Any) -> Table | None:
        """The table of a mapped class or bare Table."""
        for table in self.tables.values():
            if table.entity is entity or table.sql is entity:
                return table
        return None
