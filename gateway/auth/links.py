"""Where do links lead: into mails goes the address that the settings say, and back only to places that they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from portico.gateway.auth.problems import RedirectRefused

PATH = "/auth/link"
_MOST = 2_048
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Links:
    """
    Writes links.

    Args:
        public_url: what they begin with; nothing of a request is asked, for whoever sends one says what its host is.
        others: the setting `redirect_urls`.
    """

    public_url: str
    others: Sequence[str]

    def to(self, token: str) -> str:
        """The link of a token. Where it leads afterwards is kept with the token, where nobody can change it."""
        return f"{self.public_url.rstrip('/')}{PATH}?token={quote(token)}"

    def back_to(self, text: str | None) -> str | None:
        """
        Where a link leads afterwards: below public_url or one of redirect_urls; a path is of public_url.

        Raises:
            RedirectRefused
        """
        if text is None:
            return None
        if len(text) <= _MOST and text.isascii() and text.isprintable() and not set(text) & set(' \\"<>'):
            is_path = text.startswith("/") and not text.startswith("//")
            target = urljoin(self.public_url, text) if is_path else text
            if any(_is_below(target, each) for each in (self.public_url, *self.others)):
                return target
        raise RedirectRefused(
            "The link may not lead there.", hint="The setting redirect_urls names where links lead, besides public_url."
        )


def _is_below(text: str, base: str) -> bool:
    """Whether an address is of the same origin as another, and at its path or below it."""
    try:
        origin, path = _parts(text)
        base_origin, base_path = _parts(base)
    except ValueError:
        return False
    if origin != base_origin:
        return False
    # Browsers take %2e for a dot, and walk up.
    names = unquote(path).split("/")
    base_path = base_path.rstrip("/")
    is_inside = path == base_path or path.startswith(base_path + "/")
    return is_inside and ".." not in names and "\\" not in unquote(path)


def _parts(text: str) -> tuple[tuple[str, str, int | None], str]:
    found = urlsplit(text)
    scheme = found.scheme.lower()
    if not scheme or scheme in ("javascript", "data", "vbscript", "file", "blob") or "@" in found.netloc:
        raise ValueError("no address to lead to")
    if not found.hostname and scheme in _PORTS:
        raise ValueError("no host")
    return (scheme, (found.hostname or "").rstrip("."), found.port or _PORTS.get(scheme)), found.path
