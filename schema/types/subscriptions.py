"""What can a role subscribe to: all that it can query, rows as streams, changes, and channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLField, GraphQLList, GraphQLNonNull, GraphQLObjectType

from portico.schema.catalog import DatabaseFunction, Table
from portico.schema.names import RootKind
from portico.schema.types.changes import change_arguments
from portico.schema.types.channels import channel_fields
from portico.schema.types.descriptions import of_root
from portico.schema.types.nodes import node_root
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.root_fields import RootFields, RootOwner, alone, root_type
from portico.schema.types.roots import QUERY_KINDS, Where, namespace_field
from portico.schema.types.specs import Argument, Field, RootSpec
from portico.schema.types.streams import stream_arguments


def subscription_root(where: Where) -> Any:
    """The builder of the subscription root; None where no rule lets the role read or join."""

    def build(types: RoleTypes, name: str) -> GraphQLObjectType | None:
        channels = {**types.functions.fields("subscription"), **channel_fields(types, "subscription")}
        if not channels and not types.access.may_read():
            return None
        more = {**node_root(types), **channels}
        if types.names.namespace:
            return root_type(name, alone({**more, **namespace_field(types, "subscription")}))
        return root_type(name, _fields(types, where, more))

    return build


def subscription_namespace(where: Where) -> Any:
    """The builder of the namespace under the subscription root."""
    return lambda types, name: root_type(name, _fields(types, where, {}))


def _fields(types: RoleTypes, where: Where, more: Mapping[str, GraphQLField]) -> RootFields:
    """What can be queried can be subscribed to; the fields are the query root's own, so that each is made once."""
    queries: RootFields = types.fixed("query_namespace" if types.names.namespace else "query_root").fields

    def of_owner(owner: RootOwner) -> Mapping[str, GraphQLField]:
        if isinstance(owner, DatabaseFunction):
            names = [owner.field, owner.aggregate]
        else:
            names = [owner.roots[kind] for kind in QUERY_KINDS]
        found = {name: field for name in names if (field := queries.get(name)) is not None}
        live = _live_fields(types, owner) if isinstance(owner, Table) else {}
        return {**found, **{name: field for name, field in live.items() if where[name] is owner}}

    return RootFields(where, of_owner, more, dict[str, GraphQLField])


def _live_fields(types: RoleTypes, table: Table) -> dict[str, GraphQLField]:
    grant = types.grants(table).read
    found: dict[str, GraphQLField] = {}

    def add(kind: RootKind, item: Any, arguments: Mapping[str, Argument]) -> None:
        items: Any = GraphQLNonNull(GraphQLList(GraphQLNonNull(item)))
        text = of_root(types.names, table, kind)
        found[table.roots[kind]] = Field(items, RootSpec(kind, table), dict(arguments), text)

    if grant is None:
        return {}
    if _is_offered(types, table, "select_stream", "stream_cursor_input") and "stream" not in grant.hidden_roots:
        add("select_stream", types.of(table, ""), stream_arguments(types, table))
    if _is_offered(types, table, "changes", "change") and "changes" not in grant.hidden_roots:
        add("changes", types.of(table, "change"), change_arguments(types, table))
    return found


def _is_offered(types: RoleTypes, table: Table, kind: RootKind, suffix: str) -> bool:
    """Whether the names of the field and its types are free (`reading.py` has looked), and the role has the type."""
    return kind in table.roots and types.of(table, suffix) is not None
