"""What does a document run: a guarded plan compiled whole, with the bytes that stand around its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from portico.resolvers.plan.live_nodes import ChangesField, LiveField, StreamField
from portico.resolvers.plan.remote_nodes import JoinedField, RemoteField, RemoteSelection, RemoteValue
from portico.resolvers.plan.result_writers import Write, writer_of
from portico.resolvers.plan.results import ComputedField, GivenArgument
from portico.resolvers.plan.root_nodes import (
    CallField,
    ChannelField,
    Guarded,
    IntrospectionField,
    NamespaceField,
    ReadField,
    RootField,
    TextField,
    WriteField,
)
from portico.resolvers.plan.write_nodes import Called, Delete, Insert, Update
from portico.resolvers.sql.answers import Answers
from portico.resolvers.sql.changes import Changes
from portico.resolvers.sql.compiled import Statement, compile_statement, tree_reader
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.given_rows import RowStatement, row_statement
from portico.resolvers.sql.inserts import Inserts
from portico.resolvers.sql.live_slots import ChangesSlot, LiveSlot, StreamSlot
from portico.resolvers.sql.nested import NestedWrites
from portico.resolvers.sql.roots import read_roots, together
from portico.resolvers.sql.steps import AnswerStep, ChangeStep, InsertStep
from portico.schema.catalog import ChannelType
from portico.schema.types.specs import ChannelUse

# Compared by identity: two namespaces may hold root fields of one name.


@dataclass(frozen=True, eq=False, slots=True)
class ReadSlot:
    """A root field answered by a column of the statement: `before` + text + `after`, or `null` for NULL."""

    key: str
    before: bytes
    after: bytes
    null: bytes


@dataclass(frozen=True, eq=False, slots=True)
class ChannelSlot(ReadSlot):
    """
    A root field of a channel, whose column of the statement is the channel's key, or NULL where the caller may not.

    payload: reads what is sent among the values of the request, by its fields; None where nothing is.
    """

    channel: ChannelType
    use: ChannelUse
    payload: Mapping[str, Callable[[Sequence[Any]], Any]] | None
    selected: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False, slots=True)
class TextSlot:
    """A root field whose answer is known: `__typename`."""

    key: str
    text: bytes


@dataclass(frozen=True, eq=False, slots=True)
class IntrospectionSlot:
    """A root field that GraphQL's own executor answers."""

    key: str


@dataclass(frozen=True, eq=False, slots=True)
class CallSlot:
    """
    A root field that is a function of the author's, or one of rows that is computed.

    given: (argument, how it is found among the values of a request). write: makes JSON of what it gives. rows: what is read
    for that.
    """

    key: str
    field: CallField | ComputedField
    given: tuple[tuple[GivenArgument, Callable[[Sequence[Any]], Any]], ...]
    write: Write
    rows: tuple[RowStatement, ...]


Values = tuple[tuple[RemoteValue, Callable[[Sequence[Any]], Any] | None], ...]
"""Variables of a request to another service, and how those that clients give are found among the values of a request."""


@dataclass(frozen=True, eq=False, slots=True)
class RemoteSlot:
    """A root field that another service answers; `write` makes JSON of its answer."""

    key: str
    field: RemoteField
    values: Values
    write: Write


@dataclass(frozen=True, eq=False, slots=True)
class JoinSlot:
    """A field of rows that another service answers."""

    field: JoinedField
    values: Values
    write: Write


@dataclass(frozen=True, eq=False, slots=True)
class WriteSlot:
    """A root field that writes; its steps run in order."""

    key: str
    steps: tuple[InsertStep | ChangeStep, ...]
    answer: AnswerStep
    many: bool


@dataclass(frozen=True, eq=False, slots=True)
class NamespaceSlot:
    """A root field that holds root fields."""

    key: str
    slots: tuple[Slot, ...]


LeafSlot = ReadSlot | TextSlot | IntrospectionSlot | CallSlot | RemoteSlot | WriteSlot | LiveSlot
Slot = LeafSlot | NamespaceSlot


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Program:
    """
    A compiled document.

    leaves: the slots without the namespaces around them. statement: answers all ReadSlots, one column each, in one row; None where there are none.
    That of a stream or of changes answers as their slots say.
    lone: the bytes around the answer of a query with one root field that reads, its commonest form: before it, after
    it, and the whole body where it is NULL. around: the same of a subscription, which is never answered as a query is. channels: the fields of channels, which have their columns in the statement.
    """

    slots: tuple[Slot, ...]
    leaves: tuple[LeafSlot, ...]
    statement: Statement | None
    lone: tuple[bytes, bytes, bytes] | None
    writes: bool
    calls: bool
    around: tuple[bytes, bytes, bytes] | None = None
    channels: tuple[ChannelSlot, ...] = ()
    computed: tuple[CallSlot, ...] = ()
    joined: tuple[JoinSlot, ...] = ()


