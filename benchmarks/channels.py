"""What does a message over a channel cost: fanned out in one process, beside `Broadcast` of broadcaster, and carried to another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import orjson
from broadcaster import Broadcast, BroadcastBackend, Event

from portico.gateway.broadcasts.postgres import PostgresBackend
from portico.resolvers.limits import ChannelLimits
from portico.resolvers.live.carried import Rendering
from portico.resolvers.live.channels import MessageFeed
from portico.resolvers.live.hub import Hub
from portico.resolvers.live.relay import Relay
from portico.schema.problems import Problem
from tests.support.postgres import fresh_database, postgres_server

_TOPIC = '["room",{"id":"1"}]'
_LIMITS = ChannelLimits(topic_burst=10_000_000, topic_messages_per_s=10_000_000)
_RENDERING = Rendering(b'{"data":{"roomMessages":', ((b'{"body":', "body"), (b',"senderId":', "sender_id"), (b"", "")))
_VALUES = {"body": "x" * 100}


class _Outlet:
    """Takes everything at once."""

    def __init__(self) -> None:
        self.count = 0
        self.is_clear = True

    def next(self, body: bytes) -> None:
        self.count += 1

    def end(self, problems: Sequence[Problem] = ()) -> None:
        pass


class _Memory(BroadcastBackend):
    """broadcaster's own memory backend, which is not public."""

    def __init__(self) -> None:
        self._published: asyncio.Queue[Event] = asyncio.Queue()

    async def connect(self) -> None:
        pass

    async def disconnect(self) -> None:
        pass

    async def subscribe(self, group: str) -> None:
        pass

    async def unsubscribe(self, group: str) -> None:
        pass

    async def publish(self, channel: str, message: object) -> None:
        await self._published.put(Event(channel, str(message)))

    async def next_published(self) -> Event:
        return await self._published.get()


async def hub_deliveries(subscribers: int, messages: int) -> float:
    """Microseconds of CPU for each delivery by our hub, the making of the answer included."""
    hub = Hub(_LIMITS)
    outlets = [_Outlet() for _ in range(subscribers)]
    for outlet in outlets:
        hub.listen(_TOPIC, _RENDERING, MessageFeed(outlet, hub))
    began = time.process_time()
    for _ in range(messages):
        await hub.send(_TOPIC, "alice", _VALUES)
    spent = time.process_time() - began
    assert sum(outlet.count for outlet in outlets) == subscribers * messages
    return spent / (subscribers * messages) * 1e6


async def broadcaster_deliveries(subscribers: int, messages: int) -> float:
    """The same by `Broadcast`, without making an answer of it."""
    text = orjson.dumps({"values": _VALUES, "sender": "alice"}).decode()
    ready = 0

    async def listen(broadcast: Broadcast) -> None:
        nonlocal ready
        async with broadcast.subscribe(_TOPIC) as subscriber:
            ready += 1
            for _ in range(messages):
                await subscriber.get()

    async with Broadcast(backend=_Memory()) as broadcast:
        tasks: list[asyncio.Task[None]] = []
        for _ in range(subscribers):
            tasks.append(asyncio.create_task(listen(broadcast)))
            await asyncio.sleep(0)  # those that come at once lose each other
        while ready < subscribers:
            await asyncio.sleep(0.01)
        began = time.process_time()
        for _ in range(messages):
            await broadcast.publish(_TOPIC, text)
        await asyncio.gather(*tasks)
        return (time.process_time() - began) / (subscribers * messages) * 1e6


async def across(url: str, messages: int) -> tuple[float, float]:
    """(messages a second, milliseconds that one alone takes) from one hub to another over Postgres."""
    hubs = [Hub(_LIMITS, Relay(PostgresBackend(url))) for _ in range(2)]
    for hub in hubs:
        await hub.start()
    outlet = _Outlet()
    hubs[1].listen(_TOPIC, _RENDERING, MessageFeed(outlet, hubs[1]))

    async def until(count: int) -> None:
        while outlet.count < count:
            await asyncio.sleep(0)

    began = time.perf_counter()
    for number in range(100):
        await hubs[0].send(_TOPIC, "alice", _VALUES)
        await until(number + 1)
    alone_ms = (time.perf_counter() - began) / 100 * 1000
    began = time.perf_counter()
    # 100 senders at a time, as in so many requests.
    for first in range(0, messages, 100):
        await asyncio.gather(*(hubs[0].send(_TOPIC, "alice", _VALUES) for _ in range(min(100, messages - first))))
    await until(100 + messages)
    per_s = messages / (time.perf_counter() - began)
    for hub in hubs:
        await hub.close()
    return per_s, alone_ms


def main() -> None:
    """Prints the numbers."""
    rows: list[tuple[str, str]] = []
    for subscribers in (1, 100, 5_000):
        messages = 200_000 // subscribers
        ours, theirs = (
            min(asyncio.run(each(subscribers, messages)) for _ in range(3))
            for each in (hub_deliveries, broadcaster_deliveries)
        )
        rows.append(
            (f"{subscribers:,} subscribers", f"{ours:.2f} µs a delivery ({1e6 / ours:,.0f}/s); Broadcast {theirs:.2f}")
        )
    with postgres_server() as server, fresh_database(server) as url:
        per_s, alone_ms = asyncio.run(across(url, 20_000))
    rows.append(("to another process over Postgres", f"{per_s:,.0f}/s; one alone {alone_ms:.2f} ms"))
    for name, value in rows:
        print(f"{name:34} {value}")


if __name__ == "__main__":
    main()
