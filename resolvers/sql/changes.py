"""How do updates, upserts and deletes become SQL: which rows they reach, and what rules ask of the rows as changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    and_,
    case,
    cast,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.types import Text

from portico.resolvers.plan.nodes import Called, Change, Conflict, Delete, Guard, Update, Written
from portico.resolvers.sql.answers import Answers, key_is, keys_out, passes, rows_of
from portico.resolvers.sql.compiled import Statement
from portico.resolvers.sql.conditions import required
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import ConditionFailure
from portico.resolvers.sql.pages import PagedReads
from portico.resolvers.sql.presets import called, extra_value, preset_value
from portico.resolvers.sql.proposed import Values, changed_rows
from portico.resolvers.sql.source import Source, conjunction
from portico.resolvers.sql.steps import ChangeStep, Extra, UpsertStep
from portico.schema.catalog import Column, Table
from portico.schema.rules import Me

Condition = ColumnElement[bool] | None
_ZERO: ColumnElement[int] = literal_column("0", Integer())
_ONE: ColumnElement[int] = literal_column("1", Integer())


@dataclass(frozen=True, slots=True)
class RowValues:
    """The values of a row by SQL name, and the extras that some of them are."""

    values: dict[str, ColumnElement[Any]]
    extras: tuple[Extra, ...]


class Changes:
    """Compiles updates, upserts of existing rows, and deletes."""

    def __init__(self, dialect: SqlDialect, answers: Answers) -> None:
        self._dialect = dialect
        self._answers = answers
        self._me = Me()

    # ---- functions of the database -------------------------------------------------------------------

    def called(self, write: Called) -> ChangeStep:
        """The one statement that calls a function which writes."""
        reads = PagedReads(self._dialect, self._me)
        text = reads.nested(write.rows, None).label("answer")
        return ChangeStep(write.table, self._answers.compile(select(text)))

    # ---- update --------------------------------------------------------------------------------------

    def update(self, write: Update, written: Written) -> ChangeStep:
        """The steps of an update."""
        if not write.changes:
            return ChangeStep(write.table)
        target = write.table.sql.alias(self._dialect.free("m1"))
        reached = self._reached(write, target)
        changes = self._values(write.changes, target)
        values, extras = changes.values, changes.extras
        guard = required(write.check)
        rules = tuple(dict.fromkeys((*guard.any_of, *guard.all_of)))
        if self._dialect.name == "postgres" and self._answers.reads_itself(written, write.table):
            rows = self._updated(target, values, reached)
            check = self._row(write.table, rows).check(guard, guard.cells)
            return ChangeStep(write.table, self._answers.single(written, rows, check), rules=rules, extras=extras)
        refusal, apply = self._apply(write.table, target, values, reached, guard, write.table.identity)
        unmet = self._unmet(write, target, reached)
        return ChangeStep(write.table, unmet=unmet, refusal=refusal, apply=apply, rules=rules, extras=extras)

    def _apply(
        self,
        table: Table,
        target: Any,
        values: Values,
        reached: Condition,
        guard: Guard,
        returned: Sequence[Column],
    ) -> tuple[Statement | None, Statement]:
        """
        (finds a refused row, updates and returns (passes, returned…)).

        A check sees the row as it becomes, and everything else as it was before the statement: on Postgres
        because that is what one statement sees, on SQLite because it is asked first.
        """
        if self._dialect.name == "postgres" or not values:
            # Without any value, as in an upsert of columns that were not sent, the row is answered as it is.
            rows = self._updated(target, values, reached) if values else target
            check = passes(self._row(table, rows).check(guard, guard.cells)).label("passes")
            query = select(check, *keys_out(self._dialect, rows, returned)).select_from(rows)
            return None, self._answers.compile(query if values or reached is None else query.where(reached))
        proposed = changed_rows(table.sql, target, values, reached, self._dialect)
        check = self._row(table, proposed).check(guard, guard.cells)
        refusal = None if check is None else select(literal_column("1")).select_from(proposed).where(~passes(check))
        statement: Any = update(target).values(values)
        statement = statement if reached is None else statement.where(reached)
        returning = [literal_column("1").label("passes"), *keys_out(self._dialect, target, returned)]
        return (
            None if refusal is None else self._answers.compile(refusal.limit(literal_column("1"))),
            self._answers.compile(statement.returning(*returning)),
        )

    def _values(self, changes: Iterable[Change], target: FromClause) -> RowValues:
        found: dict[str, ColumnElement[Any]] = {}
        extras: list[Extra] = []
        for change in changes:
            column = change.column
            if change.operator == "preset":
                found[column.name] = self._preset(column, change.value, extras)
            else:
                current = target.c[column.name]
                found[column.name] = self._dialect.change(change.operator, current, change.value, column)
        return RowValues(found, tuple(extras))

    def _preset(self, column: Column, value: Any, extras: list[Extra]) -> ColumnElement[Any]:
        extra = called(column, value)
        if extra is None:
            return preset_value(self._dialect, column, value)
        extras.append(extra)
        return extra_value(self._dialect, extra, len(extras) - 1)

    # ---- upsert --------------------------------------------------------------------------------------

    def upsert(self, table: Table, conflict: Conflict, row: RowValues, returned: Sequence[Column]) -> UpsertStep:
        """
        What happens to the row when it exists.

        Args:
            row: the values of the new row.
        """
        values = row.values
        key = table.key or conflict.unique.columns
        find = self._find(table, conflict, values, key)
        if not conflict.columns:
            return UpsertStep(find, None, None)
        target = table.sql.alias(self._dialect.free("m1"))
        changes = {column.name: values[column.name] for column in conflict.columns if column.name in values}
        extras = list(row.extras)
        for column, value in conflict.presets if changes else ():
            if column.name not in changes:
                changes[column.name] = self._preset(column, value, extras)
        same = and_(*key_is(self._dialect, self._row(table, target), key))
        guard = required(conflict.check)
        refusal, apply = self._apply(table, target, changes, same, guard, returned)
        return UpsertStep(find, refusal, apply, tuple(extras[len(row.extras) :]))

    def _find(self, table: Table, conflict: Conflict, values: Values, key: Sequence[Column]) -> Statement:
        reads = PagedReads(self._dialect, self._me)
        visible, guard = required(conflict.visible), required(conflict.filter)
        source = reads.conditions.source(table, visible)
        allowed = conjunction([source.visible(visible), source.check(guard, guard.cells)])
        wanted = reads.conditions.of(conflict.where, source)
        columns = [passes(allowed).label("allowed"), passes(wanted).label("wanted")]
        query: Any = select(*columns, *keys_out(self._dialect, source.selectable, key)).select_from(source.selectable)
        for column in conflict.unique.columns:
            query = query.where(source.raw(column) == values.get(column.name, literal_column("NULL")))
        if self._dialect.name == "postgres":
            query = query.with_for_update(of=source.selectable)
        return self._answers.compile(query)

    # ---- delete --------------------------------------------------------------------------------------

    def delete(self, write: Delete, written: Written) -> ChangeStep:
        """The steps of a delete; its answer is read before the rows are gone."""
        target: Any = write.table.sql.alias(self._dialect.free("m1"))
        reached = self._reached(write, target)
        statement: Any = delete(target)
        statement = statement if reached is None else statement.where(reached)
        if self._dialect.name == "postgres":
            rows = statement.returning(*target.c).cte(self._dialect.free("written"))
            return ChangeStep(write.table, self._answers.single(written, rows, None), deletes=True)
        before = tuple(self._answers.before(rows, target, reached) for rows in rows_of(written))
        unmet = self._unmet(write, target, reached)
        return ChangeStep(write.table, unmet=unmet, before=before, apply=self._answers.compile(statement), deletes=True)

    # ---- both ----------------------------------------------------------------------------------------

    def _reached(self, write: Update | Delete, target: FromClause) -> Condition:
        """Which rows a write reaches: key, client's filter, rules of the verb, and rules of reading."""
        reads = PagedReads(self._dialect, self._me)
        reads.aliases.next()  # m1 is the target itself
        visible, guard = required(write.visible), required(write.filter)
        source = Source(write.table, target, self._me, visible)
        key = reads.key(write.key, source)
        where = reads.conditions.of(write.where, source)
        reached = conjunction([*key, source.check(guard, guard.cells), source.visible(visible), where])
        if write.condition is None or self._dialect.name == "sqlite":
            return reached
        # Where another transaction changes the row first, Postgres asks all this again of the row as it left it.
        # The parts of an AND are looked at in any order, those of a CASE in this one: a row that is not reached
        # must not fail.
        wanted = passes(reads.conditions.of(write.condition, source))
        failure = ConditionFailure(func.left(cast(source.raw(write.table.key[0]), Text()), _ZERO))
        return conjunction([*key, case((passes(reached), case((wanted, _ONE), else_=failure)), else_=_ZERO) == _ONE])

    def _unmet(self, write: Update | Delete, target: FromClause, reached: Condition) -> Statement | None:
        """Finds a row that is reached and does not meet the condition; SQLite alone, which cannot fail inside."""
        if write.condition is None or self._dialect.name == "postgres":
            return None
        reads = PagedReads(self._dialect, self._me)
        reads.aliases.next()  # m1 is the target itself
        source = Source(write.table, target, self._me, required(write.visible))
        wanted = passes(reads.conditions.of(write.condition, source))
        query = select(_ONE).select_from(target).where(~wanted)
        return self._answers.compile((query if reached is None else query.where(reached)).limit(_ONE))

    def _row(self, table: Table, selectable: FromClause) -> Source:
        return Source(table, selectable, self._me, None)

    def _updated(self, target: Any, values: Values, reached: Condition) -> CTE:
        """The updated rows, for the rest of a Postgres statement."""
        statement = update(target).values(values)
        statement = statement if reached is None else statement.where(reached)
        return statement.returning(*target.c).cte(self._dialect.free("written"))
