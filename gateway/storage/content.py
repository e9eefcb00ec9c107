"""Are bytes what they are said to be: what the first of them tell, against the type that was declared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache

from portico.gateway.storage.problems import FileTypeRefused

_HEAD_BYTES = 4096
# One type by several names, in the words of puremagic's table.
_SAME = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/wav": "audio/wave",
    "audio/x-wav": "audio/wave",
    "audio/m4a": "audio/mp4",
    "image/heic": "image/heif",
    "application/x-zip-compressed": "application/zip",
}
_TEXTS = ("application/json", "application/xml", "image/svg+xml", "application/javascript")


async def checked(chunks: AsyncIterator[bytes], type_: str) -> AsyncIterator[bytes]:
    """
    The same chunks, none of which is given before the first bytes have been looked at.

    Raises:
        FileTypeRefused: they are of another type.
    """
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= _HEAD_BYTES:
            check_head(head[:_HEAD_BYTES], type_)
            yield head
            break
    else:
        check_head(head, type_)
        yield head
        return
    async for chunk in chunks:
        yield chunk


def check_head(head: bytes, type_: str) -> None:
    """
    Whether a file that begins so may be of a type.

    A type that has a signature must show it, a text must be one; of other types nothing is known, and such files are never shown
    by a browser on this origin.

    Raises:
        FileTypeRefused
    """
    if _is_text_type(type_):
        fits = _is_text(head)
    elif type_ != "application/octet-stream" and _same(type_) in _signed():
        fits = _same(type_) in _told_by(head)
    else:
        fits = True
    if not fits:
        raise FileTypeRefused(
            f"The bytes of the file are not {type_}.",
            hint="Declare the type that the file has: its first bytes are looked at.",
        )


def _same(type_: str) -> str:
    return _SAME.get(type_, type_)


def _is_text_type(type_: str) -> bool:
    return type_.startswith("text/") or type_.endswith(("+json", "+xml")) or type_ in _TEXTS


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # A letter that is cut in two by the end of what is looked at is none that is wrong.
        return len(head) - error.start < 4 and error.reason == "unexpected end of data"
    return True


@cache
def _signed() -> frozenset[str]:
    """The types that have a signature."""
    import puremagic

    return frozenset(_same(each.mime_type) for each in puremagic.magic_header_array if each.mime_type)


def _told_by(head: bytes) -> set[str]:
    import puremagic

    try:
        return {_same(each.mime_type) for each in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()
