"""What does an operation read from a request: its variables and lifted literals, and how each takes part in planning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    type_from_ast,
)

from portico.resolvers.lifting import value_of
from portico.resolvers.plan.arguments import ArgumentTrees
from portico.resolvers.plan.places import path_of_text
from portico.resolvers.plan.value_reader import Read, ValueReader, is_generated
from portico.resolvers.plan.values import Known, Shape, Tree, grow
from portico.resolvers.problems import InvalidValue
from portico.schema.problems import Problem
from portico.schema.types.literals import literal_value
from portico.schema.types.specs import Argument, Field, Input, Treatment

ABSENT = "absent"
"""The shape of a variable that was not sent and has no default."""


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A variable in one of its treatments; `default` is the JSON value that stands in for it."""

    name: str
    type: Any
    treatment: Treatment
    read: Read
    path: str
    required: bool
    default: Any


@dataclass(frozen=True, slots=True)
class LiteralUse:
    """A lifted literal: its place among the document's literals, where it stands, and its type there."""

    index: int
    offset: int
    type: Any
    treatment: Treatment


_NO_DEFAULT = object()


class OperationInputs:
    """
    Reads the inputs of one operation under one role.

    `read` is on the hot path: it gives the key of the plan and the values that the plan binds.

    Args:
        literals: offset of each lifted literal → its place among the document's literals.
    """

    def __init__(
        self,
        operation: OperationDefinitionNode,
        document: DocumentNode,
        schema: GraphQLSchema,
        reader: ValueReader,
        literals: Mapping[int, int],
    ) -> None:
        self._reader = reader
        self._document = document
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        usage = _Usage(fragments, schema, literals)
        usage.selections(operation.selection_set, schema.get_root_type(operation.operation))
        self._variables = tuple(self._variable_uses(operation, schema, usage))
        literals_in_order = sorted(usage.literals, key=lambda use: use.index)
        self._literals = tuple((use, reader.reading(use.type, use.treatment)) for use in literals_in_order)
        self.shareable = usage.shareable

    def read(self, variables: Mapping[str, Any], literals: Sequence[str]) -> tuple[Shape, list[Any]]:
        """
        The plan key and the values of one request.

        Raises:
            InvalidValue: a variable or literal does not fit its type.
        """
        values: list[Any] = []
        shapes: list[Shape] = []
        for use, read in self._literals:
            value = _literal(literals[use.index], use.type)
            try:
                shapes.append(self._reader.read_by(read, value, values, ""))
            except Problem as problem:
                problem.path = path_of_text(use.offset, self._document) + problem.path
                raise
        for use in self._variables:
            shapes.append(self._read_variable(use, variables, values))
        return tuple(shapes), values

    def trees(self, key: Shape) -> ArgumentTrees:
        """The trees that a plan for this key is made of."""
        assert isinstance(key, tuple)
        slots = count()
        shapes = iter(key)
        literals = {use.offset: grow(next(shapes), slots) for use, _ in self._literals}
        variables: dict[tuple[str, Treatment], Tree] = {}
        for use in self._variables:
            shape = next(shapes)
            if shape != ABSENT:
                variables[use.name, use.treatment] = grow(shape, slots)
        return ArgumentTrees(self._reader, variables, literals, next(slots))

    def flag(self, trees: ArgumentTrees, node: ValueNode) -> bool:
        """Whether an `@include` or `@skip` condition holds in a plan."""
        tree = trees.tree(node, GraphQLBoolean, "value", "$.query")
        return isinstance(tree, Known) and tree.value is True

    def _read_variable(self, use: VariableUse, variables: Mapping[str, Any], values: list[Any]) -> Shape:
        value = variables.get(use.name, _NO_DEFAULT)
        if value is _NO_DEFAULT:
            value = use.default
            if value is _NO_DEFAULT:
                if use.required:
                    raise InvalidValue(
                        f"The variable ${use.name} of type {use.type} is not given.",
                        path=use.path,
                    )
                return ABSENT
        return self._reader.read_by(use.read, value, values, use.path)

    def _variable_uses(
        self, operation: OperationDefinitionNode, schema: GraphQLSchema, usage: _Usage
    ) -> Iterator[VariableUse]:
        for definition in operation.variable_definitions or ():
            name = definition.variable.name.value
            type_: Any = type_from_ast(schema, definition.type)
            default = _NO_DEFAULT
            if definition.default_value is not None:
                # Defaults are constants of the document: documents that differ in one are different.
                usage.give_up(definition.default_value)
                default = literal_value(definition.default_value)
            for treatment in sorted(usage.variables.get(name, {"bind"})):
                required = isinstance(type_, GraphQLNonNull) and default is _NO_DEFAULT
                read = self._reader.reading(type_, treatment)
                yield VariableUse(name, type_, treatment, read, f"$.variableValues.{name}", required, default)


