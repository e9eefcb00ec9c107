"""Where may somebody be led back to: the server's own pages, and the addresses that the settings name."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from portico.gateway.auth.problems import RedirectNotAllowed
from portico.gateway.auth_settings import AuthSettings
from portico.gateway.origins import origin_of

_MOST = 2_000
# What browsers drop, or read as a slash: an address would be another to them than it is here.
_MISREAD = re.compile(r"[\x00-\x20\x7f\\]")


def redirect_of(text: str | None, settings: AuthSettings, public_url: str) -> str:
    """
    The whole address to lead back to; `/` where none is asked for.

    Others than the server's own are compared as a whole (RFC 9700, 4.1.3).

    Raises:
        RedirectNotAllowed
    """
    wanted = text or "/"
    own = origin_of(public_url)
    if wanted in settings.redirect_urls:
        return wanted
    if len(wanted) <= _MOST and wanted.isascii() and not _MISREAD.search(wanted):
        if wanted.startswith("/") and not wanted.startswith("//"):
            return own + wanted
        if own and origin_of(wanted) == own and "@" not in urlsplit(wanted).netloc:
            return wanted
    raise RedirectNotAllowed("This is no address to come back to.", hint="Name it in auth.redirect_urls, as a whole.")
