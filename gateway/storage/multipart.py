"""How do files come along with a GraphQL request: the multipart request specification, files kept on disk while they arrive."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import IO, Any

import orjson

from portico.gateway.http import Headers, Receive
from portico.gateway.problems import BodyTooLarge
from portico.gateway.storage.problems import InvalidMultipart, NeedsPreflight, UploadStalled
from portico.gateway.storage_settings import StorageSettings
from portico.schema.provided import Sent

# A page of another origin may send a form with files and its user's cookies, and is not asked by the browser whether it may; with a
# header of its own it is. Apollo's and graphql-http's names of it are taken.
_PREFLIGHTS = (
    b"x-portico-preflight",
    b"apollo-require-preflight",
    b"graphql-require-preflight",
    b"x-apollo-operation-name",
)
_BOUNDARY = re.compile(rb'boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))', re.IGNORECASE)
_NAME = re.compile(rb'(?:^|;)\s*name="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_FILE_NAME = re.compile(rb'(?:^|;)\s*filename="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_IN_MEMORY_BYTES = 65_536
_READ_BYTES = 262_144
_MOST_HEADERS = 16


class Upload(Sent):
    """A file that is sent along, as the GraphQL multipart request specification says."""

    def __init__(self, name: str, type_: str) -> None:
        self.name = name
        self.type = type_
        self.size = 0
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes, from the beginning."""
        await asyncio.to_thread(self.file.seek, 0)
        while chunk := await asyncio.to_thread(self.file.read, _READ_BYTES):
            yield chunk


def is_multipart(headers: Headers) -> bool:
    """Whether a request is one of these."""
    return headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data")


@asynccontextmanager
async def reading_multipart(
    settings: StorageSettings, max_operations_bytes: int, headers: Headers, receive: Receive
) -> AsyncGenerator[Any]:
    """As `Multipart.read`; the files are forgotten at the end."""
    request = Multipart(settings, max_operations_bytes)
    try:
        yield await request.read(headers, receive)
    finally:
        request.close()


