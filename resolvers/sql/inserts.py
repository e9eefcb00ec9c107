"""How do new rows become SQL: their values, the check that rules make of them, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from portico.resolvers.plan.values import ROW, Known, Part
from portico.resolvers.plan.write_nodes import Insert, NestedInsert, NewRow, Written
from portico.resolvers.sql.answers import Answers, keys_out, passes
from portico.resolvers.sql.binding import constant
from portico.resolvers.sql.changes import Changes, RowValues
from portico.resolvers.sql.compiled import Statement
from portico.resolvers.sql.conditions import required
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import InputBind
from portico.resolvers.sql.presets import called, extra_value, preset_value
from portico.resolvers.sql.proposed import Values, asks_for, counted_column, new_row, next_number
from portico.resolvers.sql.source import Source
from portico.resolvers.sql.steps import Extra, InsertStep, NestedStep, RowStep
from portico.resolvers.sql.touched import reads_table
from portico.schema.catalog import Column, Table
from portico.schema.rules import Me


@dataclass(frozen=True, slots=True)
class _Check:
    """
    What rules ask of a row before it is written: the row as it is going to be, and whether it passes.

    counts: they ask for a number that the database gives. SQLite's is known before, row by row; of Postgres' it
    is asked again after.
    """

    row: FromClause
    passes: ColumnElement[bool]
    counts: bool = False


class Inserts:
    """Compiles inserts and upserts with the rows nested in them."""

    def __init__(self, dialect: SqlDialect, answers: Answers, changes: Changes) -> None:
        self._dialect = dialect
        self._answers = answers
        self._changes = changes
        self._me = Me()

    def step(
        self,
        new: Insert,
        written: Written | None,
        *,
        given: tuple[Column, ...] = (),
        needed: tuple[Column, ...] = (),
    ) -> InsertStep:
        """
        The steps of an insert.

        Args:
            written: the answer of a root field; None for nested rows.
            given: columns that the surrounding row determines.
            needed: columns that the surrounding row takes.
        """
        return InsertStep(
            table=new.table,
            rows=new.rows,
            variants=tuple(self._row(new, row, written, given, needed) for row in new.variants),
            given=given,
            rules=new.grant.named if new.grant is not None else (),
        )

    def _row(
        self,
        new: Insert,
        row: NewRow,
        written: Written | None,
        given: tuple[Column, ...],
        needed: tuple[Column, ...],
    ) -> RowStep:
        by_parents = tuple(column for nested in row.parents for column, _ in nested.link.pairs)
        values = self._values(new, row, (*given, *by_parents))
        returned = _returned(new.table, row, needed)
        upsert = self._changes.upsert(new.table, new.conflict, values, returned) if new.conflict else None
        # Postgres asks the rules of the row as it was inserted, defaults and triggers included, in the same
        # statement. SQLite cannot go on after a write, and an upsert must be asked before it is known whether
        # it inserts: these ask about the row as it is going to be.
        # Rules about columns hold for those that presets, surrounding and nested rows determine, too.
        asked = (*_written(new, row), *given, *by_parents)
        asks_inside = self._dialect.name == "postgres" and new.conflict is None
        check = None if asks_inside else self._check(new, asked, values)
        counts = check is not None and check.counts
        return RowStep(
            insert=self._checked(new, asked, values, returned)
            if asks_inside or (counts and self._dialect.name == "postgres")
            else self._plain(new, values, returned),
            check=self._answers.compile(select(check.passes).select_from(check.row)) if check is not None else None,
            looks_back=check is not None and (counts or reads_table(check.passes, new.table)),
            extras=(*values.extras, *upsert.extras) if upsert is not None else values.extras,
            returned=returned,
            parents=tuple(
                NestedStep(nested.link, self.step(nested.insert, None, needed=_theirs(nested)))
                for nested in row.parents
            ),
            children=tuple(
                NestedStep(nested.link, self.step(nested.insert, None, given=_theirs(nested)))
                for nested in row.children
            ),
            upsert=upsert,
            single=self._single(new, row, values, written, check) if new.conflict is None else None,
        )

    def _checked(self, new: Insert, asked: Sequence[Column], values: RowValues, returned: Sequence[Column]) -> Any:
        rows = self._written(new, values)
        source = Source(new.table, rows, self._me, None)
        check = passes(source.check(required(new.check), asked))
        return self._answers.compile(
            select(check.label("passes"), *keys_out(self._dialect, rows, returned)).select_from(rows)
        )

    def _plain(self, new: Insert, values: RowValues, returned: Sequence[Column]) -> Any:
        into = new.table.sql
        make: Any = postgres_insert if self._dialect.name == "postgres" else sqlite_insert
        statement: Any = make(into).values(values.values)
        statement = self._or_nothing(new, statement)
        returning = [literal_column("1").label("passes"), *keys_out(self._dialect, into, returned)]
        return self._answers.compile(statement.returning(*returning))

    def _or_nothing(self, new: Insert, statement: Any) -> Any:
        """
        An upsert's row was looked for just before: should another transaction insert it meanwhile, nothing
        comes back and the look-up is made again. SQLite has one writer at a time.
        """
        if new.conflict is None or self._dialect.name != "postgres":
            return statement
        quote = self._dialect.engine.identifier_preparer.quote
        unique = [literal_column(quote(column.sql.name)) for column in new.conflict.unique.columns]
        return statement.on_conflict_do_nothing(index_elements=unique)

    def _check(self, new: Insert, asked: Sequence[Column], values: RowValues) -> _Check | None:
        row, condition = self._asked(new, asked, values.values)
        if condition is None:
            return None
        counted = counted_column(new.table.sql, values.values)
        if counted is None or not asks_for(condition, counted):
            return _Check(row, passes(condition))
        if self._dialect.name == "sqlite":
            number = next_number(counted, self._dialect)
            row, condition = self._asked(new, asked, {**values.values, counted.name: number})
        return _Check(row, passes(condition), counts=True)

    def _asked(
        self, new: Insert, asked: Sequence[Column], values: Values
    ) -> tuple[FromClause, ColumnElement[bool] | None]:
        row = new_row(new.table.sql, values, self._dialect)
        return row, Source(new.table, row, self._me, None).check(required(new.check), asked)

    def _single(
        self, new: Insert, row: NewRow, values: RowValues, written: Written | None, check: _Check | None
    ) -> Statement | None:
        if written is None or row.parents or row.children or not self._answers.reads_itself(written, new.table):
            return None
        if self._dialect.name == "postgres":
            rows = self._written(new, values)
            condition = Source(new.table, rows, self._me, None).check(required(new.check), _written(new, row))
            return self._answers.single(written, new.table, rows, condition)
        if not values.values:
            return None  # DEFAULT VALUES cannot be asked about
        into: Any = sqlite_insert(new.table.sql)
        if check is None:
            into = into.values(values.values)
        else:
            # No row is selected where the rules refuse it.
            names = list(values.values)
            query = select(*(check.row.c[name] for name in names)).select_from(check.row).where(check.passes)
            into = into.from_select(names, query, include_defaults=False)
        return self._answers.compile(into.returning(self._answers.returned(written, new.table)))

    def _written(self, new: Insert, values: RowValues) -> CTE:
        """The inserted row, for the rest of a Postgres statement."""
        statement = self._or_nothing(new, postgres_insert(new.table.sql).values(values.values))
        return statement.returning(*new.table.sql.c).cte(self._dialect.free("written"))

    # ---- values --------------------------------------------------------------------------------------

    def _values(self, new: Insert, row: NewRow, given: Sequence[Column]) -> RowValues:
        """
        Every value that the INSERT names; also each Python-side default, which SQLAlchemy would otherwise add
        to the statement as a bind of its own.
        """
        dialect = self._dialect
        values: dict[str, ColumnElement[Any]] = {}
        for column, tree in row.columns:
            values[column.name] = dialect.bind(Part(ROW, tree), column.scalar, column.sql.type)
        for column, value in new.presets:
            values[column.name] = preset_value(dialect, column, value)
        extras = [Extra("given", column) for column in given]
        extras += [extra for column in new.table.columns.values() if (extra := _default(column, values, given))]
        for index, extra in enumerate(extras):
            values[extra.column.name] = extra_value(self._dialect, extra, index)
        for column in new.table.columns.values():
            if column.name not in values and column.default is not None and not column.default.is_callable:
                values[column.name] = self._fixed_default(column)
        return RowValues(values, tuple(extras))

    def _fixed_default(self, column: Column) -> ColumnElement[Any]:
        default = column.default
        if default.is_clause_element:
            return default.arg
        type_ = column.sql.type
        return InputBind.make(Known(default.arg), type_, constant(type_, self._dialect.engine))


def _default(column: Column, values: dict[str, Any], given: Sequence[Column]) -> Extra | None:
    if column.name in values or column in given:
        return None
    if column.mark is not None and column.mark.kind == "id":
        return Extra("fresh", column)
    return called(column, column.default)


def _written(new: Insert, row: NewRow) -> Iterable[Column]:
    return [column for column, _ in (*row.columns, *new.presets)]


def _theirs(nested: NestedInsert) -> tuple[Column, ...]:
    return tuple(theirs for _, theirs in nested.link.pairs)


def _returned(target: Table, row: NewRow, needed: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns that later steps need of a new row: its key first, and those that others refer to."""
    referred = [mine for nested in row.children for mine, _ in nested.link.pairs]
    return tuple(dict.fromkeys([*target.identity, *needed, *referred]))
