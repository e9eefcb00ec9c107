"""What does one caller see: rows, cells, relations, filters and orders over them, by brute force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from tests.properties.description import Link, Principal, Row, State, Truth, Value, World
from tests.properties.grants import Access, Grant
from tests.properties.operations import (
    Aggregated,
    Comparison,
    Every,
    NullTest,
    Related,
    Some,
    Term,
    Where,
    Without,
)
from tests.properties.truth import all_of, any_of, compared, negated

Item = TypeVar("Item")
_ORDER_OPERATORS = {"_eq": "eq", "_neq": "ne", "_gt": "gt", "_lt": "lt", "_gte": "ge", "_lte": "le"}


class Eyes:
    """One caller before one state of the database, which must not change meanwhile."""

    def __init__(self, world: World, access: Access, principal: Principal, state: State) -> None:
        self.world = world
        self.access = access
        self.principal = principal
        self.state = state
        self._seen: dict[tuple[str, int], bool] = {}
        self._cells: dict[tuple[str, int, str], Value] = {}

    def read_grant(self, table: str) -> Grant:
        grant = self.access.grant(table, "read")
        assert grant is not None
        return grant

    # ---- rows and cells ------------------------------------------------------------------------------

    def sees(self, table: str, row: Row) -> bool:
        """Whether the read rules show a stored row."""
        key = (table, _id(row))
        if key not in self._seen:
            grant = self.access.grant(table, "read")
            self._seen[key] = grant is not None and grant.passes(row, self.state, self.principal)
        return self._seen[key]

    def visible(self, table: str) -> list[Row]:
        """The rows that the caller sees, by id."""
        rows = self.state.rows[table]
        return [rows[id_] for id_ in sorted(rows) if self.sees(table, rows[id_])]

    def cell(self, table: str, row: Row, column: str) -> Value:
        """A cell as it is shown: null where no rule shows it."""
        key = (table, _id(row), column)
        if key not in self._cells:
            shown = self.read_grant(table).shows(column, row, self.state, self.principal)
            self._cells[key] = row[column] if shown else None
        return self._cells[key]

    def key(self, table: str, row: Row) -> Value:
        """What a row is found by."""
        return self.cell(table, row, "id")

    def related(self, link: Link, row: Row) -> list[Row]:
        """The related rows that the caller sees, by id."""
        found = [each for each in self.state.related(link, row) if self.sees(link.target, each)]
        return sorted(found, key=_id)

    def shown_texts(self) -> set[str]:
        """Every text in a cell that the caller sees."""
        found: set[str] = set()
        for table in self.world.tables:
            grant = self.access.grant(table.name, "read")
            for row in self.visible(table.name):
                cells = [self.cell(table.name, row, column) for column in grant.columns] if grant else []
                found.update(cell for cell in cells if isinstance(cell, str))
        return found

    # ---- filters -------------------------------------------------------------------------------------

    def matches(self, where: Where | None, row: Row, group: Sequence[Row] = ()) -> Truth:
        """A client's filter on a visible row, or its condition on a group of visible rows."""
        match where:
            case None:
                return True
            case Comparison(table=table, column=column, operator=operator, value=value):
                return _compared(operator, self.cell(table, row, column), value)
            case NullTest(table=table, column=column, wanted=wanted):
                return (self.cell(table, row, column) is None) is wanted
            case Every(parts=parts):
                return all_of(self.matches(part, row, group) for part in parts)
            case Some(parts=parts):
                return any_of(self.matches(part, row, group) for part in parts)
            case Without(part=part):
                return negated(self.matches(part, row, group))
            case Related(link=link, where=inner):
                return any(self.matches(inner, each) is True for each in self.related(link, row))
            case Aggregated(table=table, link=link, function=function, columns=columns, distinct=distinct):
                candidates = group if link is None else self.related(link, row)
                rows = [each for each in candidates if self.matches(where.filter, each) is True]
                total = self.aggregate(table, function, columns, rows, distinct=distinct)
                return _compared(where.operator, total, where.value)

    def aggregate(
        self, table: str, function: str, columns: Sequence[str], rows: Sequence[Row], *, distinct: bool
    ) -> Value:
        """An aggregate function of shown cells."""
        cells = [tuple(self.cell(table, row, column) for column in columns) for row in rows]
        if function == "count":
            if len(columns) > 1 and distinct:
                return len(set(cells))
            whole = [each for each in cells if None not in each]
            return len(set(whole)) if distinct and columns else len(whole)
        values = [each[0] for each in cells if each[0] is not None]
        if not values:
            return None
        match function:
            case "sum":
                return sum(values)  # pyright: ignore[reportArgumentType, reportCallIssue]
            case "avg":
                return sum(values) / len(values)  # pyright: ignore[reportArgumentType, reportCallIssue]
            case "min" | "boolAnd":
                return min(values)  # pyright: ignore[reportArgumentType]
            case _:
                return max(values)  # pyright: ignore[reportArgumentType]

    # ---- order ---------------------------------------------------------------------------------------

    def ordered(self, rows: Sequence[Row], order: Sequence[Term], table: str) -> list[Row]:
        """Rows in order; those that tie stay as they were."""
        found = list(rows)
        for term in reversed(order):
            found = in_direction([(self._term_value(term, table, row), row) for row in found], term.direction)
        return found

    def _term_value(self, term: Term, table: str, row: Row) -> Value:
        at: Row | None = row
        for link in term.path:
            there = self.related(link, at)
            at, table = (there[0] if there else None), link.target
            if at is None:
                break
        if term.link is not None:
            # Of no row there is still a count.
            rows = self.related(term.link, at) if at is not None else []
            columns = () if term.column is None else (term.column,)
            return self.aggregate(term.link.target, term.function, columns, rows, distinct=False)
        if at is None:
            return None
        assert term.column is not None
        return self.cell(table, at, term.column)


def in_direction(items: Sequence[tuple[Value, Item]], direction: str) -> list[Item]:
    """Items by the values beside them; those that tie stay as they were."""
    descending = direction.startswith("DESC")
    nulls_first = direction.endswith("FIRST") or (descending and not direction.endswith("LAST"))
    known = [each for each in items if each[0] is not None]
    known.sort(key=lambda each: each[0], reverse=descending)  # pyright: ignore[reportArgumentType, reportCallIssue]
    nulls = [each for each in items if each[0] is None]
    return [item for _, item in ([*nulls, *known] if nulls_first else [*known, *nulls])]


def _id(row: Row) -> int:
    id_ = row["id"]
    assert isinstance(id_, int)
    return id_


def _compared(operator: str, left: Value, right: object) -> Truth:
    if operator in _ORDER_OPERATORS:
        return compared(_ORDER_OPERATORS[operator], left, right)
    if operator in ("_in", "_nin"):
        assert isinstance(right, tuple)
        found = any_of(compared("eq", left, each) for each in right)
        return negated(found) if operator == "_nin" else found
    if left is None:
        return None
    assert isinstance(left, str)
    flags = re.DOTALL | (re.IGNORECASE if "ilike" in operator else 0)
    found = re.fullmatch(_pattern(str(right)), left, flags) is not None
    return not found if operator.startswith("_n") else found


def _pattern(like: str) -> str:
    return "".join({"%": ".*", "_": "."}.get(character, re.escape(character)) for character in like)
