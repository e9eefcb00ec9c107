"""Which root fields does a role have: for each table what it may read and write, and the author's functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from graphql import GraphQLField, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString

from portico.schema.access import Grant, may_call
from portico.schema.catalog import DatabaseFunction, Table
from portico.schema.names import RootKind
from portico.schema.types.arguments import function_arguments, list_arguments, page_arguments
from portico.schema.types.channels import channel_fields
from portico.schema.types.descriptions import of_root
from portico.schema.types.inputs import key_is_readable
from portico.schema.types.nested_inputs import update_inputs
from portico.schema.types.nodes import node_root
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.root_fields import RootFields, RootOwner, alone, root_type
from portico.schema.types.specs import (
    Argument,
    ColumnSpec,
    DatabaseFunctionSpec,
    Field,
    Input,
    NamespaceSpec,
    PartSpec,
    RootSpec,
)

QUERY_KINDS: tuple[RootKind, ...] = ("select", "select_by_pk", "select_aggregate", "connection")

# What the field says that stands where there is no other; Hasura's words.
NO_QUERIES = (
    "There are no queries available to the current role. Either there are no sources or remote schemas configured,"
    " or the current role doesn't have the required permissions."
)

Where: TypeAlias = Mapping[str, RootOwner]


def query_root(where: Where) -> Any:
    """The builder of the query root; `where` says what a root field is of."""

    def build(types: RoleTypes, name: str) -> GraphQLObjectType:
        more = {**types.functions.fields("query"), **node_root(types)}
        if types.names.namespace:
            return root_type(name, alone({**more, **namespace_field(types, "query")}))
        return root_type(name, _query_root_fields(types, where, more))

    return build


def query_namespace(where: Where) -> Any:
    """The builder of the namespace under the query root, which has the fields that would be the root's."""
    return lambda types, name: root_type(name, _query_root_fields(types, where, {}))


def _query_root_fields(types: RoleTypes, where: Where, more: Mapping[str, GraphQLField]) -> RootFields:
    def of_owner(owner: RootOwner) -> Mapping[str, GraphQLField]:
        if isinstance(owner, DatabaseFunction):
            return _function_fields(types, owner)
        grant = types.grants(owner).read
        return {} if grant is None else _query_fields(types, owner, grant)

    def nothing() -> Mapping[str, GraphQLField]:
        # A query root must have a field; this one says why there is no other (dialect reference, §1.2).
        text = "This role has no queries: no rule lets it read anything."
        word = types.names.word("no_queries_available")
        return {word: Field(GraphQLString, PartSpec("no_queries_available"), description=text)}

    return RootFields(where, of_owner, more, nothing)


def namespace_field(types: RoleTypes, operation: str) -> dict[str, GraphQLField]:
    """The root field that holds the root fields of all tables."""
    inner = types.fixed(f"{operation}_namespace")
    return {types.names.namespace: Field(GraphQLNonNull(inner), NamespaceSpec())}


def _function_fields(types: RoleTypes, function: DatabaseFunction) -> dict[str, GraphQLField]:
    """The fields of a function of the database: its rows, and aggregates of them."""
    table = function.returns
    if table is None or not may_call(types.access, function):
        return {}
    row: Any = types.of(table, "")
    arguments = {**function_arguments(types, function), **list_arguments(types, table)}
    if not function.many:
        spec = DatabaseFunctionSpec(function, "select")
        return {function.field: Field(row, spec, function_arguments(types, function), function.description)}
    rows = GraphQLNonNull(GraphQLList(GraphQLNonNull(row)))
    found: dict[str, GraphQLField] = {
        function.field: Field(rows, DatabaseFunctionSpec(function, "select"), arguments, function.description)
    }
    if (aggregate := types.of(table, "aggregate")) is not None:
        spec = DatabaseFunctionSpec(function, "select_aggregate")
        found[function.aggregate] = Field(GraphQLNonNull(aggregate), spec, dict(arguments), function.description)
    return found


def _query_fields(types: RoleTypes, table: Table, grant: Grant) -> dict[str, Any]:
    row: Any = types.of(table, "")
    rows = GraphQLNonNull(GraphQLList(GraphQLNonNull(row)))
    found: dict[str, Any] = {}

    def add(kind: RootKind, hidden_as: str, type_: Any, arguments: Mapping[str, Argument]) -> None:
        if hidden_as not in grant.hidden_roots:
            text = of_root(types.names, table, kind)
            found[table.roots[kind]] = Field(type_, RootSpec(kind, table), dict(arguments), text)

    add("select", "list", rows, list_arguments(types, table))
    if key_is_readable(types, table):
        add("select_by_pk", "by_key", row, key_arguments(types, table))
    if (aggregate := types.of(table, "aggregate")) is not None:
        add("select_aggregate", "aggregate", GraphQLNonNull(aggregate), list_arguments(types, table))
    if types.names.convention == "plain" and (connection := types.of(table, "connection")) is not None:
        add("connection", "connection", GraphQLNonNull(connection), page_arguments(types, table))
    return found


