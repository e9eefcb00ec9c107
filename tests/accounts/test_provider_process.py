"""The whole way over HTTP: a browser's client, Portico in a process of its own, and a provider that runs."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import pytest

from tests.support.accounts import MODELS
from tests.support.backend import Place
from tests.support.oidc import Provider, provider_server
from tests.support.server import served

_MOST_HOPS = 10


@dataclass(frozen=True)
class Answered:
    """A response that was read."""

    status: int
    location: str | None
    body: bytes


class Client:
    """Follows redirects and keeps cookies by host, as a browser does; a secure one is sent to this machine without encryption, too."""

    def __init__(self) -> None:
        self.cookies: dict[str, dict[str, str]] = {}
        self.visited: list[str] = []

    def go(self, url: str) -> Answered:
        """What is answered at the end of all redirects."""
        for _ in range(_MOST_HOPS):
            response = self.send("GET", url)
            if response.location is None:
                return response
            url = urljoin(url, response.location)
        raise AssertionError(f"no end: {self.visited}")

    def send(self, method: str, url: str, body: Any = None, **headers: str) -> Answered:
        """One request."""
        parts = urlsplit(url)
        self.visited.append(f"{parts.netloc}{parts.path}")
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.get(parts.netloc, {}).items())
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        text = None if body is None else json.dumps(body)
        kind = {} if body is None else {"content-type": "application/json"}
        try:
            return self._ask(connection, method, parts, text, {**kind, **headers, "cookie": kept})
        finally:
            connection.close()

    def _ask(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        parts: SplitResult,
        text: str | None,
        headers: dict[str, str],
    ) -> Answered:
        connection.request(method, f"{parts.path}?{parts.query}", text, headers)
        response = connection.getresponse()
        for each in response.msg.get_all("set-cookie") or ():
            for name, morsel in SimpleCookie(each).items():
                assert (morsel["secure"], morsel["httponly"], morsel["path"], morsel["domain"]) == (True, True, "/", "")
                self.cookies.setdefault(parts.netloc, {})[name] = morsel.value
        return Answered(response.status, response.getheader("location"), response.read())


@pytest.mark.parametrize("names_itself", [True, False])
def test_somebody_signs_in_over_http(place: Place, tmp_path: Path, names_itself: bool) -> None:
    """A2, A3 and A4 where everything is as it should be; what is not is in test_providers.py."""
    with provider_server() as provider:
        provider.lies.names_itself = names_itself
        toml = "[auth.providers.acme]\n" + "\n".join(
            f"{name} = {json.dumps(value)}" for name, value in provider.settings.items()
        )
        settings = {"mode": "dev", "token_secret": "a secret of tests that is long enough"}
        with served(tmp_path, MODELS, place.url, settings=settings, toml=toml) as server:
            base = f"http://127.0.0.1:{server.port}"
            _sign_in(provider, base)


def _sign_in(provider: Provider, base: str) -> None:
    provider.allow(f"{base}/auth/callback/acme")
    client = Client()
    asks = {"query": "{ me { id email } }"}
    assert client.go(f"{base}/auth/providers/acme?redirect_to=/health").body == b"OK"
    home, there = urlsplit(base).netloc, urlsplit(provider.url).netloc
    assert client.visited == [
        f"{home}/auth/providers/acme", f"{there}/authorize", f"{home}/auth/callback/acme", f"{home}/health",
    ]  # fmt: skip
    assert there not in client.cookies
    answer = json.loads(client.send("POST", f"{base}/graphql", asks, origin=base).body)
    assert answer["data"]["me"]["email"] == "ann@example.com"
    assert client.send("POST", f"{base}/graphql", asks, origin="https://evil.example").status == 403
    assert client.send("POST", f"{base}/auth/sign-out", {}, origin=base).body == b"1"
