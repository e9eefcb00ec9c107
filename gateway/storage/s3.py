"""How are files kept in a bucket of S3: the `Store` of it, bytes in parts both ways."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any

from portico.gateway.s3_settings import S3Settings
from portico.gateway.storage.problems import FileMissing, FileTooLarge
from portico.gateway.storage.s3_client import S3Client, told
from portico.gateway.storage.stores import Entry, Stored

_READ_BYTES = 65_536
# Source: "Amazon S3 multipart upload limits".
MOST_PARTS = 10_000
MOST_COPIED_BYTES = 5 * 1024**3
_COPIED_BYTES = 512 * 1024**2  # of a part that is copied
_DELETED_AT_ONCE = 16


class S3Store:
    """
    The objects of a bucket under a prefix.

    Every write carries its Content-MD5, so what arrives differently is refused there.

    Raises:
        InvalidSettings: see `S3Client`.
    """

    def __init__(self, settings: S3Settings) -> None:
        self.client = S3Client(settings)
        self.part_bytes = settings.part_bytes
        self._prefix = settings.prefix

    def where(self, key: str) -> dict[str, str]:
        """The bucket and the name in it, as calls of the client have them."""
        return {"Bucket": self.client.bucket, "Key": self._prefix + key}

    async def put(self, key: str, chunks: AsyncIterator[bytes], *, content_type: str, most_bytes: int) -> Stored:
        """As `Store.put`; what is longer than a part is written in parts, and nothing is left of one that fails."""
        # Parts of a file are all of one size, for R2 takes no others.
        part_bytes = max(self.part_bytes, -(-most_bytes // MOST_PARTS))
        writing = _Writing(await self.client.get(), self.where(key), content_type, part_bytes)
        try:
            async for chunk in chunks:
                # What goes wrong in the source is not an error of S3.
                with told():
                    await writing.add(chunk)
                if writing.size_bytes > most_bytes:
                    raise FileTooLarge(f"The file has more than {most_bytes} bytes.")
            with told():
                return await writing.finish()
        except BaseException:
            await asyncio.shield(writing.abort())
            raise

    async def read(
        self, key: str, start: int = 0, stop: int | None = None, *, etag: str | None = None
    ) -> AsyncGenerator[bytes]:
        """
        As `Store.read`.

        Args:
            etag: of the object that is meant; another one in its place is refused (StoreUnavailable).
        """
        if stop is not None and stop <= start:
            if await self.size(key) is None:
                raise FileMissing("The file is not there.")
            return
        asked = {"Range": f"bytes={start}-{'' if stop is None else stop - 1}"} if start or stop is not None else {}
        if etag is not None:
            asked["IfMatch"] = etag
        with told():
            client = await self.client.get()
            try:
                found = await client.get_object(**self.where(key), **asked)
            except client.exceptions.ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 416:
                    return  # the range begins behind the end
                raise
            body = found["Body"]
            async with body:
                while chunk := await body.read(_READ_BYTES):
                    yield chunk

    async def size(self, key: str) -> int | None:
        """As `Store.size`."""
        try:
            return (await self.head(key))["ContentLength"]
        except FileMissing:
            return None

    async def head(self, key: str) -> Any:
        """
        What S3 says of an object: ContentLength, ContentType, ETag, LastModified.

        Raises:
            FileMissing
        """
        with told():
            return await (await self.client.get()).head_object(**self.where(key))

    async def copy(self, source: str, target: str) -> None:
        """As `Store.copy`: the bytes stay where they are, in parts above what one call copies."""
        head = await self.head(source)
        with told():
            client = await self.client.get()
            # Of the object that was looked at, whatever is written in its place meanwhile.
            given = {"CopySource": self.where(source), "CopySourceIfMatch": head["ETag"]}
            if head["ContentLength"] <= MOST_COPIED_BYTES:
                await client.copy_object(**self.where(target), **given)
                return
            await self._copy_parts(client, target, given, head)

    async def _copy_parts(self, client: Any, target: str, given: dict[str, Any], head: Any) -> None:
        where, size = self.where(target), head["ContentLength"]
        begun = await client.create_multipart_upload(**where, ContentType=head["ContentType"])
        where["UploadId"] = begun["UploadId"]
        try:
            parts: list[dict[str, Any]] = []
            for number, start in enumerate(range(0, size, _COPIED_BYTES), 1):
                span = f"bytes={start}-{min(start + _COPIED_BYTES, size) - 1}"
                done = await client.upload_part_copy(**where, **given, PartNumber=number, CopySourceRange=span)
                parts.append({"PartNumber": number, "ETag": done["CopyPartResult"]["ETag"]})
            await client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
        except BaseException:
            await asyncio.shield(client.abort_multipart_upload(**where))
            raise

    async def delete(self, keys: Sequence[str]) -> None:
        """As `Store.delete`. One call for each: the call for many has checksums that some services do not know."""
        with told():
            client = await self.client.get()
            for start in range(0, len(keys), _DELETED_AT_ONCE):
                some = keys[start : start + _DELETED_AT_ONCE]
                await asyncio.gather(*(client.delete_object(**self.where(key)) for key in some))

    async def list(self, prefix: str = "") -> AsyncIterator[Entry]:
        """As `Store.list`."""
        with told():
            client = await self.client.get()
            where = {"Bucket": self.client.bucket, "Prefix": self._prefix + prefix}
            more: dict[str, str] = {}
            while True:
                page = await client.list_objects_v2(**where, **more)
                for each in page.get("Contents", ()):
                    yield Entry(each["Key"].removeprefix(self._prefix), each["Size"], each["LastModified"])
                if not page.get("IsTruncated"):
                    return
                more = {"ContinuationToken": page["NextContinuationToken"]}

    async def close(self) -> None:
        """As `Store.close`."""
        await self.client.close()


class _Writing:
    """An object that is being written: whole where it is one part, else in parts, of which one is on its way while the next is gathered."""

    def __init__(self, client: Any, where: dict[str, str], content_type: str, part_bytes: int) -> None:
        self._client = client
        self._where = where
        self._content_type = content_type
        self._part_bytes = part_bytes
        self._gathered = bytearray()
        self._digest = hashlib.sha256()
        self._upload: dict[str, str] = {}
        self._parts: list[dict[str, Any]] = []
        self._sending: asyncio.Task[None] | None = None
        self.size_bytes = 0

    async def add(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        self._digest.update(chunk)
        self._gathered += chunk
        while len(self._gathered) > self._part_bytes:
            part = bytes(memoryview(self._gathered)[: self._part_bytes])
            del self._gathered[: self._part_bytes]
            await self._send(part)

    async def finish(self) -> Stored:
        if self._upload:
            await self._send(bytes(self._gathered))
            await self._sent()
            await self._client.complete_multipart_upload(**self._upload, MultipartUpload={"Parts": self._parts})
        else:
            body = bytes(self._gathered)
            await self._client.put_object(
                **self._where, Body=body, ContentType=self._content_type, ContentMD5=md5_of(body)
            )
        return Stored(self.size_bytes, self._digest.hexdigest())

    async def abort(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        if self._upload:
            # What made it end is told, not that ending failed, too.
            with contextlib.suppress(Exception):
                await self._client.abort_multipart_upload(**self._upload)

    async def _send(self, part: bytes) -> None:
        if not self._upload:
            begun = await self._client.create_multipart_upload(**self._where, ContentType=self._content_type)
            self._upload = {**self._where, "UploadId": begun["UploadId"]}
        await self._sent()
        self._sending = asyncio.create_task(self._send_part(part))

    async def _sent(self) -> None:
        if self._sending is not None:
            await self._sending
            self._sending = None

    async def _send_part(self, part: bytes) -> None:
        number = len(self._parts) + 1
        digest = await asyncio.to_thread(md5_of, part)  # 13 ms of a part, which queries do not wait for
        done = await self._client.upload_part(**self._upload, PartNumber=number, Body=part, ContentMD5=digest)
        self._parts.append({"PartNumber": number, "ETag": done["ETag"]})


def md5_of(body: bytes) -> str:
    """Source: RFC 1864. It is asked of nobody to withstand an attacker, only to notice what a line has changed."""
    return b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
