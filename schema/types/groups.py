"""How are aggregates grouped: the keys of groups, and the conditions on them and their orders."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
)

from portico.schema.catalog import Column, Table
from portico.schema.operators import operators_of
from portico.schema.periods import PERIODS, has_periods
from portico.schema.types.filters import aggregate_members
from portico.schema.types.orders import can_order
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import ColumnSpec, Field, Input, PartSpec


def group_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """`PostAggregateGroup {keys, aggregate}`."""
    if not _group_columns(types, table):
        return None
    return GraphQLObjectType(
        name,
        lambda: {
            "keys": Field(
                GraphQLNonNull(types.of(table, "aggregate_group_keys")),
                PartSpec("keys"),
                description="What the rows of the group have in common; the columns of `by`.",
            ),
            "aggregate": Field(GraphQLNonNull(types.of(table, "aggregate_fields")), PartSpec("aggregate")),
        },
        description=f"Rows of {table.type_name} that have the same keys.",
    )


def group_keys_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """`PostAggregateGroupKeys`: nullable, because rows without a value are a group, too."""
    columns = _group_columns(types, table)
    if not columns:
        return None
    return GraphQLObjectType(
        name,
        lambda: {
            column.field: Field(types.column(column, masked=True), ColumnSpec(column), None, column.description)
            for column in columns
        },
    )


def group_column_enum(types: RoleTypes, table: Table, name: str) -> GraphQLEnumType | None:
    """`PostAggregateGroupColumn`: the columns that groups can be told apart by."""
    columns = _group_columns(types, table)
    if not columns:
        return None
    return GraphQLEnumType(name, {column.field: GraphQLEnumValue(column) for column in columns})


def group_per_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostAggregateGroupPer {createdAt: MONTH}`: of moments, the period in which they count as one."""
    columns = [column for column in _group_columns(types, table) if has_periods(column.scalar)]
    if not columns:
        return None
    return GraphQLInputObjectType(
        name,
        lambda: {
            column.field: Input(types.fixed("group_period"), ColumnSpec(column), treatment="value")
            for column in columns
        },
    )


def group_period_enum(types: RoleTypes, name: str) -> GraphQLEnumType:
    """`GroupPeriod`."""
    return GraphQLEnumType(
        name,
        {types.names.enum_value(period): GraphQLEnumValue(period) for period in PERIODS},
        description="A period in UTC, known by its beginning; weeks begin on Monday.",
    )


def group_bool_exp_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostAggregateGroupBoolExp`: as a filter says it of related rows; several members are joined by and."""
    if not _group_columns(types, table):
        return None

    def fields() -> dict[str, Any]:
        own = types.of(table, "aggregate_group_bool_exp")
        many = GraphQLList(GraphQLNonNull(own))
        return {
            "_and": Input(many, PartSpec("_and")),
            "_not": Input(own, PartSpec("_not")),
            "_or": Input(many, PartSpec("_or")),
            **aggregate_members(types, table),
        }

    return GraphQLInputObjectType(
        name, fields, description=f"A condition on groups of {table.type_name}; several members are joined by and."
    )


def group_order_by_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostAggregateGroupOrderBy {keys, aggregate}`."""
    if not _group_columns(types, table):
        return None
    return GraphQLInputObjectType(
        name,
        lambda: {
            part: Input(types.of(table, suffix), PartSpec(part), treatment="value")
            for part, suffix in (("keys", "aggregate_group_keys_order_by"), ("aggregate", "aggregate_order_by"))
        },
    )


def group_keys_order_by_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostAggregateGroupKeysOrderBy`."""
    columns = _group_columns(types, table)
    if not columns:
        return None
    return GraphQLInputObjectType(
        name,
        lambda: {
            column.field: Input(types.fixed("order_by"), ColumnSpec(column), treatment="value") for column in columns
        },
    )


def _group_columns(types: RoleTypes, table: Table) -> list[Column]:
    """The columns that the role may group by: those whose values are equal or not, and come one after another."""
    grant = types.grants(table).read
    if grant is None or not grant.aggregates:
        return []
    dialect = types.catalog.dialect
    return [
        column
        for column in grant.columns.values()
        if can_order(column, dialect) and any(each.name == "_eq" for each in operators_of(column.scalar, dialect))
    ]
