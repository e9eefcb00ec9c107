"""How do rows become JSON: each node of a read plan as one SELECT whose text is the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Label, Select, case, cast, func, literal_column, select
from sqlalchemy.types import BigInteger, Double, Text

from portico.resolvers.plan.identities import before_key
from portico.resolvers.plan.nodes import (
    AggregateItem,
    ColumnItem,
    FieldsItem,
    GroupsItem,
    IdentityItem,
    Item,
    LinkItem,
    ListItem,
    Rows,
    TextItem,
)
from portico.resolvers.plan.values import Bind, Size, Tree
from portico.resolvers.sql.conditions import Conditions, required
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import RowTexts, joined, json_object, quoted
from portico.resolvers.sql.needed import asks_of_row, columns_of
from portico.resolvers.sql.orders import Orders, OrderValue
from portico.resolvers.sql.source import Aliases, Carried, Frame, Source, conjunction, label_beside, linked
from portico.schema.aggregates import BY_NAME
from portico.schema.catalog import Column, Link
from portico.schema.rules import Me
from portico.schema.scalars import BIGINT, FLOAT4, FLOAT8, INT

Nodes = Callable[[tuple[Item, ...]], ColumnElement[str]]
"""How the rows themselves are written beside their aggregates, where there are fewer of them."""


@dataclass(frozen=True, slots=True)
class Window:
    """Rows picked, ordered and cut in a sub-select; `order` is what must be said again where order is asked for."""

    source: Source
    frame: Frame
    order: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Picked:
    """What a sub-select of picked rows offers besides columns, and the label of each order term."""

    carried: Carried
    order: tuple[str, ...]


class Reads(ABC):
    """Builds the reading parts of one statement: lists, single rows and aggregates; pages are `pages.py`'s."""

    def __init__(self, dialect: SqlDialect, me: Me) -> None:
        self.dialect = dialect
        self.aliases = Aliases(dialect)
        self.conditions = Conditions(dialect, self.aliases, me)
        self.orders = Orders(self.conditions)

    # ---- the three forms -----------------------------------------------------------------------------

    def root(self, rows: Rows) -> Select[Any]:
        """
        A root field: one row with one text, which is NULL for no rows.

        Lists come without their brackets, which the envelope adds: one copy less of the whole answer.
        """
        return self._select(rows, None)

    def nested(self, rows: Rows, outer: Source | None) -> ColumnElement[str]:
        """A link's rows as a text that is never NULL."""
        text = self._select(rows, outer).scalar_subquery()
        match rows.form:
            case "list":
                return joined(["[", func.coalesce(text, quoted("")), "]"])
            case "one":
                return func.coalesce(text, quoted("null"))
            case _:
                return text

    def written(self, rows: Rows, selectable: FromClause) -> Select[Any]:
        """Rows of a CTE or sub-select, as `root` gives them; their read rules still apply."""
        source = Source(rows.table, selectable, self.conditions.me, required(rows.guard))
        return self._plain(rows, source, [])

    def _select(self, rows: Rows, outer: Source | None) -> Select[Any]:
        if rows.form == "page":
            return self.page(rows, outer)
        nodes = None
        if rows.form == "aggregate" and rows.row_limit is not None:
            # A role's limit is on rows that it is shown, not on those that it is told numbers of.
            capped, rows = rows, replace(rows, row_limit=None)
            nodes = lambda items: self.nested(replace(capped, form="list", items=items), outer)  # noqa: E731
        if rows.form == "aggregate" and _readers(rows, nodes) == 0:
            # A select of constants would give one for each row; without FROM there is one.
            nothing = self.conditions.source(rows.table, required(rows.guard))
            return select(self._aggregate(rows.items, nothing, Frame(nothing.selectable), (), nodes))
        source = self.conditions.source(rows.table, required(rows.guard), rows.call, outer)
        if rows.form == "one" or not (_has_window(rows) or any(map(_is_grouped, rows.items))):
            return self._plain(rows, source, self.ties(rows, outer, source), nodes)
        return self._windowed(rows, source, outer, nodes)

    @abstractmethod
    def page(self, rows: Rows, outer: Source | None) -> Select[Any]:
        """A page of a connection."""

    def _plain(
        self, rows: Rows, source: Source, ties: list[ColumnElement[bool]], nodes: Nodes | None = None
    ) -> Select[Any]:
        """Without order or limit: the objects are made where the rows are found."""
        frame = Frame(source.selectable)
        text = self._form(rows, source, frame, (), nodes)
        condition = conjunction([*ties, *self.filters(rows, source)])
        query = select(text).select_from(frame.clause).correlate_except(*frame.parts)
        if rows.form == "one" and rows.link is not None and not rows.link.single:
            query = query.limit(literal_column("1"))
        return query if condition is None else query.where(condition)

    def _windowed(self, rows: Rows, source: Source, outer: Source | None, nodes: Nodes | None) -> Select[Any]:
        frame = Frame(source.selectable)
        values = self.orders.values(rows.order, source, frame)
        query, columns = self.picked(rows, source, outer, frame, values)
        terms = [self.orders.clause(value, value.value) for value in values]
        if rows.distinct:
            keys = [self.dialect.comparable(source.cell(column), column.scalar) for column in rows.distinct]
            query = self.dialect.distinct_on(query, keys, terms)
            terms = [
                self.orders.clause(value, query.selected_columns[columns.order[index]])
                for index, value in enumerate(values)
            ]
        if not (rows.distinct and self.dialect.name == "postgres"):
            query = query.order_by(*terms)
        query, name = self.cut(query, rows.limit, rows.offset, rows.row_limit), self.aliases.next()
        inner = query.cte(name) if _readers(rows, nodes) > 1 else query.subquery(name)
        window = self.derived(rows, inner, columns, values)
        text = self._form(rows, window.source, window.frame, window.order, nodes)
        whole = select(text).select_from(window.frame.clause) if _is_read(rows, nodes) else select(text)
        return whole.add_cte(inner, nest_here=True) if isinstance(inner, CTE) else whole

    # ---- picking rows --------------------------------------------------------------------------------

    def ties(self, rows: Rows, outer: Source | None, source: Source) -> list[ColumnElement[bool]]:
        """The conditions that tie rows to the row they hang on, and to a key."""
        found = self.key(rows.key, source)
        if rows.link is None or outer is None:
            return found
        if rows.link.through is None:
            return [*linked(rows.link, outer, source.selectable), *found]
        return [*found, self._through(rows.link, outer, source)]

    def key(self, key: Sequence[tuple[Column, Tree]], source: Source) -> list[ColumnElement[bool]]:
        """
        The conditions that find a row by its key, which must be one that the caller may see in it.

        The column itself is compared, and not its cell: an index finds it.
        """
        found = [
            source.raw(column) == self.dialect.bind(value, column.scalar, column.sql.type) for column, value in key
        ]
        return found + [shown for column, _ in key if (shown := source.shown(column)) is not None]

    def _through(self, link: Link, outer: Source, source: Source) -> ColumnElement[bool]:
        through = link.through
        assert through is not None
        between = through.sql.alias(self.aliases.next())
        query = select(literal_column("1")).select_from(between)
        for theirs, column in through.target_pairs:
            query = query.where(between.c[theirs.name] == source.raw(column))
        for column, theirs in through.source_pairs:
            query = query.where(between.c[theirs.name] == outer.raw(column))
        return query.correlate_except(between).exists()

    def filters(self, rows: Rows, source: Source) -> list[ColumnElement[bool] | None]:
        """The rules and the client's condition."""
        return [source.visible(required(rows.guard)), self.conditions.of(rows.where, source, _walked(rows))]

    def picked(
        self, rows: Rows, source: Source, outer: Source | None, frame: Frame, values: Sequence[OrderValue]
    ) -> tuple[Select[Any], Picked]:
        """
        The rows in question with the columns that their objects and their order need.

        They are ordered and cut before any to-one join: LIMIT inside, joins outside is five times cheaper
        than the other way round on a chain of four (benchmarks/to_one_chain).
        """
        condition = conjunction([*self.ties(rows, outer, source), *self.filters(rows, source)])
        raw: dict[str, Label[Any]] = {}
        masked: dict[str, Label[Any]] = {}
        computed: dict[str, Label[Any]] = {}
        for column, shown in columns_of(rows.items):
            if shown and source.is_masked(column):
                masked[column.name] = source.cell(column).label(label_beside(f"{column.name}__shown", rows.table))
            elif column.is_stored:
                raw[column.name] = source.raw(column).label(column.name)
            else:
                computed[column.name] = source.raw(column).label(label_beside(f"{column.name}__computed", rows.table))
        whole = label_beside("whole", rows.table) if asks_of_row(rows.items) else None
        order: list[str] = []
        terms: dict[str, Label[Any]] = {}
        for index, value in enumerate(values):
            plain = value.term.column
            if plain is not None and plain.name in raw and value.value is source.raw(plain):
                order.append(plain.name)
            else:
                order.append(label_beside(f"order_{index + 1}", rows.table))
                terms[order[-1]] = value.value.label(order[-1])
        row = [source.row().label(whole)] if whole is not None else []
        labels: list[Any] = [*raw.values(), *masked.values(), *computed.values(), *row, *terms.values()]
        labels = labels or [literal_column("1").label("one")]
        query: Any = select(*labels)
        query = query.select_from(frame.clause).correlate_except(*frame.parts)
        carried = Carried(_labels(masked), _labels(computed), whole)
        picked = Picked(carried, tuple(order))
        return (query if condition is None else query.where(condition)), picked

    def derived(self, rows: Rows, inner: FromClause, picked: Picked, values: Sequence[OrderValue]) -> Window:
        """The picked rows as a source of their own."""
        source = Source(rows.table, inner, self.conditions.me, required(rows.guard), picked.carried)
        order = tuple(self.orders.clause(value, inner.c[key]) for value, key in zip(values, picked.order, strict=True))
        return Window(source, Frame(inner), order)

    def cut(self, query: Select[Any], size: Size | None, offset: Bind | None, cap: int | None) -> Select[Any]:
        """The rows after the first `offset`, as many as were asked for and `cap` allows."""
        if offset is not None:
            query = query.offset(self.dialect.bind(offset, BIGINT, BigInteger()))
        if size is None:
            return query if cap is None else query.limit(literal_column(str(cap)))
        if size.exact and size.bound is not None:
            bound = size.bound if cap is None else min(size.bound, cap)
            return query.limit(literal_column(str(bound)))
        bounds = [bound for bound in (size.bound, cap) if bound is not None]
        limited = self.dialect.limited(query, size, min(bounds, default=None), self.aliases.next())
        if cap is None or self.dialect.name == "postgres":
            return limited
        return select(*limited.subquery(self.aliases.next()).c).limit(literal_column(str(cap)))

    # ---- writing JSON --------------------------------------------------------------------------------

    def _form(
        self, rows: Rows, source: Source, frame: Frame, order: tuple[Any, ...], nodes: Nodes | None
    ) -> ColumnElement[str]:
        if rows.form == "aggregate":
            return self._aggregate(rows.items, source, frame, order, nodes)
        text = self.object(rows.items, source, frame)
        if rows.form == "one":
            return text
        return self.list(text, source, frame, order)

    def list(
        self, text: ColumnElement[str], source: Source, frame: Frame, order: tuple[Any, ...]
    ) -> ColumnElement[str]:
        """The objects of all rows; an order is said again only where joins could have lost it."""
        return RowTexts(text, *(order if frame.is_joined else ()))

    def object(self, items: Iterable[Item], source: Source, frame: Frame) -> ColumnElement[str]:
        """One row's object."""
        return json_object((item.key, self.value(item, source, frame)) for item in items)

    def value(self, item: Item, source: Source, frame: Frame) -> str | ColumnElement[Any]:
        """What stands under one key."""
        match item:
            case ColumnItem(column=column, path=path):
                value = self._cell(item, source)
                if path is not None:
                    return self.dialect.json_at(value, column.scalar, path)
                nullable = column.nullable or source.is_masked(column)
                return self.dialect.json(value, column.scalar, column.sql.type, nullable=nullable)
            case TextItem(text=text):
                return f'"{text}"'
            case IdentityItem():
                return self._identity(item, source)
            case LinkItem(rows=rows) if rows.form == "one" and rows.link is not None and rows.link.single:
                return self._joined_one(rows, rows.link, source, frame)
            case LinkItem(rows=rows):
                return self.nested(rows, source)
            case FieldsItem(items=items):
                return self.object(items, source, frame)
            case _:
                raise AssertionError(item)

    def _cell(self, item: ColumnItem, source: Source) -> ColumnElement[Any]:
        if item.call is None or not item.call.function.arguments:
            return source.cell(item.column)
        call = self.conditions.call(item.call, source)
        shown = source.shown(item.column)
        return call if shown is None else case((shown, call))

    def _identity(self, item: IdentityItem, source: Source) -> ColumnElement[str]:
        """`"…base64…"`"""
        parts: list[str | ColumnElement[Any]] = [before_key(item.type_name)]
        for column in item.columns:
            parts += [",", self.dialect.json(source.cell(column), column.scalar, column.sql.type, nullable=True)]
        return joined(['"', self.dialect.base64(joined([*parts, "]"])), '"'])

    def _joined_one(self, rows: Rows, link: Link, source: Source, frame: Frame) -> ColumnElement[str]:
        """A to-one link by LEFT JOIN: a third cheaper than a sub-select per row (benchmarks/to_one_chain)."""
        guard = required(rows.guard)
        target = self.conditions.source(rows.table, guard)
        condition = conjunction([*linked(link, source, target.selectable), target.visible(guard)])
        assert condition is not None
        frame.outer_join(target.selectable, condition)
        text = self.object(rows.items, target, frame)
        found = target.raw(link.pairs[0][1])
        return case((found.is_(None), quoted("null")), else_=text)

    def _aggregate(
        self,
        items: Iterable[Item],
        source: Source,
        frame: Frame,
        order: tuple[Any, ...],
        nodes: Nodes | None = None,
    ) -> ColumnElement[str]:
        return json_object((item.key, self._aggregate_value(item, source, frame, order, nodes)) for item in items)

    def _aggregate_value(
        self, item: Item, source: Source, frame: Frame, order: tuple[Any, ...], nodes: Nodes | None
    ) -> str | ColumnElement[Any]:
        match item:
            case AggregateItem():
                return self.aggregate_text(item, source)
            case GroupsItem():
                return self.groups(item, source)
            case ListItem(items=items) if nodes is not None:
                return nodes(items)
            case ListItem(items=items):
                # Said again in any case: an aggregate of distinct values beside it sorts the rows as it likes.
                text = RowTexts(self.object(items, source, frame), *order)
                return joined(["[", func.coalesce(text, quoted("")), "]"])
            case FieldsItem(items=items):
                return self._aggregate(items, source, frame, order)
            case TextItem(text=text):
                return f'"{text}"'
            case _:
                raise AssertionError(item)

    @abstractmethod
    def groups(self, item: GroupsItem, source: Source) -> ColumnElement[str]:
        """The groups of rows as a list, which is never NULL."""

    def aggregate_text(self, item: AggregateItem, source: Source) -> ColumnElement[str]:
        """An aggregate function's answer as JSON."""
        values = [
            self.dialect.comparable(source.cell(column), column.scalar) if item.distinct else source.cell(column)
            for column in item.columns
        ]
        scalar = item.columns[0].scalar if item.columns else INT
        answer = self.dialect.aggregate(item.function, values, scalar, distinct=item.distinct)
        if item.function == "count":
            return cast(answer, Text())
        aggregate = BY_NAME[item.function]
        if aggregate.keeps_type:
            return self.dialect.json(answer, scalar, item.columns[0].sql.type, nullable=True)
        # An average is written as text where its column is.
        result = FLOAT8 if self.dialect.stringifies(scalar) else FLOAT4
        return self.dialect.json(answer, result, Double(), nullable=True)


