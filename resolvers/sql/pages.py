"""How does a page of a connection become JSON: one row more than asked for tells whether there is a next page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, cast, func, literal_column, select
from sqlalchemy.types import BigInteger, Integer, Text

from portico.resolvers.plan.nodes import FieldsItem, Item, ListItem, Page, PageItem, Rows, TextItem
from portico.resolvers.plan.orders import mark_of
from portico.resolvers.sql.elements import FirstRowTexts, InputBind, RowTextAt, RowTexts, joined, json_object, quoted
from portico.resolvers.sql.groups import GroupedReads
from portico.resolvers.sql.orders import OrderValue
from portico.resolvers.sql.read import Picked, Window
from portico.resolvers.sql.source import Frame, Source, conjunction, label_beside
from portico.schema.catalog import Table

_ONE = literal_column("1")


class PagedReads(GroupedReads):
    """Reads of every form."""

    def page(self, rows: Rows, outer: Source | None) -> Select[Any]:
        """
        Rows numbered in the order in which they are fetched, which is the reverse for `last`.

        Source: GraphQL Cursor Connections Specification, "Pagination algorithm".
        """
        assert rows.page is not None
        source = self.conditions.source(rows.table, rows.guard, rows.call, outer)
        frame = Frame(source.selectable)
        values = self.orders.values(rows.order, source, frame)
        query, picked = self.picked(rows, source, outer, frame, values)
        for condition in self._window_of(rows.page, values):
            query = query.where(condition)
        terms = [self.orders.clause(value, value.value, reverse=rows.page.backward) for value in values]
        fetched = self._first(query.order_by(*terms), rows).subquery(self.aliases.next())
        sliced = self.dialect.name == "postgres" and not rows.page.backward and self.wanted(rows) is not None
        inner = fetched if sliced else self._numbered(rows, fetched, values, picked)
        window = self.derived(rows, inner, picked, values)
        shape = (_SlicedPage if sliced else _NumberedPage)(self, rows, window, values, picked, outer)
        text = shape.object(rows.items)
        # A select of constants would give one for each row; without FROM there is one.
        return select(text).select_from(window.frame.clause) if shape.reads_rows else select(text)

    def _window_of(self, page: Page, values: Sequence[OrderValue]) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if page.after is not None:
            found.append(self.orders.after(values, page.after))
        if page.before is not None:
            found.append(self.orders.after(values, page.before, reverse=True))
        return found

    def _first(self, query: Select[Any], rows: Rows) -> Select[Any]:
        size, cap = rows.limit, rows.row_limit
        if size is None:
            return query if cap is None else query.limit(literal_column(str(cap + 1)))
        if size.exact and size.bound is not None:
            return query.limit(literal_column(str(_capped(size.bound, cap) + 1)))
        return query.limit(InputBind.make(size, BigInteger(), lambda value: _capped(value, cap) + 1))

    def wanted(self, rows: Rows) -> ColumnElement[Any] | None:
        """How many rows the page shows at most."""
        size, cap = rows.limit, rows.row_limit
        if size is None:
            return None if cap is None else literal_column(str(cap))
        if size.exact and size.bound is not None:
            return literal_column(str(_capped(size.bound, cap)))
        return InputBind.make(size, Integer(), lambda value: _capped(value, cap))

    def _numbered(self, rows: Rows, fetched: FromClause, values: Sequence[OrderValue], picked: Picked) -> FromClause:
        """The rows with their place in the order of fetching and their number, in the order of the page."""
        assert rows.page is not None
        backward = rows.page.backward
        order = [
            self.orders.clause(value, fetched.c[key], reverse=backward)
            for value, key in zip(values, picked.order, strict=True)
        ]
        place, found = _places(rows.table)
        number = func.row_number().over(order_by=order).label(place)
        numbered = select(*fetched.c, number, func.count().over().label(found))
        return numbered.order_by(number.desc() if backward else number).subquery(self.aliases.next())


def _places(table: Table) -> tuple[str, str]:
    """How the columns are called that hold a row's place, and how many rows were fetched."""
    return label_beside("place", table), label_beside("found", table)


