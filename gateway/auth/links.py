"""Where do links lead: into mails goes the address that the settings say, and back only to places that they name."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from portico.gateway.auth.redirects import redirect_of
from portico.gateway.auth_settings import AuthSettings

PATH = "/auth/link"


@dataclass(frozen=True, slots=True)
class Links:
    """
    Writes links.

    Args:
        public_url: what they begin with; nothing of a request is asked, for whoever sends one says what its host is.
    """

    public_url: str
    settings: AuthSettings

    def to(self, token: str) -> str:
        """The link of a token. Where it leads afterwards is kept with the token, where nobody can change it."""
        return f"{self.public_url.rstrip('/')}{PATH}?token={quote(token)}"

    def back_to(self, text: str | None) -> str | None:
        """
        Where a link leads afterwards, if that is asked for.

        Raises:
            RedirectNotAllowed
        """
        return redirect_of(text, self.settings, self.public_url) if text is not None else None
