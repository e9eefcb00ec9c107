"""What becomes of another service's answer: records beside its types, by which no more is passed on than was selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    SelectionSetNode,
    specified_scalar_types,
)

from portico.resolvers.plan.remote_selections import RemoteSelections
from portico.resolvers.plan.result_writers import NotFitting
from portico.resolvers.plan.results import LeafResult, ListResult, NamedResult, ObjectResult, Result, ResultMember
from portico.resolvers.plan.selections import subselections
from portico.resolvers.problems import TooCostly
from portico.schema.remotes import RemoteAccess
from portico.schema.types.specs import Field, RemoteFieldSpec

# Types behind interfaces and unions, for each field of such a type with conditions: 20 µs each.
_MOST_TOLD_APART = 20_000
_MOST_DEPTH = 200  # levels of a value; a document is written in its own levels, of which the encoder takes 254


class RemoteResults:
    """Makes the records of one request; two types are walked side by side, the service's own and the role's."""

    def __init__(self, selections: RemoteSelections, access: RemoteAccess) -> None:
        self._selections = selections
        self._access = access
        self._remote = access.remote
        self._known: dict[Any, Result] = {}
        self._told_apart = 0

    def result(self, nodes: list[FieldNode], source: Any, face: Any, *, in_list: bool = False) -> Result:
        """What becomes of a field that nodes select."""
        # The same field is met behind each of the types that an object may be of: 3^16 times, if nothing were remembered.
        known = (*map(id, nodes), str(source), in_list)
        found = self._known.get(known)
        if found is None:
            found = self._known[known] = self._made(nodes, source, face, in_list=in_list)
        return found

    def _made(self, nodes: list[FieldNode], source: Any, face: Any, *, in_list: bool) -> Result:
        nullable = not isinstance(source, GraphQLNonNull)
        if not nullable:
            source = source.of_type
            face = face.of_type if isinstance(face, GraphQLNonNull) else face
        if isinstance(source, GraphQLList):
            return ListResult(self.result(nodes, source.of_type, face.of_type, in_list=True), nullable)
        if isinstance(source, GraphQLObjectType):
            fields = self._selections.grouped(subselections(nodes), face).get((), {})
            return self._object(fields, face, nullable=nullable)
        if isinstance(source, GraphQLInterfaceType | GraphQLUnionType):
            return self._choice(nodes, source, face, nullable=nullable, left_out=in_list and not nullable)
        is_any = isinstance(source, GraphQLScalarType) and source.name not in specified_scalar_types
        return LeafResult(_any_json if is_any else _plain, nullable)

    def _choice(self, nodes: list[FieldNode], source: Any, face: Any, *, nullable: bool, left_out: bool) -> NamedResult:
        sets = subselections(nodes)
        grouped = self._selections.grouped(sets, face)
        names = self._access.objects(source)
        otherwise = self._object(grouped.get((), {}), face, nullable=False, is_named=True)
        is_plain = not any(grouped)
        choices = {} if is_plain else self._choices(sets, names)
        return NamedResult(self._selections.mark, names, choices, otherwise, nullable, left_out)

    def _choices(self, sets: list[SelectionSetNode], names: frozenset[str]) -> dict[str, ObjectResult]:
        """What is selected of each type that an object may be; types of which the same is selected have one result."""
        self._told_apart += len(names)
        if self._told_apart > _MOST_TOLD_APART:
            raise TooCostly("The document tells too many types of another service apart.", hint="Ask for less at once.")
        found: dict[str, ObjectResult] = {}
        made: dict[Any, ObjectResult] = {}
        for name in sorted(names):
            object_: Any = self._selections.types.named(self._remote.type_name(name))
            fields = self._selections.grouped(sets, object_).get((), {})
            known = tuple((key, *map(id, same), str(_type_of(object_, same))) for key, same in fields.items())
            if known not in made:
                made[known] = self._object(fields, object_, nullable=False, is_named=True)
            found[name] = made[known]
        return found

    def _object(
        self, fields: Mapping[str, list[FieldNode]], face: Any, *, nullable: bool, is_named: bool = False
    ) -> ObjectResult:
        return ObjectResult(
            tuple(self._member(key, same, face, is_named=is_named) for key, same in fields.items()), nullable
        )

    def _member(self, key: str, nodes: list[FieldNode], face: Any, *, is_named: bool) -> ResultMember:
        name = nodes[0].name.value
        if name == "__typename":
            if not is_named:
                return ResultMember(key, name, name, None, text=face.name)
            return ResultMember(key, name, self._selections.mark, LeafResult(self._remote.type_name, nullable=False))
        field = face.fields[name]
        assert isinstance(field, Field)
        assert isinstance(field.spec, RemoteFieldSpec)
        source = self._remote.source(field.spec.type_name).fields[name].type
        return ResultMember(key, name, key, self.result(nodes, source, field.type))


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


def _type_of(face: Any, nodes: list[FieldNode]) -> Any:
    name = nodes[0].name.value
    return None if name == "__typename" else face.fields[name].type
