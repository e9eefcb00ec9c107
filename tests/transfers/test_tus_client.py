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
from pathlib import Path
from typing import Any

import pytest

from tests.support.node import run_json
from tests.support.s3 import BUCKET, Bucket
from tests.support.tus_process import PATH
from tests.transfers.tus_client import Process

SIZE = int(os.environ.get("PORTICO_TEST_TUS_BYTES", "24000000"))
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


@pytest.mark.parametrize("kind", ["disk", "s3"])
def test_a_large_file_arrives_whatever_breaks(
    kind: str, source: Path, tmp_path: Path, bucket: Bucket, clients: Path
) -> None:
    """Five times the client stops and begins anew from what the server says, and once the server is killed while bytes come."""
    if kind == "s3" and SIZE > 100_000_000:
        pytest.skip("the server of the tests holds whole files in memory")
    folder = tmp_path / "files"
    folder.mkdir()
    process = Process(folder, bucket.endpoint_url if kind == "s3" else "")
    process.start()
    idle = process.memory_bytes
    told = {
        "endpoint": f"http://127.0.0.1:{process.port}{PATH}",
        "path": str(source),
        "size": SIZE,
        "chunkSize": max(SIZE // 20, 1_000_000),
        "metadata": {"filename": "large", "sha256": digest(source)},
        "interruptions": [SIZE * number // (INTERRUPTIONS + 1) for number in range(1, INTERRUPTIONS + 1)],
        "headers": {},
    }
    try:
        peak, answer = sent_and_watched(process, told, clients, lambda: arrived(folder, bucket, kind))
    finally:
        process.kill()
    assert answer["aborted"] == INTERRUPTIONS
    if kind == "disk":
        assert digest(folder / answer["file"]) == digest(source)
        assert subprocess.run(["cmp", source, folder / answer["file"]], check=False).returncode == 0
    else:
        assert stored(bucket, answer["file"]) == digest(source)
    print(f"{kind}: {SIZE} bytes, idle {idle / MIB:.1f} MiB, peak {(peak - idle) / MIB:.1f} MiB above")
    assert peak - idle < MOST_GROWN


def sent_and_watched(
    process: Process, told: dict[str, Any], clients: Path, arrived: Callable[[], int]
) -> tuple[int, Any]:
    """The most memory of the server, which is killed on the way, and what the client says at the end."""
    peak = process.memory_bytes
    has_killed = False
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(run_json, SCRIPT, clients, json.dumps(told), timeout_s=50.0 + SIZE / 2_000_000)
        while not sending.done():
            if not has_killed and arrived() > SIZE // 3:
                process.kill()
                process.start()
                has_killed = True
            peak = max(peak, process.memory_bytes)
            time.sleep(0.02)
        answer: Any = sending.result()
    assert has_killed
    return peak, answer


def arrived(folder: Path, bucket: Bucket, kind: str) -> int:
    if kind == "s3":
        return sum("partNumber" in path for _, _, path in list(bucket.seen)) * 5 * MIB
    return sum(each.stat().st_size for each in (folder / "uploads").glob("*.bytes"))


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

    assert bucket.settings().bucket == BUCKET
    return asyncio.run(inside())
