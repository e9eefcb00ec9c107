"""How is a write answered: from the written rows inside the statement, or by reading them again by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, and_, case, cast, func, literal_column, select
from sqlalchemy.types import Text

from portico.resolvers.plan.nodes import ColumnItem, IdentityItem, Item, LinkItem, PageItem, Rows, TextItem
from portico.resolvers.plan.values import KEY, Bind, Part
from portico.resolvers.plan.write_nodes import Written
from portico.resolvers.sql.compiled import Statement, compile_statement
from portico.resolvers.sql.conditions import required
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import CheckFailure, joined, json_object, quoted
from portico.resolvers.sql.pages import PagedReads
from portico.resolvers.sql.returning import asked_by_type
from portico.resolvers.sql.source import Frame, Source, conjunction
from portico.resolvers.sql.steps import AnswerStep
from portico.resolvers.sql.touched import has_select, reads_table
from portico.resolvers.sql.writer import signatures
from portico.schema.catalog import Column, Link, Table
from portico.schema.rules import Me


def rows_of(written: Written) -> list[Rows]:
    """What is read of the rows written: the one row, or each `returning`."""
    if written.one is not None:
        return [written.one]
    return [item.rows for item in written.items if isinstance(item, LinkItem)]


def passes(condition: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """The condition with unknown taken for no; true where there is none."""
    return literal_column("true") if condition is None else func.coalesce(condition, literal_column("false"))


def keys_out(dialect: SqlDialect, selectable: FromClause, columns: Sequence[Column]) -> list[Any]:
    """Columns as later steps take them; a constant where none are needed."""
    found = [dialect.key_out(selectable.c[column.name]).label(f"k{index}") for index, column in enumerate(columns)]
    return found or [literal_column("1").label("k0")]


def key_is(dialect: SqlDialect, source: Source, key: Sequence[Column]) -> list[ColumnElement[bool]]:
    """The row is the one whose key was appended to the values."""
    return [source.raw(column) == dialect.key_in(Part(KEY, Bind(index)), column) for index, column in enumerate(key)]


def hangs_on(dialect: SqlDialect, source: Source, link: Link) -> list[ColumnElement[bool]]:
    """The row is one that a link leads to from the row whose values were appended first in the key's place."""
    return [
        source.raw(theirs) == dialect.key_in(Part(KEY, Bind(index)), theirs)
        for index, (_, theirs) in enumerate(link.pairs)
    ]


