"""Deviations and variances: the same on both engines, in answers, orders and filters."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Backend


@pytest.fixture
def stations(declared: Declarations, serve: Callable[..., Backend]) -> Backend:
    class Station(Model):
        id: Mapped[IntId]
        samples: Mapped[list[Sample]] = relationship(back_populates="station")

    class Sample(Model):
        id: Mapped[IntId]
        station_id: Mapped[int] = mapped_column(ForeignKey(Station.id), index=True)
        station: Mapped[Station] = relationship(back_populates="samples")
        level: Mapped[int]
        price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
        ratio: Mapped[float | None]

    for model in (Station, Sample):
        allow(model, "read", when=everyone)
    backend = serve()
    backend.sql(
        "INSERT INTO stations (id) VALUES (1), (2), (3);"
        "INSERT INTO samples (id, station_id, level, price, ratio) VALUES"
        " (1, 1, 1000000001, 3.30, 0.5), (2, 1, 1000000002, 7.80, 1.5), (3, 1, 1000000004, NULL, 4),"
        " (4, 2, 5, 1.10, NULL), (5, 2, 50, 2.10, 2);"
    )
    return backend


def test_they_are_answered(stations: Backend) -> None:
    functions = ("stddev", "stddevPop", "stddevSamp", "varPop", "varSamp", "variance")
    selection = " ".join(f"{each} {{ level price ratio }}" for each in functions)
    document = f"{{ samplesAggregate(where: {{stationId: {{_eq: 1}}}}) {{ aggregate {{ {selection} }} }} }}"
    found: Any = stations.data(document)["samplesAggregate"]["aggregate"]
    expected = {
        "varPop": (14 / 9, 5.0625, 13 / 6),
        "varSamp": (7 / 3, 10.125, 3.25),
        "variance": (7 / 3, 10.125, 3.25),
        "stddevPop": ((14 / 9) ** 0.5, 2.25, (13 / 6) ** 0.5),
        "stddevSamp": ((7 / 3) ** 0.5, 10.125**0.5, 3.25**0.5),
        "stddev": ((7 / 3) ** 0.5, 10.125**0.5, 3.25**0.5),
    }
    for function, values in expected.items():
        assert tuple(found[function].values()) == pytest.approx(values, rel=1e-12), function


def test_they_are_null_of_too_few_rows(stations: Backend) -> None:
    document = (
        "{ samplesAggregate(where: {id: {_eq: 4}}) { aggregate { stddev { level ratio } varPop { level ratio } } } }"
    )
    assert stations.data(document)["samplesAggregate"]["aggregate"] == {
        "stddev": {"level": None, "ratio": None},
        "varPop": {"level": 0, "ratio": None},
    }


def test_rows_are_ordered_and_filtered_by_them(stations: Backend) -> None:
    document = "{ stations(orderBy: {samplesAggregate: {stddev: {level: DESC_NULLS_LAST}}}) { id } }"
    assert [row["id"] for row in stations.data(document)["stations"]] == [2, 1, 3]
    document = (
        """{ stations(where: {samplesAggregate: {stddevSamp: {arguments: level, predicate: {_lt: 2}}}}) { id } }"""
    )
    assert stations.data(document) == {"stations": [{"id": 1}]}
