"""What do values say that are more to us than to GraphQL: page sizes, offsets, cursors and identifiers of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from portico.resolvers.plan.cursors import decode_cursor
from portico.resolvers.plan.identities import decode_identity
from portico.resolvers.plan.values import Shape
from portico.resolvers.problems import InvalidCursor, InvalidNodeId, InvalidValue, UnreadableValue
from portico.schema.catalog import Table
from portico.schema.postgres_checks import Unreadable
from portico.schema.problems import Problem

# Page sizes that clients use get plans of their own with the size as a literal, which Postgres can plan
# for; other sizes share the plan of the next larger one (benchmarks/page_sizes).
_SIZES = (0, 1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000)

Read: TypeAlias = Callable[[Any, list[Any], int], Shape]
"""(value, binds so far, depth) → shape; the value's binds are appended."""


class Bad(Exception):
    """A value that does not fit; the path is gathered on the way up."""

    def __init__(self, message: str, problem: type[Problem] = InvalidValue) -> None:
        self.message = message
        self.problem = problem
        self.path: list[str | int] = []

    @classmethod
    def of(cls, error: ValueError) -> Bad:
        """What a check says."""
        return cls(str(error), UnreadableValue if isinstance(error, Unreadable) else InvalidValue)

    def under(self, key: str | int) -> Bad:
        """The same, found under a key or index."""
        self.path.append(key)
        return self


def read_offset(value: Any, out: list[Any], depth: int) -> Shape:
    """How many rows are skipped."""
    if value is None:
        return None
    # Digits as text reach beyond the 32 bits of GraphQL's Int, as Hasura takes them.
    if isinstance(value, str) and value.isdecimal() and len(value) < 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise Bad("expected a whole number from 0 up")
    out.append(value)
    return "v"


def read_size(value: Any, out: list[Any], depth: int) -> Shape:
    """How many rows a page has."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise Bad("expected a whole number from 0 up")
    out.append(value)
    for bound in _SIZES:
        if value <= bound:
            return ("s", bound, value == bound)
    return ("s", None, False)


def read_cursor(value: Any, out: list[Any], depth: int) -> Shape:
    """Where in a list a page begins or ends."""
    if value is None:
        return None
    try:
        items = decode_cursor(value)
    except ValueError as error:
        raise Bad(str(error), InvalidCursor) from None
    out.append(items)
    return ("c", tuple(item is None for item in items))


def node_reader(nodes: Callable[[str], Table | None]) -> Read:
    """How identifiers are read; `nodes` gives the table of a type's name, None where the role has none."""

    def read_node(value: Any, out: list[Any], depth: int) -> Shape:
        if value is None:
            return None
        try:
            type_name, key = decode_identity(value)
            table = nodes(type_name)
            # Of a table that the role does not have, nothing is known, as of one that does not exist.
            if table is not None:
                out += [column.scalar.check(each) for column, each in zip(table.key, key, strict=True)]
        except ValueError:
            raise Bad("this is no identifier of a row", InvalidNodeId) from None
        return ("n", table)

    return read_node
