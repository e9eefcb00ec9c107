"""What is asked of other GraphQL services: the texts that are sent, what their variables are, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from portico.resolvers.plan.results import GivenArgument, Result
from portico.schema.catalog import Column
from portico.schema.remotes import FieldGrant, RemoteSchema


@dataclass(frozen=True, eq=False, slots=True)
class RemoteValue:
    """
    A variable of a request to a service.

    type: as the service writes it. given: what a client gives; without it, `preset` is a constant, or what a function makes of the caller.
    """

    name: str
    type: str
    given: GivenArgument | None
    preset: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class RemoteSelection:
    """
    What is selected of a type of a service.

    text: its selection set, empty where nothing of it has to be asked. asked: (type, field) → by which grant, for all that is.
    """

    text: str
    values: tuple[RemoteValue, ...]
    result: Result
    asked: Mapping[tuple[str, str], FieldGrant]


@dataclass(frozen=True, eq=False, slots=True)
class RemoteField:
    """A root field that is answered by a service, by one request."""

    key: str
    remote: RemoteSchema
    operation: Literal["query", "mutation"]
    selection: RemoteSelection
    path: str


@dataclass(frozen=True, eq=False, slots=True)
class JoinedField:
    """
    A field of rows that a service answers, for all rows of an answer by one request.

    keys: the way there from the answer's root, through lists. asks: the field of the service's query root. arguments: what is the same for all rows, as it is
    written. columns: argument → (its type as the service writes it, the column under that key). type: what the selection is of; None of a scalar.
    """

    keys: tuple[str, ...]
    remote: RemoteSchema
    asks: str
    arguments: tuple[str, ...]
    columns: Mapping[str, tuple[str, Column]]
    type: str | None
    selection: RemoteSelection
    path: str
