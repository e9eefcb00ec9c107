"""What does a role have of another GraphQL service, where that is said as a schema, the part of the service's own that it has?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from graphql import (
    DirectiveNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    parse,
)

from portico.schema.caller import Caller
from portico.schema.remotes import FieldGrant, Preset, RemoteGrant, check_constant, is_required
from portico.schema.types.literals import literal_value

_SESSION = "x-hasura-"


def grant_of_schema(schema: GraphQLSchema, sdl: str) -> RemoteGrant:
    """
    What a role has by a schema. Source: Hasura v2, "Remote Schema Permissions", "Argument presets".

    Types are looked up by name, and what they have must be in the service's own; unions are what the objects make of them.

    Raises:
        ValueError: it is none, or names what the service does not have.
    """
    try:
        document = parse(sdl)
    except GraphQLError as error:
        raise ValueError(f"cannot be read: {error.message}") from error
    fields: dict[str, dict[str, FieldGrant]] = {}
    members: dict[str, frozenset[str]] = {}
    for node in document.definitions:
        if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
            name = node.name.value
            fields[name] = {
                each.name.value: _field(schema.type_map.get(name), name, each) for each in node.fields or ()
            }
        elif isinstance(node, InputObjectTypeDefinitionNode):
            members[node.name.value] = _members(schema, node)
        elif isinstance(node, EnumTypeDefinitionNode):
            members[node.name.value] = _values(schema, node)
    return RemoteGrant(fields, members)


def _field(type_: Any, type_name: str, node: FieldDefinitionNode) -> FieldGrant:
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) or node.name.value not in type_.fields:
        raise ValueError(f"names {type_name}.{node.name.value}, which its schema does not have.")
    field = type_.fields[node.name.value]
    arguments = {each.name.value: each for each in node.arguments or ()}
    unknown = [name for name in arguments if name not in field.args]
    if unknown:
        raise ValueError(
            f"names an argument {unknown[0]!r} of {type_name}.{node.name.value}, which has none of that name."
        )
    presets = {name: _preset(found) for name, each in arguments.items() if (found := _directive(each)) is not None}
    for name, value in presets.items():
        check_constant(field.args[name], value, f"{name!r} of {type_name}.{node.name.value}")
    lacking = [name for name, each in field.args.items() if name not in arguments and is_required(each)]
    if lacking:
        raise ValueError(f"leaves out {lacking[0]!r} of {type_name}.{node.name.value}, which has to be given.")
    return FieldGrant(frozenset(arguments) - presets.keys(), presets)


def _members(schema: GraphQLSchema, node: InputObjectTypeDefinitionNode) -> frozenset[str]:
    type_ = schema.type_map.get(node.name.value)
    named = {each.name.value for each in node.fields or ()}
    if not isinstance(type_, GraphQLInputObjectType) or not named <= type_.fields.keys():
        raise ValueError(f"has an input {node.name.value} that is not its schema's.")
    if any(_directive(each) is not None for each in node.fields or ()):
        raise ValueError(f"sets fields of the input {node.name.value}; arguments as a whole can be set.")
    lacking = [name for name, each in type_.fields.items() if name not in named and is_required(each)]
    if lacking:
        raise ValueError(f"leaves out {lacking[0]!r} of {node.name.value}, which has to be given.")
    return frozenset(named)


def _values(schema: GraphQLSchema, node: EnumTypeDefinitionNode) -> frozenset[str]:
    type_ = schema.type_map.get(node.name.value)
    named = {each.name.value for each in node.values or ()}
    if not isinstance(type_, GraphQLEnumType) or not named <= type_.values.keys():
        raise ValueError(f"has an enum {node.name.value} that is not its schema's.")
    return frozenset(named)


def _directive(node: InputValueDefinitionNode) -> DirectiveNode | None:
    return next((each for each in node.directives or () if each.name.value == "preset"), None)


def _preset(node: DirectiveNode) -> Preset:
    given = {each.name.value: literal_value(each.value) for each in node.arguments or ()}
    if "value" not in given:
        raise ValueError("has a @preset without a value.")
    value = given["value"]
    if isinstance(value, str) and value.lower().startswith(_SESSION) and given.get("static") is not True:
        return _session_variable(value.lower())
    return value


def _session_variable(name: str) -> Callable[[Caller], Any]:
    """What a session variable of Hasura's is of a caller: their role, their id, or a claim."""
    bare = name.removeprefix(_SESSION)

    def of(caller: Caller) -> Any:
        match bare:
            case "role":
                return caller.role
            case "user-id":
                return caller.id
            case _:
                names: Iterable[str] = (name, bare.replace("-", "_"), bare)
                return next((caller.claims[each] for each in names if each in caller.claims), None)

    return of
