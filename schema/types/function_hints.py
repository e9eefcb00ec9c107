"""What do authors' annotations mean to Strawberry: models, plain dataclasses, enums and scalars among them."""

from __future__ import annotations

import collections.abc as abc
import dataclasses
import inspect
import types
import typing
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from portico.schema.catalog import Catalog, Table
from portico.schema.json_scalars import JsonScalar
from portico.schema.scalars import BYTEA, DATE, INTERVAL, JSONB, NUMERIC, TIME, TIMESTAMPTZ, UUID_, Scalar
from portico.schema.types.function_scalars import READERS, WRITERS

_DEFINITION = "__strawberry_definition__"
_MANY = (list, abc.Sequence, abc.Iterable, abc.Collection, tuple, set, frozenset)
_JSON = (dict, dict[str, Any], dict[str, object], Any, abc.Mapping[str, Any], list[Any])
STREAMS = (abc.AsyncGenerator, abc.AsyncIterator, abc.AsyncIterable)

_SCALARS: tuple[tuple[Any, Scalar], ...] = (
    (UUID, UUID_), (datetime, TIMESTAMPTZ), (date, DATE), (time, TIME), (Decimal, NUMERIC), (bytes, BYTEA),
    *((each, JSONB) for each in _JSON),
)  # fmt: skip


