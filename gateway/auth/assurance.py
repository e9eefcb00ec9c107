"""When is it not enough to be signed in: fields that ask for a second factor, or for one that was shown just now."""

from __future__ import annotations

from portico.gateway.auth.problems import NeedsAssurance
from portico.schema.caller import Caller


def needs_assurance(caller: Caller, least: int) -> None:
    """
    Asks for so many factors, shown in this session.

    Raises:
        NeedsAssurance
    """
    found = caller.claims.get("assurance")
    if not isinstance(found, int) or found < least:
        raise NeedsAssurance("This asks for a second factor.", hint="Sign in with one, or add one: enrollTotp.")


def needs_elevation(caller: Caller) -> None:
    """
    Asks for a factor, or the password, that was shown since the last refresh.

    Raises:
        NeedsAssurance
    """
    if caller.claims.get("elevated") is not True:
        raise NeedsAssurance(
            "Show once more who you are.", hint="stepUp(code: …) or stepUp(password: …) answers a token for this."
        )
