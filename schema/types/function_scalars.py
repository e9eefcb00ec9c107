"""How do scalars become Python's values for functions, and values JSON: a row for each type that both know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from portico.schema.scalars import BYTEA, DATE, INTERVAL, JSONB, NUMERIC, TIME, TIMESTAMPTZ, UUID_, Scalar


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\x"))


def _same(value: Any) -> Any:
    return value


def _moment_text(value: datetime | str) -> str:
    if isinstance(value, str):
        return value  # JSON of a function that lives elsewhere
    return (value if value.tzinfo is not None else value.replace(tzinfo=UTC)).isoformat()


def _iso(value: Any) -> str:
    return value if isinstance(value, str) else value.isoformat()


# JSON, checked as that of a column is → Python.
READERS: Mapping[Scalar, Callable[[Any], Any]] = {
    UUID_: lambda text: UUID(str(text)),
    TIMESTAMPTZ: _moment,
    DATE: date.fromisoformat,
    TIME: time.fromisoformat,
    NUMERIC: lambda digits: Decimal(str(digits)),
    INTERVAL: _same,
    BYTEA: _bytes,
    JSONB: _same,
}

# Python → JSON, as columns are answered; an exact number stays a Decimal, of which whoever writes it makes digits.
WRITERS: Mapping[Scalar, Callable[[Any], Any]] = {
    UUID_: str,
    TIMESTAMPTZ: _moment_text,
    DATE: _iso,
    TIME: _iso,
    NUMERIC: lambda value: value if isinstance(value, Decimal) else Decimal(str(value)),
    INTERVAL: str,
    BYTEA: lambda value: value if isinstance(value, str) else "\\x" + value.hex(),
    JSONB: _same,
}


def json_of(value: Any) -> Any:
    """A value of a row's key as JSON has it, by what it is."""
    match value:
        case datetime():
            return value.isoformat()
        case date() | time():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case bytes():
            return "\\x" + value.hex()
        case _:
            return getattr(value, "name", value)
