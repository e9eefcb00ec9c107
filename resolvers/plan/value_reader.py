"""How are values read: by GraphQL type into a shape, which plans depend on, and a flat list, which statements bind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)

from portico.resolvers.limits import Limits
from portico.resolvers.plan.special_values import Bad, Read, node_reader, read_cursor, read_offset, read_size
from portico.resolvers.plan.values import Shape
from portico.resolvers.problems import TooCostly, TooDeep, TooLarge
from portico.schema.catalog import Table
from portico.schema.types.specs import Input, Treatment

# Levels of a JSON value; a document is written in its own levels, of which the encoder takes 254.
_MAX_JSON_DEPTH = 200

# Sets of members that rows of one list have; each is compiled to statements of its own, 0.2 ms.
_MAX_VARIANTS = 500


class ValueReader:
    """
    Reads values by GraphQL type; made once for the types of a role.

    Args:
        checks: GraphQL scalar name → check of a JSON value.
        nodes: name of a type → the table whose rows are found by identifiers that name it.
    """

    def __init__(
        self,
        checks: Mapping[str, Callable[[Any], Any]],
        limits: Limits,
        nodes: Callable[[str], Table | None] = lambda name: None,
    ) -> None:
        self._checks = checks
        self._nodes = nodes
        self._limits = limits
        self._reads: dict[tuple[str, Treatment], Read] = {}
        # Objects in lists that may still come, and the values of the request that they are counted for.
        self._left = 0
        self._counted: list[Any] | None = None

    def read(self, value: Any, type_: Any, treatment: Treatment, out: list[Any], path: str) -> Shape:
        """
        The shape of a value; its binds are appended to `out`.

        Raises:
            InvalidValue: with the path of the place that is wrong.
        """
        return self.read_by(self.reading(type_, treatment), value, out, path)

    def read_by(self, read: Read, value: Any, out: list[Any], path: str) -> Shape:
        """As `read`, by what `reading` gave for the type: the look-up is made once for an operation."""
        if self._counted is not out:
            self._counted, self._left = out, self._limits.max_value_nodes
        try:
            return read(value, out, 0)
        except Bad as bad:
            where = path + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in reversed(bad.path))
            raise bad.problem(bad.message, path=where) from None
        except RecursionError:
            raise TooDeep("The value is nested too deeply.", path=path) from None

    def reading(self, type_: Any, treatment: Treatment) -> Read:
        """How values of a type are read."""
        key = (str(type_), treatment)
        read = self._reads.get(key)
        if read is None:
            read = self._reads[key] = self._make(type_, treatment)
        return read

    def _make(self, type_: Any, treatment: Treatment) -> Read:
        if isinstance(type_, GraphQLNonNull):
            return _non_null(self.reading(type_.of_type, treatment))
        if isinstance(type_, GraphQLList):
            return self._list(type_, treatment)
        if isinstance(type_, GraphQLInputObjectType) and is_generated(type_):
            return _row(self._object(type_)) if is_row(type_) else self._object(type_)
        return self._leaf(type_, treatment)

    def _leaf(self, type_: Any, treatment: Treatment) -> Read:
        check = self._check_of(type_)
        match treatment:
            case "bind":
                return _bind_leaf(check)
            case "start":
                return _non_null(_bind_leaf(check))
            case "size":
                return read_size
            case "offset":
                return read_offset
            case "cursor":
                return read_cursor
            case "node":
                return node_reader(self._nodes)
            case "value":
                return _value_leaf(type_, check)

    def _check_of(self, type_: Any) -> Callable[[Any], Any]:
        if isinstance(type_, GraphQLEnumType):
            return _enum_check(type_)
        if isinstance(type_, GraphQLScalarType):
            return self._checks.get(type_.name, _anything)
        return _anything

    def _list(self, type_: GraphQLList[Any], treatment: Treatment) -> Read:
        item = type_.of_type
        inner = item.of_type if isinstance(item, GraphQLNonNull) else item
        if isinstance(inner, GraphQLInputObjectType) and is_generated(inner):
            most = self._limits.max_writes
            return _rows(self._object(inner), most) if is_row(inner) else self._items(self.reading(item, treatment))
        if treatment == "value":
            return self._items(self.reading(item, treatment))
        if isinstance(inner, GraphQLList) or not isinstance(inner, GraphQLScalarType | GraphQLEnumType):
            return _bind_leaf(_anything)
        most = self._limits.max_list_items
        return _list_leaf(self._check_of(inner), most, nullable=not isinstance(item, GraphQLNonNull))

    def _items(self, read: Read) -> Read:
        deepest = self._limits.max_value_depth

        def read_items(value: Any, out: list[Any], depth: int) -> Shape:
            if value is None:
                return None
            if depth > deepest:
                raise Bad("The value is nested too deeply.", TooDeep)
            items: list[Any] = value if isinstance(value, list) else [value]
            self._left -= len(items)
            if self._left < 0:
                raise Bad(f"The lists have more than the {self._limits.max_value_nodes} objects allowed.", TooLarge)
            shapes: list[Shape] = []
            for index, item in enumerate(items):
                try:
                    shapes.append(read(item, out, depth + 1))
                except Bad as bad:
                    raise bad.under(index) from None
            return ("l", tuple(shapes))

        return read_items

    def _object(self, type_: GraphQLInputObjectType) -> Read:
        fields: dict[str, tuple[Read, bool]] = {}
        deepest = self._limits.max_value_depth

        def field(name: str) -> tuple[Read, bool]:
            definition = type_.fields.get(name)
            if definition is None:
                raise Bad(f"{type_.name} has no member {name!r}.")
            treatment = definition.treatment if isinstance(definition, Input) else "bind"
            known = fields[name] = (self.reading(definition.type, treatment), True)
            return known

        required = [name for name, each in type_.fields.items() if isinstance(each.type, GraphQLNonNull)]

        def read_object(value: Any, out: list[Any], depth: int) -> Shape:
            if value is None:
                return None
            if not isinstance(value, dict):
                raise Bad(f"expected an object of type {type_.name}")
            if depth > deepest:
                raise Bad("The value is nested too deeply.", TooDeep)
            members: list[tuple[str, Shape]] = []
            name: str
            for name, member in value.items():  # pyright: ignore[reportUnknownVariableType]
                read, _ = fields.get(name) or field(name)
                try:
                    members.append((name, read(member, out, depth + 1)))
                except Bad as bad:
                    raise bad.under(name) from None
            for name in required:
                if name not in value:
                    raise Bad(f"{type_.name} needs a member {name!r}.")
            return ("o", tuple(members))

        return read_object


def is_generated(type_: GraphQLInputObjectType) -> bool:
    """Whether an input type is one of ours, not one of an author's function."""
    return all(isinstance(field, Input) for field in type_.fields.values())


