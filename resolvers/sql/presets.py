"""What value does a preset have as SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from portico.resolvers.plan.values import Known
from portico.resolvers.sql.binding import constant
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import InputBind
from portico.schema.catalog import Column
from portico.schema.rules import CallerValue, Me


def preset_value(dialect: SqlDialect, column: Column, value: Any) -> ColumnElement[Any]:
    """
    A preset as SQL, in the column's type.

    Args:
        value: a constant, a function of `me`, or a default of SQLAlchemy's (a column's `onupdate`).
    """
    if hasattr(value, "is_clause_element") and hasattr(value, "arg"):
        value = value.arg
    type_ = column.sql.type

    def typed(about: Any, name: str = "", of_type: Any = None, *, many: bool = False) -> ColumnElement[Any]:
        return CallerValue.make(about, name, type_ if of_type is None else of_type, many=many)

    result = value(Me(typed)) if callable(value) and not isinstance(value, ColumnElement) else value
    if isinstance(result, ColumnElement):
        return result  # pyright: ignore[reportUnknownVariableType]
    return InputBind.make(Known(result), type_, constant(type_, dialect.engine))
