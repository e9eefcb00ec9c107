"""What do infos of tables, columns and relations say: exact names, what a view can, the values of an enum table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico.schema.names import RootKind


def named(name: str, roots: Mapping[RootKind, str] | None = None) -> dict[str, Any]:
    """An exact GraphQL name."""
    return {"portico_name": name, "portico_roots": dict(roots or {})}


def view(*, insert: bool = False, update: bool = False, delete: bool = False) -> dict[str, Any]:
    """A view, and what can be done to it."""
    return {"is_view": not insert, "portico_view": (insert, update, delete)}


def enum_table(values: Mapping[str, str | None]) -> dict[str, Any]:
    """A table whose rows are the values of an enum."""
    return {"portico_enum": dict(values)}
