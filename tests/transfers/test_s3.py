"""Files in S3: a server of moto's behind a check of signatures, streaming both ways, and nothing left of what fails."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from portico.gateway.problems import InvalidSettings
from portico.gateway.storage import s3, s3_client
from portico.gateway.storage.problems import FileMissing, FileTooLarge, StoreUnavailable
from portico.gateway.storage.s3 import S3Store
from portico.gateway.storage.stores import Store, Stored
from tests.support.s3 import Bucket
from tests.support.sigv4 import Refused, Signed, Verifier

Answer = TypeVar("Answer")
MIB = 1_048_576
PART = 5 * MIB  # the least that S3 takes of a part that is not the last


def run(bucket: Bucket, work: Callable[[S3Store], Awaitable[Answer]], **given: Any) -> Answer:
    async def inside() -> Answer:
        store = S3Store(bucket.settings(prefix=f"{uuid4().hex}/", part_bytes=PART, **given))
        checked: Store = store
        try:
            return await work(store)
        finally:
            await checked.close()

    return asyncio.run(inside())


async def chunks(body: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def endless(size: int = 65_536) -> AsyncIterator[bytes]:
    while True:
        yield bytes(size)


async def broken(body: bytes) -> AsyncIterator[bytes]:
    async for chunk in chunks(body):
        yield chunk
    raise ConnectionResetError


async def put(store: S3Store, key: str, body: bytes, most_bytes: int = 100 * MIB) -> Stored:
    return await store.put(key, chunks(body), content_type="image/png", most_bytes=most_bytes)


async def got(store: S3Store, key: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in store.read(key, start, stop)])


async def keys(store: S3Store, prefix: str = "") -> list[str]:
    return [each.key async for each in store.list(prefix)]


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 7])
def test_what_is_written_is_read(size: int, bucket: Bucket) -> None:
    body = (hashlib.sha256(b"%d" % size).digest() * (size // 32 + 1))[:size]

    async def work(store: S3Store) -> None:
        assert await put(store, "a/b-c_d.png", body) == Stored(size, hashlib.sha256(body).hexdigest())
        assert await got(store, "a/b-c_d.png") == body
        assert await store.size("a/b-c_d.png") == size
        assert (await store.head("a/b-c_d.png"))["ContentType"] == "image/png"

    run(bucket, work)
    assert ("POST" in bucket.methods()) == (size > PART)  # only what is longer than a part goes in parts
    assert {how for how, _, _ in bucket.seen} == {"header"}


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [(0, 4, b"0123"), (3, None, b"3456789"), (3, 3, b""), (5, 4, b""), (9, 100, b"9"), (10, None, b""), (50, 60, b"")],
)
def test_a_part_is_read(start: int, stop: int | None, expected: bytes, bucket: Bucket) -> None:
    async def work(store: S3Store) -> bytes:
        await put(store, "digits", b"0123456789")
        return await got(store, "digits", start, stop)

    assert run(bucket, work) == expected


@pytest.mark.parametrize("most_bytes", [10, PART + 10])
def test_what_is_too_long_leaves_nothing(most_bytes: int, bucket: Bucket) -> None:
    async def work(store: S3Store) -> list[str]:
        with pytest.raises(FileTooLarge):
            await store.put("long", endless(), content_type="image/png", most_bytes=most_bytes)
        assert await store.size("long") is None
        return await unfinished(store)

    assert run(bucket, work) == []


@pytest.mark.parametrize("size", [100, 2 * PART + 100])
def test_a_source_that_breaks_leaves_what_was_there(size: int, bucket: Bucket) -> None:
    async def work(store: S3Store) -> list[str]:
        await put(store, "kept", b"before")
        with pytest.raises(ConnectionResetError):
            await store.put("kept", broken(bytes(size)), content_type="image/png", most_bytes=100 * MIB)
        assert await got(store, "kept") == b"before"
        return await unfinished(store)

    assert run(bucket, work) == []


def test_a_part_that_fails_ends_the_upload(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_client, "_TRIES", 1)

    async def work(store: S3Store) -> list[str]:
        bucket.fail.append("partNumber=2")
        with pytest.raises(StoreUnavailable):
            await put(store, "file", bytes(3 * PART))
        assert await store.size("file") is None
        return await unfinished(store)

    assert run(bucket, work) == []


async def unfinished(store: S3Store) -> list[str]:
    client = await store.client.get()
    prefix = store.where("")["Key"]
    found = await client.list_multipart_uploads(Bucket=store.client.bucket)
    return [each["Key"] for each in found.get("Uploads", ()) if each["Key"].startswith(prefix)]


def test_memory_does_not_grow_with_a_file(bucket: Bucket) -> None:
    """Two parts and what is on the way; the server of the test is in this process, too, and keeps no more than a part."""

    async def work(store: S3Store) -> int:
        async def many() -> AsyncIterator[bytes]:
            chunk = bytes(65_536)
            for _ in range(40 * MIB // 65_536):
                yield chunk

        client = await store.client.get()
        sizes: list[int] = []

        async def take(**given: Any) -> dict[str, str]:
            sizes.append(len(given["Body"]))
            return {"ETag": "x"}

        # Only what the store itself holds is to be counted.
        client.upload_part, client.complete_multipart_upload = take, take_nothing
        tracemalloc.start()
        await store.put("large", many(), content_type="image/png", most_bytes=100 * MIB)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert sizes == [PART] * 8
        return peak

    # Of eight: two, one that is put together, and what the test's own server says meanwhile.
    assert run(bucket, work) < 5 * PART


async def take_nothing(**_: Any) -> None:
    """Completes nothing."""


def test_copies_stay_there(bucket: Bucket) -> None:
    async def work(store: S3Store) -> None:
        await put(store, "one", b"bytes")
        bucket.seen.clear()
        await store.copy("one", "two")
        assert bucket.methods() == ["HEAD", "PUT"]
        assert await got(store, "two") == b"bytes"
        assert (await store.head("two"))["ContentType"] == "image/png"
        with pytest.raises(FileMissing):
            await store.copy("nothing", "three")

    run(bucket, work)


def test_copies_of_what_is_large_go_in_parts(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "MOST_COPIED_BYTES", PART)
    monkeypatch.setattr(s3, "_COPIED_BYTES", PART)
    body = bytes(range(256)) * (2 * PART // 256) + b"end"

    async def work(store: S3Store) -> None:
        await put(store, "one", body)
        await store.copy("one", "two")
        assert await got(store, "two") == body

    run(bucket, work)


def test_deleting_and_listing(bucket: Bucket) -> None:
    async def work(store: S3Store) -> None:
        for key in ("b", "a/2", "a/1", "a-b", "c"):
            await put(store, key, key.encode())
        assert await keys(store) == ["a-b", "a/1", "a/2", "b", "c"]
        assert await keys(store, "a/") == ["a/1", "a/2"]
        await store.delete(["a/1", "c", "never there"])
        assert await keys(store) == ["a-b", "a/2", "b"]
        assert [each.size_bytes async for each in store.list("a-b")] == [3]

    run(bucket, work)


def test_lists_go_on_over_pages(bucket: Bucket) -> None:
    async def work(store: S3Store) -> None:
        client = await store.client.get()
        listing = client.list_objects_v2
        client.list_objects_v2 = lambda **given: listing(**given, MaxKeys=2)
        for number in range(5):
            await put(store, f"{number}", b"")
        assert await keys(store) == ["0", "1", "2", "3", "4"]

    run(bucket, work)


def test_what_is_not_there(bucket: Bucket) -> None:
    async def work(store: S3Store) -> None:
        assert await store.size("nothing") is None
        for stop in (None, 0, 5):
            with pytest.raises(FileMissing):
                await got(store, "nothing", 0, stop)

    run(bucket, work)


def test_a_wrong_secret_is_refused_and_not_told(bucket: Bucket) -> None:
    async def work(store: S3Store) -> str:
        with pytest.raises(StoreUnavailable) as caught:
            await put(store, "file", b"bytes")
        return str(caught.value)

    said = run(bucket, work, secret_access_key="another")
    assert "another" not in said
    assert bucket.seen == []


def test_a_server_that_is_not_there(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(bucket.settings(), endpoint_url="http://127.0.0.1:9", timeout_s=1.0)
    monkeypatch.setattr(s3_client, "_TRIES", 1)

    async def work() -> None:
        store = S3Store(settings)
        with pytest.raises(StoreUnavailable):
            await store.size("file")
        await store.close()

    asyncio.run(work())


def test_a_bucket_must_be_named(bucket: Bucket) -> None:
    with pytest.raises(InvalidSettings, match="bucket"):
        S3Store(bucket.settings(bucket=""))


def test_the_verifier_knows_the_published_example() -> None:
    """Source: "Authenticating Requests: Using Query Parameters", the example of GET with its signature."""
    verifier = Verifier("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    query = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )
    from datetime import UTC, datetime

    request = Signed("GET", "/test.txt", query, {"host": "examplebucket.s3.amazonaws.com"}, b"")
    assert verifier.check(request, datetime(2013, 5, 24, 12, tzinfo=UTC)) == "query"
    for changed in (
        replace(request, method="PUT"),
        replace(request, path="/test2.txt"),
        replace(request, query=query.replace("86400", "86401")),
        replace(request, headers={"host": "other.s3.amazonaws.com"}),
    ):
        with pytest.raises(Refused, match="SignatureDoesNotMatch"):
            verifier.check(changed, datetime(2013, 5, 24, 12, tzinfo=UTC))
    with pytest.raises(Refused, match="ExpiredToken"):
        verifier.check(request, datetime(2013, 5, 26, tzinfo=UTC))
