"""What is a cursor: the ordering values of a row as JSON, in hexadecimal, which both engines can write."""

from __future__ import annotations

import json
from typing import Any


class BadCursor(ValueError):
    """A text was never a cursor, or one of another list or order."""


MAX_CURSOR_CHARACTERS = 8_000


def decode_cursor(text: Any) -> list[Any]:
    """
    The ordering values of the row that a cursor points to; the first item is the mark of its ordering.

    Raises:
        BadCursor: the text was never a cursor.
    """
    if not isinstance(text, str) or len(text) > MAX_CURSOR_CHARACTERS:
        raise BadCursor("this is no cursor")
    try:
        # Fractions stay text: as a float a decimal would be another number, and pages repeat or leave out rows.
        items: Any = json.loads(bytes.fromhex(text), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise BadCursor("this is no cursor") from error
    if not isinstance(items, list) or not items or not all(map(_is_value, items)):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        raise BadCursor("this is no cursor")
    return items  # pyright: ignore[reportUnknownVariableType]


def _is_value(item: Any) -> bool:
    """Whether a column can hold it: an array column a list of plain values."""
    items: list[Any] = item if isinstance(item, list) else [item]
    return not any(isinstance(each, list | dict) for each in items)
