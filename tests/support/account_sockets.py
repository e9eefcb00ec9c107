"""How do tests of accounts keep something open: a websocket or an event stream of one subscription, by ASGI in this process."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from tests.support.accounts import ADDRESS, AccountServer

WIRES = ("websocket", "event stream")
_PATIENCE_S = 5.0


class Open:
    """
    A subscription that is open.

    answers: what it was sent, as GraphQL's answers. ending: how it ended, once it has: the close of a websocket, or the problem that an event stream ends with.
    """

    def __init__(self, server: AccountServer, wire: str, document: str, token: str) -> None:
        self._server = server
        self.answers: list[Any] = []
        self.ending: Any = None
        self._incoming: asyncio.Queue[Any] = asyncio.Queue()
        self._text = ""
        say = self._websocket if wire == "websocket" else self._event_stream
        self._life = server.loop.create_task(say(document, token))

    def until(self, holds: Callable[[], Any]) -> float:
        """Seconds until something is so."""
        began = time.monotonic()
        while time.monotonic() - began < _PATIENCE_S:
            if holds():
                return time.monotonic() - began
            self._server.run(asyncio.sleep(0.005))
        raise AssertionError((self.answers, self.ending))

    def until_ended(self) -> float:
        """Seconds until it has ended."""
        return self.until(lambda: self.ending is not None)

    def close(self) -> None:
        """Goes away."""
        self._life.cancel()
        self._server.run(self._gone())

    async def _gone(self) -> None:
        await asyncio.gather(self._life, return_exceptions=True)

    async def _websocket(self, document: str, token: str) -> None:
        init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
        subscribe = {"type": "subscribe", "id": "1", "payload": {"query": document}}
        self._incoming.put_nowait({"type": "websocket.connect"})
        self._incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(init)})

        async def send(message: Any) -> None:
            if message["type"] == "websocket.close":
                self.ending = (message.get("code"), message.get("reason"))
                self._incoming.put_nowait({"type": "websocket.disconnect", "code": message.get("code")})
            elif message["type"] == "websocket.send":
                said = json.loads(message.get("text") or message["bytes"])
                if said["type"] == "connection_ack":
                    self._incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(subscribe)})
                elif said["type"] == "next":
                    self.answers.append(said["payload"])
                elif said["type"] in ("error", "complete"):
                    self.ending = said.get("payload", "complete")

        scope = self._scope("websocket", {}) | {"subprotocols": ["graphql-transport-ws"]}
        await self._server.gateway(scope, self._incoming.get, send)

    async def _event_stream(self, document: str, token: str) -> None:
        body = json.dumps({"query": document}).encode()
        self._incoming.put_nowait({"type": "http.request", "body": body, "more_body": False})

        async def send(message: Any) -> None:
            self._text += message.get("body", b"").decode()
            while "\n\n" in self._text:
                event, _, self._text = self._text.partition("\n\n")
                self._hear(event)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                self.ending = self.ending or "complete"

        headers = {
            "authorization": f"Bearer {token}",
            "accept": "text/event-stream",
            "content-type": "application/json",
        }
        await self._server.gateway(self._scope("http", headers) | {"method": "POST"}, self._incoming.get, send)

    def _hear(self, event: str) -> None:
        parts = dict(line.split(": ", 1) for line in event.splitlines() if ": " in line and not line.startswith(":"))
        if parts.get("event") != "next":
            return
        answer = json.loads(parts["data"])
        answer = answer.get("payload", answer)
        if "errors" in answer:
            self.ending = answer["errors"]
        else:
            self.answers.append(answer)

    def _scope(self, kind: str, headers: dict[str, str]) -> dict[str, Any]:
        given = {"host": "notes.example.com", "user-agent": "tests", **headers}
        return {
            "type": kind, "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "scheme": "https",
            "http_version": "1.1", "client": (ADDRESS, 50_001), "server": ("notes.example.com", 443),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }  # fmt: skip
