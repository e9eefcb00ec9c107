"""What is a subscription to a channel: a right that is watched, and messages or a list of who is there."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol
from uuid import uuid4

import orjson

from portico.resolvers.live.carried import Rendering, completed, payload_of, topic_of
from portico.resolvers.live.hub import Hub, user_of
from portico.resolvers.live.ports import Outlet, Subscription
from portico.resolvers.problems import ChannelClosed, ReadsOnly
from portico.resolvers.request import LiveRequest
from portico.resolvers.run.execute import Executor, Found
from portico.resolvers.sql.program import ChannelSlot
from portico.schema.caller import Caller
from portico.schema.problems import Problem


class Others(Protocol):
    """Who opens what is no subscription to a channel."""

    async def open(self, request: LiveRequest, outlet: Outlet, found: Found | None = None) -> Subscription | None:
        """See `Operations`. found: what the executor has found of it."""
        ...


class ChannelOperations:
    """
    Opens subscriptions to channels; every other operation is opened by `others`.

    Whoever subscribes to a channel holds a live query for the row that it is of, in which all rules stand: those
    of the row and those of the channel. It is the same document, compiled to the read of that row. When its answer
    becomes null the right is lost, and the subscription ends.

    Args:
        executor: gives the one of now, which a reload replaces.
        others: opens these live queries, too.
    """

    def __init__(self, executor: Callable[[], Executor], hub: Hub, others: Others) -> None:
        self._executor = executor
        self._hub = hub
        self._others = others

    async def open(self, request: LiveRequest, outlet: Outlet) -> Subscription | None:
        """See `Operations`."""
        found = operation, shape, values = self._executor().find(request)
        if operation.kind != "subscription":
            return await self._others.open(request, outlet, found)
        program = operation.program(shape)
        if not program.channels:
            return await self._others.open(request, outlet, found)
        (slot,) = program.channels
        state = None
        if slot.payload is not None:
            if request.caller.reads_only:
                raise ReadsOnly("These credentials tell nobody who is there.", path=f"$.selectionSet.{slot.key}")
            given = {name: read(values) for name, read in slot.payload.items()}
            state = completed(payload_of(slot), given, self._hub.limits.presence_bytes)
        running = _Running(self._hub, slot, state, request.caller, outlet)
        return await running.begin(self._others, request, found)


class _Feed(Protocol):
    def give(self, body: bytes) -> None: ...
    def cleared(self) -> None: ...


class _Running:
    """One subscription: the outlet of its right, and the handle of its transport."""

    def __init__(
        self, hub: Hub, slot: ChannelSlot, state: dict[str, Any] | None, caller: Caller, outlet: Outlet
    ) -> None:
        self._hub = hub
        self._slot = slot
        self._state = state
        self._caller = caller
        self._outlet = outlet
        self._rendering = Rendering.of(slot)
        self._session = uuid4().hex
        self._feed: _Feed = MessageFeed(outlet, hub) if slot.use == "messages" else ListFeed(outlet)
        self._right: Subscription | None = None
        self._topic: str | None = None
        self._first: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._ended = False

    async def begin(self, live: Others, request: LiveRequest, found: Found) -> Subscription | None:
        """
        Waits for the right, and begins.

        Raises:
            ChannelClosed: there is none. Others: as the right's.
        """
        try:
            # Without the position that a client may have sent: nothing is resumed, and the first answer is needed.
            self._right = await live.open(replace(request, position=None), self, found)
            topic = await self._first
            if self._ended:
                return None  # the transport has gone meanwhile
            if self._state is not None:
                self._hub.presence.appear(topic, self._session, user_of(self._caller), self._state)
        except BaseException as error:
            if isinstance(error, Problem) and error.path == "$":
                error.path = f"$.selectionSet.{self._slot.key}"
            self.close()
            raise
        self._topic = topic
        if self._slot.use == "messages":
            self._hub.listen(topic, self._rendering, self._feed)
        else:
            self._hub.presence.watch(topic, self._rendering, self._feed)
        return self

    # ---- the right -----------------------------------------------------------------------------------

    def next(self, body: bytes) -> None:
        """The row of the channel as it is now: its key, or null where it may not be read, or is gone."""
        data = orjson.loads(body).get("data")
        key = None if data is None else data[self._slot.key]
        if key is None:
            self.end([ChannelClosed("You may not be in this channel, or not any more.")])
        elif not self._first.done():
            self._first.set_result(topic_of(self._slot.channel.name, orjson.dumps(key)))

    def end(self, problems: Sequence[Problem] = ()) -> None:
        """The right has ended, and with it the subscription."""
        for problem in problems:
            if problem.path == "$":
                problem.path = f"$.selectionSet.{self._slot.key}"
        if not self._first.done():
            self._first.set_exception(problems[0] if problems else ChannelClosed("The channel is closed."))
            self._first.exception()  # it may be that nobody waits any more
            return
        if not self._ended:
            self._outlet.end(problems)
            self.close()

    @property
    def is_clear(self) -> bool:
        """The right is only looked at."""
        return True

    # ---- the transport's handle ----------------------------------------------------------------------

    def cleared(self) -> None:
        """See `Subscription`."""
        self._feed.cleared()

    def act_as(self, caller: Caller) -> None:
        """See `Subscription`: the right is asked again, and whoever appears does so as the new caller."""
        self._caller = caller
        if self._topic is not None and self._state is not None:
            self._hub.presence.rename(self._topic, self._session, user_of(caller))
        if self._right is not None:
            self._right.act_as(caller)

    def close(self) -> None:
        """See `Subscription`."""
        self._ended = True
        if self._right is not None:
            self._right.close()
        if self._topic is None:
            return
        topic, self._topic = self._topic, None
        if self._slot.use == "messages":
            self._hub.ignore(topic, self._rendering, self._feed)
        else:
            self._hub.presence.ignore(topic, self._rendering, self._feed)
            self._hub.presence.vanish(topic, self._session)


class ListFeed:
    """The list of who is there: the latest replaces what has not been sent."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._last = b""

    def give(self, body: bytes) -> None:
        """See `Watcher`; what is the same is not said again."""
        if body != self._last:
            self._last = body
            self._outlet.next(body)

    def cleared(self) -> None:
        """Nothing waits."""


class MessageFeed:
    """
    Messages, one after another.

    What a slow reader has not taken waits here up to a bound; beyond it the oldest go, and the next that is sent
    says how many: `extensions.portico.dropped`.
    """

    def __init__(self, outlet: Outlet, hub: Hub) -> None:
        self._outlet = outlet
        self._limits = hub.limits
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._dropped = 0

    def give(self, body: bytes) -> None:
        """See `Listener`."""
        if not self._waiting and self._outlet.is_clear:
            self._outlet.next(body)
            return
        self._waiting.append(body)
        self._bytes += len(body)
        while len(self._waiting) > self._limits.unsent_messages or (
            self._bytes > self._limits.unsent_bytes and len(self._waiting) > 1
        ):
            self._bytes -= len(self._waiting.popleft())
            self._dropped += 1

    def cleared(self) -> None:
        """The outlet takes more."""
        while self._waiting and self._outlet.is_clear:
            body = self._waiting.popleft()
            self._bytes -= len(body)
            if self._dropped:
                body = body[:-1] + b',"extensions":{"portico":{"dropped":%d}}}' % self._dropped
                self._dropped = 0
            self._outlet.next(body)
