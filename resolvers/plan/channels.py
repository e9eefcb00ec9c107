"""What does a field of a channel ask: the row that decides, what is carried, and what is selected of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import FieldNode, get_named_type

from portico.resolvers.plan.arguments import ArgumentTrees
from portico.resolvers.plan.nodes import ColumnItem, Rows
from portico.resolvers.plan.read import key_pairs
from portico.resolvers.plan.root_nodes import ChannelField
from portico.resolvers.plan.selections import Selections, subselections
from portico.resolvers.plan.values import NULL, Members, Tree
from portico.schema.types.specs import ChannelSpec, Field, PartSpec, PayloadSpec


class ChannelPlanner:
    """Plans the fields of channels under one plan key."""

    def __init__(self, trees: ArgumentTrees, selections: Selections) -> None:
        self._trees = trees
        self._selections = selections

    def root(self, key: str, nodes: list[FieldNode], field: Field, path: str) -> ChannelField:
        """
        A root field of a channel.

        The row of the channel is read by its key as any row is. Its answer is the key as the database writes it,
        which is what the channel is known by: however a client spells a value, it is the same channel.
        """
        assert isinstance(field.spec, ChannelSpec)
        channel = field.spec.channel
        arguments = self._trees.of(nodes[0], field, path)
        columns = [column for _, column in channel.parameters]
        rows = Rows(
            table=channel.table,
            form="one",
            items=tuple(ColumnItem(column.name, column) for column in columns),
            key=tuple(key_pairs(field, arguments)),
            stands_alone=channel.stands_alone,
        )
        payload = _payload(field, arguments)
        return ChannelField(key, channel, field.spec.use, rows, payload, self._selected(nodes, field))

    def _selected(self, nodes: list[FieldNode], field: Field) -> tuple[tuple[str, str], ...]:
        type_ = get_named_type(field.type)
        found: list[tuple[str, str]] = []
        for key, same in self._selections.fields(subselections(nodes), type_).items() if nodes[0].selection_set else ():  # pyright: ignore[reportArgumentType]
            name = same[0].name.value
            spec = None if name == "__typename" else type_.fields[name].spec  # pyright: ignore[reportAttributeAccessIssue]
            found.append((key, spec.name if isinstance(spec, PayloadSpec) else "__typename"))
        return tuple(found)


def _payload(field: Field, arguments: Mapping[str, Tree]) -> Mapping[str, Tree] | None:
    """What is sent, or how the caller appears, by the fields that are given; None where nothing is."""
    for name, tree in arguments.items():
        spec: Any = getattr(field.args[name], "spec", None)
        if isinstance(spec, PartSpec) and isinstance(tree, Members):
            # A member that is null, or whose variable was not sent, is one that is not given.
            return {each: member for each, member in tree.members.items() if member != NULL}
    return None
