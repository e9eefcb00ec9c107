"""How does a condition become SQL: comparisons, related rows, aggregates of related rows, links and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BinaryExpression,
    ColumnElement,
    FromClause,
    Select,
    and_,
    cast,
    exists,
    false,
    literal_column,
    not_,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.types import BigInteger, Boolean, Double, Text

from portico.resolvers.plan.nodes import (
    AggregateComparison,
    And,
    Comparison,
    FunctionCall,
    Guard,
    Not,
    Or,
    Predicate,
    Related,
)
from portico.resolvers.plan.values import Known, Tree
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.function_calls import DatabaseCall, rows_of_call
from portico.resolvers.sql.source import Aliases, Source, conjunction, linked
from portico.schema.catalog import Column, FunctionArgument, Link, Table
from portico.schema.operators import Operator
from portico.schema.postgres_types import Geography, Geometry
from portico.schema.rules import Me
from portico.schema.scalars import BOOLEAN, FLOAT8, GEOGRAPHY, GEOMETRY, INT, STRING

_BOUNDS = ("_gt", "_gte", "_lt", "_lte")


class UnguardedPlan(AssertionError):
    """A node reached SQL without having passed guard.py: a mistake of ours, never of a client."""


def required(guard: Guard | None) -> Guard:
    """The guard of a node; nothing without one is compiled."""
    if guard is None:
        raise UnguardedPlan
    return guard


class Conditions:
    """Builds the conditions of one statement."""

    def __init__(self, dialect: SqlDialect, aliases: Aliases, me: Me) -> None:
        self.dialect = dialect
        self.aliases = aliases
        self.me = me

    def source(
        self, table: Table, guard: Guard | None, call: FunctionCall | None = None, outer: Source | None = None
    ) -> Source:
        """A fresh alias of a table, or of what a function of the database gives, asked of the outer row if of any."""
        alias = self.aliases.next()
        if call is None:
            return Source(table, table.sql.alias(alias), self.me, guard)
        return Source(table, rows_of_call(self.call(call, outer), table, alias), self.me, guard)

    def given(self, values: Sequence[tuple[Column, Tree]]) -> FromClause:
        """Values of the request as a row, which is in no table."""
        columns = [self._typed(column, value).label(column.name) for column, value in values]
        row = select(*columns or [literal_column("1").label("one")])
        return row.subquery(self.aliases.next())

    def _typed(self, column: Column, value: Tree) -> ColumnElement[Any]:
        """A value that stands alone: Postgres is told its type, which SQLite's values have of themselves."""
        bind = self.dialect.bind(value, column.scalar, column.sql.type)
        return cast(bind, column.sql.type) if self.dialect.name == "postgres" else type_coerce(bind, column.sql.type)

    def target(self, link: Link, outer: Source, guard: Guard | None) -> Source:
        """A fresh alias of a link's rows."""
        call = None if link.function is None else FunctionCall(link.function)
        return self.source(link.target, guard, call, outer)

    def call(self, call: FunctionCall, outer: Source | None) -> DatabaseCall:
        """A call of a function of the database."""

        def bind(tree: Tree, argument: FunctionArgument) -> ColumnElement[Any]:
            return self.dialect.bind(tree, argument.scalar, argument.type)

        return DatabaseCall.of(call, outer.row() if outer is not None and call.function.row is not None else None, bind)

    def of(
        self, predicate: Predicate, source: Source, walked: frozenset[Column] = frozenset()
    ) -> ColumnElement[bool] | None:
        """
        A client's condition on a row; None where it says nothing.

        Args:
            walked: columns in whose order the rows are walked, so that a bound on one is where the walk begins.
        """
        match predicate:
            case And(parts=parts):
                return conjunction(self.of(part, source, walked) for part in parts)
            case Or(parts=parts):
                return or_(false(), *(_or_true(self.of(part, source)) for part in parts))
            case Not(part=part):
                inner = self.of(part, source)
                return false() if inner is None else not_(inner)
            case Comparison():
                found = self._comparison(predicate, source)
                return (
                    self._begun(found) if predicate.column in walked and predicate.operator.name in _BOUNDS else found
                )
            case Related():
                return self._related(predicate, source)
            case AggregateComparison():
                return self._aggregate(predicate, source)

    def _comparison(self, comparison: Comparison, source: Source) -> ColumnElement[bool]:
        left = source.cell(comparison.column)
        operator = comparison.operator
        column: Any = comparison.column
        for scalar in comparison.casts:
            column = _CASTS[scalar.name]
            left = cast(left, column.type)
        return self.compare(left, operator, comparison.value, column)

    def _begun(self, comparison: ColumnElement[bool]) -> ColumnElement[bool]:
        if not isinstance(comparison, BinaryExpression):
            return comparison
        value = self.dialect.position(comparison.right)
        return BinaryExpression(comparison.left, value, comparison.operator, type_=comparison.type)

    def compare(self, left: ColumnElement[Any], operator: Operator, value: Any, column: Any) -> ColumnElement[bool]:
        """One comparison with a value."""
        if operator.name == "_is_null":
            wanted = isinstance(value, Known) and value.value is True
            return left.is_(None) if wanted else left.is_not(None)
        return self.dialect.compare(left, operator, value, column)

    def _related(self, related: Related, source: Source) -> ColumnElement[bool]:
        target = self.target(related.link, source, required(related.guard))
        inner = self.rows_of(related.link, source, target)
        condition = conjunction([target.visible(required(related.guard)), self.of(related.where, target)])
        return exists(_where(inner, condition))

    def _aggregate(self, comparison: AggregateComparison, source: Source) -> ColumnElement[bool]:
        total = (
            self._answer(comparison, source, self.of(comparison.filter, source))
            if comparison.link is None
            else self._answer_of_related(comparison, comparison.link, source)
        )
        column = _answer_column(comparison)
        return and_(
            true(), *(self.compare(total, operator, value, column) for operator, value in comparison.comparisons)
        )

    def _answer_of_related(self, comparison: AggregateComparison, link: Link, source: Source) -> ColumnElement[Any]:
        target = self.target(link, source, required(comparison.guard))
        inner = self.rows_of(link, source, target).with_only_columns(self._answer(comparison, target, None))
        condition = conjunction([target.visible(required(comparison.guard)), self.of(comparison.filter, target)])
        return _where(inner, condition).scalar_subquery()

    def _answer(
        self, comparison: AggregateComparison, source: Source, only: ColumnElement[bool] | None
    ) -> ColumnElement[Any]:
        values = [
            self.dialect.comparable(source.cell(column), column.scalar) if comparison.distinct else source.cell(column)
            for column in comparison.columns
        ]
        scalar = comparison.columns[0].scalar if comparison.columns else None
        return self.dialect.aggregate(comparison.function, values, scalar, distinct=comparison.distinct, only=only)

    def rows_of(self, link: Link, outer: Source, target: Source) -> Select[Any]:
        """A select of the target's rows that hang on an outer row, correlated to it and to all around it."""
        inner = target.selectable
        if link.through is None:
            query = select(literal_column("1")).select_from(inner).where(*linked(link, outer, inner))
            return query.correlate_except(inner)
        through = link.through
        between: FromClause = through.sql.alias(self.aliases.next())
        on = and_(*(between.c[mine.name] == inner.c[theirs.name] for mine, theirs in through.target_pairs))
        query = select(literal_column("1")).select_from(inner.join(between, on))
        for mine, theirs in through.source_pairs:
            query = query.where(outer.raw(mine) == between.c[theirs.name])
        return query.correlate_except(inner, between)


def _where(query: Select[Any], condition: ColumnElement[bool] | None) -> Select[Any]:
    return query if condition is None else query.where(condition)


def _or_true(condition: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return true() if condition is None else condition


class _Typed:
    """Stands for a column where only its type matters: the answer of an aggregate, a cast."""

    def __init__(self, scalar: Any, type_: Any) -> None:
        self.scalar = scalar
        self.sql = self
        self.type = type_


_CASTS: Mapping[str, Any] = {
    "String": _Typed(STRING, Text()),
    "geometry": _Typed(GEOMETRY, Geometry()),
    "geography": _Typed(GEOGRAPHY, Geography()),
}
_COUNT: Any = _Typed(INT, BigInteger())
_FLAG: Any = _Typed(BOOLEAN, Boolean())
_NUMBER: Any = _Typed(FLOAT8, Double())


def _answer_column(comparison: AggregateComparison) -> Column:
    if comparison.function == "count":
        return _COUNT
    return _FLAG if comparison.function in ("bool_and", "bool_or") else _NUMBER
