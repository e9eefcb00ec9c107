"""How does a push reach a browser: encrypted for it alone (RFC 8291), and signed by who sends it (RFC 8292)."""

from __future__ import annotations

import base64
import os
import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import ECKey

_RECORD = 4_096
_LIFE_S = 12 * 3600  # of a token; a day at most (RFC 8292, 2)


def encrypted(message: bytes, receiver: str, secret: str, *, key: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    """
    A message for one subscription, as `aes128gcm` (RFC 8188) with the keys of RFC 8291, section 3.

    Args:
        receiver, secret: `p256dh` and `auth` of the subscription, in base64url.
        key: of this message alone; made unless given.
    """
    sender = key or ec.generate_private_key(ec.SECP256R1())
    theirs, auth, salt = decoded(receiver), decoded(secret), os.urandom(16)
    ours = _point(sender.public_key())
    shared = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    material = _derived(shared, auth, b"WebPush: info\0" + theirs + ours, 32)
    content_key = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    # One record, which ends with the delimiter of the last.
    sealed = AESGCM(content_key).encrypt(nonce, message + b"\x02", None)
    return salt + _RECORD.to_bytes(4) + bytes([len(ours)]) + ours + sealed


def vapid(endpoint: str, subject: str, pem: str) -> str:
    """
    The `Authorization` of a request to an endpoint.

    Args:
        subject: a `mailto:` or https address of who sends. pem: the P-256 key.
    """
    parts = urlsplit(endpoint)
    key = ECKey.import_key(pem)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + _LIFE_S, "sub": subject}
    private = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, key)
    return f"vapid t={token}, k={_encoded(_point(private.public_key()))}"


def decoded(text: str) -> bytes:
    """Base64url, whose filling may be left out."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
