"""Which fields does a selection set come to: fragments expanded, directives obeyed, equal keys merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
)

Included = Callable[[Iterable[DirectiveNode]], bool]


class Selections:
    """
    Collects fields of one operation.

    A fragment applies when its type condition is the object's own name or that of an interface it implements.
    Source: GraphQL, "CollectFields", "DoesFragmentTypeApply"; unions are of authors' functions alone, which
    GraphQL's own executor answers.
    """

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], included: Included) -> None:
        self._fragments = fragments
        self._included = included

    def fields(self, sets: Iterable[SelectionSetNode], type_: GraphQLObjectType) -> dict[str, list[FieldNode]]:
        """Response key → the nodes that share it, in order of first appearance."""
        grouped: dict[str, list[FieldNode]] = {}
        names = (type_.name, *(each.name for each in type_.interfaces))
        for selection_set in sets:
            self._collect(selection_set.selections, names, grouped, set())
        return grouped

    def _collect(
        self,
        selections: Iterable[SelectionNode],
        names: tuple[str, ...],
        grouped: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for selection in selections:
            if selection.directives and not self._included(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                grouped.setdefault(key, []).append(selection)
                continue
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in seen:
                    continue
                seen.add(name)
                fragment = self._fragments[name]
                condition, inner = fragment.type_condition, fragment.selection_set
            else:
                assert isinstance(selection, InlineFragmentNode)
                condition, inner = selection.type_condition, selection.selection_set
            if condition is None or condition.name.value in names:
                self._collect(inner.selections, names, grouped, seen)


def subselections(nodes: Iterable[FieldNode]) -> list[SelectionSetNode]:
    """The selection sets of nodes that share a key."""
    return [node.selection_set for node in nodes if node.selection_set is not None]
