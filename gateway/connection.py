"""Who calls, as the connection tells: what functions are handed to know it by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portico.schema.provided import Provided

_MOST_USER_AGENT = 256


@dataclass(frozen=True, slots=True)
class Connection(Provided):
    """
    The other end of a connection.

    address: of the peer, or of whom a trusted proxy speaks for; empty where there is none. user_agent: as it calls itself, cut
    to 256 characters.
    """

    address: str = ""
    user_agent: str = ""

    @classmethod
    def of(cls, scope: Any) -> Connection:
        """What is known by an ASGI scope, or was kept of one; of anything else nothing is."""
        if isinstance(scope, Connection):
            return scope
        if not isinstance(scope, dict):
            return cls()
        peer = scope.get("client")
        headers = dict(scope.get("headers") or ())
        agent = headers.get(b"user-agent", b"").decode("latin-1")[:_MOST_USER_AGENT]
        return cls(peer[0] if peer else "", agent)
