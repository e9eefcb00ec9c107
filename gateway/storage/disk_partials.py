"""How do uploads lie on a disk while they come: a file of bytes, whose length is the offset, and one of what is known."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import re
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from portico.gateway.storage.partials import Whole, as_bytes, from_bytes
from portico.gateway.storage.problems import StoreUnavailable
from portico.gateway.storage.tus import Partial
from portico.gateway.storage.upload_problems import UploadGone, UploadLocked

Answer = TypeVar("Answer")

_ID = re.compile(r"[0-9a-f]{32}")
_KNOWN, _BYTES, _CHECKED = ".json", ".bytes", ".checked"
_GATHERED_BYTES = 1_048_576  # until a thread is asked to write: a hop costs as much as writing 64 KiB
_MOST_DIGESTS = 256


class DiskPartials:
    """
    Uploads in a folder, for any number of processes of one machine.

    Bytes are appended, and flushed to the disk before an offset is told. The lock on the file of bytes is the system's, which takes it
    back from a process that is killed. Where a request has a checksum, a third file says where its bytes begin: until they are verified
    the upload ends there, whatever came behind.
    """

    most_checked_bytes: int | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # So that a file is not read again for its digest. By where the digest has come to: it is of use there alone.
        self._digests: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    async def create(self, upload: Partial) -> None:
        """See `Partials`."""
        await _in_thread(self._create, upload)

    async def find(self, id: str) -> Partial | None:
        """See `Partials`."""
        return await _in_thread(self._find, id) if _ID.fullmatch(id) else None

    async def offset(self, upload: Partial) -> int:
        """See `Partials`."""
        return upload.size_bytes if upload.file_id is not None else await _in_thread(self._offset, upload.id)

    @asynccontextmanager
    async def write(self, upload: Partial, *, is_checked: bool) -> AsyncGenerator[DiskWriter]:
        """See `Partials`."""
        path = self._path(upload.id, _BYTES)
        writer = DiskWriter(upload, path, self._path(upload.id, _CHECKED))
        try:
            await _in_thread(writer.open, is_checked, self._digests.pop(upload.id, None))
            yield writer
        finally:
            writer.close()
            if writer.digest is not None:
                self._digests[upload.id] = (writer.written, writer.digest)
                if len(self._digests) > _MOST_DIGESTS:
                    self._digests.popitem(last=False)

    async def finish(self, upload: Partial) -> None:
        """See `Partials`."""
        await _in_thread(self._finish, upload)

    async def delete(self, id: str) -> None:
        """See `Partials`."""
        self._digests.pop(id, None)
        await _in_thread(self._delete, id)

    async def list(self) -> AsyncIterator[Partial]:
        """See `Partials`."""
        for each in await _in_thread(self._ids):
            if (upload := await self.find(each)) is not None:
                yield upload

    # ---- in a thread ---------------------------------------------------------------------------------

    def _path(self, id: str, kind: str) -> Path:
        return self._folder / (id + kind)

    def _create(self, upload: Partial) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        os.close(os.open(self._path(upload.id, _BYTES), flags, 0o640))
        self._write(upload)

    def _write(self, upload: Partial) -> None:
        """What is known is there whole or not at all."""
        between = self._folder / f".{secrets.token_hex(8)}"
        with between.open("xb") as opened:
            opened.write(as_bytes(upload))
            opened.flush()
            os.fsync(opened.fileno())
        between.rename(self._path(upload.id, _KNOWN))
        flush(self._folder)

    def _find(self, id: str) -> Partial | None:
        try:
            return from_bytes(self._path(id, _KNOWN).read_bytes())[0]
        except FileNotFoundError:
            return None

    def _offset(self, id: str) -> int:
        try:
            number = os.open(self._path(id, _BYTES), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise _gone() from None
        try:
            size = os.fstat(number).st_size
            os.fsync(number)  # of a process that was killed: what is told to be there stays, also when the power fails
        finally:
            os.close(number)
        verified = verified_at(self._path(id, _CHECKED))
        return size if verified is None else min(size, verified)

    def _finish(self, upload: Partial) -> None:
        self._write(upload)
        self._path(upload.id, _BYTES).unlink(missing_ok=True)

    def _delete(self, id: str) -> None:
        # What is known goes first: a crash in between leaves bytes that belong to nothing, not an upload without bytes.
        for kind in (_KNOWN, _BYTES, _CHECKED, ".between"):
            self._path(id, kind).unlink(missing_ok=True)

    def _ids(self) -> list[str]:
        return [each.stem for each in self._folder.glob(f"*{_KNOWN}")] if self._folder.is_dir() else []


class DiskWriter:
    """See `Writer`."""

    def __init__(self, upload: Partial, path: Path, checked: Path) -> None:
        self._upload = upload
        self._path = path
        self._checked = checked
        self._file = -1
        self._gathered = bytearray()
        self._kept = 0
        self.written = 0  # bytes, as many as the digest has seen where there is one
        self.digest: Any = None

    @property
    def offset(self) -> int:
        """See `Writer`."""
        return self.written + len(self._gathered)

    async def add(self, chunk: bytes) -> None:
        """See `Writer`."""
        self._gathered += chunk
        if len(self._gathered) >= _GATHERED_BYTES:
            await _in_thread(self._write)

    async def keep(self) -> None:
        """See `Writer`."""
        await _in_thread(self._keep)

    async def discard(self) -> None:
        """See `Writer`."""
        await _in_thread(self._discard)

    async def whole(self) -> Whole:
        """See `Writer`."""
        return Whole(self._upload, await _in_thread(self._sha256), path=self._path)

    # ---- in a thread ---------------------------------------------------------------------------------

    def open(self, is_checked: bool, known: tuple[int, Any] | None) -> None:
        """Takes the lock and finds out where the upload ends."""
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise _gone() from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise locked() from None
        found = os.fstat(self._file)
        if not found.st_nlink:
            raise _gone()
        self._begin(found.st_size, is_checked, known)

    def _begin(self, size: int, is_checked: bool, known: tuple[int, Any] | None) -> None:
        verified = verified_at(self._checked)
        if verified is not None and verified < size:
            os.ftruncate(self._file, verified)
            size = verified
        self._kept = self.written = size
        if is_checked:
            # Whole or not at all: an empty one would say that nothing was verified.
            between = self._checked.with_suffix(".between")
            between.write_text(str(size))
            between.rename(self._checked)
        else:
            self._checked.unlink(missing_ok=True)
        if size == 0:
            self.digest = hashlib.sha256()
        elif known is not None and known[0] == size:
            self.digest = known[1]

    def _write(self) -> None:
        view = memoryview(self._gathered)
        done = 0
        try:
            while done < len(view):
                done += os.write(self._file, view[done:])
        finally:
            # Also where the disk is full: what was written is there.
            if self.digest is not None:
                self.digest.update(view[:done])
            view.release()
            del self._gathered[:done]
            self.written += done

    def _keep(self) -> None:
        self._write()
        os.fsync(self._file)
        self._checked.unlink(missing_ok=True)
        self._kept = self.written

    def _discard(self) -> None:
        self._gathered.clear()
        if self.written != self._kept:
            os.ftruncate(self._file, self._kept)
            self.written, self.digest = self._kept, None
        self._checked.unlink(missing_ok=True)

    def _sha256(self) -> str:
        if self.digest is None:
            with self._path.open("rb") as opened:
                self.digest = hashlib.file_digest(opened, "sha256")
        return self.digest.hexdigest()

    def close(self) -> None:
        """Gives the lock back."""
        if self._file >= 0:
            os.close(self._file)


def verified_at(path: Path) -> int | None:
    """Where bytes that nobody has verified begin; None where there are none."""
    try:
        return int(path.read_text())
    except FileNotFoundError:
        return None


def flush(folder: Path) -> None:
    """Has the names in a folder survive the power, as the bytes of its files do."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


async def _in_thread(work: Callable[..., Answer], *arguments: Any) -> Answer:
    """Whoever is cancelled waits for the thread: it may be writing to a file that is about to be closed."""
    running = asyncio.get_running_loop().run_in_executor(None, lambda: work(*arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
    except OSError as error:
        raise StoreUnavailable(
            "The place where files lie cannot be used.", hint="The server's log says why."
        ) from error


def locked() -> UploadLocked:
    """Another has it."""
    return UploadLocked("Another request is writing this upload.", hint="Try again.")


def _gone() -> UploadGone:
    return UploadGone("The upload is not there any more.", hint="Begin another one.")
