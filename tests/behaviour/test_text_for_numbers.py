"""Numbers and flags of columns may be written as text, in documents as in variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import REAL, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Backend


@pytest.fixture
def gauges(declared: Declarations, serve: Callable[..., Backend]) -> Backend:
    class Gauge(Model):
        id: Mapped[IntId]
        level: Mapped[int]
        small: Mapped[int] = mapped_column(SmallInteger)
        ratio: Mapped[float] = mapped_column(REAL)
        on: Mapped[bool]

    allow(Gauge, "all", when=everyone)
    return serve()


def test_text_is_taken_for_numbers_and_flags(gauges: Backend) -> None:
    row = '{level: "2147483647", small: "7", ratio: "0.5", on: "true"}'
    expected: Any = {"level": 2147483647, "small": 7, "ratio": 0.5, "on": True}
    assert gauges.data(f"mutation {{ insertGauge(object: {row}) {{ level small ratio on }} }}") == {
        "insertGauge": expected
    }
    document = (
        '{ gauges(where: {level: {_eq: "2147483647", _in: ["1", "2147483647"]}, on: {_neq: "false"}}) { small } }'
    )
    assert gauges.data(document) == {"gauges": [{"small": 7}]}


def test_text_that_is_no_number_is_told(gauges: Backend) -> None:
    for condition, message in (
        ('level: {_eq: "ten"}', "expected a whole number"),
        ('level: {_eq: "9999999999"}', "the number does not fit Int"),
        ('ratio: {_eq: "x"}', "expected a number"),
        ('on: {_eq: "yes"}', "expected true or false"),
    ):
        error = gauges.error(f"{{ gauges(where: {{{condition}}}) {{ id }} }}")
        assert (error["extensions"]["problem"], error["message"]) == ("PT104", message)


def test_arguments_that_are_no_column_stay_strict(gauges: Backend) -> None:
    for document in ('{ gauges(limit: "5") { id } }', '{ gauges { id @include(if: "true") } }'):
        assert gauges.error(document)["extensions"]["problem"] == "PT102"
