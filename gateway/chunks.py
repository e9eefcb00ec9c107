"""How does a body leave that is not held whole: chunk after chunk, for as long as there is a client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from portico.gateway.http import Receive, Send


async def send_chunks(first: bytes, rest: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
    """
    Sends a body whose head was sent.

    uvicorn takes what is sent to a client that has gone and says nothing, so that the rest would be read for nobody.
    """
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for chunk in rest:
            if gone.done():
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
