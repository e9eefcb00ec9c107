"""Whose tokens are taken: those of the issuers in the settings, and in development our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portico.gateway.settings import Issuer, Settings

if TYPE_CHECKING:
    from portico.gateway.tokens import Verifier


def verifiers(settings: Settings) -> list[Verifier]:
    """One for each issuer; none where no token is taken."""
    issuers = list(settings.issuers)
    if settings.token_secret:
        issuers.append(Issuer(algorithms=("HS256",), key=settings.token_secret))
    if not issuers:
        return []
    # Cryptography is a tenth of all that is imported at the start.
    from portico.gateway.tokens import Verifier

    return [Verifier(issuer, allow_private=settings.is_dev) for issuer in issuers]
