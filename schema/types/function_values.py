"""How does the JSON of an argument become a value of Python's: scalars at once, inputs by Strawberry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    Undefined,
)
from graphql.utilities import coerce_input_value

from portico.schema.problems import Problem
from portico.schema.types.specs import Given

DEFINITION = "strawberry-definition"
"""Under this key of a GraphQL type's or field's `extensions` Strawberry keeps what it made it of."""

_AS_IT_IS = frozenset({"String", "Boolean"})


class Unfit(ValueError):
    """JSON is no value of an argument's type; the message is in the client's words."""


def arguments_of(field: GraphQLField, converter: Any) -> dict[str, Given]:
    """GraphQL name of each argument → its name in Python, and how its JSON becomes a value of Python's."""
    found: dict[str, Given] = {}
    for name, argument in field.args.items():
        definition = argument.extensions[DEFINITION]
        convert = converter_of(argument.type, definition.type, converter)
        found[name] = Given(definition.python_name, convert)
    return found


def coerced_arguments_of(field: GraphQLField) -> dict[str, Given]:
    """The same of a resolver of Strawberry's, which makes values of Python's itself."""
    return {
        name: Given(argument.out_name or name, _none_or(_coercing(argument.type)))
        for name, argument in field.args.items()
    }


def fitting(type_: Any) -> Callable[[Any], Any]:
    """JSON that is a value of a type → the same JSON; of what the service that it is for makes of it, nothing is known here."""
    coerce = _coercing(type_)

    def convert(value: Any) -> Any:
        coerce(value)
        return value

    return convert


def converter_of(type_: Any, strawberry_type: Any, converter: Any) -> Callable[[Any], Any]:
    """
    JSON → the value of an argument.

    Args:
        type_: as Strawberry made it of `strawberry_type`.
        converter: Strawberry's, which made it.
    """
    if isinstance(type_, GraphQLNonNull):
        return converter_of(type_.of_type, strawberry_type, converter)
    if isinstance(type_, GraphQLScalarType) and type(type_) is GraphQLScalarType:
        return _none_or(_same if type_.name in _AS_IT_IS else _guarded(type_.parse_value))
    if isinstance(type_, GraphQLEnumType | GraphQLList | GraphQLInputObjectType):
        return _none_or(_by_strawberry(type_, strawberry_type, converter))
    return _none_or(_guarded(type_.parse_value))


def _same(value: Any) -> Any:
    return value


def _none_or(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return convert if convert is _same else lambda value: None if value is None else convert(value)


def _guarded(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        try:
            return parse(value)
        except GraphQLError as error:
            raise Unfit(error.message) from None
        except (ValueError, TypeError, ArithmeticError, AttributeError):
            raise Unfit("expected another value") from None

    return convert


def _coercing(type_: Any) -> Callable[[Any], Any]:
    def coerce(value: Any) -> Any:
        coerced = coerce_input_value(value, type_)
        if coerced is Undefined:
            raise ValueError("not of the type")
        return coerced

    return _guarded(coerce)


def _by_strawberry(type_: Any, strawberry_type: Any, converter: Any) -> Callable[[Any], Any]:
    from strawberry.types.arguments import convert_argument

    coerce = _coercing(type_)

    def convert(value: Any) -> Any:
        coerced = coerce(value)
        try:
            return convert_argument(coerced, strawberry_type, converter.scalar_registry, converter.config)
        except Problem:
            raise
        except (ValueError, TypeError) as error:
            # A class of the author's has looked at its members; what it says may tell of more than the client sent.
            raise Unfit("the members do not go together") from error

    return convert
