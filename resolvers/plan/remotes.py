"""What is asked of another GraphQL service: a selection written again in its own names, with values as variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    SelectionSetNode,
    get_named_type,
    specified_scalar_types,
)

from portico.resolvers.plan.arguments import ArgumentTrees
from portico.resolvers.plan.read import Wanted
from portico.resolvers.plan.remote_nodes import JoinedField, RemoteField, RemoteSelection, RemoteValue
from portico.resolvers.plan.result_writers import NotFitting
from portico.resolvers.plan.results import (
    GivenArgument,
    LeafResult,
    ListResult,
    NamedResult,
    ObjectResult,
    Result,
    ResultMember,
)
from portico.resolvers.plan.selections import Included, subselections
from portico.resolvers.problems import TooCostly
from portico.schema.remotes import FieldGrant, RemoteAccess
from portico.schema.types.function_values import fitting
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import Field, JoinSpec, RemoteFieldSpec, RemoteSpec

# Types behind interfaces and unions, for each field of such a type with conditions: 20 µs each.
_MOST_TOLD_APART = 20_000
_MOST_DEPTH = 200  # levels of a value; a document is written in its own levels, of which the encoder takes 254

Grouped = dict[tuple[str, ...], dict[str, list[FieldNode]]]
"""Type conditions, one inside the other → response key → the nodes that share it there."""


class RemotePlanner:
    """Plans what one operation asks of other services under one plan key."""

    def __init__(
        self,
        trees: ArgumentTrees,
        fragments: Mapping[str, FragmentDefinitionNode],
        included: Included,
        types: RoleTypes,
    ) -> None:
        self._writer: Callable[[RemoteAccess], _Writer] = lambda access: _Writer(
            trees, fragments, included, types, access
        )

    def root(self, key: str, nodes: list[FieldNode], field: Field, path: str) -> RemoteField:
        """The root field that holds what a service answers."""
        spec = field.spec
        assert isinstance(spec, RemoteSpec)
        remote = spec.access.remote
        writer = self._writer(spec.access)
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
        writer = self._writer(access)
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

    def __init__(
        self,
        trees: ArgumentTrees,
        fragments: Mapping[str, FragmentDefinitionNode],
        included: Included,
        types: RoleTypes,
        access: RemoteAccess,
    ) -> None:
        self._trees = trees
        self._fragments = fragments
        self._included = included
        self._types = types
        self._access = access
        self._remote = access.remote
        self._prefix = len(access.remote.declaration.prefix)
        self._values: list[RemoteValue] = []
        self._written: dict[str, list[tuple[Any, str, list[str]]]] = {}
        self._results: dict[Any, Result] = {}
        self._told_apart = 0
        self.asked: dict[tuple[str, str], FieldGrant] = {}

    def selection(
        self, nodes: list[FieldNode], source: Any, face: Any, path: str, *, at_root: bool = False
    ) -> RemoteSelection:
        """What nodes that share a key select of a type; at the root what is known here is not asked."""
        inner = get_named_type(face)
        has_fields = isinstance(inner, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
        text = self._text(subselections(nodes), inner, path, at_root=at_root) if has_fields else ""
        result = self._result(nodes, source, face)
        return RemoteSelection(text, tuple(self._values), result, self.asked)

    # ---- what is asked -------------------------------------------------------------------------------

    def _text(self, sets: list[SelectionSetNode], face: Any, path: str, *, at_root: bool = False) -> str:
        grouped = self._grouped(sets, face)
        is_object = isinstance(face, GraphQLObjectType)
        parts = [] if is_object else [f"{_mark(grouped)}: __typename"]
        for conditions, fields in grouped.items():
            type_ = self._types.named(conditions[-1]) if conditions else face
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

    # ---- which fields --------------------------------------------------------------------------------

    def _grouped(self, sets: Iterable[SelectionSetNode], face: Any) -> Grouped:
        found: Grouped = {}
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for each in sets:
            self._collect(each, face, (), found, seen)
        return found

    def _collect(
        self, selection_set: SelectionSetNode, face: Any, where: tuple[str, ...], found: Grouped,
        seen: set[tuple[str, tuple[str, ...]]],
    ) -> None:  # fmt: skip
        for selection in selection_set.selections:
            if selection.directives and not self._included(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                found.setdefault(where, {}).setdefault(key, []).append(selection)
                continue
            fragment: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                if (selection.name.value, where) in seen:
                    continue
                seen.add((selection.name.value, where))
                fragment = self._fragments[selection.name.value]
            condition = fragment.type_condition.name.value if fragment.type_condition is not None else face.name
            if condition == face.name:
                self._collect(fragment.selection_set, face, where, found, seen)
            elif not isinstance(face, GraphQLObjectType):
                narrower = self._types.named(condition)
                self._collect(fragment.selection_set, narrower, (*where, condition), found, seen)
            elif self._is_one_of(face, condition):
                self._collect(fragment.selection_set, face, where, found, seen)

    def _is_one_of(self, face: GraphQLObjectType, condition: str) -> bool:
        wanted = self._types.named(condition)
        return face in wanted.types if isinstance(wanted, GraphQLUnionType) else wanted in face.interfaces

    # ---- what becomes of the answer ------------------------------------------------------------------

    def _result(self, nodes: list[FieldNode], source: Any, face: Any, *, in_list: bool = False) -> Result:
        # The same field is met behind each of the types that an object may be of: 3^16 times, if nothing were remembered.
        known = (*map(id, nodes), str(source), in_list)
        found = self._results.get(known)
        if found is None:
            found = self._results[known] = self._made(nodes, source, face, in_list=in_list)
        return found

    def _made(self, nodes: list[FieldNode], source: Any, face: Any, *, in_list: bool) -> Result:
        nullable = not isinstance(source, GraphQLNonNull)
        if not nullable:
            source = source.of_type
            face = face.of_type if isinstance(face, GraphQLNonNull) else face
        if isinstance(source, GraphQLList):
            return ListResult(self._result(nodes, source.of_type, face.of_type, in_list=True), nullable)
        if isinstance(source, GraphQLObjectType):
            fields = self._grouped(subselections(nodes), face).get((), {})
            return self._object(fields, face, nullable=nullable)
        if isinstance(source, GraphQLInterfaceType | GraphQLUnionType):
            return self._choice(nodes, source, face, nullable=nullable, left_out=in_list and not nullable)
        is_any = isinstance(source, GraphQLScalarType) and source.name not in specified_scalar_types
        return LeafResult(_any_json if is_any else _plain, nullable)

    def _choice(self, nodes: list[FieldNode], source: Any, face: Any, *, nullable: bool, left_out: bool) -> NamedResult:
        sets = subselections(nodes)
        grouped = self._grouped(sets, face)
        mark = _mark(grouped)
        names = self._access.objects(source)
        otherwise = self._object(grouped.get((), {}), face, nullable=False, mark=mark)
        is_plain = not any(grouped)
        choices = {} if is_plain else self._choices(sets, names, mark)
        return NamedResult(mark, names, choices, otherwise, nullable, left_out)

    def _choices(self, sets: list[SelectionSetNode], names: frozenset[str], mark: str) -> dict[str, ObjectResult]:
        """What is selected of each type that an object may be; types of which the same is selected have one result."""
        self._told_apart += len(names)
        if self._told_apart > _MOST_TOLD_APART:
            raise TooCostly("The document tells too many types of another service apart.", hint="Ask for less at once.")
        found: dict[str, ObjectResult] = {}
        made: dict[Any, ObjectResult] = {}
        for name in sorted(names):
            object_: Any = self._types.named(self._remote.type_name(name))
            fields = self._grouped(sets, object_).get((), {})
            known = tuple((key, *map(id, same), str(_type_of(object_, same))) for key, same in fields.items())
            if known not in made:
                made[known] = self._object(fields, object_, nullable=False, mark=mark)
            found[name] = made[known]
        return found

    def _object(
        self, fields: Mapping[str, list[FieldNode]], face: Any, *, nullable: bool, mark: str | None = None
    ) -> ObjectResult:
        return ObjectResult(tuple(self._member(key, same, face, mark) for key, same in fields.items()), nullable)

    def _member(self, key: str, nodes: list[FieldNode], face: Any, mark: str | None) -> ResultMember:
        name = nodes[0].name.value
        if name == "__typename":
            if mark is None:
                return ResultMember(key, name, name, None, text=face.name)
            return ResultMember(key, name, mark, LeafResult(self._remote.type_name, nullable=False))
        field = face.fields[name]
        assert isinstance(field, Field)
        assert isinstance(field.spec, RemoteFieldSpec)
        source = self._remote.source(field.spec.type_name).fields[name].type
        return ResultMember(key, name, key, self._result(nodes, source, field.type))


def _plain(value: Any) -> Any:
    """A value of an enum or a scalar of all schemas."""
    if isinstance(value, dict | list):
        raise NotFitting("an object or list in the place of a value")
    return value


def _any_json(value: Any) -> Any:
    """A value of a scalar of the service's own; one that is nested deeper than JSON can be written is none."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        each, depth = waiting.pop()
        if isinstance(each, dict | list):
            if depth > _MOST_DEPTH:
                raise NotFitting("a value that is nested too deeply")
            inside: Any = each.values() if isinstance(each, dict) else each  # pyright: ignore[reportUnknownVariableType]
            waiting += [(inner, depth + 1) for inner in inside]
    return value


def _mark(grouped: Grouped) -> str:
    """A key under which a service says of which type an object is, and that no client has taken."""
    taken = {key for fields in grouped.values() for key in fields}
    mark = "type_"
    while mark in taken:
        mark += "_"
    return mark


def _type_of(face: Any, nodes: list[FieldNode]) -> Any:
    name = nodes[0].name.value
    return None if name == "__typename" else face.fields[name].type
