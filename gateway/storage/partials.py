"""Where do uploads lie while they come piece by piece: what a place for them does, and what the host is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import orjson

from portico.gateway.storage.stores import Store
from portico.gateway.storage.tus import Partial


@dataclass(frozen=True, slots=True)
class Whole:
    """
    An upload that is all there. One of `path`, a file that may be renamed, and `key`, an object of the store, says where.

    sha256: of all its bytes, in hexadecimal digits.
    """

    upload: Partial
    sha256: str
    path: Path | None = None
    key: str | None = None


class Writer(Protocol):
    """Who alone writes an upload, for as long as one request takes."""

    @property
    def offset(self) -> int:
        """Where the next byte belongs, with all that was added."""
        ...

    async def add(self, chunk: bytes) -> None:
        """Appends; what was added may be lost until `keep`."""
        ...

    async def keep(self) -> None:
        """All that was added survives the end of the process."""
        ...

    async def discard(self) -> None:
        """Nothing was added since this writer began, or since the last `keep`."""
        ...

    async def whole(self) -> Whole:
        """The whole upload, whose last byte was kept."""
        ...


class Partials(Protocol):
    """
    A place for uploads. What lies there is the truth: no offset is known by memory alone, so that none is wrong after a crash.

    Ids are 32 hexadecimal digits.
    """

    most_checked_bytes: int | None  # of a request whose bytes have a checksum; None: any

    async def create(self, upload: Partial) -> None:
        """Begins an upload without a byte."""
        ...

    async def find(self, id: str) -> Partial | None:
        """What is known of one; None where there is none."""
        ...

    async def offset(self, upload: Partial) -> int:
        """How many bytes are there for good."""
        ...

    def write(self, upload: Partial, *, is_checked: bool) -> AbstractAsyncContextManager[Writer]:
        """
        The one writer of an upload.

        Args:
            is_checked: bytes do not count, also after a crash, before `keep`.

        Raises:
            UploadLocked: another process has it.
            UploadGone: it was ended meanwhile.
        """
        ...

    async def finish(self, upload: Partial) -> None:
        """Keeps what is known of one that has become a file, without its bytes."""
        ...

    async def delete(self, id: str) -> None:
        """Ends one; what is not there is no error."""
        ...

    def list(self) -> AsyncIterator[Partial]:
        """All that there are."""
        ...


def as_bytes(upload: Partial, **more: Any) -> bytes:
    """An upload as it is kept."""
    record = {
        "id": upload.id,
        "size_bytes": upload.size_bytes,
        "declared": upload.declared,
        "metadata_text": upload.metadata_text,
        "expires_at": upload.expires_at,
        "file_id": upload.file_id,
    }
    return orjson.dumps({**record, **more})


def from_bytes(text: bytes) -> tuple[Partial, dict[str, Any]]:
    """What `as_bytes` wrote, and what was beside it."""
    record: dict[str, Any] = orjson.loads(text)
    names = Partial.__slots__
    return Partial(**{name: record.pop(name) for name in names}), record


def finished(upload: Partial, file_id: str) -> Partial:
    """It has become a file."""
    return replace(upload, file_id=file_id)


@runtime_checkable
class Adopts(Protocol):
    """A store on the same disk as the uploads."""

    async def adopt(self, path: Path, key: str) -> None:
        """Takes a file without its bytes being read; the path goes on naming it, so that this can be done again after a crash."""
        ...


async def keep(whole: Whole, store: Store, key: str, content_type: str) -> None:
    """Writes what has arrived under a key of a store; where it lay is left to `Partials`."""
    if whole.key is not None:
        await store.copy(whole.key, key)
        return
    assert whole.path is not None
    if isinstance(store, Adopts):
        await store.adopt(whole.path, key)
        return
    await store.put(key, _chunks(whole.path), content_type=content_type, most_bytes=whole.upload.size_bytes)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as opened:
        while chunk := await asyncio.to_thread(opened.read, 1_048_576):
            yield chunk
