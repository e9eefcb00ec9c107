"""What does it cost to write a response's head and body one after the other: uvicorn's protocol beside ours, an empty application behind both."""

from __future__ import annotations

import multiprocessing
import os
from statistics import median
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from benchmarks.contestants import free_port
from benchmarks.load import answer_to, as_request, run
from benchmarks.processes import cpu_s
from benchmarks.statements import show
from portico.gateway.one_write import HttpProtocol

_BODY = b'{"data":{"track":{"id":1,"name":"a name","milliseconds":1000}}}'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())]
_PROTOCOLS: dict[str, Any] = {"two writes": HttpToolsProtocol, "one write": HttpProtocol}
_PASSES = 9


async def _application(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})


def _serve(protocol: str, port: int) -> None:
    uvicorn.run(
        _application,
        port=port,
        http=_PROTOCOLS[protocol],
        loop="uvloop",
        lifespan="off",
        log_level="error",
        access_log=False,
    )


def main() -> None:
    """The command line."""
    servers: dict[str, tuple[multiprocessing.Process, int]] = {}
    for name in _PROTOCOLS:
        port = free_port()
        servers[name] = multiprocessing.Process(target=_serve, args=(name, port), daemon=True), port
        servers[name][0].start()
    costs: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(_PASSES):
        for name, (process, port) in servers.items():
            request = as_request("/", b"{}", port)
            while _refused(port, request):
                os.sched_yield()
            before = cpu_s(process.pid or 0)
            load = run(port, [request], connections=16, seconds=1)
            costs[name].append((cpu_s(process.pid or 0) - before) / load.requests * 1e6)
    for process, _ in servers.values():
        process.kill()
    show("an empty answer, CPU of the server", {name: median(found) for name, found in costs.items()})


def _refused(port: int, request: bytes) -> bool:
    try:
        answer_to(port, request)
    except OSError:
        return True
    return False


if __name__ == "__main__":
    main()
