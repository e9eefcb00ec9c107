"""What is known of a token that was verified; apart from the verifying, whose libraries only those load who expect tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portico.gateway.problems import InvalidToken
from portico.schema.caller import Caller

MAX_TOKEN_BYTES = 8_192


@dataclass(frozen=True, slots=True)
class Verified:
    """
    A caller and until when (Unix seconds) the token that says so holds.

    expires: it must be verified again by then, because keys may have been withdrawn. ends: it expires itself. at: when
    the verifying began; what is known of earlier changes is in it.
    """

    caller: Caller
    expires: float
    ends: float
    at: float = 0.0


def refused() -> InvalidToken:
    """One text for every reason, so that nothing is learned from trying."""
    return InvalidToken("Could not verify the token.", hint="Sign in again.")


def acting_as(caller: Caller, role: str) -> Caller:
    """The caller under another of their roles."""
    return replace(caller, role=role)
