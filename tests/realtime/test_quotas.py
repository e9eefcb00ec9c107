"""What one process, caller, address and socket may have, and where the pages come from that may open sockets."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from portico.gateway.problems import TooManySockets
from portico.gateway.sockets import Client, SocketLimits, Sockets
from portico.gateway.websocket_handshake import address_of
from tests.support.realtime import ADMIN_KEY, WIRES, Realtime, bearer, on_a_loop, serving, until

wires = pytest.mark.parametrize("wire", WIRES)
TOPIC = "subscription { topic }"


async def refusal(server: Realtime, **options: Any) -> tuple[int, str]:
    """Status and code of a handshake that is refused."""
    with pytest.raises(InvalidStatus) as refused:
        async with server.socket(**options):
            pass
    response = refused.value.response
    body = (response.body or b"").decode()
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["x-request-id"]
    return response.status_code, body.partition('"problem":"')[2][:5]


@wires
@on_a_loop
async def test_pages_of_other_origins_may_not_open_sockets(wire: str) -> None:
    async with serving(wire=wire, allowed_origins=("https://app.example",)) as server:
        own = f"http://127.0.0.1:{server.port}"
        for origin in (None, own, f"https://127.0.0.1:{server.port}", "https://app.example"):
            async with server.ready(origin=origin):
                pass
        for origin in (
            "https://evil.example",
            "https://app.example.evil.example",
            "http://app.example",
            "https://app.example:8443",
            f"http://evil.example/?127.0.0.1:{server.port}",
            "http://127.0.0.1",
            "null",
            "http://[",
            "x",
        ):
            assert await refusal(server, origin=origin) == (403, "PT132"), origin
        assert len(server.failures) == 9
    async with serving(wire=wire, allowed_origins=("*",)) as server, server.ready(origin="https://evil.example"):
        pass


@wires
@on_a_loop
async def test_a_process_has_so_many_sockets_and_streams(wire: str) -> None:
    async with serving(SocketLimits(max_sockets=2), wire=wire) as server:
        async with server.ready(), server.events(TOPIC) as stream:
            assert stream.status == 200
            assert await refusal(server) == (429, "PT133")
            async with server.events(TOPIC) as refused:
                assert refused.status == 429
                assert (await refused.body())["errors"][0]["extensions"]["problem"] == "PT133"
        await until(lambda: len(server.sockets) == 0)
        async with server.ready(), server.ready():
            pass


@wires
@on_a_loop
async def test_a_caller_has_so_many_wherever_they_are(wire: str) -> None:
    async with serving(SocketLimits(max_sockets_per_caller=2), wire=wire) as server:
        async with server.ready(bearer()), server.events(TOPIC, headers=bearer()):
            async with server.socket() as third:
                await third.say("connection_init", payload=bearer())
                assert await third.closed() == (4429, "Too many sockets")
            async with server.events(TOPIC, headers=bearer()) as refused:
                assert refused.status == 429
            async with server.ready(bearer(sub="2")) as other, server.ready(), server.ready(), server.ready():
                await other.say("ping", payload=bearer())
                assert await other.closed() == (4429, "Too many sockets")
            async with AsyncExitStack() as stack:
                for _ in range(3):  # who has the admin key and acts for nobody is nobody
                    await stack.enter_async_context(server.ready({"X-Portico-Admin-Key": ADMIN_KEY}))
        await until(lambda: len(server.sockets) == 0)
        async with server.ready(bearer()), server.ready(bearer()):
            pass


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("203.0.113.7", 5000), "203.0.113.7"),
        (("::ffff:203.0.113.7", 5000), "203.0.113.7"),
        (("2001:db8:1:2:3:4:5:6", 5000), "2001:0db8:0001:0002"),
        (("2001:db8:1:2:ffff::1", 5000), "2001:0db8:0001:0002"),
        (("127.0.0.1", 5000), None),
        (("::1", 5000), None),
        (("::ffff:127.0.0.1", 5000), None),
        (("", 0), None),
        (None, None),
    ],
)
def test_addresses_as_they_are_counted(client: Any, address: str | None) -> None:
    assert address_of({"client": client}) == address


def test_an_address_has_so_many() -> None:
    async def never(headers: Any) -> Any:
        raise AssertionError

    sockets = Sockets(SocketLimits(max_sockets_per_address=2), never)
    mine = [Client(sockets, "203.0.113.7", {}) for _ in range(2)]
    for each in mine:
        sockets.admit("203.0.113.7")
        sockets.enter(each)
    with pytest.raises(TooManySockets):
        sockets.admit("203.0.113.7")
    sockets.admit("203.0.113.8")
    sockets.admit(None)
    sockets.leave(mine[0])
    sockets.leave(mine[0])
    sockets.admit("203.0.113.7")


@wires
@on_a_loop
async def test_a_socket_runs_so_many_operations(wire: str) -> None:
    async with serving(SocketLimits(max_operations=2), wire=wire) as server, server.ready() as socket:
        await socket.subscribe(TOPIC, "a")
        await socket.subscribe("{ slow }", "b")
        await socket.subscribe("{ hello }", "c")
        error = await socket.hear()
        assert (error["id"], error["type"], error["payload"][0]["extensions"]["problem"]) == ("c", "error", "PT134")
        await socket.say("complete", id="b")
        await socket.subscribe("{ hello }", "c")
        assert (await socket.hear())["type"] == "next"


@wires
@on_a_loop
async def test_a_socket_is_sent_so_many_messages_a_second(wire: str) -> None:
    async with serving(SocketLimits(messages_per_s=2), wire=wire) as server, server.ready() as socket:
        for _ in range(9):  # five seconds' worth, the first of which was the credentials
            await socket.say("pong")
        server.pass_time(1)
        await socket.say("pong")
        await socket.say("pong")
        assert await asyncio.wait_for(socket.connection.ping(), 10)
        with suppress(ConnectionClosed):
            await socket.say("pong")
            await socket.say("pong")
        assert await socket.closed() == (4429, "Too many messages")


@on_a_loop
async def test_pings_of_the_socket_itself_count_as_well() -> None:
    async with serving(SocketLimits(messages_per_s=2)) as server, server.ready() as socket:
        with suppress(ConnectionClosed):
            for _ in range(20):
                await socket.connection.ping()
        assert await socket.closed() == (4429, "Too many messages")


@wires
@on_a_loop
async def test_messages_are_as_long_as_requests_may_be(wire: str) -> None:
    async with serving(SocketLimits(max_message_bytes=100_000), wire=wire) as server:
        async with server.ready() as socket:
            await socket.subscribe("{ hello }", variables={"x": "x" * 90_000})
            assert (await socket.hear())["type"] == "next"
            await socket.subscribe("{ hello }", "2", variables={"x": "x" * 100_000})
            assert await socket.closed() == (1009, "Message too large")
        async with server.socket() as socket:  # before credentials were given, none are longer
            await socket.say("connection_init", payload={"x": "x" * 70_000})
            assert await socket.closed() == (1009, "Message too large")
