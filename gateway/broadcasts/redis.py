"""How do messages go through Redis: PUBLISH on one connection, SUBSCRIBE on another, made anew when it breaks."""

from __future__ import annotations

import asyncio
from typing import Any

from broadcaster import BroadcastBackend, Event
from redis.asyncio import Redis
from redis.exceptions import RedisError

# broadcaster's own Redis backend has no bound to its queue, and its listener ends for good with the connection.

_MOST_UNREAD = 10_000
_TIMEOUT_S = 5.0
_LARGEST_PAUSE_S = 5.0


class RedisBackend(BroadcastBackend):
    """
    A backend of broadcaster's protocol.

    An event with an empty message says that some may have been missed: the listening connection was made anew, or
    more came than were taken.
    """

    def __init__(self, url: str) -> None:
        # Half a second more than the longest wait for a message, so that silence is no time-out.
        self._client: Any = Redis.from_url(
            url, socket_timeout=_TIMEOUT_S + 0.5, socket_connect_timeout=_TIMEOUT_S, health_check_interval=10
        )
        self._channels: set[str] = set()
        self._unread: asyncio.Queue[Event] = asyncio.Queue(_MOST_UNREAD)
        self._missed: set[str] = set()
        self._feed: Any = None
        self._task: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Looks whether Redis is there."""
        await self._client.ping()

    async def disconnect(self) -> None:
        """Closes all connections."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._feed is not None:
            await self._feed.aclose()
        await self._client.aclose()

    async def subscribe(self, group: str) -> None:
        """Listens to a channel from now on, also after the connection was made anew."""
        self._channels.add(group)
        if self._feed is None:
            await self._listen()
            self._task = asyncio.create_task(self._keep_listening())
        else:
            await self._feed.subscribe(group)

    async def unsubscribe(self, group: str) -> None:
        """Listens no more."""
        self._channels.discard(group)
        if self._feed is not None:
            await self._feed.unsubscribe(group)

    async def publish(self, channel: str, message: Any) -> None:
        """Sends; raises where it may not have been sent."""
        await self._client.publish(channel, str(message))

    async def next_published(self) -> Event:
        """The next message, in the order in which Redis got them."""
        if self._missed and self._unread.empty():
            return Event(self._missed.pop(), "")
        return await self._unread.get()

    async def _listen(self) -> None:
        feed = self._client.pubsub(ignore_subscribe_messages=True)
        await feed.subscribe(*self._channels)
        self._feed = feed

    async def _keep_listening(self) -> None:
        while True:
            try:
                while True:
                    message = await self._feed.get_message(timeout=_TIMEOUT_S)
                    if message is not None:
                        self._put(Event(message["channel"].decode(), message["data"].decode()))
            except (OSError, RedisError):
                await self._listen_again()

    async def _listen_again(self) -> None:
        pause_s = 0.1
        while True:
            try:
                await self._feed.aclose()
                await self._listen()
                break
            except (OSError, RedisError):
                await asyncio.sleep(pause_s)
                pause_s = min(_LARGEST_PAUSE_S, 2 * pause_s)
        for channel in self._channels:
            self._put(Event(channel, ""))

    def _put(self, event: Event) -> None:
        try:
            self._unread.put_nowait(event)
        except asyncio.QueueFull:
            self._missed.add(event.channel)
