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


def test_text_that_is_no_number_is_told_where_it_stands(gauges: Backend) -> None:
    conditions = ('level: {_eq: "ten"}', 'level: {_eq: "9999999999"}', 'ratio: {_in: ["0.5", "x"]}', 'on: {_eq: "yes"}')
    for condition in conditions:
        error = gauges.error(f"{{ gauges(where: {{{condition}}}) {{ id }} }}")
        assert error["extensions"]["problem"] == "PT102"
        assert error["extensions"]["path"].startswith("$.selectionSet.gauges.args.where.")


def test_arguments_that_are_no_column_stay_strict(gauges: Backend) -> None:
    for document in ('{ gauges(limit: "5") { id } }', '{ gauges { id @include(if: "true") } }'):
        assert gauges.error(document)["extensions"]["problem"] == "PT102"
