"""What do streams and changes need of Postgres: values that come back as they went, and rows out of the change log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnElement, FromClause, cast, func
from sqlalchemy import types as sa
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from portico.resolvers.plan.values import Tree
from portico.resolvers.sql.elements import InputBind, joined
from portico.schema.catalog import Column, Table

_WHOLE = ("Int", "smallint", "bigint")
_FLOATS = ("Float", "float8")


def float_start(tree: Tree, column: Column) -> ColumnElement[Any] | None:
    """
    A floating-point number behind which a stream goes on; None for columns of other types.

    A value may be infinite, or none, and is text then. A `real` is compared as one: as a double 0.1 is another
    number, behind which the same row comes for ever.
    """
    if column.scalar.name not in _FLOATS:
        return None
    bind = InputBind.make(tree, sa.Double(), float)
    return cast(bind, sa.REAL()) if column.scalar.name == "Float" else bind


def start_text(value: ColumnElement[Any], column: Column) -> ColumnElement[str]:
    """A value of a cursor as JSON, in which a decimal is text, for the sake of its digits."""
    if column.scalar.name in _WHOLE:
        return cast(value, sa.Text())
    if column.scalar.name == "numeric":
        return joined(['"', cast(value, sa.Text()), '"'])
    return cast(func.to_json(value), sa.Text())


def checked_start(value: Any, column: Column) -> Any:
    """The same as `start_text` wrote it."""
    if column.scalar.name not in _FLOATS:
        return column.scalar.check(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("this is no cursor of the stream")
    return float(value)


class _Image(FunctionElement[Any]):
    """A row of a table made of JSON; as an alias it is the whole row too, which functions of the database take."""

    inherit_cache = False
    name = "image"
    table: Any


def image(table: Table, tree: Tree, alias: str) -> FromClause:
    """One row as the log has it. By `json` and not `jsonb`, which keeps no spelling of a json column."""
    made = _Image(cast(InputBind.make(tree, sa.String()), JSON()))
    made.table = table.sql
    columns = [SqlColumn(each.name, each.type, key=each.key) for each in table.sql.columns]
    return made.table_valued(*columns).alias(alias)


@compiles(_Image)
def _compile_image(element: _Image, compiler: Any, **keywords: Any) -> str:
    (row,) = element.clauses
    return f"json_populate_record(NULL::{compiler.preparer.format_table(element.table)}, {compiler.process(row, **keywords)})"
