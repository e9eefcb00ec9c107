"""How do functions ask other services themselves: `Http`, the one client for requests that leave, which reaches the internet alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from portico.gateway.functions.problems import RemoteFailed
from portico.gateway.outgoing import MAX_ANSWER_BYTES, Connections, Unreachable
from portico.schema.provided import Provided


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What was answered. headers: by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """
        The body as JSON.

        Raises:
            RemoteFailed: it is none.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise RemoteFailed("The service has answered with what is no JSON.") from error

    def raise_for_status(self) -> None:
        """
        Goes on where the status is 2xx.

        Raises:
            RemoteFailed: by which what runs in the background is tried again.
        """
        if not 200 <= self.status < 300:
            raise RemoteFailed(f"The service has answered with status {self.status}.")


class Http(Provided):
    """
    Requests to other services, for functions: `answer = await http.post(url, {"id": 1})`.

    Only addresses of the internet are called, at the ports 80, 443, 8080 and 8443, and in development private ones, too; redirects are not
    followed. Connections are kept.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def post(
        self, url: str, body: Any, *, headers: Mapping[str, str] | None = None, timeout_s: float = 10.0
    ) -> HttpAnswer:
        """
        What a URL answers to POST, whatever its status.

        Args:
            body: sent as JSON; bytes are sent as they are.

        Raises:
            RemoteFailed: nothing has answered in time, or with more than 1 MB.
        """
        sent = body if isinstance(body, bytes) else orjson.dumps(body, default=str)
        given = {"content-type": "application/json", **{name.lower(): each for name, each in (headers or {}).items()}}
        try:
            answer = await self._connections.post(
                url, sent, given, timeout_s=timeout_s, most_bytes=MAX_ANSWER_BYTES + 1
            )
        except Unreachable as error:
            raise RemoteFailed("The service cannot be reached.") from error
        if len(answer.body) > MAX_ANSWER_BYTES:
            raise RemoteFailed("The service has answered with more than 1 MB.")
        return HttpAnswer(answer.status, answer.headers, answer.body)
