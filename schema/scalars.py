"""Which GraphQL scalar is a SQL type: one row per type with its names, JSON encoding, checks and operators."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, Literal

from sqlalchemy import types as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import Dialect

from portico.schema.files import SignedUrl
from portico.schema.names import Names
from portico.schema.postgres_checks import geojson, label_path, raster_text
from portico.schema.scalar_checks import (
    check_bytes,
    check_digits,
    check_flag,
    check_json,
    check_moment,
    check_number,
    check_plain,
    check_text,
    check_uuid,
    check_whole,
)

DialectName = Literal["sqlite", "postgres"]

_POSTGRES = pg.dialect()
_SQLITE = sqlite.dialect()


class Family(Enum):
    """What kind of operators a type has; the operators of each family are in `operators.py`."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    UUID = "uuid"
    JSON = "json"
    JSONB = "jsonb"
    BYTES = "bytes"
    ENUM = "enum"
    GEOMETRY = "geometry"
    GEOGRAPHY = "geography"
    RASTER = "raster"
    LTREE = "ltree"
    SORTED = "sorted"  # passes through as text, and the database can order it
    UNORDERED = "unordered"  # passes through as text, which is all that can be compared of it
    SIGNED = "signed"  # an address, which is made of what is stored as the answer leaves
    OTHER = "other"


_WITHOUT_EXTREMES = frozenset({
    Family.JSON, Family.JSONB, Family.BOOLEAN, Family.GEOMETRY, Family.GEOGRAPHY, Family.RASTER, Family.LTREE,
    Family.SORTED, Family.UNORDERED, Family.SIGNED, Family.OTHER,
})  # fmt: skip
_UNSORTED = frozenset({
    Family.JSON, Family.GEOMETRY, Family.GEOGRAPHY, Family.RASTER, Family.UNORDERED, Family.SIGNED, Family.OTHER,
})  # fmt: skip


@dataclass(frozen=True)
class Scalar:
    """
    One SQL type as GraphQL sees it.

    name: Postgres' own name of the type, which is the GraphQL name in Hasura's conventions.
    plain: the GraphQL name in the plain convention.
    check: a JSON value → the value to bind, still as JSON has it; raises ValueError with a sentence in the
        client's words. Binding per engine is `resolvers/sql/binding.py`.
    labels: of an enum, GraphQL name → stored text; label_descriptions by GraphQL name.
    item: of an array, the scalar of its items; the other fields then are those of the item.
    """

    name: str
    plain: str
    family: Family
    check: Callable[[Any], Any]
    description: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    label_descriptions: tuple[tuple[str, str], ...] = ()
    item: Scalar | None = None

    @property
    def is_array(self) -> bool:
        """Whether values are lists."""
        return self.item is not None

    @property
    def is_numeric(self) -> bool:
        """Whether sums and averages exist."""
        return self.family is Family.NUMBER and self.item is None

    @property
    def is_ordered(self) -> bool:
        """Whether minimum and maximum exist."""
        return self.item is None and self.family not in _WITHOUT_EXTREMES

    @property
    def is_sortable(self) -> bool:
        """Whether rows can be ordered by it."""
        return self.family not in _UNSORTED or self.name == "Text"

    @property
    def is_spatial(self) -> bool:
        """Whether values are GeoJSON."""
        return self.family in (Family.GEOMETRY, Family.GEOGRAPHY)


