"""How is a row as it is going to be: a sub-select that stands for the table while rules are asked before a write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Select,
    Text,
    Time,
    cast,
    collate,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.sql import visitors

from portico.resolvers.sql.dialect import SqlDialect
from portico.schema.rows import RowColumn

Values = Mapping[str, ColumnElement[Any]]


def new_row(table: SqlTable, values: Values, dialect: SqlDialect) -> FromClause:
    """The row that an INSERT of these values makes, defaults of the database included."""
    columns: list[Any] = []
    for each in table.columns:
        value = values.get(each.name)
        stored = _server_default(each, dialect) if value is None else _collated(each, value)
        columns.append((cast(null(), each.type) if stored is None else stored).label(each.name))
    query: Any = select(*columns)
    return _generated(table, query, dialect)


def counted_column(table: SqlTable, values: Values) -> Any:
    """The column that the database counts up by itself where nothing is given; None where there is none."""
    counted = table.autoincrement_column
    return None if counted is None or counted.name in values else counted


def next_number(counted: Any, dialect: SqlDialect) -> ColumnElement[Any]:
    """What SQLite, which has one writer at a time, is going to give the next row there."""
    table: SqlTable = counted.table
    others, one = table.alias(dialect.free("others")), literal_column("1")
    following: Any = func.coalesce(func.max(others.c[counted.name]) + one, one)
    if table.dialect_options["sqlite"].get("autoincrement"):
        name = table.name.replace("'", "''")
        counter = literal_column(f"(SELECT seq + 1 FROM sqlite_sequence WHERE name = '{name}')")
        following = func.max(following, func.coalesce(counter, one))
    return select(following).select_from(others).correlate_except(others).scalar_subquery()


def asks_for(condition: ColumnElement[bool], column: Any) -> bool:
    """Whether a rule's condition looks at this column of the row."""
    return any(isinstance(each, RowColumn) and each.name == column.name for each in visitors.iterate(condition))


def changed_rows(
    table: SqlTable, target: FromClause, values: Values, reached: ColumnElement[bool] | None, dialect: SqlDialect
) -> FromClause:
    """The rows as an UPDATE would leave them."""
    columns: list[Any] = [
        (_collated(each, values[each.name]) if each.name in values else target.c[each.name]).label(each.name)
        for each in table.columns
    ]
    query: Any = select(*columns).select_from(target)
    return _generated(table, query if reached is None else query.where(reached), dialect)


def _generated(table: SqlTable, query: Select[Any], dialect: SqlDialect) -> FromClause:
    """Columns that the database works out are worked out of the others as they are going to be."""
    name = dialect.free("proposed")
    if not any(each.computed is not None for each in table.columns):
        return query.subquery(name)
    given = query.subquery(dialect.free("given"))
    columns: list[Any] = [_worked_out(each, given, dialect).label(each.name) for each in table.columns]
    return select(*columns).select_from(given).subquery(name)


def _worked_out(column: Any, given: FromClause, dialect: SqlDialect) -> ColumnElement[Any]:
    if column.computed is None:
        return given.c[column.name]
    plain = {"include_table": False, "literal_binds": True}
    text = column.computed.sqltext.compile(dialect=dialect.engine, compile_kwargs=plain)
    return literal_column(f"({text})", column.type)


def _collated(column: Any, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value compares as its column does; only a column brings its collation by itself."""
    collation = getattr(column.type, "collation", None)
    return collate(cast(value, Text()), collation) if collation else value


def _server_default(column: Any, dialect: SqlDialect) -> ColumnElement[Any] | None:
    argument = getattr(column.server_default, "arg", None)
    if argument is None:
        return None
    if isinstance(argument, str):
        text = literal_column("'" + argument.replace("'", "''") + "'")
        # As a text it would be greater than every number. SQLite's cast to a date is one to a number, though.
        is_text = dialect.name == "sqlite" and isinstance(column.type, Date | DateTime | Time)
        return text if is_text else cast(text, column.type)
    if isinstance(argument, ColumnElement):
        return argument  # pyright: ignore[reportUnknownVariableType]
    words = str(getattr(argument, "text", ""))
    # A counter's next value would be spent on a question.
    return None if "nextval" in words.lower() else literal_column(f"({words})")
