"""What is the row that a rule judges: the columns of an alias, always those of the statement around the rule."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnClause, TableClause

from portico.schema.catalog import Table


class RowColumn(ColumnClause[Any]):
    """
    A column of the row.

    It brings no table into the FROM of a sub-select, however deep it is used. SQLAlchemy's own columns are
    correlated with the nearest SELECT around only: two levels down the sub-select would go through all rows
    of the row's table, and the rule would hold for every row as soon as it holds for one.
    """

    inherit_cache = True

    @property
    def _from_objects(self) -> list[Any]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return []


def row_table(table: Table, name: str) -> TableClause:
    """The columns of a table under the name that the statement gives it: an alias, or a sub-select of rows to be."""
    columns: list[RowColumn] = []
    for each in table.sql.columns:
        column: Any = RowColumn(each.name, each.type)
        column.key = each.key
        # So SQLAlchemy finds the column that stands for the table's.
        column._proxies = [each]  # noqa: SLF001
        columns.append(column)
    return TableClause(name, *columns)