INT = Scalar("Int", "Int", Family.NUMBER, check_whole("Int"))
SMALLINT = Scalar("smallint", "Int", Family.NUMBER, check_whole("smallint"))
BIGINT = Scalar(
    "bigint",
    "BigInt",
    Family.NUMBER,
    check_whole("bigint"),
    "A whole number of up to 64 bits; digits as text are taken too.",
)
FLOAT4 = Scalar("Float", "Float", Family.NUMBER, check_number)
FLOAT8 = Scalar("float8", "Float", Family.NUMBER, check_number)
NUMERIC = Scalar(
    "numeric", "Decimal", Family.NUMBER, check_digits, "An exact decimal number; digits as text are taken too."
)
MONEY = Scalar("money", "Money", Family.NUMBER, check_plain, "An amount of money as the database writes it.")
STRING = Scalar("String", "String", Family.TEXT, check_text)
BPCHAR = Scalar("bpchar", "Char", Family.TEXT, check_text, "Text of a fixed length.")
CITEXT = Scalar("citext", "CaselessText", Family.TEXT, check_text, "Text compared without regard to case.")
BOOLEAN = Scalar("Boolean", "Boolean", Family.BOOLEAN, check_flag)
UUID_ = Scalar("uuid", "UUID", Family.UUID, check_uuid, "A UUID, as in RFC 9562.")
DATE = Scalar(
    "date",
    "Date",
    Family.MOMENT,
    check_moment(date.fromisoformat, "a date such as 2026-01-31"),
    "A date, as in ISO 8601.",
)
TIMESTAMP = Scalar(
    "timestamp",
    "LocalDateTime",
    Family.MOMENT,
    check_moment(datetime.fromisoformat, "a date and time such as 2026-01-31T12:00:00"),
    "A date and time without a zone, as in ISO 8601.",
)
TIMESTAMPTZ = Scalar(
    "timestamptz",
    "DateTime",
    Family.MOMENT,
    check_moment(datetime.fromisoformat, "a date and time such as 2026-01-31T12:00:00Z"),
    "A moment in time, as in ISO 8601; without a zone it is UTC.",
)
TIME = Scalar(
    "time",
    "Time",
    Family.MOMENT,
    check_moment(time.fromisoformat, "a time such as 12:00:00"),
    "A time of day, as in ISO 8601.",
)
TIMETZ = Scalar(
    "timetz",
    "TimeWithZone",
    Family.MOMENT,
    check_moment(time.fromisoformat, "a time such as 12:00:00+01:00"),
    "A time of day with a zone.",
)
INTERVAL = Scalar(
    "interval", "Interval", Family.MOMENT, check_text, "A length of time as Postgres writes it, such as 1 day 02:00:00."
)
JSON = Scalar("json", "JSONText", Family.JSON, check_json, "Any JSON value, kept as it was written.")
JSONB = Scalar("jsonb", "JSON", Family.JSONB, check_json, "Any JSON value.")
BYTEA = Scalar("bytea", "Bytes", Family.BYTES, check_bytes, r"Bytes in hexadecimal, such as \x48656c6c6f.")
GEOMETRY = Scalar(
    "geometry",
    "Geometry",
    Family.GEOMETRY,
    geojson,
    "A shape on a plane, as GeoJSON; `crs` names its reference system.",
)
GEOGRAPHY = Scalar("geography", "Geography", Family.GEOGRAPHY, geojson, "A shape on the globe, as GeoJSON.")
RASTER = Scalar(
    "raster", "Raster", Family.RASTER, lambda value: raster_text(check_text(value)), "A raster in hexadecimal."
)
LTREE = Scalar(
    "ltree",
    "Ltree",
    Family.LTREE,
    lambda value: label_path(check_text(value)),
    "A path of labels, such as Top.Science.",
)
LQUERY = Scalar("lquery", "Lquery", Family.OTHER, check_text, "A pattern of paths of labels, such as *.Science.*{1,2}.")
LTXTQUERY = Scalar(
    "ltxtquery", "Ltxtquery", Family.OTHER, check_text, "Words that a path of labels has, such as Sci* & !Art."
)
URL = Scalar("url", "URL", Family.SIGNED, check_text, "An address that is good for a while, for whoever asked for it.")
CURSOR = Scalar("cursor", "Cursor", Family.TEXT, check_text, "A position in a list, as `cursor` gave it.")


def scalar_of(type_: sa.TypeEngine[Any], dialect: DialectName) -> Scalar:
    """
    The row of the table for a column's type on one engine.

    Types that Portico does not know pass through as text under the database's own name.
    """
    class_ = type(type_)
    if class_ in _SAID_BY_CLASS and not type_._variant_mapping:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return _scalar_of_class(class_, dialect)
    return _scalar_of(type_, dialect)


@cache
def _scalar_of_class(class_: type[sa.TypeEngine[Any]], dialect: DialectName) -> Scalar:
    """Once for thousands of columns; looking each up is a twelfth of the start of 250 models (benchmarks/large_start)."""
    return _scalar_of(class_(), dialect)


def _scalar_of(type_: sa.TypeEngine[Any], dialect: DialectName) -> Scalar:
    engine = _POSTGRES if dialect == "postgres" else _SQLITE
    face = _face(type_, engine)
    if isinstance(face, sa.ARRAY):
        return _array(scalar_of(face.item_type, dialect))
    if isinstance(face, sa.Enum) and face.enums:
        return _enum(face)
    if dialect == "sqlite" and isinstance(face, sa.JSON):
        # A list on SQLite is JSON; what Postgres would make of the same type tells a list from a document.
        other = _face(type_, _POSTGRES)
        return _array(scalar_of(other.item_type, dialect)) if isinstance(other, sa.ARRAY) else JSONB
    # As declared, too: a driver's dialect makes plain String and Float of CHAR and REAL.
    declared: Any = type_._variant_mapping.get(engine.name, type_)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    for class_, scalar in _BY_CLASS:
        if isinstance(face, class_) or isinstance(declared, class_):
            return scalar
    if isinstance(face, sa.DateTime):
        return TIMESTAMPTZ if face.timezone else TIMESTAMP
    if isinstance(face, sa.Time):
        return TIMETZ if face.timezone else TIME
    return _unknown(face, engine)


def _face(type_: sa.TypeEngine[Any], engine: Dialect) -> Any:
    """The type as one engine sees it: variants and decorators resolved."""
    face: Any = type_
    for _ in range(5):
        face = face.dialect_impl(engine)
        if not isinstance(face, sa.TypeDecorator):
            return face
        face = face.load_dialect_impl(engine)  # pyright: ignore[reportUnknownVariableType]
    return face


