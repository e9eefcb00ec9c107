"""Where do the answers of one operation on a socket go: the outlet, what waits in it, and the wire behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from portico.gateway.errors import Manner, problems_of
from portico.resolvers.live.ports import Operations, Subscription
from portico.resolvers.request import LiveRequest
from portico.schema.caller import Caller
from portico.schema.problems import Problem


class Wire(Protocol):
    """One websocket's connection, as its session sees it. Nothing of it waits."""

    @property
    def is_writable(self) -> bool:
        """Whether the peer keeps up: what is sent now is not kept behind much else. `Session.writable` is called when it is again."""
        ...

    @property
    def unsent_bytes(self) -> int:
        """How much the peer has not taken yet."""
        ...

    def send(self, *parts: bytes) -> None:
        """One text message."""
        ...

    def ping(self) -> bool:
        """Asks the peer for a sign of life, which is told to `Session.heard`; False where this wire cannot."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Begins to close; nothing is sent or received after it."""
        ...

    def abort(self) -> None:
        """Closes without waiting for the peer."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """
    What is served at a path.

    observe: told of every operation that failed, with the socket's id and the exception.
    """

    operations: Operations
    manner: Manner
    observe: Callable[[bytes, BaseException], None]


class Holder(Protocol):
    """The session of a socket, as its operations see it."""

    endpoint: Endpoint
    identifier: bytes
    caller: Caller | None
    wire: Wire

    def send(self, id: str, body: bytes) -> None:
        """Sends a response of an operation."""
        ...

    def waits(self, outlet: SocketOutlet) -> None:
        """Has an outlet flushed when its turn comes."""
        ...

    def holds(self, more_bytes: int, body_bytes: int = 0) -> None:
        """Counts what waits, and how long the longest of it is."""
        ...

    def ended(self, id: str, problems: Sequence[Problem]) -> None:
        """An operation ended by itself."""
        ...

    def settled(self) -> None:
        """An operation is open, or was answered."""
        ...


class SocketOutlet:
    """One operation of a socket, and the outlet of its answers. Its session is None once it has ended."""

    __slots__ = ("_body", "_is_owed", "_is_renewed", "_session", "_work", "id")

    def __init__(self, session: Holder, id: str) -> None:
        self.id = id
        self._session: Holder | None = session
        self._body: bytes | None = None  # the one that waits until the peer keeps up
        self._is_owed = False  # `cleared`, for what was not clear
        self._is_renewed = False  # other credentials were taken while it was being opened
        self._work: asyncio.Task[None] | Subscription | None = None

    # ---- Outlet --------------------------------------------------------------------------------------

    def next(self, body: bytes) -> None:
        """Sends a response, or keeps it in the place of one before."""
        session = self._session
        if session is None:
            return
        if session.wire.is_writable:
            session.send(self.id, body)
        else:
            self._is_owed = True
            held, self._body = self._body, body
            if held is None:
                session.waits(self)
            session.holds(len(body) - (len(held) if held else 0), len(body))

    def end(self, problems: Sequence[Problem] = ()) -> None:
        """The last message, or the errors."""
        session = self._session
        if session is None:
            return
        self._is_owed = False
        self.flush()
        self._session = None
        session.ended(self.id, problems)

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits."""
        return self._body is None

    # ---- Session -------------------------------------------------------------------------------------

    def begin(self, request: LiveRequest) -> None:
        """Starts it."""
        self._work = asyncio.create_task(self._open(request))

    @property
    def is_opening(self) -> bool:
        """Whether it is not open yet; a query or mutation never is, but ends."""
        return isinstance(self._work, asyncio.Task)

    async def _open(self, request: LiveRequest) -> None:
        session = self._session
        assert session is not None
        try:
            self._opened(await session.endpoint.operations.open(request, self))
        except Exception as error:
            session.endpoint.observe(session.identifier, error)
            self.end(problems_of(error))
        session.settled()

    def _opened(self, subscription: Subscription | None) -> None:
        session = self._session
        if subscription is None:
            self.end()  # where it was not ended
        elif session is None:
            subscription.close()
        else:
            self._work = subscription
            if self._is_renewed and session.caller is not None:
                subscription.act_as(session.caller)
            self._tell_cleared()

    def flush(self) -> bool:
        """Sends what waits; whether something did."""
        session, body = self._session, self._body
        if session is None or body is None:
            return False
        self._body = None
        session.holds(-len(body))
        session.send(self.id, body)
        self._tell_cleared()
        return True

    def _tell_cleared(self) -> None:
        work = self._work
        if self._is_owed and self._body is None and work is not None and not isinstance(work, asyncio.Task):
            self._is_owed = False
            work.cleared()

    def act_as(self, caller: Caller) -> None:
        """Goes on under other credentials; one that is being opened is told afterwards."""
        if isinstance(self._work, asyncio.Task):
            self._is_renewed = True
        elif self._work is not None:
            self._work.act_as(caller)

    def drop(self) -> None:
        """Ends it without a word."""
        self._session = self._body = None
        work, self._work = self._work, None
        if isinstance(work, asyncio.Task):
            work.cancel()
        elif work is not None:
            work.close()
