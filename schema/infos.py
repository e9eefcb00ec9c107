"""What does an `info` say: exact GraphQL names, what a view takes, the values of an enum table, what is not logged; each a dictionary to merge with `|`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, Table

from portico.schema.declarations import Verb
from portico.schema.names import ROOT_KINDS
from portico.schema.problems import ModelProblem

Info = dict[Any, Any]
"""What SQLAlchemy's `info=` takes, on columns, relationships and tables alike."""

OWN_PREFIX = "portico_"
"""Tables whose names begin so are Portico's own, and no models: they hold what rules decide about, and decide nothing themselves."""

_NAME, _VIEW, _ENUM, _QUIET = "portico.name", "portico.view", "portico.enum", "portico.quiet"


class UnknownRoot(ModelProblem):
    """`named(roots=…)` names a kind of root field that does not exist."""

    code = "PT214"


@dataclass(frozen=True)
class Named:
    """
    A name as its author typed it, which no convention changes.

    roots: names of root fields by kind; comments: their descriptions. description: of the type or field; empty for none,
    and None for the database's comment.
    """

    name: str | None
    roots: Mapping[str, str] = field(default_factory=dict[str, str])
    comments: Mapping[str, str] = field(default_factory=dict[str, str])
    description: str | None = None


def named(
    name: str | None = None,
    *,
    roots: Mapping[str, str] | None = None,
    comments: Mapping[str, str] | None = None,
    description: str | None = None,
) -> Info:
    """
    The exact name of a column, relation or table in GraphQL: `mapped_column("author_id", info=named("AuthorId"))`.

    Args:
        name: of a column or relation its field, of a table the type, from which the names of its root fields
            derive; None leaves it to the convention.
        roots: of a table, exact names of root fields by kind: `select`, `select_by_pk`, `select_aggregate`,
            `insert`, `insert_one`, `update`, `update_by_pk`, `update_many`, `delete`, `delete_by_pk`, `select_stream`,
            `changes`.
        comments: of a table, descriptions of root fields by kind.
        description: what is said of it in place of the database's comment; empty to say nothing.
    """
    for kind in (*(roots or ()), *(comments or ())):
        if kind not in ROOT_KINDS:
            raise UnknownRoot(f"{kind!r} is no kind of root field.", hint=f"Kinds are {', '.join(ROOT_KINDS)}.")
    return {_NAME: Named(name, dict(roots or {}), dict(comments or {}), description)}


def view(*, insert: bool = False, update: bool = False, delete: bool = False) -> Info:
    """Marks a table as a view, which migrations leave alone; what the database lets one write into it."""
    verbs: dict[Verb, bool] = {"create": insert, "update": update, "delete": delete}
    return {_VIEW: frozenset(verb for verb, may in verbs.items() if may)}


def enum_table(values: Mapping[str, str | None]) -> Info:
    """
    Marks a table whose rows are the values of an enum; columns that refer to it are of that enum.

    Args:
        values: the table's keys with their descriptions. They are written here, and not read from the
            database, so that a schema depends on nothing but its models.
    """
    return {_ENUM: dict(values)}


def quiet() -> Info:
    """
    Marks a table whose changes are not logged, such as one with many writes that nobody watches.

    Subscriptions to it work, and are answered by looking again and again: `__table_args__ = {"info": quiet()}`.
    """
    return {_QUIET: True}


def name_in(info: Mapping[Any, Any]) -> Named:
    """What `named` said."""
    return info.get(_NAME, _UNNAMED)


def view_verbs_in(info: Mapping[Any, Any]) -> frozenset[Verb] | None:
    """The writes that a view takes; None where it is none."""
    return info.get(_VIEW)


def enum_values_in(info: Mapping[Any, Any]) -> Mapping[str, str | None] | None:
    """The values that `enum_table` named."""
    return info.get(_ENUM)


def is_quiet(info: Mapping[Any, Any]) -> bool:
    """Whether changes of a table are not logged."""
    return _QUIET in info


def stored_tables(metadata: MetaData) -> list[Table]:
    """The tables that a migration makes: all but the views."""
    return [table for table in metadata.sorted_tables if view_verbs_in(table.info) is None]


_UNNAMED = Named(None)
