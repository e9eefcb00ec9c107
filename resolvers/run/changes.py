"""What has been changed: the records of the change log, in the order of commits, and the protocol of who reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

ChangeVerb = Literal["insert", "update", "delete"]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """
    A place in the log, between changes: all those before it are known, none after it.

    transaction: of the writer; 0 on SQLite, where writers come one after another. sequence: within it.
    """

    transaction: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Change:
    """
    One row that was written.

    position: just after it. table: its name with schema, as `sqlalchemy.Table.fullname` says it. old, new: the row
    before and after, by column name, values as the database writes them in JSON; None where there was none.
    actor: the id of the caller, None for writers that are not ours. trace: the request's id. at: seconds since 1970.
    """

    position: Position
    table: str
    verb: ChangeVerb
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    actor: str | None
    trace: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes in order, and the position up to which these are all; a further batch may follow at once where `is_full`."""

    changes: Sequence[Change]
    upto: Position
    is_full: bool = False


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

    async def start(self) -> None:
        """Looks at what there is, and begins to listen."""
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

    async def sweep(self) -> None:
        """Forgets what is too old or too much."""
        ...
