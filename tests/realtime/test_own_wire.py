"""Our own server protocol by raw bytes: handshakes, frames in pieces, and clients that break the protocol or go away."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest
from websockets.frames import Frame, Opcode

from portico.gateway.websocket_frames import close_code
from tests.support.realtime import Realtime, on_a_loop, serving, until

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
HEADERS = {
    "host": "localhost",
    "upgrade": "websocket",
    "connection": "keep-alive, Upgrade",
    "sec-websocket-key": KEY,
    "sec-websocket-version": "13",
    "sec-websocket-protocol": "mqtt, graphql-transport-ws",
}
INIT = Frame(Opcode.TEXT, b'{"type":"connection_init"}').serialize(mask=True)
ACK = b'\x81\x19{"type":"connection_ack"}'
PING = Frame(Opcode.TEXT, b'{"type":"ping"}').serialize(mask=True)
PONG = b'\x81\x0f{"type":"pong"}'


class Raw:
    """A connection by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def head(self) -> tuple[int, dict[str, str]]:
        text = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        first, *lines = text.decode().split("\r\n")
        return int(first.split(" ")[1]), {
            name.lower(): value for name, _, value in (each.partition(": ") for each in lines)
        }

    async def exactly(self, data: bytes) -> None:
        assert await asyncio.wait_for(self.reader.readexactly(len(data)), 10) == data

    async def closed(self) -> int:
        """The code of the close frame that is next, after which nothing comes."""
        head = await asyncio.wait_for(self.reader.readexactly(2), 10)
        assert head[0] == 0x88
        code = close_code(await self.reader.readexactly(head[1]))
        self.writer.write(Frame(Opcode.CLOSE, b"").serialize(mask=True))
        return code


async def asked(server: Realtime, *, more: bytes = b"", method: str = "GET", **headers: str | None) -> Raw:
    raw = Raw(*await asyncio.open_connection("127.0.0.1", server.port))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in {**HEADERS, **named}.items() if value is not None]
    raw.writer.write("\r\n".join([f"{method} /graphql HTTP/1.1", *lines, "", ""]).encode() + more)
    return raw


async def opened(server: Realtime) -> Raw:
    raw = await asked(server)
    assert (await raw.head())[0] == 101
    return raw


@on_a_loop
async def test_the_handshake_of_the_specification() -> None:
    async with serving() as server:
        raw = await asked(server)
        status, headers = await raw.head()
        assert status == 101
        assert headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        assert headers["sec-websocket-protocol"] == "graphql-transport-ws"
        assert headers["x-request-id"]
        raw.writer.close()


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (426, {"sec_websocket_version": "8"}),
        (426, {"sec_websocket_version": None}),
        (400, {"sec_websocket_key": None}),
        (400, {"sec_websocket_key": "dG9vIHNob3J0"}),
        (400, {"sec_websocket_key": "not base64!"}),
        (400, {"method": "POST"}),
        (403, {"origin": "https://evil.example"}),
    ],
)
@on_a_loop
async def test_handshakes_that_are_none(status: int, headers: dict[str, Any]) -> None:
    async with serving() as server:
        raw = await asked(server, **headers)
        found, said = await raw.head()
        assert found == status
        assert said["connection"] == "close"
        assert status != 426 or said["sec-websocket-version"] == "13"
        assert len(await raw.reader.read()) == int(said["content-length"])
        assert not server.sockets.clients
        raw.writer.close()


@on_a_loop
async def test_frames_in_single_bytes_and_several_at_once() -> None:
    async with serving() as server:
        raw = await opened(server)
        for each in INIT:
            raw.writer.write(bytes((each,)))
            await asyncio.sleep(0)
        await raw.exactly(ACK)
        raw.writer.write(PING * 3 + Frame(Opcode.PING, b"p").serialize(mask=True) + PING[:7])
        await raw.exactly(PONG * 3 + b"\x8a\x01p")
        raw.writer.write(PING[7:])
        await raw.exactly(PONG)
        raw.writer.close()
        await until(lambda: not server.sockets.clients)


@on_a_loop
async def test_frames_right_after_the_first_answer_are_not_lost() -> None:
    async with serving() as server:
        raw = await asked(server)
        assert (await raw.head())[0] == 101
        raw.writer.write(INIT + PING)
        text = await asyncio.wait_for(raw.reader.readexactly(len(ACK) + len(PONG)), 10)
        assert ACK in text
        assert PONG in text
        raw.writer.close()


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (1002, b"\x81\x01x"),
        (1002, b"\xf1\x80\0\0\0\0"),
        (1002, Frame(Opcode.CONT, b"x").serialize(mask=True)),
        (1007, Frame(Opcode.TEXT, b"\xff").serialize(mask=True)),
        (1009, b"\x81\xff\0\0\0\0\x7f\xff\xff\xff"),
        (1002, Frame(Opcode.CLOSE, b"\x03").serialize(mask=True)),
        (4400, Frame(Opcode.BINARY, b"{}").serialize(mask=True)),
    ],
    ids=count(),  # masks differ from process to process, and names must not
)
@on_a_loop
async def test_clients_that_break_the_protocol(code: int, data: bytes) -> None:
    async with serving() as server:
        raw = await opened(server)
        raw.writer.write(data + PING)
        assert await raw.closed() == code
        raw.writer.write(b"\xff" * 100_000)
        raw.writer.close()
        await until(lambda: not server.sockets.clients)
        assert not server.failures


@on_a_loop
async def test_a_close_is_answered_with_its_code_and_the_connection_closed() -> None:
    async with serving() as server:
        for payload in (b"", b"\x03\xe8", b"\x0f\xa0bye"):
            raw = await opened(server)
            raw.writer.write(Frame(Opcode.CLOSE, payload).serialize(mask=True))
            await raw.exactly(b"\x88" + bytes((len(payload[:2]),)) + payload[:2])
            assert await asyncio.wait_for(raw.reader.read(), 10) == b""
            raw.writer.close()
        await until(lambda: not server.sockets.clients)


@on_a_loop
async def test_clients_that_go_away_in_every_moment_leave_nothing() -> None:
    async with serving() as server:
        for wait in range(12):
            raw = await asked(server)
            for _ in range(wait):
                await asyncio.sleep(0)
            raw.writer.transport.abort()
        await asyncio.sleep(0.05)
        await until(lambda: not server.sockets.clients)


@on_a_loop
async def test_a_client_that_does_not_answer_a_close_is_cut() -> None:
    async with serving() as server:
        raw = await opened(server)
        await until(lambda: server.sockets.clients)
        server.pass_time(11)
        head = await raw.reader.readexactly(2)
        assert head[0] == 0x88
        server.pass_time(6)
        await until(lambda: not server.sockets.clients)
        raw.writer.close()


@on_a_loop
async def test_a_socket_that_was_refused_ends_when_its_client_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portico.gateway.websocket_wire.LINGER_S", 1_000)
    async with serving() as server:
        raw = await asked(server, sec_websocket_protocol="mqtt")
        assert (await raw.head())[0] == 101
        raw.writer.write(PING)
        assert await raw.closed() == 4406
        assert await asyncio.wait_for(raw.reader.read(), 10) == b""
        raw.writer.close()
