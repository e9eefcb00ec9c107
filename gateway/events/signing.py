"""How does a receiver know that a webhook is ours: signed as Standard Webhooks 1.0.0 says, by every key that holds."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping

_PREFIX = "whsec_"
_LEAST, _MOST = 24, 64  # bytes of a key (Standard Webhooks 1.0.0, "Signature scheme")
TOLERANCE_S = 300


class WrongSecret(ValueError):
    """A key is none: it is not `whsec_` with 24 to 64 bytes in base64."""


def signed(id: str, body: bytes, secrets: Iterable[str], at: int) -> dict[str, str]:
    """
    The headers of a message.

    Args:
        id: the same at each try. at: of this try, in seconds since 1970.

    Raises:
        WrongSecret
    """
    signatures = " ".join(f"v1,{_signature(id, body, _key(each), at)}" for each in secrets)
    headers = {"webhook-id": id, "webhook-timestamp": str(at)}
    return {**headers, "webhook-signature": signatures} if signatures else headers


def is_signed(
    headers: Mapping[str, str], body: bytes, secrets: Iterable[str], *, tolerance_s: int = TOLERANCE_S
) -> bool:
    """
    Whether a message is signed by one of these keys, and not older or newer than the tolerance.

    Args:
        headers: by lower-case name.
    """
    try:
        message, at = headers["webhook-id"], int(headers["webhook-timestamp"])
        given = [each.partition(",") for each in headers["webhook-signature"].split(" ")]
    except (KeyError, ValueError):
        return False
    if abs(time.time() - at) > tolerance_s:
        return False
    wanted = [_signature(message, body, _key(each), at).encode() for each in secrets]
    said = [signature.encode() for version, _, signature in given if version == "v1"]
    # All of them are compared, whichever is right.
    found = [hmac.compare_digest(one, other) for one in wanted for other in said]
    return any(found)


def _signature(id: str, body: bytes, key: bytes, at: int) -> str:
    return base64.b64encode(hmac.digest(key, f"{id}.{at}.".encode() + body, hashlib.sha256)).decode()


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not _LEAST <= len(key) <= _MOST:
        raise WrongSecret(f"A key of webhooks is {_PREFIX} and {_LEAST} to {_MOST} bytes in base64.")
    return key
