"""How does Hasura v2 say that a value does not fit: by the place that uses it, its type, and what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    type_from_ast,
)

from portico.resolvers.hasura.documents import Place, expected, kind_of, one_of
from portico.resolvers.plan.places import use_of
from portico.schema.problems import HasuraError, Problem

_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_NO_MEMBER = re.compile(r"\w+ (?P<has>has no|needs a) member '(?P<name>[^']*)'")
_BASIC = ("Int", "Float", "String", "Boolean", "ID")
_LIMITS = (".limit", ".offset")


def of_variable(
    problem: Problem, place: Place, variables: Mapping[str, Any], schema: GraphQLSchema
) -> HasuraError | None:
    """
    A problem with a variable's value.

    Hasura names the place that uses the variable, not the variable.
    """
    name, rest = _split(place.path.removeprefix("$.variableValues."))
    type_ = _declared(name, place, schema)
    if type_ is None:
        return None
    if not rest and variables.get(name) is None:
        return _missing(name, type_, place, given=name in variables)
    found: Any = variables.get(name)
    for member, index in _STEP.findall(rest):
        type_, found = _inside(type_, found, member, index)
    path = (use_of(name, place.document) or place.path) + rest
    if (match := _NO_MEMBER.match(problem.message)) is not None:
        return _member(match, get_named_type(type_), path, place, problem)
    return _unfit(problem, get_named_type(type_), found, path, place)


def of_literal(problem: Problem, place: Place) -> HasuraError | None:
    """A problem with a value that is written in the document; those of GraphQL's own types validation has found."""
    if problem.message == "A comparison cannot be with null.":
        return HasuraError("unexpected null value", place.path, problem.error_code)
    if place.path.endswith(_LIMITS) or not problem.message.startswith("expected"):
        return None
    return HasuraError(problem.message, place.path, _code(place.found))


def _split(path: str) -> tuple[str, str]:
    end = min((index for index in (path.find("."), path.find("[")) if index >= 0), default=len(path))
    return path[:end], path[end:]


def _declared(name: str, place: Place, schema: GraphQLSchema) -> Any:
    for definition in place.document.definitions:
        for each in definition.variable_definitions or () if isinstance(definition, OperationDefinitionNode) else ():
            if each.variable.name.value == name:
                return type_from_ast(schema, each.type)
    return None


def _missing(name: str, type_: Any, place: Place, *, given: bool) -> HasuraError:
    if not given:
        return HasuraError(
            f'expecting a value for non-nullable variable: "{name}"', "$.variableValues", "validation-failed"
        )
    text = f': "{type_}"' if place.schema is not None else ""
    return HasuraError(f"null value found for non-nullable type{text}", "$.variableValues", "validation-failed")


def _inside(type_: Any, value: Any, member: str, index: str) -> tuple[Any, Any]:
    """One step down: the type and the value of a member or item."""
    type_ = get_nullable_type(type_)
    if index:
        inner = type_.of_type if isinstance(type_, GraphQLList) else type_
        return inner, value[int(index)] if isinstance(value, list) and int(index) < len(value) else value
    type_ = get_named_type(type_)
    field = type_.fields.get(member) if isinstance(type_, GraphQLInputObjectType) else None
    return (type_ if field is None else field.type), value.get(member) if isinstance(value, dict) else value


def _member(match: re.Match[str], type_: Any, path: str, place: Place, problem: Problem) -> HasuraError:
    name = match["name"]
    if match["has"] == "needs a":
        return HasuraError(f"missing required field '{name}'", f"{path}.{name}", problem.error_code)
    of = f" in type: '{type_.name}'" if place.schema is not None else ""
    return HasuraError(f"field '{name}' not found{of}", f"{path}.{name}", problem.error_code)


def _unfit(problem: Problem, type_: Any, found: Any, path: str, place: Place) -> HasuraError | None:
    if isinstance(type_, GraphQLEnumType):
        if isinstance(found, str):
            return HasuraError(one_of(type_.name, found, place.schema), path, problem.error_code)
        return HasuraError(expected(type_.name, kind_of(found), place.schema), path, problem.error_code)
    if found is None or isinstance(type_, GraphQLInputObjectType):
        return HasuraError(expected(type_.name, kind_of(found), place.schema), path, problem.error_code)
    if isinstance(type_, GraphQLScalarType) and type_.name not in _BASIC:
        return HasuraError(problem.message, path, _code(kind_of(found)))
    if path.endswith(_LIMITS) and isinstance(found, int):
        return HasuraError(problem.message, path, problem.error_code)
    return HasuraError(expected(type_.name, kind_of(found), place.schema), path, problem.error_code)


def _code(found: str) -> str:
    # Texts reach Hasura's database, which reads them as what the column is; anything else it reads itself.
    return "data-exception" if found == "a string" else "parse-failed"
