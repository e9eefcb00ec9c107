"""How does the process run: uvicorn with a graceful end, and memory set up for large answers."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import uvicorn

from portico.gateway.app import Gateway
from portico.gateway.one_write import HttpProtocol
from portico.gateway.settings import Settings
from portico.gateway.websocket_wire import WebSocketProtocol

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3


def keep_memory() -> None:
    """
    Takes what is loaded out of garbage collection, and tells glibc to keep freed memory for a while.

    A full collection visits 100,000 objects of modules and models that live as long as the process: 45 ms
    in which nobody is answered. Nothing is collected before: of 640,000 objects of 250 models 36,000 are garbage, and
    finding them costs half a second of a start of three. And by default blocks over 128 KiB are mapped anew each time, and an answer
    of 1 MB costs three quarters of its CPU in page faults: 3.7 against 0.96 ms (benchmarks/large_answers).
    """
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
    """A server whose process ends well when it was asked to end."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Source: uvicorn, `Server.capture_signals`, which raises the signals again: a process that drained ended well."""
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals.clear()


def drain_first(gateway: Gateway) -> None:
    """
    Flips readiness at the first signal, so that balancers stop sending before connections close, sockets among them.

    Called when the gateway has started, which is after uvicorn set its own handlers; a second signal ends at
    once.
    """
    delay_s = gateway.settings.drain_delay_s
    loop = asyncio.get_running_loop()

    def close(end: Any, sig: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(gateway.close_sockets)
        end(sig, frame)

    for number in (signal.SIGINT, signal.SIGTERM):
        end = signal.getsignal(number)

        def handle(sig: int, frame: FrameType | None, end: Any = end) -> None:
            # A signal handler runs between two steps of the loop, in the loop's own thread.
            if delay_s and not gateway.is_draining:
                loop.call_later(delay_s, close, end, sig, frame)
            else:
                close(end, sig, frame)
            gateway.drain()

        if callable(end):
            signal.signal(number, handle)


def uvicorn_config(app: Any, settings: Settings, **more: Any) -> uvicorn.Config:
    """uvicorn as measured: uvloop, httptools, nothing around the application unless there are proxies."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=HttpProtocol,
        ws=WebSocketProtocol,
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        # Whoever calls writes this header as they like; a proxy that is named appends to it whom it has heard.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=int(settings.graceful_timeout_s),
        **more,
    )
