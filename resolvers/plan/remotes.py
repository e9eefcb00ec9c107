"""What is asked of another GraphQL service: a selection written again in its own names, with values as variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    SelectionSetNode,
    get_named_type,
)

from portico.resolvers.plan.arguments import ArgumentTrees
from portico.resolvers.plan.read import Wanted
from portico.resolvers.plan.remote_nodes import JoinedField, RemoteField, RemoteSelection, RemoteValue
from portico.resolvers.plan.remote_results import RemoteResults
from portico.resolvers.plan.remote_selections import RemoteSelections
from portico.resolvers.plan.results import GivenArgument
from portico.resolvers.plan.selections import subselections
from portico.schema.remotes import FieldGrant, RemoteAccess
from portico.schema.types.function_values import fitting
from portico.schema.types.specs import Field, JoinSpec, RemoteFieldSpec, RemoteSpec


class RemotePlanner:
    """Plans what one operation asks of other services under one plan key."""

    def __init__(self, trees: ArgumentTrees, selections: RemoteSelections) -> None:
        self._trees = trees
        self._selections = selections

    def root(self, key: str, nodes: list[FieldNode], field: Field, path: str) -> RemoteField:
        """The root field that holds what a service answers."""
        spec = field.spec
        assert isinstance(spec, RemoteSpec)
        remote = spec.access.remote
        writer = _Writer(self._trees, self._selections, spec.access)
        root = remote.root(spec.operation)
        selection = writer.selection(nodes, root, field.type, path, at_root=True)
        return RemoteField(key, remote, spec.operation, selection, path)

    def joined(self, wanted: Wanted) -> JoinedField:
        """A field of rows that a service answers."""
        spec, path = wanted.spec, wanted.path
        assert isinstance(spec, JoinSpec)
        asks, join = spec.asks, spec.join
        access = asks.access
        source = access.remote.source(asks.type_name).fields[asks.name]
        writer = _Writer(self._trees, self._selections, access)
        writer.asked[asks.type_name, asks.name] = access.fields[asks.type_name][asks.name]
        arguments = tuple(writer.arguments(wanted.nodes[0], wanted.field, asks, path, join.constants))
        type_ = source.type.of_type if isinstance(source.type, GraphQLNonNull) else source.type
        selection = writer.selection(wanted.nodes, type_, wanted.field.type, path)
        keys = tuple(path.removeprefix("$.selectionSet.").split(".selectionSet."))
        columns = {name: (str(source.args[name].type), column) for name, column in join.columns.items()}
        type_name = get_named_type(type_).name if selection.text else None
        return JoinedField(keys, access.remote, asks.name, arguments, columns, type_name, selection, path)


class _Writer:
    """
    Writes one request.

    Two types are walked side by side: the role's, by which clients select, and the service's own, by which it is asked.
    """

    def __init__(self, trees: ArgumentTrees, selections: RemoteSelections, access: RemoteAccess) -> None:
        self._trees = trees
        self._selections = selections
        self._results = RemoteResults(selections, access)
        self._access = access
        self._remote = access.remote
        self._prefix = len(access.remote.declaration.prefix)
        self._values: list[RemoteValue] = []
        self._written: dict[str, list[tuple[Any, str, list[str]]]] = {}
        self.asked: dict[tuple[str, str], FieldGrant] = {}

    def selection(
        self, nodes: list[FieldNode], source: Any, face: Any, path: str, *, at_root: bool = False
    ) -> RemoteSelection:
        """What nodes that share a key select of a type; at the root what is known here is not asked."""
        inner = get_named_type(face)
        has_fields = isinstance(inner, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
        text = self._text(subselections(nodes), inner, path, at_root=at_root) if has_fields else ""
        result = self._results.result(nodes, source, face)
        return RemoteSelection(text, tuple(self._values), result, self.asked)

    # ---- what is asked -------------------------------------------------------------------------------

    def _text(self, sets: list[SelectionSetNode], face: Any, path: str, *, at_root: bool = False) -> str:
        grouped = self._selections.grouped(sets, face)
        is_object = isinstance(face, GraphQLObjectType)
        parts = [] if is_object else [f"{self._selections.mark}: __typename"]
        for conditions, fields in grouped.items():
            type_ = self._selections.types.named(conditions[-1]) if conditions else face
            block = " ".join(self._fields(fields, type_, path))
            for condition in reversed(conditions):
                block = f"... on {condition[self._prefix :]} {{ {block or '__typename'} }}"
            parts += [block] if block else []
        if not parts:
            return "" if at_root else "{ __typename }"
        return f"{{ {' '.join(parts)} }}"

    def _fields(self, fields: Mapping[str, list[FieldNode]], face: Any, path: str) -> Iterator[str]:
        for key, nodes in fields.items():
            name = nodes[0].name.value
            if name == "__typename":
                continue  # the plan knows it, or finds it under the mark
            field = face.fields[name]
            assert isinstance(field, Field)
            assert isinstance(field.spec, RemoteFieldSpec)
            self.asked[field.spec.type_name, name] = self._access.fields[field.spec.type_name][name]
            here = f"{path}.selectionSet.{key}"
            arguments = self._arguments_once(nodes[0], field, field.spec, face, here)
            inner = subselections(nodes)
            text = self._text(inner, get_named_type(field.type), here) if inner else ""
            given = f"({', '.join(arguments)})" if arguments else ""
            alias = "" if key == name else f"{key}: "
            yield f"{alias}{name}{given} {text}".rstrip()

    def _arguments_once(self, node: FieldNode, field: Field, spec: RemoteFieldSpec, face: Any, path: str) -> list[str]:
        """Two places of one field that one object may answer have the same arguments, and must have the same variables."""
        written = self._written.setdefault(path, [])
        for parent, name, arguments in written:
            differ = (
                parent is not face and isinstance(parent, GraphQLObjectType) and isinstance(face, GraphQLObjectType)
            )
            if name == spec.name and not differ:
                return arguments
        arguments = list(self.arguments(node, field, spec, path, {}))
        written.append((face, spec.name, arguments))
        return arguments

    def arguments(
        self, node: FieldNode, field: Field, spec: RemoteFieldSpec, path: str, constants: Mapping[str, Any]
    ) -> Iterator[str]:
        """The arguments of a field as they are written: what a client gives, and what is set."""
        source = self._remote.source(spec.type_name).fields[spec.name]
        grant = self._access.fields[spec.type_name][spec.name]
        for name, tree in self._trees.of(node, field, path).items():
            given = GivenArgument(name, name, tree, fitting(field.args[name].type), f"{path}.args.{name}")
            yield self._value(name, source, given, None)
        for name, value in {**constants, **grant.presets}.items():
            yield self._value(name, source, None, value)

    def _value(self, argument: str, source: GraphQLField, given: GivenArgument | None, preset: Any) -> str:
        name = f"v{len(self._values)}"
        self._values.append(RemoteValue(name, str(source.args[argument].type), given, preset))
        return f"{argument}: ${name}"
