"""What does SQLite lack that Postgres has: deviations, and changes inside of JSON, as functions of every connection."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from abc import ABC, abstractmethod
from typing import Any

_WHOLE = re.compile(r"\s*[+-]?\d{1,10}\s*")
_LARGEST = 2**31


def install(connection: sqlite3.Connection) -> None:
    """Makes the functions known that `resolvers/sql/sqlite.py` calls."""
    for name, aggregate in _AGGREGATES.items():
        connection.create_aggregate(name, 1, aggregate)  # pyright: ignore[reportArgumentType]
    for name, function in _JSON.items():
        connection.create_function(name, 2, function, deterministic=True)


# ---- deviations --------------------------------------------------------------------------------------


class _Spread(ABC):
    """
    The sum of the squares of differences from the mean.

    Exact while all numbers are whole. Of others Welford's sums are kept, which lose no digits to large means.
    Source: Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", 1962.
    """

    def __init__(self) -> None:
        self._count = 0
        self._total = 0
        self._squares = 0
        self._mean = 0.0
        self._differences = 0.0
        self._whole = True

    def step(self, value: Any) -> None:
        """Takes the number of one row."""
        if value is None:
            return
        if self._whole and isinstance(value, int):
            self._count += 1
            self._total += value
            self._squares += value * value
            return
        if self._whole:
            self._whole = False
            self._mean = self._total / self._count if self._count else 0.0
            self._differences = self._whole_differences() / self._count if self._count else 0.0
        self._count += 1
        distance = float(value) - self._mean
        self._mean += distance / self._count
        self._differences += distance * (float(value) - self._mean)

    def _whole_differences(self) -> int:
        """The sum, times the count."""
        return self._count * self._squares - self._total * self._total

    def variance(self, *, sample: bool) -> float | None:
        """The mean square of the differences; None of too few rows."""
        by = self._count - sample
        if by <= 0:
            return None
        return self._whole_differences() / (self._count * by) if self._whole else self._differences / by

    @abstractmethod
    def finalize(self) -> float | None:
        """The answer, for all rows taken."""


class _VariancePopulation(_Spread):
    def finalize(self) -> float | None:
        return self.variance(sample=False)


class _VarianceSample(_Spread):
    def finalize(self) -> float | None:
        return self.variance(sample=True)


class _DeviationPopulation(_Spread):
    def finalize(self) -> float | None:
        return _root(self.variance(sample=False))


class _DeviationSample(_Spread):
    def finalize(self) -> float | None:
        return _root(self.variance(sample=True))


def _root(variance: float | None) -> float | None:
    return None if variance is None else math.sqrt(variance)


_AGGREGATES: dict[str, type[_Spread]] = {
    "var_pop": _VariancePopulation,
    "var_samp": _VarianceSample,
    "variance": _VarianceSample,
    "stddev_pop": _DeviationPopulation,
    "stddev_samp": _DeviationSample,
    "stddev": _DeviationSample,
}


# ---- changes inside of JSON --------------------------------------------------------------------------
# Source: PostgreSQL, "Additional jsonb Operators". What raises here is a data exception there.


def _append(first: Any, second: Any) -> str | None:
    """`first || second`: objects are merged on their first level, everything else becomes one list."""
    if first is None or second is None:
        return None
    left, right = _value(first), _value(second)
    if isinstance(left, dict) and isinstance(right, dict):
        return _text({**left, **right})
    return _text([*_as_list(left), *_as_list(right)])


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _delete_key(document: Any, key: str | None) -> str | None:
    """`document - key`: without the member, or without the texts that equal it."""
    if document is None or key is None:
        return None
    value = _value(document)
    if isinstance(value, dict):
        value.pop(key, None)  # pyright: ignore[reportUnknownMemberType]
        return _text(value)
    if not isinstance(value, list):
        raise ValueError("a scalar has no keys")
    return _text([each for each in value if each != key])  # pyright: ignore[reportUnknownVariableType]


def _delete_element(document: Any, place: int | None) -> str | None:
    """`document - place`: without one item; a negative place counts from the end."""
    if document is None or place is None:
        return None
    value = _value(document)
    if not isinstance(value, list):
        raise ValueError("only lists have places")
    _delete_at(value, place)  # pyright: ignore[reportUnknownArgumentType]
    return _text(value)


def _delete_at(items: list[Any], place: int) -> None:
    if -len(items) <= place < len(items):
        del items[place]


def _delete_path(document: Any, path: str | None) -> str | None:
    """`document #- path`: without what the path, a list of keys and places, leads to."""
    if document is None or path is None:
        return None
    value, keys = _value(document), json.loads(path)
    if not isinstance(value, dict | list):
        raise ValueError("a scalar has no paths")
    if value and keys:
        _remove(value, keys)  # pyright: ignore[reportUnknownArgumentType]
    return _text(value)


def _remove(value: Any, keys: list[str]) -> None:
    key, *rest = keys
    if isinstance(value, list):
        place = _place(key)
        if not rest:
            _delete_at(value, place)  # pyright: ignore[reportUnknownArgumentType]
        elif -len(value) <= place < len(value):  # pyright: ignore[reportUnknownArgumentType]
            _remove(value[place], rest)
    elif isinstance(value, dict) and key in value:
        if rest:
            _remove(value[key], rest)
        else:
            del value[key]


def _place(key: str) -> int:
    place = int(key) if _WHOLE.fullmatch(key) else _LARGEST
    if not -_LARGEST <= place < _LARGEST:
        raise ValueError("a place in a list is a whole number")
    return place


def _value(text: Any) -> Any:
    # A column of type JSON makes a number of a document that is one.
    return json.loads(text) if isinstance(text, str) else text


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_JSON = {
    "json_append": _append,
    "json_delete_key": _delete_key,
    "json_delete_element": _delete_element,
    "json_delete_path": _delete_path,
}
