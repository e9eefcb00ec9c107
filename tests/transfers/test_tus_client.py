"""
The official client of tus, interrupted, over a server that is killed: bytes equal, memory flat.

`PORTICO_TEST_TUS_BYTES=1000000000` sends a gigabyte instead of a few megabytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.node import run_json
from tests.support.s3 import Bucket
from tests.support.server import ADMIN_KEY, served
from tests.support.tus_process import PATH
from tests.transfers.tus_client import Process

SIZE = int(os.environ.get("PORTICO_TEST_TUS_BYTES", "16000000"))
MODELS = f"""
from sqlalchemy.orm import Mapped
from portico.gateway.storage import File
from portico.schema import Id, Model, allow, everyone, file


class Note(Model):
    id: Mapped[Id]
    recording: Mapped[File | None] = file(max_bytes={2 * SIZE})


allow(Note, "read", when=everyone)
"""
MIB = 1_048_576
MOST_GROWN = 64 * MIB
INTERRUPTIONS = 5
SCRIPT = Path(__file__).parent / "node" / "upload.mjs"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of pseudo-random bytes."""
    path = tmp_path / "source"
    block = hashlib.shake_256(b"block").digest(MIB)
    with path.open("wb") as opened:
        for number in range(SIZE // MIB + 1):
            opened.write(block[number % MIB :] + block[: number % MIB])
        opened.truncate(SIZE)
    return path


def digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def test_a_large_file_arrives_whatever_breaks(source: Path, tmp_path: Path, clients: Path) -> None:
    """
    Five times the client stops and begins anew from what the server says, and once the gateway is killed while bytes come.

    What a column takes is larger than the file, and the gateway is one of users: SQLite, one process.
    """
    toml = f"[storage]\nquota_bytes = {4 * SIZE}\n"
    with served(
        tmp_path / "project", MODELS, "sqlite:///notes.db", settings={"token_secret": "s" * 40}, toml=toml
    ) as server:
        folder = tmp_path / "project" / "files"
        told = {
            **asked(source, server.port),
            "metadata": {"into": "notes.recording", "filename": "large", "filetype": "application/octet-stream"},
            "headers": {"x-portico-admin-key": ADMIN_KEY},
        }
        told["metadata"]["sha256"] = digest(source)
        gateway = Restarted(lambda: server.pid, server.kill_at_once, lambda: server.start(server.port))
        idle, peak, answer = sent_and_watched(gateway, told, clients, lambda: partial_bytes(folder / ".partial"))
        assert answer["aborted"] == INTERRUPTIONS
        [arrived] = [each for each in (folder / "notes.recording").rglob("*") if each.is_file()]
        assert arrived.name == answer["file"].replace("-", "")
        assert subprocess.run(["cmp", source, arrived], check=False).returncode == 0
    print(f"{SIZE} bytes, idle {idle / MIB:.1f} MiB, {(peak - idle) / MIB:.1f} MiB above it at most")
    assert peak - idle < MOST_GROWN


def test_it_arrives_in_a_bucket_too(source: Path, tmp_path: Path, bucket: Bucket, clients: Path) -> None:
    """As above; what S3 and a lease know is all that the next process has."""
    if SIZE > 100_000_000:
        pytest.skip("the server of the tests holds whole files in memory")
    process = Process(tmp_path, bucket.endpoint_url)
    process.start()
    try:
        told = {
            **asked(source, process.port, PATH),
            "metadata": {"filename": "large", "sha256": digest(source)},
            "headers": {},
        }
        restarted = Restarted(lambda: process.pid, process.kill, process.start)
        idle, peak, answer = sent_and_watched(restarted, told, clients, lambda: sent_parts(bucket))
    finally:
        process.kill()
    assert answer["aborted"] == INTERRUPTIONS
    assert stored(bucket, answer["file"]) == digest(source)
    assert peak - idle < MOST_GROWN


@dataclass(frozen=True)
class Restarted:
    """A server that is killed once."""

    pid: Callable[[], int]
    kill: Callable[[], object]
    start: Callable[[], object]

    @property
    def memory_bytes(self) -> int:
        """What is its own in memory now."""
        try:
            text = Path(f"/proc/{self.pid()}/status").read_text()
        except OSError:
            return 0
        found = [line.split()[1] for line in text.splitlines() if line.startswith("RssAnon")]
        return int(found[0]) * 1024 if found else 0


def asked(source: Path, port: int, path: str = "/files/tus/") -> dict[str, Any]:
    """What the client is told."""
    return {
        "endpoint": f"http://127.0.0.1:{port}{path}",
        "path": str(source),
        "size": SIZE,
        "chunkSize": max(SIZE // 20, 1_000_000),
        "interruptions": [SIZE * number // (INTERRUPTIONS + 1) for number in range(1, INTERRUPTIONS + 1)],
    }


def sent_and_watched(
    server: Restarted, told: dict[str, Any], clients: Path, arrived: Callable[[], int]
) -> tuple[int, int, Any]:
    """The memory of the idle server and the most of it, and what the client says at the end."""
    idle = peak = server.memory_bytes
    has_killed = False
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(run_json, SCRIPT, clients, json.dumps(told), timeout_s=50.0 + SIZE / 2_000_000)
        while not sending.done():
            if not has_killed and arrived() > SIZE // 3:
                server.kill()
                server.start()
                has_killed = True
            peak = max(peak, server.memory_bytes)
            time.sleep(0.02)
        answer: Any = sending.result()
    assert has_killed
    return idle, peak, answer


def partial_bytes(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.glob("*.bytes"))


def sent_parts(bucket: Bucket) -> int:
    return sum("partNumber" in path for _, _, path in list(bucket.seen)) * 5 * MIB


def stored(bucket: Bucket, key: str) -> str:
    import asyncio

    from portico.gateway.storage.s3 import S3Store

    async def inside() -> str:
        store = S3Store(bucket.settings())
        found = hashlib.sha256()
        async for chunk in store.read(key):
            found.update(chunk)
        await store.close()
        return found.hexdigest()

    return asyncio.run(inside())
