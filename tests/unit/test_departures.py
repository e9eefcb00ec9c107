"""Departures: who waits for a client's going takes nothing of what it sends."""

from __future__ import annotations

import asyncio
from typing import Any

from portico.gateway.departures import SWEEP_S, Departures
from portico.gateway.http import READ


def test_nobody_listens_for_the_end_before_the_body_has_arrived() -> None:
    """A body that comes late, or whose caller takes long to be known, would go to whoever listens."""
    messages: asyncio.Queue[Any] = asyncio.Queue()
    scope: Any = {"type": "http", "method": "POST"}

    async def answered() -> str:
        departures = Departures()
        departures.start()
        running = departures.enter(messages.get, scope)
        try:
            await asyncio.sleep(3 * SWEEP_S)
            messages.put_nowait({"type": "http.request", "body": b"late", "more_body": False})
            body = (await asyncio.wait_for(messages.get(), 0.2))["body"]
            scope[READ] = True
            messages.put_nowait({"type": "http.disconnect"})
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                return f"{body.decode()}, and cancelled"
            return "nobody has seen it go"
        finally:
            departures.leave(running)
            await departures.stop()

    assert asyncio.run(answered()) == "late, and cancelled"
