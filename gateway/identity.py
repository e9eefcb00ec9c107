"""Who asks: credentials in headers become a Caller; verified tokens are remembered until they expire."""

from __future__ import annotations

import hmac
import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

import orjson

from portico.gateway.cookies import access_cookie
from portico.gateway.origins import Origins
from portico.gateway.problems import (
    InvalidAdminKey,
    InvalidHeader,
    InvalidJson,
    MissingCredentials,
    OriginNotAllowed,
    RoleNotAllowed,
)
from portico.gateway.verified import MAX_TOKEN_BYTES, Verified, acting_as, refused
from portico.resolvers.generations import Generations
from portico.schema.caller import ADMIN, ANONYMOUS, Caller
from portico.schema.problems import HasuraError, Problem
from portico.schema.rules import claim_key


class Verifier(Protocol):
    """Who knows tokens of one kind."""

    async def verify(self, token: str) -> Verified:
        """
        The caller that a token speaks for.

        Raises:
            Problem: it is none of this kind, or is not genuine.
        """
        ...


Headers = Mapping[bytes, bytes]

_MAX_CACHED_TOKENS = 20_000
_MAX_OUTDATED = 10_000
_ADMIN_KEY = (b"x-portico-admin-key", b"x-hasura-admin-secret")
_ROLE = (b"x-portico-role", b"x-hasura-role")
_BACKEND = b"x-hasura-use-backend-only-permissions"
_TRUE, _FALSE = ("true", "t", "yes", "y"), ("false", "f", "no", "n")


