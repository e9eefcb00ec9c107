"""How do the bytes of a file go out: asked of its rules each time, shown by browsers only where that is harmless."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from portico.gateway.chunks import send_chunks
from portico.gateway.edge import Edge
from portico.gateway.http import Headers, Receive, Scope, Send
from portico.gateway.problems import MethodNotAllowed
from portico.gateway.storage.problems import FileMissing, RangeNotSatisfiable
from portico.gateway.storage.ranges import range_of
from portico.gateway.storage.reading import FileReader, Known
from portico.gateway.storage.signing import PATH, Signer
from portico.gateway.storage.stores import Store
from portico.schema.caller import Caller

Header = tuple[bytes, bytes]

# What a browser shows without running anything of it. SVG, HTML, XML and PDF are not among them: they are kept, never shown.
_SHOWN = {
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "video/mp4", "video/webm", "video/ogg",
    "audio/mpeg", "audio/mp4", "audio/ogg", "audio/webm", "audio/wav", "audio/wave", "audio/x-wav", "audio/flac", "audio/aac",
    "text/plain",
}  # fmt: skip
_SAFE: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
    (b"accept-ranges", b"bytes"),
)
# A cache may have it, and must ask each time whether it may give it: that is asked of the rules here, and answered 304.
_ASKED_AGAIN: Header = (b"cache-control", b"no-cache")
# Without a signature in the address it is the headers that say who asks.
_NOT_SHARED: tuple[Header, ...] = ((b"cache-control", b"private, no-cache"), (b"vary", b"authorization, cookie"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. size: of an image, by name."""

    file: Known
    caching: tuple[Header, ...]
    download: bool
    size: str | None


@dataclass(frozen=True, slots=True)
class Served:
    """What is sent: bytes of a store under a key. more: headers that come with them."""

    key: str
    type: str
    size_bytes: int
    tag: bytes
    more: tuple[Header, ...] = ()


Variant = Callable[[Asked, Headers], Any]
"""(what is asked, headers) → awaitable of `Served`, for images in one of their sizes."""


