"""The hub among processes: order, gaps that are noticed, leases, frames, allowances; without a clock that runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from broadcaster import Event

from portico.resolvers.limits import ChannelLimits
from portico.resolvers.live.carried import Rendering, topic_of
from portico.resolvers.live.hub import Hub
from portico.resolvers.live.rates import Rates
from portico.resolvers.live.relay import CHANNEL, Relay
from portico.resolvers.problems import BroadcastUnavailable, ChannelFull
from tests.support.bus import Bus, BusBackend

TOPIC = '["room",{"id":"1"}]'
MESSAGES = Rendering(b"", ((b'{"body":', "body"), (b"", "")))
PRESENT = Rendering(b"", ((b'{"user":', "user_id"), (b',"state":', "state"), (b"", "")))
LIMITS = ChannelLimits(presence_interval_s=0.0, topic_burst=10_000)


class Taker:
    """Takes what it is given."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    def give(self, body: bytes) -> None:
        self.taken.append(json.loads(body.removesuffix(b"}}")))


class Node:
    """One of several processes, with a clock that is set."""

    def __init__(self, bus: Bus) -> None:
        self.now = 0.0
        self.backend: BusBackend = bus.backend()
        self.relay = Relay(self.backend, alive_every_s=1_000)
        self.hub = Hub(LIMITS, self.relay, now=lambda: self.now)
        self.messages, self.present = Taker(), Taker()

    async def join(self) -> None:
        await self.hub.start()
        self.hub.listen(TOPIC, MESSAGES, self.messages)
        self.hub.presence.watch(TOPIC, PRESENT, self.present)

    def shows(self, *users: str) -> bool:
        return [each["user"] for each in self.present.taken[-1]] == list(users)


@asynccontextmanager
async def nodes(count: int) -> AsyncGenerator[list[Node]]:
    bus = Bus()
    found = [Node(bus) for _ in range(count)]
    for node in found:
        await node.join()
    await asyncio.sleep(0.01)
    try:
        yield found
    finally:
        for node in found:
            if node.backend in bus.backends:
                await node.hub.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_messages_come_once_in_order_here_and_there() -> None:
    async def test() -> None:
        async with nodes(3) as (one, two, three):
            await asyncio.gather(*(one.hub.send(TOPIC, "alice", {"body": str(number)}) for number in range(300)))
            await until(lambda: len(two.messages.taken) == len(three.messages.taken) == 300)
            expected = [{"body": str(number)} for number in range(300)]
            assert one.messages.taken == two.messages.taken == three.messages.taken == expected

    run(test())


def test_what_is_sent_at_once_goes_in_few_frames_none_of_which_is_too_long() -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            frames: list[str] = two.backend._bus.frames  # pyright: ignore[reportPrivateUsage]
            before = len(frames)
            await asyncio.gather(*(one.hub.send(TOPIC, "alice", {"body": "é" * 50}) for _ in range(100)))
            sent = frames[before:]
            assert len(sent) < 10
            assert all(len(frame.encode()) < 8_000 for frame in sent)

    run(test())


def test_a_missed_change_is_asked_for_as_soon_as_the_next_shows_the_gap() -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            one.hub.presence.appear(TOPIC, "s1", "alice", {"state": 1})
            one.hub.presence.appear(TOPIC, "s2", "bob", {"state": 1})
            await until(lambda: two.shows("alice", "bob"))
            two.backend.loses = True
            one.hub.presence.vanish(TOPIC, "s1")
            await until(lambda: one.shows("bob"))
            await asyncio.sleep(0.01)
            assert two.shows("alice", "bob")
            two.backend.loses = False
            await one.hub.send(TOPIC, "bob", {"body": "x"})
            await until(lambda: two.shows("bob"))

    run(test())


def test_a_gap_of_nobody_in_particular_makes_everybody_tell_and_ask_again() -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            two.backend.loses = one.backend.loses = True
            one.hub.presence.appear(TOPIC, "s1", "alice", {"state": 1})
            two.hub.presence.appear(TOPIC, "s2", "bob", {"state": 1})
            await until(lambda: one.shows("alice") and two.shows("bob"))
            await asyncio.sleep(0.01)
            two.backend.loses = one.backend.loses = False
            two.backend.put(Event(CHANNEL, ""))
            await until(lambda: one.shows("alice", "bob") and two.shows("alice", "bob"))

    run(test())


