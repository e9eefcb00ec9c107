"""What does a write run: the statements of each step, for the interpreter in `run/writing.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import FromClause

from portico.resolvers.plan.nodes import Item
from portico.resolvers.plan.values import NewRows
from portico.resolvers.sql.compiled import Statement
from portico.schema.catalog import Column, Link, RuleRef, Table


@dataclass(frozen=True, slots=True)
class Extra:
    """
    A value that is not the client's: `fresh` (a new id), `call` (a Python default of the column), or
    `given` (the column of a row written before). They are what `EXTRAS` holds, in order.
    """

    kind: Literal["fresh", "call", "given"]
    column: Column
    call: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class NestedStep:
    """Rows inserted along a link: before the surrounding row where it owns the key, after it otherwise."""

    link: Link
    insert: InsertStep


@dataclass(frozen=True, slots=True)
class UpsertStep:
    """
    What to do when the row may exist.

    find: the existing row by its unique values → (may be changed, is wanted, key…).
    refusal: finds whether the rules refuse the row as changed; None where none can, or where `change` asks.
    change: updates it by key → (passes the check, returned…); None leaves it as it is.
    `refusal` and `change` find it by `KEY`. extras: what `change` sets, after the extras of the row.
    """

    find: Statement
    refusal: Statement | None
    change: Statement | None
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class RowStep:
    """
    One variant of a new row.

    check: asks the rules about the row before it is written → (passes); None where none do, or where
    `insert` asks. insert: writes it → (passes the check, returned…). single: the whole write with its
    answer as one statement; None where it takes several. looks_back: the check reads the table that is
    written, so that rows are checked and written one after another.
    """

    insert: Statement
    check: Statement | None
    looks_back: bool
    extras: tuple[Extra, ...]
    returned: tuple[Column, ...]
    parents: tuple[NestedStep, ...]
    children: tuple[NestedStep, ...]
    upsert: UpsertStep | None
    single: Statement | None

    @property
    def is_flat(self) -> bool:
        """Whether rows of this variant can be written together."""
        return not (self.parents or self.children or self.upsert or self.looks_back)


@dataclass(frozen=True, slots=True)
class InsertStep:
    """Rows of one table by variant; `given` columns come from the surrounding row."""

    table: Table
    rows: NewRows
    variants: tuple[RowStep, ...]
    given: tuple[Column, ...]
    rules: tuple[RuleRef, ...]


@dataclass(frozen=True, slots=True)
class ChangeStep:
    """
    An update or delete.

    single: the whole of it with its answer as one statement. Otherwise: `unmet` finds a row that does not meet
    the request's condition (None where `apply` asks), `refusal` one that the rules would refuse as changed,
    `before` reads what a delete answers, `apply` writes → for an update (passes the check, returned…) per row.
    All None: nothing is to be changed. nested: what is written along links of each row then; leaves: of the row
    itself nothing is changed.
    """

    table: Table
    single: Statement | None = None
    unmet: Statement | None = None
    refusal: Statement | None = None
    before: tuple[Statement, ...] = ()
    apply: Statement | None = None
    rules: tuple[RuleRef, ...] = ()
    extras: tuple[Extra, ...] = ()
    deletes: bool = False
    leaves: bool = False
    returned: tuple[Column, ...] = ()
    nested: tuple[AlongStep, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyedChange:
    """
    What becomes of a row that was found by its key.

    refusal: whether the rules refuse the row as changed; None where none can, or where `change` asks. change:
    updates it → (passes the check, returned…); None leaves it as it is. looks_back: the check reads the table
    that is written, so that rows are changed one after another.
    """

    refusal: Statement | None
    change: Statement | None
    looks_back: bool
    extras: tuple[Extra, ...]


@dataclass(frozen=True, slots=True)
class SavedRowStep:
    """
    One variant of a row to save.

    find: the row that exists → (may be changed, returned…) or nulls, whose link's values are in `KEY`; None where it
    is new. change, insert: None where the role may not. returned: what all three give.
    """

    find: Statement | None
    change: KeyedChange | None
    insert: InsertStep | None
    returned: tuple[Column, ...]
    nested: tuple[AlongStep, ...]


@dataclass(frozen=True, slots=True)
class SaveStep:
    """Rows of a link to save; `missing` deletes those whose keys are not listed behind the link's values in `KEY`."""

    table: Table
    rows: NewRows
    variants: tuple[SavedRowStep, ...]
    missing: Statement | None
    rules: tuple[RuleRef, ...]


@dataclass(frozen=True, slots=True)
class AlongStep:
    """What is written along a link of a row, in this order; each gives a row for each that it reached."""

    link: Link
    deletes: tuple[Statement, ...]
    updates: tuple[ChangeStep, ...]
    save: SaveStep | None
    insert: InsertStep | None


def written_tables(step: InsertStep | ChangeStep) -> Iterator[FromClause]:
    """The tables that a step writes, along relations, too; some perhaps several times."""
    yield step.table.sql
    if isinstance(step, ChangeStep):
        for along in step.nested:
            yield from _written_along(along)
        return
    for variant in step.variants:
        for nested in (*variant.parents, *variant.children):
            yield from written_tables(nested.insert)


def _written_along(along: AlongStep) -> Iterator[FromClause]:
    yield along.link.target.sql
    for update in along.updates:
        yield from written_tables(update)
    if along.insert is not None:
        yield from written_tables(along.insert)
    for variant in along.save.variants if along.save is not None else ():
        if variant.insert is not None:
            yield from written_tables(variant.insert)
        for nested in variant.nested:
            yield from _written_along(nested)


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """
    A write's answer.

    items: of the response object. one: the answer is the one row instead. reads: for the one row or each
    LinkItem of the items, the statement that reads a written row by its `KEY`.
    """

    items: tuple[Item, ...]
    one: bool
    reads: tuple[Statement, ...]