def compile_program(guarded: Guarded, dialect: SqlDialect) -> Program:
    """All statements of a document. Only a plan that guard.py has seen is a `Guarded`."""
    fields = guarded.plan.fields
    roots = read_roots(guarded, dialect)
    slots = tuple(_slot(field, dialect) for field in fields)
    statement = compile_statement(together(roots), dialect.engine) if roots else None
    around = _around(slots)
    lone = around if len(slots) == 1 and isinstance(slots[0], ReadSlot) else None
    channels = tuple(slot for slot in slots if isinstance(slot, ChannelSlot))
    subscribes = guarded.plan.operation == "subscription"
    flat = tuple(_flat(slots))
    return Program(
        slots=slots,
        leaves=flat,
        statement=statement,
        lone=None if subscribes or channels or guarded.plan.computed or guarded.plan.joined else lone,
        around=around if subscribes else None,
        writes=any(isinstance(slot, WriteSlot) for slot in flat),
        channels=channels,
        computed=tuple(_call_slot(each.keys[-1], each, dialect) for each in guarded.plan.computed),
        joined=tuple(JoinSlot(each, *_answered(each.selection)) for each in guarded.plan.joined),
        calls=any(isinstance(slot, CallSlot | RemoteSlot | IntrospectionSlot) for slot in flat),
    )


def _around(slots: tuple[Slot, ...]) -> tuple[bytes, bytes, bytes] | None:
    """The bytes around the answer of the only root field that reads, wherever it stands; None where there are others."""
    opening, closing = b'{"data":', b"}"
    while len(slots) == 1:
        slot = slots[0]
        opening, closing = opening + b'{"' + slot.key.encode() + b'":', b"}" + closing
        if isinstance(slot, ReadSlot):
            return opening + slot.before, slot.after + closing, opening + slot.null + closing
        if isinstance(slot, StreamSlot | ChangesSlot):
            return opening + slot.before, slot.after + closing, opening + slot.before + slot.after + closing
        if not isinstance(slot, NamespaceSlot):
            return None
        slots = slot.slots
    return None


def _flat(slots: Iterable[Slot]) -> Iterator[LeafSlot]:
    for slot in slots:
        if isinstance(slot, NamespaceSlot):
            yield from _flat(slot.slots)
        else:
            yield slot


def _slot(field: RootField, dialect: SqlDialect) -> Slot:
    match field:
        case ReadField(key=key, rows=rows):
            before, after = (b"[", b"]") if rows.form == "list" else (b"", b"")
            return ReadSlot(key, before, after, b"[]" if rows.form == "list" else b"null")
        case TextField(key=key, text=text):
            return TextSlot(key, f'"{text}"'.encode() if text else b"null")
        case IntrospectionField(key=key):
            return IntrospectionSlot(key)
        case CallField(key=key):
            return _call_slot(key, field, dialect)
        case RemoteField(key=key, selection=selection):
            return RemoteSlot(key, field, *_answered(selection))
        case ChannelField():
            payload = (
                None if field.payload is None else {name: tree_reader(each) for name, each in field.payload.items()}
            )
            return ChannelSlot(field.key, b"", b"", b"null", field.channel, field.use, payload, field.selected)
        case StreamField() | ChangesField():
            return _live_slot(field, dialect)
        case WriteField():
            return _write_slot(field, dialect)
        case NamespaceField(key=key, fields=fields):
            return NamespaceSlot(key, tuple(_slot(each, dialect) for each in fields))


def _call_slot(key: str, field: CallField | ComputedField, dialect: SqlDialect) -> CallSlot:
    given = tuple((each, tree_reader(each.tree)) for each in field.given)
    rows = tuple(row_statement(each, dialect) for each in field.selected.rows)
    return CallSlot(key, field, given, writer_of(field.selected.result), rows)


def _answered(selection: RemoteSelection) -> tuple[Values, Write]:
    values = tuple((each, None if each.given is None else tree_reader(each.given.tree)) for each in selection.values)
    return values, writer_of(selection.result)


def _live_slot(field: LiveField, dialect: SqlDialect) -> LiveSlot:
    if isinstance(field, StreamField):
        slots = tuple(each.start.slot for each in field.cursor)
        checks = tuple(partial(dialect.checked_start, column=each.column) for each in field.cursor)
        return StreamSlot(field.key, b"[", b"]", slots, checks)
    return ChangesSlot(
        key=field.key,
        before=b"[",
        after=b"]",
        table=field.rows.table.sql.fullname,
        image=field.image.slot,
        since=field.since.slot if field.since is not None else None,
        size=field.size.slot if field.size is not None else None,
        parts=field.parts,
        verbs={verb: orjson.dumps(name) for verb, name in field.verbs.items()},
    )


def _write_slot(field: WriteField, dialect: SqlDialect) -> WriteSlot:
    answers = Answers(dialect)
    changes = Changes(dialect, answers)
    inserts = Inserts(dialect, answers, changes)
    nested = NestedWrites(dialect, answers, changes, inserts)
    steps: list[InsertStep | ChangeStep] = []
    for write in field.writes:
        match write:
            case Insert():
                steps.append(inserts.step(write, field.written))
            case Update():
                steps.append(nested.update(write) if write.nested else changes.update(write, field.written))
            case Delete():
                steps.append(changes.delete(write, field.written))
            case Called():
                steps.append(changes.called(write))
    table = field.writes[0].table if field.writes else None
    answer = answers.step(field.written, table) if table is not None else AnswerStep((), False, ())
    return WriteSlot(field.key, tuple(steps), answer, field.many)
