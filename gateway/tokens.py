"""Is a token genuine: signatures, times and audiences checked with joserfc, claims turned into a Caller."""

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

from portico.gateway.key_sets import MAX_AGE_S, KeySet
from portico.gateway.problems import InvalidSettings
from portico.gateway.settings import Issuer
from portico.gateway.verified import Verified, refused
from portico.schema.caller import ADMIN, ANONYMOUS, USER, Caller
from portico.schema.rules import claim_key

MAX_KID_BYTES = 256
_ASYMMETRIC = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}


class Verifier:
    """Verifies tokens of one issuer."""

    def __init__(self, issuer: Issuer, *, allow_private: bool, now: Callable[[], float] = time.time) -> None:
        if bool(issuer.key) == bool(issuer.jwks_url):
            raise InvalidSettings("An issuer has one of key and jwks_url.", hint="See docs/settings.md, issuers.")
        if not issuer.algorithms or any(name.lower() == "none" for name in issuer.algorithms):
            raise InvalidSettings("An issuer names the algorithms that its tokens are signed by.")
        self._issuer = issuer
        self._now = now
        self._key: Any = _static_key(issuer) if issuer.key else None
        self._key_set = KeySet(issuer.jwks_url, allow_private=allow_private, now=now)

    async def verify(self, token: str) -> Verified:
        """
        The caller that a token speaks for.

        Raises:
            InvalidToken: for whatever reason.
        """
        header = json_object(segment(token, 0))
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in self._issuer.algorithms:
            raise refused()
        if kid is not None and (not isinstance(kid, str) or len(kid) > MAX_KID_BYTES):
            raise refused()
        # Looked at before any key is fetched: tokens of others must not wait for this issuer, nor be a burden to it.
        if self._issuer.issuer and json_object(segment(token, 1)).get("iss") != self._issuer.issuer:
            raise refused()
        key = self._key if self._issuer.key else await self._key_set.key(kid)
        if key is None:
            raise refused()
        try:
            with warnings.catch_warnings():
                # RFC 9864 calls EdDSA Ed25519 now; issuers go on with the old name.
                warnings.simplefilter("ignore", SecurityWarning)
                verified = jws.deserialize_compact(token, key, algorithms=[algorithm])
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise refused() from None
        return self._checked(json_object(verified.payload or b""))

    def _checked(self, claims: Mapping[str, Any]) -> Verified:
        issuer, now = self._issuer, self._now()
        expires, not_before = claims.get("exp"), claims.get("nbf", 0)
        if not is_time(expires) or not is_time(not_before):
            raise refused()
        if now >= expires + issuer.leeway_s or now < not_before - issuer.leeway_s:
            raise refused()
        if issuer.issuer and claims.get("iss") != issuer.issuer:
            raise refused()
        audience = claims.get("aud")
        if issuer.audience and issuer.audience not in (audience if isinstance(audience, list) else [audience]):
            raise refused()
        holds_until = float(expires) + issuer.leeway_s
        # A key that its issuer withdraws must not live on in tokens that were verified by it: keys are kept as long, so that
        # it is ten minutes at most.
        again = holds_until if issuer.key else min(holds_until, now + MAX_AGE_S)
        return Verified(caller_of(claims, issuer), again, holds_until)


def caller_of(claims: Mapping[str, Any], issuer: Issuer) -> Caller:
    """The caller that claims describe; Hasura's namespace is read where it is."""
    namespace = claims.get(issuer.claims_namespace)
    if isinstance(namespace, str):
        namespace = json_object(namespace.encode())
    inside: Mapping[str, Any] = namespace if isinstance(namespace, dict) else {}
    mapped = {
        claim_key(str(name)): value for name, value in {**claims, **inside}.items() if name != issuer.claims_namespace
    }
    identity = inside.get("x-hasura-user-id", claims.get(issuer.id_claim))
    role = inside.get("x-hasura-default-role", claims.get(issuer.role_claim)) or USER
    listed = inside.get("x-hasura-allowed-roles", claims.get(issuer.roles_claim)) or []
    roles = frozenset(str(each) for each in listed) if isinstance(listed, list) else frozenset[str]()
    # Past all rules goes only who has the admin key, whatever an issuer lets people write into tokens.
    if not isinstance(role, str) or role == ADMIN or not _is_identity(identity):
        raise refused()
    return Caller(id=identity, role=role, roles=frozenset({role, *roles, ANONYMOUS}) - {ADMIN}, claims=mapped)


def sign(claims: Mapping[str, Any], secret: str) -> str:
    """A token signed with HS256, for development and tests."""
    return jwt.encode({"alg": "HS256"}, dict(claims), OctKey.import_key(secret))


def _static_key(issuer: Issuer) -> Any:
    kinds = {name[:2] for name in issuer.algorithms}
    try:
        if kinds == {"HS"}:
            return OctKey.import_key(issuer.key)
        if "HS" in kinds:
            # A public key taken for an HMAC secret lets anyone sign.
            raise InvalidSettings("An issuer's algorithms are either HS* or public-key ones, not both.")
        classes = {_ASYMMETRIC[kind] for kind in kinds}
        if len(classes) != 1:
            raise InvalidSettings("One key cannot serve these algorithms.", hint="Name those of the key's own kind.")
        return classes.pop().import_key(issuer.key)
    except (JoseError, ValueError, KeyError) as error:
        raise InvalidSettings(
            f"An issuer's key cannot be read: {error}", hint="It is a secret or a PEM public key."
        ) from error


def segment(token: str, index: int) -> bytes:
    """A part of a token, from base64."""
    parts = token.split(".")
    if len(parts) != 3:
        raise refused()
    try:
        return urlsafe_b64decode(parts[index].encode())
    except ValueError:
        raise refused() from None


def json_object(text: bytes) -> Mapping[str, Any]:
    """A JSON object in which no name stands twice: who signs and who reads may take different ones."""
    try:
        found = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise refused() from None
    if not isinstance(found, dict):
        raise refused()
    return found  # pyright: ignore[reportUnknownVariableType]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def is_time(value: Any) -> TypeGuard[float]:
    """Whether it is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_identity(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


Verifiers = Sequence[Verifier]
