"""How does a write go: the steps of inserts, upserts, updates and deletes, interpreted without any I/O of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portico.resolvers.limits import Limits
from portico.resolvers.plan.nodes import LinkItem, PageItem, TextItem
from portico.resolvers.plan.values import KEY
from portico.resolvers.problems import Conflict, TooCostly
from portico.resolvers.run.calls import Call, Row, Steps, condition_not_met, refusal
from portico.resolvers.run.nested import NestedWriting, Running, rows_of
from portico.resolvers.sql.compiled import Statement
from portico.resolvers.sql.program import WriteSlot
from portico.resolvers.sql.steps import AnswerStep, ChangeStep, Extra, InsertStep, RowStep, UpsertStep
from portico.resolvers.sql.writer import Writer
from portico.schema.caller import Caller
from portico.schema.catalog import RuleRef

_UPSERT_TRIES = 5


@dataclass(frozen=True, slots=True)
class WriteContext:
    """What a write has at hand: the request's values and caller, and where new ids come from."""

    values: Sequence[Any]
    caller: Caller
    fresh_id: Callable[[], Any]
    limits: Limits

    @property
    def writer(self) -> Writer | None:
        """Whom the change log is told; None where nothing is logged."""
        return self.caller if isinstance(self.caller, Writer) else None


def lone_statement(slot: WriteSlot, context: WriteContext) -> Call | None:
    """The one statement that a write field consists of; None where it takes several."""
    if len(slot.steps) != 1 or slot.many:
        return None
    step = slot.steps[0]
    if isinstance(step, ChangeStep):
        return _call(context, step.single, _change_values(step, context), step.rules) if step.single else None
    rows = rows_of(step.rows, context.values)
    return _single(context, step, rows[0]) if len(rows) == 1 else None


def write_field(slot: WriteSlot, context: WriteContext) -> Steps:
    """The answer of one root field, as JSON text."""
    answers: list[bytes] = []
    for step in slot.steps:
        if isinstance(step, InsertStep):
            answers.append((yield from _Writing(context).insert_field(step, slot.answer)))
        else:
            answers.append((yield from _Writing(context).change_field(step, slot.answer)))
    return b"[" + b",".join(answers) + b"]" if slot.many else answers[0]


def _single(context: WriteContext, step: InsertStep, row: tuple[int, Sequence[Any]]) -> Call | None:
    variant = step.variants[row[0]]
    if variant.single is None:
        return None
    return _call(context, variant.single, _row_values(variant, row[1], (), context, context.values), step.rules)


def _call(context: WriteContext, statement: Statement, values: Sequence[Any], rules: Sequence[RuleRef] = ()) -> Call:
    return Call(statement.sql, [statement.bind(values, context.caller)], rules)


def _row_values(
    variant: RowStep, row: Sequence[Any], given: Sequence[Any], context: WriteContext, around: Sequence[Any]
) -> list[Any]:
    """
    What the statements of a row are bound from; the last three lists are `ROW`, `EXTRAS` and `KEY`.

    Args:
        around: the values that hold the list of rows, and what is said beside it of conflicts: those of the
            request, or for nested rows those of the surrounding row.
    """
    return [*around, row, _extras(variant.extras, given, context), ()]


def _change_values(step: ChangeStep, context: WriteContext) -> Sequence[Any]:
    return [*context.values, (), _extras(step.extras, (), context), ()] if step.extras else context.values


