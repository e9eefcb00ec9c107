"""What does the interpreter of writes ask of an engine: statements to run, without knowing how."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Row: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Call:
    """
    One statement to run, once for each list of parameters.

    With several lists each run gives exactly one row, so that engines may pipeline them and the rows come
    back in order. With one list any number of rows may come.
    """

    sql: str
    parameters: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rows of a call, and how many rows it changed where it returns none."""

    rows: Sequence[Row]
    changed: int


Steps: TypeAlias = Generator[Call, Outcome, bytes]
"""A write as an engine drives it: it yields calls, is sent outcomes, and returns the answer."""
