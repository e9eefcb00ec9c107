"""How do clients hold a position in the log: as a short signed token that they can bring back."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from struct import Struct

from portico.resolvers.problems import InvalidPosition
from portico.resolvers.run.changes import LogIdentity, Position

_EPOCH_BYTES, _SIGNATURE_BYTES = 8, 14
_PLACE = Struct(f">{_EPOCH_BYTES}sQ")
_CHARACTERS = (_PLACE.size + _SIGNATURE_BYTES) * 4 // 3


class Positions:
    """
    Makes tokens of the positions of one log, and reads them.

    Signed (HMAC-SHA-256, 112 bits of it), so that nobody tries how far back the log reaches; not hidden, for there is
    nothing in them but a number.
    """

    def __init__(self, identity: LogIdentity) -> None:
        self._key = identity.key
        self._epoch = blake2b(identity.epoch.encode(), digest_size=_EPOCH_BYTES).digest()

    def token(self, position: Position) -> str:
        """A position as 40 characters that need no escaping in URLs."""
        place = _PLACE.pack(self._epoch, position.sequence)
        return urlsafe_b64encode(place + self._signature(place)).decode()

    def read(self, token: str) -> Position | None:
        """
        The position that a token is of; None where it is of another log, so that its holder must begin anew.

        Raises:
            InvalidPosition: it was not made here.
        """
        found = _bytes(token)
        place, signature = found[: _PLACE.size], found[_PLACE.size :]
        epoch, sequence = _PLACE.unpack(place)
        if epoch != self._epoch:
            return None  # its key may be gone with the log, and a fresh beginning gives nothing away
        if not hmac.compare_digest(signature, self._signature(place)):
            raise _invalid()
        return Position(sequence)

    def _signature(self, place: bytes) -> bytes:
        return hmac.digest(self._key, place, "sha256")[:_SIGNATURE_BYTES]


def _bytes(token: str) -> bytes:
    if len(token) != _CHARACTERS or not token.isascii():
        raise _invalid()
    try:
        found = urlsafe_b64decode(token)  # drops what is not of its alphabet
    except ValueError:
        raise _invalid() from None
    if urlsafe_b64encode(found).decode() != token:
        raise _invalid()
    return found


def _invalid() -> InvalidPosition:
    return InvalidPosition(
        "The position was not given by this server.",
        hint="Send extensions.portico.position of the last answer as it came, or none to begin anew.",
    )
