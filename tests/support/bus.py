"""How do tests join processes in one: a backend of broadcaster's protocol over memory, of which frames can be lost."""

from __future__ import annotations

import asyncio
from typing import Any

from broadcaster import BroadcastBackend, Event


class Bus:
    """What the backends of several processes share."""

    def __init__(self) -> None:
        self.backends: list[BusBackend] = []
        self.frames: list[str] = []

    def backend(self) -> BusBackend:
        """One process's end of it."""
        self.backends.append(BusBackend(self))
        return self.backends[-1]


class BusBackend(BroadcastBackend):
    """
    One end.

    loses: frames that are to come here are lost. is_down: what is sent here fails.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._came: asyncio.Queue[Event] = asyncio.Queue()
        self.loses = False
        self.is_down = False

    async def connect(self) -> None:
        pass

    async def disconnect(self) -> None:
        self._bus.backends.remove(self)

    async def subscribe(self, group: str) -> None:
        pass

    async def unsubscribe(self, group: str) -> None:
        pass

    async def publish(self, channel: str, message: Any) -> None:
        if self.is_down:
            raise ConnectionError("down")
        self._bus.frames.append(message)
        for each in self._bus.backends:
            if not each.loses:
                each.put(Event(channel, message))

    def put(self, event: Event) -> None:
        """Something comes here."""
        self._came.put_nowait(event)

    async def next_published(self) -> Event:
        return await self._came.get()
