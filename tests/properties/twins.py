"""What may change without a caller noticing: twin states that differ only in what the caller cannot see."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.properties.answers import is_total
from tests.properties.description import Row, State, Table, Value, World
from tests.properties.eyes import Eyes
from tests.properties.operations import Arguments, Item, Query, Rows
from tests.properties.worlds import Canaries, fits, random_cell


def view_of(eyes: Eyes) -> Any:
    """Everything that the caller can see: cells of visible rows, and which of these are related."""
    found: dict[str, Any] = {}
    for table in eyes.world.tables:
        grant = eyes.access.grant(table.name, "read")
        if grant is None:
            continue
        links = eyes.access.readable_links(table.name)
        found[table.name] = {
            row["id"]: (
                {column: eyes.cell(table.name, row, column) for column in grant.columns},
                {link.name: [each["id"] for each in eyes.related(link, row)] for link in links},
            )
            for row in eyes.visible(table.name)
        }
    return found


def twin_of(random: Random, eyes: Eyes, canaries: Canaries, tries: int = 25) -> State | None:
    """A state with the same view and other content; None where none was found."""
    view, state, changed = view_of(eyes), eyes.state, False
    for _ in range(tries):
        other = changed_state(random, eyes.world, state, canaries)
        if other is None or not is_sound(eyes.world, other):
            continue
        if view_of(Eyes(eyes.world, eyes.access, eyes.principal, other)) == view:
            state, changed = other, True
    return state if changed else None


def changed_state(random: Random, world: World, state: State, canaries: Canaries) -> State | None:
    """The state with one cell, row or pair changed, added or removed."""
    other = state.copy()
    table = random.choice(world.tables)
    rows = other.rows[table.name]
    roll = random.random()
    if roll < 0.6 and rows:
        id_ = random.choice(sorted(rows))
        column = random.choice(table.columns[1:])
        rows[id_] = {**rows[id_], column.name: random_cell(random, column, state, canaries)}
    elif roll < 0.75 and rows:
        del rows[random.choice(sorted(rows))]
    elif roll < 0.9:
        new = _new_row(random, table, other, canaries)
        rows[new["id"]] = new  # pyright: ignore[reportArgumentType]
    else:
        pairs = [link.pair for link in world.pairs if other.pairs[link.pair]]
        if not pairs:
            return None
        name = random.choice(pairs)
        other.pairs[name] -= {random.choice(sorted(other.pairs[name]))}
    return other


def _new_row(random: Random, table: Table, state: State, canaries: Canaries) -> Row:
    row: dict[str, Value] = {"id": random.choice([each for each in range(1, 30) if each not in state.rows[table.name]])}
    row.update({each.name: random_cell(random, each, state, canaries) for each in table.columns[1:]})
    return row


def is_sound(world: World, state: State) -> bool:
    """Whether the database would have it."""
    for table in world.tables:
        for row in state.rows[table.name].values():
            if not fits(row, table, state):
                return False
            for column in table.columns:
                if column.refers is not None and row[column.name] not in (None, *state.rows[column.refers]):
                    return False
    return all(
        left in state.rows[link.source] and right in state.rows[link.target]
        for link in world.pairs
        for left, right in state.pairs[link.pair]
    )


def is_determined(query: Query, eyes: Eyes) -> bool:
    """Whether the bytes of the answer follow from the view, because every list is in a total order."""
    return all(_rows_are_determined(root, eyes) for root in query.roots)


def _rows_are_determined(rows: Rows, eyes: Eyes) -> bool:
    ordered = rows.form in ("key", "node", "one", "page") or is_total(rows.table, rows.arguments.order, eyes)
    if rows.form == "aggregate" and not rows.nodes:
        ordered = ordered or not _is_cut(rows.table, rows.arguments, eyes)
    return ordered and all(_item_is_determined(item, eyes) for item in rows.items)


def _is_cut(table: str, arguments: Arguments, eyes: Eyes) -> bool:
    given = (arguments.limit, arguments.offset, eyes.read_grant(table).limit)
    return bool(arguments.distinct) or any(each is not None for each in given)


def _item_is_determined(item: Item, eyes: Eyes) -> bool:
    return not isinstance(item, Rows) or _rows_are_determined(item, eyes)
