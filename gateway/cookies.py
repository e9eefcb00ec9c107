"""What do browsers keep for somebody who is signed in: cookies that no script reads, and no other site or host sets."""

from __future__ import annotations

# The prefix has browsers insist on Secure, on Path=/ and on no Domain: no neighbour under the same domain can put one of its own.
ACCESS = "__Host-portico-access"
REFRESH = "__Host-portico-refresh"
LONGEST_S = 400 * 86_400  # source: RFC 6265bis, 5.5: browsers keep none longer

_ACCESS_IS = f"{ACCESS}=".encode()


def access_cookie(header: bytes) -> bytes | None:
    """The access token of a `Cookie` header."""
    return (_value(header, _ACCESS_IS) or None) if _ACCESS_IS in header else None


def cookie_of(header: bytes, name: str) -> str | None:
    """The value of a cookie in a `Cookie` header."""
    found = _value(header, f"{name}=".encode())
    return None if found is None else found.decode("latin-1")


def _value(header: bytes, begins: bytes) -> bytes | None:
    for part in header.split(b";"):
        part = part.strip()
        if part.startswith(begins):
            return part[len(begins) :]
    return None


def keeping(name: str, value: str, for_s: int) -> tuple[bytes, bytes]:
    """
    The header that has a browser keep a cookie.

    Lax: other sites' pages have it sent by nothing but links, which change nothing.
    """
    text = f"{name}={value}; Max-Age={min(for_s, LONGEST_S)}; Path=/; Secure; HttpOnly; SameSite=Lax"
    return b"set-cookie", text.encode()


def forgetting(name: str) -> tuple[bytes, bytes]:
    """The header that has a browser forget a cookie."""
    return keeping(name, "", 0)
