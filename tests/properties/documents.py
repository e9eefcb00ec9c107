"""How do operations become GraphQL: documents with literals or variables, every name through the speller."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.properties.operations import (
    Aggregated,
    Arguments,
    ColumnItem,
    Comparison,
    Every,
    Groups,
    IdentityItem,
    Item,
    NullTest,
    Part,
    Related,
    Rows,
    Some,
    Term,
    Where,
    Without,
)
from tests.properties.spelling import Mention, RootName, Speller

_ROOTS: Mapping[str, RootName] = {"list": "list", "key": "key", "aggregate": "aggregate", "page": "page"}


class Word(str):
    """A text that stands in a document without quotation marks: a value of an enum."""

    __slots__ = ()


@dataclass(frozen=True)
class Document:
    """A request: its text, its variables, and the names that it uses."""

    text: str
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    mentions: tuple[Mention, ...] = ()


def item_key(item: Item, index: int) -> str:
    """Under which key an item stands in the answer: every other one has an alias."""
    if isinstance(item, ColumnItem):
        return item.column if index % 2 == 0 else f"c{index}"
    return f"n{index}" if isinstance(item, IdentityItem) else f"r{index}"


def identity(table: str, id_: object) -> str:
    """The identifier of a row."""
    return b64encode(f'[1,"{table}",{json.dumps(id_)}]'.encode()).decode()


class Writer:
    """
    Writes the parts that documents of every kind share.

    Args:
        in_python: ids are asked for as a function works them out.
    """

    def __init__(self, speller: Speller, *, variables: bool, in_python: bool = False) -> None:
        self.speller = speller
        self._in_python = in_python
        self._as_variables = variables
        self._declared: list[str] = []
        self._values: dict[str, Any] = {}

    def document(self, kind: str, fields: Iterable[str]) -> Document:
        body = " ".join(fields)
        declared = f" q({', '.join(self._declared)})" if self._declared else ""
        return Document(f"{kind}{declared} {{ {body} }}", self._values, tuple(self.speller.mentions))

    def value(self, value: Any, type_: str) -> str:
        """An argument's value, written out or as a variable."""
        if not self._as_variables:
            return literal(value)
        name = f"v{len(self._declared) + 1}"
        self._declared.append(f"${name}: {type_}")
        self._values[name] = json.loads(json.dumps(value))
        return f"${name}"

    # ---- selections ----------------------------------------------------------------------------------

    def items(self, table: str, items: Iterable[Item]) -> str:
        found = [self._item(table, item, index) for index, item in enumerate(items)]
        return f"{{ {' '.join(found) or '__typename'} }}"

    def _item(self, table: str, item: Item, index: int) -> str:
        key = item_key(item, index)
        if isinstance(item, ColumnItem):
            name = self.speller.column(table, item.column)
            if self._in_python and item.column == "id":
                return f"{key}: {name}InPython"
            return name if key == item.column else f"{key}: {name}"
        if isinstance(item, IdentityItem):
            return f"{key}: {self.speller.identity(item.table)}"
        return f"{key}: {self.rows(item)}"

    def rows(self, rows: Rows, *, after: str = "") -> str:
        """A field that reads, without its alias."""
        if rows.form == "node":
            return self._node(rows)
        name = self._field_name(rows)
        arguments = self._arguments(rows) + ([f"after: {literal(after)}"] if after and not rows.window.backward else [])
        arguments += [f"before: {literal(after)}"] if after and rows.window.backward else []
        written = f"({', '.join(arguments)})" if arguments else ""
        return f"{name}{written} {self._selection(rows)}"

    def _node(self, rows: Rows) -> str:
        found = f"node(nodeId: {self.value(identity(rows.table, rows.id), 'ID!')})"
        if not rows.items:
            return f"{found} {{ __typename }}"
        return f"{found} {{ ... on {self.speller.node(rows.table)} {self.items(rows.table, rows.items)} }}"

    def _field_name(self, rows: Rows) -> str:
        if rows.link is None:
            return self.speller.root(rows.table, _ROOTS[rows.form])
        name = self.speller.link(rows.link)
        if rows.form == "page":
            self.speller.paged(rows.table)
        if rows.form == "aggregate":
            self.speller.aggregate(rows.table)
        return name + {"aggregate": "Aggregate", "page": "Connection"}.get(rows.form, "")

    def _selection(self, rows: Rows) -> str:
        items = self.items(rows.table, rows.items) if rows.form != "aggregate" or rows.nodes else ""
        if rows.form == "aggregate":
            parts = self._parts(rows.table, rows.parts)
            found = [f"aggregate {{ {parts} }}"] if parts else []
            found += [f"g{index}: {self._groups(rows.table, each)}" for index, each in enumerate(rows.groups)]
            return f"{{ {' '.join([*found, *([f'nodes {items}'] if items else [])]) or '__typename'} }}"
        if rows.form == "page":
            total = " totalCount" if rows.window.total else ""
            if total:
                self.speller.aggregate(rows.table)
            return (
                f"{{ edges {{ cursor node {items} }}"
                f" pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}{total} }}"
            )
        return items

    def _groups(self, table: str, groups: Groups) -> str:
        columns = [self.speller.column(table, column) for column in groups.by]
        arguments = [f"by: [{', '.join(columns)}]"]
        if groups.having is not None:
            type_ = self.speller.type(table, "AggregateGroupBoolExp")
            arguments.append(f"having: {self.value(self.where(groups.having), type_)}")
        if groups.order:
            terms = [self._group_term(term) for term in groups.order]
            arguments.append(f"orderBy: {self.value(terms, '[' + self.speller.type(table, 'AggregateGroupOrderBy!]'))}")
        arguments += _numbers(groups.limit, groups.offset)
        found = [f"keys {{ {' '.join(columns)} }}"] if groups.shown else []
        found += [f"aggregate {{ {self._parts(table, groups.parts)} }}"] if groups.parts else []
        return f"groups({', '.join(arguments)}) {{ {' '.join(found) or '__typename'} }}"

    def _group_term(self, term: Term) -> Any:
        column = None if term.column is None else self.speller.column(term.table, term.column)
        direction = Word(term.direction)
        if not term.function:
            return {"keys": {column: direction}}
        return {"aggregate": {term.function: direction if column is None else {column: direction}}}

    def _parts(self, table: str, parts: Iterable[Part]) -> str:
        return " ".join(self._part(table, part, index) for index, part in enumerate(parts))

    def _part(self, table: str, part: Part, index: int) -> str:
        columns = [self.speller.column(table, column) for column in part.columns]
        if part.function != "count":
            return f"p{index}: {part.function} {{ {' '.join(columns)} }}"
        arguments = [f"columns: [{', '.join(columns)}]"] if columns else []
        arguments += ["distinct: true"] if part.distinct else []
        return f"p{index}: count({', '.join(arguments)})" if arguments else f"p{index}: count"

    # ---- arguments -----------------------------------------------------------------------------------

    def _arguments(self, rows: Rows) -> list[str]:
        if rows.form == "key":
            return [f"{self.speller.column(rows.table, 'id')}: {rows.id}"]
        found: list[str] = []
        arguments: Arguments = rows.arguments
        if arguments.where is not None:
            value = self.value(self.where(arguments.where), self.speller.type(rows.table, "BoolExp"))
            found.append(f"where: {value}")
        if arguments.order:
            terms = [self._term(term) for term in arguments.order]
            found.append(f"orderBy: {self.value(terms, '[' + self.speller.type(rows.table, 'OrderBy!]'))}")
        if arguments.distinct:
            columns = [self.speller.column(rows.table, column) for column in arguments.distinct]
            found.append(f"distinctOn: [{', '.join(columns)}]")
        found += _numbers(arguments.limit, arguments.offset)
        if rows.form == "page" and rows.window.size is not None:
            found.append(f"{'last' if rows.window.backward else 'first'}: {rows.window.size}")
        return found

    def _term(self, term: Term) -> Any:
        found: Any = Word(term.direction)
        if term.column is not None:
            found = {self.speller.column(term.table, term.column): found}
        if term.link is not None:
            self.speller.aggregate(term.table)
            found = {self.speller.link(term.link) + "Aggregate": {term.function: found}}
        for link in reversed(term.path):
            found = {self.speller.link(link): found}
        return found

    def where(self, where: Where) -> dict[str, Any]:
        """A filter as an input object."""
        spell = self.speller
        match where:
            case Comparison(table=table, column=column, operator=operator, value=value):
                return {spell.column(table, column): {operator: value}}
            case NullTest(table=table, column=column, wanted=wanted):
                return {spell.column(table, column): {"_isNull": wanted}}
            case Every(parts=parts, merged=merged):
                written = [self.where(part) for part in parts]
                together = {key: value for each in written for key, value in each.items()}
                return together if merged and len(together) == sum(map(len, written)) else {"_and": written}
            case Some(parts=parts):
                return {"_or": [self.where(part) for part in parts]}
            case Without(part=part):
                return {"_not": self.where(part)}
            case Related(link=link, where=inner):
                return {spell.link(link): {} if inner is None else self.where(inner)}
            case Aggregated():
                return self._aggregated(where)

    def _aggregated(self, where: Aggregated) -> dict[str, Any]:
        spell = self.speller
        spell.aggregate(where.table)
        columns = [Word(spell.column(where.table, column)) for column in where.columns]
        found: dict[str, Any] = {"predicate": {where.operator: where.value}}
        if columns:
            found["arguments"] = columns if where.function == "count" else columns[0]
        if where.distinct:
            found["distinct"] = True
        if where.filter is not None:
            found["filter"] = self.where(where.filter)
        if where.link is None:
            return {where.function: found}
        return {spell.link(where.link) + "Aggregate": {where.function: found}}


def _numbers(limit: int | None, offset: int | None) -> list[str]:
    return [f"{name}: {number}" for name, number in (("limit", limit), ("offset", offset)) if number is not None]


def literal(value: Any) -> str:
    """A value as it is written in a document."""
    if isinstance(value, Word):
        return str(value)
    if isinstance(value, dict):
        members: dict[str, Any] = value
        return "{" + ", ".join(f"{key}: {literal(each)}" for key, each in members.items()) + "}"
    if isinstance(value, list | tuple):
        items: Iterable[Any] = value
        return "[" + ", ".join(literal(item) for item in items) + "]"
    return json.dumps(value, ensure_ascii=False)
