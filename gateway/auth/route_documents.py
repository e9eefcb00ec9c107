"""What does a route ask: the document of a function of accounts, with all that it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_required_argument

from portico.gateway.problems import InvalidRequest, NotFound
from portico.schema.types.specs import FunctionSpec

_OURS = "portico.gateway.auth."
_DEEPEST = 5

Fields = Mapping[str, Mapping[str, GraphQLField]]
"""Fields of functions by name, by operation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A document of one field, and its variables."""

    field: str
    document: str
    variables: Mapping[str, Any]


def function_of(path_name: str, fields: Fields) -> tuple[str, str, GraphQLField]:
    """
    Operation, name and field of the function that a route is called like: `sign-in` is `sign_in`.

    Raises:
        NotFound: none of accounts; the author's own are not here.
    """
    wanted = path_name.replace("-", "_")
    for operation, named in fields.items():
        for name, field in named.items():
            spec = getattr(field, "spec", None)
            function = spec.declaration.function if isinstance(spec, FunctionSpec) else None
            if function is not None and function.__name__ == wanted and function.__module__.startswith(_OURS):
                return operation, name, field
    raise NotFound("There is nothing here.", hint="docs/auth.md names the routes.")


def asked(operation: str, name: str, field: GraphQLField, given: Mapping[str, Any]) -> Asked:
    """
    The document that calls a function with what was given.

    Raises:
        InvalidRequest: it has no argument of a name that was given.
    """
    for each in given:
        if each not in field.args:
            raise InvalidRequest(f"There is no {each!r} here.", hint=f"There are {', '.join(field.args) or 'none'}.")
    declared = ", ".join(f"${each}: {field.args[each].type}" for each in given)
    passed = ", ".join(f"{each}: ${each}" for each in given)
    head = f"{operation} ({declared})" if declared else operation
    call = f"{name}({passed})" if passed else name
    return Asked(name, f"{head} {{ {call}{_selection(field, 0)} }}", given)


def _selection(field: GraphQLField, depth: int) -> str:
    type_ = get_named_type(field.type)
    if not isinstance(type_, GraphQLObjectType):
        return ""
    found = [
        f"{name}{_selection(each, depth + 1)}"
        for name, each in type_.fields.items()
        if not any(is_required_argument(argument) for argument in each.args.values())
        and (depth < _DEEPEST or not isinstance(get_named_type(each.type), GraphQLObjectType))
    ]
    return f" {{ {' '.join(found) or '__typename'} }}"
