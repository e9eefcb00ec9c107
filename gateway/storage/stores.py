"""What does a place for bytes do: a folder or a bucket of S3, behind one protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written. sha256: of all its bytes, in hexadecimal digits."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies in a store."""

    key: str
    size_bytes: int
    changed_at: datetime


class Store(Protocol):
    """
    Objects by key. Keys are made by Portico alone: letters, digits, `-`, `_`, `.` and `/`, no part empty or beginning with a dot.

    Bytes travel in chunks both ways, so that memory does not grow with a file.
    """

    async def put(self, key: str, chunks: AsyncIterator[bytes], *, content_type: str, most_bytes: int) -> Stored:
        """
        Writes an object whole, in place of one that is there; readers see the one or the other.

        Raises:
            FileTooLarge: there were more bytes; nothing was written.
        """
        ...

    def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """
        Bytes from `start` up to, not including, `stop`, or to the end.

        Raises:
            FileMissing: at the first chunk.
        """
        ...

    async def size(self, key: str) -> int | None:
        """How many bytes an object has; None where there is none."""
        ...

    async def copy(self, source: str, target: str) -> None:
        """
        Copies within the store, without the bytes coming here where it can.

        Raises:
            FileMissing
        """
        ...

    async def delete(self, keys: Sequence[str]) -> None:
        """Deletes objects; what is not there is no error."""
        ...

    def list(self, prefix: str = "") -> AsyncIterator[Entry]:
        """All objects whose key begins so, in the order of keys."""
        ...

    async def close(self) -> None:
        """Ends connections."""
        ...
