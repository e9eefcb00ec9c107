"""How do the parameters of many members travel together: as JSON on SQLite, lists as texts of arrays on Postgres."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal
from math import isfinite, isinf
from typing import Any

import orjson

_FIRST, _LAST = -(2**63), 2**63 - 1


def frozen(parameters: Sequence[Any]) -> Hashable:
    """Parameters as one hashable value, in which 1, 1.0 and true are three values."""
    return tuple(_frozen(value) for value in parameters)


def _frozen(value: Any) -> Hashable:
    if isinstance(value, list | tuple):
        items: Sequence[Any] = value
        return frozen(items)
    return (type(value).__name__, value) if isinstance(value, bool | float) else value


# ---- SQLite ------------------------------------------------------------------------------------------


def is_exact_in_json(value: Any) -> bool:
    """
    Whether SQLite reads from JSON just what it would be sent as a parameter.

    Not of bytes, texts with NUL, which end there, wider integers, which become floats, and floats whose decimal
    text is not their very value: SQLite's reading of decimals may be wrong in the last bit, while quotients that a
    float can hold are exact however they are computed.
    """
    match value:
        case None | bool():
            return True
        case str():
            return "\0" not in value and _is_unicode(value)
        case int():
            return _FIRST <= value <= _LAST
        case float():
            return isinf(value) or (isfinite(value) and Decimal(repr(value)) == Decimal(value))
        case _:
            return False


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def json_rows(rows: Sequence[Sequence[Any]]) -> str:
    """Rows of values, of which each is exact in JSON."""
    return orjson.dumps([[_in_json(value) for value in row] for row in rows]).decode()


def _in_json(value: Any) -> Any:
    if isinstance(value, float) and isinf(value):
        return orjson.Fragment(b"9e999" if value > 0 else b"-9e999")
    return value


# ---- Postgres ----------------------------------------------------------------------------------------


def array_text(values: Any) -> str | None:
    """A list as Postgres reads arrays. Source: PostgreSQL, "Array Input and Output Syntax"."""
    if values is None:
        return None
    return "{" + ",".join(_array_item(value) for value in values) + "}"


def _array_item(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case list() | tuple():
            items: Sequence[Any] = value
            return array_text(items) or ""
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _:
            return str(value)
