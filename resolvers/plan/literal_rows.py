"""Which rows written out in a document are alike: those with the same members share statements, as rows of a variable do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from portico.resolvers.plan.values import Bind, Gathered, Items, LiteralRow, Members, NewRows, Tree


def literal_rows(rows: Iterable[Members | NewRows]) -> NewRows:
    """
    Rows of a document as a variable would have them: variants whose slots count from 0 into their own values.

    Args:
        rows: an object, or a variable that is one row among others.
    """
    variants: dict[str, Members] = {}
    places: dict[str, int] = {}
    picked: list[LiteralRow] = []
    for row in rows:
        if isinstance(row, NewRows) and row.slot is not None:
            (variant,) = row.variants
            slots: tuple[int, ...] | int = row.slot
        else:
            taken: list[int] = []
            (members,) = row.variants if isinstance(row, NewRows) else (row,)
            relative = _relative(members, taken)
            assert isinstance(relative, Members)
            variant, slots = relative, tuple(taken)
        key = repr(variant)
        variants.setdefault(key, variant)
        picked.append(LiteralRow(places.setdefault(key, len(places)), slots))
    return NewRows(None, tuple(variants.values()), picked=tuple(picked))


def _relative(tree: Tree, taken: list[int]) -> Tree:
    """The tree with slots into a list of its own, which is made by taking these."""
    match tree:
        case Bind(slot=slot):
            taken.append(slot)
            return Bind(len(taken) - 1)
        case Members(members=members):
            return replace(tree, members={name: _relative(member, taken) for name, member in members.items()})
        case Items(items=items) | Gathered(items=items):
            return replace(tree, items=tuple(_relative(item, taken) for item in items))
        case NewRows(slot=None, picked=picked):
            return replace(tree, picked=tuple(replace(each, slots=_moved(each.slots, taken)) for each in picked))
        case NewRows(slot=int(slot)):
            taken.append(slot)
            return replace(tree, slot=len(taken) - 1)
        case _:
            return tree


def _moved(slots: tuple[int, ...] | int, taken: list[int]) -> tuple[int, ...] | int:
    first = len(taken)
    if isinstance(slots, int):
        taken.append(slots)
        return first
    taken += slots
    return tuple(range(first, len(taken)))
