"""What does a subscription run: its program for many members at once, and which changes its answers depend on."""

from __future__ import annotations

from dataclasses import dataclass

from portico.resolvers.plan.root_nodes import Guarded
from portico.resolvers.sql.dependencies import Dependencies, Dependency, dependencies_of, image_dependency_of
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.live_slots import ChangesSlot
from portico.resolvers.sql.members import MembersStatement, members_of
from portico.resolvers.sql.program import read_roots


@dataclass(frozen=True, eq=False, slots=True)
class LivePlan:
    """
    One program as subscriptions run it. It does not hold the program, with which it is forgotten.

    image: of changes, what an image of a row must have to concern a member.
    """

    many: MembersStatement
    dependencies: Dependencies
    image: Dependency | None


def live_plan(guarded: Guarded, slot: object, dialect: SqlDialect) -> LivePlan:
    """The plan of a guarded document whose root field has this slot; compiled once for all that share its program."""
    roots = read_roots(guarded, dialect)
    image = image_dependency_of(roots, dialect, slot.table) if isinstance(slot, ChangesSlot) else None
    return LivePlan(members_of(roots, dialect), dependencies_of(roots, dialect), image)
