"""Which members of a group does a changed row touch: an index by the values that it must have to matter to them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from portico.resolvers.run.changes import Change
from portico.resolvers.sql.dependencies import Dependency

Member = TypeVar("Member", bound=Hashable)
Canonical = Callable[[Any], Hashable]


class MemberIndex(Generic[Member]):
    """
    Members by the values that their dependencies ask of a row.

    5,000 rooms with a subscriber each are 5,000 members, of which a message in one room concerns one.

    Args:
        dependencies: of the statement that the members share.
        of_row: value of a row in the change log → what compares equal with `of_parameter`.
        of_parameter: a driver's parameter → the same.
    """

    def __init__(self, dependencies: Sequence[Dependency], of_row: Canonical, of_parameter: Canonical) -> None:
        self._of_row = of_row
        self._of_parameter = of_parameter
        self._entries: tuple[_Entry[Member], ...] = tuple(_Entry(each) for each in dependencies)
        self._by_table: dict[str, list[_Entry[Member]]] = {}
        for entry in self._entries:
            self._by_table.setdefault(entry.dependency.table, []).append(entry)
        self.members: set[Member] = set()

    @property
    def tables(self) -> frozenset[str]:
        """The tables that are asked about."""
        return frozenset(self._by_table)

    def add(self, member: Member, parameters: Sequence[Any]) -> None:
        """Takes a member in under its parameters."""
        self.members.add(member)
        for entry in self._entries:
            key = entry.key_of(parameters, self._of_parameter)
            if key is not None and entry.columns:
                entry.members.setdefault(key, set()).add(member)

    def remove(self, member: Member, parameters: Sequence[Any]) -> None:
        """Forgets a member; the parameters are those that it was added under."""
        self.members.discard(member)
        for entry in self._entries:
            key = entry.key_of(parameters, self._of_parameter)
            found = entry.members.get(key) if key is not None else None
            if found is not None:
                found.discard(member)
                if not found:
                    del entry.members[key]

    def touched(self, change: Change) -> Iterable[Member]:
        """The members whose answer this change may alter."""
        entries = self._by_table.get(change.table, ())
        if change.verb == "truncate":
            return self.members if entries else ()
        found: set[Member] = set()
        for entry in entries:
            if entry.is_unread(change):
                continue
            if not entry.columns:
                return self.members
            for image in (change.old, change.new):
                if image is not None:
                    found |= entry.members.get(entry.key_in(image, self._of_row), frozenset())
        return found


class _Entry(Generic[Member]):
    """One dependency, and the members by the values of its columns."""

    __slots__ = ("columns", "dependency", "members", "places")

    def __init__(self, dependency: Dependency) -> None:
        self.dependency = dependency
        self.columns = tuple(column for column, _ in dependency.equal)
        self.places = tuple(place for _, place in dependency.equal)
        self.members: dict[Hashable, set[Member]] = {}

    def is_unread(self, change: Change) -> bool:
        """Whether an update left all that is read of the row as it was."""
        columns, old, new = self.dependency.columns, change.old, change.new
        if columns is None or old is None or new is None:
            return False
        return all(old.get(column) == new.get(column) for column in columns)

    def key_of(self, parameters: Sequence[Any], canonical: Canonical) -> tuple[Hashable, ...] | None:
        """The values that a row must have; None where no row can, since one of them is NULL."""
        values = [parameters[place] for place in self.places]
        return None if None in values else tuple(canonical(value) for value in values)

    def key_in(self, image: Mapping[str, Any], canonical: Canonical) -> tuple[Hashable, ...]:
        """The values that a row has."""
        return tuple(canonical(image.get(column)) for column in self.columns)
