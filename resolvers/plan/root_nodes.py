"""What is a plan: the root fields of one operation, and the seal that guard.py puts on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from portico.resolvers.plan.live_nodes import LiveField
from portico.resolvers.plan.nodes import Rows
from portico.resolvers.plan.remote_nodes import JoinedField, RemoteField
from portico.resolvers.plan.results import ComputedField, GivenArgument, Selected
from portico.resolvers.plan.values import Tree
from portico.resolvers.plan.write_nodes import Write, Written
from portico.schema.catalog import ChannelType
from portico.schema.types.specs import ChannelUse, FunctionSpec


@dataclass(frozen=True, eq=False, slots=True)
class ReadField:
    """A root field that reads."""

    key: str
    rows: Rows


@dataclass(frozen=True, eq=False, slots=True)
class NamespaceField:
    """A root field that holds root fields."""

    key: str
    fields: tuple[RootField, ...]


@dataclass(frozen=True, eq=False, slots=True)
class WriteField:
    """A root field that writes; several writes answer a list (`updatePostsMany`)."""

    key: str
    writes: tuple[Write, ...]
    written: Written
    many: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class TextField:
    """`__typename` of the root."""

    key: str
    text: str


@dataclass(frozen=True, eq=False, slots=True)
class IntrospectionField:
    """A root field that GraphQL's own executor answers: `__schema`, `__type`."""

    key: str


@dataclass(frozen=True, eq=False, slots=True)
class CallField:
    """A root field that is a function of the author's; `path` says where it stands."""

    key: str
    spec: FunctionSpec
    given: tuple[GivenArgument, ...]
    selected: Selected
    path: str


@dataclass(frozen=True, eq=False, slots=True)
class ChannelField:
    """
    A root field that gives or takes what a channel carries.

    rows: the row that decides whether the caller may, whose key is what the channel is known by. payload: what is
    sent, by its fields. selected: (key of the answer, field or `__typename`) of what is given.
    """

    key: str
    channel: ChannelType
    use: ChannelUse
    rows: Rows
    payload: Mapping[str, Tree] | None
    selected: tuple[tuple[str, str], ...]


LeafField: TypeAlias = (
    ReadField | WriteField | TextField | IntrospectionField | CallField | RemoteField | ChannelField | LiveField
)
RootField: TypeAlias = LeafField | NamespaceField


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """All root fields of one operation, in order; `computed` is worked out, and `joined` asked for, when they are answered."""

    operation: Literal["query", "mutation", "subscription"]
    fields: tuple[RootField, ...]
    computed: tuple[ComputedField, ...] = ()
    joined: tuple[JoinedField, ...] = ()


def leaves(fields: Iterable[RootField]) -> Iterator[LeafField]:
    """The fields that have answers of their own, those in namespaces included."""
    for each in fields:
        if isinstance(each, NamespaceField):
            yield from leaves(each.fields)
        else:
            yield each


@dataclass(frozen=True, eq=False, slots=True)
class Guarded:
    """A plan that guard.py has put its rules into; nothing else may be compiled."""

    plan: Plan
