"""What are a field's arguments: literals, variables and what is left out, as trees of binds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from portico.resolvers.plan.literal_rows import literal_rows
from portico.resolvers.plan.value_reader import ValueReader, is_generated, is_row
from portico.resolvers.plan.values import NULL, Bind, Gathered, Items, Known, Members, NewRows, Tree, grow
from portico.resolvers.problems import InvalidValue
from portico.schema.types.literals import literal_value
from portico.schema.types.specs import Argument, Input, Treatment


class ArgumentTrees:
    """
    Turns the arguments of one operation's fields into trees.

    Args:
        variables: (name, treatment) → the variable's tree; a variable that was not sent is missing.
        literals: offset of a lifted literal → its tree.
        size: how many values a request has under the plan key.
    """

    def __init__(
        self,
        reader: ValueReader,
        variables: Mapping[tuple[str, Treatment], Tree],
        literals: Mapping[int, Tree],
        size: int,
    ) -> None:
        self._reader = reader
        self.size = size
        self._variables = variables
        self._literals = literals

    def of(self, node: FieldNode, field: GraphQLField, path: str) -> dict[str, Tree]:
        """The arguments given, by their GraphQL name; absent ones are missing."""
        trees: dict[str, Tree] = {}
        for argument in node.arguments or ():
            name = argument.name.value
            definition = field.args[name]
            treatment = definition.treatment if isinstance(definition, Argument) else "bind"
            tree = self.tree(argument.value, definition.type, treatment, f"{path}.args.{name}")
            if tree is not None:
                trees[name] = tree
        return trees

    def tree(self, node: ValueNode, type_: Any, treatment: Treatment, path: str) -> Tree | None:
        """The tree of one value; None where it is a variable that was not sent."""
        if isinstance(type_, GraphQLNonNull):
            tree = self.tree(node, type_.of_type, treatment, path)
            if tree == NULL:
                raise InvalidValue("must not be null", path=path)
            return tree
        if isinstance(node, VariableNode):
            return self._variables.get((node.name.value, treatment))
        if isinstance(node, NullValueNode):
            return NULL
        if isinstance(type_, GraphQLList):
            return self._list(node, type_, treatment, path)
        if isinstance(type_, GraphQLInputObjectType) and is_generated(type_):
            members = self._members(node, type_, path)
            return literal_rows([members]) if is_row(type_) else members
        return self._leaf(node, type_, treatment, path)

    def _list(self, node: ValueNode, type_: GraphQLList[Any], treatment: Treatment, path: str) -> Tree | None:
        nodes = node.values if isinstance(node, ListValueNode) else (node,)
        item_type = type_.of_type
        inner = item_type.of_type if isinstance(item_type, GraphQLNonNull) else item_type
        if isinstance(inner, GraphQLInputObjectType) and is_row(inner):
            return self._rows(nodes, inner, treatment, path)
        trees = [self.tree(each, item_type, treatment, f"{path}[{index}]") for index, each in enumerate(nodes)]
        kept = tuple(NULL if tree is None else tree for tree in trees)
        structural = treatment == "value" or (isinstance(inner, GraphQLInputObjectType) and is_generated(inner))
        return Items(kept) if structural else Gathered(kept)

    def _rows(
        self, nodes: tuple[ValueNode, ...], type_: GraphQLInputObjectType, treatment: Treatment, path: str
    ) -> NewRows:
        rows: list[Members | NewRows] = []
        for index, node in enumerate(nodes):
            here = f"{path}[{index}]"
            row = (
                self.tree(node, type_, treatment, here)
                if isinstance(node, VariableNode)
                else self._members(node, type_, here)
            )
            if not isinstance(row, Members | NewRows):
                raise InvalidValue("must not be null", path=here)
            rows.append(row)
        return literal_rows(rows)

    def _members(self, node: ValueNode, type_: GraphQLInputObjectType, path: str) -> Members:
        members: dict[str, Tree] = {}
        left_out: list[str] = []
        for field in node.fields if isinstance(node, ObjectValueNode) else ():
            name = field.name.value
            definition = type_.fields[name]
            treatment = definition.treatment if isinstance(definition, Input) else "bind"
            tree = self.tree(field.value, definition.type, treatment, f"{path}.{name}")
            if tree is not None:
                members[name] = tree
            elif isinstance(field.value, VariableNode):
                left_out.append(field.value.name.value)
        return Members(members, tuple(left_out))

    def _leaf(self, node: ValueNode, type_: Any, treatment: Treatment, path: str) -> Tree:
        lifted = self._literals.get(node.loc.start) if node.loc is not None else None
        if lifted is not None:
            return lifted
        if isinstance(node, ObjectValueNode | ListValueNode):
            return self._json(node, leaves_out=isinstance(type_, GraphQLInputObjectType))
        if isinstance(node, EnumValueNode | BooleanValueNode | StringValueNode | IntValueNode | FloatValueNode):
            try:
                value = literal_value(node)
            except ValueError as error:
                raise InvalidValue(str(error), path=path) from None
            out: list[Any] = []
            shape = self._reader.read(value, type_, treatment, out, path)
            if shape == "v" and treatment != "start":
                return Known(out[0])
            if treatment in ("size", "cursor", "node", "start"):
                raise InvalidValue("must be a plain literal or a variable", path=path)
            return grow(shape, iter(()))
        raise AssertionError(node)

    def _json(self, node: ValueNode, *, leaves_out: bool = False) -> Tree:
        """A JSON value written out, with variables and lifted literals inside; of an input those that were not sent are no members."""
        if isinstance(node, VariableNode):
            return self._variables.get((node.name.value, "bind"), NULL)
        if isinstance(node, ListValueNode):
            return Gathered(tuple(self._json(item, leaves_out=leaves_out) for item in node.values))
        if isinstance(node, ObjectValueNode):
            fields = [each for each in node.fields if not leaves_out or self._is_there(each.value)]
            return Gathered(
                tuple(self._json(field.value, leaves_out=leaves_out) for field in fields),
                tuple(field.name.value for field in fields),
            )
        lifted = self._literals.get(node.loc.start) if node.loc is not None else None
        return lifted if isinstance(lifted, Bind) else Known(literal_value(node))

    def _is_there(self, node: ValueNode) -> bool:
        return not isinstance(node, VariableNode) or (node.name.value, "bind") in self._variables
