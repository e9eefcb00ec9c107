"""How does SQLite answer from RETURNING: around what it takes for granted there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BinaryExpression, ColumnElement, Null, func
from sqlalchemy.sql import operators, visitors

from portico.resolvers.sql.elements import quoted


def asked_by_type(expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """
    The expression with every `IS NULL` asked by typeof().

    In RETURNING, SQLite (3.40 at least) takes all columns for NOT NULL when the first one is, and folds the
    question to false: nulls would be answered as false, and rows returned that a rule hides.
    """
    return visitors.replacement_traverse(expression, {}, _replaced)


def _replaced(element: Any, **_: Any) -> ColumnElement[bool] | None:
    if not (isinstance(element, BinaryExpression) and isinstance(element.right, Null)):
        return None
    kind: ColumnElement[Any] = func.typeof(element.left)
    if element.operator is operators.is_:
        return kind == quoted("null")
    return kind != quoted("null") if element.operator is operators.is_not else None
