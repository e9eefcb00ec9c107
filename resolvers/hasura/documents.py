"""How does Hasura v2 say that a document is not valid: graphql-core's messages in its words, and its places."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLSchema,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    value_from_ast_untyped,
)

from portico.resolvers.plan.places import places, use_of

Said = tuple[str, str]
"""A message, and where in the request."""


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a problem is.

    schema: what the caller's role sees; None for a role that must not be told names of types.
    """

    path: str
    document: DocumentNode
    schema: GraphQLSchema | None

    @property
    def field(self) -> str:
        """The path of the field around an argument."""
        return self.path.partition(".args")[0]

    @property
    def selections(self) -> str:
        """The path of the selections that hold a field."""
        return self.field.rpartition(".")[0]

    @property
    def found(self) -> str:
        """What kind of value stands here."""
        values = (node for node, path in places(self.document) if path == self.path and isinstance(node, ValueNode))
        return kind_of(next(values, None))


def said(message: str, place: Place) -> Said | None:
    """Hasura's words for a message of validation; None where it has none of its own."""
    for pattern, words in _SAYINGS:
        if (match := pattern.match(message)) is not None:
            return words(match, place)
    return None


def expected(type_: str, found: str, schema: GraphQLSchema | None) -> str:
    """What is said of a value that is not of its type; `found` is in words."""
    if found == "null" and type_ not in _KINDS and not _is_object(type_, schema):
        return f"unexpected null value for type '{type_}'" if schema is not None else "unexpected null value"
    what = _KINDS.get(type_) or ("an object" if _is_object(type_, schema) else "another value")
    return f"expected {what}{_for_type(type_, schema)}, but found {found}"


def kind_of(value: Any) -> str:
    """What a value is, in words: a node of a document or a JSON value."""
    match value:
        case EnumValueNode():
            return "an enum value"
        case None | NullValueNode():
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a float"
        case str():
            return "a string"
        case list() | ListValueNode():
            return "a list"
        case dict() | ObjectValueNode():
            return "an object"
        case ValueNode():
            return kind_of(value_from_ast_untyped(value))
        case _:
            return "another value"


def one_of(type_: str, value: str, schema: GraphQLSchema | None) -> str:
    """What is said of a text that is no value of an enum."""
    enum = schema.get_type(type_) if schema is not None else None
    if not isinstance(enum, GraphQLEnumType):
        return f"unexpected enum value '{value}'"
    names = ", ".join(f"'{name}'" for name in sorted(enum.values))
    return f"expected one of the values [{names}]{_for_type(type_, schema)}, but found '{value}'"


_KINDS = {
    "Int": "a 32-bit integer",
    "Float": "a float",
    "String": "a string",
    "Boolean": "a boolean",
    "ID": "an ID",
}


def _is_object(type_: str, schema: GraphQLSchema | None) -> bool:
    return schema is not None and isinstance(schema.get_type(type_), GraphQLInputObjectType)


def _for_type(type_: str, schema: GraphQLSchema | None) -> str:
    return f" for type '{type_}'" if schema is not None else ""


def _no_field(match: re.Match[str], place: Place) -> Said:
    type_ = match["type"] if place.schema is not None else None
    return f"field '{match['name']}' not found" + (f" in type: '{type_}'" if type_ else ""), place.path


def _no_value(match: re.Match[str], place: Place) -> Said:
    type_ = match["type"].rstrip("!")
    return expected(type_, place.found, place.schema), place.path


def _no_null(match: re.Match[str], place: Place) -> Said:
    return expected((match["type"] or "").rstrip("!"), "null", place.schema), place.path


def _not_allowed_here(match: re.Match[str], place: Place) -> Said:
    name = match["name"]
    used = use_of(name, place.document) or place.path
    if place.schema is None:
        return f"variable '{name}' is used where another type is expected", used
    return f"variable '{name}' is declared as '{match['type']}', but used where '{match['wanted']}' is expected", used


