"""Can fields under one key be merged: the specification's rule, in time linear in the fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    print_ast,
    type_from_ast,
)

_Found = tuple[Any, FieldNode, Any]


class Overlap:
    """
    Checks one operation. Source: GraphQL, "Field Selection Merging".

    The usual algorithm compares fields pairwise: 3,000 equal fields take 0.9 s. Here all fields under a key
    that one object can have are compared with the first, and those of different objects in the shape of their
    answers. It is exact where an interface has no fields with selections, as ours has none; documents that
    reach abstract types of authors' functions are checked pairwise.
    """

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self.merges_literals = False
        # By node: a fragment's argument of 5,000 values is met once for every spread, but printed once.
        self._printed: dict[int, tuple[tuple[str, str], ...]] = {}

    def check(self, operation: OperationDefinitionNode) -> Iterator[GraphQLError]:
        """The conflicts of an operation."""
        root = self._schema.get_root_type(operation.operation)
        yield from self._check([(root, operation.selection_set)])

    def _check(self, sets: Iterable[tuple[Any, SelectionSetNode]]) -> Iterator[GraphQLError]:
        groups: dict[str, list[_Found]] = {}
        for parent, selection_set in sets:
            self._collect(parent, selection_set, groups, set())
        for key, found in groups.items():
            objects = _by_object(found)
            if len(objects) > 1 and (error := self._shapes_conflict(key, found)) is not None:
                yield error
                continue
            for same in objects:
                yield from self._check_same(key, same)

    def _check_same(self, key: str, found: list[_Found]) -> Iterator[GraphQLError]:
        """The conflicts of fields that one object can have."""
        if len(found) > 1 and (error := self._conflict(key, found)) is not None:
            yield error
            return
        inner = _inside(found)
        if inner:
            yield from self._check(inner)

    def _shapes_conflict(self, key: str, found: list[_Found]) -> GraphQLError | None:
        """The first difference in what fields under one key of different objects answer, however deep."""
        _, first, type_ = found[0]
        for _, node, other in found[1:]:
            if not _same_shape(type_, other):
                return _error(key, first, node, f"they return conflicting types '{type_}' and '{other}'")
        groups: dict[str, list[_Found]] = {}
        for parent, selection_set in _inside(found):
            self._collect(parent, selection_set, groups, set())
        conflicts = (self._shapes_conflict(inner, each) for inner, each in groups.items())
        return next((error for error in conflicts if error is not None), None)

    def _collect(
        self, parent: Any, selection_set: SelectionSetNode, groups: dict[str, list[_Found]], seen: set[str]
    ) -> None:
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                field = self._schema.get_field(parent, selection.name.value) if parent is not None else None
                key = selection.alias.value if selection.alias else selection.name.value
                groups.setdefault(key, []).append((parent, selection, None if field is None else field.type))
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in seen and name in self._fragments:
                    seen.add(name)
                    fragment = self._fragments[name]
                    inner = type_from_ast(self._schema, fragment.type_condition)
                    self._collect(inner, fragment.selection_set, groups, seen)
            else:
                assert isinstance(selection, InlineFragmentNode)
                condition = selection.type_condition
                inner = parent if condition is None else type_from_ast(self._schema, condition)
                self._collect(inner, selection.selection_set, groups, seen)

    def _conflict(self, key: str, found: list[_Found]) -> GraphQLError | None:
        _, first, _ = found[0]
        arguments = self._arguments(first)
        for _, node, _ in found[1:]:
            if node.name.value != first.name.value:
                return _error(key, first, node, f"'{first.name.value}' and '{node.name.value}' are different fields")
            if node is not first and self._arguments(node) != arguments:
                return _error(key, first, node, "they have differing arguments")
        # Two literals that are equal here need not be in a document that differs only in literals.
        self.merges_literals = self.merges_literals or bool(arguments)
        return None

    def _arguments(self, node: FieldNode) -> tuple[tuple[str, str], ...]:
        if not node.arguments:
            return ()
        known = self._printed.get(id(node))
        if known is None:
            known = self._printed[id(node)] = tuple(
                sorted((argument.name.value, print_ast(argument.value)) for argument in node.arguments)
            )
        return known


def _by_object(found: list[_Found]) -> list[list[_Found]]:
    """The fields by the object that they are of; together where an interface's are among them, for these are every object's."""
    objects: dict[int, list[_Found]] = {}
    for each in found:
        objects.setdefault(id(each[0]), []).append(each)
    if any(is_abstract_type(each[0][0]) for each in objects.values()):
        return [found]
    return list(objects.values())


def _inside(found: list[_Found]) -> list[tuple[Any, SelectionSetNode]]:
    return [(get_named_type(type_), node.selection_set) for _, node, type_ in found if node.selection_set]


def _same_shape(one: Any, other: Any) -> bool:
    """Source: GraphQL, "SameResponseShape"."""
    for wrapper in (GraphQLNonNull, GraphQLList):
        if isinstance(one, wrapper) or isinstance(other, wrapper):
            return isinstance(one, wrapper) and isinstance(other, wrapper) and _same_shape(one.of_type, other.of_type)
    return one is other if is_leaf_type(one) or is_leaf_type(other) else True


def _error(key: str, first: FieldNode, second: FieldNode, why: str) -> GraphQLError:
    return GraphQLError(
        f"Fields '{key}' conflict because {why}. Use different aliases on the fields to fetch both.", [first, second]
    )
