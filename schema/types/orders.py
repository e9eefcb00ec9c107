"""How can rows be ordered: by columns, by columns of to-one relations, by aggregates of to-many ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLEnumType, GraphQLEnumValue, GraphQLInputObjectType

from portico.schema.access import Grant
from portico.schema.aggregates import AGGREGATES, BY_NAME, PREDICATES, Aggregate
from portico.schema.catalog import Column, Table, Unique
from portico.schema.scalars import DialectName
from portico.schema.types.objects import fitting_columns
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import ColumnSpec, FunctionsSpec, Input, LinkSpec, PartSpec

# asc is nulls last and desc nulls first, as in Postgres; SQLite is made to follow.
DIRECTIONS = ("asc", "asc_nulls_first", "asc_nulls_last", "desc", "desc_nulls_first", "desc_nulls_last")


def order_by_enum(types: RoleTypes, name: str) -> GraphQLEnumType:
    """`OrderBy`: asc puts nulls last, desc puts them first."""
    return GraphQLEnumType(
        name,
        {types.names.enum_value(value): GraphQLEnumValue(value) for value in DIRECTIONS},
        description="A direction; asc puts nulls last and desc puts them first.",
    )


def order_by_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostOrderBy`."""
    grant = types.grants(table).read
    if grant is None:
        return None

    def fields() -> dict[str, Any]:
        direction = types.fixed("order_by")
        found: dict[str, Any] = {
            column.field: Input(direction, ColumnSpec(column), treatment="value")
            for column in grant.columns.values()
            if column.stands_alone and can_order(column, types.catalog.dialect)
        }
        for link in table.links.values():
            if not link.stands_alone:
                continue
            if link.function is None and not link.to_many and (target := types.of(link.target, "order_by")) is not None:
                found[link.field] = Input(target, LinkSpec(link), treatment="value")
            elif link.to_many and (aggregate := types.of(link.target, "aggregate_order_by")) is not None:
                field = link.field + types.names.of_type("", "aggregate")
                found[field] = Input(aggregate, LinkSpec(link, "aggregate"), treatment="value")
        return found

    return GraphQLInputObjectType(name, fields)


def can_order(column: Column, dialect: DialectName) -> bool:
    """Whether values of the column have an order on an engine."""
    if column.scalar.is_array and dialect == "sqlite":
        return False  # lists are JSON texts there, which sort by their signs
    return column.scalar.is_sortable


def aggregate_order_by_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostAggregateOrderBy {count, max {…}, …}`."""
    grant = types.grants(table).read
    if grant is None or not grant.aggregates:
        return None

    def fields() -> dict[str, Any]:
        found: dict[str, Any] = {"count": Input(types.fixed("order_by"), PartSpec("count"), treatment="value")}
        for aggregate in AGGREGATES:
            if (type_ := types.of(table, f"{aggregate.name}_order_by")) is not None:
                found[types.names.word(aggregate.name)] = Input(type_, FunctionsSpec(aggregate), treatment="value")
        return found

    return GraphQLInputObjectType(name, fields)


def function_order_by_type(function_name: str) -> Any:
    """The builder of `PostMaxOrderBy` and its like."""
    aggregate = BY_NAME[function_name]

    def build(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
        grant = types.grants(table).read
        if grant is None or not grant.aggregates or not (columns := fitting_columns(types, grant, aggregate)):
            return None
        return GraphQLInputObjectType(
            name,
            lambda: {
                column.field: Input(types.fixed("order_by"), ColumnSpec(column), treatment="value")
                for column in columns
            },
        )

    return build


def select_column_enum(types: RoleTypes, table: Table, name: str) -> GraphQLEnumType | None:
    """`PostSelectColumn`: the columns that the role may read."""
    grant = types.grants(table).read
    return _column_enum(types, name, list(grant.columns.values())) if grant is not None else None


def update_column_enum(types: RoleTypes, table: Table, name: str) -> GraphQLEnumType | None:
    """`PostUpdateColumn`: the columns that an upsert may change; a placeholder where there are none."""
    access = types.grants(table)
    if access.create is None:
        return None
    columns = list(access.update.columns.values()) if access.update is not None else []
    if not columns:
        return GraphQLEnumType(name, {"_PLACEHOLDER": GraphQLEnumValue("_PLACEHOLDER")})
    return _column_enum(types, name, columns)


def predicate_column_enum(aggregate: Aggregate) -> Any:
    """The builder of the columns that an aggregate predicate takes."""

    def build(types: RoleTypes, table: Table, name: str) -> GraphQLEnumType | None:
        grant = types.grants(table).read
        columns = numeric_or_boolean(types, grant, aggregate) if grant is not None else []
        return _column_enum(types, name, columns) if columns else None

    return build


def numeric_or_boolean(types: RoleTypes, grant: Grant, aggregate: Aggregate) -> list[Column]:
    """The columns that a predicate over this function may name."""
    columns = fitting_columns(types, grant, aggregate)
    if aggregate.applies == "boolean":
        return columns
    return [each for each in columns if each.scalar.is_numeric and each.scalar.name != "money"]


def constraint_enum(types: RoleTypes, table: Table, name: str) -> GraphQLEnumType | None:
    """`PostConstraint`: the unique constraints whose conflicts an upsert may name."""
    return named_uniques(name, table.uniques) if types.grants(table).create is not None else None


def named_uniques(name: str, uniques: Sequence[Unique]) -> GraphQLEnumType | None:
    """An enum of unique constraints; None for none."""
    if not uniques:
        return None
    return GraphQLEnumType(
        name,
        {
            unique.name: GraphQLEnumValue(
                unique, description=f"unique or primary key on {', '.join(column.name for column in unique.columns)}"
            )
            for unique in uniques
        },
    )


def _column_enum(types: RoleTypes, name: str, columns: list[Column]) -> GraphQLEnumType:
    # A column is written like its field, in every convention, so that a client needs one spelling only.
    return GraphQLEnumType(name, {column.field: GraphQLEnumValue(column) for column in columns if column.is_stored})


__all__ = [
    "PREDICATES",
    "aggregate_order_by_type",
    "can_order",
    "constraint_enum",
    "function_order_by_type",
    "named_uniques",
    "numeric_or_boolean",
    "order_by_enum",
    "order_by_type",
    "predicate_column_enum",
    "select_column_enum",
    "update_column_enum",
]
