"""Which fields does a selection of another service's types come to: grouped by the conditions that they stand under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLUnionType,
    SelectionSetNode,
)

from portico.resolvers.plan.selections import Included
from portico.schema.types.role_types import RoleTypes

Grouped = dict[tuple[str, ...], dict[str, list[FieldNode]]]
"""Type conditions, one inside the other → response key → the nodes that share it there."""


class RemoteSelections:
    """
    Groups the fields of one operation.

    Of an object there is one group, of what applies to it; of an interface or union one for each chain of conditions.
    """

    def __init__(
        self,
        selection_set: SelectionSetNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        included: Included,
        types: RoleTypes,
    ) -> None:
        self._selection_set = selection_set
        self._fragments = fragments
        self._included = included
        self.types = types

    @cached_property
    def mark(self) -> str:
        """A key under which services say of which type an object is, and that nothing in the document has."""
        taken: set[str] = set()
        waiting = [self._selection_set, *(each.selection_set for each in self._fragments.values())]
        while waiting:
            for selection in waiting.pop().selections:
                if isinstance(selection, FieldNode):
                    taken.add(selection.alias.value if selection.alias else selection.name.value)
                if (inner := getattr(selection, "selection_set", None)) is not None:
                    waiting.append(inner)
        mark = "type_"
        while mark in taken:
            mark += "_"
        return mark

    def grouped(self, sets: Iterable[SelectionSetNode], face: Any) -> Grouped:
        """The fields that selection sets of one type come to, in order of first appearance."""
        found: Grouped = {}
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for each in sets:
            self._collect(each, face, (), found, seen)
        return found

    def _collect(
        self, selection_set: SelectionSetNode, face: Any, where: tuple[str, ...], found: Grouped,
        seen: set[tuple[str, tuple[str, ...]]],
    ) -> None:  # fmt: skip
        for selection in selection_set.selections:
            if selection.directives and not self._included(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                found.setdefault(where, {}).setdefault(key, []).append(selection)
                continue
            fragment: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                if (selection.name.value, where) in seen:
                    continue
                seen.add((selection.name.value, where))
                fragment = self._fragments[selection.name.value]
            condition = fragment.type_condition.name.value if fragment.type_condition is not None else face.name
            if condition == face.name:
                self._collect(fragment.selection_set, face, where, found, seen)
            elif not isinstance(face, GraphQLObjectType):
                narrower = self.types.named(condition)
                self._collect(fragment.selection_set, narrower, (*where, condition), found, seen)
            elif self._is_one_of(face, condition):
                self._collect(fragment.selection_set, face, where, found, seen)

    def _is_one_of(self, face: GraphQLObjectType, condition: str) -> bool:
        wanted = self.types.named(condition)
        return face in wanted.types if isinstance(wanted, GraphQLUnionType) else wanted in face.interfaces
