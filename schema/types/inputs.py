"""What do writes take: rows with their relations, conflicts, keys and the operators of updates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLString

from portico.schema.catalog import Column, Link, Table
from portico.schema.scalars import Family
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import ColumnSpec, Input, LinkSpec, PartSpec


def _is_document(column: Column) -> bool:
    return column.scalar.family is Family.JSONB and not column.scalar.is_array


# Update operators besides _set: name → which columns they fit, and the type of their operand.
_UPDATES: dict[str, Callable[[Column], bool]] = {
    "_inc": lambda column: column.scalar.is_numeric,
    "_append": _is_document,
    "_prepend": _is_document,
    "_delete_key": _is_document,
    "_delete_elem": _is_document,
    "_delete_at_path": _is_document,
}
_OPERANDS: dict[str, Any] = {
    "_delete_key": GraphQLString,
    "_delete_elem": GraphQLInt,
    "_delete_at_path": GraphQLList(GraphQLNonNull(GraphQLString)),
}
UPDATE_OPERATORS = ("_set", *_UPDATES)


def insert_input_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostInsertInput`: columns and, nested, the rows they refer to or that refer to them."""
    grant = types.grants(table).create
    if grant is None:
        return None

    def fields() -> dict[str, Any]:
        found: dict[str, Any] = {
            column.field: Input(types.scalar(column.scalar), ColumnSpec(column)) for column in grant.columns.values()
        }
        for link in table.links.values():
            suffix = "arr_rel_insert_input" if link.to_many else "obj_rel_insert_input"
            if not link.pairs or not may_tie(types, table, link):
                continue
            if (nested := types.of(link.target, suffix)) is not None:
                found[link.field] = Input(nested, LinkSpec(link))
        # GraphQL has no empty input objects; a table of presets alone still needs a row to insert.
        return found or {"_default": Input(GraphQLInt, PartSpec("_default"))}

    return GraphQLInputObjectType(name, fields, extensions={"row": True})


def nested_insert_type(*, many: bool) -> Any:
    """The builder of `PostArrRelInsertInput` and `PostObjRelInsertInput`."""

    def build(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
        if types.of(table, "insert_input") is None:
            return None

        def fields() -> dict[str, Any]:
            row = GraphQLNonNull(types.of(table, "insert_input"))
            data: Any = GraphQLNonNull(GraphQLList(row)) if many else row
            return {"data": Input(data, PartSpec("data")), **_conflict_field(types, table)}

        return GraphQLInputObjectType(name, fields)

    return build


def _conflict_field(types: RoleTypes, table: Table) -> dict[str, Any]:
    conflict = types.of(table, "on_conflict")
    return {types.names.word("on_conflict"): Input(conflict, PartSpec("on_conflict"))} if conflict else {}


def on_conflict_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostOnConflict {constraint, updateColumns, where}`."""
    if (constraint := types.of(table, "constraint")) is None:
        return None

    def fields() -> dict[str, Any]:
        update_columns = types.of(table, "update_column")
        found: dict[str, Any] = {
            "constraint": Input(GraphQLNonNull(constraint), PartSpec("constraint"), treatment="value"),
            types.names.word("update_columns"): Input(
                GraphQLList(GraphQLNonNull(update_columns)),
                PartSpec("update_columns"),
                treatment="value",
                description="Changed when the row exists; none leaves it as it is.",
            ),
        }
        if (where := types.of(table, "bool_exp")) is not None:
            found["where"] = Input(where, PartSpec("where"))
        return found

    return GraphQLInputObjectType(name, fields)


def update_input_type(operator: str) -> Any:
    """The builder of `PostSetInput`, `PostIncInput` and the JSON operators' inputs."""

    def build(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
        grant = types.grants(table).update
        if grant is None:
            return None
        fits = _UPDATES.get(operator)
        columns = [column for column in grant.columns.values() if fits is None or fits(column)]
        if not columns:
            return None
        return GraphQLInputObjectType(
            name,
            lambda: {
                column.field: Input(_OPERANDS.get(operator) or types.scalar(column.scalar), ColumnSpec(column))
                for column in columns
            },
        )

    return build


def pk_columns_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostPkColumnsInput`."""
    access = types.grants(table)
    if access.update is None or not key_is_readable(types, table):
        return None
    return GraphQLInputObjectType(
        name,
        lambda: {
            column.field: Input(GraphQLNonNull(types.scalar(column.scalar)), ColumnSpec(column)) for column in table.key
        },
    )


def key_is_readable(types: RoleTypes, table: Table) -> bool:
    """Whether the role may name every key column, without which nothing is reached by key."""
    grant = types.grants(table).read
    return grant is not None and bool(table.key) and all(column.field in grant.columns for column in table.key)


def update_operator_inputs(types: RoleTypes, table: Table) -> dict[str, Any]:
    """`_set`, `_inc`, … as far as the table has columns for them."""
    found: dict[str, Any] = {}
    for operator in UPDATE_OPERATORS:
        if (type_ := types.of(table, f"{operator[1:]}_input")) is not None:
            found[types.names.word(operator)] = Input(type_, PartSpec(operator))
    return found


def may_tie(types: RoleTypes, table: Table, link: Link) -> bool:
    """Whether the role may write the columns that a nested row determines; a preset or `owner()` is not one of them."""
    grant = types.grants(table if link.owns_key else link.target).create
    return grant is not None and all(
        (mine if link.owns_key else theirs).field in grant.columns for mine, theirs in link.pairs
    )
