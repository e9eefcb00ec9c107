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
    exists,
    func,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.types import Text

from portico.resolvers.plan.nodes import Guard
from portico.resolvers.plan.values import KEY, Bind, Part
from portico.resolvers.plan.write_nodes import Called, Change, Conflict, Delete, Update, Written
from portico.resolvers.sql.answers import Answers, hangs_on, key_is, keys_out, passes, rows_of
from portico.resolvers.sql.compiled import Statement
from portico.resolvers.sql.conditions import required
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import ConditionFailure
from portico.resolvers.sql.pages import PagedReads
from portico.resolvers.sql.presets import called, extra_value, preset_value
from portico.resolvers.sql.proposed import Values, changed_rows
from portico.resolvers.sql.source import Source, conjunction
from portico.resolvers.sql.steps import ChangeStep, Extra, KeyedChange, UpsertStep
from portico.resolvers.sql.touched import reads_table, tables_of
from portico.resolvers.sql.writer import signed_first
from portico.schema.catalog import Column, RuleRef, Table
from portico.schema.rules import Me

Condition = ColumnElement[bool] | None
_ZERO: ColumnElement[int] = literal_column("0", Integer())
_ONE: ColumnElement[int] = literal_column("1", Integer())


@dataclass(frozen=True, slots=True)
class _Applied:
    """
    A change of rows that are reached.

    apply: makes it. refused: finds a row that the rules refuse; None where none can be, or where `apply` asks.
    check: what they ask.
    """

    apply: Any
    refused: Any = None
    check: Condition = None


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
        text: ColumnElement[Any] = reads.nested(write.rows, None)
        if self._dialect.logs_any:
            text = signed_first(text)
        return ChangeStep(write.table, self._answers.compile(select(text.label("answer"))))

    # ---- update --------------------------------------------------------------------------------------

    def update(self, write: Update, written: Written) -> ChangeStep:
        """The steps of an update."""
        if not write.changes:
            return ChangeStep(write.table)
        if self._dialect.name == "sqlite" or not self._answers.reads_itself(written, write.table):
            return self.apart(write, write.table.identity)
        target = write.table.sql.alias(self._dialect.free("m1"))
        reached = self._reached(write, target)
        changes = self._values(write.changes, target)
        guard = required(write.check)
        rows = self._updated(target, changes.values, reached)
        check = self._row(write.table, rows).check(guard, guard.cells)
        single = self._answers.single(written, write.table, rows, check)
        return ChangeStep(write.table, single, rules=_named(guard), extras=changes.extras)

    def apart(self, write: Update, returned: tuple[Column, ...]) -> ChangeStep:
        """The steps of an update from which others go on: it gives these columns of each row that it reaches."""
        target = write.table.sql.alias(self._dialect.free("m1"))
        reached = self._reached(write, target)
        unmet = self._unmet(write, target, reached)
        if not write.changes:
            found = self._found(target, reached, returned)
            return ChangeStep(write.table, unmet=unmet, apply=found, returned=returned, leaves=True)
        changes = self._values(write.changes, target)
        guard = required(write.check)
        applied = self._apply(write.table, target, changes.values, reached, guard, returned)
        return ChangeStep(
            write.table,
            unmet=unmet,
            refusal=None if applied.refused is None else self._answers.compile(applied.refused.limit(_ONE)),
            apply=self._answers.compile(applied.apply),
            rules=_named(guard),
            extras=changes.extras,
            returned=returned,
        )

    def _found(self, target: FromClause, reached: Condition, returned: Sequence[Column]) -> Statement:
        """The rows that an update reaches which changes nothing of them; nobody else changes them meanwhile."""
        query: Any = select(literal_column("true").label("passes"), *keys_out(self._dialect, target, returned))
        query = query.select_from(target)
        query = query if reached is None else query.where(reached)
        return self._answers.compile(query.with_for_update() if self._dialect.name == "postgres" else query)

    def by_key(self, write: Update, returned: tuple[Column, ...]) -> KeyedChange:
        """What becomes of a row that was found to be one that the update may reach; `KEY` is its key."""
        if not write.changes:
            return KeyedChange(None, None, looks_back=False, extras=())
        target = write.table.sql.alias(self._dialect.free("m1"))
        changes = self._values(write.changes, target)
        same = and_(*key_is(self._dialect, self._row(write.table, target), write.table.key))
        guard = required(write.check)
        applied = self._apply(write.table, target, changes.values, same, guard, returned)
        refused = None if applied.refused is None else select(exists(applied.refused))
        return KeyedChange(
            refusal=None if refused is None else self._answers.compile(refused),
            change=self._answers.compile(applied.apply),
            looks_back=applied.check is not None and reads_table(applied.check, write.table),
            extras=changes.extras,
        )

    def _apply(
        self,
        table: Table,
        target: Any,
        values: Values,
        reached: Condition,
        guard: Guard,
        returned: Sequence[Column],
    ) -> _Applied:
        """
        Updates and returns (passes, returned…).

        A check sees the row as it becomes, and everything else as it was before the statement: on Postgres
        because that is what one statement sees, on SQLite because it is asked first.
        """
        if self._dialect.name == "postgres" or not values:
            # Without any value, as in an upsert of columns that were not sent, the row is answered as it is.
            rows = self._updated(target, values, reached) if values else target
            check = passes(self._row(table, rows).check(guard, guard.cells)).label("passes")
            query = select(check, *keys_out(self._dialect, rows, returned)).select_from(rows)
            return _Applied(query if values or reached is None else query.where(reached))
        proposed = changed_rows(table.sql, target, values, reached, self._dialect)
        check = self._row(table, proposed).check(guard, guard.cells)
        refusal = None if check is None else select(literal_column("1")).select_from(proposed).where(~passes(check))
        statement: Any = update(target).values(values)
        statement = statement if reached is None else statement.where(reached)
        returning = [literal_column("1").label("passes"), *keys_out(self._dialect, target, returned)]
        return _Applied(statement.returning(*returning), refusal, check)

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
        applied = self._apply(table, target, changes, same, guard, returned)
        refusal = None if applied.refused is None else self._answers.compile(applied.refused.limit(_ONE))
        return UpsertStep(find, refusal, self._answers.compile(applied.apply), tuple(extras[len(row.extras) :]))

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
        reached = self._settled(write, target)
        statement: Any = delete(target)
        statement = statement if reached is None else statement.where(reached)
        if self._dialect.name == "postgres":
            rows = statement.returning(*target.c).cte(self._dialect.free("written"))
            return ChangeStep(write.table, self._answers.single(written, write.table, rows, None), deletes=True)
        before = tuple(self._answers.before(rows, target, reached) for rows in rows_of(written))
        unmet = self._unmet(write, target, reached)
        return ChangeStep(write.table, unmet=unmet, before=before, apply=self._answers.compile(statement), deletes=True)

    def delete_along(self, write: Delete) -> Statement:
        """Deletes rows of a link, giving a row for each."""
        target: Any = write.table.sql.alias(self._dialect.free("m1"))
        reached = conjunction([self._settled(write, target), self._unlisted(write, target)])
        statement: Any = delete(target)
        statement = statement if reached is None else statement.where(reached)
        return self._answers.compile(statement.returning(_ONE))

    def _unlisted(self, write: Delete, target: FromClause) -> Condition:
        if not write.unlisted:
            return None
        listed, values = self._dialect.listed_keys(Part(KEY, Bind(-1)), write.table.key)
        same = [target.c[column.name] == value for column, value in zip(write.table.key, values, strict=True)]
        return ~exists(select(_ONE).select_from(listed).where(*same))

    # ---- both ----------------------------------------------------------------------------------------

    def _settled(self, write: Delete, target: Any) -> Condition:
        """
        Which rows a delete reaches, of all that are there before the first is gone.

        SQLite deletes a row as soon as it is found, and a sub-select that is asked of the next one misses it; a
        list of keys is complete before. By key there is no next one, and an update that returns its rows finds
        all of them first.
        """
        reached = self._reached(write, target)
        if self._dialect.name == "postgres" or reached is None or write.key or not tables_of(reached):
            return reached
        chosen = write.table.sql.alias(self._dialect.free("chosen"))
        query = select(*_row_key(write.table, chosen)).select_from(chosen).correlate_except(chosen)
        condition = self._reached(write, chosen)
        return tuple_(*_row_key(write.table, target)).in_(query if condition is None else query.where(condition))

    def _reached(self, write: Update | Delete, target: FromClause) -> Condition:
        """Which rows a write reaches: key, client's filter, rules of the verb, and rules of reading."""
        reads = PagedReads(self._dialect, self._me)
        reads.aliases.next()  # m1 is the target itself
        visible, guard = required(write.visible), required(write.filter)
        source = Source(write.table, target, self._me, visible)
        key = reads.key(write.key, source)
        where = reads.conditions.of(write.where, source)
        if write.link is not None:
            key = [*key, *hangs_on(self._dialect, source, write.link)]
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


def _row_key(table: Table, selectable: FromClause) -> list[ColumnElement[Any]]:
    """What tells a row of SQLite from every other: its key, or its number where it has none."""
    if table.key:
        return [selectable.c[column.name] for column in table.key]
    taken = {column.name.lower() for column in table.sql.columns}
    number = next(name for name in ("rowid", "_rowid_", "oid") if name not in taken)
    return [literal_column(f"{selectable.name}.{number}")]  # pyright: ignore[reportAttributeAccessIssue]


def _named(guard: Guard) -> tuple[RuleRef, ...]:
    return tuple(dict.fromkeys((*guard.any_of, *guard.all_of)))
