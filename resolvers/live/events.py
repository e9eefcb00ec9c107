"""What are changes: each event of a table under the rules before and after, to those in step together, to those behind by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from portico.resolvers.live.asking import Asking, Bodies, EventPlan
from portico.resolvers.live.bodies import Mark, live_body
from portico.resolvers.live.group import Runner
from portico.resolvers.live.index import MemberIndex
from portico.resolvers.live.ports import Outlet
from portico.resolvers.run.changes import Change, Forgotten, Position
from portico.resolvers.sql.live_slots import ChangesSlot
from portico.schema.problems import Problem

_MOST_READ = 500  # changes that who is behind reads at once
_BACKOFF_S = 0.2
_GAP = {"gap": True}  # what was between the position that a client came with and this one is not known

Bind = Callable[[Sequence[Any]], Sequence[Any]]
"""A request's values → the parameters of its program."""

_SOME_IMAGE = "an image"


class EventMember:
    """
    Subscribers whose parameters are the same, for whom an image is asked once.

    Args:
        parameters: those with no image.
    """

    __slots__ = ("_bind", "_image_places", "_slot", "_values", "in_step", "key", "parameters")

    def __init__(
        self, key: Hashable, parameters: Sequence[Any], slot: ChangesSlot, values: Sequence[Any], bind: Bind
    ) -> None:
        self.key = key
        self.parameters = parameters
        self._slot = slot
        self._values = values
        self._bind = bind
        self._image_places: Sequence[int] | None = None
        self.in_step: set[EventSubscriber] = set()

    def with_image(self, image: str) -> Sequence[Any]:
        """
        The parameters with an image.

        All others stay as they were bound: binding anew, with a UUID read from its text each time, was a tenth of what
        telling 1,000 members of a change took (benchmarks/realtime).
        """
        if self._image_places is None:
            probe = self._bind(self._slot.with_image(self._values, _SOME_IMAGE))
            self._image_places = [place for place, value in enumerate(probe) if value is _SOME_IMAGE]
        parameters = list(self.parameters)
        for place in self._image_places:
            parameters[place] = image
        return parameters


class EventGroup:
    """
    Subscribers of one program that gives changes; told by the feed, in order.

    taken: up to where changes are being told to those in step. Who is at least there joins them. told: up to where
    these have been told.
    """

    def __init__(self, plan: EventPlan, runner: Runner, mark: Mark, forget: Callable[[EventGroup], None]) -> None:
        self.plan = plan
        self.runner = runner
        self.mark = mark
        self.asking = Asking(plan, runner, mark)
        self.index: MemberIndex[EventMember] = MemberIndex([plan.live.image] if plan.live.image is not None else [])
        self.taken = self.told = Position(0)
        self._members: dict[Hashable, EventMember] = {}
        self._forget = forget
        self._queue: list[Change] = []
        self._telling: asyncio.Task[None] | None = None
        self.count = 0

    @property
    def tables(self) -> frozenset[str]:
        """See `Listener`."""
        return frozenset({self.plan.slot.table})

    is_polled = False

    def changed(self, changes: Sequence[Change]) -> None:
        """See `Listener`."""
        self._queue += changes
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell())

    def hinted(self, changes: Sequence[Change]) -> None:
        """See `Listener`: events are told in order alone."""

    def unsettled(self) -> None:
        """
        See `Listener`: each looks into the log for itself.

        What the feed passed over is told by nobody else, so whoever reads now joins no earlier than behind it.
        """
        self.taken = max(self.taken, self.runner.feed.position)
        for member in tuple(self._members.values()):
            for each in tuple(member.in_step):
                each.fall_behind()

    @property
    def is_settled(self) -> bool:
        """Whether those in step have been told all that it knows."""
        return self._telling is None

    # ---- in step -------------------------------------------------------------------------------------

    def join(self, subscriber: EventSubscriber) -> bool:
        """Takes one in that has been told all that those in step have; False where it has not."""
        if subscriber.position < self.taken:
            return False
        member = self._members.setdefault(subscriber.member.key, subscriber.member)
        subscriber.member = member
        if not member.in_step:
            self.index.add(member, member.parameters)
        member.in_step.add(subscriber)
        return True

    def part(self, subscriber: EventSubscriber) -> None:
        """Takes one out, which may come again."""
        member = subscriber.member
        if subscriber in member.in_step:
            member.in_step.discard(subscriber)
            if not member.in_step:
                self.index.remove(member, member.parameters)
                del self._members[member.key]

    def leave(self, subscriber: EventSubscriber) -> None:
        """Takes one out for good."""
        self.part(subscriber)
        self.count -= 1
        if not self.count:
            self._forget(self)

    async def _tell(self) -> None:
        try:
            while self._queue:
                changes, self._queue = self._queue, []
                self.taken = changes[-1].position
                await self._tell_of(changes)
        finally:
            self._telling = None

    async def _tell_of(self, changes: Sequence[Change]) -> None:
        asked = [(member, change) for change in changes for member in self.index.touched(change)]
        try:
            events = await self.asking.events(asked)
        except Exception as error:
            self._not_told(error)
            return
        told: dict[EventMember, list[tuple[Position, bytes]]] = {}
        for (member, change), event in zip(asked, events, strict=True):
            if event is not None:
                told.setdefault(member, []).append((change.position, event))
        bodies = Bodies(self.plan.program, self.mark(self.taken))
        for member, each in told.items():
            for subscriber in tuple(member.in_step):
                subscriber.tell(each, self.taken, bodies)
        self.told = self.taken

    def _not_told(self, error: Exception) -> None:
        """Whoever is in step goes its own way: it asks again, and fails by itself where the fault is its own."""
        if not isinstance(error, Problem):
            self.runner.problem_of(error)
        self.unsettled()


