"""When does a rule hold: conditions evaluated on plain rows with SQL's three values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.properties.description import (
    AllOf,
    Always,
    AnyOf,
    BesideColumn,
    CallerId,
    Claim,
    Compare,
    Condition,
    Constant,
    Exists,
    ExistsIn,
    InClaim,
    IsNull,
    Kind,
    Negated,
    Operand,
    OwnColumn,
    Preset,
    Principal,
    RoleIs,
    Row,
    State,
    Truth,
    Value,
)

_TRUE_WORDS, _FALSE_WORDS = ("true", "t", "1", "yes"), ("false", "f", "0", "no")


def all_of(truths: Iterable[Truth]) -> Truth:
    """SQL's AND."""
    found = list(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """SQL's OR."""
    found = list(truths)
    return True if True in found else None if None in found else False


def negated(truth: Truth) -> Truth:
    """SQL's NOT."""
    return None if truth is None else not truth


def compared(operator: str, left: Any, right: Any) -> Truth:
    """Two values beside each other; a null makes it unknown."""
    if left is None or right is None:
        return None
    match operator:
        case "eq":
            return left == right
        case "ne":
            return left != right
        case "lt":
            return left < right
        case "gt":
            return left > right
        case "le":
            return left <= right
        case "ge":
            return left >= right
        case _:
            raise AssertionError(operator)


def holds(condition: Condition, row: Row, state: State, principal: Principal, own: Row | None = None) -> Truth:
    """
    Whether a condition holds for a row; relations in it see every row of `state`.

    Args:
        own: the row that the whole rule is about, where `row` is one related to it.
    """
    own = row if own is None else own
    match condition:
        case Always(value=value):
            return value
        case Compare(column=column, kind=kind, operator=operator, operand=operand):
            return compared(operator, row[column], _operand(operand, kind, row, own, principal))
        case InClaim(column=column, kind=kind, claim=claim):
            # A claim that is absent is no list: nothing is in it, and nothing is known not to be.
            absent = dict(principal.claims).get(claim) is None
            return None if absent else _among(row[column], _claim_items(principal, claim, kind))
        case IsNull(column=column, negated=isnt):
            return (row[column] is None) is not isnt
        case RoleIs(role=role):
            return principal.role == role
        case AllOf(parts=parts):
            return all_of(holds(part, row, state, principal, own) for part in parts)
        case AnyOf(parts=parts):
            return any_of(holds(part, row, state, principal, own) for part in parts)
        case Negated(part=part):
            return negated(holds(part, row, state, principal, own))
        case Exists(link=link, inner=inner):
            return any(holds(inner, each, state, principal, own) is True for each in state.related(link, row))
        case ExistsIn(table=table, inner=inner):
            return any(holds(inner, each, state, principal, own) is True for each in state.rows[table].values())


def _among(value: Value, items: Sequence[Value]) -> Truth:
    return any_of(compared("eq", value, item) for item in items)


def _operand(operand: Operand, kind: Kind, row: Row, own: Row, principal: Principal) -> Value:
    match operand:
        case Constant(value=value):
            return value
        case OwnColumn(column=column):
            return own[column]
        case BesideColumn(column=column):
            return row[column]
        case CallerId():
            return as_kind(principal.id, kind)
        case Claim(name=name):
            return as_kind(dict(principal.claims).get(name), kind)


def preset_value(preset: Preset, kind: Kind, principal: Principal) -> Value:
    """What a preset puts into a column."""
    return _operand(preset, kind, {}, {}, principal)


def as_kind(value: Any, kind: Kind) -> Value:
    """A claim as a value of a column's kind; null where it is not of that kind, which matches nothing."""
    if value is None or isinstance(value, list | dict):
        return None
    if kind == "text":
        return value if isinstance(value, str) else None
    if kind == "int":
        try:
            return int(value)
        except ValueError:
            return None
    word = str(value).lower()
    return True if word in _TRUE_WORDS else False if word in _FALSE_WORDS else None


def _claim_items(principal: Principal, claim: str, kind: Kind) -> list[Value]:
    value = dict(principal.claims).get(claim)
    items: list[Any] = value if isinstance(value, list) else []
    return [item for item in (as_kind(each, kind) for each in items) if item is not None]
