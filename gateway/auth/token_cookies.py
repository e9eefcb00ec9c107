"""How do tokens reach a browser that is not to show them to its scripts: taken out of the answer, and put into cookies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portico.gateway.auth.types import Tokens
from portico.gateway.auth_settings import AuthSettings
from portico.gateway.cookies import ACCESS, LONGEST_S, REFRESH, forgetting, keeping

# In the naming of Hasura names stay as they are written.
_ACCESS, _REFRESH = ("accessToken", "access_token"), ("refreshToken", "refresh_token")

Header = tuple[bytes, bytes]


def cookies_of(tokens: Tokens, settings: AuthSettings) -> Sequence[Header]:
    """The headers that have a browser keep tokens."""
    return (_access(tokens.access_token, settings), _refresh(tokens.refresh_token, settings))


def without_tokens(answer: Any, settings: AuthSettings) -> tuple[Any, Sequence[Header]]:
    """An answer of a function without the tokens in it, and the headers that have a browser keep these."""
    if not isinstance(answer, dict):
        return answer, ()
    kept: list[Header] = []
    left: dict[str, Any] = {}
    found: Mapping[str, Any] = answer
    for name, value in found.items():
        if name in _ACCESS and isinstance(value, str):
            kept.append(_access(value, settings))
        elif name in _REFRESH and isinstance(value, str):
            kept.append(_refresh(value, settings))
        else:
            left[name], more = without_tokens(value, settings)
            kept += more
    return left, kept


def all_forgotten() -> Sequence[Header]:
    """The headers that have a browser forget who is signed in."""
    return (forgetting(ACCESS), forgetting(REFRESH))


def _access(token: str, settings: AuthSettings) -> Header:
    return keeping(ACCESS, token, settings.access_token_s)


def _refresh(token: str, settings: AuthSettings) -> Header:
    for_s = int(settings.session_hours * 3600) or LONGEST_S
    return keeping(REFRESH, token, for_s)