class Downloads:
    """
    Answers GET and HEAD of files.

    Args:
        variant: makes a size of an image; None where there are none.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        signer: Signer,
        reader: FileReader,
        edge: Edge,
        is_public: Callable[[str], bool],
        public_max_age_s: int,
    ) -> None:
        self._store = store
        self._signer = signer
        self._reader = reader
        self._edge = edge
        self._is_public = is_public
        self._public: tuple[Header, ...] = (
            (b"cache-control", b"public, max-age=%d, must-revalidate" % public_max_age_s),
        )
        self.variant: Variant | None = None

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers, extra: tuple[Header, ...]
    ) -> None:
        """
        Answers one request.

        Raises:
            FileMissing, InvalidUrl, MethodNotAllowed, RangeNotSatisfiable: nothing was sent.
        """
        method = scope["method"]
        if method not in ("GET", "HEAD"):
            raise MethodNotAllowed("A file is read with GET.")
        asked = await self._asked(scope["path"].removeprefix(PATH), scope["query_string"], headers)
        # What follows is said to who may have the file, and to nobody else: neither tag nor range tells of one that is hidden.
        served = await self._served(asked, headers)
        extra = (*extra, *_SAFE, *asked.caching, *served.more, (b"etag", served.tag), *_named(asked.file))
        if _is_known(served.tag, headers.get(b"if-none-match")):
            await send({"type": "http.response.start", "status": 304, "headers": list(extra)})
            await send({"type": "http.response.body", "body": b""})
            return
        kind = (b"content-type", _content_type(served.type))
        extra = (kind, _disposition(asked, served.type), *extra)
        try:
            wanted = range_of(headers, served.size_bytes, served.tag) if method == "GET" else None
        except RangeNotSatisfiable:
            length = (b"content-range", b"bytes */%d" % served.size_bytes)
            start = {
                "type": "http.response.start",
                "status": 416,
                "headers": [length, (b"content-length", b"0"), *extra],
            }
            await send(start)
            await send({"type": "http.response.body", "body": b""})
            return
        await self._send(receive, send, served, wanted, extra, has_body=method == "GET")

    async def _asked(self, key: str, query: bytes, headers: Headers) -> Asked:
        """
        Which file an address asks for.

        Raises:
            FileMissing: there is none, or none for the caller.
            InvalidUrl
        """
        given = _parameters(query)
        download, size = "download" in given, given.get("size")
        if self._is_public(key.partition("/")[0]):
            found, caching = await self._reader.find_public(key), self._public
            if found is not None:
                return Asked(found, caching, download, size)
        if "t" in given:
            seal = self._signer.opened(key, given["t"], given.get("s", ""), download=download)
            caller, caching = seal.caller, (_ASKED_AGAIN,)
        else:
            identified = self._edge.identify(headers)
            caller = await identified if inspect.isawaitable(identified) else identified
            caching = _NOT_SHARED
        assert isinstance(caller, Caller)
        found = await self._reader.find(caller, key)
        if found is None:
            raise FileMissing("There is no such file.")
        return Asked(found, caching, download, size)

    async def _served(self, asked: Asked, headers: Headers) -> Served:
        if asked.size is not None:
            if self.variant is None:
                raise FileMissing("There is no such size.")
            return await self.variant(asked, headers)
        file = asked.file
        return Served(file.key, file.type, file.size, b'"%b"' % file.digest[:32].encode())

    async def _send(
        self,
        receive: Receive,
        send: Send,
        served: Served,
        wanted: tuple[int, int] | None,
        extra: tuple[Header, ...],
        *,
        has_body: bool,
    ) -> None:
        start, stop = wanted or (0, served.size_bytes)
        length = (b"content-length", b"%d" % (stop - start))
        status = 206 if wanted else 200
        if wanted:
            extra = ((b"content-range", b"bytes %d-%d/%d" % (start, stop - 1, served.size_bytes)), *extra)
        head: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": [length, *extra]}
        if not has_body or start == stop:
            await send(head)
            await send({"type": "http.response.body", "body": b""})
            return
        chunks = self._store().read(served.key, start, stop)
        # The first chunk before the head: of a file whose bytes are not there, nothing has been said yet.
        first = await _next(chunks)
        await send(head)
        if len(first) == stop - start:
            await send({"type": "http.response.body", "body": first})
            return
        try:
            await send_chunks(first, chunks, receive, send)
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    async for chunk in chunks:
        return chunk
    raise FileMissing("There is no such file.")


def _parameters(query: bytes) -> Mapping[str, str]:
    # By hand: parse_qs is a tenth of what a 304 costs. What we wrote has nothing that is encoded, and what others wrote fits nothing.
    parts = (part.partition("=") for part in query.decode("latin-1").split("&", 8))
    return {name: value for name, _, value in parts}


def _content_type(type_: str) -> bytes:
    return type_.encode() + (b"; charset=utf-8" if type_.startswith("text/") else b"")


def _disposition(asked: Asked, type_: str) -> Header:
    """Source: RFC 6266, with RFC 8187 for names that are not ASCII."""
    kind = "inline" if type_ in _SHOWN and not asked.download else "attachment"
    name = asked.file.name
    plain = "".join(each if each.isascii() and each.isprintable() and each not in '"\\%' else "_" for each in name)
    said = f'{kind}; filename="{plain}"'
    if plain != name:
        said += f"; filename*=UTF-8''{quote(name, safe='')}"
    return b"content-disposition", said.encode("ascii")


def _named(file: Known) -> tuple[Header, ...]:
    """What caches are told by to forget it: the file's own name, and that of its bucket."""
    keys = surrogate_keys(file.id, file.bucket)
    return (b"surrogate-key", " ".join(keys).encode()), (b"cache-tag", ",".join(keys).encode())


def surrogate_keys(id_: str, bucket: str) -> tuple[str, str]:
    """The names of a file and of its bucket in caches."""
    return f"file-{id_}", f"bucket-{bucket}"


def _is_known(tag: bytes, known: bytes | None) -> bool:
    """Source: RFC 9110, 13.1.2; the comparison is the weak one."""
    if known is None:
        return False
    return known.strip() == b"*" or tag in (each.strip().removeprefix(b"W/") for each in known.split(b","))
