"""What another importer decides about the package: which tables, and what they, their columns and relations are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portico.gateway.importing.database import Name
from portico.schema.names import Convention, RootKind


@dataclass(frozen=True)
class Relation:
    """
    One relation of a table.

    pairs: (column of the table, column of the target), in SQL's names; they need not be a foreign key.
    exact: the GraphQL field is the name as it stands; otherwise the naming convention makes it of the name.
    comment: the description of the field.
    """

    name: str
    target: Name
    pairs: tuple[tuple[str, str], ...]
    to_many: bool
    exact: bool = False
    comment: str | None = None


@dataclass(frozen=True)
class TableDecision:
    """
    What is decided about one table; what is not is derived.

    class_name: of the model. graphql: the exact name of the type, and roots: the exact root fields.
    columns: SQL column → exact GraphQL field. relations: all there are, or None for those that foreign keys give.
    enum_values: value → comment, where the table's rows are the values of an enum. description: of the type, and
    descriptions: of columns, said in place of the database's comments; empty to say nothing. root_comments: what is
    said of root fields.
    """

    class_name: str | None = None
    graphql: str | None = None
    roots: Mapping[RootKind, str] = field(default_factory=dict[RootKind, str])
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    relations: tuple[Relation, ...] | None = None
    enum_values: Mapping[str, str | None] | None = None
    description: str | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict[str, str])
    root_comments: Mapping[RootKind, str] = field(default_factory=dict[RootKind, str])


@dataclass(frozen=True)
class Decisions:
    """
    All decisions.

    tables: None for every table of the database; otherwise only those named here.
    further: relative path → text of modules that are written, too; those at the top of the package, and packages in
    it, are imported by `__init__`, after the models.
    naming: the convention in which exact GraphQL names are made where one is needed because none can be derived.
    """

    tables: Mapping[Name, TableDecision] | None = None
    further: Mapping[str, str] = field(default_factory=dict[str, str])
    naming: Convention = "plain"

    def of(self, name: Name) -> TableDecision:
        """The decision about a table."""
        return (self.tables or {}).get(name) or TableDecision()
