"""Does another GraphQL service take the name of something else: its fields and types beside all that there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import specified_scalar_types

from portico.schema import scalars
from portico.schema.caller import ADMIN
from portico.schema.catalog import Catalog
from portico.schema.names import NameTaken
from portico.schema.problems import Problem
from portico.schema.remotes import OPERATIONS, RemoteAccess, RemoteSchema
from portico.schema.types.functions import FunctionTypes
from portico.schema.types.nodes import NODE_ROOT


def remotes_taken(
    catalog: Catalog, types: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]], functions: FunctionTypes
) -> Iterator[Problem]:
    """
    A problem for each name that two would have.

    Args:
        types: the names of all other generated types.
        fields: operation → the names of root fields of tables.
    """
    if not catalog.remotes:
        return
    taken_types = {*types, *functions.types_for(ADMIN), *_scalars(catalog)}
    ours = {catalog.names.namespace, NODE_ROOT if catalog.relay else ""}
    taken = {each: {*fields[each], *functions.fields(each), *ours} for each in OPERATIONS}
    for remote in catalog.remotes:
        if any(remote.root(each) is not None and remote.name in taken[each] for each in OPERATIONS):
            yield _taken(remote, f"its field {remote.name!r}", "Give it another name=.")
        for name in _types(remote):
            if name in taken_types:
                yield _taken(remote, f"its type {name!r}", "Give its types another prefix=.")
            taken_types.add(name)
        for join in remote.joins:
            if join.field in functions.computed(join.table):
                yield _taken(remote, f"{join.field!r} of {join.table.type_name}", "Give the join another name=.")


def _types(remote: RemoteSchema) -> Iterator[str]:
    return (remote.type_name(each) for each in RemoteAccess(remote, None).reached if each not in specified_scalar_types)


def _scalars(catalog: Catalog) -> Iterator[str]:
    known = [each for each in vars(scalars).values() if isinstance(each, scalars.Scalar)]
    used = [column.scalar for table in catalog.tables.values() for column in table.columns.values()]
    for scalar in (*known, *used):
        base = scalar.item or scalar
        yield catalog.names.scalar(base.name, base.plain)


def _taken(remote: RemoteSchema, what: str, hint: str) -> Problem:
    return NameTaken(
        f"The service {remote.name} would have the name of something else: {what}.",
        hint=hint,
        source=remote.declaration.source,
    )
