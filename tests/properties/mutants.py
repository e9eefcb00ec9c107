"""What would a guard forget: plans with one of their rules taken out, as if guard.py had never put it in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeAlias

from portico.resolvers.plan import live_nodes, nodes, root_nodes, write_nodes
from portico.resolvers.plan.nodes import AggregateComparison, GroupsItem, Guard, Hop, OrderTerm, Related, Rows
from portico.resolvers.plan.root_nodes import Guarded
from portico.resolvers.plan.write_nodes import (
    Along,
    Conflict,
    Delete,
    Insert,
    NestedInsert,
    Save,
    SavedRow,
    Update,
    Written,
)
from tests.properties import operations
from tests.properties.session import Wanted

Inside: TypeAlias = tuple[type, ...]
"""The kinds of the nodes around a node, outermost first."""
Tampering: TypeAlias = Callable[[Any, Inside], Any]


def tampered(guarded: Guarded, tampering: Tampering) -> Guarded:
    """The plan with every node changed so."""
    return Guarded(_changed(guarded.plan, tampering, ()))


def _changed(value: Any, tampering: Tampering, inside: Inside) -> Any:
    if isinstance(value, tuple):
        items: tuple[Any, ...] = value
        return tuple(_changed(item, tampering, inside) for item in items)
    if not _is_node(value):
        return value
    within = (*inside, type(value))
    parts = {each.name: _changed(getattr(value, each.name), tampering, within) for each in fields(value)}
    return tampering(replace(value, **parts), inside)


def _is_node(value: Any) -> bool:
    own = type(value).__module__ in [each.__name__ for each in (nodes, live_nodes, root_nodes, write_nodes)]
    return is_dataclass(value) and own and not isinstance(value, Guard)


# ---- what is taken out of a guard ------------------------------------------------------------------


def every_row(guard: Guard | None) -> Guard:
    assert guard is not None
    return Guard(cells=guard.cells)


def every_cell(guard: Guard | None) -> Guard:
    assert guard is not None
    return replace(guard, cells={})


def _without_requirements(guard: Guard | None) -> Guard:
    assert guard is not None
    return replace(guard, all_of=())


def _requirements_as_permissions(guard: Guard | None) -> Guard:
    assert guard is not None
    return replace(guard, any_of=(*guard.any_of, *guard.all_of), all_of=())


# ---- rows that are read ----------------------------------------------------------------------------


def changed_rows(which: Callable[[Rows, Inside], bool], change: Callable[[Guard | None], Guard]) -> Tampering:
    def tampering(node: Any, inside: Inside) -> Any:
        if isinstance(node, Rows) and which(node, inside):
            return replace(node, guard=change(node.guard))
        return node

    return tampering


def _root(form: str) -> Callable[[Rows, Inside], bool]:
    return lambda rows, inside: rows.link is None and rows.form == form and not rows.key and Written not in inside


def _nested(form: str) -> Callable[[Rows, Inside], bool]:
    return lambda rows, inside: rows.link is not None and rows.form == form


def _by_identity(node: Any, inside: Inside) -> Any:
    """A row that an identifier names is shown whatever the rules say."""
    if isinstance(node, Rows) and node.key and Written not in inside:
        return replace(node, guard=every_row(node.guard))
    return node


def _by_key(rows: Rows, inside: Inside) -> bool:
    return bool(rows.key)


def _grouped(rows: Rows, inside: Inside) -> bool:
    return any(isinstance(item, GroupsItem) for item in rows.items)


def _returned(rows: Rows, inside: Inside) -> bool:
    return rows.link is None and Written in inside


def _any(rows: Rows, inside: Inside) -> bool:
    return True


def _without_limit(which: Callable[[Rows, Inside], bool]) -> Tampering:
    def tampering(node: Any, inside: Inside) -> Any:
        return replace(node, row_limit=None) if isinstance(node, Rows) and which(node, inside) else node

    return tampering


# ---- other nodes -----------------------------------------------------------------------------------


def _guard_of(
    kind: type, name: str, change: Callable[[Guard | None], Guard], *, around: type | None = None
) -> Tampering:
    """One guard of a kind of node; `around` where the node must lie inside another kind."""

    def tampering(node: Any, inside: Inside) -> Any:
        if isinstance(node, kind) and getattr(node, name) is not None and (around is None or around in inside):
            return replace(node, **{name: change(getattr(node, name))})
        return node

    return tampering


def _hops(node: Any, inside: Inside) -> Any:
    if isinstance(node, OrderTerm):
        return replace(node, hops=tuple(Hop(hop.link, every_row(hop.guard)) for hop in node.hops))
    return node


def _ordering_aggregates(node: Any, inside: Inside) -> Any:
    if isinstance(node, OrderTerm) and node.link is not None:
        return replace(node, link=Hop(node.link.link, every_row(node.link.guard)))
    return node


def _upserts_without_check(node: Any, inside: Inside) -> Any:
    if isinstance(node, Insert) and node.conflict is not None:
        return replace(node, check=Guard())
    return node


def _inserts_without_presets(node: Any, inside: Inside) -> Any:
    return replace(node, presets=()) if isinstance(node, Insert) and NestedInsert not in inside else node


def _nested_inserts_without_presets(node: Any, inside: Inside) -> Any:
    return replace(node, presets=()) if isinstance(node, Insert) and NestedInsert in inside else node


def _upserts_without_presets(node: Any, inside: Inside) -> Any:
    return replace(node, presets=()) if isinstance(node, Conflict) else node


def _without_cells_of_presets(node: Any, inside: Inside) -> Any:
    """The check of an insert, without the columns that presets write."""
    if not isinstance(node, Insert) or node.check is None:
        return node
    preset = {column for column, _ in node.presets}
    cells = {column: rules for column, rules in node.check.cells.items() if column not in preset}
    return replace(node, check=replace(node.check, cells=cells))


def _updates_without_presets(node: Any, inside: Inside) -> Any:
    if isinstance(node, Update):
        return replace(node, changes=tuple(each for each in node.changes if each.operator != "preset"))
    return node


def _deletes_by_read_rules(node: Any, inside: Inside) -> Any:
    return replace(node, filter=node.visible) if isinstance(node, Delete) else node


def _conditions_ofevery_row(node: Any, inside: Inside) -> Any:
    """`_if` asks about related rows that are hidden."""
    if isinstance(node, Update | Delete) and node.condition is not None:
        return replace(node, condition=_changed(node.condition, _guard_of(Related, "guard", every_row), ()))
    return node


def _conflicts_ofevery_row(node: Any, inside: Inside) -> Any:
    """`_if` is asked of a row that is hidden, which a conflict tells."""
    if isinstance(node, Update | Delete) and node.condition is not None:
        return replace(node, visible=every_row(node.visible))
    return node


def _conflicts_ofevery_cell(node: Any, inside: Inside) -> Any:
    if isinstance(node, Update | Delete) and node.condition is not None:
        return replace(node, visible=every_cell(node.visible))
    return node


def _of_every_parent(kind: type, *, saved: bool = False) -> Tampering:
    """What reaches rows that hang on another row."""

    def tampering(node: Any, inside: Inside) -> Any:
        if isinstance(node, kind) and (inside[-1] in (Save, SavedRow)) is saved and Along in inside:
            return replace(node, link=None)
        return node

    return tampering


def _deleting_what_is_listed(node: Any, inside: Inside) -> Any:
    return replace(node, unlisted=False) if isinstance(node, Delete) else node


def _guard_below(kind: type, name: str, around: type) -> Tampering:
    return _guard_of(kind, name, _nothing, around=around)


def _parents_unfiltered(node: Any, inside: Inside) -> Any:
    return replace(node, filter=Guard()) if isinstance(node, Update) and node.nested else node


def _parents_unseen(node: Any, inside: Inside) -> Any:
    return replace(node, visible=Guard()) if isinstance(node, Update) and node.nested else node


def _nothing(guard: Guard | None) -> Guard:
    return Guard()


# ---- where it shows --------------------------------------------------------------------------------


def asks(kind: type | tuple[type, ...], holds: Callable[[Any], bool] = lambda record: True) -> Wanted:
    """Operations that hold a record of this kind of which something holds."""
    return lambda operation: any(isinstance(each, kind) and holds(each) for each in _records(operation))


def _records(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        items: tuple[Any, ...] = value
        for item in items:
            yield from _records(item)
    elif type(value).__module__ == operations.__name__:
        yield value
        for each in fields(value):
            yield from _records(getattr(value, each.name))


def _read(form: str, *, nested: bool) -> Wanted:
    return asks(operations.Rows, lambda rows: rows.form == form and (rows.link is not None) is nested)


def _given_back(operation: operations.Operation) -> bool:
    return isinstance(operation, operations.Mutation) and any(write.items for write in operation.roots)


_QUERY, _INSERT = asks(operations.Query), asks(operations.Insert)
_UPDATE, _DELETE = asks(operations.Update), asks(operations.Delete)
_UPSERT = asks(operations.OnConflict, lambda conflict: bool(conflict.columns))
_ALONG, _SAVED = asks(operations.Along), asks(operations.SavedRow)
_MISSING = asks(operations.Save, lambda save: save.missing)
_CHANGED_ALONG = asks(operations.Along, lambda along: bool(along.update))
_CONDITION = asks((operations.Changes, operations.Delete), lambda write: write.condition is not None)
_RELATED = asks(operations.Related)
_AGGREGATED = asks(operations.Aggregated, lambda aggregated: aggregated.link is not None)
# Of which nothing but the groups could show it.
_GROUPED = asks(operations.Rows, lambda rows: bool(rows.groups) and not (rows.parts or rows.nodes))


@dataclass(frozen=True)
class Mutant:
    """A change of plans, and the operations in which it may show."""

    tampering: Tampering
    wanted: Wanted


MUTANTS: Mapping[str, Mutant] = {
    "a list shows every row": Mutant(changed_rows(_root("list"), every_row), _read("list", nested=False)),
    "a row is found by key whatever the rules say": Mutant(
        changed_rows(_by_key, every_row), _read("key", nested=False)
    ),
    "a row is found by its identifier whatever the rules say": Mutant(_by_identity, _read("node", nested=False)),
    "a nested list shows every row": Mutant(changed_rows(_nested("list"), every_row), _read("list", nested=True)),
    "a parent is always shown": Mutant(changed_rows(_nested("one"), every_row), _read("one", nested=True)),
    "an aggregate is of every row": Mutant(
        changed_rows(_root("aggregate"), every_row), _read("aggregate", nested=False)
    ),
    "a nested aggregate is of every row": Mutant(
        changed_rows(_nested("aggregate"), every_row), _read("aggregate", nested=True)
    ),
    "groups are of every row": Mutant(changed_rows(_grouped, every_row), _GROUPED),
    "groups are told apart by every cell": Mutant(changed_rows(_grouped, every_cell), _GROUPED),
    "a connection shows every row": Mutant(changed_rows(_root("page"), every_row), _read("page", nested=False)),
    "a nested connection shows every row": Mutant(changed_rows(_nested("page"), every_row), _read("page", nested=True)),
    "what a write returns is not filtered": Mutant(changed_rows(_returned, every_row), _given_back),
    "cells are shown in every row": Mutant(changed_rows(_any, every_cell), _QUERY),
    "reads need no requirement": Mutant(changed_rows(_any, _without_requirements), _QUERY),
    "a requirement permits": Mutant(changed_rows(_any, _requirements_as_permissions), _QUERY),
    "the role's limit is forgotten in lists": Mutant(_without_limit(_root("list")), _read("list", nested=False)),
    "the role's limit is forgotten in nested lists": Mutant(
        _without_limit(_nested("list")), _read("list", nested=True)
    ),
    "the role's limit is forgotten in aggregates": Mutant(
        _without_limit(_root("aggregate")), _read("aggregate", nested=False)
    ),
    "the role's limit is forgotten in nested aggregates": Mutant(
        _without_limit(_nested("aggregate")), _read("aggregate", nested=True)
    ),
    "the role's limit is forgotten in connections": Mutant(
        _without_limit(lambda rows, inside: rows.form == "page"),
        asks(operations.Rows, lambda rows: rows.form == "page"),
    ),
    "a filter sees every related row": Mutant(_guard_of(Related, "guard", every_row), _RELATED),
    "a filter sees every cell of related rows": Mutant(_guard_of(Related, "guard", every_cell), _RELATED),
    "an aggregate in a filter is of every row": Mutant(_guard_of(AggregateComparison, "guard", every_row), _AGGREGATED),
    "an aggregate in a filter is of every cell": Mutant(
        _guard_of(AggregateComparison, "guard", every_cell), _AGGREGATED
    ),
    "an ordering follows links to every row": Mutant(_hops, asks(operations.Term, lambda term: bool(term.path))),
    "an ordering counts every row": Mutant(
        _ordering_aggregates, asks(operations.Term, lambda term: term.link is not None)
    ),
    "an insert is not checked": Mutant(_guard_of(Insert, "check", _nothing), _INSERT),
    "an inserted row's columns are not checked": Mutant(_guard_of(Insert, "check", every_cell), _INSERT),
    "a nested insert is not checked": Mutant(
        _guard_of(Insert, "check", _nothing, around=NestedInsert), asks(operations.Nested)
    ),
    "an upsert is not checked as an insert": Mutant(_upserts_without_check, _UPSERT),
    "an upsert changes rows that the update rules forbid": Mutant(_guard_of(Conflict, "filter", _nothing), _UPSERT),
    "an upsert changes rows that are hidden": Mutant(_guard_of(Conflict, "visible", _nothing), _UPSERT),
    "an update reaches rows that its rules forbid": Mutant(_guard_of(Update, "filter", _nothing), _UPDATE),
    "an update reaches rows that are hidden": Mutant(_guard_of(Update, "visible", every_row), _UPDATE),
    "an update's filter sees every cell": Mutant(_guard_of(Update, "visible", every_cell), _UPDATE),
    "an updated row is not checked": Mutant(_guard_of(Update, "check", _nothing), _UPDATE),
    "an updated row's columns are not checked": Mutant(_guard_of(Update, "check", every_cell), _UPDATE),
    "a delete reaches rows that its rules forbid": Mutant(_guard_of(Delete, "filter", _nothing), _DELETE),
    "a delete reaches rows that are hidden": Mutant(_guard_of(Delete, "visible", every_row), _DELETE),
    "a delete asks the read rules": Mutant(_deletes_by_read_rules, _DELETE),
    "a condition sees every related row": Mutant(_conditions_ofevery_row, _CONDITION),
    "a condition is asked of hidden rows": Mutant(_conflicts_ofevery_row, _CONDITION),
    "a condition sees every cell": Mutant(_conflicts_ofevery_cell, _CONDITION),
    "an update along a link reaches rows of other parents": Mutant(_of_every_parent(Update), _CHANGED_ALONG),
    "an update along a link reaches rows that its rules forbid": Mutant(
        _guard_below(Update, "filter", Along), _CHANGED_ALONG
    ),
    "an update along a link reaches rows that are hidden": Mutant(
        _guard_below(Update, "visible", Along), _CHANGED_ALONG
    ),
    "an update with relations reaches rows that its rules forbid": Mutant(_parents_unfiltered, _ALONG),
    "an update with relations reaches rows that are hidden": Mutant(_parents_unseen, _ALONG),
    "a row updated along a link is not checked": Mutant(_guard_below(Update, "check", Along), _CHANGED_ALONG),
    "a delete along a link reaches rows of other parents": Mutant(
        _of_every_parent(Delete), asks(operations.Along, lambda along: along.delete is not None)
    ),
    "a row of another parent is saved": Mutant(_of_every_parent(Update, saved=True), _SAVED),
    "a row is saved that the update rules forbid": Mutant(_guard_below(Update, "filter", SavedRow), _SAVED),
    "a row is saved that is hidden": Mutant(_guard_below(Update, "visible", SavedRow), _SAVED),
    "a saved row is not checked": Mutant(_guard_below(Update, "check", SavedRow), _SAVED),
    "a row that is saved anew is not checked": Mutant(_guard_below(Insert, "check", SavedRow), _SAVED),
    "what is missing of other parents is deleted": Mutant(_of_every_parent(Delete, saved=True), _MISSING),
    "what is missing is deleted though the rules forbid it": Mutant(_guard_below(Delete, "filter", Save), _MISSING),
    "what is missing is deleted though it is hidden": Mutant(_guard_below(Delete, "visible", Save), _MISSING),
    "what is listed is deleted with what is missing": Mutant(_deleting_what_is_listed, _MISSING),
    "an insert forgets the presets": Mutant(_inserts_without_presets, _INSERT),
    "a nested insert forgets the presets": Mutant(_nested_inserts_without_presets, asks(operations.Nested)),
    "an upsert forgets the presets": Mutant(_upserts_without_presets, _UPSERT),
    "an update forgets the presets": Mutant(_updates_without_presets, _UPDATE),
    "an inserted row's presets are not checked": Mutant(_without_cells_of_presets, _INSERT),
}
"""What is forgotten → how."""