class EventSubscriber:
    """
    One client that is told of changes.

    Behind, it reads the log for itself from its position on, as fast as the client takes events, and nothing of
    what it has not taken is held in memory. In step, it is told together with the others.
    """

    __slots__ = (
        "_group",
        "_has_begun",
        "_is_room",
        "_reading",
        "_size",
        "_tells_position",
        "member",
        "outlet",
        "position",
    )

    def __init__(
        self,
        group: EventGroup,
        member: EventMember,
        outlet: Outlet,
        position: Position | None,
        size: int,
        *,
        is_gap: bool = False,
        tells_position: bool = True,
    ) -> None:
        self._group = group
        self._tells_position = tells_position
        self._size = size
        self.member = member
        self.outlet = outlet
        self._is_room = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        self.position = position or Position(0)
        self._has_begun = position is not None
        group.count += 1
        self._reading = asyncio.create_task(self._begin(is_gap) if position is None else self._read())

    @property
    def token(self) -> str | None:
        """See `Part`; of who is in step it is where the others are, though nothing was told that concerns it."""
        if not self._has_begun:
            return None
        return self._group.mark(self._here()).decode()

    @property
    def is_settled(self) -> bool:
        """See `Part`."""
        return self._group.is_settled and (self._reading is None or not self.outlet.is_clear)

    def tell(self, events: Sequence[tuple[Position, bytes]], upto: Position, bodies: Bodies) -> None:
        """Gives events in step, or falls behind where the client does not keep up."""
        fresh = tuple(event for position, event in events if position > self.position)
        if not fresh:
            self.position = max(self.position, upto)
        elif not self.outlet.is_clear or len(fresh) > self._size:
            self.fall_behind()
        else:
            self.position = upto
            self.outlet.next(bodies.of(fresh, tells_position=self._tells_position))

    def _here(self) -> Position:
        return max(self.position, self._group.told) if self in self.member.in_step else self.position

    def _give(self, events: Sequence[bytes], **extensions: Any) -> None:
        mark = self._group.mark(self.position) if self._tells_position else None
        self.outlet.next(live_body(self._group.plan.program, b",".join(events), mark, **extensions))

    # ---- behind --------------------------------------------------------------------------------------

    def fall_behind(self) -> None:
        """Goes on by itself, behind what those in step have been told, though it may have been told nothing of it."""
        self.position = self._here()
        self._group.part(self)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())

    async def _begin(self, is_gap: bool) -> None:
        """Begins with what commits from now on, and says so: who has heard this misses nothing."""
        try:
            self.position = await self._group.runner.feed.head()
        except Exception as error:
            self.outlet.end((self._group.runner.problem_of(error),))
            return
        self._has_begun = True
        self._give((), **_GAP if is_gap else {})
        if self._group.join(self):
            self._reading = None
        else:
            await self._read()

    async def _read(self) -> None:
        try:
            while not (await self._read_some() and self._group.join(self)):
                pass
        except Exception as error:
            self.outlet.end((self._group.runner.problem_of(error),))
        finally:
            self._reading = None

    async def _read_some(self) -> bool:
        """Gives one answer's worth; whether nothing more is there."""
        await self._room()
        try:
            batch = await self._group.runner.feed.since(self.position, _MOST_READ)
            mine = self._touching(batch.changes)
            events = await self._group.asking.events([(self.member, change) for change in mine])
        except Forgotten:
            self.position = await self._group.runner.feed.head()
            self._give((), **_GAP)
            return False
        except Problem as problem:
            if problem.status != 503:
                raise
            await asyncio.sleep(_BACKOFF_S)
            return False
        told = [(change.position, event) for change, event in zip(mine, events, strict=True) if event is not None]
        if len(told) <= self._size:
            self.position = batch.upto
        else:
            del told[self._size :]
            self.position = told[-1][0]
        if told:
            self._give([event for _, event in told])
        return self.position == batch.upto and not batch.is_full and self.outlet.is_clear

    def _touching(self, changes: Sequence[Change]) -> Sequence[Change]:
        table = self._group.plan.slot.table
        return [change for change in changes if change.table == table and change.verb != "truncate"]

    async def _room(self) -> None:
        while not self.outlet.is_clear:
            self._is_room.clear()
            await self._is_room.wait()

    def cleared(self) -> None:
        """The client has taken what it was given."""
        self._is_room.set()

    def leave(self) -> None:
        """Wants nothing more."""
        if self._reading is not None:
            self._reading.cancel()
        self._group.leave(self)
