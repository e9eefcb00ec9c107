"""Who verifies tokens: the issuers of the settings, each with its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portico.gateway.settings import Issuer, Settings

if TYPE_CHECKING:
    from portico.gateway.tokens import Verifier


def verifiers_of(settings: Settings) -> list[Verifier]:
    """The verifiers of the settings' issuers, the secret of development among them."""
    issuers = list(settings.issuers)
    if settings.token_secret:
        issuers.append(Issuer(algorithms=("HS256",), key=settings.token_secret))
    if not issuers:
        return []
    # Cryptography is a tenth of all that is imported at the start.
    from portico.gateway.tokens import Verifier

    return [Verifier(issuer, allow_private=settings.is_dev) for issuer in issuers]
