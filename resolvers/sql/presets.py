"""What value has a column that the client does not give: a preset, a default, or what the gateway adds to a row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from portico.resolvers.plan.values import EXTRAS, Bind, Known, Part
from portico.resolvers.sql.binding import constant, stored
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import InputBind
from portico.resolvers.sql.steps import Extra
from portico.schema.catalog import Column
from portico.schema.rules import CallerValue, Me


def preset_value(dialect: SqlDialect, column: Column, value: Any) -> ColumnElement[Any]:
    """
    A preset as SQL, in the column's type.

    Args:
        value: a constant, a function of `me`, or a default of SQLAlchemy's that is no function (`onupdate`).
    """
    if _is_default(value):
        value = value.arg
    type_ = column.sql.type

    def typed(about: Any, name: str = "", of_type: Any = None, *, many: bool = False) -> ColumnElement[Any]:
        return CallerValue.make(about, name, type_ if of_type is None else of_type, many=many)

    result = value(Me(typed)) if callable(value) and not isinstance(value, ColumnElement) else value
    if isinstance(result, ColumnElement):
        return result  # pyright: ignore[reportUnknownVariableType]
    return InputBind.make(Known(result), type_, constant(type_, dialect.engine))


def called(column: Column, default: Any) -> Extra | None:
    """What SQLAlchemy's default comes to where it is a Python function: called for each row or change, not once."""
    return Extra("call", column, default.arg) if _is_default(default) and default.is_callable else None


def extra_value(dialect: SqlDialect, extra: Extra, index: int) -> ColumnElement[Any]:
    """The extra at this place as SQL."""
    tree = Part(EXTRAS, Bind(index))
    type_ = extra.column.sql.type
    match extra.kind:
        case "given":
            return dialect.key_in(tree, extra.column)
        case "fresh":
            return InputBind.make(tree, type_, stored(type_, dialect.engine))
        case "call":
            return InputBind.make(tree, type_, constant(type_, dialect.engine))


def _is_default(value: Any) -> bool:
    return hasattr(value, "is_clause_element") and hasattr(value, "arg")
