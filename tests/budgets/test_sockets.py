"""What open sockets cost, in counts: no task, no timer and no copy of a body for each of them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from portico.gateway.websocket_frames import text_head
from portico.gateway.websocket_wire import WebSocketProtocol
from tests.support.numbers import answer
from tests.support.realtime import on_a_loop, serving, until

TOPIC = "subscription { topic }"


@on_a_loop
async def test_an_open_subscription_has_no_task_of_the_servers() -> None:
    async with serving() as server, AsyncExitStack() as stack:
        for number in range(20):
            socket = await stack.enter_async_context(server.ready())
            await socket.subscribe(TOPIC, str(number))
        await until(lambda: len(server.numbers.topics) == 20)
        server.numbers.publish(answer({"a": 1}))
        owners = [_owner(task) for task in asyncio.all_tasks()]
        assert owners.count("uvicorn") == 1  # the server itself
        assert owners.count("portico") == 2  # the sweeps over all sockets, and over all requests


def _owner(task: asyncio.Task[Any]) -> str:
    coroutine: Any = task.get_coro()
    path = coroutine.cr_code.co_filename
    return next((name for name in ("uvicorn", "portico", "websockets") if f"/{name}/" in path), "")


class Recording:
    """A transport that remembers the objects it was given."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def writelines(self, parts: Any) -> None:
        self.written += parts


class Config:
    """What a protocol looks at before the handshake."""

    connections: set[Any] = set()  # noqa: RUF012


def test_a_long_body_is_the_same_object_for_every_socket_and_a_short_one_is_one_write() -> None:
    body = b"x" * 20_000
    transports = [Recording() for _ in range(3)]
    for transport in transports:
        protocol = WebSocketProtocol(None, Config(), {})
        protocol.connection_made(transport)
        protocol.send(b"before", body, b"after")
        protocol.send(b"before", b"short", b"after")
    for transport in transports:
        assert transport.written[2] is body
        assert b"".join(transport.written[:4]) == text_head(20_011) + b"before" + body + b"after"
        assert transport.written[4:] == [text_head(16) + b"beforeshortafter"]
