"""What is a stream: rows once each in the order of a cursor, a batch at a time, as fast as the client takes them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any

from portico.resolvers.live.bodies import live_body
from portico.resolvers.live.group import Group, Member
from portico.resolvers.live.groups import Groups
from portico.resolvers.live.plans import LivePlan
from portico.resolvers.live.ports import Outlet
from portico.resolvers.problems import InvalidCursor
from portico.resolvers.run.changes import Position
from portico.resolvers.sql.live_slots import StreamSlot
from portico.resolvers.sql.program import Program
from portico.schema.problems import Problem

Bind = Callable[[Sequence[Any]], Sequence[Any]]
"""A request's values → the parameters of its program."""


class StreamMember(Member):
    """
    One client of a stream, whose cursor is its own.

    values: of the request; those of the cursor are replaced by the last row's as rows are given.
    """

    __slots__ = (
        "_bind",
        "_group",
        "_groups",
        "_outlet",
        "_plan",
        "_program",
        "_slot",
        "_tells_position",
        "_values",
        "_waits",
        "token",
    )

    def __init__(
        self,
        groups: Groups,
        program: Program,
        plan: LivePlan,
        slot: StreamSlot,
        values: list[Any],
        bind: Bind,
        outlet: Outlet,
        *,
        tells_position: bool,
    ) -> None:
        super().__init__(bind(values))
        self._groups = groups
        self._program = program
        self._plan = plan
        self._slot = slot
        self._values = values
        self._bind = bind
        self._outlet = outlet
        self._tells_position = tells_position
        self._waits = False
        self.token: str | None = None
        self._group: Group = groups.of(program, plan, self.parameters)
        self._group.add(self)

    def settle(self, row: Sequence[Any], position: Position) -> None:
        """Gives a batch and goes on behind it; where there is none, the next change is waited for."""
        texts, cursor = row
        if texts is None:
            return
        if not self._outlet.is_clear:
            self._waits = True  # what is there must not be replaced; these rows are read again
            return
        token = urlsafe_b64encode(cursor)
        self._outlet.next(live_body(self._program, texts, token if self._tells_position else None))
        self.token = token.decode()
        self._slot.go_on(self._values, cursor)
        self._move()
        if self._outlet.is_clear:
            self._group.touch(self)
        else:
            self._waits = True

    def _move(self) -> None:
        """Takes the parameters of the new cursor; where they are shared ones, they are another group's."""
        parameters = self._bind(self._values)
        group = self._groups.of(self._program, self._plan, parameters)
        if group is self._group:
            self.parameters = parameters
            return
        self.leave()
        self.parameters, self._group = parameters, group
        group.add(self)

    @property
    def is_settled(self) -> bool:
        """See `Part`."""
        return self._group.is_settled

    def fail(self, problem: Problem) -> None:
        """Ends the stream."""
        self._outlet.end((problem,))

    def cleared(self) -> None:
        """The batch has gone: the next one."""
        if self._waits:
            self._waits = False
            self._group.touch(self)

    def leave(self) -> None:
        """Wants nothing more."""
        self._group.remove(self)
        self._groups.forget(self._group)


def resumed(values: list[Any], slot: StreamSlot, position: str) -> None:
    """
    Puts the cursor of the last batch that a client has in place of that which it began with.

    It is not signed: a client may begin a stream wherever it likes.

    Raises:
        InvalidCursor: it is no position of this stream.
    """
    try:
        slot.go_on(values, urlsafe_b64decode(position))
    except ValueError:
        raise InvalidCursor("The position is none of this stream.", hint="Send the one of its last answer.") from None
