"""How do programs learn of endpoints: an OpenAPI 3.1 document of those that a role can run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    type_from_ast,
)

from portico.gateway.functions.endpoints import Endpoint
from portico.resolvers.documents import DocumentInvalid, RoleSchema
from portico.resolvers.plan.selections import Selections, subselections
from portico.resolvers.run.execute import Executor
from portico.schema.caller import Caller
from portico.schema.problems import Problem

_SCALARS: Mapping[str, Mapping[str, Any]] = {
    "Int": {"type": "integer", "format": "int32"},
    "BigInt": {"type": ["integer", "string"]},
    "Float": {"type": "number"},
    "Decimal": {"type": ["number", "string"]},
    "String": {"type": "string"},
    "ID": {"type": "string"},
    "Boolean": {"type": "boolean"},
    "UUID": {"type": "string", "format": "uuid"},
    "DateTime": {"type": "string", "format": "date-time"},
    "Date": {"type": "string", "format": "date"},
    "Time": {"type": "string", "format": "time"},
    "uuid": {"type": "string", "format": "uuid"},
    "timestamptz": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
}
_DEEPEST = 6  # levels of an input that are written out; what lies below may be anything
_PROBLEM = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message"],
                "properties": {"message": {"type": "string"}, "extensions": {"type": "object"}},
            },
        }
    },
}


def described(endpoints: Iterable[Endpoint], executor: Executor, caller: Caller) -> dict[str, Any]:
    """
    The document.

    Source: OpenAPI 3.1.1, whose schemas are JSON Schema 2020-12.
    """
    paths: dict[str, dict[str, Any]] = {}
    role = executor.role(caller)
    for endpoint in endpoints:
        try:
            operation, _ = executor.documents.find(endpoint.document, None, role)
        except (Problem, DocumentInvalid):
            continue  # of what the role cannot run, it is told nothing
        fragments = operation.document.fragments
        paths.setdefault(endpoint.pattern.text, {})[endpoint.method.lower()] = _Operation(
            endpoint, role, fragments
        ).described()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Saved operations", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}},
    }


class _Operation:
    def __init__(self, endpoint: Endpoint, role: RoleSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._endpoint = endpoint
        self._role = role
        self._selections = Selections(fragments, lambda directives: True)

    def described(self) -> dict[str, Any]:
        endpoint = self._endpoint
        name = endpoint.operation.name
        found: dict[str, Any] = {"operationId": name.value} if name is not None else {}
        in_path = set(endpoint.pattern.names)
        types = {key: type_from_ast(self._role.schema, each.type) for key, each in endpoint.declared.items()}
        others = {key: type_ for key, type_ in types.items() if key not in in_path}
        parameters = [self._parameter(key, types[key], "path") for key in endpoint.pattern.names]
        if endpoint.method in ("GET", "DELETE"):
            parameters += [self._parameter(key, type_, "query") for key, type_ in others.items()]
        elif others:
            found["requestBody"] = self._body(others)
        if parameters:
            found["parameters"] = parameters
        problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        found["responses"] = {
            "200": {"description": "The data.", "content": {"application/json": {"schema": self._answer()}}},
            "default": {"description": "What went wrong.", "content": problem},
        }
        return found

    def _is_required(self, name: str, type_: Any) -> bool:
        return isinstance(type_, GraphQLNonNull) and self._endpoint.declared[name].default_value is None

    def _parameter(self, name: str, type_: Any, place: str) -> dict[str, Any]:
        required = place == "path" or self._is_required(name, type_)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        return {"name": name, "in": place, "required": required, "schema": _input(inner, 0, nullable=False)}

    def _body(self, types: Mapping[str, Any]) -> dict[str, Any]:
        required = [name for name, type_ in types.items() if self._is_required(name, type_)]
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: _input(type_, 0) for name, type_ in types.items()},
            "additionalProperties": False,
        }
        if required:
            schema["required"] = required
        return {"required": bool(required), "content": {"application/json": {"schema": schema}}}

    def _answer(self) -> dict[str, Any]:
        root = self._role.schema.get_root_type(self._endpoint.operation.operation)
        return self._object([self._endpoint.operation.selection_set], root)

    def _object(self, sets: list[Any], type_: Any) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key, nodes in self._selections.fields(sets, type_).items():
            name = nodes[0].name.value
            is_known = name != "__typename" and name in type_.fields
            members[key] = self._output(nodes, type_.fields[name].type) if is_known else {"type": "string"}
        return {"type": "object", "properties": members, "required": list(members)}

    def _output(self, nodes: list[Any], type_: Any, *, nullable: bool = True) -> dict[str, Any]:
        if isinstance(type_, GraphQLNonNull):
            return self._output(nodes, type_.of_type, nullable=False)
        if isinstance(type_, GraphQLList):
            return _maybe({"type": "array", "items": self._output(nodes, type_.of_type)}, nullable=nullable)
        if isinstance(type_, GraphQLObjectType):
            return _maybe(self._object(subselections(nodes), type_), nullable=nullable)
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            return {}
        return _maybe(_leaf(type_), nullable=nullable)


def _input(type_: Any, depth: int, *, nullable: bool = True) -> dict[str, Any]:
    if isinstance(type_, GraphQLNonNull):
        return _input(type_.of_type, depth, nullable=False)
    if isinstance(type_, GraphQLList):
        return _maybe({"type": "array", "items": _input(type_.of_type, depth)}, nullable=nullable)
    if isinstance(type_, GraphQLInputObjectType):
        if depth == _DEEPEST:
            return {"type": "object"}
        required = [name for name, each in type_.fields.items() if isinstance(each.type, GraphQLNonNull)]
        members = {name: _input(each.type, depth + 1) for name, each in type_.fields.items()}
        schema: dict[str, Any] = {"type": "object", "properties": members, "additionalProperties": False}
        return _maybe({**schema, **({"required": required} if required else {})}, nullable=nullable)
    return _maybe(_leaf(type_), nullable=nullable)


def _leaf(type_: Any) -> dict[str, Any]:
    if isinstance(type_, GraphQLEnumType):
        return {"type": "string", "enum": list(type_.values)}
    return dict(_SCALARS.get(type_.name, {}))


def _maybe(schema: dict[str, Any], *, nullable: bool) -> dict[str, Any]:
    if not nullable or not schema:
        return schema
    if "enum" in schema or not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}
