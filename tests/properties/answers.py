"""What should a read answer: the rows that a caller sees, picked, cut and shown as the document asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.properties.description import Row, Value
from tests.properties.documents import identity, item_key
from tests.properties.expected import ANYTHING, CURSOR, InAnyOrder
from tests.properties.eyes import Eyes, in_direction
from tests.properties.operations import Arguments, ColumnItem, Groups, IdentityItem, Item, Part, Query, Rows, Term


@dataclass(frozen=True)
class Picked:
    """
    Rows that match; `size` of them are answered.

    in_order: whether the order is total, so that the rows are exactly those answered.
    """

    rows: Sequence[Row]
    size: int
    in_order: bool

    @property
    def is_exact(self) -> bool:
        return self.in_order or self.size == len(self.rows)


def expected_data(query: Query, eyes: Eyes) -> dict[str, Any]:
    """The `data` of a query's answer."""
    return {f"a{index}": expected_rows(root, eyes, None) for index, root in enumerate(query.roots)}


def expected_rows(rows: Rows, eyes: Eyes, outer: Row | None) -> Any:
    """The answer of one field."""
    match rows.form:
        case "list":
            picked = _picked(rows, eyes, outer)
            return _listed(picked, [expected_object(rows.table, rows.items, eyes, row) for row in picked.rows])
        case "node" if not eyes.access.identifies(rows.table):
            return None
        case "one" | "key" | "node":
            row = next(iter(_candidates(rows, eyes, outer)), None)
            return None if row is None else expected_object(rows.table, rows.items, eyes, row)
        case "aggregate":
            return _aggregate(rows, eyes, outer)
        case "page":
            return expected_page(rows, eyes, outer)


def expected_object(table: str, items: Sequence[Item], eyes: Eyes, row: Row) -> dict[str, Any]:
    """One row's object."""
    found: dict[str, Any] = {}
    for index, item in enumerate(items):
        key = item_key(item, index)
        if isinstance(item, ColumnItem):
            found[key] = eyes.cell(table, row, item.column)
        elif isinstance(item, IdentityItem):
            found[key] = identity(table, row["id"])
        else:
            found[key] = expected_rows(item, eyes, row)
    return found or {"__typename": table}


def _candidates(rows: Rows, eyes: Eyes, outer: Row | None) -> list[Row]:
    """The rows that there are to pick from, before arguments."""
    if rows.link is not None:
        assert outer is not None
        return eyes.related(rows.link, outer)
    found = eyes.visible(rows.table)
    if rows.form in ("key", "node"):
        return [row for row in found if eyes.key(rows.table, row) == rows.id]
    return found


def _picked(rows: Rows, eyes: Eyes, outer: Row | None, *, capped: bool = True) -> Picked:
    arguments = rows.arguments
    found = [row for row in _candidates(rows, eyes, outer) if eyes.matches(arguments.where, row) is True]
    found = eyes.ordered(found, _whole_order(rows.table, arguments), rows.table)
    if arguments.distinct:
        found = _first_of_each(rows.table, arguments.distinct, found, eyes)
    start = arguments.offset or 0
    cap = eyes.read_grant(rows.table).limit if capped else None
    sizes = [size for size in (arguments.limit, cap) if size is not None]
    in_order = is_total(rows.table, arguments.order, eyes)
    size = min([max(len(found) - start, 0), *sizes])
    return Picked(found[start : start + size] if in_order else found, size, in_order)


def is_total(table: str, order: Sequence[Term], eyes: Eyes) -> bool:
    """Whether an order leaves no two rows of a table equal."""
    own = [term for term in order if not term.path and term.link is None]
    return eyes.access.is_total(table) and any(term.column == "id" for term in own)


def _whole_order(table: str, arguments: Arguments) -> list[Term]:
    """The order with the distinct columns that it lacks."""
    named = [term.column for term in arguments.order[: len(arguments.distinct)]]
    missing = [Term((), table, column, "ASC") for column in arguments.distinct if column not in named]
    at = len(named)
    return [*arguments.order[:at], *missing, *arguments.order[at:]]


def _first_of_each(table: str, columns: Sequence[str], rows: Sequence[Row], eyes: Eyes) -> list[Row]:
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        found.setdefault(tuple(eyes.cell(table, row, column) for column in columns), row)
    return list(found.values())


def _listed(picked: Picked, items: list[Any]) -> Any:
    return items if picked.in_order else InAnyOrder(items, picked.size)


# ---- aggregates --------------------------------------------------------------------------------------


