"""A real provider of identities on a local port: Authlib's authorization server over HTTP, which also lies where a test says so."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.util import create_half_hash
from joserfc.jwk import ECKey

from tests.support.issuer import rsa_key, signed

CLIENT_ID, CLIENT_SECRET = "notes", "a secret of the client"


@dataclass
class Somebody:
    """Who is signed in at the provider, and what it says of them."""

    sub: str = "42"
    email: str | None = "ann@example.com"
    is_verified: Any = True
    name: str = "Ann"


@dataclass
class Lies:
    """
    What a hostile or broken provider does.

    claims: over those of the ID token, None leaves one out. encode: makes another token of the claims. iss: named in the answer
    instead of its own. denies: the user does not agree. described: over its description of itself. profile: over that of the user.
    """

    claims: Mapping[str, Any] = field(default_factory=dict[str, Any])
    encode: Callable[[Mapping[str, Any]], str] | None = None
    iss: str | None = None
    names_itself: bool = True
    denies: bool = False
    described: Mapping[str, Any] = field(default_factory=dict[str, Any])
    profile: Mapping[str, Any] = field(default_factory=dict[str, Any])
    is_down: bool = False


@dataclass
class _Code:
    client: Any
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


class _Client:
    """Source: Authlib, `ClientMixin`."""

    redirect_uris: frozenset[str] = frozenset()

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri in self.redirect_uris

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


class _Request(OAuth2Request):
    def __init__(self, method: str, path: str, parameters: dict[str, str], headers: Mapping[str, str]) -> None:
        super().__init__(method, f"https://provider.example{path}", headers=dict(headers))
        self.payload = BasicOAuth2Payload(parameters)
        self._parameters: dict[str, Any] = parameters

    @property
    def args(self) -> dict[str, Any]:
        return self._parameters

    @property
    def form(self) -> dict[str, Any]:
        return self._parameters


class _Server(AuthorizationServer):
    """Authlib's server, over what a request has."""

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self.provider = provider
        self.client = _Client()

    def query_client(self, client_id: str) -> Any:
        return self.client if client_id == CLIENT_ID else None

    def save_token(self, token: Any, request: Any) -> None:
        self.provider.tokens.add(token["access_token"])

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        return

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Any:
        return status, dict(headers), body


