"""How do expressions of SQL become columns of the Catalog: each is asked once, for its type."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnElement

from portico.schema.catalog import Column, Table
from portico.schema.declarations import ExpressionDeclaration
from portico.schema.names import Names, NameTaken
from portico.schema.problems import ModelProblem, Problem
from portico.schema.rule_check import row_of
from portico.schema.scalars import DialectName, scalar_of


class NotAnExpression(ModelProblem):
    """What is computed of a row is no expression of SQL, or its model is not served."""

    code = "PT219"


def read_expressions(
    declarations: Iterable[ExpressionDeclaration],
    tables: Mapping[Any, Table],
    names: Names,
    dialect: DialectName,
    problems: list[Problem],
) -> None:
    """Adds the columns that expressions are to their tables, which are by class."""
    for declaration in declarations:
        table = tables.get(declaration.subject)
        if table is None:
            problems.append(_wrong(declaration, f"{declaration.subject!r} is no model that is served"))
            continue
        try:
            column = _column(declaration, table, names, dialect)
        except Exception as error:
            problems.append(_wrong(declaration, str(error)))
            continue
        if column.field in table.columns or column.field in table.links:
            message = f"What {column.name} computes and a field of {table.type_name} are both {column.field!r}."
            problems.append(NameTaken(message, hint="Rename the function.", source=declaration.source))
            continue
        # The Table is frozen for its readers, as with functions of the database.
        object.__setattr__(table, "columns", {**table.columns, column.field: column})


def _column(declaration: ExpressionDeclaration, table: Table, names: Names, dialect: DialectName) -> Column:
    def expression(row: Any) -> ColumnElement[Any]:
        found: Any = declaration.function(row)
        found = found.__clause_element__() if hasattr(found, "__clause_element__") else found
        if not isinstance(found, ColumnElement):
            raise TypeError(f"it gives {type(found).__name__}, no expression of SQL")
        return found  # pyright: ignore[reportUnknownVariableType]

    name = declaration.function.__name__
    type_ = expression(row_of(table, table.sql.alias("row"))).type
    return Column(
        name=name,
        field=names.column(name),
        scalar=scalar_of(type_, dialect),
        nullable=True,
        optional=True,
        writable=False,
        sql=SqlColumn(name, type_),
        description=inspect.getdoc(declaration.function),
        expression=expression,
    )


def _wrong(declaration: ExpressionDeclaration, message: str) -> Problem:
    return NotAnExpression(
        f"{declaration.function.__name__} cannot be computed: {message}.",
        hint="It takes the row and gives SQL, as rules do; for Python say what it reads: @computed(Post, reads=[Post.body]).",
        source=declaration.source,
    )