def _literal(literal: str, type_: Any) -> Any:
    # Decimals keep every digit only as text.
    name = get_named_type(type_).name
    return literal if name in ("numeric", "Decimal") and literal[0] != '"' else value_of(literal)


class _Usage:
    """Walks the values of an operation once, noting where each variable and lifted literal is used."""

    def __init__(
        self,
        fragments: Mapping[str, FragmentDefinitionNode],
        schema: GraphQLSchema,
        offsets: Mapping[int, int],
    ) -> None:
        self._fragments = fragments
        self._schema = schema
        self._offsets = offsets
        self._seen: set[str] = set()
        self.variables: dict[str, set[Treatment]] = {}
        self.literals: set[LiteralUse] = set()
        self.shareable = True

    def selections(self, selection_set: SelectionSetNode, parent: Any) -> None:
        """Every field below a selection set."""
        for selection in selection_set.selections:
            for directive in selection.directives or ():
                for argument in directive.arguments or ():
                    self.value(argument.value, GraphQLBoolean, "value")
            if isinstance(selection, FieldNode):
                self._field(selection, parent)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in self._seen:
                    self._seen.add(name)
                    fragment = self._fragments[name]
                    self.selections(fragment.selection_set, type_from_ast(self._schema, fragment.type_condition))
            else:
                assert isinstance(selection, InlineFragmentNode)
                condition = selection.type_condition
                inner = parent if condition is None else type_from_ast(self._schema, condition)
                self.selections(selection.selection_set, inner)

    def _field(self, node: FieldNode, parent: Any) -> None:
        field = getattr(parent, "fields", {}).get(node.name.value)
        if not isinstance(field, Field):
            # Answered by GraphQL's own executor, from the document as it stands.
            self._foreign(node)
            return
        for argument in node.arguments or ():
            definition = field.args[argument.name.value]
            treatment = definition.treatment if isinstance(definition, Argument) else "bind"
            self.value(argument.value, definition.type, treatment)
        if node.selection_set is not None:
            self.selections(node.selection_set, get_named_type(field.type))

    def _foreign(self, node: FieldNode) -> None:
        for argument in node.arguments or ():
            self.give_up(argument.value)
        for directive in node.directives or ():
            for argument in directive.arguments or ():
                self.give_up(argument.value)
        if node.selection_set is None:
            return
        for selection in node.selection_set.selections:
            if isinstance(selection, FieldNode):
                self._foreign(selection)
            else:
                # Fragments inside are walked as foreign too; their literals cannot be told apart here.
                self.shareable = False

    def give_up(self, node: ValueNode) -> None:
        """A literal that no bind stands for: only the same text may use this plan."""
        if isinstance(node, IntValueNode | FloatValueNode | StringValueNode):
            self.shareable = False
        elif isinstance(node, ListValueNode):
            for item in node.values:
                self.give_up(item)
        elif isinstance(node, ObjectValueNode):
            for field in node.fields:
                self.give_up(field.value)

    def value(self, node: ValueNode, type_: Any, treatment: Treatment) -> None:
        """One value at a place of a type."""
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        if isinstance(node, VariableNode):
            self.variables.setdefault(node.name.value, set()).add(treatment)
        elif isinstance(node, NullValueNode):
            return
        elif isinstance(type_, GraphQLList):
            for item in node.values if isinstance(node, ListValueNode) else (node,):
                self.value(item, type_.of_type, treatment)
        elif isinstance(type_, GraphQLInputObjectType) and is_generated(type_):
            for field in node.fields if isinstance(node, ObjectValueNode) else ():
                definition = type_.fields[field.name.value]
                inner: Treatment = definition.treatment if isinstance(definition, Input) else "bind"
                self.value(field.value, definition.type, inner)
        else:
            self._leaf(node, type_, treatment)

    def _leaf(self, node: ValueNode, type_: Any, treatment: Treatment) -> None:
        if isinstance(node, ListValueNode):
            for item in node.values:
                self._json(item)
        elif isinstance(node, ObjectValueNode):
            for field in node.fields:
                self._json(field.value)
        else:
            self._note(node, type_, treatment)

    def _json(self, node: ValueNode) -> None:
        if isinstance(node, VariableNode):
            self.variables.setdefault(node.name.value, set()).add("bind")
        elif isinstance(node, ListValueNode | ObjectValueNode):
            self._leaf(node, None, "bind")
        else:
            self._note(node, _AnyJson, "bind")

    def _note(self, node: ValueNode, type_: Any, treatment: Treatment) -> None:
        if not isinstance(node, IntValueNode | FloatValueNode | StringValueNode):
            return
        offset = node.loc.start if node.loc is not None else -1
        index = self._offsets.get(offset)
        if index is not None:
            self.literals.add(LiteralUse(index, offset, type_, treatment))


class _AnyJsonType:
    """The type of a literal inside a JSON value: taken as it is."""

    name = "any JSON"

    def __str__(self) -> str:
        return self.name


_AnyJson: Any = _AnyJsonType()
