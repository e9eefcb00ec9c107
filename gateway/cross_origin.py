"""What are browsers told of pages elsewhere: the headers of cross-origin requests, and the answers to what is asked before them."""

from __future__ import annotations

import re
from typing import Any

from portico.gateway.http import Scope, Send
from portico.gateway.origins import Origins

_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_EXPOSED = (
    b"X-Request-Id, Idempotency-Replayed, Retry-After, Location, Upload-Offset, Upload-Length, Upload-Metadata, Upload-Expires, "
    b"Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm, Portico-File"
)
_KEPT_S = b"600"
# Names of headers, as a browser lists them; of a page that may call at all each may be sent.
_NAMES = re.compile(rb"[A-Za-z0-9-]+(?:[ ]*,[ ]*[A-Za-z0-9-]+)*")
_MOST_NAMES_BYTES = 2_000


class CrossOrigin:
    """
    Tells browsers which pages may read answers.

    Source: Fetch, "HTTP-network-or-cache fetch". Credentials go only with an origin that is named: where all are allowed none is
    answered as if it were, and `null` never is.
    """

    def __init__(self, origins: Origins) -> None:
        self._origins = origins

    async def __call__(self, scope: Scope, send: Send) -> Send | None:
        """How the answer to a request is sent; None where it was answered here."""
        origin = asked_by = names = None
        for name, value in scope["headers"]:
            if name == b"origin":
                origin = value
            elif name == b"access-control-request-method":
                asked_by = value
            elif name == b"access-control-request-headers":
                names = value
        told = self._told(origin)
        if scope["method"] == "OPTIONS" and asked_by is not None and len(told) > 1:
            await _answer(send, told, names)
            return None

        async def telling(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *told]
            await send(message)

        return telling

    def _told(self, origin: bytes | None) -> list[tuple[bytes, bytes]]:
        # Also to who has no origin: a cache must not give one page what was answered to another.
        told = [(b"vary", b"Origin")]
        if origin is None:
            return told
        if self._origins.lists(origin):
            told += [(b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true")]
        elif self._origins.is_open:
            told.append((b"access-control-allow-origin", b"*"))
        else:
            return told
        return [*told, (b"access-control-expose-headers", _EXPOSED)]


async def _answer(send: Send, told: list[tuple[bytes, bytes]], names: bytes | None) -> None:
    headers = [*told, (b"access-control-allow-methods", _METHODS), (b"access-control-max-age", _KEPT_S)]
    if names and len(names) <= _MOST_NAMES_BYTES and _NAMES.fullmatch(names):
        headers += [(b"access-control-allow-headers", names), (b"vary", b"Access-Control-Request-Headers")]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
