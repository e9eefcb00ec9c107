"""Where do declarations go: the registry that models, rules, roles and functions enter as a model file is imported."""

from __future__ import annotations

import enum
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, BigInteger, DateTime, Enum, MetaData, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry

from portico.schema.problems import Source
from portico.schema.services import JoinDeclaration, RemoteDeclaration, RemoteSchemaDeclaration

Verb = Literal["read", "create", "update", "delete"]
VERBS: tuple[Verb, ...] = ("read", "create", "update", "delete")
ChannelVerb = Literal["join", "send"]
CHANNEL_VERBS: tuple[ChannelVerb, ...] = ("join", "send")
AnyVerb = Verb | ChannelVerb
Operation = Literal["query", "mutation", "subscription"]

# One convention for every constraint, so that migrations can name what they drop.
NAMING_CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_JSON = JSON().with_variant(JSONB(), "postgresql")

# Python type -> column type where SQLAlchemy's own choice is not the one a backend wants: moments carry
# their zone, dictionaries can be searched, enums are text so that a new label needs no ALTER TYPE.
TYPE_ANNOTATION_MAP: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    dict[str, Any]: _JSON,
    list[Any]: _JSON,
    list[str]: JSON().with_variant(ARRAY(String()), "postgresql"),
    list[int]: JSON().with_variant(ARRAY(BigInteger()), "postgresql"),
    enum.Enum: Enum(enum.Enum, native_enum=False, length=64),
}


@dataclass(frozen=True)
class RuleDeclaration:
    """One `allow` or `require` as written; `function(row, me)` gives the SQL condition."""

    kind: Literal["allow", "require"]
    subject: Any
    verbs: tuple[AnyVerb, ...]
    function: Callable[[Any, Any], Any]
    name: str
    description: str
    source: Source
    roles: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    limit: int | None = None
    aggregates: bool = True
    presets: Mapping[str, Any] = field(default_factory=dict[str, Any])
    hidden_roots: frozenset[str] = frozenset()
    backend_only: bool = False
    check: Callable[[Any, Any], Any] | None = None
    heirs: bool = True


@dataclass(frozen=True)
class RoleDeclaration:
    """A role by name and the roles whose rules it also has."""

    name: str
    inherits: tuple[str, ...]
    source: Source


def lineage_of(roles: Mapping[str, RoleDeclaration], role: str) -> frozenset[str]:
    """The role and every role it inherits from, however far."""
    found: set[str] = set()
    waiting = [role]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(roles[name].inherits if name in roles else ())
    return frozenset(found)


@dataclass(frozen=True)
class ExpressionDeclaration:
    """A field of a model that the database works out: `function(row)` gives the SQL expression."""

    subject: Any
    function: Callable[[Any], Any]
    source: Source


@dataclass(frozen=True)
class RouteDeclaration:
    """A function that answers HTTP requests at a path. max_bytes: of a body."""

    method: str
    path: str
    function: Callable[..., Any]
    source: Source
    max_bytes: int | None = None
    timeout_s: float | None = None


@dataclass(frozen=True)
class EndpointDeclaration:
    """A saved operation that is answered at a path, whose names in braces are variables."""

    method: str
    path: str
    document: str
    roles: tuple[str, ...] | None
    source: Source


@dataclass(frozen=True)
class FunctionDeclaration:
    """
    A typed Python function that is a root field of its own, or a field of the rows of a model.

    when: asked before each call, whether the caller may. timeout_s, concurrency: None leaves them to the settings.
    subject: of what is computed, the model whose field it is; reads: the columns that it reads. remote: where it lives, if not here.
    """

    operation: Literal["query", "mutation", "subscription", "computed"]
    function: Callable[..., Any]
    roles: tuple[str, ...] | None
    source: Source
    when: Callable[..., Any] | None = None
    timeout_s: float | None = None
    concurrency: int | None = None
    subject: Any = None
    reads: tuple[str, ...] = ()
    remote: RemoteDeclaration | None = None


@dataclass(frozen=True)
class DatabaseFunctionDeclaration:
    """A function of the database that is served; the fields are the arguments of `database_function`."""

    schema: str | None
    name: str
    returns: Any
    arguments: Mapping[str, Any]
    optional: frozenset[str]
    on: Any
    many: bool
    session: str | None
    positional: bool
    operation: Literal["query", "mutation"]
    roles: tuple[str, ...] | None
    named: Any
    description: str | None
    source: Source


@dataclass(frozen=True)
class ChannelDeclaration:
    """A channel as written; the class says all of it."""

    channel: type[Any]
    source: Source


@dataclass(frozen=True)
class HookDeclaration:
    """
    An author's function that is called by what is not theirs.

    kind: what for. subject: before which function, of which kind, or what a template gives.
    """

    kind: Literal["before", "claims", "mail", "scan", "purge", "template"]
    subject: Any
    function: Callable[..., Any]
    source: Source


