"""How is a case asked over websockets: its project served on a port of its own, its steps said as the clients of either protocol do."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from portico.gateway.app import Gateway
from portico.gateway.one_write import HttpProtocol
from portico.gateway.websocket_wire import WebSocketProtocol
from tests.conformance.hasura_cases import Case, difference, same_error, steps_of
from tests.support.server import free_port

SUBPROTOCOLS = ("graphql-transport-ws", "graphql-ws")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "graphql-transport-ws": {"begin": "subscribe", "next": "next", "end": "complete"},
    "graphql-ws": {"begin": "start", "next": "data", "end": "stop"},
}
_TIMEOUT_S = 10.0


@asynccontextmanager
async def served(gateway: Gateway) -> AsyncGenerator[int]:
    """The port on which an application is served."""
    port = free_port()
    config = uvicorn.Config(
        gateway, port=port, ws=WebSocketProtocol, http=HttpProtocol, lifespan="on", log_level="warning"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            assert not task.done(), "the server did not start"
            await asyncio.sleep(0.005)
        yield port
    finally:
        server.should_exit = True
        await task


class Client:
    """A client of one protocol; answers are handed out by the id of their operation."""

    def __init__(self, connection: ClientConnection, words: Mapping[str, str]) -> None:
        self._connection = connection
        self._words = words
        self._waiting: dict[str, list[Any]] = {}

    async def begin(self, id: str, payload: Mapping[str, Any]) -> None:
        """Starts an operation."""
        await self._say(self._words["begin"], id=id, payload=payload)

    async def end(self, id: str) -> None:
        """Wants no more of it."""
        await self._say(self._words["end"], id=id)

    async def answer(self, id: str) -> Any:
        """
        The next answer of an operation; an error message counts as one.

        Raises:
            TimeoutError: there is none.
            AssertionError: the operation, or the socket, ended instead.
        """
        waiting = self._waiting.setdefault(id, [])
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                while not waiting:
                    self._heard(json.loads(await self._connection.recv()))
        except ConnectionClosed:
            raise AssertionError(f"closed: {self._connection.close_code} {self._connection.close_reason}") from None
        found = waiting.pop(0)
        assert found is not None, "the operation ended"
        return found

    def _heard(self, message: Mapping[str, Any]) -> None:
        kind, payload = message["type"], message.get("payload")
        if kind == self._words["next"]:
            self._waiting.setdefault(message["id"], []).append(payload)
        elif kind == "error":
            errors = payload if isinstance(payload, list) else [payload]
            self._waiting.setdefault(message["id"], []).append({"errors": errors})
        elif kind == "complete":
            self._waiting.setdefault(message["id"], []).append(None)
        else:
            assert kind in ("ka", "ping", "pong"), message

    async def _say(self, type: str, **members: Any) -> None:
        await self._connection.send(json.dumps({"type": type, **members}))


@asynccontextmanager
async def client(port: int, url: str, subprotocol: str, headers: Mapping[str, Any]) -> AsyncGenerator[Client]:
    """A client whose credentials were taken."""
    async with connect(
        f"ws://127.0.0.1:{port}{url}", subprotocols=[Subprotocol(subprotocol)], max_size=None, compression=None
    ) as connection:
        await connection.send(json.dumps({"type": "connection_init", "payload": {"headers": headers}}))
        first = json.loads(await asyncio.wait_for(connection.recv(), _TIMEOUT_S))
        assert first == {"type": "connection_ack"}, first
        yield Client(connection, _WORDS[subprotocol])


async def ask_subscriptions(
    case: Case, port: int, subprotocol: str, credentials: Mapping[str, str]
) -> tuple[str | None, bool]:
    """Runs a case of kind `subscription`; (why it failed, whether errors were equal to the letter)."""
    first = next(step for step in steps_of(case) if "request" in step)["request"]
    queries: dict[str, Mapping[str, Any]] = {}
    is_same = True
    headers = {**credentials, **first.get("headers", {})}
    async with client(port, first["url"], subprotocol, headers) as socket:
        for number, step in enumerate(steps_of(case)):
            do = step.get("do", "ask")
            name = step.get("id", f"step {number}")
            if do == "unsubscribe":
                await socket.end(name)
                continue
            if do in ("subscribe", "ask"):
                queries[name] = step["request"]
                await socket.begin(name, step["request"]["query"])
            if do in ("event", "ask"):
                answer = await socket.answer(name)
                expected = {name: value for name, value in step["response"].items() if name != "status"}
                if (found := difference(queries[name], expected, 0, answer)) is not None:
                    return f"{subprotocol}, step {number}: {found}", False
                is_same = is_same and same_error(expected, answer)
    return None, is_same


async def ask_by_socket(
    port: int, request: Mapping[str, Any], subprotocol: str, credentials: Mapping[str, str], *, subscribes: bool
) -> Any:
    """The first answer to a request that is otherwise sent by HTTP."""
    headers = {**credentials, **request.get("headers", {})}
    payload = request["query"]
    if subscribes:
        payload = {**payload, "query": as_subscription(payload["query"])}
    async with client(port, request["url"], subprotocol, headers) as socket:
        await socket.begin("1", payload)
        return await socket.answer("1")


def as_subscription(document: str) -> str:
    """
    A query as a subscription: README of the cases, "Transports".

    Without the directive by which Hasura takes several root fields, which is not known here: GraphQL allows one.
    """
    return re.sub(r"\A(\s*)(query\b|(?=\{))", r"\1subscription ", document, count=1)
