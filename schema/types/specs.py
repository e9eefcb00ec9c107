"""What does a schema's field stand for: the specs that tie GraphQL fields and inputs to the Catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
)

from portico.schema.aggregates import Aggregate
from portico.schema.catalog import ChannelType, Column, DatabaseFunction, FunctionArgument, Link, Table
from portico.schema.declarations import FunctionDeclaration
from portico.schema.names import RootKind
from portico.schema.operators import Operator
from portico.schema.remotes import RemoteAccess, RemoteJoin
from portico.schema.scalars import Scalar


@dataclass(frozen=True, eq=False, slots=True)
class RootSpec:
    """A root field over a table."""

    kind: RootKind
    table: Table


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """An argument that is given to code of the author's: its name in Python, and JSON → the value there."""

    name: str
    convert: Callable[[Any], Any]


@dataclass(frozen=True, eq=False, slots=True)
class FunctionSpec:
    """
    A root field that is a function of the author's.

    source: the field as Strawberry made it. given: by GraphQL name. handed: what it is handed by type, by name in Python.
    bare: the arguments without a default in Python, which are None where none is given. needs: what its condition takes.
    """

    declaration: FunctionDeclaration
    source: GraphQLField
    given: Mapping[str, Given]
    handed: Mapping[str, Any]
    bare: tuple[str, ...]
    needs: Mapping[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class ComputedSpec:
    """A field of rows that a function of the author's works out; `reads` are the columns that it is handed."""

    function: FunctionSpec
    reads: tuple[Column, ...]


@dataclass(frozen=True, eq=False, slots=True)
class MemberSpec:
    """A member of what a function gives; `source` is the field as Strawberry made it, `given` its arguments."""

    source: GraphQLField
    given: Mapping[str, Given]


@dataclass(frozen=True, eq=False, slots=True)
class RemoteSpec:
    """The root field that holds what another GraphQL service answers to an operation."""

    access: RemoteAccess
    operation: Literal["query", "mutation"]


@dataclass(frozen=True, eq=False, slots=True)
class RemoteFieldSpec:
    """A field of another GraphQL service: of which of its types, and its name there."""

    access: RemoteAccess
    type_name: str
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class JoinSpec:
    """A field of rows that a field of another GraphQL service answers."""

    asks: RemoteFieldSpec
    join: RemoteJoin


ChannelUse = Literal["messages", "presence", "send", "update"]
"""What a field does with a channel: gives its messages, says who is there, sends, changes how the caller appears."""


@dataclass(frozen=True, eq=False, slots=True)
class ChannelSpec:
    """A root field that gives or takes what a channel carries."""

    channel: ChannelType
    use: ChannelUse


@dataclass(frozen=True, eq=False, slots=True)
class PayloadSpec:
    """A member of what a channel carries, by its field; or what is said of everything: `sender_id`, `since`, …"""

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class DatabaseFunctionSpec:
    """A root field that is a function of the database: its rows, or their aggregates."""

    function: DatabaseFunction
    kind: Literal["select", "select_aggregate"]


@dataclass(frozen=True, eq=False, slots=True)
class ArgumentSpec:
    """An argument of a function of the database, as a member of `args`."""

    argument: FunctionArgument


@dataclass(frozen=True, eq=False, slots=True)
class NamespaceSpec:
    """The root field that holds the root fields of all tables."""


@dataclass(frozen=True, eq=False, slots=True)
class NodeSpec:
    """The root field that finds a row of any table by its identifier."""


@dataclass(frozen=True, eq=False, slots=True)
class NodeIdSpec:
    """The identifier of a row of this table."""

    table: Table


@dataclass(frozen=True, eq=False, slots=True)
class ColumnSpec:
    """A column of the object, or an input that is one."""

    column: Column


@dataclass(frozen=True, eq=False, slots=True)
class LinkSpec:
    """A link: as rows, as an aggregate of them, or as a connection; in inputs, what a predicate is about."""

    link: Link
    shape: Literal["rows", "aggregate", "connection"] = "rows"


@dataclass(frozen=True, eq=False, slots=True)
class PartSpec:
    """
    A fixed part of a generated type, by name.

    Of a mutation response `affected_rows`, `returning`; of an aggregate `aggregate`, `nodes`, `count`, `groups`;
    of a group `keys`; of a connection `edges`, `pageInfo`, `totalCount`; of an edge `node`, `cursor`; of inputs
    `_and`, `_or`, `_not`, `data`, `on_conflict`, `where`, `_set`, …
    """

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class FunctionsSpec:
    """An aggregate function over columns: its fields are the columns."""

    aggregate: Aggregate


@dataclass(frozen=True, eq=False, slots=True)
class OperatorSpec:
    """A comparison with the column that the surrounding input is about."""

    operator: Operator


@dataclass(frozen=True, eq=False, slots=True)
class CastSpec:
    """Comparisons with the column that the surrounding input is about, cast to another type."""

    scalar: Scalar


Spec = (
    RootSpec
    | FunctionSpec
    | ComputedSpec
    | MemberSpec
    | RemoteSpec
    | RemoteFieldSpec
    | JoinSpec
    | ChannelSpec
    | PayloadSpec
    | DatabaseFunctionSpec
    | ArgumentSpec
    | NamespaceSpec
    | NodeSpec
    | NodeIdSpec
    | ColumnSpec
    | LinkSpec
    | PartSpec
    | FunctionsSpec
    | OperatorSpec
    | CastSpec
)


# How a value takes part in planning: `bind` is sent with the statement; `value` decides the statement's shape
# (`_isNull: true`, an `@include` flag); `size` decides it by its order of magnitude (a page size);
# `offset` is bound, but must not be negative; `cursor` is opaque text that holds several binds; so does
# `node`, whose table decides the statement's shape. `start` is bound as well, in a place of its own even where the
# same variable stands elsewhere, because a stream goes on by putting other values there.
Treatment = Literal["bind", "value", "size", "offset", "cursor", "node", "start"]


class Field(GraphQLField):
    """A generated output field and what it stands for."""

    spec: Spec

    def __init__(
        self,
        type_: Any,
        spec: Spec,
        args: Mapping[str, GraphQLArgument] | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(type_, None if args is None else dict(args), description=description)
        self.spec = spec


class Argument(GraphQLArgument):
    """A generated argument, what it stands for, and how its value takes part in planning."""

    spec: Spec
    treatment: Treatment

    def __init__(
        self, type_: Any, spec: Spec, *, treatment: Treatment = "bind", description: str | None = None
    ) -> None:
        super().__init__(type_, description=description)
        self.spec = spec
        self.treatment = treatment


class Input(GraphQLInputField):
    """A generated input field, what it stands for, and how its value takes part in planning."""

    spec: Spec
    treatment: Treatment

    def __init__(
        self, type_: Any, spec: Spec, *, treatment: Treatment = "bind", description: str | None = None
    ) -> None:
        super().__init__(type_, description=description)
        self.spec = spec
        self.treatment = treatment
