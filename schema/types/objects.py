"""What objects does a table have: its rows, their aggregates, connections and the answers of mutations."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLBoolean, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString

from portico.schema.access import Grant
from portico.schema.aggregates import AGGREGATES, BY_NAME, Aggregate
from portico.schema.catalog import Column, Link, Table
from portico.schema.scalars import Family
from portico.schema.types.arguments import (
    function_arguments,
    group_arguments,
    json_path_arguments,
    list_arguments,
    page_arguments,
)
from portico.schema.types.descriptions import of_computed, of_type
from portico.schema.types.keys import key_is_seen
from portico.schema.types.nodes import node_id_field, node_interfaces
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import Argument, ColumnSpec, Field, FunctionsSpec, LinkSpec, PartSpec


def object_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """The rows of a table: the columns and links that the role may read."""
    grant = types.grants(table).read
    if grant is None:
        return None
    return GraphQLObjectType(
        name,
        lambda: _object_fields(types, table, grant),
        interfaces=lambda: node_interfaces(types, table),
        description=of_type(types.names, table, "object"),
    )


def _object_fields(types: RoleTypes, table: Table, grant: Grant) -> dict[str, Any]:
    fields: dict[str, Any] = {**node_id_field(types, table)}
    for column in grant.columns.values():
        arguments = json_path_arguments(types) if column.scalar.family in (Family.JSON, Family.JSONB) else None
        description = column.description
        if column.function is not None:
            description = of_computed(types.names, column.function)
            arguments = {**(arguments or {}), **function_arguments(types, column.function)} or None
        type_ = types.column(column, masked=column in grant.cells or bool(arguments))
        fields[column.field] = Field(type_, ColumnSpec(column), arguments, description)
    for link in table.links.values():
        fields.update(_link_fields(types, link))
    return {**fields, **types.functions.computed(table, grant.columns)}


def _link_fields(types: RoleTypes, link: Link) -> dict[str, Any]:
    target = types.of(link.target, "")
    if target is None:
        return {}
    own: dict[str, Argument] = {}
    description = link.description
    if link.function is not None:
        own = function_arguments(types, link.function)
        description = of_computed(types.names, link.function)
    if not link.to_many:
        nullable = types.access.link_may_be_null(link)
        return {link.field: Field(target if nullable else GraphQLNonNull(target), LinkSpec(link), own, description)}
    rows: Any = GraphQLList(GraphQLNonNull(target))
    arguments = {**own, **list_arguments(types, link.target)}
    # A function may give NULL in place of rows, of which Hasura's clients know.
    type_ = GraphQLNonNull(rows) if link.function is None else rows
    fields = {link.field: Field(type_, LinkSpec(link), arguments, description)}
    if link.function is not None:
        return fields
    aggregate = types.of(link.target, "aggregate")
    if aggregate is not None:
        name = link.field + types.names.of_type("", "aggregate")
        fields[name] = Field(GraphQLNonNull(aggregate), LinkSpec(link, "aggregate"), list_arguments(types, link.target))
    if types.names.convention == "plain" and (connection := types.of(link.target, "connection")) is not None:
        fields[f"{link.field}Connection"] = Field(
            GraphQLNonNull(connection), LinkSpec(link, "connection"), page_arguments(types, link.target)
        )
    return fields


def aggregate_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """`PostAggregate {aggregate, groups, nodes}`."""
    grant = types.grants(table).read
    if grant is None or not grant.aggregates:
        return None

    def fields() -> dict[str, Any]:
        nodes = GraphQLNonNull(GraphQLList(GraphQLNonNull(types.of(table, ""))))
        found = {"aggregate": Field(types.of(table, "aggregate_fields"), PartSpec("aggregate"))}
        if (group := types.of(table, "aggregate_group")) is not None:
            groups = GraphQLNonNull(GraphQLList(GraphQLNonNull(group)))
            text = "The same rows, aggregated for each combination of keys."
            found["groups"] = Field(groups, PartSpec("groups"), group_arguments(types, table), text)
        return {**found, "nodes": Field(nodes, PartSpec("nodes"))}

    return GraphQLObjectType(name, fields, description=of_type(types.names, table, "aggregate"))


def aggregate_fields_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """`PostAggregateFields {count, sum {…}, …}`."""
    grant = types.grants(table).read
    if grant is None or not grant.aggregates:
        return None

    def fields() -> dict[str, Any]:
        columns = types.of(table, "select_column")
        arguments = {
            "columns": Argument(GraphQLList(GraphQLNonNull(columns)), PartSpec("columns"), treatment="value"),
            "distinct": Argument(GraphQLBoolean, PartSpec("distinct"), treatment="value"),
        }
        found: dict[str, Any] = {"count": Field(GraphQLNonNull(GraphQLInt), PartSpec("count"), arguments)}
        for aggregate in AGGREGATES:
            if (type_ := types.of(table, f"{aggregate.name}_fields")) is not None:
                found[types.names.word(aggregate.name)] = Field(type_, FunctionsSpec(aggregate))
        return found

    return GraphQLObjectType(name, fields)


def function_fields_type(function_name: str) -> Any:
    """The builder of `PostSumFields` and its like."""
    aggregate = BY_NAME[function_name]

    def build(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
        grant = types.grants(table).read
        if grant is None or not grant.aggregates:
            return None
        columns = fitting_columns(types, grant, aggregate)
        if not columns:
            return None
        return GraphQLObjectType(
            name,
            lambda: {
                column.field: Field(types.scalar(aggregate.result(column.scalar)), ColumnSpec(column))
                for column in columns
            },
        )

    return build


def fitting_columns(types: RoleTypes, grant: Grant, aggregate: Aggregate) -> list[Column]:
    """The columns of a grant that an aggregate function can be asked of."""
    return [column for column in grant.columns.values() if column.stands_alone and aggregate.fits(column.scalar)]


def connection_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """`PostConnection`. Source: GraphQL Cursor Connections Specification, "Connection Types"."""
    grant = types.grants(table).read
    if grant is None or not key_is_seen(table, grant):
        return None

    def fields() -> dict[str, Any]:
        edges = GraphQLNonNull(GraphQLList(GraphQLNonNull(types.of(table, "edge"))))
        nodes = GraphQLNonNull(GraphQLList(GraphQLNonNull(types.of(table, ""))))
        found = {
            "edges": Field(edges, PartSpec("edges")),
            "nodes": Field(nodes, PartSpec("nodes"), description="The rows without their cursors."),
            types.names.word("page_info"): Field(GraphQLNonNull(types.fixed("page_info")), PartSpec("page_info")),
        }
        if grant.aggregates:
            found[types.names.word("total_count")] = Field(
                GraphQLNonNull(GraphQLInt), PartSpec("total_count"), description="Counted only when selected."
            )
        return found

    return GraphQLObjectType(name, fields)


def edge_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """`PostEdge`. Source: GraphQL Cursor Connections Specification, "Edge Types"."""
    if types.of(table, "connection") is None:
        return None
    return GraphQLObjectType(
        name,
        lambda: {
            "cursor": Field(GraphQLNonNull(GraphQLString), PartSpec("cursor")),
            "node": Field(GraphQLNonNull(types.of(table, "")), PartSpec("node")),
        },
    )


def page_info_type(types: RoleTypes, name: str) -> GraphQLObjectType:
    """`PageInfo`. Source: GraphQL Cursor Connections Specification, "PageInfo"."""
    word = types.names.word
    return GraphQLObjectType(
        "PageInfo",
        {
            word("has_next_page"): Field(GraphQLNonNull(GraphQLBoolean), PartSpec("has_next_page")),
            word("has_previous_page"): Field(GraphQLNonNull(GraphQLBoolean), PartSpec("has_previous_page")),
            word("start_cursor"): Field(GraphQLString, PartSpec("start_cursor")),
            word("end_cursor"): Field(GraphQLString, PartSpec("end_cursor")),
        },
    )


def mutation_response_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """
    `PostMutationResponse {affectedRows, returning}`.

    `returning` exists where the role may read.
    """
    access = types.grants(table)
    if access.create is None and access.update is None and access.delete is None:
        return None

    def fields() -> dict[str, Any]:
        found = {types.names.word("affected_rows"): Field(GraphQLNonNull(GraphQLInt), PartSpec("affected_rows"))}
        if (row := types.of(table, "")) is not None:
            found["returning"] = Field(GraphQLNonNull(GraphQLList(GraphQLNonNull(row))), PartSpec("returning"))
        return found

    return GraphQLObjectType(name, fields)
