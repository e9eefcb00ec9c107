"""What does an access token say, and is one genuine: claims of the account as it is now, signed by our own keys."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError

from portico.gateway.auth.keys import SigningKeys
from portico.gateway.auth.records import Models
from portico.gateway.auth.sessions import read_session, read_teams
from portico.gateway.tokens import MAX_KID_BYTES, is_time, json_object, segment
from portico.gateway.verified import Verified, refused
from portico.schema.caller import ADMIN, ANONYMOUS, USER, Caller
from portico.schema.provided import Data
from portico.schema.rules import claim_key

if TYPE_CHECKING:
    from portico.gateway.auth.models import Session, User

USE = "access"
_ALGORITHM = "ES256"
# Also those that Hasura's claims say who somebody is by.
_OURS = frozenset(
    [
        "iss",
        "sub",
        "aud",
        "sid",
        "use",
        "iat",
        "exp",
        "nbf",
        "jti",
        "role",
        "roles",
        "assurance",
        "amr",
        "elevated",
        "turn",
        "kept",
        "anonymous",
        "teams",
        "id",
        "user_id",
        "default_role",
        "allowed_roles",
    ]
)
_UNTOLD_S = 1.0


def claims_of(
    user: User,
    session: Session,
    issuer: str,
    life_s: int,
    custom: Mapping[str, Any],
    *,
    is_elevated: bool = False,
) -> dict[str, Any]:
    """
    The claims of a token (RFC 9068 names, besides our own).

    Args:
        custom: the author's, which come before those of the user's row; none takes the place of ours. `kept` names those that
            are of the row, for they hold as they are now.
    """
    at = int(time.time())
    kept = {name: value for name, value in stored_claims(user).items() if name not in custom}
    ours = {
        "iss": issuer,
        "sub": str(user.id),
        "sid": str(session.id),
        "use": USE,
        "iat": at,
        "exp": at + life_s,
        "role": role_of(user),
        "roles": roles_of(user),
        "assurance": session.assurance,
        "amr": list(session.methods),
        "elevated": is_elevated,
        "anonymous": user.is_anonymous,
    }
    more = {"turn": session.counter} if is_elevated else {}
    return {**kept, **custom, **ours, **more, **({"kept": list(kept)} if kept else {})}


def stored_claims(user: User) -> dict[str, Any]:
    """The claims of a user's row, as rules find them."""
    return custom_claims(user.claims or {})


def custom_claims(given: Mapping[str, Any]) -> dict[str, Any]:
    """An author's claims under the names that rules ask for, without those that are ours to say."""
    named = {claim_key(str(name)): value for name, value in given.items()}
    return {name: value for name, value in named.items() if name not in _OURS}


def roles_of(user: User) -> list[str]:
    """The roles that a user may act under, the ordinary one first; never that which is past all rules."""
    found: dict[str, None] = dict.fromkeys([user.role, *(user.allowed_roles or [])])
    return [each for each in found if each != ADMIN]


def role_of(user: User) -> str:
    """The role that a user acts under unless they name another; past all rules goes only who has an admin key, whatever the row says."""
    return next(iter(roles_of(user)), USER)


def again_at(ends: float, *, is_told: bool) -> float:
    """When credentials are to be looked at again that hold until then: soon, where nobody tells of changes."""
    return ends if is_told else min(ends, time.time() + _UNTOLD_S)


class AccountVerifier:
    """
    Verifies our own access tokens: by signature, and by the session and user that they speak for.

    The caller has the roles, claims and teams of the user as they are now, whatever they were when the token was signed. A
    verified token is remembered until it ends: who changes users and sessions is heard of by the change log.

    Args:
        is_told: whether changes of users and sessions are heard of.
    """

    def __init__(
        self,
        keys: SigningKeys,
        data: Data,
        models: Callable[[], Models],
        issuer: str,
        is_told: Callable[[], bool],
    ) -> None:
        self._keys = keys
        self._data = data
        self._models = models
        self._issuer = issuer
        self._is_told = is_told

    async def verify(self, token: str) -> Verified:
        """
        The caller that a token speaks for.

        Raises:
            InvalidToken: for whatever reason.
        """
        claims = self.claims(token)
        try:
            session_id = UUID(claims["sid"])
        except (KeyError, ValueError, AttributeError, TypeError):
            raise refused() from None
        found = await read_session(self._data, self._models(), session_id)
        if found is None or str(found[0].id) != claims.get("sub"):
            raise refused()
        user, session = found
        teams = await read_teams(self._data, self._models(), user.id)
        current = _current(claims, user, session, teams)
        roles = current["roles"]
        caller = Caller(id=str(user.id), role=current["role"], roles=frozenset({*roles, ANONYMOUS}), claims=current)
        ends = float(claims["exp"])
        return Verified(caller, again_at(ends, is_told=self._is_told()), ends)

    def claims(self, token: str) -> Mapping[str, Any]:
        """
        What a token of ours says that has not ended.

        Raises:
            InvalidToken: for whatever reason.
        """
        header = json_object(segment(token, 0))
        kid = header.get("kid")
        if header.get("alg") != _ALGORITHM or not isinstance(kid, str) or len(kid) > MAX_KID_BYTES:
            raise refused()
        key = self._keys.verifying(kid)
        if key is None:
            raise refused()
        try:
            verified = jws.deserialize_compact(token, key, algorithms=[_ALGORITHM])
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise refused() from None
        claims = json_object(verified.payload or b"")
        expires = claims.get("exp", math.nan)
        if claims.get("iss") != self._issuer or claims.get("use") != USE or not is_time(expires):
            raise refused()
        if time.time() >= expires:
            raise refused()
        return claims


def _current(claims: Mapping[str, Any], user: User, session: Session, teams: Sequence[str] | None) -> dict[str, Any]:
    """What a token says, as far as it is still so."""
    kept = claims.get("kept") or ()
    return {
        **stored_claims(user),
        **{name: value for name, value in claims.items() if name not in kept},
        "role": role_of(user),
        "roles": roles_of(user),
        "assurance": min(session.assurance, claims["assurance"]),
        # Until the next refresh: by then the counter is another.
        "elevated": claims.get("elevated") is True and claims.get("turn") == session.counter,
        **({} if teams is None else {"teams": teams}),
    }
