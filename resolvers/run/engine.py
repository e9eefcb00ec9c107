"""What is an engine: the protocol of the two that run compiled statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from portico.resolvers.run.calls import Call, Steps


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

    async def write_one(self, call: Call) -> Sequence[Any] | None:
        """The first row of one statement that writes, committed with it."""
        ...

    async def write(self, make: Callable[[], Sequence[Steps]]) -> list[bytes]:
        """
        The answers of several writes in order, in one transaction.

        `make` gives fresh steps; it is called again when the transaction has to be tried again.
        """
        ...

    async def ping(self) -> None:
        """Asks the database for nothing, to know that it answers."""
        ...
