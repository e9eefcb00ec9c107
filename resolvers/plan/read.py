"""What does a query read: root fields and selections turned into trees of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from graphql import FieldNode, GraphQLField, get_named_type

from portico.resolvers.limits import Limits
from portico.resolvers.plan.arguments import ArgumentTrees
from portico.resolvers.plan.groups import read_groups
from portico.resolvers.plan.nodes import (
    AggregateItem,
    ColumnItem,
    FieldsItem,
    Form,
    FunctionCall,
    IdentityItem,
    Item,
    LinkItem,
    ListItem,
    OrderTerm,
    Page,
    PageItem,
    Predicate,
    Rows,
    TextItem,
)
from portico.resolvers.plan.orders import check_distinct, made_total, mark_of, read_order
from portico.resolvers.plan.predicates import PredicateReader
from portico.resolvers.plan.selections import Selections, subselections
from portico.resolvers.plan.values import NULL, Bind, Identity, Known, Members, Position, Size, Tree
from portico.resolvers.plan.values import Items as TreeItems
from portico.resolvers.problems import InvalidArgument, InvalidCursor
from portico.schema.catalog import Column, DatabaseFunction, Link, Table
from portico.schema.names import RootKind
from portico.schema.types.specs import (
    Argument,
    ColumnSpec,
    ComputedSpec,
    Field,
    FunctionsSpec,
    JoinSpec,
    LinkSpec,
    NodeIdSpec,
    PartSpec,
)

_FORMS: dict[RootKind, Form] = {
    "select": "list",
    "select_by_pk": "one",
    "select_aggregate": "aggregate",
    "connection": "page",
}


@dataclass(frozen=True, eq=False, slots=True)
class Wanted:
    """A field that a function works out, or another service answers, of rows that are read here."""

    nodes: list[FieldNode]
    field: Field
    spec: ComputedSpec | JoinSpec
    path: str


class ReadPlanner:
    """Plans what is read under one plan key: the selections of root fields and of mutations' answers."""

    def __init__(self, trees: ArgumentTrees, selections: Selections, limits: Limits) -> None:
        self._trees = trees
        self._selections = selections
        self._predicates = PredicateReader(limits)
        self._most_groups = limits.max_groups
        self.computed: list[Wanted] = []
        self.joined: list[Wanted] = []

    @property
    def predicates(self) -> PredicateReader:
        """The filter reader, shared with writes so that one document has one budget."""
        return self._predicates

    def root(self, kind: RootKind, table: Table, nodes: list[FieldNode], field: GraphQLField, path: str) -> Rows:
        """A root field that reads."""
        return self._rows(_FORMS[kind], table, None, nodes, field, path)

    def call(
        self,
        kind: RootKind,
        function: DatabaseFunction,
        nodes: list[FieldNode],
        field: GraphQLField,
        path: str,
    ) -> Rows:
        """A root field over the rows that a function of the database gives."""
        assert function.returns is not None
        form = _FORMS[kind] if function.many else "one"
        return self._rows(form, function.returns, None, nodes, field, path, function)

    def node(self, identity: Identity, nodes: list[FieldNode], row_type: Any, path: str) -> Rows | None:
        """The row of an identifier; None where the role has no such table."""
        table = identity.table
        if table is None:
            return None
        key = tuple(zip(table.key, identity.key, strict=True))
        return Rows(table=table, form="one", items=self.items(nodes, row_type, path), key=key)

    def items(self, nodes: list[FieldNode], type_: Any, path: str) -> tuple[Item, ...]:
        """What nodes that share a key select of an object type."""
        return tuple(self._items(nodes, get_named_type(type_), path))

    def _items(self, nodes: list[FieldNode], type_: Any, path: str) -> Iterator[Item]:
        for key, same in self._selections.fields(subselections(nodes), type_).items():
            name = same[0].name.value
            if name == "__typename":
                yield TextItem(key, type_.name)
                continue
            field = type_.fields[name]
            assert isinstance(field, Field)
            yield self._item(key, same, field, f"{path}.selectionSet.{key}")

    def _item(self, key: str, nodes: list[FieldNode], field: Field, path: str) -> Item:
        spec = field.spec
        match spec:
            case ColumnSpec(column=column):
                json_path = self._json_path(nodes[0], field, path)
                return ColumnItem(key, column, json_path, self._called(column.function, nodes[0], field, path))
            case ComputedSpec(reads=reads):
                self.computed.append(Wanted(nodes, field, spec, path))
                return FieldsItem(key, tuple(ColumnItem(column.name, column) for column in reads))
            case JoinSpec(join=join):
                self.joined.append(Wanted(nodes, field, spec, path))
                columns = dict.fromkeys(join.columns.values())
                return FieldsItem(key, tuple(ColumnItem(column.name, column) for column in columns))
            case NodeIdSpec(table=table):
                return IdentityItem(key, table.type_name, table.key)
            case LinkSpec(link=link, shape=shape):
                return LinkItem(key, self._linked(link, shape, nodes, field, path))
            case FunctionsSpec(aggregate=aggregate):
                inner = self._items(nodes, get_named_type(field.type), path)
                return FieldsItem(key, tuple(_aggregated(item, aggregate.name) for item in inner))
            case PartSpec(name=name):
                return self._part(key, name, nodes, field, path)
            case _:
                raise AssertionError(spec)

    def _part(self, key: str, name: str, nodes: list[FieldNode], field: Field, path: str) -> Item:
        match name:
            case "count":
                arguments = self._trees.of(nodes[0], field, path)
                distinct = arguments.get("distinct")
                return AggregateItem(key, "count", columns_of(arguments.get("columns")), distinct == Known(True))
            case "groups":
                return self._groups(key, nodes, field, path)
            case "aggregate" | "page_info" | "node" | "keys":
                return FieldsItem(key, self.items(nodes, field.type, path))
            case "nodes" | "edges" | "returning":
                return ListItem(key, self.items(nodes, field.type, path))
            case _:
                return PageItem(key, name)

    def _groups(self, key: str, nodes: list[FieldNode], field: Field, path: str) -> Item:
        named = named_arguments(field, self._trees.of(nodes[0], field, path))
        types = {_name(field, name): get_named_type(argument.type) for name, argument in field.args.items()}
        items = self.items(nodes, field.type, path)
        return read_groups(
            key, columns_of(named.get("by")), items, named, types, self._predicates, self._most_groups, path
        )

    def _json_path(self, node: FieldNode, field: Field, path: str) -> Tree | None:
        tree = self._trees.of(node, field, path).get("path") if node.arguments else None
        return None if tree == NULL else tree

    def _linked(self, link: Link, shape: str, nodes: list[FieldNode], field: Field, path: str) -> Rows:
        form: Form = "aggregate" if shape == "aggregate" else "page" if shape == "connection" else "list"
        if not link.to_many:
            form = "one"
        return self._rows(form, link.target, link, nodes, field, path, link.function)

    def _called(
        self, function: DatabaseFunction | None, node: FieldNode, field: GraphQLField, path: str
    ) -> FunctionCall | None:
        if function is None:
            return None
        given = self._trees.of(node, field, path).get("args")
        members = given.members if isinstance(given, Members) else {}
        return FunctionCall(
            function, tuple((each, members[each.field]) for each in function.arguments if each.field in members)
        )

    def _rows(
        self,
        form: Form,
        table: Table,
        link: Link | None,
        nodes: list[FieldNode],
        field: GraphQLField,
        path: str,
        function: DatabaseFunction | None = None,
    ) -> Rows:
        arguments = self._trees.of(nodes[0], field, path)
        named = named_arguments(field, arguments)
        items = self.items(nodes, field.type, path)
        if form == "page":
            return self._page(table, link, items, named, field, path)
        order_type = argument_type(field, "order_by")
        order = read_order(named.get("order_by"), order_type, f"{path}.args.orderBy")
        distinct = columns_of(named.get("distinct_on"))
        limit, offset = named.get("limit"), named.get("offset")
        return Rows(
            table=table,
            form=form,
            items=items,
            link=link,
            key=tuple(key_pairs(field, arguments)),
            where=self.where(named, field, path),
            order=check_distinct(distinct, order, f"{path}.args.distinctOn"),
            distinct=distinct,
            limit=limit if isinstance(limit, Size) else None,
            offset=offset if isinstance(offset, Bind) else None,
            call=self._called(function, nodes[0], field, path),
        )

    def where(self, named: dict[str, Tree], field: GraphQLField, path: str) -> Predicate:
        """The client's condition on the rows of a field."""
        return self._predicates.read(named.get("where"), argument_type(field, "where"), f"{path}.args.where")

    def _page(
        self,
        table: Table,
        link: Link | None,
        items: tuple[Item, ...],
        named: dict[str, Tree],
        field: GraphQLField,
        path: str,
    ) -> Rows:
        first, last = _size(named.get("first")), _size(named.get("last"))
        if first is not None and last is not None:
            raise InvalidArgument("A page has first or last, not both.", path=path)
        after, before = named.get("after"), named.get("before")
        order = read_order(named.get("order_by"), argument_type(field, "order_by"), f"{path}.args.orderBy")
        order = made_total(order, table)
        return Rows(
            table=table,
            form="page",
            items=items,
            link=link,
            where=self.where(named, field, path),
            order=order,
            limit=first or last,
            page=Page(
                after=_position(after, order, table, f"{path}.args.after"),
                before=_position(before, order, table, f"{path}.args.before"),
                backward=last is not None,
            ),
        )