class Multipart:
    """
    One request: its operations with the files in the places of their variables. Source: GraphQL multipart request
    specification, version 2.0.0.
    """

    def __init__(self, settings: StorageSettings, max_operations_bytes: int) -> None:
        self._settings = settings
        self._most_text = max_operations_bytes
        self._parts: dict[str, Upload] = {}
        self._texts: dict[str, bytearray] = {}
        self._bytes = 0
        self._headers: dict[bytes, bytes] = {}
        self._field = self._value = b""
        self._sink: Callable[[bytes], None] = self._ignored

    async def read(self, headers: Headers, receive: Receive) -> Any:
        """
        What the request asks: JSON, with an `Upload` for each file.

        Raises:
            NeedsPreflight, InvalidMultipart, BodyTooLarge, UploadStalled
        """
        from python_multipart.exceptions import FormParserError
        from python_multipart.multipart import MultipartParser

        if not any(headers.get(each) for each in _PREFLIGHTS):
            raise NeedsPreflight(
                "A multipart request needs a header that other sites cannot send.",
                hint="Send GraphQL-Require-Preflight: 1.",
            )
        boundary = _BOUNDARY.search(headers.get(b"content-type", b""))
        if boundary is None:
            raise InvalidMultipart("The content type has no boundary.")
        parser = MultipartParser(
            boundary[1] or boundary[2],
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
            },
        )
        try:
            async for chunk in body_of(receive, self._settings.stall_s):
                self._bytes += len(chunk)
                if self._bytes > self._settings.multipart_bytes + 2 * self._most_text:
                    raise BodyTooLarge("The files of the request are larger than allowed.", hint="Use createUpload.")
                # Parts that are on disk are written by the loop: each chunk is 64 KiB at most, and lies in the kernel's cache.
                parser.write(chunk)
            parser.finalize()
        except FormParserError:
            raise InvalidMultipart("The body is no multipart form.") from None
        return self._payload()

    def close(self) -> None:
        """Forgets the files."""
        for part in self._parts.values():
            part.file.close()

    # ---- the parser's calls --------------------------------------------------------------------------

    def _begin(self) -> None:
        self._headers = {}
        self._field = self._value = b""

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        if len(self._value) > 4096:
            raise InvalidMultipart("A header of a part is too long.")

    def _on_header(self) -> None:
        if len(self._headers) >= _MOST_HEADERS:
            raise InvalidMultipart("A part has too many headers.")
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_headers(self) -> None:
        said = self._headers.get(b"content-disposition", b"")
        named = _NAME.search(said)
        if named is None:
            raise InvalidMultipart("A part has no name.")
        name, file_name = _text(named[1]), _FILE_NAME.search(said)
        if name in self._parts or name in self._texts:
            raise InvalidMultipart("Two parts have one name.")
        if file_name is None:
            if name not in ("operations", "map") or (name == "map" and "operations" not in self._texts):
                raise InvalidMultipart("The parts are operations, map, and then the files.")
            text = self._texts[name] = bytearray()
            self._sink = lambda chunk: self._add_text(text, chunk)
            return
        if "map" not in self._texts:
            raise InvalidMultipart("The parts are operations, map, and then the files.")
        if len(self._parts) >= self._settings.multipart_files:
            raise InvalidMultipart(f"A request has at most {self._settings.multipart_files} files.")
        type_ = _text(self._headers.get(b"content-type", b"application/octet-stream"))
        part = self._parts[name] = Upload(_text(file_name[1]), type_)
        self._sink = lambda chunk: self._add_file(part, chunk)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._sink(data[start:end])

    def _add_text(self, text: bytearray, chunk: bytes) -> None:
        text += chunk
        if len(text) > self._most_text:
            raise BodyTooLarge(f"The operations are longer than the {self._most_text} bytes allowed.")

    def _add_file(self, part: Upload, chunk: bytes) -> None:
        part.size += len(chunk)
        part.file.write(chunk)

    def _ignored(self, chunk: bytes) -> None:
        raise InvalidMultipart("A part has no headers.")

    # ---- the files in their places -------------------------------------------------------------------

    def _payload(self) -> Any:
        try:
            operations, places = (orjson.loads(self._texts[name]) for name in ("operations", "map"))
        except (KeyError, orjson.JSONDecodeError):
            raise InvalidMultipart("operations and map must be JSON.") from None
        if not isinstance(places, dict) or set(places) != set(self._parts):
            raise InvalidMultipart("The map does not name the files that were sent.")
        for name, paths in places.items():  # pyright: ignore[reportUnknownVariableType]
            for path in paths if isinstance(paths, list) else [None]:  # pyright: ignore[reportUnknownVariableType]
                _put(operations, path, self._parts[name])
        return operations


def _put(operations: Any, path: Any, part: Upload) -> None:
    """Puts a file at a path such as `variables.file` or `0.variables.files.1`, where null must be."""
    steps = path.split(".") if isinstance(path, str) else []
    at: Any = operations
    try:
        if "variables" not in steps[:2] or len(steps) > 16:
            raise KeyError
        for step in steps[:-1]:
            at = at[int(step)] if isinstance(at, list) else at[step]  # pyright: ignore[reportUnknownVariableType]
        last: Any = int(steps[-1]) if isinstance(at, list) else steps[-1]
        if at[last] is not None:
            raise KeyError
        at[last] = part
    except (KeyError, IndexError, TypeError, ValueError):
        raise InvalidMultipart("A path of the map leads to no variable that is null.") from None


def _text(value: bytes) -> str:
    return re.sub(r"\\(.)", r"\1", value.decode(errors="replace"))


async def body_of(receive: Receive, stall_s: float) -> AsyncIterator[bytes]:
    """
    A request's body as it comes.

    Raises:
        UploadStalled: nothing came for so long.
    """
    while True:
        try:
            async with asyncio.timeout(stall_s):
                message: Mapping[str, Any] = await receive()
        except TimeoutError:
            raise UploadStalled(f"Nothing came for {stall_s} s.", hint="Send it again.") from None
        if message["type"] == "http.disconnect":
            raise asyncio.CancelledError
        if chunk := message.get("body", b""):
            yield chunk
        if not message.get("more_body", False):
            return
