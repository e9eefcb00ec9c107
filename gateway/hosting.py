"""How is a folder served: its files at /, and the page of an app at every path that is none of them."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from portico.gateway.engines import dialect_of, sqlite_path
from portico.gateway.hosted_encodings import Packer, encodings_of, is_fingerprinted, may_be_packed, packed_name
from portico.gateway.http import Headers, Scope, Send, respond
from portico.gateway.problems import FileTooLarge, InvalidSettings, MethodNotAllowed, NotFound
from portico.gateway.settings import Settings

INDEX = "index.html"
_HTML = b"text/html; charset=utf-8"
# By a table of ours: what `mimetypes` says depends on the files of the machine.
_TYPES = {
    ".html": _HTML,
    ".htm": _HTML,
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".mjs": b"text/javascript; charset=utf-8",
    ".json": b"application/json; charset=utf-8",
    ".map": b"application/json; charset=utf-8",
    ".webmanifest": b"application/manifest+json; charset=utf-8",
    ".txt": b"text/plain; charset=utf-8",
    ".md": b"text/markdown; charset=utf-8",
    ".xml": b"application/xml; charset=utf-8",
    ".svg": b"image/svg+xml; charset=utf-8",
    ".png": b"image/png",
    ".jpg": b"image/jpeg",
    ".jpeg": b"image/jpeg",
    ".gif": b"image/gif",
    ".webp": b"image/webp",
    ".avif": b"image/avif",
    ".ico": b"image/x-icon",
    ".woff": b"font/woff",
    ".woff2": b"font/woff2",
    ".ttf": b"font/ttf",
    ".otf": b"font/otf",
    ".pdf": b"application/pdf",
    ".mp3": b"audio/mpeg",
    ".wav": b"audio/wav",
    ".mp4": b"video/mp4",
    ".webm": b"video/webm",
    ".wasm": b"application/wasm",
}
_UNKNOWN = b"application/octet-stream"
_SAFE = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
# Asked for again each time, which is a 304 where nothing changed: a page never runs with yesterday's script.
_ASKED_AGAIN = (b"cache-control", b"no-cache")
# What has its content in its name is another file when it has other content. Source: RFC 8246.
_IMMUTABLE = (b"cache-control", b"public, max-age=31536000, immutable")
_BY_ENCODING = (b"vary", b"accept-encoding")
_BY_ACCEPT = (b"vary", b"accept, accept-encoding")
# Such a byte in an address is a slash for some and a letter for others, proxies with rules of their own among them.
_AMBIGUOUS = (b"%2f", b"%5c", b"%00")
_OWN = ("portico.toml", "portico.db")  # secrets and data; also a copy, or what a build has gathered by mistake
_WELL_KNOWN = ".well-known"  # the one name with a dot that is meant to be served: RFC 8615


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be served. content: None where the client has it. encoding: how it is packed; None as it is."""

    name: str
    tag: bytes
    content: bytes | None
    encoding: str | None = None


