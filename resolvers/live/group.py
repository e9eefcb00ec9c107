"""When is a statement run again: members that share it, those that a change touched, and one statement for all of these."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from portico.resolvers.live.feed import Feed
from portico.resolvers.live.index import MemberIndex
from portico.resolvers.live.plans import LivePlan
from portico.resolvers.problems import TimedOut
from portico.resolvers.run.changes import Change, Position
from portico.resolvers.run.engine import Engine
from portico.resolvers.sql.program import Program
from portico.schema.problems import Problem

_MOST_MEMBERS = 500  # in one statement: it holds a connection, and answers in one piece
_TRIES = 5
_BACKOFF_S = 0.2


@dataclass(frozen=True, slots=True)
class Runner:
    """
    What all groups of a process share.

    gate: bounds the statements that groups run at one time, which are fewer than there are connections.
    interval_s: between the beginnings of two runs of one group. problem_of: what subscribers are told of an
    exception that is a mistake of ours; the log has the rest.
    """

    engine: Engine
    feed: Feed
    gate: asyncio.Semaphore
    interval_s: float
    problem_of: Callable[[Exception], Problem]


class Member(ABC):
    """One tuple of parameters of a group's statement, and whoever waits for what it answers; `own` tells it apart."""

    __slots__ = ("own", "parameters", "tries")

    def __init__(self, parameters: Sequence[Any], own: Hashable = None) -> None:
        self.parameters = parameters
        self.own = own
        self.tries = 0

    @abstractmethod
    def settle(self, row: Sequence[Any], position: Position) -> None:
        """Takes the columns that the statement answered; all changes up to the position are in them."""

    @abstractmethod
    def fail(self, problem: Problem) -> None:
        """Takes what is wrong with this member's own data."""


class Group:
    """
    Subscribers of one program.

    shared: the parameters that all members have in common. known: those members that others may join, by what
    tells them apart.

    A run begins at once where none was lately, and at most every `interval_s`; what is touched meanwhile is in
    the next. So a single change is answered without delay, and a thousand cost as many runs as fit in the time.

    Args:
    """

    def __init__(self, program: Program, plan: LivePlan, runner: Runner, shared: Hashable) -> None:
        self.program = program
        self.plan = plan
        self.shared = shared
        self.known: dict[Hashable, Member] = {}
        self.index: MemberIndex[Member] = MemberIndex(plan.dependencies.on)
        self._engine = runner.engine
        self._feed = runner.feed
        self._gate = runner.gate
        self._interval_s = runner.interval_s
        self._problem_of = runner.problem_of
        self._touched: dict[Member, None] = {}
        self._most = _MOST_MEMBERS
        self._running: asyncio.Task[None] | None = None
        self.runs = 0

    # ---- as the feed knows it ------------------------------------------------------------------------

    @property
    def tables(self) -> frozenset[str]:
        """See `Listener`."""
        return self.index.tables

    @property
    def is_polled(self) -> bool:
        """Whether it depends on what the log does not tell."""
        return not self.plan.dependencies.is_complete or not self.tables <= self._feed.tables

    def changed(self, changes: Sequence[Change]) -> None:
        """See `Listener`."""
        for change in changes:
            for member in self.index.touched(change):
                self._touched[member] = None
        if self._touched:
            self._run_soon()

    def hinted(self, changes: Sequence[Change]) -> None:
        """See `Listener`: to look again is right at any time."""
        self.changed(changes)

    def unsettled(self) -> None:
        """See `Listener`."""
        self.touch(*self.index.members)

    @property
    def is_settled(self) -> bool:
        """Whether no member waits for an answer."""
        return self._running is None and not self._touched

    # ---- members -------------------------------------------------------------------------------------

    def add(self, member: Member) -> None:
        """Takes a member in; it is run."""
        self.index.add(member, member.parameters)
        self.touch(member)

    def remove(self, member: Member) -> None:
        """Forgets a member."""
        self.index.remove(member, member.parameters)
        self._touched.pop(member, None)
        if self.known.get(member.own) is member:
            del self.known[member.own]

    def touch(self, *members: Member) -> None:
        """Has members run."""
        for member in members:
            self._touched[member] = None
        self._run_soon()

    # ---- running -------------------------------------------------------------------------------------

    def _run_soon(self) -> None:
        if self._running is None and self._touched:
            self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._touched:
                began = loop.time()
                members = self._take()
                if not await self._answer(members):
                    await asyncio.sleep(_BACKOFF_S)
                if self._touched or self._interval_s:
                    await asyncio.sleep(max(0.0, began + self._interval_s - loop.time()))
        finally:
            self._running = None
        self._run_soon()

    def _take(self) -> list[Member]:
        """The members of the next statement; one whose values do not travel in a relation is asked for by itself."""
        members: list[Member] = []
        for member in self._touched:
            if not self.plan.many.carries(member.parameters):
                members = members or [member]
                break
            members.append(member)
            if len(members) == self._most:
                break
        for member in members:
            del self._touched[member]
        return members

    async def _answer(self, members: Sequence[Member]) -> bool:
        """Runs the statement for these; whether each of them was told something."""
        async with self._gate:
            self.runs += 1
            try:
                return await self._ask(members)
            except Exception as error:
                problem = self._problem_of(error)
                for member in members:
                    member.fail(problem)
                return True

    async def _ask(self, members: Sequence[Member]) -> bool:
        position = self._feed.position
        try:
            rows = await self._rows(members)
        except Problem as problem:
            return await self._failed(members, problem)
        self._most = min(self._most * 2, _MOST_MEMBERS)
        for place, *row in rows:
            member = members[place]
            if member in self.index.members:
                member.tries = 0
                member.settle(row, position)
        return True

    async def _rows(self, members: Sequence[Member]) -> Sequence[Sequence[Any]]:
        """(place in the sequence, what the statement's columns are) for each member."""
        many = self.plan.many
        if len(members) == 1 and not many.carries(members[0].parameters):
            return [(0, *await self._alone(members[0]))]
        return await self._engine.read_all(many.sql, many.parameters([each.parameters for each in members]))

    async def _alone(self, member: Member) -> Sequence[Any]:
        statement = self.program.statement
        assert statement is not None
        rows = await self._engine.read_all(statement.sql, member.parameters)
        return rows[0] if rows else (None,) * len(self.program.leaves)

    async def _failed(self, members: Sequence[Member], problem: Problem) -> bool:
        if problem.status == 503:
            return self._again(members, problem)
        if len(members) == 1:
            await self._last_try(members[0])
            return True
        # The data of one of them is at fault, and the others are not to suffer for it.
        middle = len(members) // 2
        first = await self._ask(members[:middle])
        return await self._ask(members[middle:]) and first

    async def _last_try(self, member: Member) -> None:
        """By the ordinary statement, which may be a few levels deeper: SQLite has room for a thousand."""
        position = self._feed.position
        try:
            member.settle(await self._alone(member), position)
        except Problem as problem:
            member.fail(problem)

    def _again(self, members: Sequence[Member], problem: Problem) -> bool:
        """The database is away or busy: nobody is told, until one alone has taken too long too often."""
        if isinstance(problem, TimedOut):
            self._most = max(1, len(members) // 2)
        for member in members:
            member.tries += isinstance(problem, TimedOut) and len(members) == 1
            if member.tries >= _TRIES:
                member.fail(problem)
            else:
                self._touched[member] = None
        return False
