"""Where is a provider asked: its endpoints and keys, discovered from its issuer or known, and remembered for a while."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.oidc.discovery import get_well_known_url

from portico.gateway.auth.problems import ProviderUnavailable
from portico.gateway.auth.provider_table import Provider, published_issuer
from portico.gateway.key_sets import KeySet
from portico.gateway.outgoing import Unreachable, fetch_json

_MAX_AGE_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Endpoints:
    """
    The endpoints of a provider.

    issuer: as its answers name it. names_itself: whether each answer must (RFC 9207). auth_methods: how clients show who they are.
    profile: who somebody is, and emails their addresses, where the token does not say.
    """

    issuer: str
    authorization: str
    token: str
    profile: str = ""
    emails: str = ""
    keys: KeySet | None = None
    names_itself: bool = False
    auth_methods: Sequence[str] = ("client_secret_post",)


class ProviderEndpoints:
    """
    The endpoints of all providers.

    Args:
        allow_private: whether they may be at addresses that are not those of the internet, and without encryption.
    """

    def __init__(self, *, allow_private: bool, now: Callable[[], float] = time.monotonic) -> None:
        self._allow_private = allow_private
        self._now = now
        self._known: dict[str, tuple[float, Endpoints]] = {}
        self._key_sets: dict[str, KeySet] = {}

    async def of(self, provider: Provider) -> Endpoints:
        """
        Those of one.

        Raises:
            ProviderUnavailable: it cannot be asked where they are.
        """
        if provider.kind == "github":
            return _github(provider.issuer)
        if provider.kind == "discord":
            return _discord(provider.issuer)
        at, known = self._known.get(provider.issuer, (0.0, None))
        if known is not None and self._now() - at < _MAX_AGE_S:
            return known
        try:
            found = await fetch_json(
                get_well_known_url(provider.issuer, external=True), allow_private=self._allow_private
            )
            known = self._discovered(provider, found)
        except (Unreachable, KeyError, TypeError, AttributeError) as error:
            if known is None:
                raise ProviderUnavailable(f"{provider.name} cannot be reached.", hint="Try again.") from error
        self._known[provider.issuer] = (self._now(), known)
        return known

    def _discovered(self, provider: Provider, found: Mapping[str, Any]) -> Endpoints:
        """Source: OpenID Connect Discovery, 4.3: who describes another issuer than was asked for describes it for others to fall in."""
        issuer = published_issuer(provider)
        if found["issuer"] != issuer:
            raise ProviderUnavailable(f"{provider.name} does not describe the issuer that the settings name.")
        urls = {name: found[f"{name}_endpoint"] for name in ("authorization", "token")}
        urls["keys"], urls["profile"] = found["jwks_uri"], found.get("userinfo_endpoint") or ""
        if not all(isinstance(url, str) and (not url or self._is_fit(url)) for url in urls.values()):
            raise ProviderUnavailable(f"{provider.name} names endpoints that are not called.")
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        keys = self._key_sets.setdefault(urls["keys"], KeySet(urls["keys"], allow_private=self._allow_private))
        return Endpoints(
            issuer=issuer,
            authorization=urls["authorization"],
            token=urls["token"],
            profile=urls["profile"],
            keys=keys,
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            auth_methods=tuple(str(each) for each in methods),
        )

    def _is_fit(self, url: str) -> bool:
        return urlsplit(url).scheme == "https" or (self._allow_private and urlsplit(url).scheme == "http")


def _github(base: str) -> Endpoints:
    api = "https://api.github.com" if base == "https://github.com" else f"{base}/api/v3"
    return Endpoints(
        issuer=f"{base}/login/oauth",
        authorization=f"{base}/login/oauth/authorize",
        token=f"{base}/login/oauth/access_token",
        profile=f"{api}/user",
        emails=f"{api}/user/emails",
    )


def _discord(base: str) -> Endpoints:
    return Endpoints(
        issuer=base,
        authorization=f"{base}/oauth2/authorize",
        token=f"{base}/api/oauth2/token",
        profile=f"{base}/api/users/@me",
    )
