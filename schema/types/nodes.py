"""Which rows have a global identifier: the interface `Node`, the field that holds it, and the root that finds by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLField, GraphQLID, GraphQLInterfaceType, GraphQLNonNull

from portico.schema.catalog import Catalog, Table
from portico.schema.names import NameTaken
from portico.schema.problems import Problem
from portico.schema.sources import class_source
from portico.schema.types.keys import key_is_seen
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import Argument, Field, NodeIdSpec, NodeSpec, PartSpec

NODE = "Node"
NODE_ROOT = "node"


def node_type(types: RoleTypes, name: str) -> GraphQLInterfaceType:
    """`Node`. Source: GraphQL Global Object Identification Specification, "Node Interface", but for the field's name."""
    field = Field(GraphQLNonNull(GraphQLID), PartSpec("node_id"), description="Identifies the row among all rows.")
    return GraphQLInterfaceType(
        name, {types.names.word("node_id"): field}, description="A row that can be found again."
    )


def is_node(types: RoleTypes, table: Table) -> bool:
    """Whether the role may find rows of the table by their identifier: as by their key, which the identifier holds."""
    grant = types.grants(table).read
    return (
        types.catalog.relay and grant is not None and "by_key" not in grant.hidden_roots and key_is_seen(table, grant)
    )


def node_interfaces(types: RoleTypes, table: Table) -> list[GraphQLInterfaceType]:
    """What the object type of the table implements."""
    return [types.fixed(NODE)] if is_node(types, table) else []


def node_id_field(types: RoleTypes, table: Table) -> dict[str, GraphQLField]:
    """The field of the table's object type that holds the identifier, where there is one."""
    if not is_node(types, table):
        return {}
    return {types.names.word("node_id"): Field(GraphQLNonNull(GraphQLID), NodeIdSpec(table))}


def node_root(types: RoleTypes) -> dict[str, GraphQLField]:
    """`node(nodeId)`, where the setting is on. Source: as above, "Node root field"."""
    if not types.catalog.relay:
        return {}
    argument = Argument(GraphQLNonNull(GraphQLID), PartSpec("node_id"), treatment="node")
    arguments = {types.names.word("node_id"): argument}
    return {NODE_ROOT: Field(types.fixed(NODE), NodeSpec(), arguments, "One row of any table by its identifier.")}


def table_of_node(types: RoleTypes, type_name: str) -> Table | None:
    """The table whose rows an identifier with this type names; None where the role has none such."""
    table = types.catalog.tables.get(type_name)
    return table if table is not None and is_node(types, table) else None


def names_taken(catalog: Catalog) -> Iterator[Problem]:
    """Tables that have one of the names which the setting `relay` gives away."""
    if not catalog.relay:
        return
    field = catalog.names.word("node_id")
    for table in catalog.tables.values():
        taken: list[tuple[Any, str]] = [
            (table.type_name == NODE, f"the type {NODE!r}"),
            (NODE_ROOT in table.roots.values(), f"the root field {NODE_ROOT!r}"),
            (field in table.columns or field in table.links, f"the field {field!r}"),
        ]
        for is_taken, what in taken:
            if is_taken:
                yield NameTaken(
                    f"{table.name} has {what}, which the setting relay gives a meaning of its own.",
                    hint="Rename it, or set relay = false.",
                    source=class_source(table.entity),
                )
