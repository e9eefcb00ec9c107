"""A column of every kind."""

from __future__ import annotations

import enum
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import IntId, Model, allow, everyone


class Color(enum.Enum):
    """Stored by name."""

    RED = "r"
    BLUE = "b"


class Kind(Model):
    """One value of each kind, or none."""

    id: Mapped[IntId]
    text: Mapped[str | None]
    flag: Mapped[bool | None]
    small: Mapped[int | None] = mapped_column(SmallInteger)
    whole: Mapped[int | None]
    big: Mapped[int | None] = mapped_column(BigInteger)
    exact: Mapped[Decimal | None]
    money: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    real: Mapped[float | None]
    uuid: Mapped[UUID | None]
    day: Mapped[date | None]
    hour: Mapped[time | None]
    local: Mapped[datetime | None] = mapped_column(DateTime())
    moment: Mapped[datetime | None]
    span: Mapped[timedelta | None]
    raw: Mapped[bytes | None]
    document: Mapped[dict[str, Any] | None]
    words: Mapped[list[str] | None]
    numbers: Mapped[list[int] | None]
    color: Mapped[Color | None]


allow(Kind, "all", when=everyone)

SEED: list[tuple[Any, list[dict[str, Any]]]] = [(Kind, [{"id": 1}])]