def is_row(type_: GraphQLInputObjectType) -> bool:
    """Whether an input type is a row to insert."""
    return bool(type_.extensions.get("row"))


def _anything(value: Any) -> Any:
    return value


def _non_null(read: Read) -> Read:
    def read_non_null(value: Any, out: list[Any], depth: int) -> Shape:
        if value is None:
            raise Bad("must not be null")
        return read(value, out, depth)

    return read_non_null


def _bind_leaf(check: Callable[[Any], Any]) -> Read:
    def read_leaf(value: Any, out: list[Any], depth: int) -> Shape:
        if value is None:
            return None
        if type(value) in _NESTING:
            _check_depth(value)
        try:
            out.append(check(value))
        except ValueError as error:
            raise Bad.of(error) from None
        return "v"

    return read_leaf


_NESTING = frozenset({dict, list})


def _check_depth(value: Any) -> None:
    """JSON is read 1,024 levels deep, but only 254 can be written again."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        if type(each) in _NESTING:
            if depth > _MAX_JSON_DEPTH:
                raise Bad("The value is nested too deeply.", TooDeep)
            waiting += [(inner, depth + 1) for inner in (each.values() if type(each) is dict else each)]


def _list_leaf(check: Callable[[Any], Any], most: int, *, nullable: bool) -> Read:
    def read_list(value: Any, out: list[Any], depth: int) -> Shape:
        if value is None:
            return None
        items: list[Any] = value if isinstance(value, list) else [value]
        if len(items) > most:
            raise Bad(f"The list has {len(items)} values; {most} are allowed.", TooLarge)
        checked: list[Any] = []
        for index, item in enumerate(items):
            if item is None and not nullable:
                raise Bad("must not be null").under(index)
            try:
                checked.append(None if item is None else check(item))
            except ValueError as error:
                raise Bad.of(error).under(index) from None
        out.append(checked)
        return "v"

    return read_list


def _value_leaf(type_: Any, check: Callable[[Any], Any]) -> Read:
    values = {name: each.value for name, each in type_.values.items()} if isinstance(type_, GraphQLEnumType) else None

    def read_value(value: Any, out: list[Any], depth: int) -> Shape:
        if value is None:
            return None
        try:
            checked = check(value)
        except ValueError as error:
            raise Bad.of(error) from None
        return ("=", checked if values is None else values[value])

    return read_value


def _enum_check(type_: GraphQLEnumType) -> Callable[[Any], Any]:
    values = {name: each.value for name, each in type_.values.items()}

    def check(value: Any) -> Any:
        if not isinstance(value, str) or value not in values:
            raise ValueError(f"expected one of {', '.join(list(values)[:20])}")
        return values[value]

    return check


def _row(read: Read) -> Read:
    def read_row(value: Any, out: list[Any], depth: int) -> Shape:
        if value is None:
            return None
        values: list[Any] = []
        shape = read(value, values, depth)
        out.append([(0, values)])
        return ("r", (shape,))

    return read_row


def _rows(read: Read, most: int) -> Read:
    def read_rows(value: Any, out: list[Any], depth: int) -> Shape:
        if value is None:
            return None
        items: list[Any] = value if isinstance(value, list) else [value]
        if len(items) > most:
            raise Bad(f"The list has {len(items)} rows; {most} are allowed.", TooCostly)
        variants: dict[Shape, int] = {}
        orders: dict[frozenset[Any], dict[Any, Any]] = {}
        rows: list[tuple[int, list[Any]]] = []
        for index, item in enumerate(items):
            if item is None:
                raise Bad("must not be null").under(index)
            values: list[Any] = []
            if isinstance(item, dict):
                # Rows with the same members are one variant, in whatever order they have them.
                first = orders.setdefault(frozenset(item), item)
                item = {name: item[name] for name in first}
            try:
                shape = read(item, values, depth + 1)
            except Bad as bad:
                raise bad.under(index) from None
            rows.append((variants.setdefault(shape, len(variants)), values))
        if len(variants) > _MAX_VARIANTS:
            raise Bad(f"The rows have more than {_MAX_VARIANTS} different sets of members.", TooCostly)
        out.append(rows)
        return ("r", tuple(variants))

    return read_rows