# Classes of which each instance is the same scalar, whatever its length or precision.
_SAID_BY_CLASS = frozenset[Any](
    {
        sa.SmallInteger,
        sa.BigInteger,
        sa.Integer,
        sa.Boolean,
        sa.Numeric,
        sa.Date,
        sa.String,
        sa.Text,
        sa.Uuid,
    }
)

# Order matters: a subclass stands before its base.
_BY_CLASS: tuple[tuple[type[Any] | tuple[type[Any], ...], Scalar], ...] = (
    (sa.Uuid, UUID_),
    (sa.SmallInteger, SMALLINT),
    (sa.BigInteger, BIGINT),
    (sa.Integer, INT),
    (sa.Boolean, BOOLEAN),
    (sa.Double, FLOAT8),
    (sa.REAL, FLOAT4),
    (sa.Float, FLOAT8),
    (sa.Numeric, NUMERIC),
    (sa.Date, DATE),
    (pg.INTERVAL, INTERVAL),
    (sa.Interval, INTERVAL),
    (pg.JSONB, JSONB),
    (pg.HSTORE, replace(JSON, name="hstore", plain="HStore", family=Family.OTHER)),
    (sa.JSON, JSON),
    (pg.MONEY, MONEY),
    (pg.CITEXT, CITEXT),
    (SignedUrl, URL),
    (sa.CHAR, BPCHAR),
    (sa.LargeBinary, BYTEA),
    (sa.BINARY, BYTEA),
    (sa.VARBINARY, BYTEA),
    (sa.String, STRING),
)


def _array(item: Scalar) -> Scalar:
    def check(value: Any) -> list[Any]:
        # GraphQL, "List", input coercion: a single value stands for a list of one.
        items: list[Any] = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
        return [None if each is None else item.check(each) for each in items]

    return Scalar(
        item.name, item.plain, item.family, check, item.description, item.labels, item.label_descriptions, item
    )


def _enum(face: sa.Enum) -> Scalar:
    labels = tuple((label, label) for label in face.enums)
    plain = face.enum_class.__name__ if face.enum_class is not None else (face.name or "Text")
    if not all(re.fullmatch(r"[_A-Za-z]\w*", label) for label in face.enums) or plain == "Text":
        return STRING
    known = frozenset(face.enums)

    def check(value: Any) -> str:
        if value not in known:
            raise ValueError(f"expected one of {', '.join(face.enums[:20])}")
        return str(value)

    return Scalar(face.name or plain, plain[:1].upper() + plain[1:], Family.ENUM, check, labels=labels)


def enum_scalar(type_name: str, names: Names, values: Mapping[str, str | None]) -> Scalar:
    """The enum whose values are the rows of a table: stored text → description."""
    cased = {names.enum_value(value): value for value in values}
    if len(cased) < len(values):
        cased = {value: value for value in values}  # two differ in case alone

    def check(value: Any) -> str:
        if value not in cased:
            raise ValueError(f"expected one of {', '.join(list(cased)[:20])}")
        return cased[value]

    return Scalar(
        type_name,
        type_name,
        Family.ENUM,
        check,
        labels=tuple(cased.items()),
        label_descriptions=tuple((name, values[stored] or "") for name, stored in cased.items() if values[stored]),
    )


# By the name that a type has in CREATE TABLE, whichever package it comes from.
_BY_NAME = {each.name: each for each in (GEOMETRY, GEOGRAPHY, RASTER, LTREE, LQUERY, LTXTQUERY, CITEXT, MONEY)}
_SORTED = frozenset(
    {"inet", "cidr", "macaddr", "macaddr8", "bit", "bit_varying", "varbit", "tsvector", "tsquery", "oid", "pg_lsn"}
)
_RANGE = re.compile(r"(int4|int8|num|date|ts|tstz)(multi)?range")
_UNORDERED = frozenset({"xml", "point", "line", "lseg", "box", "path", "polygon", "circle"})


def _unknown(face: Any, engine: Dialect) -> Scalar:
    if isinstance(face, sa.NullType):
        name = "text"
    else:
        try:
            name = str(face.compile(dialect=engine))
        except Exception:
            name = type(face).__name__
    # The schema that a type is in is no part of its name.
    name = re.sub(r"\W+", "_", name.split("(")[0].rpartition(".")[2].strip().lower()).strip("_") or "text"
    if name == "text":
        return replace(STRING, check=check_plain, family=Family.OTHER, name="Text", plain="Text")
    family = Family.OTHER
    if engine is _POSTGRES:
        if name in _BY_NAME:
            return _BY_NAME[name]
        is_sorted = name in _SORTED or _RANGE.fullmatch(name) is not None
        family = Family.SORTED if is_sorted else Family.UNORDERED if name in _UNORDERED else family
    given: str | None = getattr(face, "graphql", None)
    plain = given or "".join(word.capitalize() for word in name.split("_"))
    return Scalar(given or name, plain, family, check_plain, f"The database's own type {name}.")
