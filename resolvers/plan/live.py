"""What does a stream or a field of changes ask: its cursor, the size of its batches, and what is selected of a change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import FieldNode, GraphQLInputObjectType, get_named_type

from portico.resolvers.plan.arguments import ArgumentTrees
from portico.resolvers.plan.live_nodes import ChangePart, ChangesField, PartKind, StreamCursor, StreamField
from portico.resolvers.plan.nodes import FieldsItem, Item, Rows
from portico.resolvers.plan.read import ReadPlanner, argument_type, named_arguments
from portico.resolvers.plan.selections import Selections, subselections
from portico.resolvers.plan.values import NULL, Bind, Items, Known, Members, Size, Tree
from portico.resolvers.problems import InvalidStream
from portico.schema.catalog import Table
from portico.schema.types.specs import ColumnSpec, Field, Input, PartSpec

_ONE_COLUMN = "Each item of a stream's cursor names one column."


class LivePlanner:
    """Plans the root fields that are subscriptions alone, under one plan key."""

    def __init__(self, reader: ReadPlanner, trees: ArgumentTrees, selections: Selections) -> None:
        self._reader = reader
        self._trees = trees
        self._selections = selections

    def stream(self, key: str, table: Table, nodes: list[FieldNode], field: Field, path: str) -> StreamField:
        """`postsStream(batchSize, cursor, where)`."""
        named = named_arguments(field, self._trees.of(nodes[0], field, path))
        size = named["batch_size"]
        assert isinstance(size, Size)
        _check_size(size, f"{path}.args.batchSize")
        cursor, descending = _cursor(named.get("cursor"), argument_type(field, "cursor"), f"{path}.args.cursor")
        items = self._reader.items(nodes, field.type, path)
        where = self._reader.where(named, field, path)
        return StreamField(
            key, Rows(table=table, form="list", items=items, where=where, limit=size), cursor, descending
        )

    def changes(self, key: str, table: Table, nodes: list[FieldNode], field: Field, path: str) -> ChangesField:
        """`postsChanges(since, where, batchSize)`."""
        named = named_arguments(field, self._trees.of(nodes[0], field, path))
        since, size = named.get("since"), named.get("batch_size")
        if isinstance(size, Size):
            _check_size(size, f"{path}.args.batchSize")
        items: list[Item] = []
        parts = tuple(self._parts(nodes, field, path, items))
        return ChangesField(
            key=key,
            rows=Rows(table=table, form="one", items=tuple(items), where=self._reader.where(named, field, path)),
            parts=parts,
            verbs=_verbs(field),
            image=Bind(self._trees.size),
            since=since if isinstance(since, Bind) else None,
            size=size if isinstance(size, Size) else None,
        )

    def _parts(self, nodes: list[FieldNode], field: Field, path: str, items: list[Item]) -> Iterable[ChangePart]:
        type_: Any = get_named_type(field.type)
        for key, same in self._selections.fields(subselections(nodes), type_).items():
            name = same[0].name.value
            if name == "__typename":
                yield ChangePart("text", key, type_.name)
                continue
            inner = type_.fields[name]
            assert isinstance(inner, Field)
            assert isinstance(inner.spec, PartSpec)
            kind: PartKind = inner.spec.name  # pyright: ignore[reportAssignmentType]
            yield ChangePart(kind, key, place=len(items))
            if kind in ("key", "old", "new"):
                here = f"{path}.selectionSet.{key}"
                items.append(FieldsItem(key, self._reader.items(same, inner.type, here)))


def _verbs(field: Field) -> dict[str, str]:
    type_: Any = get_named_type(field.type)
    enum: Any = get_named_type(type_.fields["verb"].type)
    return {each.value: name for name, each in enum.values.items()}


def _check_size(size: Size, path: str) -> None:
    if size.bound == 0:
        raise InvalidStream("A batch has at least one row.", path=path)


def _cursor(tree: Tree | None, type_: GraphQLInputObjectType, path: str) -> tuple[tuple[StreamCursor, ...], bool]:
    """
    The columns of the cursor, and whether they descend.

    Hasura takes one column. An item for each of several is a cursor without ties, such as a time and then the key.
    """
    items = tree.items if isinstance(tree, Items) else ()
    if not items:
        raise InvalidStream("A stream needs a cursor.", hint="Name a column and where to begin in it.", path=path)
    found: list[StreamCursor] = []
    directions: set[str] = set()
    for index, item in enumerate(items):
        if not isinstance(item, Members):
            raise InvalidStream(_ONE_COLUMN, path=f"{path}[{index}]")
        found.append(_column(item, type_, f"{path}[{index}]"))
        ordering = item.get("ordering")
        directions.add(ordering.value if isinstance(ordering, Known) else "asc")
    if len(directions) > 1:
        raise InvalidStream("All columns of a cursor have one ordering.", path=path)
    if len({each.column for each in found}) < len(found):
        raise InvalidStream("Each column of a cursor is named once.", path=path)
    if len({each.start.slot for each in found}) < len(found):
        raise InvalidStream("Each column of a cursor begins at a variable of its own.", path=path)
    return tuple(found), directions == {"desc"}


def _column(item: Members, type_: GraphQLInputObjectType, path: str) -> StreamCursor:
    fields: dict[str, Input] = type_.fields  # pyright: ignore[reportAssignmentType]
    name = next(name for name, each in fields.items() if _is_initial(each))
    values = item.members.get(name)
    members = values.members if isinstance(values, Members) else {}
    if len(members) != 1:
        raise InvalidStream(_ONE_COLUMN, hint="Send an item for each of several columns.", path=f"{path}.{name}")
    ((member, start),) = members.items()
    if start == NULL:
        raise InvalidStream(
            "A stream cannot begin at null.",
            hint="Begin at a value that is before all others.",
            path=f"{path}.{name}.{member}",
        )
    spec = get_named_type(fields[name].type).fields[member].spec  # pyright: ignore
    assert isinstance(start, Bind)
    assert isinstance(spec, ColumnSpec)
    return StreamCursor(spec.column, start)


def _is_initial(field: Input) -> bool:
    return isinstance(field.spec, PartSpec) and field.spec.name == "initial_value"
