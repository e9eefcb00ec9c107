"""What does a megabyte cost on its way to S3 and back: our store over moto's server, which runs in a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from multiprocessing.connection import Connection

from portico.gateway.s3_settings import S3Settings
from portico.gateway.storage.s3 import S3Store

_MB = 1_000_000
_SIZES = (1_000, _MB, 64 * _MB)
_PASSES = 5


def _serve(told: Connection) -> None:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    told.send(server.get_host_and_port())
    told.recv()


async def _measure(endpoint: str) -> None:
    store = S3Store(
        S3Settings(bucket="files", endpoint_url=endpoint, path_style=True, access_key_id="a", secret_access_key="b")
    )
    await (await store.client.get()).create_bucket(Bucket="files")
    for size in _SIZES:
        body = bytes(65_536)

        async def chunks(length: int = size, part: bytes = body) -> AsyncIterator[bytes]:
            for start in range(0, length, len(part)):
                yield part[: min(len(part), length - start)]

        async def put(length: int = size) -> None:
            await store.put("file", chunks(length), content_type="a/b", most_bytes=length)

        async def get() -> None:
            async for _ in store.read("file"):
                pass

        for name, work in (("put", put), ("get", get)):
            cpu, wall = await _cost(work)
            print(
                f"{name} {size:>11,} bytes {cpu:8.2f} ms CPU {cpu / size * _MB:8.2f} ms/MB {size / wall / 1e3:8.1f} MB/s"
            )
    await store.close()


async def _cost(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    await work()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(_PASSES):
        await work()
    return (time.process_time() - cpu) / _PASSES * 1000, (time.perf_counter() - wall) / _PASSES * 1000


def main() -> None:
    """The command line."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    host, port = ours.recv()
    asyncio.run(_measure(f"http://{host}:{port}"))
    process.kill()


if __name__ == "__main__":
    main()
