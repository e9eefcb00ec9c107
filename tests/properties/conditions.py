"""Which conditions may a rule have: random ones over a table, its claims and its relations."""

from __future__ import annotations

from random import Random
from typing import Literal

from tests.properties.description import (
    AllOf,
    AnyOf,
    CallerId,
    Claim,
    Column,
    Compare,
    Condition,
    Constant,
    Exists,
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

_CLAIM_OF: dict[Kind, str] = {"int": "org", "text": "tier", "bool": "adult"}
_LIST_OF: dict[Kind, str] = {"int": "teams", "text": "labels"}
_CONSTANTS: dict[Kind, tuple[int | str | bool, ...]] = {
    "int": (0, 1, 2, 3, 4),
    "text": ("", "a", "b", "Ab"),
    "bool": (True, False),
}
_STYLES: tuple[Literal["plain", "alias", "query"], ...] = ("plain", "alias", "query")


def random_condition(random: Random, world: World, table: Table) -> Condition:
    """A condition on a row of `table`; small ones are likelier, because SQL for large ones is slow to make."""
    return _of_size(random, world, table, random.choice((1, 1, 1, 2, 2, 3, 4)), None)


def _of_size(random: Random, world: World, table: Table, size: int, own: Table | None) -> Condition:
    """
    A condition of `size` parts.

    Args:
        own: the table of the whole rule, where `table` is one related to it.
    """
    roll = random.random()
    links = list(world.links_of(table.name))
    if roll < 0.33 and links and (size > 1 or own is None):
        link = random.choice(links)
        inner = _of_size(random, world, world.table(link.target), max(size - 1, 1), own or table)
        return Exists(link, inner, random.choice(_STYLES))
    if roll < 0.43:
        return Negated(_of_size(random, world, table, size, own))
    if size > 1:
        some = random.randint(1, size - 1)
        parts = tuple(_of_size(random, world, table, each, own) for each in (some, size - some))
        return AllOf(parts) if random.random() < 0.4 else AnyOf(parts)
    if roll < 0.48:
        return RoleIs(random.choice(("user", "clerk", "boss")))
    return _about_column(random, table, own)


def _about_column(random: Random, table: Table, own: Table | None) -> Condition:
    column = random.choice(table.columns[1:])
    roll = random.random()
    if roll < 0.15 and column.nullable:
        return IsNull(column.name, negated=random.random() < 0.5)
    if roll < 0.25 and column.kind in _LIST_OF:
        return InClaim(column.name, column.kind, _LIST_OF[column.kind])
    operators: tuple[Literal["eq", "ne", "lt", "gt"], ...] = ("eq", "eq", "eq", "ne", "lt", "gt")
    operator = random.choice(operators if column.kind != "bool" else operators[:4])
    return Compare(column.name, column.kind, operator, _operand(random, column, own))


def _operand(random: Random, column: Column, own: Table | None) -> Operand:
    roll = random.random()
    if roll < 0.35:
        return Claim(_CLAIM_OF[column.kind], typed=random.random() < 0.5)
    if roll < 0.55 and column.kind == "int":
        return CallerId()
    if roll < 0.65 and own is not None:
        same = [each.name for each in own.columns if each.kind == column.kind]
        if same:
            return OwnColumn(random.choice(same))
    return Constant(random.choice(_CONSTANTS[column.kind]))
