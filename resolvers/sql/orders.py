"""In what order: terms over columns, to-one relations and aggregates, and the rows after a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, tuple_
from sqlalchemy.types import BigInteger, Double

from portico.resolvers.plan.nodes import OrderTerm
from portico.resolvers.plan.values import Position
from portico.resolvers.sql.conditions import Conditions, required
from portico.resolvers.sql.elements import joined
from portico.resolvers.sql.source import Frame, Source, conjunction, linked
from portico.schema.aggregates import BY_NAME
from portico.schema.catalog import Link
from portico.schema.scalars import INT, Scalar


@dataclass(frozen=True, slots=True)
class OrderValue:
    """A term worked out: its expression, how it sorts, and what its values are."""

    term: OrderTerm
    value: ColumnElement[Any]
    nullable: bool
    scalar: Scalar
    type: Any


class Orders:
    """Builds the orderings of one statement; joins that terms need are collected for the FROM clause."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions

    def values(self, order: Sequence[OrderTerm], source: Source, frame: Frame) -> list[OrderValue]:
        """The terms over a source; the to-one joins that they need are added to the frame."""
        known: dict[tuple[Link, ...], Source] = {}
        return [self._value(term, self._follow(term, source, frame, known), hopped=bool(term.hops)) for term in order]

    def _follow(self, term: OrderTerm, source: Source, frame: Frame, known: dict[tuple[Link, ...], Source]) -> Source:
        at = source
        for index, hop in enumerate(term.hops):
            path = tuple(each.link for each in term.hops[: index + 1])
            if path not in known:
                guard = required(hop.guard)
                target = self._conditions.source(hop.link.target, guard)
                condition = conjunction([*linked(hop.link, at, target.selectable), target.visible(guard)])
                assert condition is not None
                frame.outer_join(target.selectable, condition)
                known[path] = target
            at = known[path]
        return at

    def _value(self, term: OrderTerm, at: Source, *, hopped: bool) -> OrderValue:
        if term.link is None:
            column = term.column
            assert column is not None
            nullable = column.nullable or hopped or at.is_masked(column)
            value = self._conditions.dialect.comparable(at.cell(column), column.scalar)
            return OrderValue(term, value, nullable, column.scalar, column.sql.type)
        guard = required(term.link.guard)
        target = self._conditions.target(term.link.link, at, guard)
        scalar = term.column.scalar if term.column is not None else INT
        rows = self._conditions.rows_of(term.link.link, at, target).with_only_columns(self.aggregate(term, target))
        condition = target.visible(guard)
        total = (rows if condition is None else rows.where(condition)).scalar_subquery()
        if term.column is None:
            return OrderValue(term, total, False, INT, BigInteger())
        aggregate = BY_NAME[term.function]
        type_ = term.column.sql.type if aggregate.keeps_type else Double()
        return OrderValue(term, total, True, aggregate.result(scalar), type_)

    def aggregate(self, term: OrderTerm, source: Source) -> ColumnElement[Any]:
        """The aggregate that a term is, over the rows of a source."""
        values = [source.cell(term.column)] if term.column is not None else []
        scalar = term.column.scalar if term.column is not None else INT
        return self._conditions.dialect.aggregate(term.function, values, scalar, distinct=False)

    def clause(self, value: OrderValue, expression: ColumnElement[Any], *, reverse: bool = False) -> Any:
        """The ORDER BY term for an expression that has the value."""
        term = value.term
        return self._conditions.dialect.ordered(
            expression,
            descending=term.descending is not reverse,
            nulls_first=term.nulls_first is not reverse,
            nullable=value.nullable,
        )

    def after(self, values: Sequence[OrderValue], position: Position, *, reverse: bool = False) -> ColumnElement[bool]:
        """The rows strictly after a cursor in this order, or before it when reversed."""
        directions = {value.term.descending for value in values}
        if len(directions) == 1 and not any(value.nullable for value in values):
            # One comparison of rows, which a composite index answers by itself.
            left = tuple_(*(value.value for value in values))
            right = tuple_(*(self._bind(value, position, index) for index, value in enumerate(values)))
            return left < right if values[0].term.descending is not reverse else left > right
        return self._after_mixed(values, position, reverse=reverse)

    def _after_mixed(self, values: Sequence[OrderValue], position: Position, *, reverse: bool) -> ColumnElement[bool]:
        branches: list[ColumnElement[bool]] = []
        equal: list[ColumnElement[bool]] = []
        for index, value in enumerate(values):
            branches.append(and_(*equal, self._beyond(value, position, index, reverse=reverse)))
            is_null = position.nulls[index + 1]
            equal.append(value.value.is_(None) if is_null else value.value == self._bind(value, position, index))
        return or_(*branches)

    def _beyond(self, value: OrderValue, position: Position, index: int, *, reverse: bool) -> ColumnElement[bool]:
        nulls_first = value.term.nulls_first is not reverse
        if position.nulls[index + 1]:
            return value.value.is_not(None) if nulls_first else false()
        bind = self._bind(value, position, index)
        beyond = value.value < bind if value.term.descending is not reverse else value.value > bind
        return or_(beyond, value.value.is_(None)) if value.nullable and not nulls_first else beyond

    def _bind(self, value: OrderValue, position: Position, index: int) -> ColumnElement[Any]:
        # The first item of a cursor is the mark of its ordering.
        dialect = self._conditions.dialect
        return dialect.position(dialect.bind(position, value.scalar, value.type, index + 1))

    def position(self, texts: Sequence[ColumnElement[str]], mark: str) -> ColumnElement[str]:
        """What the cursor of a row says: a JSON list."""
        parts: list[str | ColumnElement[Any]] = [f'["{mark}"']
        for text in texts:
            parts += [",", text]
        return joined([*parts, "]"])

    def cursor(self, position: ColumnElement[str]) -> ColumnElement[str]:
        """A position as JSON text: `"…hex…"`."""
        return joined(['"', self._conditions.dialect.hexadecimal(position), '"'])

    def text(self, value: OrderValue, expression: ColumnElement[Any]) -> ColumnElement[str]:
        """A term's value as JSON, for a cursor."""
        return self._conditions.dialect.json(expression, value.scalar, value.type, nullable=True)
