"""How do other GraphQL services look to a role: their types under names of their own, with what the role has of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    specified_scalar_types,
)

from portico.schema.catalog import Column, Table
from portico.schema.remotes import FieldGrant, RemoteAccess, RemoteJoin
from portico.schema.types.function_hints import Hints
from portico.schema.types.role_types import FunctionFaces, RoleTypes
from portico.schema.types.specs import Field, JoinSpec, RemoteFieldSpec, RemoteSpec

_OPERATIONS: tuple[Literal["query", "mutation"], ...] = ("query", "mutation")


class RemoteFaces:
    """The types of one service as a role sees them; what they refer to is made as it is first met."""

    def __init__(self, access: RemoteAccess) -> None:
        self._access = access
        self._remote = access.remote
        self._made: dict[str, Any] = {}

    def fields(self, operation: str) -> Mapping[str, GraphQLField]:
        """The field of a root that holds the service's; it may be null, for the service may not answer."""
        for each in _OPERATIONS:
            root = self._remote.root(each)
            if each == operation and root is not None and self._access.root(each):
                field = Field(self._face(root), RemoteSpec(self._access, each), description=root.description)
                return {self._remote.name: field}
        return {}

    def joined(self, join: RemoteJoin, readable: Mapping[str, Column]) -> Mapping[str, GraphQLField]:
        """The field of rows that the service answers, for who may read the columns and ask the service."""
        root = self._remote.root("query")
        grant = self._access.root("query").get(join.asks)
        given = {*join.columns, *join.constants}
        if root is None or grant is None or not all(grant.gives(each) for each in given):
            return {}
        if any(readable.get(each.field) is not each for each in join.columns.values()):
            return {}
        source = root.fields[join.asks]
        type_ = source.type.of_type if isinstance(source.type, GraphQLNonNull) else source.type
        arguments = {name: each for name, each in self._arguments(source, grant).items() if name not in given}
        spec = JoinSpec(RemoteFieldSpec(self._access, root.name, join.asks), join)
        return {join.field: Field(self._face(type_), spec, arguments, source.description)}

    def named(self) -> Mapping[str, GraphQLNamedType]:
        """Every type of the service that the role has, but for the scalars of all schemas."""
        types = [self._remote.source(name) for name in self._access.reached if name not in specified_scalar_types]
        return {face.name: face for face in map(self._face, types)}

    def _face(self, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return GraphQLNonNull(self._face(type_.of_type))
        if isinstance(type_, GraphQLList):
            return GraphQLList(self._face(type_.of_type))
        if type_.name in specified_scalar_types:
            return specified_scalar_types[type_.name]
        if type_.name not in self._made:
            self._made[type_.name] = self._make(type_, self._remote.type_name(type_.name))
        return self._made[type_.name]

    def _faces(self, names: Iterable[str]) -> list[Any]:
        return [self._face(self._remote.source(each)) for each in sorted(names)]

    def _make(self, type_: Any, name: str) -> GraphQLNamedType:
        text = type_.description
        match type_:
            case GraphQLScalarType():
                return GraphQLScalarType(name, description=text, specified_by_url=type_.specified_by_url)
            case GraphQLEnumType():
                return GraphQLEnumType(name, self._values(type_), description=text)
            case GraphQLInputObjectType():
                one = type_.is_one_of
                return GraphQLInputObjectType(name, lambda: self._inputs(type_), description=text, is_one_of=one)
            case GraphQLUnionType():
                return GraphQLUnionType(name, lambda: self._faces(self._access.objects(type_)), description=text)
            case _:
                make: Callable[..., Any] = GraphQLObjectType
                if isinstance(type_, GraphQLInterfaceType):
                    make = GraphQLInterfaceType
                interfaces = lambda: self._faces(self._access.interfaces(type_))  # noqa: E731
                return make(name, lambda: self._members(type_), interfaces=interfaces, description=text)

    def _members(self, type_: Any) -> dict[str, GraphQLField]:
        found: dict[str, GraphQLField] = {}
        for name, grant in self._access.fields.get(type_.name, {}).items():
            source = type_.fields[name]
            spec = RemoteFieldSpec(self._access, type_.name, name)
            found[name] = Field(self._face(source.type), spec, self._arguments(source, grant), source.description)
            found[name].deprecation_reason = source.deprecation_reason
        return found

    def _arguments(self, source: GraphQLField, grant: FieldGrant) -> dict[str, GraphQLArgument]:
        return {
            name: GraphQLArgument(
                self._face(each.type), default_value=each.default_value, default=each.default, description=each.description,
                deprecation_reason=each.deprecation_reason,
            )
            for name, each in source.args.items()
            if grant.gives(name)
        }  # fmt: skip

    def _inputs(self, type_: GraphQLInputObjectType) -> dict[str, GraphQLInputField]:
        members = self._access.members(type_.name)
        return {
            name: GraphQLInputField(
                self._face(each.type), default_value=each.default_value, default=each.default, description=each.description,
                deprecation_reason=each.deprecation_reason,
            )
            for name, each in type_.fields.items()
            if members is None or name in members
        }  # fmt: skip

    def _values(self, type_: GraphQLEnumType) -> dict[str, GraphQLEnumValue]:
        members = self._access.members(type_.name)
        return {
            name: GraphQLEnumValue(name, description=each.description, deprecation_reason=each.deprecation_reason)
            for name, each in type_.values.items()
            if members is None or name in members
        }


class WithRemotes:
    """What authors' functions look like to a role, with other GraphQL services beside them."""

    def __init__(self, functions: FunctionFaces, types: RoleTypes) -> None:
        self._functions = functions
        self.hints: Hints = functions.hints
        self._faces = {each: RemoteFaces(types.access.remote(each)) for each in types.catalog.remotes}

    def fields(self, operation: str) -> Mapping[str, GraphQLField]:
        """See `FunctionFaces`."""
        found = dict(self._functions.fields(operation))
        for each in self._faces.values():
            found.update(each.fields(operation))
        return found

    def computed(self, table: Table, readable: Mapping[str, Column]) -> Mapping[str, GraphQLField]:
        """See `FunctionFaces`."""
        found = dict(self._functions.computed(table, readable))
        for remote, faces in self._faces.items():
            for join in remote.joins:
                if join.table is table:
                    found.update(faces.joined(join, readable))
        return found

    def named(self) -> Mapping[str, GraphQLNamedType]:
        """See `FunctionFaces`."""
        found = dict(self._functions.named())
        for each in self._faces.values():
            found.update(each.named())
        return found
