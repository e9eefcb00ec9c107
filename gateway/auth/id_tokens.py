"""Is an ID token believed: signed by a key of the provider, said by it, to us, about this sign-in, now."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning

from portico.gateway.auth.problems import ProviderRefused
from portico.gateway.auth.provider_endpoints import Endpoints
from portico.gateway.auth.provider_table import issuer_of
from portico.gateway.problems import InvalidToken
from portico.gateway.tokens import MAX_KID_BYTES, json_object, segment

# Those with public keys alone: what is published must not serve as a secret.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_MOST_BYTES = 65_536  # Microsoft's with many groups have 10,000
_LEEWAY_S = 60


async def read_id_token(
    token: Any, endpoints: Endpoints, client_id: str, nonce: str, access_token: str
) -> Mapping[str, Any]:
    """
    The claims of an ID token.

    Source: OpenID Connect Core, 3.1.3.7.

    Raises:
        ProviderRefused: for whatever reason.
    """
    if not isinstance(token, str) or len(token) > _MOST_BYTES or endpoints.keys is None:
        raise believed_not()
    try:
        header = json_object(segment(token, 0))
        claims = await _signed(token, header, endpoints)
        said = CodeIDToken(
            claims,
            header,
            {
                "iss": {"essential": True, "value": issuer_of(endpoints.issuer, claims)},
                "aud": {"essential": True, "value": client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            {"nonce": nonce, "client_id": client_id, "access_token": access_token},
        )
        said.validate(leeway=_LEEWAY_S)
    except (JoseError, InvalidToken, ValueError, TypeError, KeyError, RecursionError):
        raise believed_not() from None
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise believed_not()
    return claims


async def _signed(token: str, header: Mapping[str, Any], endpoints: Endpoints) -> Mapping[str, Any]:
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in _ALGORITHMS or not (kid is None or (isinstance(kid, str) and len(kid) <= MAX_KID_BYTES)):
        raise believed_not()
    assert endpoints.keys is not None
    key = await endpoints.keys.key(kid)
    if key is None:
        raise believed_not()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # for EdDSA, which RFC 9864 calls Ed25519 now
        verified = jws.deserialize_compact(token, key, algorithms=[algorithm])
    return json_object(verified.payload or b"")


def believed_not() -> ProviderRefused:
    """One text for every reason."""
    return ProviderRefused("The provider has not said who you are.", hint="Sign in again.")
