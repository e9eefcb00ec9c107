"""How do groups become JSON: the rows of an aggregate grouped in a sub-select, in which each group is a text already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select

from portico.resolvers.plan.nodes import (
    AggregateItem,
    ColumnItem,
    FieldsItem,
    GroupsItem,
    Item,
    OrderTerm,
    TextItem,
)
from portico.resolvers.sql.elements import RowTexts, joined, json_object, quoted
from portico.resolvers.sql.read import Reads
from portico.resolvers.sql.source import Source
from portico.schema.catalog import Column
from portico.schema.periods import Period

Keys = Mapping[Column, ColumnElement[Any]]


class GroupedReads(Reads):
    """Reads whose aggregates may be grouped."""

    def groups(self, item: GroupsItem, source: Source) -> ColumnElement[str]:
        """The groups of rows as a list, which is never NULL."""
        keys = {column: self._key(column, period, source) for column, period in item.by}
        text = self._group(item.items, keys, source).label("text")
        query = select(text).select_from(source.selectable).correlate_except(source.selectable)
        query = query.group_by(*keys.values()).order_by(*(self._term(term, keys, source) for term in item.order))
        if (condition := self.conditions.of(item.having, source)) is not None:
            query = query.having(condition)
        found = self.cut(query, item.limit, item.offset, item.most).subquery(self.aliases.next())
        texts = select(RowTexts(found.c.text)).select_from(found).correlate_except(found)
        return joined(["[", func.coalesce(texts.scalar_subquery(), quoted("")), "]"])

    def _key(self, column: Column, period: Period | None, source: Source) -> ColumnElement[Any]:
        """A cell that is hidden is NULL here as everywhere, so that it tells no group from another."""
        cell = source.cell(column)
        return cell if period is None else self.dialect.beginning(cell, column.scalar, period)

    def _group(self, items: Iterable[Item], keys: Keys, source: Source) -> ColumnElement[str]:
        return json_object((item.key, self._value(item, keys, source)) for item in items)

    def _value(self, item: Item, keys: Keys, source: Source) -> str | ColumnElement[Any]:
        match item:
            case ColumnItem(column=column):
                return self.dialect.json(keys[column], column.scalar, column.sql.type, nullable=True)
            case FieldsItem(items=items):
                return self._group(items, keys, source)
            case AggregateItem():
                return self.aggregate_text(item, source)
            case TextItem(text=text):
                return f'"{text}"'
            case _:
                raise AssertionError(item)

    def _term(self, term: OrderTerm, keys: Keys, source: Source) -> Any:
        if not term.function:
            assert term.column is not None
            value, nullable = keys[term.column], True
        else:
            value, nullable = self.orders.aggregate(term, source), term.function != "count"
        return self.dialect.ordered(value, descending=term.descending, nulls_first=term.nulls_first, nullable=nullable)
