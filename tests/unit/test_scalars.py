"""Scalars: which values each row of the table takes, how a driver gets them, and which type leads to which row."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import types as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects import sqlite

from portico.resolvers.sql.binding import stored
from portico.schema import scalars
from portico.schema.scalars import DialectName, Scalar, scalar_of

SQLITE = sqlite.dialect()
KEY = "0191e9a8-8d2b-7c55-b2a2-5d0c5a7f1d3e"
NOON = "2026-01-31T12:00:00"

# (column type, name in hasura's conventions, plain name, JSON value, what Python's type of it is)
ROWS: list[tuple[sa.TypeEngine[Any], str, str, Any, Any]] = [
    (sa.SmallInteger(), "smallint", "Int", 32_767, 32_767),
    (sa.Integer(), "Int", "Int", -(2**31), -(2**31)),
    (sa.BigInteger(), "bigint", "BigInt", "9223372036854775807", 2**63 - 1),
    (sa.REAL(), "Float", "Float", 1.5, 1.5),
    (sa.Double(), "float8", "Float", 3, 3.0),
    (sa.Numeric(10, 2), "numeric", "Decimal", "12.50", Decimal("12.50")),
    (sa.Boolean(), "Boolean", "Boolean", False, False),
    (sa.String(20), "String", "String", "naïve 🎈", "naïve 🎈"),
    (sa.CHAR(3), "bpchar", "Char", "abc", "abc"),
    (sa.Uuid(), "uuid", "UUID", KEY.upper(), UUID(KEY)),
    (sa.Date(), "date", "Date", "2026-01-31", date(2026, 1, 31)),
    (sa.DateTime(), "timestamp", "LocalDateTime", NOON, datetime(2026, 1, 31, 12)),
    (sa.DateTime(timezone=True), "timestamptz", "DateTime", NOON + "+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
    (sa.Time(), "time", "Time", "12:30:00.5", time(12, 30, 0, 500_000)),
    (sa.LargeBinary(), "bytea", "Bytes", r"\x00FF", b"\x00\xff"),
]


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_a_type_leads_to_its_row_on_both_engines(dialect: DialectName, row: Any) -> None:
    type_, name, plain, _, _ = row
    scalar = scalar_of(type_, dialect)
    assert (scalar.name, scalar.plain) == (name, plain)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_a_value_stored_on_sqlite_is_read_as_what_was_meant(row: Any) -> None:
    type_, _, _, value, meant = row
    checked = scalar_of(type_, "sqlite").check(value)
    convert = stored(type_, SQLITE)
    found = checked if convert is None else convert(checked)
    read = type_.dialect_impl(SQLITE).result_processor(SQLITE, None)
    found = found if read is None else read(found)
    assert (found.replace(tzinfo=UTC) if getattr(type_, "timezone", False) else found) == meant


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (pg.JSONB(), "jsonb"),
        (pg.JSON(), "json"),
        (pg.INTERVAL(), "interval"),
        (pg.CITEXT(), "citext"),
        (pg.MONEY(), "money"),
        (pg.INET(), "inet"),
        (pg.TSVECTOR(), "tsvector"),
        (pg.INT4RANGE(), "int4range"),
        (sa.Time(timezone=True), "timetz"),
        (sa.Text(), "String"),
        (sa.Interval(), "interval"),
    ],
    ids=str,
)
def test_types_that_only_postgres_has_are_called_as_there(type_: sa.TypeEngine[Any], name: str) -> None:
    assert scalar_of(type_, "postgres").name == name


def test_a_list_is_one_on_both_engines() -> None:
    type_ = sa.ARRAY(sa.Integer()).with_variant(sa.JSON(), "sqlite")
    for dialect in ("sqlite", "postgres"):
        scalar = scalar_of(type_, dialect)
        assert scalar.is_array
        assert scalar.check(1) == [1]
        assert scalar.check([1, None]) == [1, None]
        assert not scalar.is_ordered
        with pytest.raises(ValueError, match="whole number"):
            scalar.check(["a"])


def test_an_enum_takes_its_labels_only() -> None:
    scalar = scalar_of(sa.Enum("paper", "cloth", name="binding"), "sqlite")
    assert (scalar.name, scalar.plain) == ("binding", "Binding")
    assert scalar.check("cloth") == "cloth"
    with pytest.raises(ValueError, match="one of paper, cloth"):
        scalar.check("CLOTH")


REFUSED: list[tuple[Scalar, Any]] = [
    *((scalars.INT, each) for each in (2**31, -(2**31) - 1, 1.5, True, "x", "", "1.0", [], None, float("nan"))),
    *((scalars.SMALLINT, each) for each in (32_768, "32768")),
    *((scalars.BIGINT, each) for each in (2**63, "9" * 30, 1e30)),
    *((scalars.FLOAT8, each) for each in ("NaN", "inf", True, 10**400, "1e999", "x", None, "9" * 5_000)),
    *((scalars.NUMERIC, each) for each in ("NaN", "Infinity", "sNaN", "1_0", True, "", "9" * 1_001, "1e99999")),
    *((scalars.STRING, each) for each in (1, None, True, "a\0b", ["a"])),
    *((scalars.BOOLEAN, each) for each in (0, 1, "yes", None)),
    *((scalars.UUID_, each) for each in ("", "x", 1, KEY[:-1], KEY + "0", "0" * 100_000)),
    *((scalars.DATE, each) for each in ("2026-02-30", "31.1.2026", "", 1, NOON)),
    *((scalars.TIMESTAMPTZ, each) for each in ("2026-13-01T00:00:00", "noon", "", 1.5, "99999-01-01T00:00:00")),
    *((scalars.TIME, each) for each in ("24:01:00", "", 12)),
    *((scalars.BYTEA, each) for each in ("48", r"\x4", r"\xzz", b"a", "")),
    *((scalars.MONEY, each) for each in (None, [], {}, "a\0")),
]


@pytest.mark.parametrize(("scalar", "value"), REFUSED, ids=lambda each: getattr(each, "name", repr(each)[:20]))
def test_what_is_not_of_the_type_is_refused_in_words(scalar: Scalar, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^(expected|the (number|text)) [\w ,'\\-]+") as refusal:
        scalar.check(value)
    assert type(refusal.value) is ValueError
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("value", ["999999999 weeks", "P999999999W", "9999999:00:00 999999999 days"])
def test_a_length_of_time_beyond_all_calendars_is_refused(value: str) -> None:
    convert = stored(sa.Interval(), SQLITE)
    assert convert is not None
    with pytest.raises(ValueError, match="too large"):
        convert(value)
