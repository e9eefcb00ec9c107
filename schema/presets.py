"""What do rules write of their own: the presets of a verb united, and which rules stand behind each value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, literal_column

from portico.schema.catalog import Column, RuleRef, Table
from portico.schema.declarations import Verb
from portico.schema.rules import Me

RuleSet = tuple[RuleRef, ...]


def presets_of(table: Table, verb: Verb, allows: RuleSet) -> dict[Column, Any]:
    """Column → constant or function(me); the rules' own come after those of the columns, and later ones after earlier."""
    if verb not in ("create", "update"):
        return {}
    presets = {column: _marked(column) for column in table.columns.values() if _is_marked(column, verb)}
    for rule in allows:
        presets.update(_own(table, rule))
    return presets


def rules_behind(
    table: Table, verb: Verb, allows: RuleSet, granted: Mapping[Column, RuleSet], presets: Mapping[Column, Any]
) -> dict[Column, RuleSet]:
    """
    Column of a preset → the rules that may write its value.

    Those that set the same, and those that set nothing there and grant the column to clients. A row that passes
    by another rule alone would else be written with what this rule would never have written.
    """
    own = {rule: _own(table, rule) for rule in allows}
    found: dict[Column, RuleSet] = {}
    for column, value in presets.items():
        rest = {column: _marked(column)} if _is_marked(column, verb) else {}
        said = {rule: {**rest, **own[rule]} for rule in allows}
        may = granted.get(column, ())
        found[column] = tuple(
            rule for rule in allows if (_same(said[rule][column], value) if column in said[rule] else rule in may)
        )
    return found


def _own(table: Table, rule: RuleRef) -> dict[Column, Any]:
    found = {table.column_named(name): value for name, value in rule.declaration.presets.items()}
    return {column: value for column, value in found.items() if column is not None}


def _is_marked(column: Column, verb: Verb) -> bool:
    return column.mark is not None and column.mark.kind == "preset" and verb in column.mark.verbs


def _marked(column: Column) -> Any:
    return column.mark.value if column.mark is not None else None


def _same(one: Any, other: Any) -> bool:
    """Whether two presets write the same for every caller; functions are asked what they come to."""
    if one is other:
        return True
    left, right = _result(one), _result(other)
    if isinstance(left, ColumnElement) and isinstance(right, ColumnElement):
        return bool(left.compare(right))
    if isinstance(left, ColumnElement) or isinstance(right, ColumnElement):
        return False
    return type(left) is type(right) and bool(left == right)


def _result(value: Any) -> Any:
    return value(Me(_told)) if callable(value) and not isinstance(value, ColumnElement) else value


def _told(about: str, name: str = "", type_: Any = None, *, many: bool = False) -> ColumnElement[Any]:
    """What stands for a fact about the caller: binds are never equal to one another."""
    return literal_column(f"{about} {name} {type_!r} {many}")
