"""What did the client send, as plans see it: a shape that they depend on, and trees of binds."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from portico.schema.catalog import Table

Shape: TypeAlias = Hashable
"""
What a plan may depend on of a value: which members an input object has, which values are null, flags,
enum values and page sizes by magnitude; never the text or number that is bound.
"""


@dataclass(frozen=True, slots=True)
class Bind:
    """A value that is sent with the statement; `slot` is its place in the list of values."""

    slot: int


@dataclass(frozen=True, slots=True)
class Known:
    """A value that the plan was made for: a flag, an enum value, null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Size:
    """A page size: its bind, the bound of its class (None above the largest), and whether it is the bound."""

    slot: int
    bound: int | None
    exact: bool


@dataclass(frozen=True, slots=True)
class Position:
    """A decoded cursor: a bind that holds a list, which of its items are null, and the mark it must begin with."""

    slot: int
    nulls: tuple[bool, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """A decoded identifier: the table of the row, and a bind for each column of its key; no table where the role has none."""

    table: Table | None
    key: tuple[Bind, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """An input object; `left_out` are the variables that were to be members and were not sent."""

    members: Mapping[str, Tree]
    left_out: tuple[str, ...] = ()

    def get(self, name: str) -> Tree | None:
        """A member; None where it is absent or null."""
        tree = self.members.get(name)
        return None if tree == NULL else tree


@dataclass(frozen=True, slots=True)
class Items:
    """A list of input objects."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class LiteralRow:
    """A row written out: its variant, and the slots that its values are in, or the one that holds the row."""

    variant: int
    slots: tuple[int, ...] | int


@dataclass(frozen=True, slots=True)
class NewRows:
    """
    Rows to insert: one bind that holds (variant, values) pairs, and a tree for each variant of members.

    The slots inside a variant count from 0 into its own values. Rows written out in the document have
    `slot` None, and `picked` says of each where its values are.
    """

    slot: int | None
    variants: tuple[Members, ...]
    picked: tuple[LiteralRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """
    A value inside one of the lists that a write appends to the request's values for each row.

    Counted from the end, because the request's own values stand before them: `ROW` are the values of the row
    being written, `EXTRAS` those that the gateway adds to it, `KEY` the key of the row found or written.
    """

    place: int
    tree: Tree


ROW, EXTRAS, KEY = -3, -2, -1


@dataclass(frozen=True, slots=True)
class Gathered:
    """A list or JSON object written out in the document around binds; put together when it is bound."""

    items: tuple[Tree, ...]
    keys: tuple[str, ...] | None = None


Tree: TypeAlias = Bind | Known | Size | Position | Identity | Members | Items | NewRows | Part | Gathered
NULL = Known(None)


def grow(shape: Shape, slots: Iterator[int]) -> Tree:
    """The tree of a shape; slots are taken in the order in which `read` appended the binds."""
    if shape is None:
        return NULL
    if shape == "v":
        return Bind(next(slots))
    assert isinstance(shape, tuple)
    match shape[0]:
        case "=":
            return Known(shape[1])
        case "s":
            return Size(next(slots), shape[1], shape[2])
        case "c":
            return Position(next(slots), shape[1])
        case "n":
            table = shape[1]
            return Identity(table, tuple(Bind(next(slots)) for _ in table.key) if table is not None else ())
        case "o":
            return Members({name: grow(member, slots) for name, member in shape[1]})
        case "l":
            return Items(tuple(grow(item, slots) for item in shape[1]))
        case "r":
            variants = tuple(_grow_variant(variant) for variant in shape[1])
            return NewRows(next(slots), variants)
        case _:
            raise AssertionError(shape)


def _grow_variant(shape: Shape) -> Members:
    tree = grow(shape, count())
    assert isinstance(tree, Members)
    return tree
