"""What does `actions.graphql` say, in which Hasura's CLI keeps the types of actions: the same as a metadata document has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphql import (
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLError,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    parse,
    print_ast,
)

Document = Mapping[str, Any]
_ROOTS = {"Query": "query", "Mutation": "mutation"}


def with_sdl(actions: Sequence[Document], types: Document, text: str) -> tuple[Sequence[Document], Document]:
    """
    Actions with their arguments and results, and all their types.

    Args:
        actions, types: of `actions.yaml`, in which relationships of the types are.

    Raises:
        ValueError: the text is no GraphQL.
    """
    try:
        definitions = parse(text).definitions if text.strip() else ()
    except GraphQLError as error:
        raise ValueError(error.message) from error
    fields: dict[str, tuple[str, FieldDefinitionNode]] = {}
    found: dict[str, list[Document]] = {"objects": [], "input_objects": [], "enums": [], "scalars": []}
    for each in definitions:
        match each:
            case ObjectTypeDefinitionNode() | ObjectTypeExtensionNode() if each.name.value in _ROOTS:
                fields |= {field.name.value: (_ROOTS[each.name.value], field) for field in each.fields or ()}
            case ObjectTypeDefinitionNode():
                found["objects"].append({**_named(each), "fields": [_typed(field) for field in each.fields or ()]})
            case InputObjectTypeDefinitionNode():
                found["input_objects"].append(
                    {**_named(each), "fields": [_typed(field) for field in each.fields or ()]}
                )
            case EnumTypeDefinitionNode():
                values = [{"value": value.name.value, "description": _said(value)} for value in each.values or ()]
                found["enums"].append({**_named(each), "values": values})
            case ScalarTypeDefinitionNode():
                found["scalars"].append(_named(each))
            case _:
                raise ValueError(f"it defines what is no type of actions: {print_ast(each)[:60]}")
    return [_action(each, fields) for each in actions], {kind: _all(found[kind], types.get(kind)) for kind in found}


def _action(action: Document, fields: Mapping[str, tuple[str, FieldDefinitionNode]]) -> Document:
    if action["name"] not in fields:
        return action
    operation, field = fields[action["name"]]
    said = {
        "type": operation,
        "arguments": [_typed(each) for each in field.arguments or ()],
        "output_type": print_ast(field.type),
    }
    comment = action.get("comment") or _said(field)
    return {**action, "comment": comment, "definition": {**said, **action["definition"]}}


def _all(found: Iterable[Document], more: Iterable[Document] | None) -> list[Document]:
    """What the SDL has of a kind, with what is said besides of those of the same name."""
    said = {each["name"]: each for each in more or ()}
    merged = [{**each, **{key: value for key, value in said.pop(each["name"], {}).items() if value}} for each in found]
    return [*merged, *(each for each in said.values() if len(each) > 1)]


def _named(node: Any) -> Document:
    return {"name": node.name.value, "description": _said(node)}


def _typed(node: FieldDefinitionNode | InputValueDefinitionNode) -> Document:
    return {**_named(node), "type": print_ast(node.type)}


def _said(node: Any) -> str | None:
    return node.description.value if node.description is not None else None
