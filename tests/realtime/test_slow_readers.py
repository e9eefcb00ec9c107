"""Clients that do not read: the latest state waits for them, not all states, and one that takes nothing is let go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from portico.gateway.sockets import SocketLimits
from tests.support.numbers import Topic, answer
from tests.support.realtime import WIRES, Realtime, Socket, on_a_loop, serving, until

wires = pytest.mark.parametrize("wire", WIRES)
TOPIC = "subscription { topic }"
LONG = "x" * 200_000


@asynccontextmanager
async def asleep(server: Realtime, count: int = 1) -> AsyncGenerator[tuple[Socket, list[Topic]]]:
    """A socket with subscriptions whose client has stopped to read, so that something waits for it."""
    async with server.ready(max_queue=1) as socket:
        for number in range(count):
            await socket.subscribe(TOPIC, str(number))
        await until(lambda: len(server.numbers.topics) == count)
        socket.connection.transport.pause_reading()
        number = 0
        while all(topic.outlet.is_clear for topic in server.numbers.topics):
            server.numbers.publish(answer({"n": number, "long": LONG}))
            number += 1
            await asyncio.sleep(0)
            assert number < 500
        yield socket, list(server.numbers.topics)
        socket.connection.transport.resume_reading()


async def last(socket: Socket, wanted: Any) -> int:
    """How many answers come until the one that is wanted."""
    for count in range(1, 1000):
        if (await socket.hear())["payload"]["data"].get("n") == wanted:
            return count
    raise AssertionError("it never came")


@wires
@on_a_loop
async def test_the_latest_state_takes_the_place_of_those_that_were_not_sent(wire: str) -> None:
    async with serving(wire=wire) as server, asleep(server) as (socket, (topic,)):
        for number in range(1000, 2000):
            topic.outlet.next(answer({"n": number, "long": LONG}))
        assert not topic.outlet.is_clear
        assert "cleared" not in topic.told[-1:]
        socket.connection.transport.resume_reading()
        assert await last(socket, 1999) < 500
        await until(lambda: topic.told[-1:] == ["cleared"])
        assert topic.outlet.is_clear
        topic.outlet.next(answer({"n": 1}))
        assert await last(socket, 1) == 1


@wires
@on_a_loop
async def test_what_must_not_be_replaced_waits_for_its_reader(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready(max_queue=1) as socket:
        socket.connection.transport.pause_reading()
        await socket.subscribe("subscription { count }", variables={"to": 200_000})
        await until(lambda: server.numbers.opened)
        for _ in range(50):
            await asyncio.sleep(0)
        socket.connection.transport.resume_reading()
        heard = [(await socket.hear())["payload"]["data"]["count"] for _ in range(20_000)]
        assert heard == list(range(1, 20_001))
        socket.connection.transport.abort()  # a close would wait for all that comes before it


@on_a_loop
async def test_those_that_have_waited_longest_are_sent_first() -> None:
    async with serving(SocketLimits(max_unsent_bytes=100_000_000)) as server, asleep(server, 3) as (socket, topics):
        for topic in topics:
            topic.outlet.next(answer({"long": LONG, "n": "first"}))
        heard: set[str] = set()
        while len(heard) < 3:  # though the first has something new each time
            socket.connection.transport.resume_reading()
            message = await socket.hear()
            if message["payload"]["data"]["n"] == "first":
                heard.add(message["id"])
            topics[0].outlet.next(answer({"long": LONG, "n": "first"}))


@wires
@on_a_loop
async def test_a_client_that_takes_nothing_is_let_go(wire: str) -> None:
    async with serving(wire=wire) as server, asleep(server) as (socket, (topic,)):
        await asyncio.sleep(0.05)
        server.pass_time(29)
        assert topic.told[-1:] != ["close"]
        server.pass_time(2)
        assert topic.told[-1:] == ["close"]
        socket.connection.transport.resume_reading()
        assert await socket.closed() == (4410, "Too slow")


@on_a_loop
async def test_a_client_that_takes_a_little_is_not() -> None:
    async with serving() as server, asleep(server) as (socket, (topic,)):
        server.pass_time(20)
        socket.connection.transport.resume_reading()
        while not topic.outlet.is_clear:
            await socket.hear()
        server.pass_time(20)
        assert topic.told[-1:] == ["cleared"]


@on_a_loop
async def test_a_client_that_does_not_even_close_is_cut() -> None:
    async with serving() as server, asleep(server) as (_, (topic,)):
        server.pass_time(31)
        assert topic.told[-1:] == ["close"]
        assert len(server.sockets) == 1
        server.pass_time(6)
        await until(lambda: len(server.sockets) == 0)


@wires
@on_a_loop
async def test_so_much_may_wait_for_a_client(wire: str) -> None:
    limits = SocketLimits(max_unsent_bytes=1_000_000)
    async with serving(limits, wire=wire) as server, asleep(server, 3) as (socket, topics):
        long = b'{"data":"' + b"x" * 5_000_000 + b'"}'
        for topic in topics[:2]:  # answers are as long as they are
            topic.outlet.next(long)
        assert ["close"] not in [topic.told[-1:] for topic in topics]
        topics[2].outlet.next(long)
        assert [topic.told[-1:] for topic in topics] == [["close"]] * 3
        socket.connection.transport.resume_reading()
        assert await socket.closed() == (4410, "Too slow")


@on_a_loop
async def test_answers_to_a_client_that_only_asks_do_not_pile_up() -> None:
    limits = SocketLimits(max_unsent_bytes=100_000, messages_per_s=100_000)
    async with serving(limits) as server, asleep(server) as (socket, _):
        for _ in range(80):
            await socket.say("ping", payload={"x": "x" * 10_000})
        await until(lambda: not server.numbers.topics)
        socket.connection.transport.resume_reading()
        assert (await socket.closed())[0] == 4410


@on_a_loop
async def test_a_client_that_gives_no_sign_of_life_is_let_go() -> None:
    async with serving() as server, server.ready() as socket, server.ready() as other:
        socket.connection.transport.pause_reading()
        server.pass_time(31)
        await asyncio.sleep(0.05)
        await other.is_silent()
        server.pass_time(31)
        assert await other.is_silent()
        socket.connection.transport.resume_reading()
        assert await socket.closed() == (4410, "No sign of life")


@on_a_loop
async def test_large_answers_are_whole() -> None:
    async with serving() as server, server.ready() as socket:
        for size in (1, 100, 126, 8_100, 8_192, 65_500, 65_536, 1_000_000):
            await socket.subscribe("{ big }", variables={"bytes": size})
            assert (await socket.hear())["payload"] == {"data": {"big": "x" * size}}
            await socket.hear()
