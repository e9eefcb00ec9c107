"""Where do values come from: one alias of a table, its raw columns, and the cells that rules may mask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, false, literal_column, or_

from portico.resolvers.plan.nodes import FunctionCall, Guard
from portico.resolvers.plan.values import Tree
from portico.resolvers.sql.dialect import SqlDialect, unlike
from portico.resolvers.sql.function_calls import DatabaseCall
from portico.schema.catalog import Column, FunctionArgument, Link, RuleRef, Table
from portico.schema.rule_check import condition_of, row_of
from portico.schema.rules import Me


class Frame:
    """The FROM clause of a SELECT being built, to which links and orderings add their joins."""

    def __init__(self, selectable: FromClause) -> None:
        self.clause = selectable
        self.parts = [selectable]

    @property
    def is_joined(self) -> bool:
        """Whether there is more than the rows themselves."""
        return len(self.parts) > 1

    def outer_join(self, selectable: FromClause, condition: ColumnElement[bool]) -> None:
        """Adds a LEFT JOIN that finds at most one row."""
        self.clause = self.clause.outerjoin(selectable, condition)
        self.parts.append(selectable)


class Aliases:
    """Hands out m1, m2, … in the order in which a statement is built, so that its text is always the same."""

    def __init__(self, dialect: SqlDialect) -> None:
        self._dialect = dialect
        self._count = 0

    def next(self) -> str:
        """The next free name."""
        self._count += 1
        return self._dialect.free(f"m{self._count}")


@dataclass(frozen=True, slots=True)
class Carried:
    """
    What a sub-select has worked out of its rows, which cannot be worked out of what it gives.

    masked, computed: SQL name → label. row: the label of the rows as a whole.
    """

    masked: Mapping[str, str]
    computed: Mapping[str, str]
    row: str | None


class Source:
    """
    One alias of a table inside a statement.

    Args:
        selectable: the alias, or a sub-select or CTE with the table's columns.
        guard: the read rules of the rows; None where the rows are raw (rules of writes).
        carried: what a sub-select gives besides the table's columns; None where the selectable has rows of the table.
    """

    def __init__(
        self, table: Table, selectable: FromClause, me: Me, guard: Guard | None, carried: Carried | None = None
    ) -> None:
        self.table = table
        self.selectable = selectable
        self.guard = guard
        self._me = me
        self._carried = carried
        self._row: Any = None
        self._asked: dict[RuleRef, ColumnElement[bool]] = {}
        self._expressions: dict[Any, ColumnElement[Any]] = {}

    def raw(self, column: Column) -> ColumnElement[Any]:
        """The column as it is stored, or worked out by the database."""
        if column.is_stored:
            return self.selectable.c[column.name]
        if self._carried is not None:
            return self.selectable.c[self._carried.computed[column.name]]
        if column.expression is not None:
            return self._worked_out(column.expression)
        assert column.function is not None
        call = DatabaseCall.of(FunctionCall(column.function), self.row(), _no_value)
        call.type = column.sql.type
        return call

    def _worked_out(self, expression: Callable[[Any], ColumnElement[Any]]) -> ColumnElement[Any]:
        """An author's expression of the row, once for all that ask for it, as with `condition`."""
        if expression not in self._expressions:
            self._expressions[expression] = expression(self._as_authors_see_it())
        return self._expressions[expression]

    def _as_authors_see_it(self) -> Any:
        if self._row is None:
            self._row = row_of(self.table, self.selectable)
        return self._row

    def row(self) -> ColumnElement[Any]:
        """The row as a whole, as functions of the database take it."""
        if self._carried is None:
            return literal_column(self.selectable.name)  # pyright: ignore[reportAttributeAccessIssue]
        assert self._carried.row is not None
        return self.selectable.c[self._carried.row]

    def cell(self, column: Column) -> ColumnElement[Any]:
        """The column as the caller may see it: NULL where no rule shows it."""
        rules = self.guard.cells.get(column) if self.guard is not None else None
        if rules is None:
            return self.raw(column)
        if self._carried is not None:
            return self.selectable.c[self._carried.masked[column.name]]
        return case((self.any_of(rules), self.raw(column)))

    def shown(self, column: Column) -> ColumnElement[bool] | None:
        """The condition under which the caller sees the column in the row; None where that is always."""
        rules = self.guard.cells.get(column) if self.guard is not None else None
        return None if rules is None else self.any_of(rules)

    def is_masked(self, column: Column) -> bool:
        """Whether `cell` may be NULL where the column is not."""
        return self.guard is not None and column in self.guard.cells

    def visible(self, guard: Guard) -> ColumnElement[bool] | None:
        """The condition that rules put on the row; None where there is none."""
        if guard.nothing:
            return false()
        parts = [self.condition(rule) for rule in guard.all_of]
        if guard.any_of:
            parts.insert(0, self.any_of(guard.any_of))
        return conjunction(parts)

    def check(self, guard: Guard, columns: Iterable[Column]) -> ColumnElement[bool] | None:
        """What rules ask of a row that is written, with those of the columns that only some of them grant."""
        cells = [self.any_of(guard.cells[column]) for column in columns if column in guard.cells]
        return conjunction([self.visible(guard), *cells])

    def any_of(self, rules: Sequence[RuleRef]) -> ColumnElement[bool]:
        """Any of the rules holds."""
        return or_(*(self.condition(rule) for rule in rules))

    def condition(self, rule: RuleRef) -> ColumnElement[bool]:
        """
        One rule asked about this row.

        Asked twice, it is the same expression with the same binds, by which Postgres knows the cell of
        DISTINCT ON for the one of ORDER BY.
        """
        if rule not in self._asked:
            self._asked[rule] = condition_of(rule.function, self._as_authors_see_it(), self._me)
        return self._asked[rule]


def _no_value(tree: Tree, argument: FunctionArgument) -> ColumnElement[Any]:
    raise AssertionError(argument)


def label_beside(name: str, table: Table) -> str:
    """This name, or one like it that no column of the table has."""
    return unlike(name, {column.name.lower() for column in table.sql.columns})


def conjunction(parts: Iterable[ColumnElement[bool] | None]) -> ColumnElement[bool] | None:
    """The parts joined by and; None for no parts."""
    kept = [part for part in parts if part is not None]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else and_(*kept)


def linked(link: Link, outer: Source, inner: FromClause) -> list[ColumnElement[bool]]:
    """The conditions that tie an alias of a link's target to the row it hangs on; `through` has its own."""
    return [outer.raw(mine) == inner.c[theirs.name] for mine, theirs in link.pairs]
