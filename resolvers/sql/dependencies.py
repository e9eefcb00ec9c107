"""Which changed rows can change an answer: interim, every table that a statement reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.sql import visitors


@dataclass(frozen=True, slots=True)
class Dependency:
    table: str
    columns: frozenset[str] | None
    equal: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Dependencies:
    on: tuple[Dependency, ...]
    is_complete: bool


def dependencies_of(elements: Sequence[Any], dialect: Any) -> Dependencies:
    names = {each.fullname for element in elements for each in visitors.iterate(element) if isinstance(each, Table)}
    return Dependencies(tuple(Dependency(name, None, ()) for name in sorted(names)), True)
