"""What clients send to S3 themselves: bound to one method, key, type, size and time (row S4), and looked at when it has come."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.s3 import S3Store
from portico.gateway.storage.s3_presigned import Presigning
from portico.gateway.storage.upload_problems import UploadDiffers
from tests.support.node import run_json
from tests.support.s3 import ACCESS_KEY, BUCKET, SECRET_KEY, Bucket
from tests.transfers.test_s3 import got, put, run

Answer = TypeVar("Answer")
BODY = b"the bytes of a picture"
DIGEST = hashlib.sha256(BODY).hexdigest()


def send(method: str, url: str, headers: Mapping[str, str], body: bytes) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    given = {name: value for name, value in headers.items() if name != "content-length"}
    connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body=body, headers=given)
    status = connection.getresponse().status
    connection.close()
    return status


def form(fields: Mapping[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    parts.append('--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n')
    return {"content-type": "multipart/form-data; boundary=x"}, "".join(parts).encode() + body + b"\r\n--x--\r\n"


def signing(bucket: Bucket, work: Callable[[S3Store], Awaitable[Answer]]) -> Answer:
    return run(bucket, work)


def test_a_put_writes_what_it_is_signed_for(bucket: Bucket) -> None:
    async def work(store: S3Store) -> tuple[int, bytes]:
        signed = await Presigning(store).put("in/1", content_type="image/png", size_bytes=len(BODY), expires_s=60)
        status = await asyncio.to_thread(send, signed.method, signed.url, signed.headers, BODY)
        return status, await got(store, "in/1")

    assert signing(bucket, work) == (200, BODY)
    assert ("query", "PUT") in {(how, method) for how, method, _ in bucket.seen}


@pytest.mark.parametrize("changed", ["method", "key", "type", "size", "time", "digest", "list", "signature"])
def test_a_put_is_bound_to_all_that_it_says(changed: str, bucket: Bucket) -> None:
    async def work(store: S3Store) -> int:
        signed = await Presigning(store).put(
            "in/2", content_type="image/png", size_bytes=len(BODY), expires_s=60, sha256=DIGEST
        )
        method, url, headers, body = "PUT", signed.url, dict(signed.headers), BODY
        if changed == "method":
            method = "DELETE"
        elif changed == "key":
            url = url.replace("in/2", "in/3")
        elif changed == "type":
            headers["content-type"] = "text/html"
        elif changed == "size":
            body += b"more"
        elif changed == "time":
            url = url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")
        elif changed == "digest":
            headers["x-amz-checksum-sha256"] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        elif changed == "list":
            method, url = "GET", url.replace("/in/2", "").replace("?", "?list-type=2&")
        else:
            url = url[:-1] + ("0" if url[-1] != "0" else "1")
        return await asyncio.to_thread(send, method, url, headers, body)

    assert signing(bucket, work) == 403


def test_lives_are_short(bucket: Bucket) -> None:
    async def work(store: S3Store) -> str:
        return (await Presigning(store).put("in/2", content_type="a/b", size_bytes=1, expires_s=10_000_000)).url

    assert "X-Amz-Expires=604800" in signing(bucket, work)


@pytest.mark.parametrize(
    ("fields", "body", "status"),
    [
        ({}, BODY, 204),
        ({}, b"", 403),
        ({}, BODY * 2, 403),
        ({"Content-Type": "text/html"}, BODY, 403),
        ({"key": "in/other"}, BODY, 403),
        ({"acl": "public-read"}, BODY, 403),
        ({"x-amz-signature": "0" * 64}, BODY, 403),
    ],
)
def test_a_form_is_bound_to_all_that_it_says(fields: dict[str, str], body: bytes, status: int, bucket: Bucket) -> None:
    async def work(store: S3Store) -> int:
        signed = await Presigning(store).post("in/4", content_type="image/png", most_bytes=len(BODY), expires_s=60)
        headers, sent = form({**signed.fields, **fields}, body)
        return await asyncio.to_thread(send, "POST", signed.url, headers, sent)

    assert signing(bucket, work) == status


def test_what_came_is_moved_where_no_client_writes(bucket: Bucket) -> None:
    async def work(store: S3Store) -> None:
        await put(store, "in/5", BODY)
        stored = await Presigning(store).accept(
            "in/5", "files/5", content_type="image/png", most_bytes=len(BODY), sha256=DIGEST
        )
        assert (stored.size_bytes, stored.sha256) == (len(BODY), DIGEST)
        assert await got(store, "files/5") == BODY
        assert await store.size("in/5") is None
        with pytest.raises(FileMissing):
            await Presigning(store).accept("in/5", "files/6", content_type="image/png", most_bytes=100)

    signing(bucket, work)


@pytest.mark.parametrize(
    "said",
    [
        {"content_type": "image/gif", "most_bytes": 100, "sha256": DIGEST},
        {"content_type": "image/png", "most_bytes": len(BODY) - 1, "sha256": DIGEST},
        {"content_type": "image/png", "most_bytes": 100, "sha256": "0" * 64},
    ],
)
def test_what_came_otherwise_than_was_said_is_gone(said: dict[str, Any], bucket: Bucket) -> None:
    async def work(store: S3Store) -> None:
        await put(store, "in/7", BODY)
        with pytest.raises(UploadDiffers):
            await Presigning(store).accept("in/7", "files/7", **said)
        assert [each.key async for each in store.list()] == []

    signing(bucket, work)


def test_the_official_client_uploads(bucket: Bucket, clients: Path) -> None:
    async def work(store: S3Store) -> Any:
        size = len(BODY)
        signed = await Presigning(store).put("node/put 1", content_type="image/png", size_bytes=size, expires_s=60)
        posted = await Presigning(store).post("node/post", content_type="image/png", most_bytes=size, expires_s=60)
        told = {
            "endpoint": bucket.endpoint_url,
            "bucket": BUCKET,
            "accessKeyId": ACCESS_KEY,
            "secretAccessKey": SECRET_KEY,
            "put": {"url": signed.url, "headers": dict(signed.headers)},
            "post": {"url": posted.url, "fields": dict(posted.fields)},
            "body": BODY.decode(),
        }
        script = Path(__file__).parent / "node" / "presigned.mjs"
        return await asyncio.to_thread(run_json, script, clients, json.dumps(told))

    found = signing(bucket, work)
    assert found["put"] == {"status": 200, "body": BODY.decode(), "type": "image/png"}
    assert (found["post"]["status"], found["post"]["body"]) == (204, BODY.decode())
