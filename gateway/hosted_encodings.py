"""How does a hosted file travel: as a build has packed it beforehand, packed here, or as it is; and for how long is it good."""

from __future__ import annotations

import gzip
import re
from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock

# What is text to a packer; images, fonts, sound and pictures are packed already.
_PACKED_HERE = re.compile(r"\.(html?|css|m?js|json|map|webmanifest|txt|md|xml|svg|wasm)", re.IGNORECASE)
_LEAST_BYTES = 1_024  # below, a packet is one anyway
_LEVEL = 6  # of 9, which takes three times as long for a hundredth less
_SUFFIXES = {"br": ".br", "gzip": ".gz"}

# What builds put into names so that other content has another name: 8 digits and more in base 16, or in base 64 as far as they cannot be a
# word. What is not recognised is asked for again, which costs a 304; a word that was taken for one would never change in browsers.
_MARK = re.compile(r"[-._~]([A-Za-z0-9_-]{8,64})(?=\.)")
_HEXADECIMAL = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{8,64}")
_MIXED = re.compile(r"(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9_-]{8,64}")


def is_fingerprinted(name: str) -> bool:
    """Whether a file of this name never changes: `index-B7x1Kd9a.js`, `main.3f2a1b9c.css`."""
    if name.lower().endswith((".html", ".htm")):
        return False
    return any(_HEXADECIMAL.fullmatch(part) or _MIXED.fullmatch(part) for part in _parts(name))


def _parts(name: str) -> Iterator[str]:
    for found in _MARK.finditer(name):
        yield found[1]
        # `chunk-vendor-B7x1Kd9a` is one match; the mark is its last part.
        yield found[1].rpartition("-")[2]


def may_be_packed(name: str) -> bool:
    """Whether files of this name become much smaller."""
    return _PACKED_HERE.fullmatch(name[name.rfind(".") :]) is not None if "." in name else False


def encodings_of(accepted: bytes) -> tuple[str, ...]:
    """The encodings that we have of those that a client takes, the best first. Source: RFC 9110, 12.5.3."""
    taken: set[str] = set()
    for part in accepted.decode("latin-1").lower().split(","):
        name, _, weight = part.partition(";")
        if re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight) is None:
            taken.add(name.strip())
    return tuple(each for each in _SUFFIXES if each in taken)


def packed_name(name: str, encoding: str) -> str:
    """The name of the file that a build has packed."""
    return name + _SUFFIXES[encoding]


class Packer:
    """
    Packs with gzip, and keeps what it has packed, up to a number of bytes: the least recently asked for goes first. For threads.

    Args:
        most_bytes: that are kept; 0 packs nothing.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self.kept: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()
        self.size_bytes = 0
        self._lock = Lock()

    def packs(self, name: str, size_bytes: int) -> bool:
        """Whether a file is packed here."""
        return bool(self._most_bytes) and size_bytes >= _LEAST_BYTES and may_be_packed(name)

    def pack(self, path: str, tag: bytes, content: bytes) -> bytes:
        """The content in gzip; the same for the same path and tag."""
        with self._lock:
            found = self.kept.get((path, tag))
            if found is not None:
                self.kept.move_to_end((path, tag))
                return found
        packed = gzip.compress(content, _LEVEL, mtime=0)
        with self._lock:
            if (path, tag) not in self.kept and len(packed) <= self._most_bytes:
                self.kept[(path, tag)] = packed
                self.size_bytes += len(packed)
                while self.size_bytes > self._most_bytes:
                    self.size_bytes -= len(self.kept.popitem(last=False)[1])
        return packed
