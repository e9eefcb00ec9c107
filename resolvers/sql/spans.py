"""How is a length of time read and written where the database has no type for it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, cast, func, literal_column
from sqlalchemy import types as sa

from portico.resolvers.sql.elements import joined, quoted

_UNITS = {
    "week": "weeks",
    "day": "days",
    "hour": "hours",
    "min": "minutes",
    "minute": "minutes",
    "sec": "seconds",
    "second": "seconds",
    "millisecond": "milliseconds",
    "microsecond": "microseconds",
}
_AMOUNT = re.compile(r"\s*([+-]?\d{1,9}(?:\.\d{1,9})?)\s*([a-z]+)\s*", re.IGNORECASE)
_CLOCK = re.compile(r"\s*([+-]?)(\d{1,7}):(\d\d)(?::(\d\d(?:\.\d{1,6})?))?\s*")
_ISO = re.compile(
    r"(?i)P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_LATEST_DAYS = 2_900_000  # what a date and time after 1970 can hold


def span(value: Any) -> timedelta:
    """
    A length of time of the forms that Postgres takes: `1 day 02:00:00`, `2 hours`, `P1DT2H`.

    Raises:
        ValueError: no such form; months and years are refused, because their length is not fixed.
    """
    if isinstance(value, timedelta):
        return value
    text = str(value).strip()
    try:
        found = _iso(text) if text[:1] in ("P", "p") else _words(text)
    except OverflowError:
        found = timedelta.max
    if abs(found.days) > _LATEST_DAYS:
        raise ValueError("the length of time is too large")
    return found


def _iso(text: str) -> timedelta:
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError("expected a length of time without months, such as P1DT2H")
    weeks, days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _words(text: str) -> timedelta:
    found, position = timedelta(), 0
    while position < len(text):
        if match := _CLOCK.match(text, position):
            sign, hours, minutes, seconds = match.groups()
            clock = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds or 0))
            found += -clock if sign == "-" else clock
        elif (match := _AMOUNT.match(text, position)) and (unit := _UNITS.get(match[2].lower().removesuffix("s"))):
            found += timedelta(**{unit: float(match[1])})
        else:
            raise ValueError("expected a length of time such as 1 day 02:00:00, without months")
        position = match.end()
    if not text:
        raise ValueError("expected a length of time such as 1 day 02:00:00")
    return found


def span_text(value: ColumnElement[Any]) -> ColumnElement[str]:
    """What SQLAlchemy stores on SQLite, a moment as far from 1970 as the span is long, as Postgres writes spans."""
    moment = func.julianday(func.date(value)) - func.julianday(quoted("1970-01-01"))
    days = cast(cast(moment, sa.Integer()), sa.Text())
    clock = trimmed(func.substr(value, literal_column("12")), 8)
    unit = case((days.in_([quoted("1"), quoted("-1")]), quoted(" day")), else_=quoted(" days"))
    none = clock == quoted("00:00:00")
    text = case(
        (days == quoted("0"), clock),
        (none, joined([days, unit])),
        else_=joined([days, unit, case((moment < literal_column("0"), quoted(" +")), else_=quoted(" ")), clock]),
    )
    return case((value.is_not(None), joined(['"', text, '"'])))


def trimmed(value: ColumnElement[Any], whole: int) -> ColumnElement[str]:
    """A time without trailing zeros of its fraction, which begins after `whole` signs."""
    start, rest = literal_column("1"), literal_column(str(whole + 1))
    fraction = func.rtrim(func.rtrim(func.substr(value, rest), quoted("0")), quoted("."))
    return joined([func.substr(value, start, literal_column(str(whole))), fraction])
