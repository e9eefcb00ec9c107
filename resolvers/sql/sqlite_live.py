"""What do streams and changes need of SQLite: values that come back as they went, and rows out of the change log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, cast, func, literal_column, select, type_coerce
from sqlalchemy import types as sa

from portico.resolvers.plan.values import Tree
from portico.resolvers.sql.elements import Convert, InputBind, joined, quoted
from portico.schema.catalog import Column, Table
from portico.schema.scalars import Family

BYTES_FUNCTION = "portico_bytes"
"""hex() backwards, which SQLite has from 3.41 on; connections of `resolvers/run/sqlite.py` have it."""

# Of these types it is worth to know what a value is: dependencies compare them.
_TELLING = (sa.Uuid, sa.Boolean, sa.Integer, sa.String)
_NUMBERS = ("Int", "smallint", "bigint", "Boolean", "Float", "float8", "numeric")


def start_bind(tree: Tree, convert: Convert | None) -> ColumnElement[Any]:
    """A value behind which a stream goes on: the client's, or one that `start_text` wrote."""

    def written(value: Any) -> Any:
        if isinstance(value, dict):
            return _stored(value)  # pyright: ignore[reportUnknownArgumentType]
        return value if convert is None else convert(value)

    return InputBind.make(tree, sa.NullType(), written)


def start_text(value: ColumnElement[Any], exact: Callable[[ColumnElement[Any]], Any]) -> ColumnElement[str]:
    """
    A value as it is stored, and not as answers show it: `{"stored": …}`, or `{"hex": …}` of bytes.

    SQLite stores what it is given, and whoever writes may be another program. A moment that is spelt in some other
    way would come back as ours, which may stand before it, and then the same row comes for ever.
    """
    text = case((func.typeof(value) == quoted("real"), exact(value)), else_=func.json_quote(value))
    return case(
        (func.typeof(value) == quoted("blob"), joined(['{"hex":"', func.hex(value), '"}'])),
        else_=joined(['{"stored":', text, "}"]),
    )


def checked_start(value: Any) -> Any:
    """The same as `start_text` wrote it."""
    if not isinstance(value, dict):
        raise ValueError("this is no cursor of the stream")
    _stored(value)  # pyright: ignore[reportUnknownArgumentType]
    return value  # pyright: ignore[reportUnknownVariableType]


def _stored(value: dict[str, Any]) -> Any:
    match value:
        case {"stored": bool()}:
            pass
        case {"stored": int() as number} if -(2**63) <= number < 2**63:
            return number
        case {"stored": None}:
            return None  # an infinite number, behind which there is nothing
        case {"stored": str() | float() as stored}:
            return stored
        case {"hex": str() as digits}:
            return bytes.fromhex(digits)
        case _:
            pass
    raise ValueError("this is no cursor of the stream")


def image(table: Table, tree: Tree, alias: str) -> FromClause:
    """
    One row as the log has it.

    The values are as they were stored, of the very same type. Columns have the affinity of numbers and texts by which
    SQLite compares those of a table; a cast to NUMERIC changes no number.
    """
    given = select(InputBind.make(tree, sa.NullType()).label("image")).subquery(f"{alias}_image")
    columns = [_typed(each, given.c.image).label(each.name) for each in table.columns.values() if each.is_stored]
    query: Any = select(*columns)
    return query.select_from(given).subquery(alias)


def _typed(column: Column, row: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value that is of its column's type for whoever reads the statement; SQLite is told nothing of it."""
    value, type_ = _column(column, row), column.sql.type
    return type_coerce(value, type_) if isinstance(type_, _TELLING) else value


def _column(column: Column, row: ColumnElement[Any]) -> ColumnElement[Any]:
    value = func.json_extract(row, literal_column(_path(column.name)))
    if column.scalar.family is Family.BYTES:
        return getattr(func, BYTES_FUNCTION)(value)
    if column.scalar.is_array:
        return value
    if column.scalar.name in _NUMBERS:
        return cast(value, sa.Numeric())
    return cast(value, sa.Text()) if column.scalar.family is Family.TEXT else value


def _path(name: str) -> str:
    path = f'$."{name}"'
    return "'" + path.replace("'", "''") + "'"
