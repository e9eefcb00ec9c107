"""Is a code of an authenticator app right: RFC 6238, each code once, a step of half a minute early or late."""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from pyotp import random_base32
from pyotp.totp import TOTP

from portico.gateway.auth.secrets import Secrets

if TYPE_CHECKING:
    from portico.gateway.auth.models import Factor

KIND = "totp"
_PURPOSE = "secrets of authenticator apps"
_STEP_S = 30
_WINDOW = (-1, 0, 1)  # a clock that goes wrong, and somebody who types slowly


def new_secret() -> str:
    """160 bits (RFC 4226, §4), in base32."""
    return random_base32(32)


def sealed(secrets: Secrets, secret: str) -> bytes:
    """As it is stored."""
    return secrets.seal(_PURPOSE, secret.encode())


def uri_of(secret: str, account: str, public_url: str) -> str:
    """What an app reads."""
    return TOTP(secret).provisioning_uri(name=account, issuer_name=urlsplit(public_url).hostname or "Portico")


def qr_of(uri: str) -> str:
    """The same as a picture: SVG."""
    return segno.make(uri, error="m").svg_inline(scale=4, light="#fff")


def take_totp(secrets: Secrets, factor: Factor, code: str) -> bool:
    """Whether a code is right and was not taken before; the factor is held by the caller's transaction, and knows it afterwards."""
    totp = TOTP(secrets.unseal(_PURPOSE, factor.secret).decode())
    at = int(time.time()) // _STEP_S
    # All are compared, so that time does not tell which was right.
    right = [at + off for off in _WINDOW if hmac.compare_digest(totp.generate_otp(at + off).encode(), code.encode())]
    fresh = [step for step in right if factor.last_step is None or step > factor.last_step]
    if not fresh:
        return False
    factor.last_step = max(fresh)
    return True