class Identity:
    """
    Turns headers into a Caller.

    Args:
        verifiers: one for each issuer, tried in order.
        admin_keys: any of them opens every role; compared in constant time.
        read_only_admin_keys: as these, and nothing is changed by who has them.
        unauthorized_role: of requests without credentials; empty refuses them.
        origins: of pages whose cookies are taken for credentials.

    takes_cookies: whether access tokens in cookies are taken at all.
    """

    def __init__(
        self,
        verifiers: Sequence[Verifier],
        admin_keys: Sequence[str],
        *,
        read_only_admin_keys: Sequence[str] = (),
        unauthorized_role: str = ANONYMOUS,
        origins: Origins | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.verifiers: list[Verifier] = list(verifiers)
        self.takes_cookies = False
        self._origins = origins or Origins()
        # An empty one would open everything to an empty header.
        self._admin_keys = tuple(key.encode() for key in admin_keys if key)
        self._read_only_admin_keys = tuple(key.encode() for key in read_only_admin_keys if key)
        self._anonymous = (
            Caller(role=unauthorized_role, roles=frozenset({unauthorized_role})) if unauthorized_role else None
        )
        self._now = now
        # By digest: a token is a credential, and need not be kept to be known again.
        self._verified: Generations[bytes, Verified] = Generations(_MAX_CACHED_TOKENS)
        self._outdated: dict[object, float] = {}  # users → when something about them changed
        self._outdated_all_at = -math.inf

    def identify(self, headers: Headers) -> Caller | object:
        """
        The caller; an awaitable of one where a token has to be verified first.

        Raises:
            InvalidToken, InvalidAdminKey, InvalidHeader, MissingCredentials, OriginNotAllowed, RoleNotAllowed: credentials that are wrong.
            They are never taken for none: a client that means to be someone must not be answered as nobody.
        """
        authorization = headers.get(b"authorization")
        if authorization is None:
            if b"x-portico-admin-key" in headers or b"x-hasura-admin-secret" in headers:
                return self._admin(headers)
            authorization = self._by_cookie(headers) if b"cookie" in headers else None
            if authorization is None:
                return self._nobody(headers)
        elif _ADMIN_KEY[0] in headers or _ADMIN_KEY[1] in headers:
            return self._admin(headers)
        known = self._verified.get(sha256(authorization).digest())
        if known is not None and self._holds(known):
            is_ordinary = _ROLE[0] not in headers and _ROLE[1] not in headers
            return known.caller if is_ordinary else self._with_role(known.caller, headers)
        return self._verify(authorization, headers)

    def outdate(self, ids: Collection[str] | None) -> None:
        """Has the credentials of users verified again before they are taken once more; None: those of everybody."""
        if ids is None or len(self._outdated) + len(ids) > _MAX_OUTDATED:
            self._verified = Generations(_MAX_CACHED_TOKENS)
            self._outdated.clear()
            self._outdated_all_at = self._now()
        else:
            self._outdated.update(dict.fromkeys(ids, self._now()))

    def _holds(self, known: Verified) -> bool:
        if known.expires <= self._now() or known.at <= self._outdated_all_at:
            return False
        return not self._outdated or known.at > self._outdated.get(known.caller.id, -math.inf)

    async def established(self, headers: Headers) -> Verified:
        """
        The caller, and how long that holds: what is asked once for a connection that outlives its first request.

        Raises:
            as `identify`.
        """
        authorization = headers.get(b"authorization")
        has_key = any(name in headers for name in _ADMIN_KEY)
        if authorization is None and not has_key:
            authorization = self._by_cookie(headers)
        if authorization is None or has_key:
            caller = self._admin(headers) if has_key else self._nobody(headers)
            return Verified(caller, math.inf, math.inf)
        known = self._verified.get(sha256(authorization).digest())
        if known is None or not self._holds(known):
            known = await self._verify_anew(authorization)
        return replace(known, caller=self._with_role(known.caller, headers))

    def _by_cookie(self, headers: Headers) -> bytes | None:
        """What a cookie says in the place of an Authorization header."""
        if not self.takes_cookies:
            return None
        token = access_cookie(headers.get(b"cookie", b""))
        if token is None:
            return None
        if not self._origins.may_bring_cookies(headers):
            raise OriginNotAllowed(
                "Pages of this origin may not use cookies here.", hint="Name the origin in the setting allowed_origins."
            )
        return b"Bearer " + token

    def _nobody(self, headers: Headers) -> Caller:
        if self._anonymous is None:
            raise _missing(expects_tokens=bool(self.verifiers))
        # X-Hasura-Role means nothing without credentials, as in Hasura; one of our own is a mistake that is told.
        return self._with_role(self._anonymous, headers, _ROLE[:1])

    async def _verify(self, authorization: bytes, headers: Headers) -> Caller:
        return self._with_role((await self._verify_anew(authorization)).caller, headers)

    async def _verify_anew(self, authorization: bytes) -> Verified:
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() != b"bearer" or not token or len(token) > MAX_TOKEN_BYTES:
            raise refused()
        try:
            text = token.strip().decode("ascii")
        except UnicodeDecodeError:
            raise refused() from None
        began = self._now()
        verified = replace(await self._first(text), at=began)
        self._verified.put(sha256(authorization).digest(), verified)
        return verified

    async def _first(self, token: str) -> Verified:
        failure: Problem | None = None
        for verifier in self.verifiers:
            try:
                return await verifier.verify(token)
            except Problem as problem:
                # Who cannot look now has not said that the token is wrong; a client told so would sign out.
                failure = problem if problem.status >= 500 else failure
        raise failure or refused()

    def _with_role(self, caller: Caller, headers: Headers, names: Sequence[bytes] = _ROLE) -> Caller:
        wanted = _first_of(headers, names)
        if wanted is None or wanted == caller.role:
            return caller
        if wanted not in caller.roles:
            raise RoleNotAllowed(
                "Your requested role is not in allowed roles.", hint="Sign in with an account that has it."
            )
        return acting_as(caller, wanted)

    def _admin(self, headers: Headers) -> Caller:
        given = next(headers[name] for name in _ADMIN_KEY if name in headers)
        # Every key is compared, so that time does not tell which of them was nearly right.
        matches = [hmac.compare_digest(given, key) for key in self._admin_keys]
        reads = [hmac.compare_digest(given, key) for key in self._read_only_admin_keys]
        if not any(matches) and not any(reads):
            raise _as_hasura(
                InvalidAdminKey("The admin key is wrong."), "invalid x-hasura-admin-secret/x-hasura-access-key"
            )
        claims = _impersonated(headers)
        role = _first_of(headers, _ROLE) or ADMIN
        identity = claims.get("user_id", claims.get("id"))
        return Caller(
            id=identity,
            role=role,
            roles=frozenset({role}),
            claims=claims,
            backend=_is_backend(headers),
            reads_only=not any(matches),
        )


def _is_backend(headers: Headers) -> bool:
    text = headers.get(_BACKEND, b"false").decode("latin-1").lower()
    if text not in (*_TRUE, *_FALSE):
        raise InvalidHeader(
            "x-hasura-use-backend-only-permissions:  Not a valid boolean text. True values are "
            '["true","t","yes","y"] and  False values are ["false","f","no","n"]. All values are case insensitive'
        )
    return text in _TRUE


def _missing(*, expects_tokens: bool) -> Problem:
    problem = MissingCredentials("The request has no credentials.", hint="Send Authorization: Bearer with a token.")
    if expects_tokens:
        return _as_hasura(problem, "Missing 'Authorization' or 'Cookie' header in JWT authentication mode")
    return _as_hasura(
        problem, "x-hasura-admin-secret/x-hasura-access-key required, but not found", code="access-denied"
    )


def _as_hasura(problem: Problem, message: str, *, code: str | None = None) -> Problem:
    problem.hasura = HasuraError(message, "$", code or problem.error_code)
    return problem


def _first_of(headers: Headers, names: Sequence[bytes]) -> str | None:
    for name in names:
        if name in headers:
            return headers[name].decode("latin-1")
    return None


def _impersonated(headers: Headers) -> dict[str, object]:
    """Claims that come with an admin key: X-Portico-Claims as JSON, X-Portico-User-Id, and every X-Hasura-*."""
    claims: dict[str, object] = {}
    if (text := headers.get(b"x-portico-claims")) is not None:
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise InvalidJson("X-Portico-Claims is not a JSON object.") from error
        if not isinstance(found, dict):
            raise InvalidJson("X-Portico-Claims is not a JSON object.")
        claims.update({claim_key(str(name)): value for name, value in found.items()})
    if (identity := headers.get(b"x-portico-user-id")) is not None:
        claims["user_id"] = identity.decode("latin-1")
    for name, value in headers.items():
        if name.startswith(b"x-hasura-") and name not in (*_ADMIN_KEY, *_ROLE):
            claims[claim_key(name.decode("latin-1"))] = value.decode("latin-1")
    return claims
