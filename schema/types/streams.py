"""Where does a stream begin, and in which order does it go: the cursor of `postsStream`."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLEnumType, GraphQLEnumValue, GraphQLInputObjectType, GraphQLInt, GraphQLList, GraphQLNonNull

from portico.schema.catalog import Column, Table
from portico.schema.scalars import Family
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import Argument, ColumnSpec, Input, PartSpec

# Booleans and enums have an order, but a stream by one would be a few batches of everything. Of what is left out
# besides, values differ that the engine takes for equal, or are written so that they do not come back.
_FAMILIES = (Family.TEXT, Family.NUMBER, Family.MOMENT, Family.UUID, Family.BYTES)


def can_stream(column: Column) -> bool:
    """Whether a stream can go on behind a value of the column."""
    scalar = column.scalar
    return column.is_stored and not scalar.is_array and scalar.family in _FAMILIES and scalar.name != "money"


def cursor_ordering_enum(types: RoleTypes, name: str) -> GraphQLEnumType:
    """`CursorOrdering`, whose values are upper-case in every convention. Source: dialect reference, §1.1."""
    return GraphQLEnumType(
        name,
        {
            "ASC": GraphQLEnumValue("asc", description="ascending ordering of the cursor"),
            "DESC": GraphQLEnumValue("desc", description="descending ordering of the cursor"),
        },
        description="ordering argument of a cursor",
    )


def cursor_value_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostStreamCursorValueInput`: the columns that a stream can be ordered by."""
    grant = types.grants(table).read
    columns = [each for each in grant.columns.values() if can_stream(each)] if grant is not None else []
    if not columns:
        return None
    return GraphQLInputObjectType(
        name,
        lambda: {
            column.field: Input(types.scalar(column.scalar), ColumnSpec(column), treatment="start")
            for column in columns
        },
        description="Initial value of the column from where the streaming should start",
    )


def cursor_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostStreamCursorInput {initialValue, ordering}`."""
    if (value := types.of(table, "stream_cursor_value_input")) is None:
        return None

    def fields() -> dict[str, Any]:
        ordering = Input(
            types.fixed("cursor_ordering"), PartSpec("ordering"), treatment="value", description="cursor ordering"
        )
        ordering.default_value = "asc"
        text = "Stream column input with initial value"
        initial = Input(GraphQLNonNull(value), PartSpec("initial_value"), description=text)
        return {types.names.word("initial_value"): initial, "ordering": ordering}

    return GraphQLInputObjectType(name, fields, description=f'Streaming cursor of the table "{table.name}"')


def stream_arguments(types: RoleTypes, table: Table) -> dict[str, Argument]:
    """`batchSize, cursor, where`. Source: dialect reference, §1.2."""
    cursor = types.of(table, "stream_cursor_input")
    return {
        types.names.word("batch_size"): Argument(
            GraphQLNonNull(GraphQLInt),
            PartSpec("batch_size"),
            treatment="size",
            description="maximum number of rows returned in a single batch",
        ),
        "cursor": Argument(
            GraphQLNonNull(GraphQLList(cursor)),
            PartSpec("cursor"),
            description="cursor to stream the results returned by the query",
        ),
        "where": Argument(types.of(table, "bool_exp"), PartSpec("where"), description="filter the rows returned"),
    }
