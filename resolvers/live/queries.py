"""What is a live query: a member that remembers what it answered, and subscribers who hear when that is different."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from hashlib import blake2b
from typing import Any

from portico.resolvers.live.bodies import Mark, live_body
from portico.resolvers.live.group import Group, Member
from portico.resolvers.live.groups import Groups, own_of
from portico.resolvers.live.plans import LivePlan
from portico.resolvers.live.ports import Outlet
from portico.resolvers.run.changes import Position
from portico.resolvers.sql.program import Program
from portico.schema.problems import Problem

_DIGEST_BYTES = 8


class QueryMember(Member):
    """
    Callers who are answered the same, since their parameters are.

    Only the digest of the last answer is kept, and not the answer: 10,000 of them at 10 KB would be 100 MB.
    """

    __slots__ = ("_mark", "_program", "digest", "subscribers")

    def __init__(self, parameters: Sequence[Any], own: Hashable, program: Program, mark: Mark) -> None:
        super().__init__(parameters, own)
        self._program = program
        self._mark = mark
        self.digest = b""
        self.subscribers: set[QuerySubscriber] = set()

    def settle(self, row: Sequence[Any], position: Position) -> None:
        """Tells all subscribers where the answer is another than before, else those who have had none yet."""
        digest = blake2b(row[0] or b"", digest_size=_DIGEST_BYTES).digest()
        is_same, self.digest = digest == self.digest, digest
        told = [each for each in self.subscribers if not (is_same and each.is_told)]
        if not told:
            return
        text = digest.hex().encode()
        mark = self._mark(position) + b"." + text
        bodies = {
            tells: live_body(self._program, row[0], mark if tells else None)
            for tells in {each.tells_position for each in told}
        }
        for each in told:
            each.tell(bodies[each.tells_position], text)

    def fail(self, problem: Problem) -> None:
        """Ends every subscription."""
        for each in tuple(self.subscribers):
            each.outlet.end((problem,))


class QuerySubscriber:
    """One client of a live query; `known` is the digest of the answer that it came back with."""

    __slots__ = ("_group", "_groups", "_member", "is_told", "known", "outlet", "tells_position")

    def __init__(
        self, groups: Groups, group: Group, member: QueryMember, outlet: Outlet, known: bytes, *, tells_position: bool
    ) -> None:
        self._groups = groups
        self._group = group
        self._member = member
        self.outlet = outlet
        self.known = known
        self.tells_position = tells_position
        self.is_told = False
        member.subscribers.add(self)
        group.touch(member)

    def tell(self, body: bytes, digest: bytes) -> None:
        """Gives the answer, unless the client said that it has it."""
        self.is_told = True
        if digest != self.known:
            self.outlet.next(body)
        self.known = b""

    @property
    def token(self) -> str | None:
        """See `Part`: the digest alone, for a live query has no place in the log."""
        return f".{self._member.digest.hex()}" if self.is_told else None

    @property
    def is_settled(self) -> bool:
        """See `Part`."""
        return self._group.is_settled

    def cleared(self) -> None:
        """Nothing waits: the outlet has kept the latest state."""

    def leave(self) -> None:
        """Wants nothing more; the last of a member takes it along."""
        member, group = self._member, self._group
        member.subscribers.discard(self)
        if not member.subscribers and member in group.index.members:
            group.remove(member)
            self._groups.forget(group)


def join_query(
    groups: Groups,
    program: Program,
    plan: LivePlan,
    parameters: Sequence[Any],
    mark: Mark,
    outlet: Outlet,
    known: bytes,
    *,
    tells_position: bool,
) -> QuerySubscriber:
    """Joins the member that has these parameters, a new one where there is none."""
    group, own = groups.of(program, plan, parameters), own_of(plan, parameters)
    member = group.known.get(own)
    if member is None:
        member = group.known[own] = QueryMember(parameters, own, program, mark)
        group.add(member)
    assert isinstance(member, QueryMember)
    return QuerySubscriber(groups, group, member, outlet, known, tells_position=tells_position)