class _Writing:
    def __init__(self, context: WriteContext) -> None:
        self._context = context
        self.affected = 0
        self._nested: NestedWriting | None = None

    def insert_field(self, step: InsertStep, answer: AnswerStep) -> Running:
        rows = rows_of(step.rows, self._context.values)
        if len(rows) == 1 and (call := _single(self._context, step, rows[0])) is not None:
            outcome = yield call
            if not outcome.rows:
                raise refusal(step.rules)
            return outcome.rows[0][0] or b"null"
        written = yield from self.insert(step, rows, [()] * len(rows), self._context.values)
        keys = [row[: len(step.table.identity)] for row in written if row is not None]
        return (yield from self._answer(answer, keys))

    def change_field(self, step: ChangeStep, answer: AnswerStep) -> Running:
        values = _change_values(step, self._context)
        if step.single is not None:
            outcome = yield _call(self._context, step.single, values, step.rules)
            return outcome.rows[0][0] or b"null"
        if step.apply is None:
            return _response(answer, 0, [[] for _ in answer.reads])
        if step.unmet is not None:
            unmet = yield self.call(step.unmet, values)
            if unmet.rows:
                raise condition_not_met()
        if step.deletes:
            return (yield from self._delete(step, step.apply, values, answer))
        keys = yield from self.change(step, values, self._context.values)
        return (yield from self._answer(answer, keys))

    def _delete(self, step: ChangeStep, apply: Statement, values: Sequence[Any], answer: AnswerStep) -> Running:
        before: list[list[bytes]] = []
        for read in step.before:
            found = yield self.call(read, self._context.values)
            before.append([row[0] for row in found.rows])
        outcome = yield self.call(apply, values)
        return _response(answer, outcome.changed, before)

    def change(self, step: ChangeStep, values: Sequence[Any], around: Sequence[Any]) -> Running:
        """
        An update of several steps: the keys of its rows.

        Args:
            values: of the update itself.
            around: the values that hold what is written along its links.
        """
        if step.apply is None:
            return []
        if step.refusal is not None:
            refused = yield self.call(step.refusal, values)
            if refused.rows:
                raise refusal(step.rules)
        outcome = yield self.call(step.apply, values)
        if not all(row[0] for row in outcome.rows):
            raise refusal(step.rules)
        if not step.leaves:
            self.affected += len(outcome.rows)
        if step.nested:
            self._nested = self._nested or NestedWriting(self, self._context.limits)
            yield from self._nested.below(step, [row[1:] for row in outcome.rows], around)
        return [row[1 : 1 + len(step.table.identity)] for row in outcome.rows]

    # ---- inserting -----------------------------------------------------------------------------------

    def insert(
        self,
        step: InsertStep,
        rows: Sequence[tuple[int, Sequence[Any]]],
        given: Sequence[Sequence[Any]],
        around: Sequence[Any],
    ) -> Running:
        """The returned columns of each row, in order; None for a row that a conflict left as it was."""
        most = self._context.limits.max_writes
        if self.affected + len(rows) > most:
            raise TooCostly(
                f"The document would insert more than {most} rows.", hint="Insert them in several requests."
            )
        written: list[Row | None] = []
        position = 0
        while position < len(rows):
            variant = step.variants[rows[position][0]]
            end = position + 1
            if variant.is_flat:
                while end < len(rows) and rows[end][0] == rows[position][0]:
                    end += 1
                many = zip(rows[position:end], given[position:end], strict=True)
                values = [_row_values(variant, row, theirs, self._context, around) for (_, row), theirs in many]
                written += yield from self._insert_flat(step, variant, values)
            else:
                row, theirs = rows[position][1], given[position]
                written.append((yield from self._insert_nested(step, variant, row, theirs, around)))
            position = end
        return written

    def _insert_flat(self, step: InsertStep, variant: RowStep, values: Sequence[Sequence[Any]]) -> Running:
        """Rows without relations, in one batch."""
        if variant.check is not None:
            checked = yield self.batch(variant.check, values)
            if not all(row[0] for row in checked.rows):
                raise refusal(step.rules)
        outcome = yield self.batch(variant.insert, values)
        if not all(row[0] for row in outcome.rows):
            raise refusal(step.rules)
        self.affected += len(outcome.rows)
        return [row[1:] for row in outcome.rows]

    def _insert_nested(
        self, step: InsertStep, variant: RowStep, values: Sequence[Any], given: Sequence[Any], around: Sequence[Any]
    ) -> Running:
        """A row after the rows it refers to and before those that refer to it."""
        theirs = list(given)
        for nested in variant.parents:
            parent = yield from self.insert(nested.insert, rows_of(nested.insert.rows, values), [()], values)
            if parent[0] is None:
                raise Conflict(f"The row under {nested.link.field} exists and was left as it is.")
            returned = _by_column(nested.insert, parent[0])
            theirs += [returned[column] for _, column in nested.link.pairs]
        all_values = _row_values(variant, values, theirs, self._context, around)
        if variant.upsert is not None:
            row = yield from self._upsert(step, variant, variant.upsert, all_values)
        else:
            row = (yield from self._insert_checked(step, variant, all_values)) or ()
        if row is None:
            return None
        mine = dict(zip(variant.returned, row, strict=False))
        for nested in variant.children:
            rows = rows_of(nested.insert.rows, values)
            keys = [mine[column] for column, _ in nested.link.pairs]
            yield from self.insert(nested.insert, rows, [keys] * len(rows), values)
        return row

    def _insert_checked(self, step: InsertStep, variant: RowStep, values: Sequence[Any]) -> Running:
        if variant.check is not None:
            checked = yield self.call(variant.check, values)
            if not checked.rows[0][0]:
                raise refusal(step.rules)
        return (yield from self._insert_row(step, variant, values))

    def _insert_row(self, step: InsertStep, variant: RowStep, values: Sequence[Any]) -> Running:
        outcome = yield self.call(variant.insert, values)
        if not outcome.rows:
            return None
        if not outcome.rows[0][0]:
            raise refusal(step.rules)
        self.affected += 1
        return outcome.rows[0][1:]

    def _upsert(self, step: InsertStep, variant: RowStep, upsert: UpsertStep, values: Sequence[Any]) -> Running:
        if variant.check is not None:
            checked = yield self.call(variant.check, values)
            if not checked.rows[0][0]:
                raise refusal(step.rules)
        for _ in range(_UPSERT_TRIES):
            found = yield self.call(upsert.find, values)
            if found.rows:
                return (yield from self._update_found(step, upsert, found.rows[0], values))
            row = yield from self._insert_row(step, variant, values)
            if row is not None:
                return row
        raise Conflict("Another request keeps inserting and deleting the same row.", hint="Send the request again.")

    def _update_found(self, step: InsertStep, upsert: UpsertStep, found: Row, values: Sequence[Any]) -> Running:
        allowed, wanted, *key = found
        if upsert.change is None:
            return None
        if not allowed:
            raise refusal(step.rules)
        if not wanted:
            return None
        with_key = [*values[:KEY], key]
        if upsert.refusal is not None:
            refused = yield self.call(upsert.refusal, with_key)
            if refused.rows:
                raise refusal(step.rules)
        outcome = yield self.call(upsert.change, with_key)
        if not outcome.rows or not outcome.rows[0][0]:
            raise refusal(step.rules)
        self.affected += 1
        return outcome.rows[0][1:]

    # ---- answering -----------------------------------------------------------------------------------

    def _answer(self, answer: AnswerStep, keys: Sequence[Row]) -> Running:
        texts: list[list[bytes]] = []
        for read in answer.reads:
            found: Sequence[Row] = ()
            if keys:
                outcome = yield self.batch(read, [[*self._context.values, key] for key in keys])
                found = outcome.rows
            texts.append([row[0] for row in found if row[0] is not None])
        return _response(answer, self.affected, texts)

    def extras(self, extras: Sequence[Extra]) -> Sequence[Any]:
        """The values that are not the client's, for one row or change."""
        return _extras(extras, (), self._context)

    def call(self, statement: Statement, values: Sequence[Any]) -> Call:
        """A statement run once."""
        return _call(self._context, statement, values)

    def batch(self, statement: Statement, values: Sequence[Sequence[Any]]) -> Call:
        """A statement run for each list of values."""
        return Call(statement.sql, [statement.bind(each, self._context.caller) for each in values])


def _response(answer: AnswerStep, affected: int, texts: Sequence[Sequence[bytes]]) -> bytes:
    if answer.one:
        return texts[0][0] if texts and texts[0] else b"null"
    parts: list[bytes] = []
    reads = iter(texts)
    for item in answer.items:
        match item:
            case TextItem(text=text):
                value = f'"{text}"'.encode()
            case PageItem():
                value = str(affected).encode()
            case LinkItem():
                value = b"[" + b",".join(next(reads, ())) + b"]"
            case _:
                raise AssertionError(item)
        parts.append(b'"' + item.key.encode() + b'":' + value)
    return b"{" + b",".join(parts) + b"}"


def _extras(extras: Sequence[Extra], given: Sequence[Any], context: WriteContext) -> list[Any]:
    found: list[Any] = []
    theirs = iter(given)
    for extra in extras:
        match extra.kind:
            case "given":
                found.append(next(theirs))
            case "fresh":
                found.append(context.fresh_id())
            case "call":
                assert extra.call is not None
                found.append(extra.call(None))
    return found


def _by_column(step: InsertStep, row: Row) -> dict[Any, Any]:
    return dict(zip(step.variants[0].returned, row, strict=False))
