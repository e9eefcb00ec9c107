"""How does a finding become small: what it does not need is taken away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any, TypeAlias

from tests.properties.checks import Finding
from tests.properties.description import (
    AllOf,
    Always,
    AnyOf,
    Exists,
    ExistsIn,
    Link,
    Negated,
    State,
    Table,
    World,
)
from tests.properties.operations import Every, Some, Without
from tests.properties.session import Case, Found, check_case
from tests.properties.stores import Store
from tests.properties.twins import is_sound

_WHOLE = (Table, Link, str)
"""What is kept as it is: the shape of the world is not what a finding is about."""

Phase: TypeAlias = Callable[[Case], Iterator[Case]]
_KEPT = ("link", "function", "unique", "verbs", "roles", "id", "form", "single", "many")
"""Fields without which a record would be another one."""


def smallest(store: Store, found: Found, *, seconds: float) -> Found:
    """The finding with the least that still shows it, as far as the time goes."""
    deadline = time.monotonic() + seconds
    case, finding, size = found.case, found.finding, -1
    while size != (size := len(repr(case))):
        for phase in (_with_fewer_rules, _with_smaller_operations, _with_fewer_rows, _with_fewer_claims):
            case, finding = _shrunk(store, case, finding, phase, deadline)
    return Found(found.seed, found.operation, case, finding)


def _shrunk(store: Store, case: Case, finding: Finding, phase: Phase, deadline: float) -> tuple[Case, Finding]:
    """The case after a phase has nothing more to take away."""
    going = True
    while going:
        going = False
        for smaller in phase(case):
            if time.monotonic() > deadline:
                return case, finding
            other = _finding_of(store, smaller)
            if other is not None and _kind(other) == _kind(finding):
                case, finding, going = smaller, other, True
                break
    return case, finding


def _finding_of(store: Store, case: Case) -> Finding | None:
    try:
        return check_case(store, case)
    except Exception:
        return None  # what is left makes no sense, so it shows nothing


def _kind(finding: Finding) -> tuple[str, str]:
    """What must stay the same while a finding shrinks."""
    first = finding.text.split(maxsplit=1)[0] if finding.text else ""
    return finding.detector, "" if first.startswith("data") else first


def _with_smaller_operations(case: Case) -> Iterator[Case]:
    return (replace(case, operation=operation) for operation in _smaller(case.operation))


def _with_fewer_rules(case: Case) -> Iterator[Case]:
    return (replace(case, world=replace(case.world, rules=rules)) for rules in _smaller(case.world.rules))


def _with_fewer_rows(case: Case) -> Iterator[Case]:
    if case.twin is None:
        yield from (replace(case, state=state) for state in _smaller_states(case.state, case.world))


def _with_fewer_claims(case: Case) -> Iterator[Case]:
    principal = case.principal
    return (replace(case, principal=replace(principal, claims=each)) for each in _fewer(principal.claims))


def _smaller_states(state: State, world: World) -> Iterator[State]:
    for name, pairs in state.pairs.items():
        for kept in _fewer(tuple(sorted(pairs))):
            yield State(state.rows, {**state.pairs, name: frozenset(kept)})
    for name, rows in state.rows.items():
        for kept in _fewer(tuple(sorted(rows))):
            other = State({**state.rows, name: {key: rows[key] for key in kept}}, state.pairs)
            if is_sound(world, other):
                yield other


def _fewer(items: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The items without one half, a quarter, …, one of them."""
    size = max(len(items) // 2, 1)
    while size and items:
        for start in range(0, len(items), size):
            yield items[:start] + items[start + size :]
        size //= 2


def _smaller(value: Any) -> Iterator[Any]:
    """Values of the same kind with less in them."""
    if isinstance(value, tuple):
        items: tuple[Any, ...] = value
        yield from _fewer(items)
        for index, item in enumerate(items):
            for smaller in _smaller(item):
                yield (*items[:index], smaller, *items[index + 1 :])
    elif is_dataclass(value) and not isinstance(value, (*_WHOLE, type)):
        yield from _parts(value)
        yield from _smaller_records(value)


def _parts(value: Any) -> Iterator[Any]:
    match value:
        case AllOf(parts=parts) | AnyOf(parts=parts) | Every(parts=parts) | Some(parts=parts):
            yield from parts
        case Negated(part=part) | Without(part=part):
            yield part
        case Exists() | ExistsIn():
            yield Always(value=True)
        case _:
            pass


def _smaller_records(value: Any) -> Iterator[Any]:
    for each in fields(value):
        now = getattr(value, each.name)
        if each.name in _KEPT:
            continue
        if each.default is not MISSING and now != each.default:
            yield replace(value, **{each.name: each.default})
        for smaller in _smaller(now):
            if each.name != "fields" or smaller:
                yield replace(value, **{each.name: smaller})
