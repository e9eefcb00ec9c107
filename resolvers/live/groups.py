"""Which subscriptions share a statement: groups by program and shared parameters, members by their own."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from portico.resolvers.live.group import Group, Runner
from portico.resolvers.live.plans import LivePlan
from portico.resolvers.sql.member_values import frozen
from portico.resolvers.sql.program import Program


class Groups:
    """The groups of a process; one without members is forgotten."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._groups: WeakKeyDictionary[Program, dict[Hashable, Group]] = WeakKeyDictionary()

    def of(self, program: Program, plan: LivePlan, parameters: Sequence[Any]) -> Group:
        """The group of a program's subscribers whose parameters have these shared ones."""
        shared = plan.many.group(parameters)
        groups = self._groups.setdefault(program, {})
        group = groups.get(shared)
        if group is None:
            group = groups[shared] = Group(program, plan, self._runner, shared)
            self._runner.feed.join(group)
        return group

    def forget(self, group: Group) -> None:
        """Forgets a group that has no members any more."""
        if not group.index.members and self._groups.get(group.program, {}).pop(group.shared, None) is not None:
            self._runner.feed.leave(group)


def own_of(plan: LivePlan, parameters: Sequence[Any]) -> Hashable:
    """What tells a member from the others of its group."""
    return frozen([parameters[place] for place in plan.many.own])
