"""How do streams and changes become SQL: a batch of rows behind a cursor, and an image of a row under the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column, select, tuple_

from portico.resolvers.plan.live_nodes import ChangesField, StreamCursor, StreamField
from portico.resolvers.plan.nodes import OrderTerm
from portico.resolvers.sql.conditions import required
from portico.resolvers.sql.elements import joined, quoted
from portico.resolvers.sql.live_slots import SEPARATOR
from portico.resolvers.sql.orders import OrderValue
from portico.resolvers.sql.pages import PagedReads
from portico.resolvers.sql.source import Frame, Source, conjunction
from portico.schema.catalog import Column


class LiveReads(PagedReads):
    """Reads of every form, and those of fields that are subscriptions alone."""

    # ---- streams -------------------------------------------------------------------------------------

    def stream(self, field: StreamField) -> tuple[Select[Any], Select[Any]]:
        """A batch, as two SELECTs of one row with one text each: its rows, and the cursor of the last of them."""
        return self._batch(field), self._cursor(field)

    def _batch(self, field: StreamField) -> Select[Any]:
        """
        The rows behind the cursor, as many as asked for and those that tie with the last.

        A stream goes on behind the last row's values, so whatever is equal to them must come with it or never.
        Source: Hasura's conformance case of ties; dialect reference, part C.
        """
        rows, source = field.rows, self.conditions.source(field.rows.table, required(field.rows.guard))
        frame = Frame(source.selectable)
        values = [self._ordered(each, source, field) for each in field.cursor]
        query, picked = self.picked(rows, source, None, frame, values)
        query = query.where(*self._behind(field, source)).order_by(*self._terms(values))
        columns = _as_row([source.raw(each.column) for each in field.cursor])
        size = self.wanted(rows)
        assert size is not None
        query = self.dialect.with_ties(
            query, columns, size, lambda: self._last(field)[0].scalar_subquery(), descending=field.descending
        )
        window = self.derived(rows, query.subquery(self.aliases.next()), picked, values)
        text = self.object(rows.items, window.source, window.frame)
        texts = self.list(text, window.source, window.frame, window.order)
        return select(texts).select_from(window.frame.clause)

    def _cursor(self, field: StreamField) -> Select[Any]:
        last, columns = self._last(field)
        texts = [self.dialect.start_text(value, each.column) for value, each in zip(columns, field.cursor, strict=True)]
        parts: list[str | ColumnElement[Any]] = ["["]
        for index, text in enumerate(texts):
            parts += [",", text] if index else [text]
        return last.with_only_columns(joined([*parts, "]"]))

    def _last(self, field: StreamField) -> tuple[Select[Any], Sequence[ColumnElement[Any]]]:
        """The cursor's columns of the last row of a batch without its ties, and these columns."""
        rows, source = field.rows, self.conditions.source(field.rows.table, required(field.rows.guard))
        values = [self._ordered(each, source, field) for each in field.cursor]
        condition = conjunction([*self.filters(rows, source), *self._behind(field, source)])
        assert condition is not None
        labels = [value.value.label(f"cursor_{index}") for index, value in enumerate(values)]
        first: Any = select(*labels).select_from(source.selectable).correlate_except(source.selectable)
        first = first.where(condition).order_by(*self._terms(values)).limit(self.wanted(rows))
        batch = first.subquery(self.aliases.next())
        columns = [batch.c[f"cursor_{index}"] for index in range(len(values))]
        last: Any = select(*columns)
        back = [each.asc() if field.descending else each.desc() for each in columns]
        return last.order_by(*back).limit(literal_column("1")), columns

    def _ordered(self, cursor: StreamCursor, source: Source, field: StreamField) -> OrderValue:
        # The column itself and not its cell, which `_behind` asks for: an index has it in order.
        column = cursor.column
        term = OrderTerm((), column, descending=field.descending, nulls_first=field.descending)
        return OrderValue(term, source.raw(column), False, column.scalar, column.sql.type)

    def _terms(self, values: Sequence[OrderValue]) -> list[Any]:
        return [self.orders.clause(value, value.value) for value in values]

    def _behind(self, field: StreamField, source: Source) -> list[ColumnElement[bool]]:
        """The rows behind the cursor whose own place in the order the caller may see; null is no place."""
        columns = [each.column for each in field.cursor]
        here = _as_row([source.raw(column) for column in columns])
        there = _as_row([self.dialect.position(self.dialect.start(each.start, each.column)) for each in field.cursor])
        found: list[Any] = [here < there if field.descending else here > there]
        if len(columns) > 1:
            found += [source.raw(column).is_not(None) for column in columns if column.nullable]
        return found + _shown(columns, source)

    # ---- changes -------------------------------------------------------------------------------------

    def change(self, field: ChangesField) -> Select[Any]:
        """An image, if the caller may see it: no row, or one row with the texts of all items in one column."""
        rows, guard = field.rows, required(field.rows.guard)
        source = _ImageSource(
            rows.table, self.dialect.image(rows.table, field.image, self.aliases.next()), self.conditions.me, guard
        )
        frame = Frame(source.selectable)
        parts: list[str | ColumnElement[Any]] = []
        for item in rows.items:
            parts += [SEPARATOR, self.value(item, source, frame)] if parts else [self.value(item, source, frame)]
        query = select(joined(parts) if parts else quoted("")).select_from(frame.clause).correlate_except(*frame.parts)
        # Whose key is hidden in the row cannot be told which row it is that has changed.
        condition = conjunction([*self.filters(rows, source), *_shown(rows.table.key, source)])
        return query if condition is None else query.where(condition)


class _ImageSource(Source):
    """An image of a row. One that was written before a column was added lacks it, and an event is not lost for that."""

    def is_masked(self, column: Column) -> bool:
        """Whether `cell` may be NULL where the column is not."""
        return True


def _as_row(values: Sequence[ColumnElement[Any]]) -> Any:
    return values[0] if len(values) == 1 else tuple_(*values)


def _shown(columns: Sequence[Column], source: Source) -> list[ColumnElement[bool]]:
    return [shown for column in columns if (shown := source.shown(column)) is not None]