def _aggregate(rows: Rows, eyes: Eyes, outer: Row | None) -> dict[str, Any]:
    # A role's limit is on rows that are shown: it holds for the nodes alone.
    picked = _picked(rows, eyes, outer, capped=False)
    found: dict[str, Any] = {}
    if rows.parts:
        found["aggregate"] = {f"p{index}": _part(rows, part, picked, eyes) for index, part in enumerate(rows.parts)}
    for index, groups in enumerate(rows.groups):
        found[f"g{index}"] = expected_groups(rows.table, groups, picked.rows, eyes) if picked.is_exact else ANYTHING
    if rows.nodes:
        shown = _picked(rows, eyes, outer)
        found["nodes"] = _listed(shown, [expected_object(rows.table, rows.items, eyes, row) for row in shown.rows])
    return found or {"__typename": f"{rows.table}Aggregate"}


def _part(rows: Rows, part: Part, picked: Picked, eyes: Eyes) -> Any:
    if not picked.is_exact:
        return picked.size if part.function == "count" and not part.columns else ANYTHING
    return _aggregated(rows.table, part, picked.rows, eyes)


def _aggregated(table: str, part: Part, rows: Sequence[Row], eyes: Eyes) -> Any:
    if part.function == "count":
        return eyes.aggregate(table, "count", part.columns, rows, distinct=part.distinct)
    return {column: eyes.aggregate(table, part.function, (column,), rows, distinct=False) for column in part.columns}


# ---- groups ------------------------------------------------------------------------------------------

Group: TypeAlias = tuple[tuple[Value, ...], list[Row]]
"""The shown cells that rows have in common, and the rows."""


def expected_groups(table: str, groups: Groups, rows: Sequence[Row], eyes: Eyes) -> list[Any]:
    """The groups of rows, in the order of `groups` and then of their keys."""
    together: dict[tuple[Value, ...], list[Row]] = {}
    for row in rows:
        together.setdefault(tuple(eyes.cell(table, row, column) for column in groups.by), []).append(row)
    found: list[Group] = [each for each in together.items() if eyes.matches(groups.having, {}, each[1]) is True]
    for place in reversed(range(len(groups.by))):
        found = in_direction([(each[0][place], each) for each in found], "ASC")
    for term in reversed(groups.order):
        found = in_direction([(_group_value(table, groups, term, each, eyes), each) for each in found], term.direction)
    start = groups.offset or 0
    end = None if groups.limit is None else start + groups.limit
    return [_group(table, groups, each, eyes) for each in found[start:end]]


def _group_value(table: str, groups: Groups, term: Term, group: Group, eyes: Eyes) -> Value:
    if not term.function:
        assert term.column is not None
        return group[0][groups.by.index(term.column)]
    columns = () if term.column is None else (term.column,)
    return eyes.aggregate(table, term.function, columns, group[1], distinct=False)


def _group(table: str, groups: Groups, group: Group, eyes: Eyes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if groups.shown:
        found["keys"] = dict(zip(groups.by, group[0], strict=True))
    if groups.parts:
        found["aggregate"] = {
            f"p{index}": _aggregated(table, part, group[1], eyes) for index, part in enumerate(groups.parts)
        }
    return found or {"__typename": f"{table}AggregateGroup"}


# ---- pages -------------------------------------------------------------------------------------------


def expected_page(rows: Rows, eyes: Eyes, outer: Row | None, start: int = 0) -> dict[str, Any]:
    """A page; `start` rows lie on pages before it (after it, where the walk goes backward)."""
    window = rows.window
    order = (*rows.arguments.order, Term((), rows.table, "id", "ASC"))
    found = [row for row in _candidates(rows, eyes, outer) if eyes.matches(rows.arguments.where, row) is True]
    found = eyes.ordered(found, order, rows.table)
    cap = eyes.read_grant(rows.table).limit
    size = min([len(found), *(each for each in (window.size, cap) if each is not None)])
    left = found[: len(found) - start] if window.backward else found[start:]
    shown = left[max(len(left) - size, 0) :] if window.backward else left[:size]
    more, moved = len(left) > size, start > 0
    edges = [{"cursor": CURSOR, "node": expected_object(rows.table, rows.items, eyes, row)} for row in shown]
    info = {
        "hasNextPage": moved if window.backward else more,
        "hasPreviousPage": more if window.backward else moved,
        "startCursor": CURSOR if edges else None,
        "endCursor": CURSOR if edges else None,
    }
    page: dict[str, Any] = {"edges": edges, "pageInfo": info}
    return {**page, "totalCount": len(found)} if window.total else page