class Provider:
    """
    The provider of a test.

    somebody: who is signed in there, and agrees to everything. asked: parameters of every authorization. seen: paths of every request.
    """

    def __init__(self) -> None:
        self.url = ""
        self.key = rsa_key("one")
        self.somebody = Somebody()
        self.lies = Lies()
        self.codes: dict[str, _Code] = {}
        self.tokens: set[str] = set()
        self.asked: list[dict[str, str]] = []
        self.seen: list[str] = []
        self.secrets: list[str] = []
        self.server = _Server(self)
        self.server.register_grant(_grant_of(self), [CodeChallenge(required=True)])
        generate: Any = lambda **_: {"token_type": "Bearer", "access_token": os.urandom(16).hex()}  # noqa: E731
        self.server.register_token_generator("default", generate)

    def allow(self, *redirect_uris: str) -> None:
        """Registers where it may send browsers back to."""
        self.server.client.redirect_uris = frozenset({*self.server.client.redirect_uris, *redirect_uris})

    @property
    def settings(self) -> dict[str, Any]:
        """As a table of `auth.providers`."""
        return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "issuer": self.url}

    def visit(self, url: str) -> str:
        """Where a browser that goes to an address is sent, over HTTP."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" == self.url
        connection = http.client.HTTPConnection(parts.netloc, timeout=5)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            response = connection.getresponse()
            text = response.read()
            location = response.getheader("location")
            assert location is not None, text
            return location
        finally:
            connection.close()

    # ---- what it answers -----------------------------------------------------------------------------

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: str
    ) -> tuple[int, Mapping[str, str], Any]:
        """Status, headers and body of one request."""
        parts = urlsplit(target)
        path = parts.path
        self.seen.append(path)
        if self.lies.is_down:
            return 503, {}, "down"
        parameters = dict(parse_qsl(parts.query if method == "GET" else body, keep_blank_values=True))
        request = _Request(method, path, parameters, headers)
        if path == "/.well-known/openid-configuration":
            return 200, {}, self._described()
        if path == "/keys":
            return 200, {}, {"keys": [self.key.as_dict(private=False)]}
        if path in ("/authorize", "/login/oauth/authorize", "/oauth2/authorize"):
            return self._authorized(request, parameters)
        if path in ("/token", "/login/oauth/access_token", "/api/oauth2/token"):
            self.secrets.append(parameters.get("client_secret", ""))
            return self.server.create_token_response(request)  # pyright: ignore[reportReturnType]
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {}, {}
        return 200, {}, self._profile(path)

    def _described(self) -> Any:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "authorization_response_iss_parameter_supported": self.lies.names_itself,
            **self.lies.described,
        }

    def _authorized(self, request: _Request, parameters: dict[str, str]) -> tuple[int, Mapping[str, str], Any]:
        self.asked.append(parameters)
        grant = self.server.get_consent_grant(request, end_user=self.somebody)
        somebody = None if self.lies.denies else self.somebody
        found: Any = self.server.create_authorization_response(request, somebody, grant)
        status, headers, body = found
        named = self.url if self.lies.iss is None else self.lies.iss
        if self.lies.names_itself and "openid" in parameters["scope"]:
            headers["Location"] += f"&iss={named}"
        return status, headers, body

    def _profile(self, path: str) -> Any:
        who = self.somebody
        found: dict[str, Any] = {
            "/userinfo": {"sub": who.sub, "email": who.email, "email_verified": who.is_verified, "name": who.name},
            "/api/v3/user": {"id": int(who.sub), "login": "ann", "name": who.name, "email": "public@example.com"},
            "/api/users/@me": {"id": who.sub, "global_name": who.name, "email": who.email, "verified": who.is_verified},
        }
        if path == "/api/v3/user/emails":
            other = {"email": "other@example.com", "primary": False, "verified": True}
            return [other, {"email": who.email, "primary": True, "verified": who.is_verified}]
        return {**found[path], **self.lies.profile}

    def id_token(self, token: Mapping[str, Any], code: _Code) -> str:
        """Who somebody is, signed."""
        who, at = self.somebody, int(time.time())
        half = create_half_hash(token["access_token"], "RS256")
        assert half is not None
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": who.sub,
            "aud": CLIENT_ID,
            "iat": at,
            "exp": at + 300,
            "at_hash": half.decode(),
            "name": who.name,
            **({"nonce": code.nonce} if code.nonce else {}),
            **({"email": who.email, "email_verified": who.is_verified} if who.email else {}),
        }
        said = {name: value for name, value in {**claims, **self.lies.claims}.items() if value is not None}
        return self.lies.encode(said) if self.lies.encode else signed(said, self.key, "RS256", kid=self.key.kid)


def _grant_of(provider: Provider) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):
        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            provider.codes[code] = _Code(
                request.client,
                data["redirect_uri"],
                data["scope"],
                data.get("nonce"),
                data.get("code_challenge"),
                data.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Any) -> Any:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Any) -> None:
            provider.codes = {name: each for name, each in provider.codes.items() if each is not authorization_code}

        def authenticate_user(self, authorization_code: Any) -> Any:
            return provider.somebody

        def create_token_response(self) -> Any:
            code: Any = self.request.authorization_code
            made: Any = super().create_token_response()
            status, token, headers = made
            if "openid" in code.scope:
                token = {**token, "id_token": provider.id_token(token, code)}
            return status, token, headers

    return Grant


@contextmanager
def provider_server() -> Generator[Provider]:
    """A provider on a local port."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length).decode()
            status, headers, answer = provider.answer(self.command, self.path, self.headers, body)  # pyright: ignore[reportArgumentType]
            text = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def apple_key() -> ECKey:
    """A key as Apple gives one to a team."""
    return ECKey.generate_key("P-256")
