"""What can `where` say about a table: columns, relations, aggregates of relations, and/or/not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLBoolean, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLString

from portico.schema.access import Grant
from portico.schema.aggregates import PREDICATES, Aggregate
from portico.schema.catalog import Table
from portico.schema.operators import Operator, Part, Parts, operators_of
from portico.schema.scalars import FLOAT8, INT, Scalar
from portico.schema.types.descriptions import of_type
from portico.schema.types.orders import numeric_or_boolean
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import CastSpec, ColumnSpec, FunctionsSpec, Input, LinkSpec, OperatorSpec, PartSpec


def bool_exp_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostBoolExp`; several members are joined by and."""
    grant = types.grants(table).read
    if grant is None:
        return None
    return GraphQLInputObjectType(
        name,
        lambda: _bool_exp_fields(types, table, grant),
        description=of_type(types.names, table, "bool_exp"),
    )


def _bool_exp_fields(types: RoleTypes, table: Table, grant: Grant) -> dict[str, Any]:
    own = types.of(table, "bool_exp")
    many = GraphQLList(GraphQLNonNull(own))
    fields: dict[str, Any] = {
        "_and": Input(many, PartSpec("_and")),
        "_not": Input(own, PartSpec("_not")),
        "_or": Input(many, PartSpec("_or")),
    }
    for column in grant.columns.values():
        if not column.stands_alone:
            continue
        fields[column.field] = Input(comparison_type(types, column.scalar), ColumnSpec(column))
    for link in table.links.values():
        if not link.stands_alone or (target := types.of(link.target, "bool_exp")) is None:
            continue
        fields[link.field] = Input(target, LinkSpec(link))
        if link.to_many and (aggregate := types.of(link.target, "aggregate_bool_exp")) is not None:
            fields[link.field + types.names.of_type("", "aggregate")] = Input(aggregate, LinkSpec(link, "aggregate"))
    return fields


def comparison_type(types: RoleTypes, scalar: Scalar) -> Any:
    """`StringComparisonExp`, `StringArrayComparisonExp`; one for each type, shared by all tables."""
    base = types.names.scalar(scalar.name, scalar.plain)
    name = types.names.of_scalar(base, "array_comparison_exp" if scalar.is_array else "comparison_exp")
    return types.keep(
        name,
        lambda kept: GraphQLInputObjectType(
            kept,
            lambda: {
                types.names.word(operator.name): _operator_input(types, scalar, operator)
                for operator in operators_of(scalar, types.catalog.dialect)
            },
            description=f"Comparisons with a value of type {base}; several members are joined by and.",
        ),
    )


def _operator_input(types: RoleTypes, scalar: Scalar, operator: Operator) -> Input:
    own: Any = types.scalar(operator.of or scalar)
    spec = OperatorSpec(operator)
    match operator.operand:
        case "flag":
            return Input(GraphQLBoolean, spec, treatment="value")
        case "list":
            return Input(GraphQLList(GraphQLNonNull(own)), spec)
        case "text":
            return Input(GraphQLString, spec)
        case "text_list":
            return Input(GraphQLList(GraphQLNonNull(GraphQLString)), spec)
        case "cast":
            return Input(_cast_type(types, scalar, operator.casts), spec)
        case "object":
            assert operator.parts is not None
            return Input(_parts_type(types, operator.parts), spec)
        case _:
            return Input(own, spec)


def _cast_type(types: RoleTypes, scalar: Scalar, targets: Sequence[Scalar]) -> Any:
    return types.keep(
        types.names.of_scalar(types.names.scalar(scalar.name, scalar.plain), "cast_exp"),
        lambda kept: GraphQLInputObjectType(
            kept,
            lambda: {
                types.names.scalar(target.name, target.plain): Input(comparison_type(types, target), CastSpec(target))
                for target in targets
            },
        ),
    )


def _parts_type(types: RoleTypes, parts: Parts) -> Any:
    return types.keep(
        types.names.operand_type(parts.name),
        lambda kept: GraphQLInputObjectType(
            kept, lambda: {types.names.operand_part(part.name): _part(types, part) for part in parts.parts}
        ),
    )


def _part(types: RoleTypes, part: Part) -> Input:
    type_ = types.scalar(part.scalar)
    made = Input(GraphQLNonNull(type_) if part.required else type_, PartSpec(part.name))
    if part.default is not None:
        made.default_value = part.default
    return made


def aggregate_bool_exp_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostAggregateBoolExp {count, bool_and, max, …}`; exactly one member per object."""
    grant = types.grants(table).read
    if grant is None or not grant.aggregates:
        return None

    return GraphQLInputObjectType(name, lambda: aggregate_members(types, table))


def aggregate_members(types: RoleTypes, table: Table) -> dict[str, Any]:
    """`count, bool_and, max, …`: each an aggregate and what it is compared with."""
    found: dict[str, Any] = {
        "count": Input(types.of(table, "aggregate_bool_exp_count"), PartSpec("count")),
    }
    for aggregate in PREDICATES:
        if (type_ := types.of(table, f"aggregate_bool_exp_{aggregate.name}")) is not None:
            found[types.names.word(aggregate.name)] = Input(type_, FunctionsSpec(aggregate))
    return found


def count_predicate_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostAggregateBoolExpCount {arguments, distinct, filter, predicate}`."""
    if types.of(table, "aggregate_bool_exp") is None:
        return None
    columns = types.of(table, "select_column")
    return GraphQLInputObjectType(
        name,
        lambda: {
            "arguments": Input(GraphQLList(GraphQLNonNull(columns)), PartSpec("arguments"), treatment="value"),
            **_predicate_fields(types, table, INT),
        },
    )


def function_predicate_type(aggregate: Aggregate) -> Any:
    """The builder of `PostAggregateBoolExpMax` and its like."""

    def build(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
        if types.of(table, "aggregate_bool_exp") is None:
            return None
        grant = types.grants(table).read
        # One predicate type serves all columns of the function, so they must share an answer's type.
        columns = numeric_or_boolean(types, grant, aggregate) if grant is not None else []
        if not columns:
            return None
        answer = columns[0].scalar if aggregate.applies == "boolean" else FLOAT8
        enum = types.of(table, f"select_column_{aggregate.name}_arguments")
        return GraphQLInputObjectType(
            name,
            lambda: {
                "arguments": Input(GraphQLNonNull(enum), PartSpec("arguments"), treatment="value"),
                **_predicate_fields(types, table, answer),
            },
        )

    return build


def _predicate_fields(types: RoleTypes, table: Table, answer: Scalar) -> dict[str, Any]:
    return {
        "distinct": Input(GraphQLBoolean, PartSpec("distinct"), treatment="value"),
        "filter": Input(types.of(table, "bool_exp"), PartSpec("filter")),
        "predicate": Input(GraphQLNonNull(comparison_type(types, answer)), PartSpec("predicate")),
    }
