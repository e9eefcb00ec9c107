"""What does a field ask that is an author's function: its arguments, and what is selected of what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
)
from sqlalchemy import inspect

from portico.resolvers.plan.arguments import ArgumentTrees
from portico.resolvers.plan.nodes import Rows
from portico.resolvers.plan.read import ReadPlanner
from portico.resolvers.plan.results import (
    ChoiceResult,
    ComputedField,
    GivenArgument,
    LeafResult,
    ListResult,
    ObjectResult,
    Result,
    ResultMember,
    RowResult,
    Selected,
)
from portico.resolvers.plan.root_nodes import CallField
from portico.resolvers.plan.selections import Selections, subselections
from portico.resolvers.plan.values import Bind
from portico.resolvers.problems import InvalidDocument
from portico.schema.catalog import Table
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import ComputedSpec, Field, FunctionSpec, Given, MemberSpec

_AS_IT_IS = frozenset({"String", "Boolean", "JSON", "jsonb"})


class CallPlanner:
    """
    Plans the functions of one operation under one plan key.

    Two types are walked side by side: the role's, by which clients select, and the one that Strawberry made of the author's
    annotation, which knows how values are written.
    """

    def __init__(self, trees: ArgumentTrees, selections: Selections, reader: ReadPlanner, types: RoleTypes) -> None:
        self._trees = trees
        self._selections = selections
        self._reader = reader
        self._types = types
        self._hints = types.functions.hints
        self._rows: list[Rows] = []

    def root(self, key: str, nodes: list[FieldNode], field: Field, path: str) -> CallField:
        """A root field that is a function."""
        spec = field.spec
        assert isinstance(spec, FunctionSpec)
        given = self._given(nodes[0], field, spec.given, path)
        self._rows = []
        result = self._result(nodes, spec.source.type, field.type, path)
        return CallField(key, spec, given, Selected(result, tuple(self._rows)), path)

    def computed(self) -> tuple[ComputedField, ...]:
        """What is to be worked out of rows that are read, those that functions give included."""
        found: list[ComputedField] = []
        while self._reader.computed:
            wanted = self._reader.computed.pop(0)
            spec, path = wanted.spec, wanted.path
            assert isinstance(spec, ComputedSpec)
            self._rows = []
            result = self._result(wanted.nodes, spec.function.source.type, wanted.field.type, path)
            if self._reader.computed and any(each.path.startswith(path + ".") for each in self._reader.computed):
                raise InvalidDocument(
                    "What is computed cannot be selected of what is computed.",
                    hint="Read the rows by a field of their own.",
                    path=path,
                )
            keys = tuple(path.removeprefix("$.selectionSet.").split(".selectionSet."))
            given = self._given(wanted.nodes[0], wanted.field, spec.function.given, path)
            mapper: Any = inspect(spec.function.declaration.subject)
            columns = {mapper.get_property_by_column(column.sql).key: column for column in spec.reads}
            found.append(ComputedField(keys, columns, spec.function, given, Selected(result, tuple(self._rows)), path))
        return tuple(found)

    def _given(
        self, node: FieldNode, field: GraphQLField, given: Mapping[str, Given], path: str
    ) -> tuple[GivenArgument, ...]:
        return tuple(
            GivenArgument(given[name].name, name, tree, given[name].convert, f"{path}.args.{name}")
            for name, tree in self._trees.of(node, field, path).items()
        )

    def _result(
        self, nodes: list[FieldNode], source: Any, face: Any, path: str, *, nullable: bool = True, in_list: bool = False
    ) -> Result:
        if isinstance(source, GraphQLNonNull):
            inner = face.of_type if isinstance(face, GraphQLNonNull) else face
            return self._result(nodes, source.of_type, inner, path, nullable=False, in_list=in_list)
        if isinstance(source, GraphQLList):
            return ListResult(self._result(nodes, source.of_type, face.of_type, path, in_list=True), nullable)
        if source.name in self._hints.rows:
            left_out = in_list and not nullable
            return self._row(nodes, self._hints.rows[source.name], face, path, left_out=left_out)
        if isinstance(source, GraphQLObjectType):
            return self._object(nodes, face, path, nullable=nullable)
        if isinstance(source, GraphQLUnionType | GraphQLInterfaceType):
            return self._choice(nodes, source, face, path, nullable=nullable)
        if isinstance(source, GraphQLEnumType):
            return LeafResult(_enum_writer(source), nullable)
        return LeafResult(None if source.name in _AS_IT_IS else source.serialize, nullable)

    def _row(self, nodes: list[FieldNode], table: Table, face: Any, path: str, *, left_out: bool) -> RowResult:
        first = self._trees.size
        key = tuple((column, Bind(first + place)) for place, column in enumerate(table.key))
        self._rows.append(Rows(table=table, form="one", items=self._reader.items(nodes, face, path), key=key))
        mapper: Any = inspect(table.entity)
        attributes = tuple(mapper.get_property_by_column(column.sql).key for column in table.key)
        return RowResult(len(self._rows) - 1, attributes, left_out)

    def _object(self, nodes: list[FieldNode], face: GraphQLObjectType, path: str, *, nullable: bool) -> ObjectResult:
        found = self._selections.fields(subselections(nodes), face)
        members = tuple(self._member(key, same, face, f"{path}.selectionSet.{key}") for key, same in found.items())
        is_worked_out = any(each.resolve is not None for each in members)
        return ObjectResult(members, nullable, _given_in_json(face) if is_worked_out else {})

    def _member(self, key: str, nodes: list[FieldNode], face: GraphQLObjectType, path: str) -> ResultMember:
        name = nodes[0].name.value
        if name == "__typename":
            return ResultMember(key, name, name, None, text=face.name)
        field = face.fields[name]
        assert isinstance(field, Field)
        spec = field.spec
        assert isinstance(spec, MemberSpec)
        definition = spec.source.extensions["strawberry-definition"]
        result = self._result(nodes, spec.source.type, field.type, path)
        if definition.is_basic_field:
            return ResultMember(key, definition.python_name, name, result)
        return ResultMember(
            key, name, name, result, spec.source.resolve, self._given(nodes[0], field, spec.given, path)
        )

    def _choice(self, nodes: list[FieldNode], source: Any, face: Any, path: str, *, nullable: bool) -> ChoiceResult:
        choices: dict[type[Any], ObjectResult | RowResult] = {}
        faces = self._types.implementing(face) if isinstance(face, GraphQLInterfaceType) else face.types
        for each in faces:
            table = self._hints.rows.get(each.name)
            if table is not None:
                assert table.entity is not None
                choices[table.entity] = self._row(nodes, table, each, path, left_out=False)
            elif (class_ := self._hints.classes.get(each.name)) is not None:
                choices[class_] = self._object(nodes, each, path, nullable=False)
        return ChoiceResult(choices, nullable)


def _given_in_json(face: GraphQLObjectType) -> dict[str, str]:
    """Attribute → name in JSON of what a type has that is not worked out."""
    found: dict[str, str] = {}
    for name, each in face.fields.items():
        spec = each.spec if isinstance(each, Field) else None
        definition = spec.source.extensions["strawberry-definition"] if isinstance(spec, MemberSpec) else None
        if definition is not None and definition.is_basic_field:
            found[definition.python_name] = name
    return found


def _enum_writer(source: GraphQLEnumType) -> Callable[[Any], Any]:
    """A value of Python's enum, or its name as JSON has it."""
    names = frozenset(source.values)
    return lambda value: value if isinstance(value, str) and value in names else source.serialize(value)
