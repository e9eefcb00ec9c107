"""What may a page of ours do in a browser: nothing but what it is for; it has one style, and no script."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

Header = tuple[bytes, bytes]


def page_headers(style: str, form_action: str) -> tuple[Header, ...]:
    """
    The headers of a page that nobody keeps.

    Args:
        style: the one that stands in it, to the letter.
        form_action: where its forms may go, as the policy says it.
    """
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{allowed}'; frame-ancestors 'none'; base-uri 'none'; "
        f"form-action {form_action}"
    )
    return (
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
    )
