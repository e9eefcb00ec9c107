"""What does a subscription run: its program for many members at once, and which changes its answers depend on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from portico.resolvers.plan.root_nodes import Guarded
from portico.resolvers.sql.dependencies import Dependencies, dependencies_of
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.members import MembersStatement, compile_members
from portico.resolvers.sql.program import read_roots


@dataclass(frozen=True, eq=False, slots=True)
class LivePlan:
    """
    One program as subscriptions run it. It does not hold the program, with which it is forgotten.

    of_row, of_parameter: the forms in which a value of the change log and a driver's parameter are compared.
    """

    many: MembersStatement
    dependencies: Dependencies
    of_row: Callable[[Any], Hashable]
    of_parameter: Callable[[Any], Hashable]


def live_plan(guarded: Guarded, dialect: SqlDialect) -> LivePlan:
    """The plan of a guarded document; compiled once for all that share its program."""
    dependencies = dependencies_of(read_roots(guarded, dialect), dialect)
    return LivePlan(compile_members(guarded, dialect), dependencies, _as_it_is, _as_it_is)


def _as_it_is(value: Any) -> Hashable:
    return value
