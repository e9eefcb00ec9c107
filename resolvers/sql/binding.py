"""How does a JSON value become what a driver stores: through Python's own type and the column type's processor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import types as sa
from sqlalchemy.engine.interfaces import Dialect

from portico.resolvers.sql.spans import span

Convert = Callable[[Any], Any]


def stored(type_: sa.TypeEngine[Any], engine: Dialect) -> Convert | None:
    """
    JSON value → the driver's value for a column of this type; None where they are the same.

    The conversion raises ValueError for a text that is not of the type.
    """
    face: Any = type_.dialect_impl(engine)
    read = python_value(face)
    write: Convert | None = face.bind_processor(engine)
    if read is None:
        return write
    return read if write is None else lambda value: write(read(value))


def constant(type_: sa.TypeEngine[Any], engine: Dialect) -> Convert | None:
    """Python value, as an author's rule has it → the driver's value."""
    face: Any = type_.dialect_impl(engine)
    return face.bind_processor(engine)


def python_value(face: Any) -> Convert | None:
    """JSON value → the Python value that a type's bind processor expects; None where they are the same."""
    if isinstance(face, sa.Interval):
        return span
    if isinstance(face, sa.TypeDecorator):
        return python_value(face.impl_instance)
    for class_, convert in _PYTHON:
        if isinstance(face, class_):
            return convert
    if isinstance(face, sa.DateTime):
        return _moment if face.timezone else _local_moment
    return None


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _moment(value: Any) -> datetime:
    # SQLite stores no zone: moments are UTC there.
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the moment lies outside the years 1 to 9999") from None


def _local_moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.replace(tzinfo=None)


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _time(value: Any) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else bytes.fromhex(value.removeprefix("\\x"))


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in ("true", "t", "1", "yes"):
        return True
    if word in ("false", "f", "0", "no"):
        return False
    raise ValueError("no boolean")


def _integer(value: Any) -> int:
    return int(value)


_PYTHON: tuple[tuple[type[Any], Convert], ...] = (
    (sa.Uuid, _uuid),
    (sa.Boolean, _boolean),
    (sa.Integer, _integer),
    (sa.Float, float),
    (sa.Numeric, lambda value: Decimal(str(value))),
    (sa.Date, _date),
    (sa.Time, _time),
    (sa.LargeBinary, _bytes),
)


def json_text(value: Any) -> str:
    """A JSON value as the text that a JSON column takes."""
    try:
        return orjson.dumps(value).decode()
    except TypeError as error:
        raise ValueError("the JSON has a number too large, or half of a surrogate pair") from error


def keys_text(keys: Any) -> str:
    """Keys as an engine gave them, each a row, as JSON text."""
    return json_text([[part.decode() if isinstance(part, bytes) else part for part in key] for key in keys])
