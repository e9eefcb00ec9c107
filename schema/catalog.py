"""What exists: the Catalog, one frozen description of tables, columns, links and functions that all else reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy import Table as SqlTable

from portico.schema.columns import Mark
from portico.schema.declarations import FunctionDeclaration, RoleDeclaration, RuleDeclaration, Verb
from portico.schema.files import FileMark
from portico.schema.names import Names, RootKind
from portico.schema.problems import Source
from portico.schema.remotes import RemoteSchema
from portico.schema.scalars import DialectName, Scalar

# Compared and hashed by identity: one Catalog holds one object per column, table and link, and plans are
# full of them.


@dataclass(frozen=True, eq=False)
class Column:
    """
    One column of a table.

    name: its key in SQL. field: its GraphQL name. optional: an insert may leave it out. writable: clients
    may set it at all (not generated, no mark). default: a Python-side default that SQLAlchemy would call.
    function: what works it out, of a computed column; or expression: its row → SQL. `sql` then says its type alone.
    file: what a file column takes.
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
    function: DatabaseFunction | None = None
    file: FileMark | None = None
    expression: Callable[[Any], ColumnElement[Any]] | None = None

    @property
    def is_stored(self) -> bool:
        """Whether the table has it; others are worked out of the row."""
        return self.function is None and self.expression is None

    @property
    def stands_alone(self) -> bool:
        """Whether it has one value in a row, whatever a client asks."""
        return self.function is None or not self.function.arguments


@dataclass(frozen=True, eq=False)
class FunctionArgument:
    """An argument of a function of the database; `type` is SQLAlchemy's."""

    name: str
    field: str
    scalar: Scalar
    type: Any
    required: bool


@dataclass(frozen=True, eq=False)
class DatabaseFunction:
    """
    A function of the database.

    arguments: those that clients give. order: every argument in the database's order; `row` among them is given
    the row whose field it is, `session` the caller as JSON. field, aggregate: names in GraphQL; base: the one
    that its types derive from. returns: the table whose rows it gives; None for a scalar.
    roles: who has the field besides admin; None leaves it to the rules of the table.
    """

    schema: str | None
    name: str
    field: str
    aggregate: str
    base: str
    arguments: tuple[FunctionArgument, ...]
    order: tuple[str, ...]
    row: str | None
    session: str | None
    positional: bool
    returns: Table | None
    many: bool
    operation: Literal["query", "mutation"]
    roles: tuple[str, ...] | None
    description: str | None

    @property
    def needs_arguments(self) -> bool:
        """Whether a client must give one."""
        return any(argument.required for argument in self.arguments)


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

    pairs: (source column, target column), all equal; empty where `through` is given, or `function`, which
    gives the rows.
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
    function: DatabaseFunction | None = None
    description: str | None = None

    @property
    def stands_alone(self) -> bool:
        """Whether it leads to the same rows, whatever a client asks."""
        return self.function is None or not self.function.arguments


@dataclass(frozen=True, eq=False)
class Table:
    """
    A table or view that models describe.

    name: the identifier that names derive from. entity: the mapped class, or None for a bare table.
    type_base: the object type without the prefix and suffix of all types. key: the primary key's columns,
    empty for a keyless view. writable: the verbs by which the database takes writes.
    enum: of an enum table, the scalar of the columns that refer to it. root_comments: what is said of root fields,
    by kind, in place of the usual.
    `columns` and `links` are by GraphQL field.
    """

    name: str
    type_name: str
    type_base: str
    roots: Mapping[RootKind, str]
    sql: SqlTable
    entity: type[Any] | None
    columns: Mapping[str, Column]
    key: tuple[Column, ...]
    uniques: tuple[Unique, ...]
    writable: frozenset[Verb]
    description: str | None = None
    enum: Scalar | None = None
    root_comments: Mapping[str, str] = field(default_factory=dict[str, str])
    links: Mapping[str, Link] = field(default_factory=dict[str, Link])

    @property
    def identity(self) -> tuple[Column, ...]:
        """What a written row is known by: its key, or without one everything that is stored of it."""
        return self.key or tuple(column for column in self.columns.values() if column.is_stored)

    def column_named(self, sql_name: str) -> Column | None:
        """The column with this key in SQL."""
        return self._by_sql_name.get(sql_name)

    @cached_property
    def _by_sql_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns.values()}

    def __repr__(self) -> str:
        return f"Table({self.name})"


@dataclass(frozen=True, eq=False)
class RuleRef:
    """
    One rule as plans carry it.

    always: the rule holds for every row and caller, so SQL may leave it out. after: what asks an updated row
    instead.
    """

    name: str
    description: str
    function: Callable[[Any, Any], Any]
    always: bool
    declaration: RuleDeclaration
    after: RuleRef | None = None

    def __repr__(self) -> str:
        return f"RuleRef({self.name})"


@dataclass(frozen=True, eq=False)
class PayloadField:
    """
    A member of what is sent over a channel, or of how somebody appears in it.

    name: the attribute. field: its GraphQL name. default: what stands for an absent one, as JSON, where it is `optional`.
    """

    name: str
    field: str
    scalar: Scalar
    nullable: bool
    optional: bool
    default: Any = None


@dataclass(frozen=True, eq=False)
class Payload:
    """A message or a state; `field` and `change` are the root fields that give and take it, `type_name` what it is called."""

    type_name: str
    input_name: str
    field: str
    change: str
    members: tuple[PayloadField, ...]
    description: str | None


@dataclass(frozen=True, eq=False)
class ChannelType:
    """
    A channel as declared.

    table: whose rows it is of; of a channel of values, a table of these values that no database has (`stands_alone`).
    parameters: (argument of the fields, column), which together pick the one that is meant.
    """

    name: str
    table: Table
    stands_alone: bool
    parameters: tuple[tuple[str, Column], ...]
    message: Payload | None
    presence: Payload | None
    rules: tuple[RuleRef, ...]
    description: str | None
    source: Source

    def __repr__(self) -> str:
        return f"ChannelType({self.name})"


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
    database_functions: tuple[DatabaseFunction, ...] = ()
    channels: tuple[ChannelType, ...] = ()
    relay: bool = False
    remotes: tuple[RemoteSchema, ...] = ()

    @property
    def names_in_sql(self) -> frozenset[str]:
        """
        The name of every table that the models' metadata know, served or not.

        Where a row is named as a whole by its alias, which a column of that name would stand for, of columns too.
        """
        metadatas = {id(table.sql.metadata): table.sql.metadata for table in self.tables.values()}
        names = {each.name for metadata in metadatas.values() for each in metadata.tables.values()}
        if any(True for _ in self.every_database_function()):
            names |= {column.name for table in self.tables.values() for column in table.columns.values()}
        return frozenset(names)

    def every_database_function(self) -> Iterator[DatabaseFunction]:
        """Those that are root fields, and those that are fields of rows."""
        yield from self.database_functions
        for table in self.tables.values():
            yield from (column.function for column in table.columns.values() if column.function is not None)
            yield from (link.function for link in table.links.values() if link.function is not None)

    def table_of(self, entity: Any) -> Table | None:
        """The table of a mapped class or bare Table."""
        for table in self.tables.values():
            if table.entity is entity or table.sql is entity:
                return table
        return None
