"""What does an update write along relations: the records of a plan that stand below an Update."""

from __future__ import annotations

from dataclasses import dataclass

from portico.resolvers.plan.nodes import Delete, Insert, Update
from portico.resolvers.plan.values import NewRows, Tree
from portico.schema.access import Grant
from portico.schema.catalog import Column, Link


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
