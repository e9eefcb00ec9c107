"""What do other GraphQL services offer, and how much of it does a role have?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    specified_scalar_types,
)
from graphql.utilities import coerce_input_value

from portico.schema.caller import Caller
from portico.schema.services import RemoteSchemaDeclaration

if TYPE_CHECKING:
    from portico.schema.catalog import Column, Table
    from portico.schema.problems import Source

OPERATIONS = ("query", "mutation")
"""What may be asked of other services: no subscriptions."""

Preset: TypeAlias = Callable[[Caller], Any] | Any
"""An argument that is set: a constant, or what a function makes of the caller."""


@dataclass(frozen=True, eq=False)
class FieldGrant:
    """
    A field that a role has.

    arguments: those that it may give; None for all. presets: those that are set, which it may not give.
    """

    arguments: frozenset[str] | None = None
    presets: Mapping[str, Preset] = field(default_factory=dict[str, Any])

    def gives(self, argument: str) -> bool:
        """Whether the role may give an argument."""
        return argument not in self.presets and (self.arguments is None or argument in self.arguments)

    def joined(self, other: FieldGrant) -> FieldGrant:
        """What both give together; what one of them sets stays set."""
        both = None if self.arguments is None or other.arguments is None else self.arguments | other.arguments
        return FieldGrant(both, {**other.presets, **self.presets})


@dataclass(frozen=True, eq=False)
class RemoteGrant:
    """
    What is given to a role by name.

    fields: type → field. members: input or enum → its fields or values; those that are not here are whole.
    """

    fields: Mapping[str, Mapping[str, FieldGrant]]
    members: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


@dataclass(frozen=True, eq=False)
class RemoteJoin:
    """A field of a table's rows that the field `asks` of a service's query root answers; columns and constants by argument."""

    table: Table
    field: str
    asks: str
    columns: Mapping[str, Column]
    constants: Mapping[str, Any]
    source: Source


@dataclass(frozen=True, eq=False)
class RemoteSchema:
    """Another GraphQL service as declared. schema: its own. grants: by role."""

    name: str
    declaration: RemoteSchemaDeclaration
    schema: GraphQLSchema
    grants: Mapping[str, RemoteGrant]
    joins: tuple[RemoteJoin, ...]

    def __repr__(self) -> str:
        return f"RemoteSchema({self.name})"

    def type_name(self, name: str) -> str:
        """What a type of the service is called here."""
        return name if name in specified_scalar_types else self.declaration.prefix + name

    def root(self, operation: str) -> GraphQLObjectType | None:
        """The service's root type of an operation."""
        return self.schema.query_type if operation == "query" else self.schema.mutation_type

    def source(self, type_name: str) -> Any:
        """The service's own type of this name."""
        return self.schema.type_map[type_name]


Fields: TypeAlias = dict[str, dict[str, FieldGrant]]


class RemoteAccess:
    """
    What a role has of a service: nothing but what leads somewhere, and is reached from a root.

    fields: type → field, of objects and interfaces. reached: the names of all types, in the order in which they are met.

    Args:
        grants: those of the role; None where it has everything.
    """

    def __init__(self, remote: RemoteSchema, grants: Sequence[RemoteGrant] | None) -> None:
        self.remote = remote
        self._grants = grants
        self._behind: dict[str, frozenset[str]] = {}
        given = _all(remote) if grants is None else _united(grants)
        while _prune(remote, given):
            pass
        self.reached: Mapping[str, None] = dict.fromkeys(_reached(remote, given))
        self.fields: Fields = {name: fields for name, fields in given.items() if name in self.reached}

    def root(self, operation: str) -> Mapping[str, FieldGrant]:
        """The fields of a root."""
        root = self.remote.root(operation)
        return {} if root is None else self.fields.get(root.name, {})

    def members(self, name: str) -> frozenset[str] | None:
        """The fields of an input, or values of an enum, that the role has; None for all."""
        known = [each.members.get(name) for each in self._grants or ()]
        return frozenset().union(*(each or () for each in known)) if known and None not in known else None

    def objects(self, abstract: Any) -> frozenset[str]:
        """The objects that the role sees behind an interface or union."""
        if abstract.name not in self._behind:
            self._behind[abstract.name] = frozenset(_objects(self.remote, abstract, self.fields))
        return self._behind[abstract.name]

    def interfaces(self, type_: Any) -> tuple[str, ...]:
        """The interfaces that a type has for the role."""
        return tuple(each.name for each in type_.interfaces if _has_all(type_, each, self.fields))


