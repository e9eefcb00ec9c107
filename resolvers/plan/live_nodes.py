"""What is planned of a subscription that is no query: a stream of rows behind a cursor, and changes out of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from portico.resolvers.plan.nodes import Rows
from portico.resolvers.plan.values import Bind, Size
from portico.schema.catalog import Column


@dataclass(frozen=True, eq=False, slots=True)
class StreamCursor:
    """
    A column that a stream is ordered by, and where it has come to.

    start: the value behind which the next batch begins. Nothing else is bound to its slot, so that a stream goes on
    by putting the last row's value there.
    """

    column: Column
    start: Bind


@dataclass(frozen=True, eq=False, slots=True)
class StreamField:
    """
    A root field that gives rows once each, a batch at a time.

    rows: with the size of a batch as their limit, and no order of their own. cursor: most significant first; rows
    that tie in all of it are in one batch.
    """

    key: str
    rows: Rows
    cursor: tuple[StreamCursor, ...]
    descending: bool


PartKind: TypeAlias = Literal["verb", "key", "old", "new", "at", "position", "text"]


@dataclass(frozen=True, slots=True)
class ChangePart:
    """
    What stands under one key of a change.

    kind: `text` is a constant, such as `__typename`. text: the constant. place: of `key`, `old` and `new` their
    item among those of `ChangesField.rows`.
    """

    kind: PartKind
    key: str
    text: str = ""
    place: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class ChangesField:
    """
    A root field that gives what is written to a table.

    rows: one row, which is an image: what the change log has of a row before or after a change. Its items are one
    object for each `key`, `old` and `new` that is selected. verbs: the log's → GraphQL's. image: where the image is put, behind the request's own
    values. since: the position behind which it begins. size: of a batch. Both are the runner's to read.
    """

    key: str
    rows: Rows
    parts: tuple[ChangePart, ...]
    verbs: Mapping[str, str]
    image: Bind
    since: Bind | None
    size: Size | None


LiveField: TypeAlias = StreamField | ChangesField
