"""How are hosted files found in a folder: links followed, nothing outside of it, packed as a build or we have packed it."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from portico.gateway.hosted_encodings import Packer, may_be_packed, packed_name
from portico.gateway.hosted_files import HostedFile, is_hidden, is_known
from portico.gateway.problems import FileTooLarge, InvalidSettings


class HostedFolder:
    """
    The files of a folder: see `HostedFiles`.

    Args:
        folder: with all that is in it, hidden files and Portico's own aside; looked up at each request, so that a link to it can be moved.
        private: files and folders that must not be inside of it.
        max_file_bytes: larger files are refused, since a file is held whole while it is sent.
        packed_bytes: of memory for what was packed; 0 packs nothing but sends what a build has packed.

    Raises:
        InvalidSettings: there is no such folder, or something private is in it.
    """

    def __init__(self, folder: Path, *, private: Iterable[Path], max_file_bytes: int, packed_bytes: int = 0) -> None:
        if not folder.is_dir():
            raise InvalidSettings(f"hosting.folder = {str(folder)!r}, but there is no such folder.")
        for each in private:
            if each.resolve().is_relative_to(folder.resolve()):
                raise InvalidSettings(
                    f"hosting.folder would serve {each.name or each.resolve().name!r} to everybody.",
                    hint="Name a folder of the project that has nothing but what browsers are to get.",
                )
        self._folder = folder
        self._max_file_bytes = max_file_bytes
        self._packer = Packer(packed_bytes)

    async def find(self, names: tuple[str, ...], known: bytes, taken: tuple[str, ...]) -> HostedFile | None:
        """As `HostedFiles.find`."""
        return await asyncio.to_thread(self._find, names, known, taken)

    async def close(self) -> None:
        """As `HostedFiles.close`."""

    # ---- in a thread ---------------------------------------------------------------------------------

    def _find(self, names: tuple[str, ...], known: bytes, taken: tuple[str, ...]) -> HostedFile | None:
        """The file of a path, links followed; None where there is none, or where it lies outside or is hidden."""
        try:
            folder = self._folder.resolve(strict=True)
            path = folder.joinpath(*names).resolve(strict=True)
            if not path.is_relative_to(folder) or any(map(is_hidden, path.relative_to(folder).parts)):
                return None
            number = _open(path)
        except (OSError, ValueError, RuntimeError):
            return None
        try:
            return self._read(path, number, known, taken)
        finally:
            os.close(number)

    def _read(self, path: Path, number: int, known: bytes, taken: tuple[str, ...]) -> HostedFile | None:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            return None
        tag = b"%x-%x" % (found.st_mtime_ns, found.st_size)
        for encoding in taken if may_be_packed(path.name) else ():
            packed = self._packed_before(path, encoding, tag, known, found.st_mtime_ns)
            if packed is not None:
                return packed
        if found.st_size > self._max_file_bytes:
            raise FileTooLarge(
                "The file is larger than this server sends.", hint="The setting hosting.max_file_bytes says how large."
            )
        encoding = "gzip" if "gzip" in taken and self._packer.packs(path.name, found.st_size) else None
        tag = _tag(tag, encoding)
        if is_known(tag, known):
            return HostedFile(path.name, tag, None, 0, encoding)
        content = _content(number, self._max_file_bytes)
        content = self._packer.pack(str(path), tag, content) if encoding else content
        return HostedFile(path.name, tag, content, len(content), encoding)

    def _packed_before(self, path: Path, encoding: str, tag: bytes, known: bytes, changed_ns: int) -> HostedFile | None:
        """What a build has packed, unless the file has changed since."""
        try:
            number = _open(path.with_name(packed_name(path.name, encoding)))
        except OSError:
            return None
        try:
            found = os.fstat(number)
            is_good = stat.S_ISREG(found.st_mode) and changed_ns <= found.st_mtime_ns
            if not is_good or found.st_size > self._max_file_bytes:
                return None
            tag = _tag(b"%b-%x-%x" % (tag, found.st_mtime_ns, found.st_size), encoding)
            content = None if is_known(tag, known) else _content(number, self._max_file_bytes)
            return HostedFile(path.name, tag, content, len(content or b""), encoding)
        finally:
            os.close(number)


def _open(path: Path) -> int:
    """Not to wait for the writer of a pipe, and not to follow a link that was put here since."""
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _content(number: int, most_bytes: int) -> bytes:
    with os.fdopen(number, "rb", closefd=False) as opened:
        return opened.read(most_bytes)


def _tag(tag: bytes, encoding: str | None) -> bytes:
    """Each way in which a file travels has a tag of its own: RFC 9110, 8.8.3.3."""
    return b'"%b"' % tag if encoding is None else b'"%b-%b"' % (tag, encoding.encode())
