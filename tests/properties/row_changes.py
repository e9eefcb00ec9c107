"""In which rows do two states differ, and how is one made of the other past Portico: rows before and after, and their SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.properties.description import Row, State, World
from tests.properties.stores import sql_literal
from tests.properties.twins import changed_state, is_sound
from tests.properties.worlds import Canaries

_TRIES = 5
_REKEYED, _PAIRED = 0.06, 0.06


@dataclass(frozen=True)
class Change:
    """A row of a table, before and after."""

    table: str
    old: Row | None
    new: Row | None


def changes_between(world: World, before: State, after: State) -> Iterator[Change]:
    """The rows in which two states differ."""
    for table in world.tables:
        old, new = before.rows[table.name], after.rows[table.name]
        for id_ in sorted({*old, *new}):
            if old.get(id_) != new.get(id_):
                yield Change(table.plural, old.get(id_), new.get(id_))
    for link in world.pairs:
        one, other = before.pairs[link.pair], after.pairs[link.pair]
        for left, right in sorted(one ^ other):
            row = {"left": left, "right": right}
            yield Change(link.pair, row, None) if (left, right) in one else Change(link.pair, None, row)


def statements_of(world: World, before: State, after: State) -> Iterator[str]:
    """SQL that makes one state of another; a row whose key is another is updated and not made anew."""
    changes = list(changes_between(world, before, after))
    match changes:
        case [Change(table, old, None), Change(other, None, new)] if table == other and old and new and "id" in old:
            first, second = changes
            yield f"UPDATE {table} SET {_settings(second.new or {})} WHERE {_conditions(first.old or {})}"
        case [Change(table, None, new), Change(other, old, None)] if table == other and old and new and "id" in old:
            yield f"UPDATE {table} SET {_settings(new)} WHERE {_conditions(old)}"
        case _:
            yield from map(_statement, changes)


def _statement(change: Change) -> str:
    if change.old is None:
        assert change.new is not None
        names = ", ".join(f'"{name}"' for name in change.new)
        return f"INSERT INTO {change.table} ({names}) VALUES ({', '.join(map(sql_literal, change.new.values()))})"
    if change.new is None:
        return f"DELETE FROM {change.table} WHERE {_conditions(change.old)}"
    return f"UPDATE {change.table} SET {_settings(change.new)} WHERE {_conditions(change.old)}"


def _settings(row: Row) -> str:
    return ", ".join(f'"{name}" = {sql_literal(value)}' for name, value in row.items())


def _conditions(row: Row) -> str:
    """What finds a row: its id, or both sides of a pair."""
    key = {name: value for name, value in row.items() if name in ("id", "left", "right")}
    return " AND ".join(f'"{name}" = {sql_literal(value)}' for name, value in key.items())


def next_state(random: Random, world: World, state: State, canaries: Canaries) -> State | None:
    """A state that the database would have, one step from another; None where none was found."""
    for _ in range(_TRIES):
        roll = random.random()
        if roll < _REKEYED:
            other = _rekeyed(random, world, state)
        elif roll < _REKEYED + _PAIRED:
            other = _paired(random, world, state)
        else:
            other = changed_state(random, world, state, canaries)
        if other is not None and is_sound(world, other) and not other.same_as(state):
            return other
    return None


def _rekeyed(random: Random, world: World, state: State) -> State | None:
    """One row has another key."""
    table = random.choice(world.tables).name
    other = state.copy()
    rows = other.rows[table]
    if not rows:
        return None
    id_ = random.choice(sorted(rows))
    new = random.choice([each for each in range(30, 60) if each not in rows])
    rows[new] = {**rows.pop(id_), "id": new}
    return other


def _paired(random: Random, world: World, state: State) -> State | None:
    """One pair more."""
    pairs = list(world.pairs)
    if not pairs:
        return None
    link = random.choice(pairs)
    left, right = sorted(state.rows[link.source]), sorted(state.rows[link.target])
    if not (left and right):
        return None
    other = state.copy()
    other.pairs[link.pair] |= {(random.choice(left), random.choice(right))}
    return other
