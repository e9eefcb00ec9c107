"""How does a page of a connection become JSON: one row more than asked for tells whether there is a next page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, cast, func, literal_column, select
from sqlalchemy.types import Integer, Text

from portico.resolvers.plan.nodes import FieldsItem, Item, ListItem, Page, PageItem, Rows, TextItem
from portico.resolvers.plan.orders import mark_of
from portico.resolvers.plan.values import Size
from portico.resolvers.sql.elements import InputBind, RowTexts, joined, quoted
from portico.resolvers.sql.orders import OrderValue
from portico.resolvers.sql.read import Picked, Reads, Window
from portico.resolvers.sql.source import Frame, Source, conjunction

_PLACE, _FOUND = "place", "found"
_ONE = literal_column("1")


class PagedReads(Reads):
    """Reads of every form."""

    def page(self, rows: Rows, outer: Source | None) -> Select[Any]:
        """
        Rows numbered in the order in which they are fetched, which is the reverse for `last`.

        Source: GraphQL Cursor Connections Specification, "Pagination algorithm".
        """
        assert rows.page is not None
        source = self.conditions.source(rows.table, rows.guard)
        frame = Frame(source.selectable)
        values = self.orders.values(rows.order, source, frame)
        query, picked = self.picked(rows, source, outer, frame, values)
        for condition in self._window_of(rows.page, values):
            query = query.where(condition)
        terms = [self.orders.clause(value, value.value, reverse=rows.page.backward) for value in values]
        fetched = self._first(query.order_by(*terms), rows).subquery(self.aliases.next())
        window = self.derived(rows, self._numbered(fetched, values, picked, rows.page), picked, values)
        return self._object_of(rows, window, values, picked, outer)

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
        return query.limit(InputBind.make(size, Integer(), lambda value: _capped(value, cap) + 1))

    def _wanted(self, size: Size | None, cap: int | None) -> ColumnElement[Any] | None:
        """How many rows the page shows at most."""
        if size is None:
            return None if cap is None else literal_column(str(cap))
        if size.exact and size.bound is not None:
            return literal_column(str(_capped(size.bound, cap)))
        return InputBind.make(size, Integer(), lambda value: _capped(value, cap))

    def _numbered(self, fetched: FromClause, values: Sequence[OrderValue], picked: Picked, page: Page) -> FromClause:
        """The rows with their place in the order of fetching and their number, in the order of the page."""
        order = [
            self.orders.clause(value, fetched.c[key], reverse=page.backward)
            for value, key in zip(values, picked.order, strict=True)
        ]
        place = func.row_number().over(order_by=order).label(_PLACE)
        numbered = select(*fetched.c, place, func.count().over().label(_FOUND)).subquery(self.aliases.next())
        by = numbered.c[_PLACE].desc() if page.backward else numbered.c[_PLACE]
        return select(*numbered.c).order_by(by).subquery(self.aliases.next())

    def _object_of(
        self, rows: Rows, window: Window, values: Sequence[OrderValue], picked: Picked, outer: Source | None
    ) -> Select[Any]:
        assert rows.page is not None
        shape = _PageShape(self, rows, window, values, picked, outer)
        text = shape.object(rows.items)
        return select(text).select_from(window.frame.clause)


class _PageShape:
    """The items of one page over its numbered rows."""

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
        columns = window.source.selectable.c
        self._place, self._found = columns[_PLACE], columns[_FOUND]
        self._wanted = reads._wanted(rows.limit, rows.row_limit)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        texts = [reads.orders.text(value, columns[key]) for value, key in zip(values, picked.order, strict=True)]
        self._cursor = reads.orders.cursor(texts, mark_of(rows.order, rows.table.name))

    def object(self, items: Iterable[Item]) -> ColumnElement[str]:
        parts: list[str | ColumnElement[Any]] = []
        for index, item in enumerate(items):
            parts.append(("{" if index == 0 else ",") + f'"{item.key}":')
            parts.append(self._value(item))
        return joined([*parts, "}"])

    def _value(self, item: Item) -> str | ColumnElement[Any]:
        match item:
            case TextItem(text=text):
                return f'"{text}"'
            case FieldsItem(items=items):
                return self.object(items)
            case ListItem(items=items):
                return self._list(items)
            case PageItem(name="total_count"):
                return self._total()
            case PageItem(name=name):
                return self._fact(name)
            case _:
                raise AssertionError(item)

    def _list(self, items: tuple[Item, ...]) -> ColumnElement[str]:
        text = self._edge(items)
        if self._wanted is not None:
            text = case((self._place <= self._wanted, text))
        frame = self._window.frame
        place = self._place.desc() if self._page.backward else self._place
        texts = RowTexts(text, *((place,) if frame.is_joined else ()))
        return joined(["[", func.coalesce(texts, quoted("")), "]"])

    def _edge(self, items: Iterable[Item]) -> ColumnElement[str]:
        """An edge's object; of `nodes`, the row's own."""
        source, frame = self._window.source, self._window.frame
        parts: list[str | ColumnElement[Any]] = []
        for index, item in enumerate(items):
            parts.append(("{" if index == 0 else ",") + f'"{item.key}":')
            parts.append(self._cursor if isinstance(item, PageItem) else self._reads.value(item, source, frame))
        return joined([*parts, "}"])

    def _fact(self, name: str) -> str | ColumnElement[Any]:
        more = self._more()
        match name:
            case "has_next_page":
                return _flag(self._page.before is not None) if self._page.backward else more
            case "has_previous_page":
                return more if self._page.backward else _flag(self._page.after is not None)
            case "start_cursor":
                return self._at(self._last_place() if self._page.backward else _ONE)
            case _:
                return self._at(_ONE if self._page.backward else self._last_place())

    def _more(self) -> str | ColumnElement[Any]:
        if self._wanted is None:
            return "false"
        return case((func.max(self._found) > self._wanted, quoted("true")), else_=quoted("false"))

    def _last_place(self) -> ColumnElement[Any]:
        if self._wanted is None:
            return self._found
        return case((self._found > self._wanted, self._wanted), else_=self._found)

    def _at(self, place: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.coalesce(func.max(case((self._place == place, self._cursor))), quoted("null"))

    def _total(self) -> ColumnElement[Any]:
        reads, rows = self._reads, self._rows
        source = reads.conditions.source(rows.table, rows.guard)
        condition = conjunction([*reads.ties(rows, self._outer, source), *reads.filters(rows, source)])
        query = select(func.count()).select_from(source.selectable).correlate_except(source.selectable)
        query = query if condition is None else query.where(condition)
        return cast(query.scalar_subquery(), Text())


def _capped(value: int, cap: int | None) -> int:
    return value if cap is None else min(value, cap)


def _flag(value: bool) -> str:
    return "true" if value else "false"
