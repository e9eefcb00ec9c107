"""How do uploads lie in S3 while they come: the parts of a multipart upload, and an object of the bytes that make no part yet."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from portico.gateway.storage.partials import Whole, as_bytes, from_bytes
from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.s3 import MOST_PARTS, S3Store, md5_of
from portico.gateway.storage.s3_client import told
from portico.gateway.storage.s3_lease import Lease
from portico.gateway.storage.tus import Partial
from portico.gateway.storage.upload_problems import UploadGone

_ID = re.compile(r"[0-9a-f]{32}")
FOLDER, _KNOWN, _BYTES, _LEASE = "uploads/", ".json", ".bytes", ".lease"
_MOST_DIGESTS = 256


class S3Partials:
    """
    Uploads in a bucket.

    The offset is what S3 says of parts, and the size of the tail: the object `….tail.N` with the bytes of part N as far as they have come. Once
    part N is there this tail says nothing any more, so nothing has to be written together with anything else.
    """

    def __init__(self, store: S3Store) -> None:
        self._store = store
        self.most_checked_bytes: int | None = store.part_bytes  # they are held until they are verified
        self._digests: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    async def create(self, upload: Partial) -> None:
        """See `Partials`."""
        with told():
            client = await self._store.client.get()
            begun = await client.create_multipart_upload(**self._store.where(_key(upload.id, _BYTES)))
        await self._write(upload, begun["UploadId"])

    async def find(self, id: str) -> Partial | None:
        """See `Partials`."""
        found = await self._record(id) if _ID.fullmatch(id) else None
        return None if found is None else found[0]

    async def offset(self, upload: Partial) -> int:
        """See `Partials`."""
        return upload.size_bytes if upload.file_id is not None else (await self._writer(upload)).offset

    @asynccontextmanager
    async def write(self, upload: Partial, *, is_checked: bool) -> AsyncGenerator[S3Writer]:
        """See `Partials`."""
        async with Lease(self._store, _key(upload.id, _LEASE)):
            writer = await self._writer(upload, is_checked=is_checked)
            known = self._digests.pop(upload.id, None)
            if not writer.offset:
                writer.digest = hashlib.sha256()
            elif known is not None and known[0] == writer.offset:
                writer.digest = known[1]
            yield writer
            if writer.digest is not None:
                self._digests[upload.id] = (writer.offset, writer.digest)
                if len(self._digests) > _MOST_DIGESTS:
                    self._digests.popitem(last=False)

    async def finish(self, upload: Partial) -> None:
        """See `Partials`."""
        await self._write(upload, "")
        keys = [each.key async for each in self._store.list(FOLDER + upload.id)]
        await self._store.delete([key for key in keys if not key.endswith((_KNOWN, _LEASE))])

    async def delete(self, id: str) -> None:
        """See `Partials`."""
        self._digests.pop(id, None)
        found = await self._record(id)
        if found is not None and found[1]:
            with contextlib.suppress(FileMissing), told():
                client = await self._store.client.get()
                await client.abort_multipart_upload(**self._store.where(_key(id, _BYTES)), UploadId=found[1])
        await self._store.delete([each.key async for each in self._store.list(FOLDER + id)])

    async def list(self) -> AsyncIterator[Partial]:
        """See `Partials`."""
        async for each in self._store.list(FOLDER):
            if each.key.endswith(_KNOWN):
                name = each.key.removeprefix(FOLDER).removesuffix(_KNOWN)
                if (upload := await self.find(name)) is not None:
                    yield upload

    async def _write(self, upload: Partial, multipart_id: str) -> None:
        await put(self._store, _key(upload.id, _KNOWN), as_bytes(upload, multipart_id=multipart_id))

    async def _record(self, id: str) -> tuple[Partial, str] | None:
        try:
            text = b"".join([chunk async for chunk in self._store.read(_key(id, _KNOWN))])
        except FileMissing:
            return None
        upload, more = from_bytes(text)
        return upload, more["multipart_id"]

    async def _writer(self, upload: Partial, *, is_checked: bool = False) -> S3Writer:
        found = await self._record(upload.id)
        if found is None:
            raise _gone()
        writer = S3Writer(self._store, upload, found[1], is_checked=is_checked)
        await writer.open()
        return writer


class S3Writer:
    """See `Writer`. It holds a part at most, and where bytes have a checksum as many again."""

    def __init__(self, store: S3Store, upload: Partial, multipart_id: str, *, is_checked: bool) -> None:
        self._store = store
        self._upload = upload
        self._where = {**store.where(_key(upload.id, _BYTES)), "UploadId": multipart_id}
        self._part_bytes = max(store.part_bytes, -(-upload.size_bytes // MOST_PARTS))
        self._is_checked = is_checked
        self._parts: list[dict[str, Any]] = []
        self._sent = 0  # bytes in parts
        self._tail = bytearray()
        self._kept = 0
        self._is_complete = False
        self.digest: Any = None

    @property
    def offset(self) -> int:
        """See `Writer`."""
        return self._sent + len(self._tail)

    async def open(self) -> None:
        """
        Finds out where the upload ends.

        Raises:
            UploadGone
        """
        try:
            with told():
                await self._list()
        except FileMissing:
            # Completed, and the process ended before a file was made of it.
            size = await self._store.size(_key(self._upload.id, _BYTES))
            if size is None or size != self._upload.size_bytes:
                raise _gone() from None
            self._sent, self._is_complete = size, True
            return
        with contextlib.suppress(FileMissing):
            async for chunk in self._store.read(self._tail_key()):
                self._tail += chunk
        self._kept = len(self._tail)

    async def _list(self) -> None:
        client = await self._store.client.get()
        marker = 0
        while True:
            page = await client.list_parts(**self._where, PartNumberMarker=marker)
            for each in page.get("Parts", ()):
                self._parts.append({"PartNumber": each["PartNumber"], "ETag": each["ETag"]})
                self._sent += each["Size"]
            if not page.get("IsTruncated"):
                return
            marker = page["NextPartNumberMarker"]

    async def add(self, chunk: bytes) -> None:
        """See `Writer`."""
        self._tail += chunk
        if not self._is_checked:
            await self._send()

    async def keep(self) -> None:
        """See `Writer`."""
        if self._is_complete:
            return
        await self._send()
        if len(self._tail) != self._kept:
            await put(self._store, self._tail_key(), bytes(self._tail))
            self._count(self._tail[self._kept :])
            self._kept = len(self._tail)

    async def discard(self) -> None:
        """See `Writer`."""
        del self._tail[self._kept :]

    async def whole(self) -> Whole:
        """See `Writer`."""
        key = _key(self._upload.id, _BYTES)
        if not self._is_complete:
            await self._complete(key)
        if self.digest is None:
            self.digest = hashlib.sha256()
            async for chunk in self._store.read(key):
                self.digest.update(chunk)
        return Whole(self._upload, self.digest.hexdigest(), key=key)

    async def _complete(self, key: str) -> None:
        with told():
            client = await self._store.client.get()
            if not self._parts:
                # What is shorter than a part is no multipart upload; also nothing at all can be written so.
                await put(self._store, key, bytes(self._tail))
                await client.abort_multipart_upload(**self._where)
            else:
                if self._tail:
                    await self._send_part(bytes(self._tail))
                await client.complete_multipart_upload(**self._where, MultipartUpload={"Parts": self._parts})
        self._is_complete = True

    async def _send(self) -> None:
        """Whole parts go as they are full; the tail that has come to be one says nothing any more."""
        while len(self._tail) >= self._part_bytes:
            part = bytes(memoryview(self._tail)[: self._part_bytes])
            self._count(memoryview(part)[self._kept :])
            del self._tail[: self._part_bytes]
            had_tail, old = self._kept > 0, self._tail_key()
            self._kept = 0
            with told():
                await self._send_part(part)
            self._sent += len(part)
            if had_tail:
                await self._store.delete((old,))

    async def _send_part(self, part: bytes) -> None:
        client, number = await self._store.client.get(), len(self._parts) + 1
        digest = await asyncio.to_thread(md5_of, part)
        done = await client.upload_part(**self._where, PartNumber=number, Body=part, ContentMD5=digest)
        self._parts.append({"PartNumber": number, "ETag": done["ETag"]})

    def _count(self, more: Any) -> None:
        if self.digest is not None:
            self.digest.update(more)

    def _tail_key(self) -> str:
        return _key(self._upload.id, f".tail.{len(self._parts) + 1}")


async def put(store: S3Store, key: str, body: bytes) -> None:
    """Writes a small object."""
    with told():
        client = await store.client.get()
        await client.put_object(**store.where(key), Body=body, ContentMD5=md5_of(body))


def _key(id: str, kind: str) -> str:
    return f"{FOLDER}{id}{kind}"


def _gone() -> UploadGone:
    return UploadGone("The upload is not there any more.", hint="Begin another one.")