@dataclass(frozen=True)
class RunOptions:
    """How something runs in the background. tries, timeout_s: those of the settings where None. priority: higher ones come first."""

    queue: str = "default"
    tries: int | None = None
    timeout_s: float | None = None
    priority: int = 0


@dataclass(frozen=True)
class TriggerDeclaration:
    """A function that runs after a row was written; see `on`."""

    name: str
    subject: Any
    verbs: tuple[Verb, ...]
    columns: tuple[str, ...] | None
    function: Callable[..., Any]
    options: RunOptions
    source: Source


@dataclass(frozen=True)
class InsideDeclaration:
    """A function that looks into a write before it is committed; see `on`. takes_lists: it is called once for all rows of a field."""

    subject: Any
    verbs: tuple[Verb, ...]
    columns: tuple[str, ...] | None
    function: Callable[..., Any]
    timeout_s: float | None
    takes_lists: bool
    source: Source


@dataclass(frozen=True)
class JobDeclaration:
    """A function that can be run later; see `job`."""

    name: str
    function: Callable[..., Any]
    options: RunOptions
    source: Source


@dataclass(frozen=True)
class ScheduleDeclaration:
    """A function that runs at certain times; see `cron`."""

    name: str
    expression: str
    zone: str
    function: Callable[..., Any]
    options: RunOptions
    source: Source


@dataclass(frozen=True)
class WebhookDeclaration:
    """An endpoint that is told of written rows; the fields are the arguments of `webhook`."""

    name: str
    subject: Any
    verbs: tuple[Verb, ...]
    columns: tuple[str, ...] | None
    url: str | Callable[[], str]
    secrets: Any = field(repr=False)
    payload: Callable[..., Any] | None
    form: Literal["standard", "hasura"]
    headers: Mapping[str, str] | Callable[[], Mapping[str, str]] = field(repr=False)
    concurrency: int
    per_s: float | None
    tries: int | None
    timeout_s: float | None
    source: Source


class Declarations:
    """Everything one import of the author's files declared."""

    def __init__(self) -> None:
        self.registry = registry(
            metadata=MetaData(naming_convention=NAMING_CONVENTION), type_annotation_map=TYPE_ANNOTATION_MAP
        )
        self.rules: list[RuleDeclaration] = []
        self.roles: dict[str, RoleDeclaration] = {}
        self.functions: list[FunctionDeclaration] = []
        self.remotes: dict[Callable[..., Any], RemoteDeclaration] = {}
        # Functions → those that are declared with them, for the same roles, by operation.
        self.companions: dict[Callable[..., Any], Mapping[Operation, Callable[..., Any]]] = {}
        self.remote_schemas: list[RemoteSchemaDeclaration] = []
        self.joins: list[JoinDeclaration] = []
        self.expressions: list[ExpressionDeclaration] = []
        self.routes: list[RouteDeclaration] = []
        self.endpoints: list[EndpointDeclaration] = []
        self.hooks: list[HookDeclaration] = []
        # Functions that call hooks before themselves → what they hand to them by name.
        self.asking: dict[Callable[..., Any], tuple[str, ...]] = {}
        self.triggers: list[TriggerDeclaration] = []
        self.inside: list[InsideDeclaration] = []
        self.jobs: list[JobDeclaration] = []
        self.schedules: list[ScheduleDeclaration] = []
        self.webhooks: list[WebhookDeclaration] = []
        # Whether anything else of Portico's needs jobs.
        self.needs_jobs = False
        self.database_functions: list[DatabaseFunctionDeclaration] = []
        self.models: list[Any] = []
        self.channels: dict[type[Any], ChannelDeclaration] = {}
        self.channel_rules: list[RuleDeclaration] = []

    def subjects(self) -> Sequence[Any]:
        """What the rules are about, in order of first mention."""
        return tuple(dict.fromkeys(rule.subject for rule in self.rules))

    @property
    def has_events(self) -> bool:
        """Whether anything runs in the background."""
        return self.needs_jobs or any((self.triggers, self.jobs, self.schedules, self.webhooks))


# A stack, not a variable: a reload declares into a fresh registry while the last good one keeps serving.
_stack: list[Declarations] = [Declarations()]
_bases: list[Any] = []


def current() -> Declarations:
    """The registry that declarations enter now."""
    return _stack[-1]


@contextmanager
def declaring() -> Generator[Declarations]:
    """
    Declarations made inside enter a registry of their own.

    Used by the loader of model files (each reload starts empty) and by tests that write their models
    inside the test function.
    """
    declarations = Declarations()
    _stack.append(declarations)
    _use_metadata()
    try:
        yield declarations
    finally:
        _stack.remove(declarations)
        _use_metadata()


def follow(base: Any) -> None:
    """Keeps `base.metadata` that of the registry in use, for authors who write `Table(…, Model.metadata, …)`."""
    _bases.append(base)
    base.metadata = current().registry.metadata


def _use_metadata() -> None:
    for base in _bases:
        base.metadata = current().registry.metadata
