"""Which keys does an issuer sign by: its published key set, fetched when a key is not known, and never in a flood."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from portico.gateway.outgoing import fetch_json
from portico.schema.problems import Problem

MAX_AGE_S = 300.0  # keys are fetched again after so long
_REFETCH_S = 10.0  # a key set is fetched at most so often, however many unknown keys are named


class KeySet:
    """
    The public keys of one issuer.

    Args:
        url: of the key set (RFC 7517).
        allow_private: whether it may be at an address that is not one of the internet.
    """

    def __init__(self, url: str, *, allow_private: bool, now: Callable[[], float] = time.time) -> None:
        self._url = url
        self._allow_private = allow_private
        self._now = now
        self._keys: Sequence[Any] = ()
        self._fetched = 0.0
        self._tried = -math.inf
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, kid: str | None) -> Any:
        """
        The key of a name, or the only key for tokens that name none; None where there is none.

        A key that is not known is waited for, whoever began to fetch it; known ones are fetched anew meanwhile.
        """
        key = self._known(kid)
        now = self._now()
        if (key is None or now - self._fetched > MAX_AGE_S) and now - self._tried >= _REFETCH_S:
            self._tried = now
            self._fetching = asyncio.create_task(self._fetch())
        if self._fetching is not None and (key is None or now - self._fetched > 2 * MAX_AGE_S):
            await asyncio.shield(self._fetching)
            key = self._known(kid)
        return key

    def _known(self, kid: str | None) -> Any:
        if kid is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.kid == kid), None)

    async def _fetch(self) -> None:
        try:
            found = await fetch_json(self._url, allow_private=self._allow_private)
            self._keys = _public_keys(found)
            self._fetched = self._now()
        except (Problem, KeyError, TypeError):
            pass  # the keys known so far go on serving
        finally:
            self._fetching = None


def _public_keys(found: Any) -> list[Any]:
    """The keys of a key set; those that cannot be read are left out, and a secret is none that can be published."""
    keys: list[Any] = []
    for each in found["keys"]:
        try:
            if each["kty"] in ("RSA", "EC", "OKP"):
                keys.append(JWKRegistry.import_key(each))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return keys
