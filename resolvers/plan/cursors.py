"""What is a cursor: the ordering values of a row as JSON, in hexadecimal, which both engines can write."""

from __future__ import annotations

import json
from typing import Any

MAX_CURSOR_CHARACTERS = 8_000


def decode_cursor(text: Any) -> list[Any]:
    """
    The ordering values of the row that a cursor points to; the first item is the mark of its ordering.

    Raises:
        ValueError: the text was never a cursor.
    """
    if not isinstance(text, str) or len(text) > MAX_CURSOR_CHARACTERS:
        raise ValueError("this is no cursor")
    try:
        items = json.loads(bytes.fromhex(text))
    except (ValueError, RecursionError) as error:
        raise ValueError("this is no cursor") from error
    if not isinstance(items, list) or not items or any(isinstance(item, list | dict) for item in items):  # pyright: ignore[reportUnknownVariableType]
        raise ValueError("this is no cursor")
    return items  # pyright: ignore[reportUnknownVariableType]
