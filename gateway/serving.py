"""How does the process run: uvicorn with a graceful end, and memory set up for large answers."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from types import FrameType
from typing import Any

import uvicorn

from portico.gateway.app import Gateway
from portico.gateway.settings import Settings

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3


def keep_memory() -> None:
    """
    Takes what is loaded out of garbage collection, and tells glibc to keep freed memory for a while.

    A full collection visits 100,000 objects of modules and models that live as long as the process: 45 ms
    in which nobody is answered. And by default blocks over 128 KiB are mapped anew each time, and an answer
    of 1 MB costs three quarters of its CPU in page faults: 3.7 against 0.96 ms (benchmarks/large_answers).
    """
    gc.collect()
    gc.freeze()
    if not sys.platform.startswith("linux"):
        return
    try:
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, 32 * 1024 * 1024)
        libc.mallopt(_M_TRIM_THRESHOLD, 64 * 1024 * 1024)
        libc.mallopt(_M_TOP_PAD, 4 * 1024 * 1024)
    except (OSError, AttributeError):
        return  # another C library, whose ways are its own


class Server(uvicorn.Server):
    """Flips readiness at the first signal, so that balancers stop sending before connections close."""

    def __init__(self, config: uvicorn.Config, gateway: Gateway) -> None:
        super().__init__(config)
        self._gateway = gateway

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Source: uvicorn, `Server.handle_exit`; a second signal ends at once."""
        delay_s = self._gateway.settings.drain_delay_s
        if delay_s and not self._gateway.is_draining:
            # A signal handler runs between two steps of the loop, in the loop's own thread.
            asyncio.get_running_loop().call_later(delay_s, super().handle_exit, sig, frame)
        else:
            super().handle_exit(sig, frame)
        self._gateway.drain()


def uvicorn_config(app: Any, settings: Settings, **more: Any) -> uvicorn.Config:
    """uvicorn as measured: uvloop, httptools, no access log, no deflate."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=int(settings.graceful_timeout_s),
        **more,
    )