class Hosting:
    """
    Serves a folder to everybody.

    Args:
        folder: with all that is in it, hidden files and Portico's own aside; looked up at each request, so that a link to it can be moved.
        private: files and folders that must not be inside of it.
        max_file_bytes: larger files are refused, since a file is held whole while it is sent.
        policy: the Content-Security-Policy of all files; empty sends none.
        immutable: folders in it whose files never change, besides those that have a fingerprint in their name.
        packed_bytes: of memory for what was packed; 0 packs nothing but sends what a build has packed.

    Raises:
        InvalidSettings: there is no such folder, or something private is in it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        private: Iterable[Path],
        max_file_bytes: int,
        policy: str,
        immutable: Iterable[str] = (),
        packed_bytes: int = 0,
    ) -> None:
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
        self._immutable = tuple(tuple(each.strip("/").split("/")) for each in immutable)
        self._packer = Packer(packed_bytes)
        self._headers = (*_SAFE, (b"content-security-policy", policy.encode())) if policy else _SAFE

    @classmethod
    def of(cls, settings: Settings, folder: Path) -> Hosting | None:
        """What serves the folder that the settings name, if they do. folder: of the project."""
        hosting = settings.hosting
        if not hosting.folder:
            return None
        private = [folder, folder / settings.models]
        if dialect_of(settings.database_url) == "sqlite":
            private.append(Path(sqlite_path(settings.database_url, folder)))
        return cls(
            folder / hosting.folder,
            private=private,
            max_file_bytes=hosting.max_file_bytes,
            policy=hosting.content_security_policy,
            immutable=hosting.immutable_folders,
            packed_bytes=hosting.compressed_bytes,
        )

    async def __call__(self, scope: Scope, send: Send) -> None:
        """
        Answers a request for a file.

        Raises:
            NotFound, MethodNotAllowed, FileTooLarge: nothing was sent.
        """
        headers: Headers = dict(scope["headers"])
        names = names_of(scope)
        known = headers.get(b"if-none-match", b"")
        taken = encodings_of(headers.get(b"accept-encoding", b""))
        file = None if names is None else await asyncio.to_thread(self._find, names, known, taken)
        extra = (*self._headers, _IMMUTABLE if names is not None and self._is_immutable(names) else _ASKED_AGAIN)
        if file is None and names is not None and _wants_app(scope, headers, names[-1]):
            file = await asyncio.to_thread(self._find, (INDEX,), known, taken)
            extra = (*self._headers, _ASKED_AGAIN, _BY_ACCEPT)
        elif file is not None and may_be_packed(file.name):
            extra = (*extra, _BY_ENCODING)
        if file is None:
            raise NotFound("There is nothing here.", hint="GraphQL is at /graphql.")
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed("A file is read with GET.")
        await _send_file(file, extra, send, has_body=scope["method"] == "GET")

    def _is_immutable(self, names: tuple[str, ...]) -> bool:
        return is_fingerprinted(names[-1]) or any(names[: len(each)] == each for each in self._immutable)

    # ---- in a thread ---------------------------------------------------------------------------------

    def _find(self, names: tuple[str, ...], known: bytes, taken: tuple[str, ...]) -> File | None:
        """The file of a path, links followed; None where there is none, or where it lies outside or is hidden."""
        try:
            folder = self._folder.resolve(strict=True)
            path = folder.joinpath(*names).resolve(strict=True)
            if not path.is_relative_to(folder) or any(map(_is_hidden, path.relative_to(folder).parts)):
                return None
            number = _open(path)
        except (OSError, ValueError, RuntimeError):
            return None
        try:
            return self._read(path, number, known, taken)
        finally:
            os.close(number)

    def _read(self, path: Path, number: int, known: bytes, taken: tuple[str, ...]) -> File | None:
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
        if _is_known(tag, known):
            return File(path.name, tag, None, encoding)
        content = _content(number, self._max_file_bytes)
        return File(path.name, tag, self._packer.pack(str(path), tag, content) if encoding else content, encoding)

    def _packed_before(self, path: Path, encoding: str, tag: bytes, known: bytes, changed_ns: int) -> File | None:
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
            content = None if _is_known(tag, known) else _content(number, self._max_file_bytes)
            return File(path.name, tag, content, encoding)
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


def names_of(scope: Scope) -> tuple[str, ...] | None:
    """
    The names that a path consists of, `index.html` at the end of one that ends with a slash.

    None for a path that no file has: names that begin with a dot (`..` and hidden files) or are those of Portico's own files, are
    empty, or have a backslash, a colon or a control character, and whatever is ambiguous while it is encoded.
    """
    raw: bytes = scope.get("raw_path") or b""
    if any(each in raw.lower() for each in _AMBIGUOUS):
        return None
    first, *names = scope["path"].split("/")
    if first or not names:
        return None
    names[-1] = names[-1] or INDEX
    if any(map(_is_no_name, names)):
        return None
    return tuple(names)


def _is_no_name(name: str) -> bool:
    return not name or _is_hidden(name) or "\\" in name or ":" in name or not name.isprintable()


def _is_hidden(name: str) -> bool:
    return (name.startswith(".") and name != _WELL_KNOWN) or name.lower().startswith(_OWN)


def _wants_app(scope: Scope, headers: Headers, last: str) -> bool:
    """Whether a browser goes to an address of the app's own: what has an extension is a file that is missing."""
    is_page = last == INDEX or "." not in last
    return is_page and scope["method"] in ("GET", "HEAD") and b"text/html" in headers.get(b"accept", b"")


def _is_known(tag: bytes, known: bytes) -> bool:
    """Source: RFC 9110, 13.1.2; the comparison is the weak one."""
    return known.strip() == b"*" or tag in (each.strip().removeprefix(b"W/") for each in known.split(b","))


async def _send_file(file: File, extra: tuple[tuple[bytes, bytes], ...], send: Send, *, has_body: bool) -> None:
    extra = (*extra, (b"etag", file.tag))
    if file.content is None:
        # Source: RFC 9110, 15.4.5; without type and length, which would be those of no body.
        await send({"type": "http.response.start", "status": 304, "headers": list(extra)})
        await send({"type": "http.response.body", "body": b""})
        return
    kind = _TYPES.get(Path(file.name).suffix.lower(), _UNKNOWN)
    if file.encoding is not None:
        extra = (*extra, (b"content-encoding", file.encoding.encode()))
    if has_body:
        await respond(send, 200, file.content, kind, extra)
        return
    length = (b"content-length", b"%d" % len(file.content))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind), length, *extra]})
    await send({"type": "http.response.body", "body": b""})
