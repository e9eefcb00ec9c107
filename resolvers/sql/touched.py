"""Which tables does an expression read: for statements that must not read what they write."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Alias, ClauseElement, Exists, ScalarSelect, Select
from sqlalchemy import Table as SqlTable
from sqlalchemy.sql import visitors

from portico.schema.catalog import Table
from portico.schema.function_conditions import asks_function
from portico.schema.relations import froms_of


def tables_of(expression: ClauseElement) -> set[SqlTable]:
    """Every table that sub-selects of an expression select from."""
    found: set[SqlTable] = set()
    for element in visitors.iterate(expression):
        if isinstance(element, Exists | ScalarSelect):
            continue
        if isinstance(element, Select):
            for selected in froms_of(element):
                found |= _tables(selected)
    return found


def _tables(selected: Any) -> set[SqlTable]:
    return {
        table
        for element in visitors.iterate(selected)
        if isinstance(table := element.element if isinstance(element, Alias) else element, SqlTable)
    }


def has_select(expression: ClauseElement) -> bool:
    """Whether an expression has sub-selects, of tables or of anything else."""
    return any(isinstance(element, Select) for element in visitors.iterate(expression))


def reads_table(expression: ClauseElement, table: Table) -> bool:
    """Whether a rule's condition looks at the table again, beside the row that it judges, as a function always may."""
    return table.sql in tables_of(expression) or asks_function(expression)
