"""Uploads that are gone on with: tus 1.0 on disk and in S3, whatever is sent and whenever it breaks."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

import pytest

from portico.gateway.storage import s3_lease
from portico.gateway.storage.upload_problems import UploadLocked
from tests.support.s3 import Bucket
from tests.support.tus_process import MOST_BYTES, PATH
from tests.transfers.tus_client import GONE, PART, Kind, Place, checksum, run

BODY = bytes(range(256)) * 40
BOTH = pytest.mark.parametrize("kind", ["disk", "s3"])


@BOTH
def test_an_upload_in_pieces(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        path = await place.create(len(BODY), filename="a b.png", sha256=hashlib.sha256(BODY).hexdigest())
        assert await place.offset(path) == 0
        first = await place.patch(path, 0, BODY[:100], BODY[100:1000])
        assert (first.status, first.headers["upload-offset"]) == (204, "1000")
        assert "upload-expires" in first.headers
        assert await place.offset(path) == 1000
        last = await place.patch(path, 1000, BODY[1000:])
        assert (last.status, last.headers["upload-offset"]) == (204, str(len(BODY)))
        assert await place.file(last.headers["portico-file"]) == BODY
        # Who did not hear that it was whole hears it again.
        head = await place.ask("HEAD", path)
        assert (head.headers["upload-offset"], head.headers["upload-length"]) == (str(len(BODY)), str(len(BODY)))
        assert head.headers["portico-file"] == last.headers["portico-file"]
        assert head.headers["cache-control"] == "no-store"
        assert head.headers["upload-metadata"].startswith("filename YSBiLnBuZw==,sha256 ")
        again = await place.patch(path, len(BODY))
        assert (again.status, again.headers["portico-file"]) == (204, last.headers["portico-file"])
        assert len(place.host.finished) == 1

    run(kind, tmp_path, bucket, work)


@BOTH
@pytest.mark.parametrize("size", [0, 5, len(BODY)])
def test_bytes_may_come_with_the_beginning(kind: Kind, size: int, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        headers = {"upload-length": str(len(BODY)), "content-type": "application/offset+octet-stream"}
        made = await place.ask("POST", headers=headers, body=[BODY[:size]])
        assert (made.status, made.headers["upload-offset"]) == (201, str(size))
        if size == len(BODY):
            assert await place.file(made.headers["portico-file"]) == BODY
        else:
            assert await place.offset(made.headers["location"]) == size

    run(kind, tmp_path, bucket, work)


@BOTH
def test_a_file_of_nothing(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        made = await place.ask("POST", headers={"upload-length": "0"})
        assert await place.file(made.headers["portico-file"]) == b""

    run(kind, tmp_path, bucket, work)


@BOTH
@pytest.mark.parametrize("cut", [3, PART - 1, PART, PART + 1, 2 * PART + 3])
def test_what_came_before_a_client_left_is_kept(kind: Kind, cut: int, tmp_path: Path, bucket: Bucket) -> None:
    body = (hashlib.sha256(b"x").digest() * (2 * PART // 32 + 1))[: 2 * PART + 10]

    async def work(place: Place) -> None:
        path = await place.create(len(body), sha256=hashlib.sha256(body).hexdigest())
        left = await place.patch(path, 0, body[:cut], GONE)
        assert left.status == 0
        assert await place.offset(path) == cut
        # Another process knows nothing but what lies there.
        done = await fresh(place).patch(path, cut, body[cut:])
        assert await place.file(done.headers["portico-file"]) == body

    run(kind, tmp_path, bucket, work)


def fresh(place: Place) -> Place:
    """The same place, as a process that has just been started finds it."""
    if place.store is None:
        return Place(type(place.partials)(place.host.folder / "uploads"), place.host, None)  # pyright: ignore[reportCallIssue]
    return Place(type(place.partials)(place.store), place.host, place.store)  # pyright: ignore[reportCallIssue]


@BOTH
def test_bytes_with_a_wrong_checksum_are_discarded(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        path = await place.create(len(BODY))
        assert (await place.patch(path, 0, BODY[:10])).status == 204
        wrong = await place.patch(path, 10, BODY[10:3000], upload_checksum=checksum(BODY[11:3000]))
        assert (wrong.status, wrong.problem) == (460, "PT390")
        assert await place.offset(path) == 10
        for algorithm, start, stop in (("sha1", 10, 3000), ("sha256", 3000, len(BODY))):
            part = BODY[start:stop]
            right = await place.patch(path, start, part, upload_checksum=checksum(part, algorithm))
            assert right.headers["upload-offset"] == str(stop)
        assert await place.file(right.headers["portico-file"]) == BODY

    run(kind, tmp_path, bucket, work)


@BOTH
def test_bytes_that_nobody_could_verify_do_not_count(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        path = await place.create(len(BODY))
        await place.patch(path, 0, BODY[:10])
        await place.patch(path, 10, BODY[10:500], GONE, upload_checksum=checksum(BODY[10:]))
        assert await place.offset(path) == 10

    run(kind, tmp_path, bucket, work)


def test_bytes_that_were_not_verified_when_a_process_was_killed_do_not_count(tmp_path: Path, bucket: Bucket) -> None:
    """What lies on the disk after a crash between bytes and checksum."""

    async def work(place: Place) -> None:
        path = await place.create(len(BODY))
        await place.patch(path, 0, BODY[:10])
        name = path.removeprefix(PATH)
        upload = await place.partials.find(name)
        assert upload is not None
        writing = place.partials.write(upload, is_checked=True)
        writer = await writing.__aenter__()
        await writer.add(bytes(2_000_000))  # more than is gathered, so it is written
        await writing.__aexit__(None, None, None)
        assert (tmp_path / "uploads" / f"{name}.bytes").stat().st_size > 10
        assert await place.offset(path) == 10
        assert (await place.patch(path, 10, BODY[10:])).status == 204
        assert await place.file(f"file-{name}") == BODY

    run("disk", tmp_path, bucket, work)


@BOTH
def test_one_writes_at_a_time(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    """Two requests at once, at the same offset: one of them writes, the other is told."""

    async def work(place: Place) -> None:
        path = await place.create(len(BODY))
        is_writing, is_told = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(place.patch(path, 0, BODY[:100], held(is_writing, is_told), BODY[100:]))
        await is_writing.wait()
        second = await place.patch(path, 0, b"x" * 50)
        assert (second.status, second.problem) == (423, "PT389")
        is_told.set()
        done = await first
        assert await place.file(done.headers["portico-file"]) == BODY

    run(kind, tmp_path, bucket, work)


async def held(reached: asyncio.Event, told: asyncio.Event) -> None:
    """A body that does not go on until it is told to."""
    reached.set()
    await told.wait()


@BOTH
def test_one_process_writes_at_a_time(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        path = await place.create(len(BODY))
        upload = await place.partials.find(path.removeprefix(PATH))
        assert upload is not None
        async with place.partials.write(upload, is_checked=False) as writer:
            await writer.add(BODY[:100])
            other = await fresh(place).patch(path, 0, b"x")
            assert (other.status, other.problem) == (423, "PT389")
            await writer.keep()
        assert (await fresh(place).patch(path, 100, BODY[100:])).status == 204

    run(kind, tmp_path, bucket, work)


def test_a_lease_that_nobody_renews_is_taken_over(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(place: Place) -> None:
        path = await place.create(10)
        assert place.store is not None
        name = path.removeprefix(PATH)
        from portico.gateway.storage.s3_lease import Lease

        dead = Lease(place.store, f"uploads/{name}.lease")
        await dead.__aenter__()
        assert (await place.patch(path, 0, b"1")).status == 423
        monkeypatch.setattr(s3_lease, "_LIFE_S", -60.0)
        assert (await place.patch(path, 0, b"1")).status == 204
        await dead.__aexit__(None, None, None)

    run("s3", tmp_path, bucket, work)


@BOTH
def test_who_sends_nothing_gives_way(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    """A phone changes its network: its old connection is open still, and the server waits for it."""

    async def work(place: Place) -> None:
        path = await place.create(len(BODY))
        is_writing = asyncio.Event()
        old = asyncio.create_task(place.patch(path, 0, BODY[:100], held(is_writing, asyncio.Event())))
        await is_writing.wait()
        place.turns.patience_s = 0.0
        early = await place.patch(path, 0, BODY)
        assert early.status == 409  # what the old one had sent is kept first
        assert (await old).status == 408
        assert await place.offset(path) == 100
        assert (await place.patch(path, 100, BODY[100:])).status == 204

    run(kind, tmp_path, bucket, work)


@BOTH
def test_what_is_refused(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        path = await place.create(100)
        missing = PATH + "0" * 32
        bytes_ = {"content-type": "application/offset+octet-stream"}
        for method, at, headers, body, status, problem in (
            ("POST", PATH, {"tus-resumable": ""}, (), 412, "PT391"),
            ("PATCH", path, {"tus-resumable": "0.2.2", **bytes_, "upload-offset": "0"}, (), 412, "PT391"),
            ("POST", PATH, {}, (), 400, "PT392"),
            ("POST", PATH, {"upload-length": "-1"}, (), 400, "PT392"),
            ("POST", PATH, {"upload-length": "1" * 20}, (), 400, "PT392"),
            ("POST", PATH, {"upload-defer-length": "1"}, (), 400, "PT392"),
            ("POST", PATH, {"upload-length": str(MOST_BYTES + 1)}, (), 413, "PT151"),
            ("POST", PATH, {"upload-length": "9", "upload-metadata": "most NQ=="}, (), 413, "PT151"),
            ("POST", PATH, {"upload-length": "1", "upload-metadata": "a !"}, (), 400, "PT392"),
            ("POST", PATH, {"upload-length": "1", "upload-metadata": "a YQ==,a YQ=="}, (), 400, "PT392"),
            ("POST", PATH, {"upload-length": "1", "upload-metadata": "a " + "A" * 5000}, (), 400, "PT392"),
            ("PATCH", path, {"upload-offset": "0"}, (), 400, "PT392"),
            ("PATCH", path, {**bytes_}, (), 400, "PT392"),
            ("PATCH", path, {**bytes_, "upload-offset": "1"}, (b"x",), 409, "PT388"),
            ("PATCH", path, {**bytes_, "upload-offset": "0"}, (b"x" * 60, b"x" * 41), 413, "PT151"),
            ("PATCH", path, {**bytes_, "upload-offset": "60", "content-length": "41"}, (b"x" * 41,), 413, "PT151"),
            ("PATCH", path, {**bytes_, "upload-offset": "60", "upload-checksum": "md5 x"}, (), 400, "PT392"),
            ("PATCH", path, {**bytes_, "upload-offset": "60", "upload-checksum": "sha1 YQ=="}, (), 400, "PT392"),
            ("PATCH", missing, {**bytes_, "upload-offset": "0"}, (), 404, "PT386"),
            ("PATCH", PATH + "../secret", {**bytes_, "upload-offset": "0"}, (), 404, "PT386"),
            ("PATCH", path, {**bytes_, "upload-offset": "60", "x-whose": "other"}, (), 404, "PT386"),
            ("DELETE", path, {"x-whose": "other"}, (), 404, "PT386"),
            ("GET", path, {}, (), 405, "PT111"),
        ):
            reply = await place.ask(method, at, headers, body)
            assert (reply.status, reply.problem) == (status, problem), (method, headers)
            assert reply.headers["tus-resumable"] == "1.0.0"
        assert (await place.ask("HEAD", missing)).status == 404
        # What came of the request that had too much before it had too much.
        assert await place.offset(path) == 60

    run(kind, tmp_path, bucket, work)


def test_what_this_server_can_do(tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        reply = await place.ask("OPTIONS", headers={"tus-resumable": ""})
        assert reply.status == 204
        assert reply.headers["tus-version"] == "1.0.0"
        assert reply.headers["tus-extension"] == "creation,creation-with-upload,expiration,checksum,termination"
        assert reply.headers["tus-checksum-algorithm"] == "sha1,sha256"
        assert reply.headers["tus-max-size"] == str(MOST_BYTES)
        path = await place.create(5)
        other = await place.ask(
            "POST",
            path,
            {
                "x-http-method-override": "PATCH",
                "content-type": "application/offset+octet-stream",
                "upload-offset": "0",
            },
            [b"12"],
        )
        assert (other.status, other.headers["upload-offset"]) == (204, "2")

    run("disk", tmp_path, bucket, work)


@BOTH
def test_an_upload_that_is_ended_leaves_nothing(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        path = await place.create(2 * PART)
        await place.patch(path, 0, bytes(PART + 5), GONE)
        assert (await place.ask("DELETE", path)).status == 204
        assert (await place.ask("HEAD", path)).status == 404
        assert await left(place) == []

    run(kind, tmp_path, bucket, work)


async def left(place: Place) -> list[str]:
    if place.store is None:
        return [each.name for each in (place.host.folder / "uploads").iterdir()]
    client = await place.store.client.get()
    found = await client.list_multipart_uploads(Bucket=place.store.client.bucket)
    prefix = place.store.where("")["Key"]
    parts = [each["Key"] for each in found.get("Uploads", ()) if each["Key"].startswith(prefix)]
    return parts + [each.key async for each in place.store.list("uploads/")]


@BOTH
def test_an_upload_that_is_too_old(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        path = await place.create(100)
        await place.patch(path, 0, b"x")
        reply = await place.patch(path, 1, b"x")
        assert (reply.status, reply.problem) == (410, "PT387")
        await place.routes.sweep()  # which the first request may have begun by itself, and be about
        async with asyncio.timeout(10):
            while await left(place):
                await asyncio.sleep(0.01)
        assert (await place.ask("HEAD", path)).status == 404

    run(kind, tmp_path, bucket, work, life_s=-1)


@BOTH
def test_a_file_that_the_host_refuses_is_gone(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        path = await place.create(len(BODY), sha256="0" * 64)
        reply = await place.patch(path, 0, BODY)
        assert (reply.status, reply.problem) == (422, "PT385")
        assert (await place.ask("HEAD", path)).status == 404
        assert [name for name in await left(place) if not name.endswith(".lease")] == []

    run(kind, tmp_path, bucket, work)


@BOTH
def test_a_file_that_was_not_made_is_made_when_it_is_asked_for(kind: Kind, tmp_path: Path, bucket: Bucket) -> None:
    """The process ends between the last byte and the file: to the client, who asks how far it is, that is the end."""

    async def work(place: Place) -> None:
        path = await place.create(len(BODY), refuse="once")
        assert (await place.patch(path, 0, BODY)).status == 500
        head = await fresh(place).ask("HEAD", path)
        assert head.headers["upload-offset"] == str(len(BODY))
        assert await place.file(head.headers["portico-file"]) == BODY

    run(kind, tmp_path, bucket, work)


def test_errors_are_told_as_elsewhere(tmp_path: Path, bucket: Bucket) -> None:
    async def work(place: Place) -> None:
        path = await place.create(10)
        reply = await place.patch(path, 5, b"x")
        error = json.loads(reply.body)["errors"][0]
        assert error["message"] == "The upload has 0 bytes, so the next ones begin there."
        assert "x-request-id" in reply.headers
        assert not any(isinstance(each, UploadLocked) for each in place.errors)

    run("disk", tmp_path, bucket, work)
