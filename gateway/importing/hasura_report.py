"""What could not be carried over from a Hasura project: told when the import is done, permissions before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """
    Gathers what has no equal.

    refusals: permissions and what else would change who may do what; an import stops at these unless told not to.
    notes: parts that are left out and change nothing about who may do what. Both as (what, why).
    """

    refusals: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    notes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def refused(self, what: str, why: str) -> None:
        """Something that must not be lost silently."""
        self.refusals.append((what, why))

    def left_out(self, what: str, why: str) -> None:
        """Something that is not there afterwards."""
        self.notes.append((what, why))

    def text(self) -> str:
        """The report as lines."""
        lines = [f"not carried over: {what}: {why}" for what, why in self.refusals]
        return "\n".join([*lines, *(f"left out: {what}: {why}" for what, why in self.notes)])
