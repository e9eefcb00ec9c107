"""Which findings are known: each with the words by which it is recognised, so that a run can go on past it."""

from __future__ import annotations

RULES_THAT_COME_BACK_ARE_WRONG = True
"""
`row.room.has(Room.members.any(…))` on a member: SQLAlchemy takes the inner members for the row, and the rule
holds for rows of rooms that are not the caller's.
"""

NULL_FLOATS_ARE_ZERO_ON_SQLITE = True
"""A float that is null, such as the average of no rows, is answered as 0.0 on SQLite."""

TEXT_CLAIMS_OF_ANOTHER_TYPE_FAIL = True
"""A claim that is a list or a number where a rule wants a text is an error and not a claim that matches nothing."""

COUNTS_OF_SEVERAL_COLUMNS_DIFFER = True
"""`count(columns: [a, b])` counts rows in which one of them is null on SQLite, and does not on Postgres."""

EMPTY_PAGES_HAVE_A_START = True
"""A page of `first: 0` has no rows, and yet a startCursor."""

MASKED_KEYS_ARE_FOUND = True
"""A row whose id no rule shows is found by key all the same."""

UPSERT_NEEDS_NO_READ_RULE = True
"""A role that may read no row of a table changes existing rows by an upsert."""

CALLERS_ARE_NOT_CONVERTED_IN_CHECKS_ON_SQLITE = True
"""On SQLite a check compares `me.id` or a claim without a type of its own as the token has it, a text with a number."""

CONFLICT_FILTERS_TAKE_VALUES_OF_ROWS = True
"""With rows as a variable, `onConflict.where` compares with values of the row in place of its own."""

EMPTY_UPSERTS_FAIL_ON_SQLITE = True
"""An upsert of `{}` is a syntax error on SQLite."""

NUMBERS_IN_CLAIM_LISTS_FAIL_ON_POSTGRES = True
"""`row.team_id.in_(me.claims("teams", int))` compares a number with a text on Postgres, which is an error."""

MASKED_DISTINCT_FAILS_ON_POSTGRES = True
"""`distinctOn` over a column that only some rules show is an error on Postgres where these rules ask for the caller."""

DISTINCT_COUNTS_SHUFFLE_NODES = True
"""On Postgres `nodes` lose their order beside a distinct count."""

UPSERTS_TAKE_THE_KEY_FOR_GIVEN_COLUMNS = True
"""An upsert that updates the column which a nested row gives stores the row's own key in it."""

UPSERTS_OF_ABSENT_COLUMNS_FAIL = True
"""An upsert whose updateColumns are none of the row's is an error."""

KNOWN: tuple[tuple[str, str], ...] = (
    # Rules within rules within relations: SQLite's parser takes about thirty levels.
    ("error", "parser stack overflow"),
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