def key_arguments(types: RoleTypes, table: Table) -> dict[str, Argument]:
    """Each key column, non-null."""
    return {
        column.field: Argument(GraphQLNonNull(types.scalar(column.scalar)), ColumnSpec(column)) for column in table.key
    }


def mutation_root(where: Where) -> Any:
    """The builder of the mutation root; None where no rule lets the role write."""

    def build(types: RoleTypes, name: str) -> GraphQLObjectType | None:
        more = {**types.functions.fields("mutation"), **channel_fields(types, "mutation")}
        writes = _writes(types, where)
        if not more and not writes:
            return None
        if types.names.namespace:
            inside = namespace_field(types, "mutation") if writes else {}
            return root_type(name, alone({**more, **inside}))
        return root_type(name, _mutation_root_fields(types, where, more))

    return build


def mutation_namespace(where: Where) -> Any:
    """The builder of the namespace under the mutation root."""
    return lambda types, name: root_type(name, _mutation_root_fields(types, where, {}))


def _writes(types: RoleTypes, where: Where) -> bool:
    functions = {owner for owner in where.values() if isinstance(owner, DatabaseFunction)}
    return types.access.may_write() or any(may_call(types.access, each) for each in functions)


def _mutation_root_fields(types: RoleTypes, where: Where, more: Mapping[str, GraphQLField]) -> RootFields:
    def of_owner(owner: RootOwner) -> Mapping[str, GraphQLField]:
        if isinstance(owner, DatabaseFunction):
            return _function_fields(types, owner)
        return _mutation_fields(types, owner)

    return RootFields(where, of_owner, more, dict[str, GraphQLField])


def _mutation_fields(types: RoleTypes, table: Table) -> dict[str, Any]:
    access = types.grants(table)
    row = types.of(table, "")
    response = types.of(table, "mutation_response")
    found: dict[str, Any] = {}

    def add(kind: RootKind, type_: Any, arguments: dict[str, Argument]) -> None:
        text = of_root(types.names, table, kind)
        found[table.roots[kind]] = Field(type_, RootSpec(kind, table), arguments, text)

    if access.create is not None:
        insert: Any = GraphQLNonNull(types.of(table, "insert_input"))
        objects = Argument(GraphQLNonNull(GraphQLList(insert)), PartSpec("objects"))
        conflict = _conflict_argument(types, table)
        add("insert", response, {"objects": objects, **conflict})
        if row is not None:
            one = {"object": Argument(insert, PartSpec("object")), **conflict}
            add("insert_one", row, one)
    has_filter = types.of(table, "bool_exp") is not None
    if access.update is not None and has_filter:
        where = {"where": Argument(GraphQLNonNull(types.of(table, "bool_exp")), PartSpec("where"))}
        changes = _as_arguments(update_inputs(types, table))
        add("update", response, {**changes, **where})
        updates = GraphQLNonNull(GraphQLList(GraphQLNonNull(types.of(table, "updates"))))
        many = {"updates": Argument(updates, PartSpec("updates"))}
        add("update_many", GraphQLList(response), many)
        if row is not None and (key := types.of(table, "pk_columns_input")) is not None:
            by_key = {**_pk_arguments(types, table, key), **_condition_argument(types, table)}
            add("update_by_pk", row, {**changes, **by_key})
    if access.delete is not None and has_filter:
        where = {"where": Argument(GraphQLNonNull(types.of(table, "bool_exp")), PartSpec("where"))}
        add("delete", response, where)
        if row is not None and key_is_readable(types, table):
            by_key = {**_condition_argument(types, table), **key_arguments(types, table)}
            add("delete_by_pk", row, by_key)
    return found


def _pk_arguments(types: RoleTypes, table: Table, key: GraphQLInputObjectType) -> dict[str, Argument]:
    name = types.names.word("pk_columns")
    return {name: Argument(GraphQLNonNull(key), PartSpec("pk_columns"))}


def _condition_argument(types: RoleTypes, table: Table) -> dict[str, Argument]:
    text = "What the row must meet, or nothing is written: a conflict."
    return {types.names.word("_if"): Argument(types.of(table, "bool_exp"), PartSpec("condition"), description=text)}


def _conflict_argument(types: RoleTypes, table: Table) -> dict[str, Argument]:
    conflict = types.of(table, "on_conflict")
    return {types.names.word("on_conflict"): Argument(conflict, PartSpec("on_conflict"))} if conflict else {}


def _as_arguments(inputs: dict[str, Input]) -> dict[str, Argument]:
    return {name: Argument(each.type, each.spec) for name, each in inputs.items()}
