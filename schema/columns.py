"""How a column says more than its type: `owner()` and `preset()`, thin helpers over `mapped_column`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import MappedColumn, mapped_column

from portico.schema.rules import Me

INFO_KEY = "portico"
"""Under this key of a column's `info` its Mark is kept, where alembic and SQLAlchemy ignore it."""


@dataclass(frozen=True)
class Mark:
    """
    What Portico does with a column that clients cannot set.

    kind: `id` (a UUIDv7 unless given), `now`, `touched`, or `preset` (the value that `value(me)` gives).
    verbs: when the preset is applied.
    """

    kind: Literal["id", "now", "touched", "preset"]
    value: Callable[[Me], Any] | None = None
    verbs: tuple[str, ...] = ("create",)


def owner(target: Any = "users.id", **keywords: Any) -> MappedColumn[Any]:
    """
    A foreign key that is set from the caller on creation; clients cannot set it.

    Args:
        target: the user's key column; Portico's own `User` unless given.
        keywords: passed on to `mapped_column`. The column is indexed unless `index=False`.
    """
    keywords.setdefault("index", True)
    info = {INFO_KEY: Mark("preset", lambda me: me.id)}
    return mapped_column(ForeignKey(target), info=info, **keywords)


def preset(value: Any, *arguments: Any, on: tuple[str, ...] = ("create",), **keywords: Any) -> MappedColumn[Any]:
    """
    A column whose value is set by rule; clients cannot set it.

    Args:
        value: a constant, or a function of `me` giving SQL: `preset(lambda me: me.claim("org_id", UUID))`.
        on: the verbs at which it is set, `create`, `update` or both.
        keywords: passed on to `mapped_column`.
    """
    function: Callable[[Me], Any] = value if callable(value) else lambda me: value
    return mapped_column(*arguments, info={INFO_KEY: Mark("preset", function, on)}, **keywords)
