"""The end of a process: everything that is open is ended one after the other, running queries and mutations first."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.realtime import WIRES, Realtime, on_a_loop, serving, until

wires = pytest.mark.parametrize("wire", WIRES)
TOPIC = "subscription { topic }"
RESTART = (1012, "Service restart")


@wires
@on_a_loop
async def test_all_are_told_to_come_back_and_nothing_new_is_opened(wire: str) -> None:
    async with serving(wire=wire) as server, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(server.ready()) for _ in range(20)]
        stream = await stack.enter_async_context(server.events(TOPIC))
        await sockets[0].subscribe(TOPIC)
        topics = await until(lambda: len(server.numbers.topics) == 2 and list(server.numbers.topics))
        server.sockets.drain(0.2)
        with pytest.raises(InvalidStatus) as refused:
            async with server.socket():
                pass
        assert refused.value.response.status_code == 503
        async with server.events(TOPIC) as late:
            assert (late.status, late.headers["retry-after"]) == (503, "1")
        assert await asyncio.gather(*(socket.closed() for socket in sockets)) == [RESTART] * 20
        assert "retry" in (await stream.next()).fields
        assert await stream.is_over()
        await until(lambda: len(server.sockets) == 0)
        assert [topic.told[-1] for topic in topics] == ["close"] * 2


@on_a_loop
async def test_the_server_itself_ends_sockets_when_nobody_did() -> None:
    async with serving() as server, server.ready() as socket:
        server.uvicorn.should_exit = True
        assert await socket.closed() == RESTART


@on_a_loop
async def test_what_is_running_is_answered_first() -> None:
    async with serving() as server, server.ready() as socket:
        stream = asyncio.create_task(_answers(server))
        await socket.subscribe("mutation { slow }", "m")
        await socket.subscribe(TOPIC, "s")
        await until(lambda: len(server.numbers.opened) == 3)
        server.sockets.drain(0)
        await asyncio.sleep(0)
        await socket.subscribe("{ hello }", "late")
        error = await socket.hear()
        assert (error["id"], error["payload"][0]["extensions"]["problem"]) == ("late", "PT136")
        server.numbers.go.set()
        assert [(await socket.hear())["type"] for _ in range(2)] == ["next", "complete"]
        assert await socket.closed() == RESTART
        assert await stream == ["next", "complete"]


async def _answers(server: Realtime) -> list[str | None]:
    async with server.events("mutation { slow }") as stream:
        return [(await stream.next()).event for _ in range(2)]
