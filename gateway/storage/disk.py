"""How are files kept in a folder: the `Store` of a local disk, every file whole or not there."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from portico.gateway.storage.disk_partials import flush
from portico.gateway.storage.problems import FileMissing, FileTooLarge, StoreUnavailable
from portico.gateway.storage.stores import Entry, Stored

Answer = TypeVar("Answer")

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
_LONGEST_KEY = 512
_INCOMING = ".incoming"  # no key begins with a dot
_WRITTEN_BYTES = 1_048_576  # gathered before a thread is asked: a hop costs as much as writing 64 KiB
READ_BYTES = 262_144
_THREADS = 4  # of a process, for all its files


class DiskStore:
    """
    The files of a folder, which is made with the first.

    A file is written beside its place, flushed to the disk and then renamed, so that whoever reads has the old one or the new one,
    also after the power fails. Nothing outside of the folder is touched: a key is letters, digits, `-`, `_`, `.` and `/`, no part of
    it begins with a dot, and no link is followed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = ThreadPoolExecutor(_THREADS, "portico-files")

    # ---- the protocol --------------------------------------------------------------------------------

    async def put(self, key: str, chunks: AsyncIterator[bytes], *, content_type: str, most_bytes: int) -> Stored:
        """See `Store`; the type is for the row to keep."""
        path = self._path(key)
        with _told():
            writing = await self._in_thread(_Writing, self._folder / _INCOMING)
            try:
                size, waiting = 0, 0
                parts: list[bytes] = []
                async for chunk in chunks:
                    size += len(chunk)
                    if size > most_bytes:
                        raise FileTooLarge(f"The file has more than {most_bytes} bytes.")
                    parts.append(chunk)
                    waiting += len(chunk)
                    if waiting >= _WRITTEN_BYTES:
                        await self._in_thread(writing.write, parts)
                        parts, waiting = [], 0
                return await self._in_thread(writing.finish, parts, path)
            finally:
                # Also where whoever waits is cancelled: a thread at work is waited for by the next in line.
                self._threads.submit(writing.close)

    async def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """See `Store`."""
        path = self._path(key)
        with _told():
            number = await self._in_thread(_open, path)
            ahead: asyncio.Future[bytes] | None = None
            try:
                while stop is None or start < stop:
                    size = READ_BYTES if stop is None else min(READ_BYTES, stop - start)
                    chunk = await (ahead or self._in_thread(os.pread, number, size, start))
                    if not chunk:
                        return
                    start += len(chunk)
                    # The next one is read while this one is sent.
                    ahead = None if stop is not None and start >= stop else self._begun(number, start, stop)
                    yield chunk
            finally:
                if ahead is not None:
                    await asyncio.wait([ahead])
                self._threads.submit(os.close, number)

    async def size(self, key: str) -> int | None:
        """See `Store`."""
        path = self._path(key)
        with _told():
            return await self._in_thread(_size, path)

    async def copy(self, source: str, target: str) -> None:
        """See `Store`."""
        taken, given = self._path(source), self._path(target)
        with _told():
            await self._in_thread(_copy, taken, self._folder / _INCOMING, given)

    async def delete(self, keys: Sequence[str]) -> None:
        """See `Store`."""
        paths = [self._path(key) for key in keys]
        with _told():
            await self._in_thread(_delete, paths)

    async def list(self, prefix: str = "") -> AsyncIterator[Entry]:
        """See `Store`."""
        with _told():
            walking = _entries(self._folder, prefix)
            while batch := await self._in_thread(_some, walking):
                for entry in batch:
                    yield entry

    async def close(self) -> None:
        """See `Store`."""
        self._threads.shutdown(wait=False)

    async def adopt(self, path: Path, key: str) -> None:
        """Takes a file of the same disk that was flushed to it, without its bytes being read: the path goes on naming it, too."""
        target = self._path(key)
        with _told():
            await self._in_thread(_adopt, path, self._folder / _INCOMING, target)

    async def forget_incoming(self, before: datetime) -> None:
        """Deletes what was being written when a process died."""
        with _told():
            await self._in_thread(_forget, self._folder / _INCOMING, before)

    # ---- on the loop ---------------------------------------------------------------------------------

    def _path(self, key: str) -> Path:
        """
        Where a key lies.

        Raises:
            FileMissing: it is no key.
        """
        if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
            raise FileMissing("There is no such file.")
        return self._folder / key

    def _begun(self, number: int, start: int, stop: int | None) -> asyncio.Future[bytes]:
        size = READ_BYTES if stop is None else min(READ_BYTES, stop - start)
        return asyncio.get_running_loop().run_in_executor(self._threads, os.pread, number, size, start)

    async def _in_thread(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


@contextlib.contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise FileMissing("There is no such file.") from None
    except OSError as error:
        raise StoreUnavailable(
            "The place where files lie cannot be used.", hint="The server's log says why."
        ) from error


# ---- in a thread -------------------------------------------------------------------------------------


class _Writing:
    """A file that is being written, under a name of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / secrets.token_hex(16)
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, parts: Sequence[bytes]) -> None:
        for part in parts:
            self._digest.update(part)
            view = memoryview(part)
            while view:
                view = view[os.write(self._file, view) :]
            self._size += len(part)

    def finish(self, parts: Sequence[bytes], path: Path) -> Stored:
        self.write(parts)
        os.fsync(self._file)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path.rename(path)
        flush(path.parent)
        return Stored(self._size, self._digest.hexdigest())

    def close(self) -> None:
        os.close(self._file)
        self._path.unlink(missing_ok=True)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise FileNotFoundError from error


def _size(path: Path) -> int | None:
    try:
        return path.lstat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return None


def _copy(source: Path, incoming: Path, target: Path) -> None:
    incoming.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    between = incoming / secrets.token_hex(16)
    try:
        shutil.copyfile(source, between, follow_symlinks=False)
        with between.open("rb+") as opened:
            os.fsync(opened.fileno())
        between.rename(target)
        flush(target.parent)
    finally:
        between.unlink(missing_ok=True)


def _adopt(source: Path, incoming: Path, target: Path) -> None:
    incoming.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    between = incoming / secrets.token_hex(16)
    between.hardlink_to(source)
    try:
        between.rename(target)
        flush(target.parent)
    finally:
        between.unlink(missing_ok=True)  # a rename to another name of the same file does nothing


def _delete(paths: Sequence[Path]) -> None:
    for path in paths:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
        with contextlib.suppress(OSError):
            path.parent.rmdir()  # where nothing is left in it


def _entries(folder: Path, prefix: str) -> Iterator[Entry]:
    """In the order of keys: a folder is sorted as if its name ended with the slash that its keys have."""
    if not folder.is_dir():
        return

    def walk(inner: Path, base: str) -> Iterator[Entry]:
        with os.scandir(inner) as found:
            entries = [(each.name + "/" * each.is_dir(follow_symlinks=False), each) for each in found]
        for name, each in sorted((pair for pair in entries if not pair[0].startswith(".")), key=lambda pair: pair[0]):
            key = base + name
            if name.endswith("/") and (key.startswith(prefix) or prefix.startswith(key)):
                yield from walk(Path(each.path), key)
            elif key.startswith(prefix) and each.is_file(follow_symlinks=False):
                known = each.stat(follow_symlinks=False)
                yield Entry(key, known.st_size, datetime.fromtimestamp(known.st_mtime, UTC))

    yield from walk(folder, "")


def _some(walking: Iterator[Entry]) -> list[Entry]:
    return [entry for _, entry in zip(range(1000), walking, strict=False)]


def _forget(folder: Path, before: datetime) -> None:
    if not folder.is_dir():
        return
    for each in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if datetime.fromtimestamp(each.stat().st_mtime, UTC) < before:
                each.unlink()
