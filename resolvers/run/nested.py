"""How does a write go on along relations: rows of each link deleted, changed, saved and inserted, without any I/O of its own."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol, TypeAlias

from portico.resolvers.limits import Limits
from portico.resolvers.plan.values import NewRows
from portico.resolvers.problems import TooCostly
from portico.resolvers.run.calls import Call, Outcome, Row, refusal
from portico.resolvers.sql.compiled import Statement
from portico.resolvers.sql.steps import (
    AlongStep,
    ChangeStep,
    Extra,
    InsertStep,
    KeyedChange,
    SavedRowStep,
    SaveStep,
)
from portico.schema.catalog import Column

Running: TypeAlias = Generator[Call, Outcome, Any]
Values: TypeAlias = Sequence[Any]


class Writing(Protocol):
    """What the interpreter of writes does for those along relations; `affected` counts the rows written."""

    affected: int

    def insert(
        self, step: InsertStep, rows: Sequence[tuple[int, Values]], given: Sequence[Values], around: Values
    ) -> Running:
        """What is returned of each new row."""
        ...

    def change(self, step: ChangeStep, values: Values, around: Values) -> Running:
        """An update with what stands below it."""
        ...

    def extras(self, extras: Sequence[Extra]) -> Values:
        """The values that are not the client's, for one row or change."""
        ...

    def call(self, statement: Statement, values: Values) -> Call:
        """A statement run once."""
        ...

    def batch(self, statement: Statement, values: Sequence[Values]) -> Call:
        """A statement run for each list of values."""
        ...


class NestedWriting:
    """Interprets updates and what stands below them."""

    def __init__(self, writing: Writing, limits: Limits) -> None:
        self._writing = writing
        self._most = limits.max_writes
        self._gone = 0

    def below(self, step: ChangeStep, rows: Sequence[Row], around: Values) -> Running:
        """
        What stands below an update.

        Args:
            rows: what it returned of each row.
            around: the values that hold what is written along the links.
        """
        for row in rows:
            yield from self._all(step.nested, step.returned, row, around)

    def _all(self, steps: Sequence[AlongStep], returned: Sequence[Column], row: Row, around: Values) -> Running:
        self._gone += len(steps)
        if self._gone > self._most:
            raise TooCostly(
                f"The document would write along the relations of more than {self._most} rows.",
                hint="Write fewer rows at once.",
            )
        values = dict(zip(returned, row, strict=False))
        for step in steps:
            yield from self._along(step, values, around)

    def _along(self, step: AlongStep, row: Mapping[Column, Any], around: Values) -> Running:
        hung = [row[mine] for mine, _ in step.link.pairs]
        if None in hung:
            # Nothing hangs on the row by a column that is null, and nothing can.
            if (new := step.save or step.insert) is not None:
                raise refusal(new.rules)
            return
        for statement in step.deletes:
            yield from self._delete(statement, [*around, (), (), hung])
        for update in step.updates:
            yield from self._writing.change(update, [*around, (), self._writing.extras(update.extras), hung], around)
        if step.save is not None:
            yield from self._save(step.save, hung, around)
        if step.insert is not None:
            new_rows = rows_of(step.insert.rows, around)
            yield from self._writing.insert(step.insert, new_rows, [hung] * len(new_rows), around)

    def _delete(self, statement: Statement, values: Values) -> Running:
        outcome = yield self._writing.call(statement, values)
        self._writing.affected += len(outcome.rows)

    # ---- rows to save --------------------------------------------------------------------------------

    def _save(self, step: SaveStep, hung: Values, around: Values) -> Running:
        """
        Rows that exist are found, those not listed deleted, then those found changed and the others inserted.

        So that a value which must be unique is free again where its row goes.
        """
        rows = rows_of(step.rows, around)
        found: dict[int, Row] = yield from self._find(step, rows, hung, around)
        if step.missing is not None:
            keys = [list(row[: len(step.table.key)]) for row in found.values()]
            yield from self._delete(step.missing, [*around, (), (), [*hung, keys]])
        written: dict[int, Row] = {}
        for variant, places in _runs(step, rows, [place for place in range(len(rows)) if place in found]):
            assert variant.change is not None
            values = [
                [*around, rows[place][1], self._writing.extras(variant.change.extras), found[place]] for place in places
            ]
            changed = yield from self._change_found(step, variant.change, values)
            written.update(zip(places, changed, strict=True))
        for variant, places in _runs(step, rows, [place for place in range(len(rows)) if place not in found]):
            assert variant.insert is not None
            new = [(0, rows[place][1]) for place in places]
            inserted = yield from self._writing.insert(variant.insert, new, [hung] * len(new), around)
            written.update(zip(places, inserted, strict=True))
        for place, (index, values) in enumerate(rows):
            variant = step.variants[index]
            yield from self._all(variant.nested, variant.returned, written[place], values)

    def _find(self, step: SaveStep, rows: Sequence[tuple[int, Values]], hung: Values, around: Values) -> Running:
        """Place → what `find` returned of the row that exists."""
        found: dict[int, Row] = {}
        for index, variant in enumerate(step.variants):
            places = [place for place, row in enumerate(rows) if row[0] == index]
            if variant.find is None or not places:
                continue
            looked_for = [[*around, rows[place][1], (), hung] for place in places]
            outcome = yield self._writing.batch(variant.find, looked_for)
            for place, row in zip(places, outcome.rows, strict=True):
                if row[0] is not None:
                    found[place] = row[1:]
                # One that may not be changed is refused in the words for one that is not there and may not be.
                if (row[0] is not None and not row[0]) or (row[0] is None and variant.insert is None):
                    raise refusal(step.rules)
        return found

    def _change_found(self, step: SaveStep, change: KeyedChange, values: Sequence[Sequence[Any]]) -> Running:
        """What is returned of each row; one after another where the check looks at rows changed before."""
        if change.change is None:
            return [each[-1] for each in values]
        changed: list[Row] = []
        for some in [[each] for each in values] if change.looks_back else [values]:
            if change.refusal is not None:
                refused = yield self._writing.batch(change.refusal, some)
                if any(row[0] for row in refused.rows):
                    raise refusal(step.rules)
            outcome = yield self._writing.batch(change.change, some)
            # One that was found may have gone with a row that was not listed.
            if len(outcome.rows) != len(some) or not all(row[0] for row in outcome.rows):
                raise refusal(step.rules)
            changed += [row[1:] for row in outcome.rows]
        self._writing.affected += len(changed)
        return changed


def _runs(
    step: SaveStep, rows: Sequence[tuple[int, Values]], places: Sequence[int]
) -> Iterator[tuple[SavedRowStep, list[int]]]:
    """Places one after another whose rows are of one variant, so that they are written together."""
    for index, run in groupby(places, key=lambda place: rows[place][0]):
        yield step.variants[index], list(run)


def rows_of(rows: NewRows, values: Sequence[Any]) -> list[tuple[int, Sequence[Any]]]:
    """(variant, values) of each row to insert."""
    if rows.slot is not None:
        return values[rows.slot]
    return [(each.variant, _picked(each.slots, values)) for each in rows.picked]


def _picked(slots: tuple[int, ...] | int, values: Sequence[Any]) -> Sequence[Any]:
    return values[slots][0][1] if isinstance(slots, int) else [values[slot] for slot in slots]
