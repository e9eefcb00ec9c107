"""Which answers are right though the rules alone would give others: each with the words by which it is recognised."""

from __future__ import annotations

KNOWN: tuple[tuple[str, str], ...] = (
    # Rules within rules within relations: SQLite's parser takes about thirty levels.
    ("error", "nested too deeply for this SQLite"),
    # A constraint's or column's name, though the role has no such column.
    ("hidden names", "constraint-violation"),
    # Postgres writes first and asks the rules of what was written, so a row that no rule allows still tells
    # whether its unique values are taken and the rows that it refers to are there.
    ("unique before refused", ""),
    ("reference before refused", ""),
)
"""(what it is about, a part of the answer)."""


def accepts(what: str, answer: str) -> bool:
    """Whether a finding is one of the known ones."""
    return any(known == what and part in answer for known, part in KNOWN)
