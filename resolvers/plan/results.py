"""What is selected of what a function gives: a tree of records beside its types, with the rows in it to be read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from portico.resolvers.plan.nodes import Rows
from portico.resolvers.plan.values import Tree
from portico.schema.catalog import Column
from portico.schema.types.specs import FunctionSpec


@dataclass(frozen=True, eq=False, slots=True)
class GivenArgument:
    """
    An argument of author's code.

    name: in Python. field: in GraphQL. tree: its value as JSON; convert: makes one of Python's of it. path: where it stands.
    """

    name: str
    field: str
    tree: Tree
    convert: Callable[[Any], Any]
    path: str


@dataclass(frozen=True, eq=False, slots=True)
class LeafResult:
    """A scalar or enum; `write` makes JSON of it, None where it is JSON already."""

    write: Callable[[Any], Any] | None
    nullable: bool


@dataclass(frozen=True, eq=False, slots=True)
class ListResult:
    """A list."""

    item: Result
    nullable: bool


@dataclass(frozen=True, eq=False, slots=True)
class RowResult:
    """
    A row of a model, of which the answer of a statement stands in its place.

    index: which of the call's statements. attributes: those of the model that are its key. left_out: in a list, a row
    that the caller does not see is left out; elsewhere it is null.
    """

    index: int
    attributes: tuple[str, ...]
    left_out: bool


@dataclass(frozen=True, eq=False, slots=True)
class ResultMember:
    """
    A member of an object under a key of the answer.

    name: the attribute; field: its name in GraphQL, under which JSON has it. resolve: what works it out instead, with `given`. text: `__typename`.
    """

    key: str
    name: str
    field: str
    result: Result | None
    resolve: Callable[..., Any] | None = None
    given: tuple[GivenArgument, ...] = ()
    text: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class ObjectResult:
    """An object. given: attribute → name in JSON of all that it may be handed, for members that are worked out of JSON."""

    members: tuple[ResultMember, ...]
    nullable: bool
    given: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, eq=False, slots=True)
class ChoiceResult:
    """One of several objects, by the class that a value is of."""

    choices: Mapping[type[Any], ObjectResult | RowResult]
    nullable: bool


@dataclass(frozen=True, eq=False, slots=True)
class NamedResult:
    """
    One of several objects, by the name of its type, which JSON has under a key.

    names: of all types that it may be. choices: those of which something else is selected than `otherwise`. left_out: as of rows, of
    types that are none of these.
    """

    key: str
    names: frozenset[str]
    choices: Mapping[str, ObjectResult]
    otherwise: ObjectResult
    nullable: bool
    left_out: bool


Result: TypeAlias = LeafResult | ListResult | RowResult | ObjectResult | ChoiceResult | NamedResult


@dataclass(frozen=True, eq=False, slots=True)
class ComputedField:
    """
    A field of rows that a function works out of an answer, in which the columns that it reads stand in its place.

    keys: the way there from the answer's root, through lists. columns: name in Python → the column under that key.
    """

    keys: tuple[str, ...]
    columns: Mapping[str, Column]
    spec: FunctionSpec
    given: tuple[GivenArgument, ...]
    selected: Selected
    path: str


@dataclass(frozen=True, eq=False, slots=True)
class Selected:
    """What is selected of a function's result, and the rows that are read for it, by `RowResult.index`."""

    result: Result
    rows: tuple[Rows, ...]
