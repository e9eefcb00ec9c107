"""How are hosted files found in a bucket of S3: looked up by name, and streamed through."""

from __future__ import annotations

import asyncio
from typing import Any

from portico.gateway.hosted_encodings import may_be_packed, packed_name
from portico.gateway.hosted_files import HostedFile, is_known
from portico.gateway.problems import InvalidSettings
from portico.gateway.s3_settings import S3Settings
from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.s3 import S3Store
from portico.gateway.storage.s3_partials import FOLDER as PARTIALS


class HostedBucket:
    """
    The files of a folder of a bucket: see `HostedFiles`. Those that a build has packed are sent so; nothing is packed here, for nothing is held.

    Args:
        folder: after the prefix that the settings have.

    Raises:
        InvalidSettings: there is no bucket, or what users have uploaded may lie in the folder.
    """

    def __init__(self, settings: S3Settings, folder: str) -> None:
        folder = folder.strip("/")
        first = folder.partition("/")[0]
        # Keys of files begin with a table and a column, with a dot between; those that come piece by piece have a folder of their own.
        if not first or "." in first or first + "/" == PARTIALS:
            raise InvalidSettings(
                f"hosting.folder = {folder!r} would serve to everybody what users have sent to the bucket.",
                hint='Put the files of the app into a folder of the bucket, and name it: hosting.folder = "app".',
            )
        self._store = S3Store(settings)
        self._folder = folder + "/"

    async def find(self, names: tuple[str, ...], known: bytes, taken: tuple[str, ...]) -> HostedFile | None:
        """As `HostedFiles.find`."""
        key = self._folder + "/".join(names)
        encodings = taken if may_be_packed(names[-1]) else ()
        # At once, as each takes the way to the bucket and back.
        plain, *packed = await asyncio.gather(
            self._head(key), *(self._head(packed_name(key, encoding)) for encoding in encodings)
        )
        if plain is None:
            return None
        for encoding, head in zip(encodings, packed, strict=True):
            if head is not None and plain["LastModified"] <= head["LastModified"]:
                return self._file(names[-1], packed_name(key, encoding), head, known, encoding)
        return self._file(names[-1], key, plain, known, None)

    async def close(self) -> None:
        """As `HostedFiles.close`."""
        await self._store.close()

    def _file(self, name: str, key: str, head: Any, known: bytes, encoding: str | None) -> HostedFile:
        tag = head["ETag"].encode()
        content = None if is_known(tag, known) else self._store.read(key, etag=head["ETag"])
        return HostedFile(name, tag, content, head["ContentLength"], encoding)

    async def _head(self, key: str) -> Any:
        try:
            return await self._store.head(key)
        except FileMissing:
            return None
