"""What are changes: each event of a table under the rules before and after, to those in step together, to those behind by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portico.resolvers.live.bodies import Mark, live_body
from portico.resolvers.live.group import Runner
from portico.resolvers.live.index import MemberIndex
from portico.resolvers.live.plans import LivePlan
from portico.resolvers.live.ports import Outlet
from portico.resolvers.run.changes import Change, Forgotten, Position
from portico.resolvers.sql.live_slots import ChangesSlot
from portico.resolvers.sql.program import Program
from portico.schema.problems import Problem

_MOST_ASKED = 500  # images in one statement
_MOST_READ = 500  # changes that who is behind reads at once
_BACKOFF_S = 0.2
_GAP = {"gap": True}  # what was between the position that a client came with and this one is not known

Bind = Callable[[Sequence[Any]], Sequence[Any]]
"""A request's values → the parameters of its program."""


@dataclass(frozen=True, eq=False, slots=True)
class EventPlan:
    """What all subscribers of one program have in common."""

    program: Program
    slot: ChangesSlot
    live: LivePlan


class EventMember:
    """Subscribers whose parameters are the same, for whom an image is asked once."""

    __slots__ = ("bind", "in_step", "key", "parameters", "values")

    def __init__(self, key: Hashable, parameters: Sequence[Any], values: Sequence[Any], bind: Bind) -> None:
        self.key = key
        self.parameters = parameters
        self.values = values
        self.bind = bind
        self.in_step: set[EventSubscriber] = set()


class Asking:
    """Asks what members may see of images: one statement for many."""

    def __init__(self, plan: EventPlan, runner: Runner, mark: Mark) -> None:
        self._plan = plan
        self._runner = runner
        self._mark = mark

    async def events(self, asked: Sequence[tuple[EventMember, Change]]) -> Sequence[bytes | None]:
        """For each pair the event as the member is told it; None where it may not know of it."""
        images = [(member, image) for member, change in asked for image in (change.old, change.new)]
        present = [(member, image.text) for member, image in images if image is not None]
        answers: list[bytes | None] = []
        for start in range(0, len(present), _MOST_ASKED):
            answers += await self._ask(present[start : start + _MOST_ASKED])
        texts = iter(answers)
        seen = [next(texts) if image is not None else None for _, image in images]
        return [self._event(change, *seen[2 * place : 2 * place + 2]) for place, (_, change) in enumerate(asked)]

    def _event(self, change: Change, old: bytes | None, new: bytes | None) -> bytes | None:
        if change.verb == "truncate" or (old is None and new is None):
            return None
        return self._plan.slot.event(change.verb, old, new, change.at, self._mark(change.position).decode())

    async def _ask(self, present: Sequence[tuple[EventMember, str]]) -> Sequence[bytes | None]:
        slot, many = self._plan.slot, self._plan.live.many
        parameters = [member.bind(slot.with_image(member.values, image)) for member, image in present]
        answers: list[bytes | None] = [None] * len(present)
        async with self._runner.gate:
            for group in _alike(parameters, many.group, many.carries):
                if len(group) == 1 and not many.carries(parameters[group[0]]):
                    statement = self._plan.program.statement
                    assert statement is not None
                    rows = await self._runner.engine.read_all(statement.sql, parameters[group[0]])
                    answers[group[0]] = rows[0][0] if rows else None
                    continue
                sent = many.parameters([parameters[place] for place in group])
                for place, text in await self._runner.engine.read_all(many.sql, sent):
                    answers[group[place]] = text
        return answers


def _alike(
    parameters: Sequence[Sequence[Any]], key_of: Callable[[Any], Hashable], carries: Callable[[Any], bool]
) -> Iterable[Sequence[int]]:
    """Places of those that one statement can ask for: what is shared is equal, and what does not travel is alone."""
    groups: dict[Hashable, list[int]] = {}
    for place, each in enumerate(parameters):
        groups.setdefault(key_of(each) if carries(each) else (place,), []).append(place)
    return groups.values()


class EventGroup:
    """
    Subscribers of one program that gives changes; told by the feed, in order.

    taken: up to where changes are being told to those in step. Who is at least there joins them.
    """

    def __init__(self, plan: EventPlan, runner: Runner, mark: Mark, forget: Callable[[EventGroup], None]) -> None:
        self.plan = plan
        self.runner = runner
        self.mark = mark
        self.asking = Asking(plan, runner, mark)
        self.index: MemberIndex[EventMember] = MemberIndex([plan.live.image] if plan.live.image is not None else [])
        self.taken = Position(0)
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
        for member, each in told.items():
            for subscriber in tuple(member.in_step):
                subscriber.tell(each, self.taken)

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

    __slots__ = ("_group", "_is_room", "_reading", "_size", "_tells_position", "member", "outlet", "position")

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
        group.count += 1
        self._reading = asyncio.create_task(self._begin(is_gap) if position is None else self._read())

    def tell(self, events: Sequence[tuple[Position, bytes]], upto: Position) -> None:
        """Gives events in step, or falls behind where the client does not keep up."""
        fresh = [(position, event) for position, event in events if position > self.position]
        if not fresh:
            self.position = max(self.position, upto)
        elif not self.outlet.is_clear or len(fresh) > self._size:
            self.fall_behind()
        else:
            self.position = upto
            self._give([event for _, event in fresh])

    def _give(self, events: Sequence[bytes], **extensions: Any) -> None:
        mark = self._group.mark(self.position) if self._tells_position else None
        self.outlet.next(live_body(self._group.plan.program, b",".join(events), mark, **extensions))

    # ---- behind --------------------------------------------------------------------------------------

    def fall_behind(self) -> None:
        """Goes on by itself."""
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
        self._give((), **_GAP if is_gap else {})
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
