"""Which moments lie in one period: the periods by which rows are grouped, and the types that have them."""

from __future__ import annotations

from typing import Literal

from portico.schema.scalars import Scalar

Period = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]
# In UTC; a week begins on Monday, as in ISO 8601.
PERIODS: tuple[Period, ...] = ("minute", "hour", "day", "week", "month", "quarter", "year")


def has_periods(scalar: Scalar) -> bool:
    """Whether values of a type lie in periods: dates and moments, not times of day or lengths of time."""
    return scalar.name in ("date", "timestamp", "timestamptz") and not scalar.is_array
