"""Which bytes does a request want: one range of a file, or all of it (RFC 9110, 14)."""

from __future__ import annotations

import re

from portico.gateway.http import Headers
from portico.gateway.storage.problems import RangeNotSatisfiable

_RANGE = re.compile(rb"bytes=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*")


def range_of(headers: Headers, size_bytes: int, tag: bytes) -> tuple[int, int] | None:
    """
    (first byte, byte after the last), or None for the whole file.

    Several ranges, other units and what cannot be read are passed over, as the RFC lets a server do: who asks for a thousand
    parts gets the file once.

    Raises:
        RangeNotSatisfiable: there is one range, and the file has nothing of it.
    """
    said = headers.get(b"range")
    if said is None or headers.get(b"if-range", tag) != tag:
        return None
    found = _RANGE.fullmatch(said)
    if found is None or found[0] == b"bytes=-" or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = int(found[2])
        start, stop = max(0, size_bytes - length), size_bytes
    else:
        start = int(found[1])
        last = int(found[2]) if found[2] else size_bytes - 1
        if found[2] and last < start:
            return None
        stop = min(last + 1, size_bytes)
    if start >= stop:
        raise RangeNotSatisfiable(f"The file has {size_bytes} bytes.")
    return start, stop
