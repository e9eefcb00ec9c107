"""How do root fields come one by one: a mapping that builds a table's fields when one of them is asked for."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, TypeAlias

from graphql import GraphQLField, GraphQLObjectType

from portico.schema.catalog import DatabaseFunction, Table

RootOwner: TypeAlias = Table | DatabaseFunction
"""What a root field is of."""


class RootFields(dict[str, GraphQLField]):
    """
    The fields of a root type by name.

    Made at once, the 250 tables of a large schema are 1,000 fields with 5,000 arguments: 80 ms and 8 MB for
    each role, of which a document uses a handful (benchmarks/schema_size). Whoever iterates gets them all.

    Args:
        where: root field → its table or function, for all of the Catalog.
        build: the fields of one for this role.
        instead: what stands where there are no fields at all.
    """

    def __init__(
        self,
        where: Mapping[str, RootOwner],
        build: Callable[[RootOwner], Mapping[str, GraphQLField]],
        more: Mapping[str, GraphQLField],
        instead: Callable[[], Mapping[str, GraphQLField]],
    ) -> None:
        super().__init__(more)
        self._where = where
        self._build = build
        self._instead = instead
        self._built: set[RootOwner] = set()
        self._complete = False

    def get(self, key: str, default: Any = None) -> Any:
        """A field, built if need be."""
        found = dict.get(self, key)
        if found is None and not self._complete:
            self._add(key)
            found = dict.get(self, key)
        return default if found is None else found

    def __missing__(self, key: str) -> GraphQLField:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def _add(self, key: str) -> None:
        owner = self._where.get(key)
        if owner is None:
            self._all()
        elif owner not in self._built:
            self._built.add(owner)
            self.update(self._build(owner))

    def _all(self) -> None:
        if self._complete:
            return
        self._complete = True
        for owner in dict.fromkeys(self._where.values()):
            if owner not in self._built:
                self._built.add(owner)
                self.update(self._build(owner))
        if not dict.__len__(self):
            self.update(self._instead())

    def __iter__(self) -> Iterator[str]:
        self._all()
        return dict.__iter__(self)

    def __len__(self) -> int:
        self._all()
        return dict.__len__(self)

    def keys(self) -> KeysView[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Every name."""
        self._all()
        return KeysView(self)

    def values(self) -> ValuesView[GraphQLField]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Every field."""
        self._all()
        return ValuesView(self)

    def items(self) -> ItemsView[str, GraphQLField]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Every name with its field."""
        self._all()
        return ItemsView(self)


def alone(fields: Mapping[str, GraphQLField]) -> RootFields:
    """These fields and no others."""
    return RootFields({}, lambda owner: {}, fields, dict[str, GraphQLField])


def root_type(name: str, fields: RootFields) -> GraphQLObjectType:
    """An object type over these fields as they are; graphql-core would copy them into a dictionary."""
    made = GraphQLObjectType(name, {})
    made.__dict__["fields"] = fields
    return made
