"""What may a document cost: fields counted before validation, rows estimated before SQL, both in linear time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from portico.resolvers.limits import Limits
from portico.resolvers.plan.nodes import FieldsItem, Item, LinkItem, ListItem, Plan, ReadField, Rows, WriteField
from portico.resolvers.problems import InvalidDocument, TooCostly, TooDeep, TooManyFields


@dataclass(frozen=True, slots=True)
class Count:
    """What a selection set comes to with its fragments expanded; depth in levels."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0


class DocumentCost:
    """
    Counts operations with one visit per fragment, however often it is spread.

    Counting by expansion is exponential: 736 bytes of nested fragments are 2^20 fields.
    """

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._known: dict[str, Count] = {}
        self._open: set[str] = set()

    def check(self, operation: OperationDefinitionNode) -> None:
        """
        Refuses an operation over the limits.

        Raises:
            TooDeep, TooManyFields: which limit, and its number.
            InvalidDocument: fragments that spread each other in a circle.
        """
        limits = self._limits
        count = self._count(operation.selection_set)
        if count.depth > limits.max_depth:
            raise TooDeep(f"The document is {count.depth} levels deep; {limits.max_depth} are allowed.")
        for number, most, what in (
            (count.fields, limits.max_fields, "fields"),
            (count.aliases, limits.max_aliases, "aliases"),
            (count.directives + len(operation.directives or ()), limits.max_directives, "directives"),
            (self._roots(operation.selection_set, set()), limits.max_root_fields, "root fields"),
        ):
            if number > most:
                raise TooManyFields(
                    f"The document has {_shown(number)} {what}; {most} are allowed.",
                    hint="Send it in several requests.",
                )

    def _count(self, selection_set: SelectionSetNode) -> Count:
        fields = aliases = directives = depth = 0
        for selection in selection_set.selections:
            inner = self._inner(selection)
            directives += len(selection.directives or ()) + inner.directives
            is_field = isinstance(selection, FieldNode)
            fields += inner.fields + is_field
            aliases += inner.aliases + (is_field and selection.alias is not None)
            depth = max(depth, inner.depth + is_field)
        return Count(fields, aliases, directives, depth)

    def _inner(self, selection: object) -> Count:
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        inner: SelectionSetNode | None = getattr(selection, "selection_set", None)
        return Count() if inner is None else self._count(inner)

    def _fragment(self, name: str) -> Count:
        known = self._known.get(name)
        if known is not None:
            return known
        fragment = self._fragments.get(name)
        if fragment is None:
            raise InvalidDocument(f"Unknown fragment '{name}'.", path="$.query")
        if name in self._open:
            raise InvalidDocument(f"The fragment {name} spreads itself.", path="$.query")
        self._open.add(name)
        found = self._known[name] = self._count(fragment.selection_set)
        self._open.remove(name)
        return found

    def _roots(self, selection_set: SelectionSetNode, seen: set[str]) -> int:
        total = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                total += 1
            elif isinstance(selection, FragmentSpreadNode):
                if selection.name.value not in seen:
                    seen.add(selection.name.value)
                    total += self._roots(self._fragments[selection.name.value].selection_set, seen)
            elif isinstance(selection, InlineFragmentNode):
                total += self._roots(selection.selection_set, seen)
        return total


def _shown(number: int) -> str:
    return str(number) if number < 1_000_000_000 else "over a billion"


def check_rows(plan: Plan, limits: Limits) -> int:
    """
    An upper estimate of the rows that a plan reads: page sizes multiplied downwards.

    Raises:
        TooCostly: the estimate is over the limit.
    """
    total = 0
    for field in plan.fields:
        if isinstance(field, ReadField):
            total += _rows(field.rows, limits)
        elif isinstance(field, WriteField):
            written = [field.written.one] if field.written.one is not None else []
            total += sum(_rows(rows, limits) for rows in written) + _items(field.written.items, limits)
    if total > limits.max_rows:
        raise TooCostly(
            f"The document could read about {_shown(total)} rows; {limits.max_rows} are allowed.",
            hint="Ask for smaller pages with limit, or for fewer levels.",
        )
    return total


def _rows(rows: Rows, limits: Limits) -> int:
    return _size(rows, limits) * (1 + _items(rows.items, limits))


def _items(items: Iterable[Item], limits: Limits) -> int:
    total = 0
    for item in items:
        if isinstance(item, LinkItem):
            total += _rows(item.rows, limits)
        elif isinstance(item, FieldsItem | ListItem):
            total += _items(item.items, limits)
    return total


def _size(rows: Rows, limits: Limits) -> int:
    if rows.form == "one":
        return 1
    if rows.form == "aggregate" and not any(isinstance(item, ListItem) for item in rows.items):
        return 1
    if rows.limit is not None and rows.limit.bound is not None:
        return rows.limit.bound
    return rows.row_limit or limits.assumed_rows
