"""How do authors' functions look to a role: Strawberry's types, with the role's own rows and scalars in their places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    Undefined,
    specified_scalar_types,
    value_from_ast_untyped,
)
from graphql.utilities import ast_from_value

from portico.schema.catalog import Column, Table
from portico.schema.scalars import Scalar
from portico.schema.types.function_hints import Hints
from portico.schema.types.function_values import coerced_arguments_of
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import ComputedSpec, Field, FunctionSpec, MemberSpec


class Faces:
    """
    The types of functions as one role sees them, made as they are first met.

    A row that the role may not read does not exist, nor does what would give it. A row by itself may always be null, for a rule
    may hide it; of a list it is left out.

    Args:
        own: the functions that the role has, with types as Strawberry made them.
        scalars: those that are the role's own, by name.
    """

    def __init__(
        self,
        types: RoleTypes,
        own: Mapping[str, Mapping[str, GraphQLField]],
        hints: Hints,
        scalars: Mapping[str, Scalar],
    ) -> None:
        self._types = types
        self._own = own
        self.hints = hints
        self._scalars = scalars
        self._made: dict[str, Any] = {}
        self._fields: dict[str, Mapping[str, GraphQLField]] = {}

    def fields(self, operation: str) -> Mapping[str, GraphQLField]:
        """The role's function fields of one operation."""
        if operation not in self._fields:
            made = {name: self._root(field) for name, field in self._own.get(operation, {}).items()}
            self._fields[operation] = {name: field for name, field in made.items() if field is not None}
        return self._fields[operation]

    def computed(self, table: Table, readable: Mapping[str, Column]) -> Mapping[str, GraphQLField]:
        """The fields of a table's rows that functions work out of columns which the role may read."""
        found: dict[str, GraphQLField] = {}
        for name, field in self.fields(f"Computed{table.type_name}").items():
            assert isinstance(field, Field)
            assert isinstance(field.spec, FunctionSpec)
            columns = [table.column_named(each) for each in field.spec.declaration.reads]
            reads = tuple(each for each in columns if each is not None and readable.get(each.field) is each)
            if len(reads) == len(columns):
                found[name] = Field(field.type, ComputedSpec(field.spec, reads), field.args, field.description)
        return found

    def named(self) -> Mapping[str, GraphQLNamedType]:
        """The types that are made here, those inside of others included."""
        for operation in self._own:
            self.fields(operation)
        waiting = list(self._made.values())
        while waiting:
            known = set(self._made)
            for each in waiting:
                _ = getattr(each, "fields", None), getattr(each, "types", None), getattr(each, "interfaces", None)
            waiting = [made for name, made in self._made.items() if name not in known]
        return {name: made for name, made in self._made.items() if made is not None}

    def _root(self, field: GraphQLField) -> GraphQLField | None:
        assert isinstance(field, Field)
        assert isinstance(field.spec, FunctionSpec)
        type_ = self._face(field.type)
        return None if type_ is None else Field(type_, field.spec, self._arguments(field), field.description)

    def _face(self, type_: Any, *, in_list: bool = False) -> Any:
        if isinstance(type_, GraphQLNonNull):
            inner = self._face(type_.of_type, in_list=in_list)
            is_row = getattr(type_.of_type, "name", None) in self.hints.rows
            return inner if inner is None or (is_row and not in_list) else GraphQLNonNull(inner)
        if isinstance(type_, GraphQLList):
            inner = self._face(type_.of_type, in_list=True)
            return None if inner is None else GraphQLList(inner)
        name = type_.name
        if name in specified_scalar_types:
            return type_
        if (table := self.hints.rows.get(name)) is not None:
            return self._types.of(table, "")
        if isinstance(type_, GraphQLScalarType | GraphQLEnumType) and name in self._scalars:
            return self._types.scalar(self._scalars[name])
        if name not in self._made:
            self._made[name] = None
            self._made[name] = self._make(type_, name)
        return self._made[name]

    def _make(self, type_: Any, name: str) -> Any:
        more: Any = {"description": type_.description, "extensions": type_.extensions}
        match type_:
            case GraphQLEnumType():
                # As JSON has them; what they are in Python is the function's business.
                values = {
                    each: GraphQLEnumValue(
                        each, description=value.description, deprecation_reason=value.deprecation_reason
                    )
                    for each, value in type_.values.items()
                }
                return GraphQLEnumType(name, values, description=type_.description)
            case GraphQLInputObjectType():
                return GraphQLInputObjectType(name, lambda: self._inputs(type_), description=type_.description)
            case GraphQLObjectType():
                interfaces = lambda: tuple(self._face(each) for each in type_.interfaces)  # noqa: E731
                return GraphQLObjectType(name, lambda: self._members(type_), interfaces=interfaces, **more)
            case GraphQLInterfaceType():
                interfaces = lambda: tuple(self._face(each) for each in type_.interfaces)  # noqa: E731
                return GraphQLInterfaceType(name, lambda: self._members(type_), interfaces=interfaces, **more)
            case GraphQLUnionType():
                types = lambda: [face for each in type_.types if (face := self._face(each)) is not None]  # noqa: E731
                return GraphQLUnionType(name, types, **more)
            case _:
                return type_

    def _members(self, type_: Any) -> dict[str, GraphQLField]:
        found: dict[str, GraphQLField] = {}
        for name, field in type_.fields.items():
            face = self._face(field.type)
            if face is not None:
                found[name] = Field(
                    face, MemberSpec(field, coerced_arguments_of(field)), self._arguments(field), field.description
                )
                found[name].deprecation_reason = field.deprecation_reason
        return found

    def _arguments(self, field: GraphQLField) -> dict[str, GraphQLArgument]:
        return {
            name: GraphQLArgument(
                self._face(each.type), default_value=_default(each), description=each.description,
                deprecation_reason=each.deprecation_reason,
            )
            for name, each in field.args.items()
        }  # fmt: skip

    def _inputs(self, type_: GraphQLInputObjectType) -> dict[str, GraphQLInputField]:
        return {
            name: GraphQLInputField(
                self._face(each.type), default_value=_default(each), description=each.description,
                deprecation_reason=each.deprecation_reason,
            )
            for name, each in type_.fields.items()
        }  # fmt: skip


def _default(given: GraphQLArgument | GraphQLInputField) -> Any:
    """A default as JSON has it."""
    if given.default_value is Undefined or given.default_value is None:
        return given.default_value
    node = ast_from_value(given.default_value, given.type)
    return Undefined if node is None else value_from_ast_untyped(node)
