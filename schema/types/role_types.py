"""Which GraphQL types does a role see: built one by one as a document asks for them, and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
)

from portico.schema.access import RoleAccess, TableAccess, may_call
from portico.schema.catalog import Catalog, ChannelType, Column, DatabaseFunction, Table
from portico.schema.names import Names
from portico.schema.postgres_checks import Unreadable
from portico.schema.scalars import CURSOR, Family, Scalar
from portico.schema.types.function_hints import Hints
from portico.schema.types.literals import literal_value
from portico.schema.types.specs import ArgumentSpec, Input

TypeBuilder: TypeAlias = Callable[["RoleTypes", Table, str], GraphQLNamedType | None]
Owner: TypeAlias = Table | DatabaseFunction | ChannelType | None
"""Whose a type is: a table's, of a function of the database its arguments, a channel's, or nobody's."""

FixedBuilder: TypeAlias = Callable[["RoleTypes", str], GraphQLNamedType | None]

_BUILT_IN: Mapping[str, GraphQLScalarType] = {
    "Int": GraphQLInt,
    "Float": GraphQLFloat,
    "String": GraphQLString,
    "Boolean": GraphQLBoolean,
    "ID": GraphQLID,
}


class FunctionFaces(Protocol):
    """What authors' functions look like to a role; `hints` are what their types were made of."""

    hints: Hints

    def fields(self, operation: str) -> Mapping[str, GraphQLField]:
        """The fields of one operation."""
        ...

    def computed(self, table: Table, readable: Mapping[str, Column]) -> Mapping[str, GraphQLField]:
        """The fields of a table's rows that functions work out of columns which are readable."""
        ...

    def named(self) -> Mapping[str, GraphQLNamedType]:
        """The types that they bring along."""
        ...


