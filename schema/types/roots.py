"""Which root fields does a role have: for each table what it may read and write, and the author's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLField, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString

from portico.schema.access import Grant
from portico.schema.catalog import Table
from portico.schema.names import RootKind
from portico.schema.types.arguments import list_arguments, page_arguments
from portico.schema.types.inputs import key_is_readable
from portico.schema.types.nested_inputs import update_inputs
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.root_fields import RootFields, root_type
from portico.schema.types.specs import Argument, ColumnSpec, Field, Input, PartSpec, RootSpec

QUERY_KINDS: tuple[RootKind, ...] = ("select", "select_by_pk", "select_aggregate", "connection")

FunctionFields = Callable[[str], Mapping[str, GraphQLField]]


def query_root(functions: FunctionFields, where: Mapping[str, Table]) -> Any:
    """The builder of the query root; `where` says which table a root field is of."""

    def build(types: RoleTypes, name: str) -> GraphQLObjectType:
        def of_table(table: Table) -> Mapping[str, GraphQLField]:
            grant = types.grants(table).read
            return {} if grant is None else _query_fields(types, table, grant)

        def nothing() -> Mapping[str, GraphQLField]:
            # A query root must have a field; this one says why there is no other (dialect reference, §1.2).
            text = "This role has no queries: no rule lets it read anything."
            word = types.names.word("no_queries_available")
            return {word: Field(GraphQLString, PartSpec("no_queries_available"), description=text)}

        return root_type(name, RootFields(where, of_table, functions("query"), nothing))

    return build


def _query_fields(types: RoleTypes, table: Table, grant: Grant) -> dict[str, Any]:
    row: Any = types.of(table, "")
    rows = GraphQLNonNull(GraphQLList(GraphQLNonNull(row)))
    found: dict[str, Any] = {}

    def add(kind: RootKind, hidden_as: str, type_: Any, arguments: Mapping[str, Argument], text: str) -> None:
        if hidden_as not in grant.hidden_roots:
            found[table.roots[kind]] = Field(type_, RootSpec(kind, table), dict(arguments), text)

    add("select", "list", rows, list_arguments(types, table), f"Rows of {table.type_name}.")
    if key_is_readable(types, table):
        add("select_by_pk", "by_key", row, key_arguments(types, table), f"One {table.type_name} by its key.")
    if (aggregate := types.of(table, "aggregate")) is not None:
        text = f"Aggregates over {table.type_name}."
        add("select_aggregate", "aggregate", GraphQLNonNull(aggregate), list_arguments(types, table), text)
    if types.names.convention == "plain" and (connection := types.of(table, "connection")) is not None:
        text = f"Pages of {table.type_name} by cursor."
        add("connection", "connection", GraphQLNonNull(connection), page_arguments(types, table), text)
    return found


def key_arguments(types: RoleTypes, table: Table) -> dict[str, Argument]:
    """Each key column, non-null."""
    return {
        column.field: Argument(GraphQLNonNull(types.scalar(column.scalar)), ColumnSpec(column)) for column in table.key
    }


def mutation_root(functions: FunctionFields, where: Mapping[str, Table]) -> Any:
    """The builder of the mutation root; None where no rule lets the role write."""

    def build(types: RoleTypes, name: str) -> GraphQLObjectType | None:
        more = functions("mutation")
        if not more and not types.access.may_write():
            return None
        fields = RootFields(where, lambda table: _mutation_fields(types, table), more, dict[str, GraphQLField])
        return root_type(name, fields)

    return build


def _mutation_fields(types: RoleTypes, table: Table) -> dict[str, Any]:
    access = types.grants(table)
    row = types.of(table, "")
    response = types.of(table, "mutation_response")
    found: dict[str, Any] = {}

    def add(kind: RootKind, type_: Any, arguments: dict[str, Argument], text: str) -> None:
        found[table.roots[kind]] = Field(type_, RootSpec(kind, table), arguments, text)

    if access.create is not None:
        insert: Any = GraphQLNonNull(types.of(table, "insert_input"))
        objects = Argument(GraphQLNonNull(GraphQLList(insert)), PartSpec("objects"))
        conflict = _conflict_argument(types, table)
        add("insert", response, {"objects": objects, **conflict}, f"Insert rows of {table.type_name}.")
        if row is not None and table.key:
            one = {"object": Argument(insert, PartSpec("object")), **conflict}
            add("insert_one", row, one, f"Insert one {table.type_name}.")
    has_filter = types.of(table, "bool_exp") is not None
    if access.update is not None and has_filter:
        where = {"where": Argument(GraphQLNonNull(types.of(table, "bool_exp")), PartSpec("where"))}
        changes = _as_arguments(update_inputs(types, table))
        add("update", response, {**changes, **where}, f"Update the rows of {table.type_name} that match.")
        updates = GraphQLNonNull(GraphQLList(GraphQLNonNull(types.of(table, "updates"))))
        many = {"updates": Argument(updates, PartSpec("updates"))}
        add("update_many", GraphQLList(response), many, f"Several updates of {table.type_name}, in order.")
        if row is not None and (key := types.of(table, "pk_columns_input")) is not None:
            by_key = _pk_arguments(types, table, key)
            add("update_by_pk", row, {**changes, **by_key}, f"Update one {table.type_name} by its key.")
    if access.delete is not None and has_filter:
        where = {"where": Argument(GraphQLNonNull(types.of(table, "bool_exp")), PartSpec("where"))}
        add("delete", response, where, f"Delete the rows of {table.type_name} that match.")
        if row is not None and key_is_readable(types, table):
            add("delete_by_pk", row, key_arguments(types, table), f"Delete one {table.type_name} by its key.")
    return found


def _pk_arguments(types: RoleTypes, table: Table, key: GraphQLInputObjectType) -> dict[str, Argument]:
    name = types.names.word("pk_columns")
    return {name: Argument(GraphQLNonNull(key), PartSpec("pk_columns"))}


def _conflict_argument(types: RoleTypes, table: Table) -> dict[str, Argument]:
    conflict = types.of(table, "on_conflict")
    return {types.names.word("on_conflict"): Argument(conflict, PartSpec("on_conflict"))} if conflict else {}


def _as_arguments(inputs: dict[str, Input]) -> dict[str, Argument]:
    return {name: Argument(each.type, each.spec) for name, each in inputs.items()}
