"""What does a mutation write: inserts with their relations, updates, upserts and deletes as write nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLList, get_named_type, get_nullable_type

from portico.resolvers.plan.arguments import ArgumentTrees
from portico.resolvers.plan.nested_writes import NestedPlanner, already_determined, presets_on_update
from portico.resolvers.plan.nodes import Item, LinkItem, ListItem, Predicate, Rows
from portico.resolvers.plan.read import ReadPlanner, columns_of, key_pairs
from portico.resolvers.plan.root_nodes import WriteField
from portico.resolvers.plan.value_reader import is_row
from portico.resolvers.plan.values import NULL, Items, Known, Members, NewRows, Tree
from portico.resolvers.plan.write_nodes import (
    Along,
    Change,
    Conflict,
    Delete,
    Insert,
    NestedInsert,
    NewRow,
    Update,
    Written,
)
from portico.resolvers.problems import InvalidArgument, InvalidValue
from portico.schema.access import RoleAccess
from portico.schema.catalog import Column, Link, Table
from portico.schema.names import Names, RootKind
from portico.schema.types.inputs import UPDATE_OPERATORS
from portico.schema.types.specs import Argument, ColumnSpec, Input, LinkSpec, PartSpec


class WritePlanner:
    """Plans the root fields that write."""

    def __init__(self, reader: ReadPlanner, trees: ArgumentTrees, access: RoleAccess, names: Names) -> None:
        self._reader = reader
        self._trees = trees
        self._access = access
        self._names = names
        self._nested_planner = NestedPlanner(reader.predicates, access, names, self._insert, self._body)

    def root(
        self, key: str, kind: RootKind, table: Table, nodes: list[FieldNode], field: GraphQLField, path: str
    ) -> WriteField:
        """A root field that writes."""
        arguments = self._trees.of(nodes[0], field, path)
        single = kind in ("insert_one", "update_by_pk", "delete_by_pk")
        written = self._written(table, nodes, field, path, single=single)
        match kind:
            case "insert" | "insert_one":
                name = "objects" if kind == "insert" else "object"
                conflict = _part(field, arguments, "on_conflict")
                insert = self._insert(table, arguments.get(name), conflict, field, f"{path}.args.{name}", ())
                return WriteField(key, (insert,), written)
            case "update" | "update_by_pk":
                update = self._update(table, field, arguments, path)
                condition = self._condition(nodes[0], field, arguments, path)
                return WriteField(key, (replace(update, condition=condition),), written)
            case "update_many":
                return WriteField(key, tuple(self._updates(table, field, arguments, path)), written, many=True)
            case _:
                where, pairs = self._where(field, arguments, path), tuple(key_pairs(field, arguments))
                delete = Delete(table, where, pairs, self._condition(nodes[0], field, arguments, path))
                return WriteField(key, (delete,), written)

    def _written(
        self, table: Table, nodes: list[FieldNode], field: GraphQLField, path: str, *, single: bool
    ) -> Written:
        items = self._reader.items(nodes, field.type, path)
        if single:
            return Written(one=Rows(table=table, form="one", items=items))
        return Written(items=tuple(_returning(item, table) for item in items))

    # ---- insert --------------------------------------------------------------------------------------

    def _insert(
        self,
        table: Table,
        rows: Tree | None,
        conflict: Tree | None,
        field: Any,
        path: str,
        given: tuple[Column, ...],
    ) -> Insert:
        assert isinstance(rows, NewRows)
        rows_type = _rows_type(field)
        listed = isinstance(get_nullable_type(rows_type), GraphQLList)
        row_type = get_named_type(rows_type)
        grant = self._access.table(table).create
        return Insert(
            table=table,
            rows=rows,
            variants=tuple(
                self._row(table, row_type, variant, f"{path}[{index}]" if listed else path, given)
                for index, variant in enumerate(rows.variants)
            ),
            presets=tuple(grant.presets.items()) if grant is not None else (),
            conflict=self._conflict(table, conflict, field, path),
        )

    def _row(self, table: Table, row_type: Any, members: Members, path: str, given: tuple[Column, ...]) -> NewRow:
        columns: list[tuple[Column, Tree]] = []
        parents: list[NestedInsert] = []
        children: list[NestedInsert] = []
        for name, tree in members.members.items():
            definition = row_type.fields[name]
            spec = definition.spec
            if isinstance(spec, ColumnSpec):
                if spec.column in given:
                    raise already_determined(table, spec.column, path)
                columns.append((spec.column, tree))
            elif isinstance(spec, LinkSpec) and isinstance(tree, Members):
                nested = self._nested(spec.link, definition, tree, f"{path}.{name}")
                (parents if spec.link.owns_key else children).append(nested)
        for nested in parents:
            self._no_clash(table, nested.link, columns, path)
        return NewRow(tuple(columns), tuple(parents), tuple(children))

    def _nested(self, link: Link, definition: Input, tree: Members, path: str) -> NestedInsert:
        given = () if link.owns_key else tuple(column for _, column in link.pairs)
        conflict = tree.get(self._names.word("on_conflict"))
        insert = self._insert(link.target, tree.get("data"), conflict, definition, f"{path}.data", given)
        return NestedInsert(link, insert)

    def _no_clash(self, table: Table, link: Link, columns: list[tuple[Column, Tree]], path: str) -> None:
        mine = {column for column, _ in link.pairs}
        for column, _ in columns:
            if column in mine:
                raise InvalidArgument(
                    f'cannot insert object relationship "{link.field}" as "{column.field}" column values are already determined',
                    hint=f"Give either {link.field} or {column.field}.",
                    path=f"{path}.{link.field}",
                )

    def _conflict(self, table: Table, tree: Tree | None, field: Any, path: str) -> Conflict | None:
        if not isinstance(tree, Members):
            return None
        input_type = _conflict_type(field)
        constraint = tree.get("constraint")
        assert isinstance(constraint, Known)
        columns = columns_of(tree.get(self._names.word("update_columns")))
        grant = self._access.table(table).update
        beside = f"{path.rpartition('.')[0]}.{self._names.word('on_conflict')}"
        where_field = input_type.fields.get("where")
        where = tree.get("where") if where_field is not None else None
        return Conflict(
            unique=constraint.value,
            columns=tuple(column for column in columns if isinstance(column, Column)),
            where=self._reader.predicates.read_all_of(
                where, where_field.type if where_field else None, f"{beside}.where"
            ),
            presets=tuple(presets_on_update(table, grant.presets if grant is not None else {})),
        )

    # ---- update --------------------------------------------------------------------------------------

    def _update(self, table: Table, field: GraphQLField, arguments: dict[str, Tree], path: str) -> Update:
        members = [(field.args[name], tree) for name, tree in arguments.items()]
        changes, nested = self._body(table, members, f"{path}.args")
        key = _part(field, arguments, "pk_columns")
        pairs = tuple(self._pk_pairs(field, key)) if isinstance(key, Members) else ()
        return Update(table, changes, self._where(field, arguments, path), pairs, nested=nested)

    def _updates(self, table: Table, field: GraphQLField, arguments: dict[str, Tree], path: str) -> Iterator[Update]:
        updates = arguments.get("updates")
        input_type: Any = get_named_type(field.args["updates"].type)
        for index, each in enumerate(updates.items if isinstance(updates, Items) else ()):
            assert isinstance(each, Members)
            here = f"{path}.args.updates[{index}]"
            members = [(input_type.fields[name], tree) for name, tree in each.members.items()]
            changes, nested = self._body(table, members, here)
            where = self._reader.predicates.read_all_of(
                each.get("where"), input_type.fields["where"].type, f"{here}.where"
            )
            yield Update(table, changes, where, nested=nested)

    def _body(
        self, table: Table, members: Sequence[tuple[Any, Tree]], path: str
    ) -> tuple[tuple[Change, ...], tuple[Along, ...]]:
        """What an update changes of its rows, and what it writes along their links."""
        nested = tuple(
            self._nested_planner.along(definition, tree, f"{path}.{definition.spec.link.field}")
            for definition, tree in members
            if isinstance(definition.spec, LinkSpec) and isinstance(tree, Members)
        )
        parts = [(each.spec.name, tree, each) for each, tree in members if isinstance(each.spec, PartSpec)]
        operators = [(name, tree, definition) for name, tree, definition in parts if name in UPDATE_OPERATORS]
        return self._changes(table, operators, path) if operators or not nested else (), nested

    def _changes(self, table: Table, operators: list[tuple[str, Tree, Any]], path: str) -> tuple[Change, ...]:
        changes: dict[Column, Change] = {}
        twice: dict[Column, None] = {}
        grant = self._access.table(table).update
        presets = dict(grant.presets) if grant is not None else {}
        if not operators and not presets:
            raise InvalidArgument(
                f"Nothing to change is given: expected at least one of {', '.join(self._names.word(each) for each in ('_set', '_inc'))}.",
                path=path,
            )
        for name, tree, definition in operators:
            input_type: Any = get_named_type(definition.type)
            for member, value in tree.members.items() if isinstance(tree, Members) else ():
                column = input_type.fields[member].spec.column
                if value == NULL and name != "_set":
                    # SQL's answer to anything and null is null: what was there would be lost.
                    raise InvalidValue("must not be null", path=f"{path}.{self._names.word(name)}.{member}")
                if column in changes:
                    twice[column] = None
                changes[column] = Change(column, name, value)
        if twice:
            names = ", ".join(repr(column.field) for column in twice)
            raise InvalidArgument(f"Column found in multiple operators: [{names}].", path=path)
        if not changes and (operators or not presets):
            return ()
        for column, value in presets_on_update(table, presets):
            changes.setdefault(column, Change(column, "preset", value))
        return tuple(changes.values())

    def _pk_pairs(self, field: GraphQLField, key: Members) -> Iterator[tuple[Column, Tree]]:
        for definition in field.args.values():
            if isinstance(definition, Argument) and definition.spec.__class__ is PartSpec:
                input_type: Any = get_named_type(definition.type)
                if getattr(definition.spec, "name", "") == "pk_columns":
                    for name, tree in key.members.items():
                        yield input_type.fields[name].spec.column, tree

    def _condition(
        self, node: FieldNode, field: GraphQLField, arguments: dict[str, Tree], path: str
    ) -> Predicate | None:
        """What `_if` asks of the row; None where the document has none. One that got lost would ask for nothing."""
        for argument in node.arguments or ():
            name = argument.name.value
            definition = field.args[name]
            spec = definition.spec if isinstance(definition, Argument) else None
            if isinstance(spec, PartSpec) and spec.name == "condition":
                here = f"{path}.args.{name}"
                tree = arguments.get(name, NULL)
                if tree == NULL:
                    raise InvalidValue(
                        f"{name} is not given, and without it the row would be written as it is.",
                        hint="Send a condition, or leave it out of the document.",
                        path=here,
                    )
                return self._reader.predicates.read_all_of(tree, definition.type, here)
        return None

    def _where(self, field: GraphQLField, arguments: dict[str, Tree], path: str) -> Any:
        definition = field.args.get("where")
        type_ = get_named_type(definition.type) if definition is not None else None
        return self._reader.predicates.read_all_of(arguments.get("where"), type_, f"{path}.args.where")


def _returning(item: Item, table: Table) -> Item:
    if isinstance(item, ListItem):
        return LinkItem(item.key, Rows(table=table, form="list", items=item.items))
    return item


def _rows_type(definition: Any) -> Any:
    """The type of the rows below a field's arguments or a nested input: one row or a list."""
    if isinstance(definition, Input):
        nested: Any = get_named_type(definition.type)
        return definition.type if is_row(nested) else nested.fields["data"].type
    arguments: Any = getattr(definition, "args", {})
    return (arguments.get("objects") or arguments["object"]).type


def _conflict_type(definition: Any) -> Any:
    nested: Any = get_named_type(definition.type)
    holders: Any = nested.fields if isinstance(definition, Input) else getattr(definition, "args", {})
    for each in holders.values():
        if isinstance(each.spec, PartSpec) and each.spec.name == "on_conflict":
            return get_named_type(each.type)
    raise AssertionError(definition)


def _parts(field: GraphQLField, arguments: dict[str, Tree]) -> list[tuple[str, Tree, Any]]:
    return [
        (definition.spec.name, arguments[name], definition)
        for name, definition in field.args.items()
        if name in arguments and isinstance(definition, Argument) and isinstance(definition.spec, PartSpec)
    ]


def _part(field: GraphQLField, arguments: dict[str, Tree], part: str) -> Tree | None:
    for name, tree, _ in _parts(field, arguments):
        if name == part:
            return None if tree == NULL else tree
    return None
