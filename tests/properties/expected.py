"""Is an answer the expected one: values, lists whose order is open, and texts that only the server can know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Anything:
    """A value that may be whatever it is."""


class Cursor:
    """A text that is a cursor."""


ANYTHING, CURSOR = Anything(), Cursor()


@dataclass(frozen=True)
class InAnyOrder:
    """The items of a list in an order that nobody asked for; of them `size`, where they were cut without an order."""

    items: Sequence[Any]
    size: int


def difference(expected: Any, got: Any, path: str = "data") -> str | None:
    """The first place where an answer is not the expected one, in words; None where it is."""
    match expected:
        case Anything():
            return None
        case Cursor():
            return None if isinstance(got, str) and got else f"{path}: no cursor but {got!r}"
        case InAnyOrder(items=items, size=size):
            return _any_order(items, size, got, path)
        case Mapping():
            return _object(expected, got, path)
        case list():
            return _list(expected, got, path)  # pyright: ignore[reportUnknownArgumentType]
        case float():
            close = isinstance(got, int | float) and abs(got - expected) < 1e-9
            return None if close else f"{path}: expected {expected!r}, got {got!r}"
        case _:
            same = type(expected) is type(got) and expected == got
            return None if same else f"{path}: expected {expected!r}, got {got!r}"


def _object(expected: Mapping[str, Any], got: Any, path: str) -> str | None:
    if not isinstance(got, dict):
        return f"{path}: expected an object, got {got!r}"
    found: dict[str, Any] = got
    if list(expected) != list(found):
        return f"{path}: expected the keys {list(expected)}, got {list(found)}"
    for key, value in expected.items():
        if (first := difference(value, found[key], f"{path}.{key}")) is not None:
            return first
    return None


def _list(expected: Sequence[Any], got: Any, path: str) -> str | None:
    if not isinstance(got, list):
        return f"{path}: expected a list, got {got!r}"
    items: list[Any] = got
    if len(items) != len(expected):
        return f"{path}: expected {len(expected)} items {shown(expected)}, got {len(items)}: {shown(items)}"
    for index, (one, other) in enumerate(zip(expected, items, strict=True)):
        if (first := difference(one, other, f"{path}[{index}]")) is not None:
            return f"{first} (expected {shown(expected)}, got {shown(items)})"
    return None


def _any_order(expected: Sequence[Any], size: int, got: Any, path: str) -> str | None:
    if not isinstance(got, list):
        return f"{path}: expected a list, got {got!r}"
    items: list[Any] = got
    if len(items) != size:
        return f"{path}: expected {size} of {shown(expected)}, got {len(items)}: {shown(items)}"
    left = list(expected)
    for item in items:
        # The first that fits may be taken: items that differ only in what is open are the same row's.
        at = next((index for index, each in enumerate(left) if difference(each, item) is None), None)
        if at is None:
            return f"{path}: {shown(item)} is none of {shown(left)}"
        del left[at]
    return None


def shown(value: Any) -> str:
    """A value for a message, not longer than can be read."""
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    return text if len(text) <= 600 else text[:600] + " …"


def _plain(value: Any) -> Any:
    if isinstance(value, InAnyOrder):
        return list(value.items)
    return type(value).__name__
