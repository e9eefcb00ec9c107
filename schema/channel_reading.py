"""How do channels become part of the Catalog: what they are of, what they carry, and the rules over them."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from types import MappingProxyType, NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, get_args, get_origin

from sqlalchemy import Column as SqlColumn
from sqlalchemy import MetaData
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Mapped, registry

from portico.schema.catalog import ChannelType, Column, Payload, PayloadField, RuleRef, Table
from portico.schema.declarations import TYPE_ANNOTATION_MAP, ChannelDeclaration, Declarations
from portico.schema.names import Names, is_graphql_name
from portico.schema.problems import ModelProblem, Problem, Source
from portico.schema.rule_check import check_rule
from portico.schema.scalars import BIGINT, INT, SMALLINT, DialectName, Family, Scalar, scalar_of
from portico.schema.sources import class_source
from portico.schema.words import snake

_TOLD = {"message": ("sender_id", "sent_at"), "presence": ("user_id", "since")}
"""What is said of every message and of everybody who is there, so that no member may have the name."""

_KEYS = frozenset({Family.TEXT, Family.UUID, Family.ENUM, Family.BOOLEAN})
_WHOLE = (SMALLINT, INT, BIGINT)


class NotAChannel(ModelProblem):
    """A channel is of something that it cannot be of, or carries nothing."""

    code = "PT216"


class NotAPayload(ModelProblem):
    """What a channel carries cannot be written in GraphQL."""

    code = "PT217"


def read_channels(
    declarations: Declarations,
    by_subject: Mapping[Any, Table],
    names: Names,
    dialect: DialectName,
    problems: list[Problem],
) -> tuple[ChannelType, ...]:
    """
    Every channel in order of declaration.

    Args:
        by_subject: mapped classes and bare tables → their tables.
    """
    found: list[ChannelType] = []
    for declaration in declarations.channels.values():
        reading = _Reading(declaration, by_subject, names, dialect)
        try:
            channel = reading.channel()
        except ModelProblem as problem:
            problems.append(problem)
            continue
        rules = [each for each in declarations.channel_rules if issubclass(declaration.channel, each.subject)]
        if channel.stands_alone:
            rules = [replace(each, function=_of_values(each.function)) for each in rules]
        checked = [check_rule(each, channel.table, dialect) for each in rules]
        problems += [problem for each in checked if isinstance(each, list) for problem in each]
        found.append(replace(channel, rules=tuple(each for each in checked if isinstance(each, RuleRef))))
    return tuple(found)


def _of_values(rule: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The rule with the channel's values under their names, whatever a column collection calls its methods."""
    return lambda row, me: rule(SimpleNamespace(**{each.name: each for each in row.c}), me)


