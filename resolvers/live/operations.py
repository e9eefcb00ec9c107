"""How does an operation begin that may answer more than once: planned, joined to its group, and joined anew when its caller changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from portico.resolvers.documents import DocumentInvalid, Operation
from portico.resolvers.live.asking import EventPlan
from portico.resolvers.live.computed_answers import ComputedAnswers, ComputedPart
from portico.resolvers.live.event_groups import EventGroups
from portico.resolvers.live.group import Runner
from portico.resolvers.live.groups import Groups
from portico.resolvers.live.marks import Marks
from portico.resolvers.live.plans import LivePlan, live_plan
from portico.resolvers.live.ports import Outlet, Part
from portico.resolvers.live.queries import join_query
from portico.resolvers.live.streams import StreamMember, resumed
from portico.resolvers.plan.values import Shape
from portico.resolvers.request import LiveRequest
from portico.resolvers.run.bodies import whole_body
from portico.resolvers.run.execute import Executor, Found
from portico.resolvers.sql.live_slots import ChangesSlot, StreamSlot
from portico.resolvers.sql.program import Program, TextSlot
from portico.schema.caller import Caller
from portico.schema.problems import Problem

_AT_ONCE = 100  # subscriptions joined anew before the loop does other things


class LiveSubscription:
    """A subscription as its transport holds it: see `Subscription`."""

    __slots__ = ("_live", "outlet", "part", "request")

    def __init__(self, live: Live, request: LiveRequest, outlet: Outlet) -> None:
        self._live = live
        self.request = request
        self.outlet = outlet
        self.part: Part | None = None

    def cleared(self) -> None:
        """See `Subscription`."""
        if self.part is not None:
            self.part.cleared()

    def act_as(self, caller: Caller) -> None:
        """See `Subscription`."""
        if caller != self.request.caller:
            self.request = replace(self.request, caller=caller)
            self._live.rejoin([self])

    def close(self) -> None:
        """See `Subscription`."""
        self._live.forget(self)


class Live:
    """
    All subscriptions of a process.

    Args:
        executor: plans documents; another takes its place when models are loaded again.
        execute: answers queries and mutations.
        marks: the tokens by which clients come back.
    """

    def __init__(
        self,
        executor: Executor,
        execute: Callable[[LiveRequest, Found], Awaitable[bytes]],
        runner: Runner,
        marks: Marks,
    ) -> None:
        self._executor = executor
        self._execute = execute
        self._runner = runner
        self._marks = marks
        self._events = EventGroups(runner, marks)
        self._groups = Groups(runner)
        self._computed = ComputedAnswers()
        self._plans: WeakKeyDictionary[Program, LivePlan] = WeakKeyDictionary()
        self._subscriptions: set[LiveSubscription] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, request: LiveRequest, outlet: Outlet, found: Found | None = None) -> LiveSubscription | None:
        """See `Operations`. found: what the executor has found of it, where somebody has looked already."""
        found = found or self._executor.find(request)
        operation, key, values = found
        if operation.kind != "subscription":
            outlet.next(await self._execute(request, found))
            outlet.end()
            return None
        if operation.document.text == request.document:
            # Every message brings a text of its own; of 10,000 that are the same, one is kept.
            request = replace(request, document=operation.document.text)
        subscription = LiveSubscription(self, request, outlet)
        subscription.part = self._join(subscription, operation, key, values)
        self._subscriptions.add(subscription)
        return subscription

    def forget(self, subscription: LiveSubscription) -> None:
        """Ends a subscription, and with the last of a group the group."""
        self._subscriptions.discard(subscription)
        part, subscription.part = subscription.part, None
        if part is not None:
            part.leave()

    def reload(self, executor: Executor) -> None:
        """Goes on with other models or rules: each subscription is planned anew, and ends where it no longer can be."""
        self._executor = executor
        self.rejoin(list(self._subscriptions))

    def rejoin(self, subscriptions: Sequence[LiveSubscription]) -> None:
        """Plans subscriptions anew and moves them to where they belong now."""
        task = asyncio.get_running_loop().create_task(self._rejoin(subscriptions))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be said of what the feed has told, but to clients that do not read."""
        parts = [each.part for each in self._subscriptions]
        return not self._tasks and all(part is None or part.is_settled for part in parts)

    async def close(self) -> None:
        """Ends all of them, without a word."""
        for subscription in tuple(self._subscriptions):
            self.forget(subscription)
        await self._runner.feed.close()

    # ---- joining -------------------------------------------------------------------------------------

    async def _rejoin(self, subscriptions: Sequence[LiveSubscription]) -> None:
        for count, subscription in enumerate(subscriptions, 1):
            if subscription not in self._subscriptions:
                continue  # it was closed meanwhile
            part, subscription.part = subscription.part, None
            if part is not None:
                # It goes on where it is: what was given is not given again, and nothing between is lost.
                position = part.token or subscription.request.position
                subscription.request = replace(subscription.request, position=position)
                part.leave()
            try:
                operation, key, values = self._executor.find(subscription.request)
                joined = self._join(subscription, operation, key, values)
            except DocumentInvalid as error:
                self._end(subscription, error.problems)
            except Exception as error:
                self._end(subscription, (self._runner.problem_of(error),))
            else:
                subscription.part = joined
            if count % _AT_ONCE == 0:
                await asyncio.sleep(0)

    def _end(self, subscription: LiveSubscription, problems: Sequence[Problem]) -> None:
        self._subscriptions.discard(subscription)
        subscription.outlet.end(problems)

    def _join(self, subscription: LiveSubscription, operation: Operation, key: Shape, values: list[Any]) -> Part:
        program, request, outlet = operation.program(key), subscription.request, subscription.outlet
        if program.around is None:
            return Constant(program, outlet)
        known = (request.position or "").rpartition(".")[2]
        if not program.computed:
            return self._begin(operation, key, program, values, request, outlet, known)
        is_query = not any(isinstance(leaf, StreamSlot | ChangesSlot) for leaf in program.leaves)
        part = ComputedPart(
            self._computed, self._executor.functions, program, values, request, outlet,
            known if is_query else None, self._runner.problem_of,
        )  # fmt: skip
        part.part = self._begin(operation, key, program, values, request, part, "")
        return part

    def _begin(
        self,
        operation: Operation,
        key: Shape,
        program: Program,
        values: list[Any],
        request: LiveRequest,
        outlet: Outlet,
        known: str,
    ) -> Part:
        """Joins a group; known: the digest of the answer that the client of a live query has."""
        slot = next(leaf for leaf in program.leaves if not isinstance(leaf, TextSlot))
        plan = self._plan_of(operation, key, program, slot)
        caller, tells = request.caller, request.tells_position

        def bind(values: Sequence[Any]) -> Sequence[Any]:
            return self._executor.bind(program, values, caller)

        if isinstance(slot, StreamSlot):
            if request.position is not None:
                resumed(values, slot, request.position)
            return StreamMember(self._groups, program, plan, slot, values, bind, outlet, tells_position=tells)
        if isinstance(slot, ChangesSlot):
            event_plan = EventPlan(program, slot, plan)
            return self._events.join(event_plan, values, bind, outlet, request.position, tells_position=tells)
        mark = self._marks.mark
        return join_query(self._groups, program, plan, bind(values), mark, outlet, known.encode(), tells_position=tells)

    def _plan_of(self, operation: Operation, key: Shape, program: Program, slot: object) -> LivePlan:
        plan = self._plans.get(program)
        if plan is None:
            plan = self._plans[program] = live_plan(operation.guarded(key), slot, operation.dialect)
        return plan


class Constant:
    """A subscription whose answer never changes: `{ __typename }`."""

    def __init__(self, program: Program, outlet: Outlet) -> None:
        outlet.next(whole_body(program, {}))

    is_settled = True

    @property
    def token(self) -> str | None:
        """See `Part`: no digest, for whatever its caller may see later is another answer."""
        return "."

    def cleared(self) -> None:
        """Nothing is left to say."""

    def leave(self) -> None:
        """Nothing is held."""
