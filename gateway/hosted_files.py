"""What is a hosted file, wherever it lies, and which names may be one's?"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from portico.gateway.http import Scope

INDEX = "index.html"
# Such a byte in an address is a slash for some and a letter for others, proxies with rules of their own among them.
_AMBIGUOUS = (b"%2f", b"%5c", b"%00")
_OWN = ("portico.toml", "portico.db")  # secrets and data; also a copy, or what a build has gathered by mistake
_WELL_KNOWN = ".well-known"  # the one name with a dot that is meant to be served: RFC 8615


@dataclass(frozen=True, slots=True)
class HostedFile:
    """
    A file that may be served.

    content: its bytes, or what gives them in chunks, and raises a problem before the first where they cannot be had; None where the client
    has it. size_bytes: of the content. encoding: how it is packed; None as it is.
    """

    name: str
    tag: bytes
    content: bytes | AsyncGenerator[bytes] | None
    size_bytes: int
    encoding: str | None = None


class HostedFiles(Protocol):
    """Where hosted files lie."""

    async def find(self, names: tuple[str, ...], known: bytes, taken: tuple[str, ...]) -> HostedFile | None:
        """
        The file of a path; None where there is none that may be served.

        Args:
            names: as `names_of` gives them.
            known: the tags that the client has, as `If-None-Match` says them.
            taken: the encodings that it takes, the best first.

        Raises:
            FileTooLarge, StoreUnavailable
        """
        ...

    async def close(self) -> None:
        """Ends connections."""
        ...


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
    return not name or is_hidden(name) or "\\" in name or ":" in name or not name.isprintable()


def is_hidden(name: str) -> bool:
    """Whether nothing of this name is served: what begins with a dot, and Portico's own files."""
    return (name.startswith(".") and name != _WELL_KNOWN) or name.lower().startswith(_OWN)


def is_known(tag: bytes, known: bytes) -> bool:
    """Whether the client has the file. Source: RFC 9110, 13.1.2; the comparison is the weak one."""
    return known.strip() == b"*" or tag in (each.strip().removeprefix(b"W/") for each in known.split(b","))
