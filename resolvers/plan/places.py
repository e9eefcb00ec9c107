"""Where does something stand in a document: JSON paths to its nodes, in the dialect's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ListValueNode,
    Node,
    OperationDefinitionNode,
    VariableNode,
)

NOWHERE = "$.query"


def places(document: DocumentNode) -> Iterator[tuple[Node, str]]:
    """
    Every node below the operations, with its path: `$.selectionSet.posts.args.where._or[1].title`.

    What a fragment holds has the path of the place that spreads it first; fragments that nothing spreads come last.
    """
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    waiting = dict(fragments)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield from _below(definition, "$", waiting)
    for name in fragments:
        if (fragment := waiting.pop(name, None)) is not None:
            yield from _below(fragment, "$", waiting)


def path_to(wanted: Node, document: DocumentNode) -> str:
    """The path of a node."""
    return next((path for node, path in places(document) if node is wanted), NOWHERE)


def path_of_text(offset: int, document: DocumentNode) -> str:
    """The path of the value that begins at an offset of the document's text."""
    found = (path for node, path in places(document) if node.kind.endswith("_value") and _begins(node) == offset)
    return next(found, NOWHERE)


def use_of(variable: str, document: DocumentNode) -> str | None:
    """The path of the first place that uses a variable."""
    for node, path in places(document):
        if isinstance(node, VariableNode) and node.name.value == variable and "$.variableDefinitions." not in path:
            return path
    return None


def _below(node: Any, path: str, fragments: dict[str, FragmentDefinitionNode]) -> Iterator[tuple[Node, str]]:
    yield node, path
    for key in node.keys:
        child = getattr(node, key, None)
        if isinstance(child, Node):
            yield from _below(child, _step(path, child), fragments)
        elif isinstance(child, list | tuple):
            for index, item in enumerate(child):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
                if isinstance(item, Node):
                    in_list = isinstance(node, ListValueNode)
                    yield from _below(item, f"{path}[{index}]" if in_list else _step(path, item), fragments)
    if isinstance(node, FragmentSpreadNode):
        fragment = fragments.pop(node.name.value, None)
        if fragment is not None:
            yield from _below(fragment, path, fragments)


def _begins(node: Node) -> int:
    return node.loc.start if node.loc is not None else -1


def _step(path: str, node: Any) -> str:
    match node.kind:
        case "field":
            name = node.alias.value if node.alias else node.name.value
            return f"{path}.selectionSet.{name}"
        case "argument":
            return f"{path}.args.{node.name.value}"
        case "object_field":
            return f"{path}.{node.name.value}"
        case "variable_definition":
            return f"$.variableDefinitions.{node.variable.name.value}"
        case _:
            return path
