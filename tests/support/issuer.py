"""Who signs the tests' tokens: keys of every kind, tokens good and bad, and a key set served over HTTP."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

ISSUER, AUDIENCE = "https://issuer.example", "portico"
SECRET = "a secret of the tests, long enough for HMAC"


def rsa_key(kid: str | None = None) -> RSAKey:
    """A new RSA key."""
    return RSAKey.generate_key(2048, None if kid is None else {"kid": kid})


def ec_key(kid: str | None = None) -> ECKey:
    """A new key on P-256."""
    return ECKey.generate_key("P-256", None if kid is None else {"kid": kid})


def ed_key(kid: str | None = None) -> OKPKey:
    """A new Ed25519 key."""
    return OKPKey.generate_key("Ed25519", None if kid is None else {"kid": kid})


def public_pem(key: RSAKey | ECKey | OKPKey) -> str:
    """The public half, as settings take it."""
    return key.as_pem(private=False).decode()


def signed(claims: Mapping[str, Any] | str, key: Any, algorithm: str, **header: Any) -> str:
    """A token; claims as text are signed as they stand."""
    payload = claims if isinstance(claims, str) else json.dumps(dict(claims))
    protected = {"alg": algorithm, "typ": "JWT", **header}
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # for EdDSA, which RFC 9864 calls Ed25519 now
        return jws.serialize_compact(protected, payload.encode(), key, registry=registry)


def signed_as_is(header: Any, claims: Any, key: RSAKey) -> str:
    """A token by RS256 whose header no library would write."""
    head = f"{encoded(header)}.{encoded(claims)}"
    private_key = key.private_key
    assert private_key is not None
    signature = private_key.sign(head.encode(), PKCS1v15(), SHA256())
    return f"{head}.{text_of(signature)}"


def signed_by_public_key(claims: Any, key: RSAKey) -> str:
    """HS256 with the public key as the secret: accepted where the token chooses the algorithm."""
    head = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}"
    return f"{head}.{text_of(hmac.new(public_pem(key).encode(), head.encode(), sha256).digest())}"


def unsigned(claims: Mapping[str, Any], **header: Any) -> str:
    """A token with an empty signature."""
    return f"{encoded(header)}.{encoded(claims)}."


def encoded(part: Any) -> str:
    """One part of a token."""
    return text_of(json.dumps(part).encode())


def text_of(content: bytes) -> str:
    """Bytes as base64 for URLs."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def secret_key() -> OctKey:
    """The key of SECRET."""
    return OctKey.import_key(SECRET)


@dataclass
class KeySetServer:
    """A published key set: change `keys`, look at `fetched`; `is_down` answers 500."""

    url: str
    keys: list[Any] = field(default_factory=list[Any])
    fetched: int = 0
    is_down: bool = False
    body: bytes | None = None

    def answer(self) -> tuple[int, bytes]:
        """Status and body of one request."""
        self.fetched += 1
        if self.is_down:
            return 500, b"down"
        return 200, self.body or json.dumps({"keys": [_published(key) for key in self.keys]}).encode()


def _published(key: Any) -> Any:
    return key if isinstance(key, dict) else key.as_dict(private=False)


@contextmanager
def key_set_server() -> Generator[KeySetServer]:
    """A key set on a local port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = published.answer()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    published = KeySetServer(f"http://127.0.0.1:{server.server_address[1]}/keys.json")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield published
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
