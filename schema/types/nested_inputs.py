"""What can an update do along relations: change, add, save and delete the rows that hang on the one that is updated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLBoolean, GraphQLEnumType, GraphQLInputObjectType, GraphQLInt, GraphQLList, GraphQLNonNull

from portico.schema.catalog import Link, Table
from portico.schema.types.inputs import key_is_readable, may_tie, update_operator_inputs
from portico.schema.types.orders import named_uniques
from portico.schema.types.role_types import RoleTypes, TypeBuilder
from portico.schema.types.specs import ColumnSpec, Input, LinkSpec, PartSpec


def update_inputs(types: RoleTypes, table: Table) -> dict[str, Any]:
    """Everything that an update does: relations to write along, and `_set`, `_inc`, …"""
    return {**_relations(types, table), **update_operator_inputs(types, table)}


def updates_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostUpdates {where, _set, …}`, one of several updates in one field or along a relation."""
    if not _is_changed(types, table):
        return None
    return GraphQLInputObjectType(
        name,
        lambda: {
            **update_inputs(types, table),
            "where": Input(GraphQLNonNull(types.of(table, "bool_exp")), PartSpec("where")),
        },
    )


def _relations(types: RoleTypes, table: Table) -> dict[str, Any]:
    """A member for each relation along which the role may write at all; many-to-many ones and functions have none."""
    found: dict[str, Any] = {}
    for link in table.links.values():
        if link.pairs and (type_ := types.of(link.target, _suffix(types, table, link))) is not None:
            found[link.field] = Input(type_, LinkSpec(link))
    return found


def _suffix(types: RoleTypes, table: Table, link: Link) -> str:
    if link.owns_key:
        return "obj_rel_update_input"
    adds = types.grants(link.target).create is not None
    return "arr_rel_change_input" if adds and not may_tie(types, table, link) else "arr_rel_update_input"


def _is_changed(types: RoleTypes, table: Table) -> bool:
    return types.grants(table).update is not None and types.of(table, "bool_exp") is not None


# ---- to-one, by a key of the row's own ---------------------------------------------------------------


def _one_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostObjRelUpdateInput {update}`."""
    if not _is_changed(types, table):
        return None
    return GraphQLInputObjectType(
        name, lambda: {types.names.word("update"): Input(types.of(table, "rel_updates"), PartSpec("update"))}
    )


def _one_updates_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostRelUpdates {_set, …}`: of the one row."""
    if not _is_changed(types, table):
        return None
    # GraphQL has no empty input objects; an update of presets alone still needs something to be said in.
    return GraphQLInputObjectType(
        name, lambda: update_inputs(types, table) or {"_default": Input(GraphQLInt, PartSpec("_default"))}
    )


# ---- rows that refer to the row ----------------------------------------------------------------------


def _rows_type(*, ties: bool) -> TypeBuilder:
    """
    The builder of `PostArrRelUpdateInput {delete, update, upsert, insert}`.

    Args:
        ties: whether the role may write the columns that tie a new row to the surrounding one.
    """

    def build(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
        parts: dict[str, Any] = {"delete": types.of(table, "rel_delete_input")}
        parts["update"] = _list_of(types.of(table, "updates"))
        if ties and types.grants(table).create is not None:
            parts["upsert"] = types.of(table, "arr_rel_upsert_input")
            parts["insert"] = _list_of(types.of(table, "insert_input"))
        found = {part: Input(type_, PartSpec(part), description=_SAYS[part]) for part, type_ in parts.items() if type_}
        if not found:
            return None
        return GraphQLInputObjectType(name, {types.names.word(part): each for part, each in found.items()})

    return build


_SAYS = {
    "delete": "First: the rows that match are deleted.",
    "update": "Then each of these changes is made to the rows that match.",
    "upsert": "Then these rows are saved: those that exist are changed, others inserted.",
    "insert": "At last these rows are inserted.",
}


def _list_of(type_: Any) -> Any:
    return None if type_ is None else GraphQLList(GraphQLNonNull(type_))


def _delete_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostRelDeleteInput {where}`."""
    if not _is_deleted(types, table):
        return None
    where: Any = GraphQLNonNull(types.of(table, "bool_exp"))
    return GraphQLInputObjectType(name, lambda: {"where": Input(where, PartSpec("where"))})


def _is_deleted(types: RoleTypes, table: Table) -> bool:
    return types.grants(table).delete is not None and types.of(table, "bool_exp") is not None


def _upserts_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostArrRelUpsertInput {data, constraint, deleteMissing}`."""
    if types.of(table, "upsert_input") is None:
        return None

    def fields() -> dict[str, Any]:
        rows = GraphQLNonNull(GraphQLList(GraphQLNonNull(types.of(table, "upsert_input"))))
        found: dict[str, Any] = {"data": Input(rows, PartSpec("data"))}
        if (constraint := types.of(table, "match_constraint")) is not None:
            found["constraint"] = Input(
                constraint,
                PartSpec("constraint"),
                treatment="value",
                description="By which rows that exist are found; otherwise it is their key.",
            )
        if _is_deleted(types, table):
            found[types.names.word("delete_missing")] = Input(
                GraphQLBoolean,
                PartSpec("delete_missing"),
                treatment="value",
                description="Deletes the rows of the relation that the data does not list, as far as they are seen.",
            )
        return found

    return GraphQLInputObjectType(name, fields)


def _upsert_type(types: RoleTypes, table: Table, name: str) -> GraphQLInputObjectType | None:
    """`PostUpsertInput`: a row with what it is found by, what is written, and relations of its own."""
    access = types.grants(table)
    if access.create is None or not key_is_readable(types, table):
        return None

    def fields() -> dict[str, Any]:
        granted = [grant.columns for grant in (access.create, access.update) if grant is not None]
        columns = {column.field: column for column in table.key}
        for each in granted:
            columns |= each
        inputs: dict[str, Any] = {
            column.field: Input(types.scalar(column.scalar), ColumnSpec(column)) for column in columns.values()
        }
        return inputs | (_relations(types, table) if access.update is not None else {})

    return GraphQLInputObjectType(name, fields, extensions={"row": True})


def _constraint_enum(types: RoleTypes, table: Table, name: str) -> GraphQLEnumType | None:
    """`PostMatchConstraint`: the unique constraints of which the role may read every column."""
    grant = types.grants(table).read
    readable = {} if grant is None else grant.columns
    return named_uniques(name, [each for each in table.uniques if all(one.field in readable for one in each.columns)])


BUILDERS: Mapping[str, TypeBuilder] = {
    "obj_rel_update_input": _one_type,
    "rel_updates": _one_updates_type,
    "arr_rel_update_input": _rows_type(ties=True),
    "arr_rel_change_input": _rows_type(ties=False),
    "rel_delete_input": _delete_type,
    "arr_rel_upsert_input": _upserts_type,
    "upsert_input": _upsert_type,
    "match_constraint": _constraint_enum,
}
"""Suffix in Hasura's spelling → builder."""