def _all(remote: RemoteSchema) -> Fields:
    types = [
        each for each in remote.schema.type_map.values() if isinstance(each, GraphQLObjectType | GraphQLInterfaceType)
    ]
    kept = [each for each in types if not each.name.startswith("__") and each is not remote.schema.subscription_type]
    return {each.name: dict.fromkeys(each.fields, FieldGrant()) for each in kept}


def _united(grants: Iterable[RemoteGrant]) -> Fields:
    found: Fields = {}
    for grant in grants:
        for type_name, fields in grant.fields.items():
            mine = found.setdefault(type_name, {})
            for name, each in fields.items():
                mine[name] = each if name not in mine else mine[name].joined(each)
    return found


def _prune(remote: RemoteSchema, given: Fields) -> bool:
    """Takes away what cannot be asked: fields that lead to nothing, and types without fields; whether there was any."""
    before = sum(len(fields) + 1 for fields in given.values())
    for type_name in list(given):
        fields: Mapping[str, GraphQLField] = remote.source(type_name).fields
        kept = {
            name: each for name, each in given[type_name].items() if _can_be_asked(remote, fields[name], each, given)
        }
        if kept:
            given[type_name] = kept
        else:
            del given[type_name]
    return sum(len(fields) + 1 for fields in given.values()) < before


def _can_be_asked(remote: RemoteSchema, source: GraphQLField, grant: FieldGrant, given: Fields) -> bool:
    lacks = (
        name not in grant.presets and not grant.gives(name) and is_required(argument)
        for name, argument in source.args.items()
    )
    return not any(lacks) and _leads_on(remote, get_named_type(source.type), given)


def is_required(argument: Any) -> bool:
    """Whether an argument or member of an input has to be given."""
    return (
        isinstance(argument.type, GraphQLNonNull) and argument.default is None and argument.default_value is Undefined
    )


def check_constant(argument: GraphQLArgument, value: Any, what: str) -> None:
    """
    Whether an argument can be set to a constant; what a function makes of callers is not known before.

    Raises:
        ValueError
    """
    if not callable(value) and coerce_input_value(value, argument.type) is Undefined:
        raise ValueError(f"sets {what} to {value!r}, which is no {argument.type}.")


def _leads_on(remote: RemoteSchema, type_: Any, given: Fields) -> bool:
    if isinstance(type_, GraphQLObjectType):
        return type_.name in given
    if isinstance(type_, GraphQLInterfaceType):
        return type_.name in given and any(_objects(remote, type_, given))
    return not isinstance(type_, GraphQLUnionType) or any(_objects(remote, type_, given))


def _objects(remote: RemoteSchema, abstract: Any, given: Fields) -> Iterator[str]:
    for each in remote.schema.get_possible_types(abstract):
        if each.name in given and (isinstance(abstract, GraphQLUnionType) or _has_all(each, abstract, given)):
            yield each.name


def _has_all(type_: Any, interface: GraphQLInterfaceType, given: Fields) -> bool:
    """
    Whether a type has all that the role has of an interface; without that it does not have the interface for the role.

    What is set for its own fields must be set for the interface's, by which it would be asked without.
    """
    mine, asked = given.get(type_.name, {}), given.get(interface.name)
    return asked is not None and all(
        name in mine
        and mine[name].presets.keys() <= grant.presets.keys()
        and all(mine[name].gives(each) for each in interface.fields[name].args if grant.gives(each))
        and _fits(get_named_type(type_.fields[name].type), get_named_type(interface.fields[name].type), given)
        for name, grant in asked.items()
    )


def _fits(type_: Any, wanted: Any, given: Fields) -> bool:
    """Whether a type is still one of those that the role sees behind another."""
    if type_ is wanted or not isinstance(wanted, GraphQLInterfaceType):
        return True
    return given.get(type_.name, {}).keys() >= given.get(wanted.name, {}).keys()


def _reached(remote: RemoteSchema, given: Fields) -> Iterator[str]:
    """The names of all types that fields of the roots lead to, arguments included."""
    seen: set[str] = set()
    roots = (remote.root(each) for each in OPERATIONS)
    waiting: list[Any] = [each for each in roots if each is not None and each.name in given]
    while waiting:
        type_ = waiting.pop()
        if type_.name in seen:
            continue
        seen.add(type_.name)
        yield type_.name
        for name, grant in given.get(type_.name, {}).items():
            source = type_.fields[name]
            waiting.append(get_named_type(source.type))
            waiting += [get_named_type(each.type) for key, each in source.args.items() if grant.gives(key)]
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            waiting += [remote.source(name) for name in _objects(remote, type_, given)]
        elif isinstance(type_, GraphQLObjectType):
            waiting += [each for each in type_.interfaces if _has_all(type_, each, given)]
        elif hasattr(type_, "fields"):
            waiting += [get_named_type(each.type) for each in type_.fields.values()]