class Answers:
    """Compiles the answers of writes."""

    def __init__(self, dialect: SqlDialect) -> None:
        self._dialect = dialect
        self._me = Me()

    def step(self, written: Written, table: Table) -> AnswerStep:
        """How the rows are read again after the write, under the read rules."""
        reads = tuple(self._again(rows, table) for rows in rows_of(written))
        return AnswerStep(written.items, written.one is not None, reads)

    def _again(self, rows: Rows, table: Table) -> Statement:
        reads = PagedReads(self._dialect, self._me)
        if table.key:
            source = reads.conditions.source(rows.table, required(rows.guard))
            query = self._object(reads, rows, source, and_(*key_is(self._dialect, source, table.key)))
        else:
            # Nothing tells the row from others like it, so it is put together of what it was written as.
            alias = reads.aliases.next()
            columns: list[Any] = [
                self._dialect.key_in(Part(KEY, Bind(index)), column).label(column.name)
                for index, column in enumerate(table.identity)
            ]
            source = Source(table, select(*columns).subquery(alias), self._me, required(rows.guard))
            query = self._object(reads, rows, source, None)
        # As a sub-select it gives one row for every key, NULL for one that the caller may not see, so that
        # the reads of many rows can be sent together.
        return self.compile(select(query.scalar_subquery()))

    def before(self, rows: Rows, target: FromClause, condition: ColumnElement[bool] | None) -> Statement:
        """What a delete answers, read while the rows are still there; one text a row."""
        reads = PagedReads(self._dialect, self._me)
        reads.aliases.next()  # m1 is the target itself
        source = Source(rows.table, target, self._me, required(rows.guard))
        return self.compile(self._object(reads, rows, source, condition))

    def _object(
        self, reads: PagedReads, rows: Rows, source: Source, condition: ColumnElement[bool] | None
    ) -> Select[Any]:
        frame = Frame(source.selectable)
        text = reads.object(rows.items, source, frame)
        both = conjunction([condition, source.visible(required(rows.guard))])
        query = select(text).select_from(frame.clause)
        return query if both is None else query.where(both)

    def reads_itself(self, written: Written, table: Table) -> bool:
        """
        Whether the answer can be read from the written rows themselves, inside the statement.

        All parts of one statement see the database as it was before it. So only the rows' own columns may
        be selected, and their read rules must not look at the table again.
        """
        return all(self._is_own(rows, table) for rows in rows_of(written))

    def _is_own(self, rows: Rows, table: Table) -> bool:
        # A function of the database takes rows of its table, which those written are not yet.
        own = [item for item in rows.items if isinstance(item, ColumnItem) and item.column.is_stored]
        if len(own) + sum(isinstance(item, TextItem | IdentityItem) for item in rows.items) < len(rows.items):
            return False
        if self._dialect.name == "sqlite" and any(getattr(each.type, "collation", None) for each in table.sql.columns):
            return False  # RETURNING compares without the columns' collations
        guard = required(rows.guard)
        source = Source(table, table.sql.alias(self._dialect.free("m1")), self._me, guard)
        condition = conjunction([source.visible(guard), *(source.any_of(rules) for rules in guard.cells.values())])
        if condition is None:
            return True
        # What SQLite returns names columns without their table, which a sub-select would take for its own; and
        # whether a null is IN one it answers as if there were no nulls (see returning.py).
        return not (has_select(condition) if self._dialect.name == "sqlite" else reads_table(condition, table))

    def single(self, written: Written, table: Table, rows: CTE, check: ColumnElement[bool] | None) -> Statement:
        """
        One statement that writes and answers.

        Args:
            rows: the CTE of the written rows of the table.
            check: what each must meet; where one does not, the statement fails as a whole.
        """
        columns: list[Any] = [self._text(written, rows).label("answer")]
        if check is not None:
            failing = case((func.bool_and(passes(check)), literal_column("0")), else_=CheckFailure(func.count()))
            # No rows make bool_and NULL, and no row has failed.
            asked = case((func.count() > literal_column("0"), failing))
            columns.append(select(asked).select_from(rows).scalar_subquery().label("checked"))
        if self._dialect.logs(table.sql):
            columns += signatures()
        # Named, for an answer of `__typename` alone mentions no row, and what nothing mentions is not compiled.
        return self.compile(select(*columns).add_cte(rows))

    def _text(self, written: Written, rows: FromClause) -> ColumnElement[Any]:
        reads = PagedReads(self._dialect, self._me)
        if written.one is not None:
            return reads.written(written.one, rows).scalar_subquery()
        affected = cast(select(func.count()).select_from(rows).scalar_subquery(), Text())
        return _response(written, affected, lambda each: reads.written(each, rows).scalar_subquery())

    def returned(self, written: Written, table: Table) -> ColumnElement[Any]:
        """The answer of one written row for RETURNING, from the row's own columns. SQLite alone."""
        if written.one is not None:
            text = self._shown(written.one, table)
        else:
            text = _response(written, "1", lambda rows: self._shown(rows, table))
        return asked_by_type(text).label("answer")

    def _shown(self, rows: Rows, table: Table) -> ColumnElement[Any]:
        """The row's object; NULL where the rules hide it."""
        reads = PagedReads(self._dialect, self._me)
        guard = required(rows.guard)
        source = Source(table, table.sql, self._me, guard)
        text = reads.object(rows.items, source, Frame(source.selectable))
        visible = source.visible(guard)
        return text if visible is None else case((visible, text))

    def compile(self, element: Any) -> Statement:
        """A statement for this engine."""
        return compile_statement(element, self._dialect.engine)


def _response(
    written: Written, affected: str | ColumnElement[Any], texts: Callable[[Rows], ColumnElement[Any]]
) -> ColumnElement[str]:
    """
    A response object.

    Args:
        affected: how many rows were written.
        texts: the objects of these rows with commas between them; NULL for none.
    """

    def part(item: Item) -> str | ColumnElement[Any]:
        match item:
            case TextItem(text=text):
                return f'"{text}"'
            case PageItem():
                return affected
            case LinkItem(rows=rows):
                return joined(["[", func.coalesce(texts(rows), quoted("")), "]"])
            case _:
                raise AssertionError(item)

    return json_object((item.key, part(item)) for item in written.items)
