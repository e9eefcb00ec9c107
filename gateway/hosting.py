"""How is an app served: its files at /, and its page at every path that is none of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from portico.gateway.chunks import send_chunks
from portico.gateway.engines import dialect_of, sqlite_path
from portico.gateway.hosted_encodings import encodings_of, is_fingerprinted, may_be_packed
from portico.gateway.hosted_files import INDEX, HostedFile, HostedFiles, names_of
from portico.gateway.hosted_folder import HostedFolder
from portico.gateway.http import Headers, Receive, Scope, Send
from portico.gateway.problems import MethodNotAllowed, NotFound
from portico.gateway.settings import Settings
from portico.schema.problems import Problem

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


class Hosting:
    """
    Serves files to everybody.

    Args:
        policy: the Content-Security-Policy of all files; empty sends none.
        immutable: folders whose files never change, besides those that have a fingerprint in their name.
    """

    def __init__(self, files: HostedFiles, *, policy: str, immutable: Iterable[str] = ()) -> None:
        self._files = files
        self._immutable = tuple(tuple(each.strip("/").split("/")) for each in immutable)
        self._headers = (*_SAFE, (b"content-security-policy", policy.encode())) if policy else _SAFE

    @classmethod
    def of(cls, settings: Settings, folder: Path) -> Hosting | None:
        """
        What serves the files that the settings name, if they do. folder: of the project.

        Raises:
            InvalidSettings: there is no such folder, or something private is in it.
        """
        hosting = settings.hosting
        if not hosting.folder and not hosting.bucket:
            return None
        files = _bucket(settings) if hosting.bucket else _folder(settings, folder)
        return cls(files, policy=hosting.content_security_policy, immutable=hosting.immutable_folders)

    async def close(self) -> None:
        """Ends connections to where the files lie."""
        await self._files.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """
        Answers a request for a file.

        Raises:
            NotFound, MethodNotAllowed, FileTooLarge, StoreUnavailable: nothing was sent.
        """
        headers: Headers = dict(scope["headers"])
        names = names_of(scope)
        known = headers.get(b"if-none-match", b"")
        taken = encodings_of(headers.get(b"accept-encoding", b""))
        file = None if names is None else await self._files.find(names, known, taken)
        extra = (*self._headers, _IMMUTABLE if names is not None and self._is_immutable(names) else _ASKED_AGAIN)
        if file is None and names is not None and _wants_app(scope, headers, names[-1]):
            file = await self._files.find((INDEX,), known, taken)
            extra = (*self._headers, _ASKED_AGAIN, _BY_ACCEPT)
        elif file is not None and may_be_packed(file.name):
            extra = (*extra, _BY_ENCODING)
        if file is None:
            raise NotFound("There is nothing here.", hint="GraphQL is at /graphql.")
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed("A file is read with GET.")
        await _send_file(file, extra, receive, send, has_body=scope["method"] == "GET")

    def _is_immutable(self, names: tuple[str, ...]) -> bool:
        return is_fingerprinted(names[-1]) or any(names[: len(each)] == each for each in self._immutable)


def _folder(settings: Settings, folder: Path) -> HostedFiles:
    hosting = settings.hosting
    private = [folder, folder / settings.models]
    if dialect_of(settings.database_url) == "sqlite":
        private.append(Path(sqlite_path(settings.database_url, folder)))
    return HostedFolder(
        folder / hosting.folder,
        private=private,
        max_file_bytes=hosting.max_file_bytes,
        packed_bytes=hosting.compressed_bytes,
    )


def _bucket(settings: Settings) -> HostedFiles:
    from portico.gateway.hosted_bucket import HostedBucket

    return HostedBucket(settings.storage.s3, settings.hosting.folder)


def _wants_app(scope: Scope, headers: Headers, last: str) -> bool:
    """Whether a browser goes to an address of the app's own: what has an extension is a file that is missing."""
    is_page = last == INDEX or "." not in last
    return is_page and scope["method"] in ("GET", "HEAD") and b"text/html" in headers.get(b"accept", b"")


async def _send_file(
    file: HostedFile, extra: tuple[tuple[bytes, bytes], ...], receive: Receive, send: Send, *, has_body: bool
) -> None:
    extra = (*extra, (b"etag", file.tag))
    if file.content is None:
        # Source: RFC 9110, 15.4.5; without type and length, which would be those of no body.
        await send({"type": "http.response.start", "status": 304, "headers": list(extra)})
        await send({"type": "http.response.body", "body": b""})
        return
    kind = _TYPES.get(Path(file.name).suffix.lower(), _UNKNOWN)
    if file.encoding is not None:
        extra = (*extra, (b"content-encoding", file.encoding.encode()))
    headers = [(b"content-type", kind), (b"content-length", b"%d" % file.size_bytes), *extra]
    head: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": headers}
    if isinstance(file.content, bytes) or not has_body:
        await send(head)
        await send({"type": "http.response.body", "body": file.content if has_body else b""})
        return
    await _send_chunks(file.content, head, receive, send)


async def _send_chunks(chunks: AsyncGenerator[bytes], head: dict[str, Any], receive: Receive, send: Send) -> None:
    """The first chunk is there before the head is sent: until then a problem can be answered, later the connection ends."""
    async with aclosing(chunks):
        first = await anext(chunks, b"")
        await send(head)
        try:
            await send_chunks(first, chunks, receive, send)
        except Problem as problem:
            raise ConnectionAbortedError("The rest of a hosted file cannot be had.") from problem
