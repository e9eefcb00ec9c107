"""What does the interpreter of writes ask of an engine: statements to run, without knowing how."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from portico.resolvers.problems import ConditionNotMet, OwnTableMissing, Refused
from portico.schema.catalog import RuleRef

Row: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Call:
    """
    One statement to run, once for each list of parameters.

    With several lists each run gives exactly one row, so that engines may pipeline them and the rows come
    back in order. With one list any number of rows may come. rules: those that could allow what the
    statement itself refuses.
    """

    sql: str
    parameters: Sequence[Sequence[Any]]
    rules: Sequence[RuleRef] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rows of a call, and how many rows it changed where it returns none."""

    rows: Sequence[Row]
    changed: int


Steps: TypeAlias = Generator[Call, Outcome, bytes]
"""A write as an engine drives it: it yields calls, is sent outcomes, and returns the answer."""


def refusal(rules: Sequence[RuleRef]) -> Refused:
    """What a writer is told: not which row or value, but the rules that could have allowed it."""
    named = "; ".join(f"{rule.name}: {rule.description}" if rule.description else rule.name for rule in rules[:5])
    return Refused(
        "check constraint of an insert/update permission has failed",
        hint=f"Rules that could allow it: {named}" if named else None,
    )


def condition_not_met() -> ConditionNotMet:
    """What a writer is told whose `_if` does not hold; it is about a row that they see."""
    return ConditionNotMet(
        "The row is not as the request expects it: it does not meet _if.",
        hint="Read the row again, and decide anew.",
    )


def own_table_missing() -> OwnTableMissing:
    """What is said where Portico's own tables were not made."""
    return OwnTableMissing("The database lacks a table of Portico's own.", hint="Run portico migrate.")
