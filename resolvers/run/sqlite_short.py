"""Which reads of SQLite are too short for a thread: answered on the loop's own, and given up when they are not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from portico.resolvers.generations import Generations

LONG: Any = object()
"""Stands for an answer that a thread must find."""

# About 50 µs, for which the loop may stand still: a row by key has 30 of SQLite's steps, a list of 20 rows 500.
_MAX_STEPS = 1_000
_MAX_REMEMBERED = 2_000


class ShortReads:
    """
    Answers short reads where they are asked for.

    A hop to the reader's thread and back costs 60 µs of CPU, most of it in waiting for the interpreter's lock,
    where a row by key takes 5 (benchmarks/drivers). SQLite is told to give up after a number of its steps;
    what is longer than that is asked again in the thread, and from then on asked there at once.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._long: Generations[str, bool] = Generations(_MAX_REMEMBERED)
        self._calls = 0

    def read(self, sql: str, parameters: Sequence[Any]) -> Any:
        """The first row, None for no rows, or `LONG`."""
        if self._long.get(sql):
            return LONG
        self._calls = 0
        try:
            connection = self._connection or self._open()
            return connection.execute(sql, parameters).fetchone()
        except (sqlite3.Error, OverflowError) as error:
            # What else is wrong, the thread will see and say.
            if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                self._long.put(sql, True)
            return LONG

    def close(self) -> None:
        """Closes the connection; the next read opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        self._connection = connection = self._connect()
        connection.execute("PRAGMA busy_timeout = 0")
        connection.set_progress_handler(self._count, _MAX_STEPS)
        return connection

    def _count(self) -> bool:
        # SQLite counts the steps of a statement over all its runs, so the first call may come at any time.
        self._calls += 1
        return self._calls > 1