class RoleTypes:
    """
    The GraphQL types of one role over a Catalog.

    `named(name)` is what validation asks for: a type of that name, or None where the role has none.

    Args:
        table_builders: suffix in Hasura's spelling (`bool_exp`, empty for the object itself) → builder.
        fixed_builders: name in Hasura's spelling (`query_root`, `order_by`) → builder.
        index: type name → (owner, suffix) or (None, fixed name); shared by all roles of a Catalog.
        functions: gives the fields and types that authors' functions bring along.
        of_channel: gives a channel's type by its suffix.
    """

    def __init__(
        self,
        access: RoleAccess,
        *,
        table_builders: Mapping[str, TypeBuilder],
        fixed_builders: Mapping[str, FixedBuilder],
        index: Mapping[str, tuple[Owner, str]],
        functions: Callable[[RoleTypes], FunctionFaces],
        of_channel: Callable[[RoleTypes, ChannelType, str], GraphQLNamedType | None],
    ) -> None:
        self.access = access
        self.catalog: Catalog = access.catalog
        self.names: Names = access.catalog.names
        self._table_builders = table_builders
        self._fixed_builders = fixed_builders
        self._index = index
        self._of_channel = of_channel
        self._types: dict[str, GraphQLNamedType | None] = {**_BUILT_IN}
        # Those of functions may have rows for members, which are asked of what stands by now.
        self.functions = functions(self)
        self._extra = self.functions.named()
        self._types |= self._extra

    def named(self, name: str) -> GraphQLNamedType | None:
        """The type of this name, or None where this role has none."""
        if name in self._types:
            return self._types[name]
        entry = self._index.get(name)
        if entry is None:
            return None
        owner, suffix = entry
        if isinstance(owner, ChannelType):
            return self._of_channel(self, owner, suffix)
        if isinstance(owner, DatabaseFunction):
            # Of a computed field the type says no more than the field, which the role's document has to reach.
            return self.arguments_of(owner) if owner.row is not None or may_call(self.access, owner) else None
        return self.fixed(suffix) if owner is None else self.of(owner, suffix)

    def arguments_of(self, function: DatabaseFunction) -> Any:
        """The input type of a function's arguments."""
        return self.keep(
            self.names.table_type(function.base, "args"),
            lambda name: GraphQLInputObjectType(
                name,
                lambda: {
                    each.field: Input(self.scalar(each.scalar), ArgumentSpec(each)) for each in function.arguments
                },
            ),
        )

    def of(self, table: Table, suffix: str) -> Any:
        """The type of a table with a suffix, or None where this role has none."""
        name = self.names.table_type(table.type_base, suffix)
        if name not in self._types:
            self._types[name] = None  # a type that is not granted stays absent, also to those it refers to
            self._types[name] = self._table_builders[suffix](self, table, name)
        return self._types[name]

    def fixed(self, name: str) -> Any:
        """A type that belongs to no table."""
        type_name = self.names.fixed(name)
        if type_name not in self._types:
            self._types[type_name] = None
            self._types[type_name] = self._fixed_builders[name](self, type_name)
        return self._types[type_name]

    def grants(self, table: Table) -> TableAccess:
        """What the role may do with the table."""
        return self.access.table(table)

    def scalar(self, scalar: Scalar) -> Any:
        """The GraphQL type of a SQL type; arrays are lists of nullable items."""
        if scalar.item is not None:
            return GraphQLList(self.scalar(scalar.item))
        name = self.names.scalar(scalar.name, scalar.plain)
        known = self._types.get(name)
        if known is None:
            known = self._types[name] = _enum(name, scalar) if scalar.labels else _scalar(name, scalar)
        return known

    def column(self, column: Column, *, masked: bool = False) -> Any:
        """The output type of a column."""
        type_ = self.scalar(column.scalar)
        return type_ if column.nullable or masked else GraphQLNonNull(type_)

    def keep(self, name: str, make: Callable[[str], GraphQLNamedType]) -> Any:
        """A type that only its name decides (comparisons of a scalar), made once."""
        if self._types.get(name) is None:
            self._types[name] = make(name)
        return self._types[name]

    def abstract(self) -> Iterator[GraphQLNamedType]:
        """The types that authors' functions brought along; only these can be abstract."""
        yield from self._extra.values()

    def implementing(self, interface: GraphQLInterfaceType) -> list[GraphQLObjectType]:
        """The objects that implement an interface; only rows and the types of functions do, and rows none but a generated one."""
        tables = self.catalog.tables.values() if interface.name in self._index else ()
        rows = [self.of(table, "") for table in tables]
        objects = [each for each in (*rows, *self._extra.values()) if isinstance(each, GraphQLObjectType)]
        return [each for each in objects if interface in each.interfaces]

    def all(self) -> Iterator[GraphQLNamedType]:
        """Every type of the role, for introspection and SDL."""
        for name in self._index:
            self.named(name)
        for type_ in list(self._types.values()):
            if type_ is not None:
                yield type_


def _scalar(name: str, scalar: Scalar) -> GraphQLScalarType:
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    check = scalar.check

    def parse_literal(node: Any, variables: Any = None) -> Any:
        value = literal_value(node, variables)
        if value is Undefined:
            return Undefined
        try:
            return check(value)
        except Unreadable:
            return value  # whoever reads the values of the request says it, with its own code

    return GraphQLScalarType(
        name=name,
        description=scalar.description or None,
        parse_value=check,
        parse_literal=parse_literal,
        serialize=lambda value: value,
    )


def _enum(name: str, scalar: Scalar) -> GraphQLEnumType:
    descriptions = dict(scalar.label_descriptions)
    return GraphQLEnumType(
        name, {label: GraphQLEnumValue(stored, description=descriptions.get(label)) for label, stored in scalar.labels}
    )


def fields_or_none(
    name: str, fields: Callable[[], dict[str, Any]], *, input_type: bool = False, description: str | None = None
) -> Any:
    """An object or input type whose fields are made at first use."""
    make: Any = GraphQLInputObjectType if input_type else GraphQLObjectType
    return make(name, fields, description=description)


__all__ = ["CURSOR", "Family", "FixedBuilder", "RoleTypes", "TypeBuilder", "fields_or_none"]
