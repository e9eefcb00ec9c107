"""What may a caller subscribe to: live queries, streams and changes as plain frozen records, drawn and written as GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from tests.properties.description import Column, State, Table, Value
from tests.properties.documents import Document, Writer, literal
from tests.properties.grants import Access
from tests.properties.operations import ColumnItem, Item, Rows, Where
from tests.properties.random_reads import Reads
from tests.properties.spelling import Speller, streamed

_SIZES = (1, 1, 2, 3, 10)


@dataclass(frozen=True)
class LiveQuery:
    """One root field of a query."""

    root: Rows
    variables: bool = False


@dataclass(frozen=True)
class Stream:
    """Rows behind a cursor: (column, where it begins), most significant first."""

    table: str
    items: tuple[Item, ...]
    cursor: tuple[tuple[str, Value], ...]
    descending: bool
    size: int
    where: Where | None = None
    variables: bool = False


@dataclass(frozen=True)
class Told:
    """Changes of a table's rows. old, new: what is selected of them, None where nothing is."""

    table: str
    old: tuple[Item, ...] | None
    new: tuple[Item, ...] | None
    size: int
    where: Where | None = None
    variables: bool = False


Subscription: TypeAlias = LiveQuery | Stream | Told


def document_of_subscription(subscription: Subscription, speller: Speller) -> Document:
    """The document, whose root field has the alias `a0`. Those with variables have ids worked out in Python."""
    writer = Writer(speller, variables=subscription.variables, in_python=subscription.variables)
    match subscription:
        case LiveQuery(root=root):
            field = writer.rows(root)
        case Stream():
            field = _stream(subscription, writer)
        case Told():
            field = _told(subscription, writer)
    return writer.document("subscription", [f"a0: {field}"])


def _stream(stream: Stream, writer: Writer) -> str:
    speller, table = writer.speller, stream.table
    ordering = ", ordering: DESC" if stream.descending else ""
    cursor = [
        f"{{initialValue: {{{speller.column(table, column)}: {literal(start)}}}{ordering}}}"
        for column, start in stream.cursor
    ]
    arguments = [f"batchSize: {stream.size}", f"cursor: [{', '.join(cursor)}]", *_where(stream, writer)]
    return f"{speller.root(table, 'stream')}({', '.join(arguments)}) {writer.items(table, stream.items)}"


def _told(told: Told, writer: Writer) -> str:
    speller, table = writer.speller, told.table
    arguments = [f"batchSize: {told.size}", *_where(told, writer)]
    parts = ["verb", f"key {{ {speller.column(table, 'id')} }}"]
    parts += [f"{name} {writer.items(table, items)}" for name, items in images_of(told)]
    return f"{speller.root(table, 'changes')}({', '.join(arguments)}) {{ {' '.join(parts)} position }}"


def images_of(told: Told) -> Sequence[tuple[str, tuple[Item, ...]]]:
    """What is selected of which image."""
    return [(name, items) for name, items in (("old", told.old), ("new", told.new)) if items is not None]


def _where(subscription: Stream | Told, writer: Writer) -> list[str]:
    if subscription.where is None:
        return []
    type_ = writer.speller.type(subscription.table, "BoolExp")
    return [f"where: {writer.value(writer.where(subscription.where), type_)}"]


class Subscribing:
    """Draws what a role may subscribe to."""

    def __init__(self, random: Random, access: Access, state: State) -> None:
        self._random = random
        self._access = access
        self._reads = Reads(random, access, state, naughty=False)

    def subscription(self) -> Subscription | None:
        """None where the role has no such field."""
        roll = self._random.random()
        if roll < 0.45:
            root = self._reads.root()
            return None if root is None else LiveQuery(root, self._random.random() < 0.4)
        return self._stream() if roll < 0.7 else self._told()

    def _stream(self) -> Stream | None:
        choices = [(table.name, columns) for table in self._tables() if (columns := streamed(self._access, table.name))]
        if not choices:
            return None
        table, columns = self._random.choice(choices)
        chosen = self._random.sample(columns, min(len(columns), self._random.choice((1, 1, 2))))
        descending = self._random.random() < 0.35
        return Stream(
            table,
            self._reads.items(table, 2),
            tuple((column.name, self._start(column, descending=descending)) for column in chosen),
            descending,
            self._random.choice(_SIZES),
            self._reads.maybe_where(table, 0.4),
            self._random.random() < 0.4,
        )

    def _start(self, column: Column, *, descending: bool) -> Value:
        if column.kind == "text":
            return self._random.choice(("~", "b", "cn") if descending else ("", "a", "cn"))
        return self._random.choice((5, 99, 2_000) if descending else (-1, 0, 1))

    def _told(self) -> Told | None:
        tables = [table.name for table in self._tables() if self._access.names(table.name, "id", "read")]
        if not tables:
            return None
        table = self._random.choice(tables)
        old, new = (self._image(table) for _ in range(2))
        size = self._random.choice((*_SIZES, 100))
        return Told(table, old, new, size, self._reads.maybe_where(table, 0.4), self._random.random() < 0.4)

    def _image(self, table: str) -> tuple[Item, ...] | None:
        roll = self._random.random()
        if roll < 0.1:
            return None
        if roll < 0.3:
            return tuple(ColumnItem(each.name) for each in self._reads.columns(table))
        return self._reads.items(table, self._random.choice((2, 99)))

    def _tables(self) -> list[Table]:
        return [table for table in self._access.world.tables if self._access.reads(table.name)]
