"""Who is told of a table's changes together: a group for each program, while it has subscribers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from portico.resolvers.live.asking import EventPlan
from portico.resolvers.live.events import Bind, EventGroup, EventMember, EventSubscriber
from portico.resolvers.live.group import Runner
from portico.resolvers.live.marks import Marks
from portico.resolvers.live.ports import Outlet
from portico.resolvers.problems import NotLogged
from portico.resolvers.sql.member_values import frozen
from portico.resolvers.sql.program import Program


class EventGroups:
    """The groups of a process that are told of changes."""

    def __init__(self, runner: Runner, marks: Marks) -> None:
        self._runner = runner
        self._marks = marks
        self._groups: WeakKeyDictionary[Program, EventGroup] = WeakKeyDictionary()

    def join(
        self,
        plan: EventPlan,
        values: Sequence[Any],
        bind: Bind,
        outlet: Outlet,
        position: str | None,
        *,
        tells_position: bool,
    ) -> EventSubscriber:
        """
        Begins to tell a client of changes, from where it says that it has come to, or from now on.

        Raises:
            NotLogged: nobody hears of changes of the table.
            InvalidPosition: the position was not given here.
        """
        slot = plan.slot
        if slot.table not in self._runner.feed.tables:
            raise NotLogged(
                "Changes of this table are not logged.", hint="Is realtime on for it, and was portico migrate run?"
            )
        begins = position or slot.position(values)
        at = self._marks.read(begins) if begins else None
        parameters = bind(slot.with_image(values, None))
        member = EventMember(frozen(parameters), parameters, slot, values, bind)
        return EventSubscriber(
            self._group_of(plan),
            member,
            outlet,
            at,
            slot.batch_size(values),
            is_gap=bool(begins),
            tells_position=tells_position,
        )

    def _group_of(self, plan: EventPlan) -> EventGroup:
        group = self._groups.get(plan.program)
        if group is None:
            group = self._groups[plan.program] = EventGroup(plan, self._runner, self._marks.mark, self._forget)
            self._runner.feed.join(group)
        return group

    def _forget(self, group: EventGroup) -> None:
        if self._groups.pop(group.plan.program, None) is not None:
            self._runner.feed.leave(group)
