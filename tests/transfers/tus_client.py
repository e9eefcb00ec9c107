"""What tests of tus stand on: an endpoint that is called without a socket, and one in a process that can be killed."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from portico.gateway.storage.disk_partials import DiskPartials
from portico.gateway.storage.partials import Partials
from portico.gateway.storage.s3 import S3Store
from portico.gateway.storage.s3_partials import S3Partials
from portico.gateway.storage.turns import Turns
from portico.gateway.storage.tus_routes import TusRoutes
from tests.support.s3 import Bucket
from tests.support.server import free_port
from tests.support.tus_process import PATH, FolderHost, routes

Kind = Literal["disk", "s3"]
PART = 5 * 1_048_576
TUS = {"tus-resumable": "1.0.0"}
BYTES = {"content-type": "application/offset+octet-stream"}
GONE = object()  # in a body: the client leaves


@dataclass
class Reply:
    """An answer."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def problem(self) -> str:
        """The code of the problem."""
        import json

        return json.loads(self.body)["errors"][0]["extensions"]["problem"]


class Place:
    """An endpoint over a place for uploads."""

    def __init__(self, partials: Partials, host: FolderHost, store: S3Store | None, **given: Any) -> None:
        self.partials = partials
        self.host = host
        self.store = store
        self.errors: list[BaseException] = []
        self.turns = Turns(idle_s=20.0, patience_s=10.0)
        self.routes: TusRoutes = routes(host, partials, self.turns, self.errors, **given)

    async def file(self, name: str) -> bytes:
        """The bytes of a file that was made."""
        if self.store is None:
            return (self.host.folder / name).read_bytes()
        return b"".join([chunk async for chunk in self.store.read(name)])

    async def ask(
        self, method: str, path: str = PATH, headers: Mapping[str, str] | None = None, body: Sequence[Any] | None = None
    ) -> Reply:
        """One request. body: parts, each bytes, an awaitable to wait for, or GONE."""
        parts = list(body or ())
        reply = Reply()

        async def receive() -> Any:
            while parts:
                part = parts.pop(0)
                if part is GONE:
                    return {"type": "http.disconnect"}
                if isinstance(part, bytes):
                    return {"type": "http.request", "body": part, "more_body": bool(parts)}
                await part
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                reply.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                reply.body += message["body"]

        given = {**TUS, **(headers or {})}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
        }
        await self.routes(scope, receive, send)
        return reply

    async def create(self, size: int, **metadata: str) -> str:
        """The path of a new upload."""
        pairs = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in metadata.items())
        reply = await self.ask("POST", headers={"upload-length": str(size), "upload-metadata": pairs})
        assert reply.status == 201, reply.body
        return reply.headers["location"]

    async def patch(self, path: str, offset: int, *body: Any, **headers: str) -> Reply:
        """Sends bytes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("PATCH", path, {**BYTES, "upload-offset": str(offset), **named}, body)

    async def offset(self, path: str) -> int:
        """How far an upload is."""
        reply = await self.ask("HEAD", path)
        assert reply.status == 200, reply.status
        return int(reply.headers["upload-offset"])


@asynccontextmanager
async def place(kind: Kind, folder: Path, bucket: Bucket, **given: Any) -> AsyncGenerator[Place]:
    """An endpoint; of S3 under a prefix of its own."""
    if kind == "disk":
        yield Place(DiskPartials(folder / "uploads"), FolderHost(folder), None, **given)
        return
    store = S3Store(bucket.settings(prefix=f"{uuid4().hex}/", part_bytes=PART))
    try:
        yield Place(S3Partials(store), FolderHost(folder, store), store, **given)
    finally:
        await store.close()


def run(kind: Kind, folder: Path, bucket: Bucket, work: Callable[[Place], Awaitable[None]], **given: Any) -> None:
    """Runs a test."""

    async def inside() -> None:
        async with place(kind, folder, bucket, **given) as made:
            await work(made)

    asyncio.run(inside())


def checksum(body: bytes, algorithm: str = "sha1") -> str:
    """The value of Upload-Checksum."""
    return f"{algorithm} {b64encode(hashlib.new(algorithm, body, usedforsecurity=False).digest()).decode()}"


class Process:
    """A server of tus over S3 in a process of its own."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self._folder = folder
        self._endpoint = endpoint
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it at its port, and waits until it answers."""
        command = [sys.executable, "-m", "tests.support.tus_process", str(self._folder), str(self.port)]
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen([*command, self._endpoint], cwd=root)
        deadline = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < deadline
            assert self._process.poll() is None
            time.sleep(0.05)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid
