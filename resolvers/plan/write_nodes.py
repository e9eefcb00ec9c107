"""What does a plan write: the records of inserts, updates and deletes, of what stands below them, and of their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from portico.resolvers.plan.nodes import TRUE, Guard, Item, Predicate, Rows
from portico.resolvers.plan.values import NewRows, Tree
from portico.schema.access import Grant
from portico.schema.catalog import Column, Link, Table, Unique


@dataclass(frozen=True, eq=False, slots=True)
class Conflict:
    """
    What an insert does when a row with the same unique values exists; no columns leaves it as it is.

    visible, filter: that row must be one the caller may read and update, or the insert is refused; check: what it
    must meet as changed.
    """

    unique: Unique
    columns: tuple[Column, ...]
    where: Predicate
    presets: tuple[tuple[Column, Any], ...] = ()
    visible: Guard | None = None
    filter: Guard | None = None
    check: Guard | None = None


@dataclass(frozen=True, eq=False, slots=True)
class NewRow:
    """One variant of a row to insert: its columns, the rows it refers to, and those that refer to it."""

    columns: tuple[tuple[Column, Tree], ...]
    parents: tuple[NestedInsert, ...] = ()
    children: tuple[NestedInsert, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class NestedInsert:
    """Rows inserted along a link of the surrounding row."""

    link: Link
    insert: Insert


@dataclass(frozen=True, eq=False, slots=True)
class Insert:
    """Rows to insert into one table, by variant of their members."""

    table: Table
    rows: NewRows
    variants: tuple[NewRow, ...]
    presets: tuple[tuple[Column, Any], ...] = ()
    conflict: Conflict | None = None
    check: Guard | None = None
    grant: Grant | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """One column of an update: the operator (`_set`, `_inc`, …) and its operand, or a preset."""

    column: Column
    operator: str
    value: Any


@dataclass(frozen=True, eq=False, slots=True)
class Update:
    """
    Changes to the rows that match; by key where `key` is given.

    link: only the rows that it leads to from the surrounding row, whose values are in `KEY`. nested: what is
    written along the links of each row afterwards.
    visible: the read rules, which rows must pass too, or a filter could probe rows that stay hidden
    (PostgreSQL, CREATE POLICY: SELECT policies hold for an UPDATE that reads). filter, check: the update
    rules on the row as it is, and as it becomes. condition: what every row that is reached must meet, or the
    write fails.
    """

    table: Table
    changes: tuple[Change, ...]
    where: Predicate = TRUE
    key: tuple[tuple[Column, Tree], ...] = ()
    condition: Predicate | None = None
    link: Link | None = None
    nested: tuple[Along, ...] = ()
    visible: Guard | None = None
    filter: Guard | None = None
    check: Guard | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Delete:
    """
    The rows that match are deleted; by key where `key` is given; `link`, `condition` and `visible` as in Update.

    unlisted: but for those whose keys are listed behind the values of the link in `KEY`.
    """

    table: Table
    where: Predicate = TRUE
    key: tuple[tuple[Column, Tree], ...] = ()
    condition: Predicate | None = None
    link: Link | None = None
    unlisted: bool = False
    visible: Guard | None = None
    filter: Guard | None = None


# ---- along the links of a row that is updated ---------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class SavedRow:
    """
    One variant of a row to save.

    match: the columns by which the row may exist, but for those of the link; None where it is new. update: what
    becomes of the row that is found, insert: of one that is not; None where the role may not. nested: what
    is written along the links of the row then.
    """

    match: tuple[tuple[Column, Tree], ...] | None
    update: Update | None
    insert: Insert | None
    nested: tuple[Along, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Save:
    """
    Rows of a link to save: those that exist are changed, others inserted.

    match: the columns by which they are found, those of the link among them or not. missing: deletes the
    rows of the link that are not listed; None leaves them.
    """

    link: Link
    match: tuple[Column, ...]
    rows: NewRows
    variants: tuple[SavedRow, ...]
    missing: Delete | None = None
    grant: Grant | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Along:
    """What is written along a link of a row that was written, in this order."""

    link: Link
    deletes: tuple[Delete, ...] = ()
    updates: tuple[Update, ...] = ()
    save: Save | None = None
    insert: Insert | None = None


# ---- any write, and its answer -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Called:
    """A function of the database that writes, and what is read of the rows it gives."""

    rows: Rows

    @property
    def table(self) -> Table:
        """The table that the rows are of."""
        return self.rows.table


Write: TypeAlias = Insert | Update | Delete | Called


@dataclass(frozen=True, eq=False, slots=True)
class Written:
    """
    The answer of a write.

    one: the single row that is the answer, or None where the answer is a response object of `items`, in
    which `affected_rows` is a PageItem and each `returning` a LinkItem over the rows written.
    """

    items: tuple[Item, ...] = ()
    one: Rows | None = None
