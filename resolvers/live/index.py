"""Which members of a group does a changed row touch: an index by the values that it must have to matter to them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from portico.resolvers.run.changes import Change
from portico.resolvers.sql.dependencies import Dependency

Member = TypeVar("Member", bound=Hashable)


class MemberIndex(Generic[Member]):
    """
    Members by the values that their dependencies ask of a row.

    5,000 rooms with a subscriber each are 5,000 members, of which a message in one room concerns one.

    Args:
        dependencies: of the statement that the members share.
    """

    def __init__(self, dependencies: Sequence[Dependency]) -> None:
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
            entry.add(member, parameters)

    def remove(self, member: Member, parameters: Sequence[Any]) -> None:
        """Forgets a member; the parameters are those that it was added under."""
        self.members.discard(member)
        for entry in self._entries:
            entry.remove(member, parameters)

    def touched(self, change: Change) -> Iterable[Member]:
        """The members whose answer this change may alter."""
        entries = self._by_table.get(change.table, ())
        if change.verb == "truncate":
            return self.members if entries else ()
        found: set[Member] = set()
        try:
            for entry in entries:
                if not entry.dependency.reads(change.old, change.new):
                    continue
                if not entry.dependency.equal:
                    return self.members
                found.update(entry.those_of(change.old), entry.those_of(change.new))
        except KeyError:
            return self.members  # it was written before a column was added, of which it tells nothing
        return found


class _Entry(Generic[Member]):
    """One dependency, and the members by what a row must have to matter to them."""

    __slots__ = ("_members", "dependency")

    def __init__(self, dependency: Dependency) -> None:
        self.dependency = dependency
        self._members: dict[Hashable, set[Member]] = {}

    def add(self, member: Member, parameters: Sequence[Any]) -> None:
        key = self.dependency.of_member(parameters) if self.dependency.equal else None
        if key is not None:
            self._members.setdefault(key, set()).add(member)

    def remove(self, member: Member, parameters: Sequence[Any]) -> None:
        key = self.dependency.of_member(parameters) if self.dependency.equal else None
        found = self._members.get(key)
        if found is not None:
            found.discard(member)
            if not found:
                del self._members[key]

    def those_of(self, row: Mapping[str, Any] | None) -> Iterable[Member]:
        key = self.dependency.of_row(row) if row is not None else None
        return self._members.get(key, ()) if key is not None else ()
