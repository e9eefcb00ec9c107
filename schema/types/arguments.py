"""Which arguments do lists take: filter, order, page, what groups are made by, and the path into a JSON column."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLString

from portico.schema.catalog import DatabaseFunction, Table
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import Argument, PartSpec


def list_arguments(types: RoleTypes, table: Table) -> dict[str, Argument]:
    """`distinctOn, limit, offset, orderBy, where`."""
    word = types.names.word
    return {
        word("distinct_on"): Argument(
            GraphQLList(GraphQLNonNull(types.of(table, "select_column"))),
            PartSpec("distinct_on"),
            treatment="value",
            description="One row for each combination of these columns; they must lead the ordering.",
        ),
        "limit": Argument(GraphQLInt, PartSpec("limit"), treatment="size", description="At most this many rows."),
        "offset": Argument(GraphQLInt, PartSpec("offset"), treatment="offset", description="Skip this many rows."),
        **_order_and_filter(types, table),
    }


def page_arguments(types: RoleTypes, table: Table) -> dict[str, Argument]:
    """`first, after, last, before, orderBy, where`. Source: GraphQL Cursor Connections Specification, "Arguments"."""
    return {
        "first": Argument(GraphQLInt, PartSpec("first"), treatment="size"),
        "after": Argument(GraphQLString, PartSpec("after"), treatment="cursor"),
        "last": Argument(GraphQLInt, PartSpec("last"), treatment="size"),
        "before": Argument(GraphQLString, PartSpec("before"), treatment="cursor"),
        **_order_and_filter(types, table),
    }


def _order_and_filter(types: RoleTypes, table: Table) -> dict[str, Argument]:
    order_by: Any = GraphQLList(GraphQLNonNull(types.of(table, "order_by")))
    return {
        types.names.word("order_by"): Argument(
            order_by, PartSpec("order_by"), treatment="value", description="Most significant first."
        ),
        "where": Argument(types.of(table, "bool_exp"), PartSpec("where")),
    }


def function_arguments(types: RoleTypes, function: DatabaseFunction) -> dict[str, Argument]:
    """`args`, the arguments of a function of the database as one object; none where it has none."""
    if not function.arguments:
        return {}
    type_: Any = types.arguments_of(function)
    if function.needs_arguments:
        type_ = GraphQLNonNull(type_)
    return {"args": Argument(type_, PartSpec("args"), description=f"What {function.name} is called with.")}


def group_arguments(types: RoleTypes, table: Table) -> dict[str, Argument]:
    """`by, per, having, limit, offset, orderBy` of the groups of an aggregate."""
    by: Any = GraphQLNonNull(GraphQLList(GraphQLNonNull(types.of(table, "aggregate_group_column"))))
    order_by: Any = GraphQLList(GraphQLNonNull(types.of(table, "aggregate_group_order_by")))
    per = types.of(table, "aggregate_group_per")
    return {
        "by": Argument(by, PartSpec("by"), treatment="value", description="One group for each combination of these."),
        **({"per": Argument(per, PartSpec("per"), treatment="value", description=_PER)} if per is not None else {}),
        "having": Argument(
            types.of(table, "aggregate_group_bool_exp"), PartSpec("having"), description="Which groups are shown."
        ),
        "limit": Argument(GraphQLInt, PartSpec("limit"), treatment="size", description="At most this many groups."),
        "offset": Argument(GraphQLInt, PartSpec("offset"), treatment="offset", description="Skip this many groups."),
        types.names.word("order_by"): Argument(
            order_by, PartSpec("order_by"), treatment="value", description="Most significant first, then the keys."
        ),
    }


_PER = "Moments of one period are one key, which is the beginning of the period."


def json_path_arguments(types: RoleTypes) -> dict[str, Argument]:
    """`path` into a JSON column, such as `$.address.lines[0]`."""
    return {"path": Argument(GraphQLString, PartSpec("path"), description="A path such as $.address.lines[0].")}
