"""Does a rule make sense: it is called once at start-up, so that its mistakes show there and not at a request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import True_

from portico.schema.catalog import RuleRef, Table
from portico.schema.declarations import RuleDeclaration
from portico.schema.problems import ModelProblem, Problem
from portico.schema.rules import Me


class RuleFails(ModelProblem):
    """Calling the rule raises, or gives no condition."""

    code = "PT207"


class UnknownRuleField(ModelProblem):
    """A rule's fields or presets name a column that the model does not have."""

    code = "PT208"


def check_rule(declaration: RuleDeclaration, table: Table) -> RuleRef | list[Problem]:
    """The rule as plans carry it, or what is wrong with it."""
    problems: list[Problem] = []
    named = (*(declaration.fields or ()), *declaration.presets)
    for name in named:
        if table.column_named(name) is None:
            known = ", ".join(column.name for column in table.columns.values())
            problems.append(
                UnknownRuleField(
                    f"{table.type_name} has no column {name!r}.", hint=f"It has {known}.", source=declaration.source
                )
            )
    condition = _try(declaration, table)
    if isinstance(condition, Problem):
        return [*problems, condition]
    if problems:
        return problems
    return RuleRef(
        name=declaration.name,
        description=declaration.description,
        function=declaration.function,
        always=isinstance(condition, True_),
        declaration=declaration,
    )


def row_of(table: Table, selectable: Any) -> Any:
    """
    What a rule receives as its row: the class aliased to `selectable`, or the selectable for a bare table.

    An alias, never the class itself: a rule that mentions its own table in a sub-select stays separate
    from the row that it judges.
    """
    if table.entity is None:
        return selectable
    return aliased(table.entity, selectable, adapt_on_names=True)


def condition_of(function: Any, row: Any, me: Me) -> ColumnElement[bool]:
    """The rule's condition; Python's True and False are taken for SQL's."""
    condition = function(row, me)
    if condition is True:
        return true()
    if condition is False:
        return false()
    if hasattr(condition, "__clause_element__"):
        condition = condition.__clause_element__()
    if not isinstance(condition, ColumnElement):
        raise TypeError(f"it returns {type(condition).__name__}, not a condition")
    return condition  # pyright: ignore[reportUnknownVariableType]


def _try(declaration: RuleDeclaration, table: Table) -> ColumnElement[bool] | Problem:
    try:
        return condition_of(declaration.function, row_of(table, table.sql.alias("row")), Me())
    except Exception as error:
        return RuleFails(
            f"The rule {declaration.name} cannot be used on {table.type_name}: {error}",
            hint="A rule takes (row, me) and returns a SQLAlchemy condition such as row.author_id == me.id.",
            source=declaration.source,
        )
