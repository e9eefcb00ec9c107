"""What has been changed: the records of the change log, in the order of commits, and the protocol of who reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

ChangeVerb = Literal["insert", "update", "delete", "truncate"]
"""`truncate` is of the table as a whole: any of its rows may have been changed in any way; it has no rows."""


class Image(Mapping[str, Any]):
    """
    A row as the log has it: values as the database writes them in JSON, by column name.

    Numbers that are not whole are Decimals, so that none loses a digit. On SQLite a value is what is stored: 0 and 1 of a
    flag, the text of a JSON column, and of a BLOB its bytes in hexadecimal. Read when first asked for.

    text: the JSON itself.
    """

    __slots__ = ("_values", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._values: Mapping[str, Any] | None = None

    def __getitem__(self, column: str) -> Any:
        return self._read()[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return f"Image({self.text})"

    def _read(self) -> Mapping[str, Any]:
        if self._values is None:
            self._values = json.loads(self.text, parse_float=Decimal)
        return self._values  # pyright: ignore[reportReturnType]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """
    A place in the log, between changes: all those before it are known, none after it.

    sequence: of the last change before it. Changes of one row are numbered in the order of their commits, for each
    transaction locks the rows that it writes; a position is given only once all transactions have ended that may have a
    number below it.
    """

    sequence: int


@dataclass(frozen=True, slots=True)
class Change:
    """
    One row that was written.

    position: just after it. table: its name with schema, as `sqlalchemy.Table.fullname` says it. old, new: the row
    before and after; None where there was none.
    actor: the id of the caller, None for writers that are not ours. trace: the request's id. at: seconds since 1970.
    """

    position: Position
    table: str
    verb: ChangeVerb
    old: Image | None
    new: Image | None
    actor: str | None
    trace: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Changes in order, and the position up to which these are all; a further batch may follow at once where `is_full`.

    early: changes that are committed, and held back because a transaction that began before them is still open: they come
    again, in order, when it has ended. A reader tells each once. Whoever only has to look again need not wait.
    """

    changes: Sequence[Change]
    upto: Position
    is_full: bool = False
    early: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """
    Which log it is.

    epoch: a name that no other log has, not even that of a copy of the database. key: signs its positions.
    """

    epoch: str
    key: bytes


class Forgotten(Exception):
    """The log no longer reaches back to a position, or never had it."""


class ChangeLog(Protocol):
    """
    The log as a tail: every process reads it by itself.

    Methods raise the problems of `resolvers/problems.py` while the database is away; a later call goes on.
    """

    @property
    def tables(self) -> frozenset[str]:
        """The tables whose changes are logged, by `fullname`; empty where there is no log."""
        ...

    @property
    def identity(self) -> LogIdentity | None:
        """Which log it is; None where there is none."""
        ...

    async def start(self) -> None:
        """Looks at what there is, and begins to listen; called again, it looks again."""
        ...

    async def close(self) -> None:
        """Stops listening."""
        ...

    async def head(self) -> Position:
        """The position of now: what commits from here on comes after it."""
        ...

    async def since(self, position: Position, most: int) -> Batch:
        """
        What was committed after a position, at most so many changes.

        Raises:
            Forgotten: some of it is gone.
        """
        ...

    async def wait(self, timeout_s: float) -> bool:
        """Returns at once where something may have been committed since the last call, else when it was; False after the time-out."""
        ...

    async def sweep(self, upto: Position | None = None) -> None:
        """Forgets what is too old or too much; nothing after `upto`, where that is given."""
        ...