def test_who_comes_later_learns_who_is_there() -> None:
    async def test() -> None:
        async with nodes(1) as (one,):
            one.hub.presence.appear(TOPIC, "s1", "alice", {"state": 1})
            two = Node(one.backend._bus)  # pyright: ignore[reportPrivateUsage]
            await two.join()
            await until(lambda: two.shows("alice"))
            await two.hub.close()

    run(test())


def test_of_a_process_that_is_silent_for_too_long_nobody_is_there() -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            one.hub.presence.appear(TOPIC, "s1", "alice", {"state": 1})
            await until(lambda: two.shows("alice"))
            two.now = LIMITS.presence_lease_s
            two.relay.tick()
            await asyncio.sleep(0.01)
            assert two.shows("alice")
            two.now += 0.001
            two.relay.tick()
            await until(lambda: two.shows())

    run(test())


def test_a_process_that_ends_says_so() -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            one.hub.presence.appear(TOPIC, "s1", "alice", {"state": 1})
            await until(lambda: two.shows("alice"))
            await one.hub.close()
            await until(lambda: two.shows())

    run(test())


def test_what_cannot_be_sent_to_others_is_given_to_nobody() -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            one.backend.is_down = True
            with pytest.raises(BroadcastUnavailable):
                await one.hub.send(TOPIC, "alice", {"body": "x"})
            assert one.messages.taken == two.messages.taken == []
            one.backend.is_down = False
            await one.hub.send(TOPIC, "alice", {"body": "y"})
            await until(lambda: len(two.messages.taken) == 1)

    run(test())


@pytest.mark.parametrize(
    "frame",
    ["no JSON", "[]", "1", '{"o":"x"}', '{"o":"x","n":"no","k":"message","t":"","b":{}}', '{"o":"x","n":1,"k":"?","t":"","b":{}}'],
)  # fmt: skip
def test_frames_of_others_that_mean_nothing_are_passed_over(frame: str) -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            two.backend.put(Event(CHANNEL, frame))
            await one.hub.send(TOPIC, "alice", {"body": "x"})
            await until(lambda: len(two.messages.taken) == 1)

    run(test())


@pytest.mark.parametrize(
    ("kind", "body"),
    [("message", {}), ("delta", {}), ("ask", {}), ("update", {}), ("snapshot", {"here": {"s": [1]}}), ("message", {"values": {}, "sender": 1, "at": 1})],
)  # fmt: skip
def test_envelopes_of_another_version_are_passed_over(kind: str, body: Any) -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            frame = json.dumps({"o": "other", "n": 1, "k": kind, "t": TOPIC, "b": body})
            two.backend.put(Event(CHANNEL, frame))
            await one.hub.send(TOPIC, "alice", {"body": "x"})
            await until(lambda: len(two.messages.taken) == 1)

    run(test())


def test_somebody_of_another_model_file_is_left_out_and_the_others_are_shown() -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            one.hub.presence.appear(TOPIC, "s1", "alice", {"other": 1})
            one.hub.presence.appear(TOPIC, "s2", "bob", {"state": 1})
            await until(lambda: two.shows("bob"))

    run(test())


def test_limits_of_presence_count_those_of_other_processes() -> None:
    async def test() -> None:
        async with nodes(2) as (one, two):
            for number in range(LIMITS.presence_members):
                one.hub.presence.appear(TOPIC, f"s{number}", f"user {number}", {"state": number})
            await until(lambda: len(two.present.taken[-1]) == LIMITS.presence_members)
            with pytest.raises(ChannelFull):
                two.hub.presence.appear(TOPIC, "more", "more", {"state": 0})

    run(test())


def test_an_allowance_is_used_up_and_comes_back() -> None:
    now = 0.0
    rates = Rates(2.0, 3, lambda: now)
    assert [rates.take("a") for _ in range(5)] == [True, True, True, False, False]
    assert rates.take("b")
    now = 0.5
    assert [rates.take("a") for _ in range(2)] == [True, False]


def test_allowances_that_are_full_again_are_forgotten() -> None:
    now = 0.0
    rates = Rates(1.0, 2, lambda: now)
    for number in range(10_000):
        rates.take(number)
    now = 10.0
    rates.take("one more")
    assert len(rates) == 1


def test_topics_are_told_apart_by_the_whole_key() -> None:
    names = {
        topic_of(channel, key) for channel in ("room", "rooms") for key in (b'{"a":"b"}', b'{"a":"b\\""}', b'{"ab":""}')
    }
    assert len(names) == 6
    assert all(json.loads(name) for name in names)
