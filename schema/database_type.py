"""What stands for a type of the database that SQLAlchemy has no class for: its name, and values as the database writes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.types import UserDefinedType


class DatabaseType(UserDefinedType[Any]):
    """
    A type by the database's own name: `mapped_column(DatabaseType("geometry(Point,4326)"))`.

    In GraphQL it is a scalar of that name, or of the one given, whose values are text as the database reads and writes it.
    """

    cache_ok = True

    def __init__(self, name: str, graphql: str | None = None) -> None:
        self.name = name
        self.graphql = graphql

    def get_col_spec(self, **_: Any) -> str:
        """The name, as SQL takes it."""
        return self.name