def _cycle(match: re.Match[str], place: Place) -> Said:
    fragments = {
        each.name.value: each for each in place.document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    circle = _Circle(fragments)
    for each in place.document.definitions:
        if isinstance(each, OperationDefinitionNode) and circle.closes(each.selection_set, "$.selectionSet"):
            break
    return f"the fragment definition(s) {' and '.join(circle.names)} form a cycle", circle.path or place.path


class _Circle:
    """Looks for fragments that spread each other in a circle: their names, and the path of the spread that closes it."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._open: list[str] = []
        self._done: set[str] = set()
        self.names: Sequence[str] = ()
        self.path = ""

    def closes(self, selection_set: SelectionSetNode, path: str) -> bool:
        """Whether a circle is closed somewhere below."""
        for selection in selection_set.selections:
            if isinstance(selection, FragmentSpreadNode):
                if self._spread(selection.name.value, path):
                    return True
                continue
            inner: SelectionSetNode | None = getattr(selection, "selection_set", None)
            field = f"{path}.{selection.name.value}.selectionSet" if isinstance(selection, FieldNode) else path
            if inner is not None and self.closes(inner, field):
                return True
        return False

    def _spread(self, name: str, path: str) -> bool:
        if name in self._open:
            self.names, self.path = self._open[self._open.index(name) :], path
            return True
        fragment = self._fragments.get(name)
        if fragment is None or name in self._done:
            return False
        self._open.append(name)
        if self.closes(fragment.selection_set, f"{path}.{name}.selectionSet"):
            return True
        self._done.add(self._open.pop())
        return False


def _no_fragment(match: re.Match[str], place: Place) -> Said:
    spreads = (
        f"{path}.selectionSet"
        for node, path in places(place.document)
        if isinstance(node, FragmentSpreadNode) and node.name.value == match["name"]
    )
    return f"reference to undefined fragment '{match['name']}'", next(spreads, place.path)


def _undefined(match: re.Match[str], place: Place) -> Said:
    return f'unbound variable "{match["name"]}"', place.path


Words = Callable[[re.Match[str], Place], Said]
_MESSAGES: tuple[tuple[str, Words], ...] = (
    (r"Cannot query field '(?P<name>\w+)'(?: on type '(?P<type>\w+)')?", _no_field),
    (r"Expected value(?: of type '(?P<type>\w+)')? not to include unknown field '(?P<name>\w+)'", _no_field),
    (r"Argument '(?:\w+\.)?\w+\((?P<name>\w+):\)'", lambda match, place: (
        f"missing required field '{match['name']}'", f"{place.path}.args.{match['name']}")),
    (r"Expected value(?: of type '\w+')? to include required field '(?P<name>\w+)'", lambda match, place: (
        f"missing required field '{match['name']}'", f"{place.path}.{match['name']}")),
    (r"Unknown argument '(?P<name>\w+)' on field '(?:\w+\.)?(?P<field>\w+)'", lambda match, place: (
        f"'{match['field']}' has no argument named '{match['name']}'", place.field)),
    (r"Unknown directive '@(?P<name>\w+)'", lambda match, place: (
        f"directive '{match['name']}' is not defined in the schema", place.selections)),
    (r"The directive '@(?P<name>\w+)' can only be used once", lambda match, place: (
        f"the following directives are used more than once: ['{match['name']}']", place.selections)),
    (r"Field '\w+' must not have a selection", lambda match, place: (
        "unexpected subselection set for non-object field", place.path)),
    (r"Field '\w+'(?: of type '\[*(?P<type>\w+)[^']*')? must have a selection", lambda match, place: (
        f"missing selection set for '{match['type']}'" if match["type"] else "missing selection set", place.path)),
    (r"Value '(?P<name>\w+)' does not exist in '(?P<type>\w+)' enum", lambda match, place: (
        one_of(match["type"], match["name"], place.schema), place.path)),
    (r"There is no value '(?P<name>\w+)'", lambda match, place: (one_of("", match["name"], None), place.path)),
    (r"Enum(?: '(?P<type>\w+)')? cannot represent non-enum value", lambda match, place: (
        f"expected an enum value{_for_type(match['type'], place.schema)}, but found {place.found}", place.path)),
    (r"(?:This enum|Enum) cannot represent", lambda match, place: (
        f"expected an enum value, but found {place.found}", place.path)),
    (r"(?P<type>Int|Float|String|Boolean|ID) cannot represent", _no_value),
    (r"Expected value of type '(?P<type>\w+!?)' to be an object", _no_value),
    (r"Expected (?:value of non-null type '(?P<type>[^']*)' not to be None|a value that is not null)", _no_null),
    (r"Variable '\$(?P<name>\w+)'(?: of type '(?P<type>[^']*)')? used in position expecting type '(?P<wanted>[^']*)'",
     _not_allowed_here),
    (r"Variable '\$(?P<name>\w+)' of type '(?P<type>[^']*)' used where another", _not_allowed_here),
    (r"Variable '\$(?P<name>\w+)' is not defined", _undefined),
    (r"Unknown fragment '(?P<name>\w+)'", _no_fragment),
    (r"The fragment \w+ spreads itself", _cycle),
    (r"(?:Anonymous )?Subscription .*must select only one top level field", lambda match, place: (
        "subscriptions must select one top level field", "$")),
    (r"The (?P<kind>mutation|subscription) operation is not supported", lambda match, place: (
        f"no {match['kind']}s exist", "$")),
)  # fmt: skip
_SAYINGS = [(re.compile(pattern), words) for pattern, words in _MESSAGES]
