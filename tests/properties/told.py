"""What should a subscriber be told: batches behind a cursor, and events of rows before and after, by brute force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portico.resolvers.run.changes import Change
from tests.properties.answers import expected_object
from tests.properties.description import Principal, Row, State, Table, Value, World
from tests.properties.expected import ANYTHING, InAnyOrder
from tests.properties.eyes import Eyes
from tests.properties.grants import Access
from tests.properties.subscriptions import Stream, Told, images_of

Cursor = tuple[Any, ...]

# ---- streams -----------------------------------------------------------------------------------------


def expected_batches(stream: Stream, eyes: Eyes, cursor: Cursor) -> tuple[list[list[Any]], Cursor]:
    """The batches that are behind a cursor, each with what is open in its order, and the cursor behind them."""
    places = [(place, row) for row in eyes.visible(stream.table) if (place := _place(stream, eyes, row)) is not None]
    places.sort(key=lambda each: each[0], reverse=stream.descending)
    limit = eyes.read_grant(stream.table).limit
    size = stream.size if limit is None else min(stream.size, limit)
    batches: list[list[Any]] = []
    while left := [each for each in places if _is_behind(stream, each[0], cursor)]:
        cursor = left[min(size, len(left)) - 1][0]
        batch = [each for each in left if not _is_behind(stream, each[0], cursor)]
        batches.append(_tied(batch, stream, eyes))
    return batches, cursor


def _place(stream: Stream, eyes: Eyes, row: Row) -> Cursor | None:
    """Where a row stands in a stream; None where it is not in it."""
    cells = tuple(eyes.cell(stream.table, row, column) for column, _ in stream.cursor)
    return None if None in cells or eyes.matches(stream.where, row) is not True else cells


def _is_behind(stream: Stream, place: Cursor, cursor: Cursor) -> bool:
    return place < cursor if stream.descending else place > cursor


def _tied(batch: Sequence[tuple[Cursor, Row]], stream: Stream, eyes: Eyes) -> list[Any]:
    """The rows of a batch, those that tie together: (how many, in any order)."""
    ties: dict[Cursor, list[Any]] = {}
    for place, row in batch:
        ties.setdefault(place, []).append(expected_object(stream.table, stream.items, eyes, row))
    return [InAnyOrder(items, len(items)) for items in ties.values()]


def split_by_ties(rows: Sequence[Any], ties: Sequence[InAnyOrder]) -> list[Any]:
    """The rows of an answer, as many together as tie; what is left over stands at the end."""
    found: list[Any] = []
    for each in ties:
        found.append(list(rows[: each.size]))
        rows = rows[each.size :]
    return [*found, *([list(rows)] if rows else [])]


# ---- changes -----------------------------------------------------------------------------------------


class ImageEyes(Eyes):
    """A caller before an image of a row, which is not what is stored, and all that is."""

    def __init__(self, world: World, access: Access, principal: Principal, state: State, image: Row) -> None:
        super().__init__(world, access, principal, state)
        self._image = image

    def cell(self, table: str, row: Row, column: str) -> Value:
        """See `Eyes`; of the image nothing is remembered, whose id others have too."""
        if row is not self._image:
            return super().cell(table, row, column)
        return row[column] if self.read_grant(table).shows(column, row, self.state, self.principal) else None

    def may_know(self, told: Told) -> bool:
        """Whether the rules, the client's filter and its key let the image be told of."""
        grant, row = self.read_grant(told.table), self._image
        return (
            grant.passes(row, self.state, self.principal)
            and grant.shows("id", row, self.state, self.principal)
            and self.matches(told.where, row) is True
        )


def expected_event(
    told: Told, world: World, access: Access, principal: Principal, state: State, change: Change
) -> dict[str, Any] | None:
    """The event that a change is to a caller; None where there is none."""
    table = next(each for each in world.tables if each.name == told.table)
    seen: dict[str, tuple[ImageEyes, Row]] = {}
    for name, image in (("old", change.old), ("new", change.new)):
        if image is None:
            continue
        row = row_of(image, table)
        eyes = ImageEyes(world, access, principal, state, row)
        if eyes.may_know(told):
            seen[name] = eyes, row
    if not seen:
        return None
    verb = "UPDATE" if len(seen) == 2 else "INSERT" if "new" in seen else "DELETE"
    _, row = seen.get("new") or seen["old"]
    event: dict[str, Any] = {"verb": verb, "key": {"id": row["id"]}}
    if verb == "DELETE" and change.verb != "delete":
        seen = {}
    for name, items in images_of(told):
        event[name] = expected_object(told.table, items, seen[name][0], seen[name][1]) if name in seen else None
    return {**event, "position": ANYTHING}


def row_of(image: Mapping[str, Any], table: Table) -> Row:
    """An image as a row of the world; SQLite writes flags as numbers."""
    bools = {column.name for column in table.columns if column.kind == "bool"}
    return {name: bool(value) if name in bools and value is not None else value for name, value in image.items()}


def after(world: World, state: State, changes: Sequence[Change]) -> State:
    """The state that changes make of another."""
    found = state.copy()
    tables = {table.plural: table for table in world.tables}
    for change in changes:
        if change.table in tables:
            rows = found.rows[tables[change.table].name]
            if change.old is not None:
                rows.pop(change.old["id"], None)
            if change.new is not None:
                rows[change.new["id"]] = row_of(change.new, tables[change.table])
        else:
            gone, come = ({(image["left"], image["right"])} if image else set() for image in (change.old, change.new))
            found.pairs[change.table] = found.pairs[change.table] - gone | come
    return found
