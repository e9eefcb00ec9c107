"""Which providers are known, and what is particular about each: where it is, what it is asked for, and whose word on addresses counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from portico.gateway.auth_settings import ProviderSettings
from portico.gateway.problems import InvalidSettings

Kind = Literal["openid", "github", "discord"]

_TENANTS = "https://login.microsoftonline.com/"
_ANY_TENANT = ("common", "organizations", "consumers")
_TENANT = "{tenantid}"  # in the issuer that Microsoft publishes where any tenant may sign in


@dataclass(frozen=True, slots=True)
class Provider:
    """
    One provider, as it is asked.

    kind: how it says who somebody is: by OpenID Connect, or in its own way. issuer: where it is, and of OpenID Connect its name.
    is_usual: whether it is the one that everybody means by the name. parameters: that its authorization needs besides.
    """

    name: str
    kind: Kind
    issuer: str
    is_usual: bool
    scopes: tuple[str, ...]
    settings: ProviderSettings
    parameters: Mapping[str, str]

    def subject(self, issuer: str, sub: str) -> str:
        """
        Who somebody is, as identities store it: key is the issuer with the subject (OpenID Connect Core, 5.7).

        Of those that everybody means by the name the issuer is always one; all others may be given another some day.
        """
        return sub if self.is_usual and issuer == self.issuer else f"{issuer} {sub}"


def provider_of(name: str, settings: ProviderSettings) -> Provider:
    """
    A provider of the settings.

    Raises:
        InvalidSettings: one that is not known, without an issuer.
    """
    known = _KNOWN.get(name)
    if known is None and not settings.issuer:
        raise InvalidSettings(
            f"auth.providers.{name} is none that is known by name.",
            hint="Give its issuer, whose endpoints are discovered.",
        )
    kind, issuer, scopes, parameters = known or ("openid", "", ("openid", "email", "profile"), {})
    is_usual = known is not None and settings.issuer in ("", issuer) and not issuer.startswith(_TENANTS)
    return Provider(
        name=name,
        kind=kind,
        issuer=settings.issuer or issuer,
        is_usual=is_usual,
        scopes=(*scopes, *(each for each in settings.scopes if each not in scopes)),
        settings=settings,
        parameters=parameters,
    )


def published_issuer(provider: Provider) -> str:
    """The issuer as the provider's own description must have it."""
    tenant = provider.issuer.removeprefix(_TENANTS).partition("/")[0]
    if provider.issuer.startswith(_TENANTS) and tenant in _ANY_TENANT:
        return f"{_TENANTS}{_TENANT}/v2.0"
    return provider.issuer


def issuer_of(published: str, claims: Mapping[str, Any]) -> str:
    """The issuer that a token must name."""
    tenant = claims.get("tid")
    return published.replace(_TENANT, tenant) if _TENANT in published and isinstance(tenant, str) else published


def vouches_for_email(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """
    Whether the provider says that it has verified the address.

    Administrators of a tenant at Microsoft write any address into their users; only `xms_edov` says that the domain is theirs.
    """
    name = "xms_edov" if provider.issuer.startswith(_TENANTS) else "email_verified"
    return claims.get(name) in (True, "true", "1")  # Apple writes it as text


_KNOWN: Mapping[str, tuple[Kind, str, tuple[str, ...], Mapping[str, str]]] = {
    "google": ("openid", "https://accounts.google.com", ("openid", "email", "profile"), {}),
    "microsoft": ("openid", f"{_TENANTS}common/v2.0", ("openid", "email", "profile"), {}),
    "gitlab": ("openid", "https://gitlab.com", ("openid", "email", "profile"), {}),
    # Where addresses are asked for, Apple answers only by a form.
    "apple": ("openid", "https://appleid.apple.com", ("openid", "email", "name"), {"response_mode": "form_post"}),
    "github": ("github", "https://github.com", ("read:user", "user:email"), {}),
    "discord": ("discord", "https://discord.com", ("identify", "email"), {}),
}
