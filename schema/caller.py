"""Who asks: `Caller`, the caller as values, for functions; rules see the same caller as SQL, as `Me`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ANONYMOUS, USER, ADMIN = "anonymous", "user", "admin"
"""The roles that always exist: without credentials, signed in, and past all rules."""


def _no_claims() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Caller:
    """
    One request's caller.

    id: the user's key as its token carries it, or None.
    role: the one role this request acts under.
    roles: every role the caller may act under.
    claims: what the credentials say, by lower-case name; values as JSON gives them.
    backend: sent by a trusted backend, which opens `backend_only` rules.
    reads_only: mutations are refused, whatever the role may do.
    """

    id: Any = None
    role: str = ANONYMOUS
    roles: frozenset[str] = frozenset({ANONYMOUS})
    claims: Mapping[str, Any] = field(default_factory=_no_claims)
    backend: bool = False
    reads_only: bool = False
