"""Values in the change log: every one as it is stored, to the last digit, whatever its column is called."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, BigInteger, Double, LargeBinary, Numeric, Text
from sqlalchemy.dialects.postgresql import INTERVAL, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations, declaring
from tests.support.backend import Place, sqlite_place
from tests.support.change_logs import Logged
from tests.support.postgres import fresh_database


def things() -> Any:
    class Thing(Model):
        id: Mapped[IntId]
        big: Mapped[int | None] = mapped_column(BigInteger)
        real: Mapped[float | None] = mapped_column(Double)
        exact: Mapped[Decimal | None] = mapped_column(Numeric)
        words: Mapped[str | None] = mapped_column(Text)
        data: Mapped[bytes | None] = mapped_column(LargeBinary)
        flag: Mapped[bool | None]
        document: Mapped[Any | None] = mapped_column(JSON)

    allow(Thing, "read", when=everyone)
    return Thing


@pytest.fixture
def logged(declared: Declarations, place: Place) -> Generator[Logged]:
    things()
    made = Logged(declared, place)
    yield made
    made.close()


def image(logged: Logged) -> dict[str, Any]:
    (change,) = logged.changes()
    assert change.new is not None
    return dict(change.new)


def test_values_are_as_they_are_stored(logged: Logged) -> None:
    is_sqlite = logged.place.dialect == "sqlite"
    data = "X'00ff'" if is_sqlite else "'\\x00ff'"
    logged.sql(
        "INSERT INTO things (id, big, real, exact, words, data, flag, document) VALUES (1, 9223372036854775807,"
        f" 0.30000000000000004, 0.5, 'a\"b\\c' || char(10) || 'ünï', {data}, true, '{{\"a\":  [1]}}')".replace(
            "char(10)", "char(10)" if is_sqlite else "chr(10)"
        )
    )
    found = image(logged)
    assert found["big"] == 9223372036854775807
    assert float(found["real"]) == 0.30000000000000004
    assert found["exact"] == Decimal("0.5")
    assert found["words"] == 'a"b\\c\nünï'
    assert found["data"] == ("00FF" if is_sqlite else "\\x00ff")
    assert found["flag"] == (1 if is_sqlite else True)
    assert found["document"] == ('{"a":  [1]}' if is_sqlite else {"a": [1]})


def test_no_digit_of_a_number_is_lost_on_postgres(logged: Logged) -> None:
    if logged.place.dialect == "sqlite":
        pytest.skip("SQLite has no decimals")
    logged.sql("INSERT INTO things (id, exact) VALUES (1, 123456789012345678901234567890.12345678901234567890)")
    assert image(logged)["exact"] == Decimal("123456789012345678901234567890.12345678901234567890")


def test_a_json_column_may_hold_what_jsonb_refuses(logged: Logged) -> None:
    text = '{"a": "\\u0000", "a": 1}'
    logged.sql(f"INSERT INTO things (id, document) VALUES (1, '{text}')")
    (change,) = logged.changes()
    assert change.new is not None
    assert json.dumps(text)[1:-1] in change.new.text or text in change.new.text


def test_texts_do_not_depend_on_the_writers_session(postgres: str, declared: Declarations) -> None:
    class Event(Model):
        id: Mapped[IntId]
        at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
        long: Mapped[timedelta] = mapped_column(INTERVAL)
        data: Mapped[bytes] = mapped_column(LargeBinary)
        real: Mapped[float] = mapped_column(Double)

    allow(Event, "read", when=everyone)
    with fresh_database(postgres) as url:
        logged = Logged(declared, Place("postgres", url))
        try:
            for style in (
                "SET LOCAL timezone = 'Asia/Tokyo'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL bytea_output = 'escape'; SET LOCAL extra_float_digits = 0",
                "SELECT 1",
            ):
                logged.sql(
                    style,
                    "INSERT INTO events (id, at, long, data, real) VALUES (1, '2026-01-02T03:04:05.678901Z', '1 day 2:00', '\\x00ff', 0.30000000000000004)",
                    "DELETE FROM events",
                )
            first, _, second, _ = logged.changes()
            assert first.new is not None
            assert second.new is not None
            assert first.new.text == second.new.text
            assert datetime.fromisoformat(first.new["at"]) == datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
            assert float(first.new["real"]) == 0.30000000000000004
        finally:
            logged.close()


@pytest.fixture(scope="module")
def sqlite_things(tmp_path_factory: pytest.TempPathFactory) -> Generator[Logged]:
    with declaring() as declarations:
        things()
        made = Logged(declarations, sqlite_place(tmp_path_factory.mktemp("things")))
        yield made
        made.close()


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(), st.binary(), st.none()))
def test_whatever_sqlite_stores_in_whichever_column_comes_back(sqlite_things: Logged, value: Any) -> None:
    sqlite_things.sql("DELETE FROM things")
    sqlite_things.changes()
    with sqlite_things.open_transaction() as own:
        for column in ("big", "real", "words", "exact"):
            own.parameters(f"INSERT INTO things ({column}) VALUES (?)", (value,))
        own.execute("COMMIT")
    changes = sqlite_things.changes()
    stored = sqlite_things.rows("SELECT big, real, words, exact FROM things ORDER BY id")
    for change, row in zip(changes, stored, strict=True):
        assert change.new is not None
        for column, was in zip(("big", "real", "words", "exact"), row, strict=True):
            assert same(change.new[column], was), (column, was, change.new.text)
    sqlite_things.sql("DELETE FROM things")
    assert len(sqlite_things.changes()) == 4


def same(found: Any, stored: Any) -> bool:
    match stored:
        case bytes():
            return bytes.fromhex(found) == stored
        case float() if math.isinf(stored):
            return float(found) == stored
        case float():
            return struct.pack("d", float(found)) == struct.pack("d", stored)
        case _:
            return found == stored and type(found) is type(stored)


def test_text_that_is_no_utf8_does_not_stop_the_reader(sqlite_things: Logged) -> None:
    sqlite_things.sql("INSERT INTO things (id, words) VALUES (1, CAST(X'61ff62' AS TEXT))", "DELETE FROM things")
    inserted, _ = sqlite_things.changes()
    assert inserted.new is not None
    assert inserted.new["words"] == "a�b"


def test_json_that_a_function_made_is_the_text_that_it_is_stored_as(sqlite_things: Logged) -> None:
    sqlite_things.sql("INSERT INTO things (id, words) VALUES (1, json('{\"a\":1}'))", "DELETE FROM things")
    inserted, deleted = sqlite_things.changes()
    assert inserted.new is not None
    assert deleted.old is not None
    assert inserted.new["words"] == deleted.old["words"] == '{"a":1}'
