"""What value does a literal in a document have, for scalars of any JSON value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    Undefined,
    ValueNode,
    VariableNode,
)

MAX_NUMBER_CHARACTERS = 1000


def literal_value(node: ValueNode, variables: Mapping[str, Any] | None = None) -> Any:
    """
    The JSON value of a literal; Undefined for a variable without a value.

    Raises:
        ValueError: a number with more digits than any database holds. Python refuses to read more than
            4,300 of them, with a message that would mean nothing to a client.
    """
    match node:
        case IntValueNode():
            return int(_short(node.value))
        case FloatValueNode():
            return float(_short(node.value))
        case StringValueNode() | BooleanValueNode():
            return node.value
        case EnumValueNode():
            return node.value
        case NullValueNode():
            return None
        case ListValueNode():
            return [literal_value(item, variables) for item in node.values]
        case ObjectValueNode():
            return {field.name.value: literal_value(field.value, variables) for field in node.fields}
        case VariableNode():
            return (variables or {}).get(node.name.value, Undefined)
        case _:
            return Undefined


def _short(digits: str) -> str:
    if len(digits) > MAX_NUMBER_CHARACTERS:
        raise ValueError("the number has too many digits")
    return digits
