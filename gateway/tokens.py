"""Is a token genuine: signatures, times and audiences checked with joserfc, claims turned into a Caller."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from portico.gateway.outgoing import fetch_json
from portico.gateway.problems import InvalidSettings, InvalidToken
from portico.gateway.settings import Issuer
from portico.schema.caller import ADMIN, ANONYMOUS, USER, Caller
from portico.schema.problems import Problem
from portico.schema.rules import claim_key

MAX_TOKEN_BYTES = 8_192
MAX_KID_BYTES = 256
_REFETCH_S = 10.0
_MAX_AGE_S = 600.0
_ASYMMETRIC = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}


@dataclass(frozen=True, slots=True)
class Verified:
    """A caller and until when (Unix seconds) the token that says so holds."""

    caller: Caller
    expires: float


def refused() -> InvalidToken:
    """One text for every reason, so that nothing is learned from trying."""
    return InvalidToken("Could not verify the token.", hint="Sign in again.")


class Verifier:
    """Verifies tokens of one issuer."""

    def __init__(self, issuer: Issuer, *, allow_private: bool, now: Callable[[], float] = time.time) -> None:
        if bool(issuer.key) == bool(issuer.jwks_url):
            raise InvalidSettings("An issuer has one of key and jwks_url.", hint="See docs/settings.md, issuers.")
        if not issuer.algorithms or any(name.lower() == "none" for name in issuer.algorithms):
            raise InvalidSettings("An issuer names the algorithms that its tokens are signed by.")
        self._issuer = issuer
        self._now = now
        self._allow_private = allow_private
        self._keys: Any = _static_key(issuer) if issuer.key else None
        self._fetched = 0.0
        self._tried = 0.0

    async def verify(self, token: str) -> Verified:
        """
        The caller that a token speaks for.

        Raises:
            InvalidToken: for whatever reason.
        """
        header = _header(token)
        if header.get("alg") not in self._issuer.algorithms or len(str(header.get("kid", ""))) > MAX_KID_BYTES:
            raise refused()
        keys = self._keys if self._issuer.key else await self._key_set(header.get("kid"))
        try:
            decoded = jwt.decode(token, keys, algorithms=list(self._issuer.algorithms))
        except (JoseError, ValueError, TypeError, KeyError):
            raise refused() from None
        return self._checked(decoded.claims)

    def _checked(self, claims: Mapping[str, Any]) -> Verified:
        issuer, now = self._issuer, self._now()
        expires, not_before = claims.get("exp"), claims.get("nbf", 0)
        if not _is_time(expires) or not _is_time(not_before):
            raise refused()
        if now > expires + issuer.leeway_s or now < not_before - issuer.leeway_s:
            raise refused()
        if issuer.issuer and claims.get("iss") != issuer.issuer:
            raise refused()
        audience = claims.get("aud")
        if issuer.audience and issuer.audience not in (audience if isinstance(audience, list) else [audience]):
            raise refused()
        return Verified(caller_of(claims, issuer), float(expires) + issuer.leeway_s)

    async def _key_set(self, kid: Any) -> Any:
        """The issuer's keys; fetched for a key that is not known, but at most once in ten seconds."""
        now = self._now()
        known = self._keys is not None and any(key.kid == kid for key in self._keys.keys)
        if (not known or now - self._fetched > _MAX_AGE_S) and now - self._tried > _REFETCH_S:
            self._tried = now
            try:
                found = await fetch_json(self._issuer.jwks_url, allow_private=self._allow_private)
                self._keys = KeySet.import_key_set(
                    {"keys": [key for key in found["keys"] if key.get("kty") in ("RSA", "EC", "OKP")]}
                )
                self._fetched = now
            except (Problem, JoseError, ValueError, KeyError, TypeError, AttributeError):
                pass  # the keys known so far go on serving
        if self._keys is None or not any(key.kid == kid for key in self._keys.keys):
            raise refused()
        return self._keys


def caller_of(claims: Mapping[str, Any], issuer: Issuer) -> Caller:
    """The caller that claims describe; Hasura's namespace is read where it is."""
    namespace = claims.get(issuer.claims_namespace)
    if isinstance(namespace, str):
        namespace = json.loads(namespace)
    inside: Mapping[str, Any] = namespace if isinstance(namespace, dict) else {}
    mapped = {
        claim_key(str(name)): value for name, value in {**claims, **inside}.items() if name != issuer.claims_namespace
    }
    identity = inside.get("x-hasura-user-id", claims.get(issuer.id_claim))
    role = inside.get("x-hasura-default-role", claims.get(issuer.role_claim)) or USER
    listed = inside.get("x-hasura-allowed-roles", claims.get(issuer.roles_claim)) or []
    roles = frozenset(str(each) for each in listed) if isinstance(listed, list) else frozenset[str]()
    if not isinstance(role, str) or identity is None:
        raise refused()
    return Caller(id=identity, role=role, roles=frozenset({role, *roles, ANONYMOUS}) - {ADMIN}, claims=mapped)


def acting_as(caller: Caller, role: str) -> Caller:
    """The caller under another of their roles."""
    return Caller(caller.id, role, caller.roles, caller.claims, caller.backend)


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


def _header(token: str) -> Mapping[str, Any]:
    from joserfc.util import urlsafe_b64decode

    try:
        header = json.loads(urlsafe_b64decode(token.partition(".")[0].encode()))
    except (ValueError, RecursionError):
        raise refused() from None
    if not isinstance(header, dict):
        raise refused()
    return header  # pyright: ignore[reportUnknownVariableType]


def _is_time(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


Verifiers = Sequence[Verifier]
