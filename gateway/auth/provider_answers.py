"""Who does a provider say that somebody is: its code exchanged for tokens, and these for a subject and an address."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from portico.gateway.auth.emails import email_of
from portico.gateway.auth.id_tokens import believed_not, read_id_token
from portico.gateway.auth.problems import InvalidEmail, ProviderUnavailable
from portico.gateway.auth.provider_endpoints import Endpoints
from portico.gateway.auth.provider_table import Provider, vouches_for_email
from portico.gateway.outgoing import Unreachable, fetch_json, post_form
from portico.gateway.problems import InvalidSettings

_MOST_NAME = 200
_MOST_SUBJECT = 255
_APPLE_SECRET_S = 300


@dataclass(frozen=True, slots=True)
class Stranger:
    """
    Somebody, as a provider knows them.

    subject: as identities store it. email: in lower case.
    """

    provider: str
    subject: str
    email: str | None
    is_email_verified: bool
    name: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for when somebody was sent to a provider. verifier: of PKCE."""

    code: str
    nonce: str
    verifier: str
    redirect_uri: str


async def ask_provider(
    provider: Provider, endpoints: Endpoints, question: Question, *, allow_private: bool
) -> Stranger:
    """
    Who has come back with a code.

    Raises:
        ProviderRefused: it is not believed. ProviderUnavailable: it does not answer.
    """
    answer = await _exchange(provider, endpoints, question, allow_private=allow_private)
    access_token = answer.get("access_token")
    if not isinstance(access_token, str) or not access_token:
        raise believed_not()

    async def fetch(url: str) -> Any:
        headers = {"authorization": f"Bearer {access_token}"}
        try:
            return await fetch_json(url, allow_private=allow_private, headers=headers)
        except (Unreachable, ValueError) as error:
            raise ProviderUnavailable(f"{provider.name} does not say who you are.", hint="Try again.") from error

    if provider.kind == "github":
        return _of_github(provider, await fetch(endpoints.profile), await fetch(endpoints.emails))
    if provider.kind == "discord":
        return _of_discord(provider, await fetch(endpoints.profile))
    client_id = provider.settings.client_id
    claims = await read_id_token(answer.get("id_token"), endpoints, client_id, question.nonce, access_token)
    if "email" not in claims and endpoints.profile:
        told = _members(await fetch(endpoints.profile))
        if told.get("sub") != claims["sub"]:  # OpenID Connect Core, 5.3.2: it may be about somebody else
            raise believed_not()
        claims = {**told, **claims}
    subject = provider.subject(claims["iss"], claims["sub"])
    return _stranger(provider, subject, claims, is_verified=vouches_for_email(provider, claims))


async def _exchange(
    provider: Provider, endpoints: Endpoints, question: Question, *, allow_private: bool
) -> Mapping[str, Any]:
    form = prepare_token_request(
        "authorization_code",
        code=question.code,
        redirect_uri=question.redirect_uri,
        code_verifier=question.verifier,
    )
    settings = provider.settings
    secret = _apple_secret(provider) if settings.private_key else settings.client_secret
    method = "none"
    if secret:
        is_basic = "client_secret_post" not in endpoints.auth_methods
        method = "client_secret_basic" if is_basic else "client_secret_post"
    client = ClientAuth(settings.client_id, secret, method)
    url, headers, body = client.prepare("POST", endpoints.token, {"Accept": "application/json"}, form)
    try:
        answer = await post_form(url, body, allow_private=allow_private, headers=headers)
    except Unreachable as error:
        if error.answered in (400, 401):  # RFC 6749, 5.2
            raise believed_not() from error
        raise ProviderUnavailable(f"{provider.name} does not say who you are.", hint="Sign in again.") from error
    return _members(answer)


def _apple_secret(provider: Provider) -> str:
    """Apple's clients sign their secret themselves: developer.apple.com, "Creating a client secret"."""
    settings, at = provider.settings, int(time.time())
    claims = {
        "iss": settings.team_id,
        "iat": at,
        "exp": at + _APPLE_SECRET_S,
        "aud": "https://appleid.apple.com",
        "sub": settings.client_id,
    }
    try:
        key = ECKey.import_key(settings.private_key)
        return jwt.encode({"alg": "ES256", "kid": settings.key_id}, claims, key)
    except (JoseError, ValueError) as error:
        raise InvalidSettings(f"auth.providers.{provider.name}.private_key cannot be read.") from error


def _of_github(provider: Provider, profile: Any, emails: Any) -> Stranger:
    told = _members(profile)
    listed = [each for each in emails if isinstance(each, dict)] if isinstance(emails, list) else []
    first = next((each for each in listed if each.get("primary") is True), {})
    told = {**told, "email": first.get("email")}
    return _by_id(provider, told, is_verified=first.get("verified") is True)


def _of_discord(provider: Provider, profile: Any) -> Stranger:
    told = _members(profile)
    return _by_id(provider, {**told, "name": told.get("global_name")}, is_verified=told.get("verified") is True)


def _by_id(provider: Provider, told: Mapping[str, Any], *, is_verified: bool) -> Stranger:
    found = told.get("id")
    # GitHub's are numbers, which outlive the names of its users.
    if isinstance(found, bool) or not isinstance(found, int | str) or not str(found):
        raise believed_not()
    return _stranger(provider, provider.subject(provider.issuer, str(found)), told, is_verified=is_verified)


def _stranger(provider: Provider, subject: str, told: Mapping[str, Any], *, is_verified: bool) -> Stranger:
    if len(subject) > _MOST_SUBJECT:
        raise believed_not()
    name, address = told.get("name"), told.get("email")
    try:
        email = email_of(address) if isinstance(address, str) else None
    except InvalidEmail:
        email = None
    return Stranger(
        provider=provider.name,
        subject=subject,
        email=email,
        is_email_verified=is_verified and email is not None,
        name=name[:_MOST_NAME] if isinstance(name, str) and name else None,
    )


def _members(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise believed_not()
    return found  # pyright: ignore[reportUnknownVariableType]
