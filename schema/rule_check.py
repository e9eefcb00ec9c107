"""Does a rule make sense: it is called once at start-up, so that its mistakes show there and not at a request."""

from __future__ import annotations

import sys
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import BinaryExpression, ColumnElement, FromClause, Select, literal_column, select, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import True_

from portico.schema.catalog import RuleRef, Table
from portico.schema.declarations import RuleDeclaration
from portico.schema.function_conditions import asks_function
from portico.schema.problems import ModelProblem, Problem
from portico.schema.relations import froms_of
from portico.schema.rows import row_table
from portico.schema.rules import Me, everyone
from portico.schema.scalars import DialectName


class RuleFails(ModelProblem):
    """Calling the rule raises, gives no condition, or one that nothing ties to its row."""

    code = "PT207"


class UnknownRuleField(ModelProblem):
    """A rule's fields or presets name a column that the model does not have."""

    code = "PT208"


def check_rule(
    declaration: RuleDeclaration, table: Table, dialect: DialectName, absent: Collection[str] = ()
) -> RuleRef | list[Problem]:
    """
    The rule as plans carry it, or what is wrong with it.

    Args:
        absent: computed fields that the models declare and the engine does not have.
    """
    problems: list[Problem] = []
    named = (*(declaration.fields or ()), *declaration.presets)
    for name in named:
        if table.column_named(name) is None and name not in absent:
            known = ", ".join(column.name for column in table.columns.values())
            problems.append(
                UnknownRuleField(
                    f"{table.type_name} has no column {name!r}.", hint=f"It has {known}.", source=declaration.source
                )
            )
    ref = _ref(declaration, declaration.function, table, dialect)
    if isinstance(ref, Problem):
        return [*problems, ref]
    if declaration.check is not None:
        after = _ref(declaration, declaration.check, table, dialect)
        if isinstance(after, Problem):
            return [*problems, after]
        ref = replace(ref, after=after)
    return problems or ref


def _ref(declaration: RuleDeclaration, function: Any, table: Table, dialect: DialectName) -> RuleRef | Problem:
    condition = _try(declaration, function, table, dialect)
    if isinstance(condition, Problem):
        return condition
    return RuleRef(
        name=declaration.name,
        description=declaration.description,
        function=function,
        always=isinstance(condition, True_),
        declaration=declaration,
    )


def row_of(table: Table, selectable: Any) -> Any:
    """
    What a rule receives as its row: the class aliased to `selectable`, or its columns for a bare table.

    An alias, never the class itself: a rule that mentions its own table in a sub-select stays separate
    from the row that it judges.
    """
    row = row_table(table, selectable.name)
    return row if table.entity is None else aliased(table.entity, row)


def condition_of(function: Any, row: Any, me: Me) -> ColumnElement[bool]:
    """The rule's condition."""
    condition = function(row, me)
    if isinstance(condition, bool):
        # `row.published_at is not None` is True in Python whatever the row holds, and would open every row.
        raise TypeError(
            f"it returns Python's {condition}, which is the same for every row; compare with None by .is_(None) or"
            " .is_not(None), and for every row return sqlalchemy.true()"
        )
    if hasattr(condition, "__clause_element__"):
        condition = condition.__clause_element__()
    if not isinstance(condition, ColumnElement):
        raise TypeError(f"it returns {type(condition).__name__}, not a condition")
    return condition  # pyright: ignore[reportUnknownVariableType]


def _try(
    declaration: RuleDeclaration, function: Any, table: Table, dialect: DialectName
) -> ColumnElement[bool] | Problem:
    if function is everyone:
        # It needs no row, and making one for each of 701 such rules was a fifth of their Catalog.
        return true()
    try:
        with _no_truth_in_python():
            condition = condition_of(function, row_of(table, table.sql.alias("row")), Me())
        if dialect != "postgres" and asks_function(condition):
            raise TypeError("it asks a function of the database, and SQLite has none")
        stray = next(_strays(select(literal_column("1")).where(condition), None), None)
    except Exception as error:
        return RuleFails(
            f"The rule {declaration.name} cannot be used on {table.type_name}: {error}",
            hint="A rule takes (row, me) and returns a SQLAlchemy condition such as row.author_id == me.id.",
            source=declaration.source,
        )
    if stray is None:
        return condition
    return RuleFails(
        f"The rule {declaration.name} on {table.type_name} asks about any row of {getattr(stray, 'name', stray)},"
        " not about the row in question.",
        hint="Use the rule's first argument (row.author_id), a relation of it, or a sub-select.",
        source=declaration.source,
    )


@contextmanager
def _no_truth_in_python() -> Generator[None]:
    """
    Rules that ask Python whether a comparison holds are refused while they are tried.

    SQLAlchemy answers `==` and `!=` by identity, so that `a == b and c == d` would be `a == b` alone, and
    `not (a == b)` every row. SQLAlchemy's own questions, about columns in lists, are answered as ever.
    """
    answer = BinaryExpression.__bool__

    def refuse(self: BinaryExpression[Any]) -> bool:
        asking = sys._getframe(1).f_globals["__name__"]  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if asking.startswith("sqlalchemy."):
            return answer(self)
        raise TypeError("Python's and, or, not, if and in ask a condition at once; SQL's are & | ~ and .in_()")

    BinaryExpression.__bool__ = refuse
    try:
        yield
    finally:
        BinaryExpression.__bool__ = answer


def _strays(query: Any, around: frozenset[Any] | None) -> Iterator[FromClause]:
    """
    Tables that a condition mentions and nothing ties to its row.

    Such a rule would hold for every row as soon as one row of the table fits. What `any` and `has` select from
    is known; a sub-select written by hand says for itself.

    Args:
        around: what the SELECTs around this one select from; None for the outermost, which has the row alone.
    """
    froms = frozenset(froms_of(query))
    own = frozenset(query._correlate_except or ())  # noqa: SLF001
    if around is None or own:
        yield from froms - own - (around or frozenset())
    for inner in _sub_selects(query):
        yield from _strays(inner, (around or frozenset()) | froms | own)


def _sub_selects(element: Any) -> Iterator[Select[Any]]:
    for child in element.get_children():
        if isinstance(child, Select):
            yield child
        else:
            yield from _sub_selects(child)