class _Page(ABC):
    """The items of one page over the rows that were fetched for it: those it shows, and one more."""

    def __init__(
        self,
        reads: PagedReads,
        rows: Rows,
        window: Window,
        values: Sequence[OrderValue],
        picked: Picked,
        outer: Source | None,
    ) -> None:
        assert rows.page is not None
        self._reads, self._rows, self._window, self._outer = reads, rows, window, outer
        self._page = rows.page
        self._wanted = reads.wanted(rows)
        self.reads_rows = False
        columns = window.source.selectable.c
        texts = [reads.orders.text(value, columns[key]) for value, key in zip(values, picked.order, strict=True)]
        self._position = reads.orders.position(texts, mark_of(rows.order, rows.table.name))

    def object(self, items: Iterable[Item]) -> ColumnElement[str]:
        return json_object((item.key, self._value(item)) for item in items)

    def _value(self, item: Item) -> str | ColumnElement[Any]:
        match item:
            case TextItem(text=text):
                return f'"{text}"'
            case FieldsItem(items=items):
                return self.object(items)
            case ListItem(items=items):
                self.reads_rows = True
                return self._list(items)
            case PageItem(name="total_count"):
                return self._total()
            case PageItem(name=name):
                fact = self._fact(name)
                self.reads_rows = self.reads_rows or not isinstance(fact, str)
                return fact
            case _:
                raise AssertionError(item)

    def _edge(self, items: Iterable[Item]) -> ColumnElement[str]:
        """An edge's object; of `nodes`, the row's own."""
        source, frame = self._window.source, self._window.frame
        return json_object(
            (
                item.key,
                self._reads.orders.cursor(self._position)
                if isinstance(item, PageItem)
                else self._reads.value(item, source, frame),
            )
            for item in items
        )

    def _fact(self, name: str) -> str | ColumnElement[Any]:
        backward = self._page.backward
        match name:
            case "has_next_page":
                return _flag(self._page.before is not None) if backward else self._more()
            case "has_previous_page":
                return self._more() if backward else _flag(self._page.after is not None)
            case _:
                # Places are counted in the order of fetching, which is the reverse for `last`.
                return self._cursor_at(first=(name == "start_cursor") is not backward)

    @abstractmethod
    def _list(self, items: tuple[Item, ...]) -> ColumnElement[str]:
        """The rows that the page shows, in its order."""

    @abstractmethod
    def _more(self) -> str | ColumnElement[Any]:
        """Whether there are rows beyond the page."""

    @abstractmethod
    def _cursor_at(self, *, first: bool) -> ColumnElement[Any]:
        """The cursor of the first or last row that was fetched to be shown; null where there is none."""

    def _total(self) -> ColumnElement[Any]:
        reads, rows = self._reads, self._rows
        source = reads.conditions.source(rows.table, rows.guard, rows.call, self._outer)
        condition = conjunction([*reads.ties(rows, self._outer, source), *reads.filters(rows, source)])
        query = select(func.count()).select_from(source.selectable).correlate_except(source.selectable)
        query = query if condition is None else query.where(condition)
        return cast(query.scalar_subquery(), Text())


class _NumberedPage(_Page):
    """Over rows that say their place and how many were fetched: every page on every engine."""

    @property
    def _place(self) -> ColumnElement[Any]:
        return self._window.source.selectable.c[_places(self._rows.table)[0]]

    @property
    def _found(self) -> ColumnElement[Any]:
        return self._window.source.selectable.c[_places(self._rows.table)[1]]

    def _list(self, items: tuple[Item, ...]) -> ColumnElement[str]:
        text = self._edge(items)
        place = self._place.desc() if self._page.backward else self._place
        texts: Any = RowTexts(text, *((place,) if self._window.frame.is_joined else ()))
        if self._wanted is not None:
            texts = texts.filter(self._place <= self._wanted)
        return joined(["[", func.coalesce(texts, quoted("")), "]"])

    def _more(self) -> str | ColumnElement[Any]:
        if self._wanted is None:
            return "false"
        return case((func.max(self._found) > self._wanted, quoted("true")), else_=quoted("false"))

    def _cursor_at(self, *, first: bool) -> ColumnElement[Any]:
        shown = self._place == (_ONE if first else self._last_place())
        if self._wanted is not None:
            shown = and_(shown, self._place <= self._wanted)  # of no rows, the one beyond is not the first
        cursor = self._reads.orders.cursor(self._position)
        return func.coalesce(func.max(case((shown, cursor))), quoted("null"))

    def _last_place(self) -> ColumnElement[Any]:
        if self._wanted is None:
            return self._found
        return case((self._found > self._wanted, self._wanted), else_=self._found)


class _SlicedPage(_Page):
    """
    Over rows as they were fetched, forward: slices of arrays stand for window functions and their sort.

    A third less work for Postgres than numbering (the cursor page of benchmarks/own_statements).
    """

    @property
    def _order(self) -> tuple[Any, ...]:
        """Said again only where joins could have lost it."""
        return self._window.order if self._window.frame.is_joined else ()

    def _list(self, items: tuple[Item, ...]) -> ColumnElement[str]:
        text = self._edge(items)
        texts = FirstRowTexts(self._size, text, *self._order)
        return joined(["[", func.coalesce(texts, quoted("")), "]"])

    def _more(self) -> ColumnElement[Any]:
        return case((func.count() > self._size, quoted("true")), else_=quoted("false"))

    def _cursor_at(self, *, first: bool) -> ColumnElement[Any]:
        # No row is shown at all where the size is 0, and the array has nothing at place 0.
        place = func.least(_ONE, self._size) if first else func.least(func.count(), self._size)
        cursor = self._reads.orders.cursor(RowTextAt(place, self._position, *self._order))
        return func.coalesce(cursor, quoted("null"))

    @property
    def _size(self) -> ColumnElement[Any]:
        assert self._wanted is not None
        return self._wanted


def _capped(value: int, cap: int | None) -> int:
    return value if cap is None else min(value, cap)


def _flag(value: bool) -> str:
    return "true" if value else "false"
