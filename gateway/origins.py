"""Which pages may call: those of the server itself, and those of the origins that the settings name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from portico.gateway.problems import InvalidSettings

Headers = Mapping[bytes, bytes]

_ANY = "*"
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\\@\s,*]+")
_OWN_SITES = (b"same-origin", b"none")  # none: the address was typed, or comes from a bookmark


class Origins:
    """
    The origins (scheme, host and port) of pages that may call.

    Args:
        allowed: those elsewhere, each compared as a whole; "*" is all, for pages that send no cookies.
        public_url: where clients reach the server; empty: wherever a request says.

    Raises:
        InvalidSettings: what is no origin. `null` is none, for any page can have it: that of a frame in a sandbox, or of a file.
    """

    def __init__(self, allowed: Sequence[str] = (), public_url: str = "") -> None:
        for each in allowed:
            if each != _ANY and not _ORIGIN.fullmatch(each):
                raise InvalidSettings(
                    f"allowed_origins has {each!r}, which is no origin.",
                    hint='An origin has a scheme, a host, and a port where it is not the usual one: "https://app.example.com".',
                )
        self.is_open = _ANY in allowed
        self._listed = frozenset(each.encode() for each in allowed if each != _ANY)
        self._own = origin_of(public_url).encode()

    @property
    def are_told(self) -> bool:
        """Whether pages elsewhere are allowed at all, and browsers have to be told."""
        return self.is_open or bool(self._listed)

    def lists(self, origin: bytes) -> bool:
        """Whether an origin is named, which is more than that all are allowed."""
        return origin in self._listed

    def may_open_socket(self, headers: Headers) -> bool:
        """Browsers send `Origin` with every websocket; what is no browser has no page that could mislead it."""
        origin = headers.get(b"origin")
        if origin is None or self.is_open or origin in self._listed or (self._own and origin == self._own):
            return True
        return origin.partition(b"://")[2] == headers.get(b"host")

    def may_bring_cookies(self, headers: Headers) -> bool:
        """
        Whether a request that has cookies was made by a page that may use them.

        A browser adds cookies to whatever any page has it send; it also says which page that is, by headers that no page can
        write. A request that says nothing of it has no credentials by cookies.
        """
        origin = headers.get(b"origin")
        if origin is not None and origin in self._listed:
            return True
        site = headers.get(b"sec-fetch-site")
        if site is not None:
            return site in _OWN_SITES
        if origin is None:
            return False
        if self._own:
            return origin == self._own
        return origin.partition(b"://")[2] == headers.get(b"host")


def origin_of(url: str) -> str:
    """The origin of a URL, as browsers write it; empty for what has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if not parts.scheme or not parts.hostname:
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")
