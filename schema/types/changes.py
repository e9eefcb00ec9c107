"""What does a change say of a row: its verb and key, the row before and after, when it was, and where it stands in the log."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLEnumType, GraphQLEnumValue, GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLString

from portico.schema.catalog import Table
from portico.schema.infos import view_verbs_in
from portico.schema.scalars import TIMESTAMPTZ
from portico.schema.types.inputs import key_is_readable
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import Argument, ColumnSpec, Field, PartSpec

DEFAULT_BATCH = 100
"""Changes of one answer at most, where a client says nothing."""

_OLD = (
    "The row before, as the caller may see it; null where it was not there to be seen. Relations are as they are now."
)
_NEW = "The row after, as the caller may see it; null where it is not there to be seen. Relations are as they are now."


def change_verb_enum(types: RoleTypes, name: str) -> GraphQLEnumType:
    """`ChangeVerb`, as what the caller sees of the rows has it."""
    said = {
        "insert": "A row is there that was not, or has come into the caller's view.",
        "update": "A row that the caller saw, and sees, is another.",
        "delete": "A row is gone, or has left the caller's view: of that one there is the key alone.",
    }
    return GraphQLEnumType(
        name,
        {types.names.enum_value(verb): GraphQLEnumValue(verb, description=text) for verb, text in said.items()},
        description="What has become of a row.",
    )


def key_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """`PostKey`: the key's columns."""
    if not key_is_readable(types, table) or view_verbs_in(table.sql.info) is not None:
        return None
    return GraphQLObjectType(
        name,
        lambda: {
            column.field: Field(
                GraphQLNonNull(types.scalar(column.scalar)), ColumnSpec(column), description=column.description
            )
            for column in table.key
        },
        description=f"What a row of {table.type_name} is known by.",
    )


def change_type(types: RoleTypes, table: Table, name: str) -> GraphQLObjectType | None:
    """`PostChange {verb, key, old, new, at, position}`; none of views, whose changes are not logged."""
    if (key := types.of(table, "key")) is None:
        return None

    def fields() -> dict[str, Any]:
        row = types.of(table, "")
        moment, text = GraphQLNonNull(types.scalar(TIMESTAMPTZ)), GraphQLNonNull(GraphQLString)
        said = "Goes on behind this change when it is given as since."
        return {
            "verb": Field(GraphQLNonNull(types.fixed("change_verb")), PartSpec("verb")),
            "key": Field(
                GraphQLNonNull(key), PartSpec("key"), description="The row's key; after an update, the new one."
            ),
            "old": Field(row, PartSpec("old"), description=_OLD),
            "new": Field(row, PartSpec("new"), description=_NEW),
            "at": Field(moment, PartSpec("at"), description="When the row was written."),
            "position": Field(text, PartSpec("position"), description=said),
        }

    return GraphQLObjectType(name, fields, description=f"One change of a row of {table.type_name}.")


def change_arguments(types: RoleTypes, table: Table) -> dict[str, Argument]:
    """`since, where, batchSize`."""
    said = "Rows that come to meet it are inserts, those that no longer do are deletes."
    size = Argument(
        GraphQLInt, PartSpec("batch_size"), treatment="size", description="At most this many changes in one answer."
    )
    size.default_value = DEFAULT_BATCH
    return {
        "since": Argument(
            GraphQLString,
            PartSpec("since"),
            description="Begins behind this position; without one, with what is written from now on.",
        ),
        "where": Argument(types.of(table, "bool_exp"), PartSpec("where"), description=said),
        types.names.word("batch_size"): size,
    }