class _Reading:
    def __init__(
        self, declaration: ChannelDeclaration, by_subject: Mapping[Any, Table], names: Names, dialect: DialectName
    ) -> None:
        self._class = declaration.channel
        self._source = declaration.source
        self._by_subject = by_subject
        # As SQLAlchemy has it, a model's name may be written in quotes wherever the class is.
        self._models = {each.__name__: each for each in by_subject if isinstance(each, type)}
        self._names = names
        self._dialect: DialectName = dialect
        self._types = registry(type_annotation_map=TYPE_ANNOTATION_MAP)
        self._name = snake(self._class.__name__.removesuffix("Channel") or self._class.__name__)

    def channel(self) -> ChannelType:
        """The channel without its rules."""
        subjects = dict(self._subjects())
        rows = {name: table for name, each in subjects.items() if (table := self._row(each)) is not None}
        if rows and len(subjects) > 1:
            raise self._problem(
                f"{self._class.__name__} is of a row and of more.",
                "Give it one Mapped attribute that is a model, or values alone.",
            )
        of_row = bool(rows)
        table, parameters = self._of_row(*rows.popitem()) if of_row else self._of_values(subjects)
        message, presence = self._payload("message"), self._payload("presence")
        if message is None and presence is None:
            raise self._problem(
                f"{self._class.__name__} carries nothing.",
                "Say what is sent: class Message: body: str; or how people appear: class Presence: status: str.",
            )
        return ChannelType(
            name=self._name,
            table=table,
            stands_alone=not of_row,
            parameters=parameters,
            message=message,
            presence=presence,
            rules=(),
            description=_description(self._class),
            source=self._source,
        )

    # ---- what it is of -------------------------------------------------------------------------------

    def _subjects(self) -> Iterator[tuple[str, Any]]:
        """(attribute, what stands inside Mapped[…])."""
        for name, annotation in self._hints(self._class).items():
            if get_origin(annotation) is not Mapped:
                raise self._problem(
                    f"{self._class.__name__}.{name} is not Mapped.",
                    f"Write {name}: Mapped[…] for what the channel is of; what is sent belongs into class Message.",
                    name,
                )
            yield name, get_args(annotation)[0]

    def _row(self, annotation: Any) -> Table | None:
        return self._by_subject.get(annotation) if isinstance(annotation, type) else None

    def _of_row(self, name: str, table: Table) -> tuple[Table, tuple[tuple[str, Column], ...]]:
        if not table.key:
            raise self._problem(f"{table.type_name} has no key by which one of its rows could be named.", "", name)
        return table, tuple((self._names.column(f"{name}_{each.name}"), each) for each in table.key)

    def _of_values(self, subjects: Mapping[str, Any]) -> tuple[Table, tuple[tuple[str, Column], ...]]:
        sql = SqlTable(self._name, MetaData())
        columns: dict[str, Column] = {}
        for name, annotation in subjects.items():
            type_ = self._types._resolve_type(annotation)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            scalar = None if type_ is None else scalar_of(type_, self._dialect)
            if type_ is None or scalar is None or scalar.is_array or not (scalar.family in _KEYS or scalar in _WHOLE):
                raise self._problem(
                    f"{self._class.__name__}.{name} is no model and no value that names a channel.",
                    "A channel is of one model, or of str, int, bool, UUID and enums. Models need a rule, or Model as their base.",
                    name,
                )
            sql.append_column(SqlColumn(name, type_, nullable=False))
            columns[name] = _column_of(sql.columns[name], self._names, scalar)
        parameters = tuple((each.field, each) for each in columns.values())
        return _table_of(self._name, sql, columns), parameters

    # ---- what it carries -----------------------------------------------------------------------------

    def _payload(self, kind: Literal["message", "presence"]) -> Payload | None:
        inner = self._class.__dict__.get(kind.capitalize()) or getattr(self._class, kind.capitalize(), None)
        if inner is None:
            return None
        members = tuple(self._member(inner, name, each) for name, each in self._hints(inner).items())
        fields = [each.field for each in members]
        told = [self._names.word(name) for name in _TOLD[kind]]
        for member in members:
            if member.field in told or fields.count(member.field) > 1 or not is_graphql_name(member.field):
                raise self._unfit(inner, member.name, f"cannot be called {member.field!r}", "Call it otherwise.")
        gives, takes = self._names.channel_roots(self._name, kind)
        return Payload(
            type_name=self._names.channel_type(self._name, kind),
            input_name=self._names.channel_type(self._name, f"{kind}_input"),
            field=gives,
            change=takes,
            members=members,
            description=_description(inner),
        )

    def _member(self, inner: type[Any], name: str, annotation: Any) -> PayloadField:
        options = get_args(annotation) if get_origin(annotation) in (UnionType, typing.Union) else (annotation,)
        kept = [each for each in options if each is not NoneType]
        type_ = self._types._resolve_type(kept[0]) if len(kept) == 1 else None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if type_ is None:
            raise self._unfit(
                inner, name, "is of no type that a column has", "Types are str, int, datetime, list[str], …"
            )
        scalar, nullable = scalar_of(type_, self._dialect), len(kept) < len(options)
        has_default, default = _default(inner, name)
        if has_default and not _fits(default, scalar, nullable=nullable):
            raise self._unfit(inner, name, "has a default that is not of its type", "Give it one that is.")
        return PayloadField(name, self._names.column(name), scalar, nullable, nullable or has_default, default)

    # ---- mistakes ------------------------------------------------------------------------------------

    def _hints(self, class_: type[Any]) -> dict[str, Any]:
        try:
            hints = typing.get_type_hints(class_, localns=self._models, include_extras=True)
        except Exception as error:
            raise NotAPayload(f"{class_.__qualname__} has an annotation that means nothing: {error}", source=self._source) from error  # fmt: skip
        return hints

    def _problem(self, message: str, hint: str, attribute: str = "") -> ModelProblem:
        return NotAChannel(message, hint=hint or None, source=self._place(self._class, attribute))

    def _unfit(self, inner: type[Any], name: str, what: str, hint: str) -> ModelProblem:
        return NotAPayload(f"{inner.__qualname__}.{name} {what}.", hint=hint, source=self._place(inner, name))

    def _place(self, class_: type[Any], attribute: str) -> Source:
        return class_source(class_, attribute) or self._source


def _description(class_: type[Any]) -> str | None:
    text = class_.__dict__.get("__doc__")
    # That of a dataclass is written by Python.
    return inspect.cleandoc(text) if text and not text.startswith(f"{class_.__name__}(") else None


def _column_of(sql: SqlColumn[Any], names: Names, scalar: Scalar) -> Column:
    return Column(
        name=sql.name, field=names.column(sql.name), scalar=scalar, nullable=False, optional=False, writable=False, sql=sql
    )  # fmt: skip


def _table_of(name: str, sql: SqlTable, columns: Mapping[str, Column]) -> Table:
    """Values as a table of one row."""
    return Table(
        name=name,
        type_name=name,
        type_base=name,
        roots={},
        sql=sql,
        entity=None,
        columns=MappingProxyType({each.field: each for each in columns.values()}),
        key=tuple(columns.values()),
        uniques=(),
        writable=frozenset(),
    )


def _default(inner: type[Any], name: str) -> tuple[bool, Any]:
    """(whether there is one, what it is as JSON)."""
    fields = {each.name: each for each in dataclasses.fields(inner)} if dataclasses.is_dataclass(inner) else {}
    make: Any = fields[name].default_factory if name in fields else dataclasses.MISSING
    if make is not dataclasses.MISSING:
        return True, _json(make())
    return name in inner.__dict__, _json(inner.__dict__.get(name))


def _json(default: Any) -> Any:
    if isinstance(default, Enum):
        return default.name
    if isinstance(default, Iterable) and not isinstance(default, str | bytes | Mapping):
        return [_json(each) for each in default]
    return default


def _fits(default: Any, scalar: Scalar, *, nullable: bool) -> bool:
    if default is None:
        return nullable
    if not isinstance(default, str | bool | int | float | list | dict):
        return False
    try:
        scalar.check(default)
    except ValueError:
        return False
    return True
