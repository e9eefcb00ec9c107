"""Who opened a socket: the credentials of its handshake and its messages, as the headers that a request would have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portico.gateway.cookies import access_cookie
from portico.gateway.problems import InvalidHeader
from portico.gateway.websocket_protocol import is_credential

Headers = Mapping[bytes, bytes]

_NONE: Headers = {}
_SECRETS = (b"authorization", b"x-portico-admin-key", b"x-hasura-admin-secret")


def kept(headers: Iterable[tuple[bytes, bytes]], *, takes_cookies: bool = False) -> Headers:
    """
    Those of a handshake that say who asks; an open socket holds no others.

    Args:
        takes_cookies: whether the page may use the cookies that its browser sends; an access token in one of them is kept like
            one in a header.
    """
    found = {name: value for name, value in headers if is_credential(name.decode("latin-1"))}
    if takes_cookies and not any(name in found for name in _SECRETS):
        token = next((each for name, value in headers if name == b"cookie" and (each := access_cookie(value))), None)
        if token is not None:
            found[b"authorization"] = b"Bearer " + token
    return found or _NONE


def given(payload: Mapping[str, Any], before: Headers) -> Headers:
    """
    The headers of a payload, over those that were known before.

    They are its own members, as in `{"Authorization": "Bearer …"}`, or Hasura's `{"headers": {…}}`; names in any case. A
    payload that says who asks takes the place of all that was said before: a role or a claim of someone else's is not
    carried over.

    Raises:
        InvalidHeader: a value that no header can have.
    """
    inside = payload.get("headers")
    members = {**payload, **(inside if type(inside) is dict else {})}
    found = {name.lower().encode(): _value(name, value) for name, value in members.items() if is_credential(name)}
    if not found:
        return before
    if any(name in found for name in _SECRETS):
        return found
    return {**before, **found}


def _value(name: str, value: object) -> bytes:
    if type(value) is not str:
        raise InvalidHeader(f"{name} must be text.")
    try:
        # Claims are JSON, which is UTF-8; all other headers are read as HTTP's are.
        return value.encode() if name.lower() == "x-portico-claims" else value.encode("latin-1")
    except UnicodeEncodeError:
        raise InvalidHeader(f"{name} has characters that a header cannot have.") from None
