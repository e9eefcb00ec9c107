"""SQLite's functions of ours: deviations that lose no digits."""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Sequence
from typing import Any

import pytest

from portico.resolvers.run.sqlite_functions import install

POPULATION = {"var_pop": statistics.pvariance, "stddev_pop": statistics.pstdev}
SAMPLE = {
    "var_samp": statistics.variance,
    "variance": statistics.variance,
    "stddev_samp": statistics.stdev,
    "stddev": statistics.stdev,
}


def answer(function: str, values: Sequence[Any]) -> Any:
    connection = sqlite3.connect(":memory:")
    install(connection)
    connection.execute("CREATE TABLE numbers (x)")
    connection.executemany("INSERT INTO numbers VALUES (?)", [(value,) for value in values])
    found = connection.execute(f"SELECT {function}(x) FROM numbers").fetchone()[0]
    connection.close()
    return found


@pytest.mark.parametrize("function", [*POPULATION, *SAMPLE])
@pytest.mark.parametrize(
    "values",
    [[1, 2], [2, 4, 4, 4, 5, 5, 7, 9], [10**15 + each for each in (4, 7, 13, 16)], [2**62, -(2**62), 1], [5, 5, 5]],
    ids=str,
)
def test_whole_numbers_are_exact(function: str, values: list[int]) -> None:
    expected = (POPULATION | SAMPLE)[function](values)
    assert answer(function, values) == pytest.approx(float(expected), rel=1e-15)


@pytest.mark.parametrize("function", [*POPULATION, *SAMPLE])
@pytest.mark.parametrize(
    "values", [[3.3, 7.8], [1e9 + each for each in (0.1, 0.2, 0.4, 0.9)], [1, 2, 3.5, 4], [0.5, 1, 2]], ids=str
)
def test_fractions_lose_no_digits_to_a_large_mean(function: str, values: list[float]) -> None:
    expected = (POPULATION | SAMPLE)[function](values)
    assert answer(function, values) == pytest.approx(float(expected), rel=1e-7 if values[0] > 1e8 else 1e-14)


def test_nulls_are_no_rows_and_too_few_rows_are_null() -> None:
    for function in POPULATION:
        assert answer(function, [None]) is None
        assert answer(function, [7, None]) == 0
    for function in SAMPLE:
        assert answer(function, [7, None]) is None
        assert answer(function, [7, None, 7.0]) == 0
