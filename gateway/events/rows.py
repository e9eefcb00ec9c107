"""How does a row of the change log become an object: an instance of its model that no session knows yet."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import JSON, Float, LargeBinary
from sqlalchemy import inspect as sql_inspect
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapper, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import ARRAY, Enum, TypeEngine

from portico.schema.scalars import DialectName

Reader = Callable[[Any], Any]
_SQLITE: Any = sqlite.dialect()  # pyright: ignore[reportUnknownVariableType,reportUnknownMemberType]
_OF_TEXT: Mapping[type[Any], Reader] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
}


def row_of(model: type[Any], image: Mapping[str, Any], dialect: DialectName) -> Any:
    """
    A detached instance with the columns as the log has them; relations are loaded by whoever merges it into a session.

    Values of types that JSON cannot say and Python has no plain type for stay as the log has them.
    """
    mapper: Mapper[Any] = sql_inspect(model)
    instance = mapper.class_manager.new_instance()
    for name, attribute in mapper.column_attrs.items():
        column: Any = attribute.columns[0]
        if column.name in image:
            value = image[column.name]
            set_committed_value(instance, name, None if value is None else _reader(column.type, dialect)(value))
    make_transient_to_detached(instance)
    return instance


@lru_cache(maxsize=2_000)
def _reader(type_: TypeEngine[Any], dialect: DialectName) -> Reader:
    return _stored(type_) if dialect == "sqlite" else _said(type_)


def _stored(type_: TypeEngine[Any]) -> Reader:
    """SQLite's log has what is stored, which SQLAlchemy reads as it does in a session; of bytes the hexadecimal digits."""
    if isinstance(type_, LargeBinary):
        return bytes.fromhex
    if isinstance(type_, Float):
        return float
    read = type_.dialect_impl(_SQLITE).result_processor(_SQLITE, None)
    return read if read is not None else _same


def _said(type_: TypeEngine[Any]) -> Reader:
    """Postgres' log has what `row_to_json` says."""
    if isinstance(type_, ARRAY):
        inner = _said(type_.item_type)
        return lambda value: [None if each is None else inner(each) for each in value]
    if isinstance(type_, Enum):
        return _label(type_)
    if isinstance(type_, JSON):
        return _plain
    if isinstance(type_, LargeBinary):
        return lambda value: bytes.fromhex(value.removeprefix("\\x"))
    if isinstance(type_, Float):
        return float
    try:
        kind = type_.python_type
    except NotImplementedError:
        return _same
    return Decimal if kind is Decimal else _OF_TEXT.get(kind, _same)


def _label(type_: Enum) -> Reader:
    kind = type_.enum_class
    return _same if kind is None else lambda value: _member(kind, value)


def _member(kind: type[enum.Enum], value: str) -> Any:
    return kind.__members__.get(value, value)


def _plain(value: Any) -> Any:
    """A JSON value whose numbers are those of Python again."""
    return orjson.loads(orjson.dumps(value, default=float))


def _same(value: Any) -> Any:
    return value
