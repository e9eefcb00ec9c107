"""How do others sign what they send: Stripe's and GitHub's headers, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping


def is_signed_by_stripe(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], *, tolerance_s: int) -> bool:
    """Source: Stripe, "Check the webhook signatures", `t=…,v1=…` over `t.body`; several `v1` while a secret is rolled."""
    parts = [each.partition("=") for each in headers.get("stripe-signature", "").split(",")]
    times = [value for name, _, value in parts if name.strip() == "t"]
    given = [value.strip() for name, _, value in parts if name.strip() == "v1"]
    if len(times) != 1 or not times[0].isascii() or not times[0].isdigit() or not given:
        return False
    if abs(time.time() - int(times[0])) > tolerance_s:
        return False
    wanted = [hmac.digest(each.encode(), times[0].encode() + b"." + body, hashlib.sha256).hex() for each in secrets]
    return _any_equal(wanted, given)


def is_signed_by_github(headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> bool:
    """Source: GitHub, "Validating webhook deliveries", `sha256=…` over the body."""
    scheme, _, given = headers.get("x-hub-signature-256", "").partition("=")
    wanted = [hmac.digest(each.encode(), body, hashlib.sha256).hex() for each in secrets]
    return _any_equal(wanted, [given]) and scheme == "sha256"


def _any_equal(wanted: Iterable[str], given: Iterable[str]) -> bool:
    """All of them are compared, whichever is right."""
    said = [each.encode() for each in given]
    found = [hmac.compare_digest(one.encode(), other) for one in wanted for other in said]
    return any(found)
