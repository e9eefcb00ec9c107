"""How are secrets kept: keys for each purpose out of one, what is encrypted by them, and digests of what is only compared."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class Secrets:
    """
    What is derived from the secret of the settings.

    A key for each purpose (HKDF, RFC 5869), so that what is made for one is good for no other.
    """

    def __init__(self, root: str) -> None:
        self._root = root.encode()
        self._derived: dict[str, bytes] = {}

    def key(self, purpose: str) -> bytes:
        """32 bytes."""
        found = self._derived.get(purpose)
        if found is None:
            made = HKDF(algorithm=SHA256(), length=32, salt=b"portico accounts", info=purpose.encode())
            found = self._derived[purpose] = made.derive(self._root)
        return found

    def mac(self, purpose: str, text: bytes) -> bytes:
        """32 bytes that only this server can make of a text."""
        return hmac.digest(self.key(purpose), text, "sha256")

    def seal(self, purpose: str, text: bytes) -> bytes:
        """The text, encrypted (AES-256-GCM)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.key(purpose)).encrypt(nonce, text, purpose.encode())

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """
        What `seal` was given.

        Raises:
            ValueError: it was sealed for something else, or by another secret.
        """
        try:
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            return AESGCM(self.key(purpose)).decrypt(nonce, rest, purpose.encode())
        except InvalidTag:
            raise ValueError("sealed by another secret") from None


def digest(secret: str) -> bytes:
    """What is stored of a secret that has 128 bits of chance or more, and needs no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