class Hints:
    """
    Prepares annotations for Strawberry, and knows what its types were made of.

    Strawberry asks a class for its definition, so models and plain dataclasses are given one beside what they are: neither
    is changed otherwise. rows: name of a GraphQL type → the table whose rows it stands for. classes: name of a GraphQL type
    → the class of its values.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        # Models by name, for modules that name one only where they are type-checked.
        self._names = {table.entity.__name__: table.entity for table in catalog.tables.values() if table.entity}
        self.rows: dict[str, Table] = {}
        self.classes: dict[str, type[Any]] = {}
        self._seen: set[Any] = set()
        self._inputs: dict[type[Any], Any] = {}
        self._json_scalars: dict[type[Any], None] = {}

    def scalar_map(self) -> dict[Any, Any]:
        """Python types by the scalars that columns of them have, so that one type is one scalar everywhere; asked once all annotations were."""
        import strawberry
        from strawberry import scalars

        made: dict[Scalar, Any] = {}
        for scalar in {scalar for _, scalar in _SCALARS} | {INTERVAL}:
            name = self._catalog.names.scalar(scalar.name, scalar.plain)
            made[scalar] = strawberry.scalar(
                name=name, description=scalar.description, serialize=WRITERS[scalar], parse_value=READERS[scalar]
            )
        named = {
            each: strawberry.scalar(
                name=each.__name__, description=inspect.getdoc(each), serialize=_same, parse_value=_same
            )
            for each in self._json_scalars
        }
        return {**{hint: made[scalar] for hint, scalar in _SCALARS}, scalars.JSON: made[JSONB], **named}

    def of(self, function: Any) -> dict[str, Any]:
        """The annotations of a function or class."""
        known = {**self._names, **getattr(inspect.unwrap(function), "__globals__", {})}
        return typing.get_type_hints(function, localns=known, include_extras=True)

    def result(self, hint: Any) -> Any:
        """The annotation of a result, or of what an async generator yields."""
        if typing.get_origin(hint) in STREAMS:
            return self.result(typing.get_args(hint)[0])
        return _mapped(hint, self._result)

    def argument(self, hint: Any) -> Any:
        """The annotation of an argument."""
        return _mapped(hint, self._argument)

    def _result(self, hint: Any) -> Any:
        if not isinstance(hint, type) or hint in self._seen:
            return hint
        self._seen.add(hint)
        if issubclass(hint, JsonScalar):
            self._json_scalars[hint] = None
            return hint
        if issubclass(hint, Enum):
            return _enum(hint)
        if (table := self._catalog.table_of(hint)) is not None:
            self._stand_in(hint, table)
        elif _DEFINITION in hint.__dict__ and hint not in self.classes.values():
            self._members(hint)
        elif dataclasses.is_dataclass(hint):
            self._twin(hint)
        return hint

    def _stand_in(self, entity: type[Any], table: Table) -> None:
        import strawberry

        if not table.key:
            raise TypeError(f"{entity.__name__} has no primary key, by which its rows could be read again")
        name = self._catalog.names.table_type(table.type_base)
        made: Any = strawberry.type(type(entity.__name__, (), {"__annotations__": {"row": bool}}), name=name)
        setattr(entity, _DEFINITION, dataclasses.replace(getattr(made, _DEFINITION), origin=entity))
        self.rows[name] = table

    def _members(self, class_: type[Any]) -> None:
        """What a type of Strawberry's is made of has to be known to it, too."""
        self.classes[getattr(class_, _DEFINITION).name or class_.__name__] = class_
        for each in self.of(class_).values():
            self.result(each)
        for field in getattr(class_, _DEFINITION).fields:
            if field.base_resolver is not None and (hint := self._returned(field)) is not None:
                self.result(hint)

    def _returned(self, field: Any) -> Any:
        try:
            return self.of(field.base_resolver.wrapped_func).get("return")
        except NameError:
            return None  # Strawberry has its own ways, and its own words where they fail

    def _twin(self, class_: type[Any]) -> None:
        """A plain dataclass is left as it is: Strawberry would make another of it, with another constructor."""
        import strawberry

        hints = self.of(class_)
        members = {each.name: self.result(hints[each.name]) for each in dataclasses.fields(class_)}
        made: Any = strawberry.type(
            type(class_.__name__, (), {"__annotations__": members, "__module__": class_.__module__}),
            description=_doc(class_),
        )
        setattr(class_, _DEFINITION, dataclasses.replace(getattr(made, _DEFINITION), origin=class_))
        self.classes[class_.__name__] = class_

    def _argument(self, hint: Any) -> Any:
        if not isinstance(hint, type):
            return hint
        if issubclass(hint, JsonScalar):
            self._json_scalars[hint] = None
            return hint
        if issubclass(hint, Enum):
            return _enum(hint)
        if self._catalog.table_of(hint) is not None:
            raise TypeError(f"{hint.__name__} is a model, which cannot be an argument; take its key")
        if getattr(hint.__dict__.get(_DEFINITION), "is_input", False):
            self._given_members(hint)
            return hint
        return self._input(hint) if dataclasses.is_dataclass(hint) else hint

    def _given_members(self, class_: type[Any]) -> None:
        """What an input of Strawberry's is made of."""
        if class_ in self._inputs:
            return
        self._inputs[class_] = class_
        try:
            hints = self.of(class_)
        except NameError:
            return  # as in `_returned`
        for each in hints.values():
            self.argument(each)

    def _input(self, class_: type[Any]) -> Any:
        """A plain dataclass as an input: what Strawberry makes an instance of makes one of the dataclass."""
        import strawberry

        if class_ not in self._inputs:
            hints = self.of(class_)
            members: dict[str, Any] = {}
            body: dict[str, Any] = {"__annotations__": members, "__module__": class_.__module__}
            made = type(class_.__name__ + "Input", (), body)
            self._inputs[class_] = made
            for each in dataclasses.fields(class_):
                members[each.name] = self.argument(hints[each.name])
                if each.default is not dataclasses.MISSING:
                    setattr(made, each.name, each.default)
                elif each.default_factory is not dataclasses.MISSING:
                    setattr(made, each.name, strawberry.field(default_factory=each.default_factory))
            made.__annotations__ = members
            made.__new__ = lambda cls, **given: class_(**given)  # pyright: ignore[reportAttributeAccessIssue]
            self._inputs[class_] = strawberry.input(made, name=class_.__name__ + "Input", description=_doc(class_))
        return self._inputs[class_]


def _mapped(hint: Any, change: Any) -> Any:
    """An annotation with the classes in it changed; lists of all kinds are lists."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if hint in _JSON or origin is None:
        return change(hint)
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(_mapped(each, change) for each in parts)]  # noqa: UP007
    if origin in _MANY and parts:
        return list[_mapped(parts[0], change)]
    if origin is typing.Annotated:
        _mapped(parts[0], change)
    return hint


def _same(value: Any) -> Any:
    return value


def _enum(hint: Any) -> Any:
    import strawberry

    return hint if _DEFINITION in hint.__dict__ else strawberry.enum(hint)


def _doc(class_: type[Any]) -> str | None:
    """Its docstring, but not the one that dataclasses write themselves."""
    text = class_.__doc__
    return None if text is None or text.startswith(f"{class_.__name__}(") else text.strip()
