"""What is an engine: the protocol of the two that run compiled statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from portico.resolvers.run.calls import Call, Steps
from portico.resolvers.sql.writer import Writer


class Engine(Protocol):
    """
    A database as the resolvers use it. Texts come back as UTF-8 bytes.

    Every method raises the problems of `resolvers/problems.py`, never a driver's own exceptions.
    """

    async def start(self) -> None:
        """Opens connections; the first failure to reach the database shows here."""
        ...

    async def close(self) -> None:
        """Waits for running statements, then closes connections."""
        ...

    async def read(self, sql: str, parameters: Sequence[Any]) -> Sequence[Any] | None:
        """The first row of a statement that reads, or None."""
        ...

    async def read_all(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """All rows of a statement that reads; for `explain`, never on the hot path."""
        ...

    async def write_one(self, call: Call, writer: Writer | None = None) -> Sequence[Any] | None:
        """
        The first row of one statement that writes, committed with it.

        Args:
            writer: whom the change log is told; None where nothing is logged, or the statement itself says it.
        """
        ...

    async def write(self, make: Callable[[], Sequence[Steps]], writer: Writer | None = None) -> list[bytes]:
        """
        The answers of several writes in order, in one transaction.

        `make` gives fresh steps; it is called again when the transaction has to be tried again.

        Args:
            writer: whom the change log is told; None where nothing is logged.
        """
        ...

    def wrote(self) -> None:
        """Somebody else of this process has written, by a connection of their own."""
        ...

    async def ping(self) -> None:
        """Asks the database for nothing, to know that it answers."""
        ...