def _position(tree: Tree | None, order: tuple[OrderTerm, ...], table: Table, path: str) -> Position | None:
    if not isinstance(tree, Position):
        return None
    if len(tree.nulls) != len(order) + 1:
        raise InvalidCursor("The cursor belongs to a list in another order.", path=path)
    return replace(tree, mark=mark_of(order, table.name))


def columns_of(tree: Tree | None) -> tuple[Column, ...]:
    """The columns that an enum or list of enums names, each once."""
    items = tree.items if isinstance(tree, TreeItems) else (tree,) if tree is not None else ()
    return tuple(dict.fromkeys(item.value for item in items if isinstance(item, Known) and item.value is not None))


def key_pairs(field: GraphQLField, arguments: dict[str, Tree]) -> Iterator[tuple[Column, Tree]]:
    """(column, value) of the arguments that are key columns."""
    for name, tree in arguments.items():
        definition = field.args[name]
        if isinstance(definition, Argument) and isinstance(definition.spec, ColumnSpec):
            yield definition.spec.column, tree


def _size(tree: Tree | None) -> Size | None:
    return tree if isinstance(tree, Size) else None


def named_arguments(field: GraphQLField, arguments: dict[str, Tree]) -> dict[str, Tree]:
    """The arguments by the name that their specs have."""
    return {_name(field, name): tree for name, tree in arguments.items()}


def _name(field: GraphQLField, argument: str) -> str:
    definition = field.args[argument]
    spec = definition.spec if isinstance(definition, Argument) else None
    return spec.name if isinstance(spec, PartSpec) else argument


def argument_type(field: GraphQLField, part: str) -> Any:
    """The input type of the argument that a spec names so."""
    for definition in field.args.values():
        if isinstance(definition, Argument) and isinstance(definition.spec, PartSpec) and definition.spec.name == part:
            return get_named_type(definition.type)
    return None


def _aggregated(item: Item, function: str) -> Item:
    if isinstance(item, ColumnItem):
        return AggregateItem(item.key, function, (item.column,))
    return item


__all__ = ["NULL", "ReadPlanner", "columns_of", "key_pairs"]
