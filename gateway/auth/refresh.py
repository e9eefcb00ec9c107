"""What does a refresh token say: a session, a counter, and a proof that this server wrote them."""

from __future__ import annotations

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from portico.gateway.auth.secrets import Secrets

_VERSION = 1
_PURPOSE = "refresh tokens"
_HEAD = struct.Struct(">B16sI")
_MAC_BYTES = 16
_LENGTH = 52  # characters: 21 + 16 bytes in base64, without padding 50
_PREFIX = "pr_"  # by which scanners of leaked secrets find it


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A session, and how often its token had been changed when this one was given."""

    session_id: UUID
    counter: int

    def text(self, secrets: Secrets) -> str:
        """The token. Nothing of it is stored: whoever reads the database cannot write one."""
        head = _HEAD.pack(_VERSION, self.session_id.bytes, self.counter)
        return _PREFIX + urlsafe_b64encode(head + secrets.mac(_PURPOSE, head)[:_MAC_BYTES]).decode().rstrip("=")


def read_refresh_token(text: str, secrets: Secrets) -> RefreshToken | None:
    """The token that this server wrote; None for any other text."""
    if not text.startswith(_PREFIX) or len(text) > 2 * _LENGTH:
        return None
    try:
        found = urlsafe_b64decode(text.removeprefix(_PREFIX) + "==")
    except ValueError:
        return None
    if len(found) != _HEAD.size + _MAC_BYTES:
        return None
    head, mac = found[: _HEAD.size], found[_HEAD.size :]
    if not hmac.compare_digest(mac, secrets.mac(_PURPOSE, head)[:_MAC_BYTES]):
        return None
    version, session, counter = _HEAD.unpack(head)
    return RefreshToken(UUID(bytes=session), counter) if version == _VERSION else None
