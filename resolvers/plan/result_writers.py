"""How does what a function gives become JSON: a writer made once for a plan, which leaves holes for what is to be fetched."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeAlias

from portico.resolvers.plan.results import (
    ChoiceResult,
    GivenArgument,
    LeafResult,
    ListResult,
    NamedResult,
    ObjectResult,
    Result,
    ResultMember,
    RowResult,
)
from portico.schema.types.function_scalars import json_of

Box: TypeAlias = Any
"""A list or object of the answer, with the place in it that is being written."""

Write: TypeAlias = Callable[[Any, Box, Any, "Work"], None]
Hidden = object()
"""Stands in lists for a row that the caller does not see, until it is left out."""


class NotFitting(Exception):
    """A function gave what its own annotation does not allow."""


@dataclass(slots=True)
class Work:
    """
    What an answer still waits for.

    rows: (place of the statement, key, box, place in the box, whether it is left out where it is hidden). awaited: what
    resolvers of Strawberry's have begun. resolve: calls such a resolver. lists: those that rows may be left out of.
    """

    resolve: Callable[[ResultMember, Any, Sequence[GivenArgument]], Any]
    rows: list[tuple[int, tuple[Any, ...], Box, Any, bool]] = field(default_factory=list[Any])
    awaited: list[tuple[Awaitable[Any], Write, Box, Any]] = field(default_factory=list[Any])
    lists: list[list[Any]] = field(default_factory=list[Any])


def writer_of(result: Result, made: dict[Result, Write] | None = None) -> Write:
    """
    The writer of a result.

    Args:
        made: those that there are; a result may stand in many places of a tree, as many as there are types behind an interface to the
            power of the levels.
    """
    made = {} if made is None else made
    found = made.get(result)
    if found is None:
        found = made[result] = _made(result, made)
    return found


def _made(result: Result, made: dict[Result, Write]) -> Write:
    match result:
        case LeafResult():
            return _leaf(result)
        case ListResult():
            return _list(result, made)
        case RowResult():
            return _row(result)
        case ObjectResult():
            return _object(result, made)
        case ChoiceResult():
            return _choice(result, made)
        case NamedResult():
            return _named(result, made)


def _leaf(result: LeafResult) -> Write:
    convert, nullable = result.write, result.nullable

    def write(value: Any, box: Box, place: Any, work: Work) -> None:
        if value is None:
            if not nullable:
                raise NotFitting("None in the place of a value")
            box[place] = None
        else:
            box[place] = value if convert is None else convert(value)

    return write


def _list(result: ListResult, made: dict[Result, Write]) -> Write:
    write_item, nullable = writer_of(result.item, made), result.nullable
    leaves_out = isinstance(result.item, RowResult | NamedResult) and result.item.left_out

    def write(value: Any, box: Box, place: Any, work: Work) -> None:
        if value is None:
            if not nullable:
                raise NotFitting("None in the place of a list")
            box[place] = None
            return
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            raise NotFitting(f"a {type(value).__name__} in the place of a list")
        values: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        items: list[Any] = [None] * len(values)
        box[place] = items
        for index, each in enumerate(values):
            write_item(each, items, index, work)
        if leaves_out:
            work.lists.append(items)

    return write


def _row(result: RowResult) -> Write:
    index, attributes, left_out = result.index, result.attributes, result.left_out

    def write(value: Any, box: Box, place: Any, work: Work) -> None:
        if value is None:
            box[place] = Hidden if left_out else None
            return
        key = tuple(json_of(each) for each in _key_of(value, attributes))
        if None in key:
            raise NotFitting("a row without a key: it was not stored")
        box[place] = None
        work.rows.append((index, key, box, place, left_out))

    return write


def _key_of(value: Any, attributes: tuple[str, ...]) -> Sequence[Any]:
    """By SQLAlchemy's memory of it where there is one: attributes of a row whose session has ended may have expired."""
    if isinstance(value, dict):
        return [value.get(name) for name in attributes]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    state = getattr(value, "_sa_instance_state", None)
    if state is None:
        raise NotFitting(f"a {type(value).__name__} in the place of a row")
    known = state.identity
    return known if known is not None else [getattr(value, name) for name in attributes]


def _object(result: ObjectResult, made: dict[Result, Write]) -> Write:
    nullable = result.nullable
    blank = {each.key: each.text for each in result.members}
    plain: list[tuple[str, str, str, Write]] = []
    resolved: list[tuple[ResultMember, Write]] = []
    for each in result.members:
        if each.result is None:
            continue
        write_member = writer_of(each.result, made)
        if each.resolve is None:
            plain.append((each.key, each.name, each.field, write_member))
        else:
            resolved.append((each, write_member))

    def write(value: Any, box: Box, place: Any, work: Work) -> None:
        if value is None:
            if not nullable:
                raise NotFitting("None in the place of an object")
            box[place] = None
            return
        made: dict[str, Any] = dict(blank)
        box[place] = made
        if isinstance(value, dict):
            # JSON of a function that lives elsewhere.
            for key, _, name, write_member in plain:
                write_member(value.get(name), made, key, work)  # pyright: ignore[reportUnknownMemberType]
            if not resolved:
                return
            value = SimpleNamespace(**{name: value.get(json_name) for name, json_name in result.given.items()})  # pyright: ignore[reportUnknownMemberType]
        else:
            for key, name, _, write_member in plain:
                write_member(getattr(value, name), made, key, work)
        for member, write_member in resolved:
            found = work.resolve(member, value, member.given)
            if inspect.isawaitable(found):
                work.awaited.append((found, write_member, made, member.key))
            else:
                write_member(found, made, member.key, work)

    return write


def _choice(result: ChoiceResult, made: dict[Result, Write]) -> Write:
    writers = {class_: writer_of(each, made) for class_, each in result.choices.items()}
    nullable = result.nullable

    def write(value: Any, box: Box, place: Any, work: Work) -> None:
        if value is None:
            if not nullable:
                raise NotFitting("None in the place of an object")
            box[place] = None
            return
        for class_ in type(value).__mro__:
            found = writers.get(class_)
            if found is not None:
                found(value, box, place, work)
                return
        raise NotFitting(f"a {type(value).__name__}, which is none of the types that the function names")

    return write


def _named(result: NamedResult, made: dict[Result, Write]) -> Write:
    writers = {name: writer_of(each, made) for name, each in result.choices.items()}
    otherwise, names = writer_of(result.otherwise, made), result.names
    key, nullable, left_out = result.key, result.nullable, result.left_out

    def write(value: Any, box: Box, place: Any, work: Work) -> None:
        members: Any = value
        name = members.get(key) if isinstance(value, dict) else None
        if isinstance(name, str) and name in names:
            writers.get(name, otherwise)(value, box, place, work)
        elif left_out and value is not None:
            box[place] = Hidden
        elif nullable:
            box[place] = None
        else:
            raise NotFitting("None in the place of an object")

    return write


def leave_out(work: Work) -> None:
    """Takes out of lists what is hidden in them."""
    for items in work.lists:
        items[:] = [each for each in items if each is not Hidden]
