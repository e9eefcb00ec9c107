"""What is a global identifier: a row's type and key as JSON in base64, which both engines can write."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from typing import Any

VERSION = 1
MAX_IDENTITY_CHARACTERS = 8_000


class BadIdentity(ValueError):
    """A text was never an identifier."""


def decode_identity(text: Any) -> tuple[str, list[Any]]:
    """
    (name of the type, values of the key columns) of `[version, type, key…]`.

    Raises:
        BadIdentity: the text was never an identifier.
    """
    if not isinstance(text, str) or len(text) > MAX_IDENTITY_CHARACTERS:
        raise BadIdentity
    try:
        # Fractions stay text, as in cursors.
        items: Any = json.loads(b64decode(text, validate=True), parse_float=str)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadIdentity from error
    if not isinstance(items, list) or len(items) < 3:  # pyright: ignore[reportUnknownArgumentType]
        raise BadIdentity
    version, type_name, *key = items  # pyright: ignore[reportUnknownVariableType]
    if version != VERSION or not isinstance(type_name, str):
        raise BadIdentity
    return type_name, key  # pyright: ignore[reportUnknownVariableType]


def before_key(type_name: str) -> str:
    """What stands before the first value of a key in an identifier's JSON."""
    return f'[{VERSION},"{type_name}"'