def _has_window(rows: Rows) -> bool:
    return bool(rows.order or rows.distinct or rows.limit or rows.offset or rows.row_limit)


def _walked(rows: Rows) -> frozenset[Column]:
    """The columns that a list is cut by: a few rows in the order of these."""
    own = (term.column for term in rows.order if not term.hops and term.link is None)
    return frozenset(column for column in own if column is not None) if rows.limit is not None else frozenset()


def _labels(labels: Mapping[str, Label[Any]]) -> dict[str, str]:
    return {name: label.key for name, label in labels.items()}


def _readers(rows: Rows, nodes: Nodes | None) -> int:
    """How often the rows are read: for all groupings one by one, and for what is not grouped together."""
    return sum(map(_is_grouped, rows.items)) + _is_read(rows, nodes)


def _is_read(rows: Rows, nodes: Nodes | None) -> bool:
    """Whether anything of rows is asked for that is not grouped, nor read by `nodes`."""
    apart = [item for item in rows.items if nodes is None or not isinstance(item, ListItem)]
    return rows.form != "aggregate" or any(map(_reads_rows, apart))


def _reads_rows(item: Item) -> bool:
    if isinstance(item, FieldsItem):
        return any(map(_reads_rows, item.items))
    return not isinstance(item, TextItem | GroupsItem)


def _is_grouped(item: Item) -> bool:
    return isinstance(item, GroupsItem)
