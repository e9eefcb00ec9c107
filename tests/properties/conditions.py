"""Which conditions may a rule have: random ones over a table, its claims and its relations."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.properties.description import (
    AllOf,
    AnyOf,
    BesideColumn,
    CallerId,
    Claim,
    Column,
    Compare,
    Condition,
    Constant,
    Exists,
    ExistsIn,
    InClaim,
    IsNull,
    Kind,
    Negated,
    Operand,
    OwnColumn,
    RoleIs,
    Table,
    World,
)

CLAIM_OF: dict[Kind, str] = {"int": "org", "text": "tier", "bool": "adult"}
"""The claim that columns of a kind are compared with."""
_LIST_OF: dict[Kind, str] = {"int": "teams", "text": "labels"}
_CONSTANTS: dict[Kind, tuple[int | str | bool, ...]] = {
    "int": (0, 1, 2, 3, 4),
    "text": ("", "a", "b", "Ab"),
    "bool": (True, False),
}
_STYLES: tuple[Literal["plain", "alias", "query"], ...] = ("plain", "alias", "query")


def random_condition(random: Random, world: World, table: Table) -> Condition:
    """A condition on a row of `table`; small ones are likelier, because SQL for large ones is slow to make."""
    return _of_size(random, world, table, random.choice((1, 1, 1, 2, 2, 3, 4)), _OUTSIDE)


@dataclass(frozen=True)
class _Around:
    """Where a condition stands: the table of the whole rule, and those that the class names mean by themselves."""

    own: Table | None = None
    named: frozenset[str] = frozenset()

    def inside(self, own: Table, target: str, style: str) -> _Around:
        return _Around(self.own or own, self.named | {target} if style == "plain" else self.named)


_OUTSIDE = _Around()


def _of_size(random: Random, world: World, table: Table, size: int, around: _Around) -> Condition:
    """A condition of `size` parts."""
    roll = random.random()
    links = list(world.links_of(table.name))
    if roll < 0.28 and links and (size > 1 or around.own is None):
        link, style = random.choice(links), random.choice(_STYLES)
        target, there = world.table(link.target), around.inside(table, link.target, style)
        return Exists(link, _of_size(random, world, target, max(size - 1, 1), there), style)
    if roll < 0.36 and (size > 1 or around.own is None):
        other = random.choice(world.tables)
        # Of a class that the condition around names, a sub-select would have to say which row it means.
        styles: list[Literal["plain", "alias"]] = ["alias"] if other.name in around.named else ["alias", "plain"]
        style = random.choice(styles)
        there = around.inside(table, other.name, style)
        return ExistsIn(other.name, _of_size(random, world, other, max(size - 1, 1), there), style)
    if roll < 0.46:
        return Negated(_of_size(random, world, table, size, around))
    if size > 1:
        some = random.randint(1, size - 1)
        parts = tuple(_of_size(random, world, table, each, around) for each in (some, size - some))
        return AllOf(parts) if random.random() < 0.4 else AnyOf(parts)
    if roll < 0.5:
        return RoleIs(random.choice(("user", "clerk", "boss")))
    return _about_column(random, table, around.own)


def _about_column(random: Random, table: Table, own: Table | None) -> Condition:
    column = random.choice(table.columns[1:])
    roll = random.random()
    if roll < 0.15 and column.nullable:
        return IsNull(column.name, negated=random.random() < 0.5)
    if roll < 0.25 and column.kind in _LIST_OF:
        return InClaim(column.name, column.kind, _LIST_OF[column.kind])
    operators: tuple[Literal["eq", "ne", "lt", "gt"], ...] = ("eq", "eq", "eq", "ne", "lt", "gt")
    operator = random.choice(operators if column.kind != "bool" else operators[:4])
    return Compare(column.name, column.kind, operator, _operand(random, table, column, own))


def _operand(random: Random, table: Table, column: Column, own: Table | None) -> Operand:
    roll = random.random()
    if own is not None and random.random() < 0.3 and (theirs := _alike(own, column)):
        return OwnColumn(random.choice(theirs))
    if random.random() < 0.15 and (others := [name for name in _alike(table, column) if name != column.name]):
        return BesideColumn(random.choice(others))
    if roll < 0.4:
        return Claim(CLAIM_OF[column.kind], typed=random.random() < 0.5)
    if roll < 0.6 and column.kind == "int":
        return CallerId()
    return Constant(random.choice(_CONSTANTS[column.kind]))


def _alike(table: Table, column: Column) -> list[str]:
    return [each.name for each in table.columns if each.kind == column.kind]
