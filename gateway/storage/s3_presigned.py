"""How do clients write to S3 themselves: a signed PUT or POST for one key, type, size and time, and the check of what came."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portico.gateway.storage.s3 import S3Store
from portico.gateway.storage.stores import Stored
from portico.gateway.storage.upload_problems import UploadDiffers

# Source: "Authenticating Requests: Using Query Parameters"; S3 takes no longer ones.
MOST_SECONDS = 604_800


@dataclass(frozen=True, slots=True)
class Presigned:
    """
    What a client is to send.

    Of a PUT `headers` are sent with the bytes as its body; of a POST `fields` are the fields of a form, before the field `file`.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]


class Presigning:
    """
    Signs for the bucket of a store.

    Give it keys under which nothing is read, and move what came by `accept`: whoever has the URL can send again until it expires.
    """

    def __init__(self, store: S3Store) -> None:
        self._store = store

    async def put(
        self, key: str, *, content_type: str, size_bytes: int, expires_s: int, sha256: str | None = None
    ) -> Presigned:
        """
        A PUT of exactly so many bytes of this type.

        Args:
            sha256: in hexadecimal digits; where it is given S3 itself refuses other bytes.
        """
        client = await self._store.client.get()
        bound: dict[str, Any] = {"ContentType": content_type, "ContentLength": size_bytes}
        headers = {"content-type": content_type, "content-length": str(size_bytes)}
        if sha256 is not None:
            bound["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = b64encode(bytes.fromhex(sha256)).decode()
        url = await client.generate_presigned_url(
            "put_object",
            Params={**self._store.where(key), **bound},
            ExpiresIn=min(expires_s, MOST_SECONDS),
            HttpMethod="PUT",
        )
        return Presigned("PUT", url, headers, {})

    async def post(
        self, key: str, *, content_type: str, most_bytes: int, expires_s: int, least_bytes: int = 1
    ) -> Presigned:
        """A form that takes a file of this type within these sizes, for pages that send forms."""
        client = await self._store.client.get()
        where = self._store.where(key)
        found = await client.generate_presigned_post(
            where["Bucket"],
            where["Key"],
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", least_bytes, most_bytes]],
            ExpiresIn=min(expires_s, MOST_SECONDS),
        )
        return Presigned("POST", found["url"], {}, found["fields"])

    async def accept(
        self, source: str, target: str, *, content_type: str, most_bytes: int, sha256: str | None = None
    ) -> Stored:
        """
        Takes what a client wrote: copied to a key that no client can write, looked at there, and deleted where it came.

        Args:
            sha256: what it must be, where the client has said so.

        Raises:
            FileMissing: nothing came.
            UploadDiffers: it is of another type, size or digest; nothing is left of it.
        """
        await self._store.copy(source, target)
        try:
            stored = await self._checked(target, content_type, most_bytes, sha256)
        except UploadDiffers:
            await self._store.delete((source, target))
            raise
        await self._store.delete((source,))
        return stored

    async def _checked(self, key: str, content_type: str, most_bytes: int, sha256: str | None) -> Stored:
        head = await self._store.head(key)
        if head["ContentLength"] > most_bytes:
            raise UploadDiffers(f"The file has more than {most_bytes} bytes.")
        if head["ContentType"].lower() != content_type.lower():
            raise UploadDiffers("The file is of another type than was said.")
        digest, size = hashlib.sha256(), 0
        async for chunk in self._store.read(key):
            digest.update(chunk)
            size += len(chunk)
        found = digest.hexdigest()
        if sha256 is not None and found != sha256.lower():
            raise UploadDiffers("The file has other bytes than was said.")
        return Stored(size, found)
