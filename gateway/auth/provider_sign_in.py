"""How does somebody sign in by a provider: sent there with what only their browser knows, and believed when they come back with it."""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from secrets import token_urlsafe

import orjson
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portico.gateway.auth.id_tokens import believed_not
from portico.gateway.auth.problems import NotBegunHere, UnknownProvider
from portico.gateway.auth.provider_answers import Question, Stranger, ask_provider
from portico.gateway.auth.provider_endpoints import Endpoints, ProviderEndpoints
from portico.gateway.auth.provider_table import Provider, provider_of
from portico.gateway.auth.records import Models, now
from portico.gateway.auth.secrets import Secrets, digest
from portico.gateway.auth_settings import AuthSettings
from portico.schema.provided import Data

FLOW_S = 600
_PURPOSE = "provider flows"
_USED = "provider flow"
_MOST_CODE = 4_096
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Flow:
    """
    One sign-in that was begun, as the browser keeps it, sealed.

    verifier: of PKCE towards the provider. challenge: of PKCE towards us, where the tokens are to be exchanged for a code.
    link: the user that the identity is to be linked to.
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    redirect_to: str
    challenge: str
    link: str
    ends_at: float


class ProviderSignIn:
    """
    Signing in by the providers of the settings.

    Args:
        public_url: where providers lead back to.
        allow_private: whether providers may be at addresses that are not those of the internet.
    """

    def __init__(
        self,
        settings: AuthSettings,
        data: Data,
        models: Callable[[], Models],
        secrets: Secrets,
        public_url: str,
        *,
        allow_private: bool,
    ) -> None:
        self._data = data
        self._models = models
        self._secrets = secrets
        self._public_url = public_url
        self._allow_private = allow_private
        self._providers = {name: provider_of(name, each) for name, each in settings.providers.items()}
        self._endpoints = ProviderEndpoints(allow_private=allow_private)

    @property
    def names(self) -> list[str]:
        """Of all that there are."""
        return list(self._providers)

    def provider(self, name: str) -> Provider:
        """
        The provider of a name.

        Raises:
            UnknownProvider
        """
        found = self._providers.get(name)
        if found is None:
            raise UnknownProvider("There is no provider of this name.", hint="auth.providers in the settings has them.")
        return found

    async def begin(self, name: str, redirect_to: str, challenge: str = "", link: str = "") -> tuple[str, str]:
        """
        Where to send a browser, and what it has to keep until it comes back.

        Raises:
            UnknownProvider, ProviderUnavailable
        """
        provider = self.provider(name)
        endpoints = await self._endpoints.of(provider)
        state, nonce, verifier = (token_urlsafe(_TOKEN_BYTES) for _ in range(3))
        flow = Flow(name, state, nonce, verifier, redirect_to, challenge, link, time.time() + FLOW_S)
        parameters = {
            "redirect_uri": self._callback(name),
            "scope": " ".join(provider.scopes),
            "state": state,
            "code_challenge": create_s256_code_challenge(verifier).rstrip("="),
            "code_challenge_method": "S256",
            **({"nonce": nonce} if provider.kind == "openid" else {}),
            **provider.parameters,
        }
        url = prepare_grant_uri(endpoints.authorization, provider.settings.client_id, "code", **parameters)
        sealed = self._secrets.seal(_PURPOSE, orjson.dumps(asdict(flow)))
        return url, urlsafe_b64encode(sealed).decode().rstrip("=")

    def flow(self, name: str, kept: str | None, parameters: Mapping[str, str]) -> Flow:
        """
        What was begun in the browser that comes back.

        Raises:
            NotBegunHere: nothing, something else, or too long ago.
        """
        flow = self._unsealed(kept)
        state = parameters.get("state", "")
        if (
            flow is None
            or flow.provider != name
            or not hmac.compare_digest(flow.state.encode(), state.encode())
            or time.time() >= flow.ends_at
        ):
            raise begun_not()
        return flow

    async def complete(self, flow: Flow, parameters: Mapping[str, str]) -> Stranger:
        """
        Who has come back from a provider.

        Raises:
            NotBegunHere: it has ended before. ProviderRefused, ProviderUnavailable
        """
        provider = self.provider(flow.provider)
        await self._use(flow)
        endpoints = await self._endpoints.of(provider)
        _check_issuer(endpoints, parameters)
        code = parameters.get("code", "")
        if not code or len(code) > _MOST_CODE or "error" in parameters:
            raise believed_not()
        question = Question(code, flow.nonce, flow.verifier, self._callback(flow.provider))
        return await ask_provider(provider, endpoints, question, allow_private=self._allow_private)

    async def _use(self, flow: Flow) -> None:
        """A flow is used once, whatever comes of it: its state is remembered for as long as it could come again."""
        made = self._models().code
        try:
            async with self._data.begin() as session:
                await session.execute(delete(made).where(made.purpose == _USED, made.expires_at < now()))
                ends_at = now() + timedelta(seconds=FLOW_S)
                session.add(made(purpose=_USED, digest=digest(flow.state), tries=0, expires_at=ends_at, used_at=now()))
        except IntegrityError:
            raise begun_not() from None

    def _unsealed(self, kept: str | None) -> Flow | None:
        if not kept:
            return None
        try:
            sealed = urlsafe_b64decode(kept + "=" * (-len(kept) % 4))
            return Flow(**orjson.loads(self._secrets.unseal(_PURPOSE, sealed)))
        except (ValueError, TypeError):
            return None

    def _callback(self, name: str) -> str:
        # Of each provider another, so that the answer of one is not taken for that of another (RFC 9700, 4.4.2.2).
        return f"{self._public_url.rstrip('/')}/auth/callback/{name}"


def _check_issuer(endpoints: Endpoints, parameters: Mapping[str, str]) -> None:
    """Source: RFC 9207: the answer must be of whom it was asked, not of another who had the browser sent on to them."""
    named = parameters.get("iss")
    if named is None and not endpoints.names_itself:
        return
    before, _, after = endpoints.issuer.partition("{tenantid}")
    is_template = before != endpoints.issuer
    is_right = named is not None and (
        (named.startswith(before) and named.endswith(after)) if is_template else named == endpoints.issuer
    )
    if not is_right:
        raise believed_not()


def begun_not() -> NotBegunHere:
    """One text for every reason."""
    return NotBegunHere("Signing in was not begun in this browser, or has ended.", hint="Begin again.")
