"""What does a request of tus ask for, and how is it answered: tus 1.0 without any I/O."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, TypeAlias

from portico.gateway.storage.upload_problems import TusRequest, TusVersion

VERSION = b"1.0.0"
EXTENSIONS = b"creation,creation-with-upload,expiration,checksum,termination"
# Those of the standard library that are still worth their time; sha1 is the one that every server must have.
ALGORITHMS = {"sha1": 20, "sha256": 32}
_BYTES = b"application/offset+octet-stream"
_MOST_METADATA_BYTES = 4_096
_MOST_DIGITS = 15
RESUMABLE = (b"tus-resumable", VERSION)
_NOT_KEPT = (b"cache-control", b"no-store")

Headers: TypeAlias = Mapping[bytes, bytes]
Lines: TypeAlias = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Describe:
    """What can this server do (OPTIONS)?"""


@dataclass(frozen=True, slots=True)
class Create:
    """A new upload, with its first bytes where `has_bytes`."""

    size_bytes: int
    metadata: Mapping[str, str]
    metadata_text: str  # as it came, for it is answered so
    has_bytes: bool
    checksum: Checksum | None


@dataclass(frozen=True, slots=True)
class Look:
    """How far is it (HEAD)?"""


@dataclass(frozen=True, slots=True)
class Append:
    """Bytes that begin at an offset."""

    offset: int
    checksum: Checksum | None


@dataclass(frozen=True, slots=True)
class End:
    """It is not wanted any more."""


Action: TypeAlias = Describe | Create | Look | Append | End


@dataclass(frozen=True, slots=True)
class Partial:
    """
    What is known of an upload from its beginning on.

    Args:
        declared: what the host keeps with it: JSON that is its own business.
        metadata_text: as the client wrote it.
        expires_at: seconds since 1970.
        file_id: what the host made of it; None until then.
    """

    id: str
    size_bytes: int
    declared: Mapping[str, Any]
    metadata_text: str
    expires_at: float
    file_id: str | None = None


def read(method: str, headers: Headers, *, is_upload: bool) -> Action | None:
    """
    What is asked for; None where no request of tus has this method.

    Args:
        headers: names in lower case.
        is_upload: the address is that of an upload, not the one where uploads are made.

    Raises:
        TusVersion, TusRequest
    """
    # Source: "X-HTTP-Method-Override".
    if method == "POST" and b"x-http-method-override" in headers:
        method = headers[b"x-http-method-override"].decode("latin-1").upper()
    if method == "OPTIONS":
        return Describe()
    if method not in (("HEAD", "PATCH", "DELETE") if is_upload else ("POST",)):
        return None
    if headers.get(b"tus-resumable") != VERSION:
        raise TusVersion("The request is not one of tus 1.0.0.", hint="Send the header Tus-Resumable: 1.0.0.")
    if method == "POST":
        return _create(headers)
    if method == "HEAD":
        return Look()
    if method == "DELETE":
        return End()
    if headers.get(b"content-type") != _BYTES:
        raise TusRequest("A PATCH has the type application/offset+octet-stream.")
    return Append(_number(headers, b"upload-offset"), _checksum(headers))


def described(most_bytes: int) -> Lines:
    """Source: tus 1.0, "OPTIONS"."""
    return (
        RESUMABLE,
        (b"tus-version", VERSION),
        (b"tus-extension", EXTENSIONS),
        (b"tus-checksum-algorithm", ",".join(ALGORITHMS).encode()),
        (b"tus-max-size", b"%d" % most_bytes),
    )


def created(location: str, upload: Partial, offset: int) -> Lines:
    """Source: "Creation", "Creation With Upload"; status 201."""
    return (*advanced(upload, offset), (b"location", location.encode()))


def looked(upload: Partial, offset: int) -> Lines:
    """Source: "HEAD"; status 200."""
    lines = (*advanced(upload, offset), (b"upload-length", b"%d" % upload.size_bytes), _NOT_KEPT)
    return (*lines, (b"upload-metadata", upload.metadata_text.encode())) if upload.metadata_text else lines


def advanced(upload: Partial, offset: int) -> Lines:
    """Source: "PATCH", "Expiration"; status 204. `Portico-File` is ours: the id of the file that has been made."""
    lines = (RESUMABLE, (b"upload-offset", b"%d" % offset))
    if upload.file_id is not None:
        return (*lines, (b"portico-file", upload.file_id.encode()))
    return (*lines, (b"upload-expires", formatdate(upload.expires_at, usegmt=True).encode()))


def _create(headers: Headers) -> Create:
    if b"upload-defer-length" in headers or b"upload-concat" in headers:
        raise TusRequest(
            "Uploads of unknown length, or in parts that are put together, are not taken.",
            hint="Send Upload-Length; the header Tus-Extension of OPTIONS says what is taken.",
        )
    text = headers.get(b"upload-metadata", b"")
    has_bytes = headers.get(b"content-type") == _BYTES
    checksum = _checksum(headers) if has_bytes else None
    return Create(_number(headers, b"upload-length"), _metadata(text), text.decode("latin-1"), has_bytes, checksum)


def _number(headers: Headers, name: bytes) -> int:
    text = headers.get(name, b"")
    if not text.isdigit() or len(text) > _MOST_DIGITS:
        raise TusRequest(f"The header {name.decode().title()} must be a whole number.")
    return int(text)


def _metadata(text: bytes) -> Mapping[str, str]:
    """Source: "Upload-Metadata": pairs of a name and a value in Base64, with a comma between pairs."""
    if len(text) > _MOST_METADATA_BYTES:
        raise TusRequest(f"Upload-Metadata has more than {_MOST_METADATA_BYTES} bytes.")
    found: dict[str, str] = {}
    try:
        for pair in text.decode("ascii").split(",") if text.strip() else ():
            name, _, value = pair.strip().partition(" ")
            if not name or name in found:
                raise TusRequest("A name in Upload-Metadata is empty, or is there twice.")
            found[name] = b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise TusRequest("A value in Upload-Metadata is not Base64 of UTF-8.") from None
    return found


def _checksum(headers: Headers) -> Checksum | None:
    """Source: "Checksum"."""
    text = headers.get(b"upload-checksum")
    if text is None:
        return None
    algorithm, _, value = text.decode("latin-1").partition(" ")
    if algorithm not in ALGORITHMS:
        raise TusRequest(f"Checksums are made by {' or '.join(ALGORITHMS)}.")
    try:
        digest = b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != ALGORITHMS[algorithm]:
        raise TusRequest("Upload-Checksum is not the Base64 of a digest.")
    return Checksum(algorithm, digest)
