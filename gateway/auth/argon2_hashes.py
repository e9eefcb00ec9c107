"""How is a password hashed here: argon2id as libsodium computes it, and as argon2-cffi reads what others have made."""

from __future__ import annotations

import re
from dataclasses import dataclass

from argon2.exceptions import VerificationError
from argon2.low_level import Type, verify_secret
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

_ANY = re.compile(r"\$argon2(?P<kind>id|i|d)\$v=\d+\$m=(?P<kib>\d{1,10}),t=(?P<passes>\d{1,4}),p=\d{1,3}\$.+")
_KINDS = {"id": Type.ID, "i": Type.I, "d": Type.D}
_MOST_KIB = 262_144
_MOST_WORK = 4 * 262_144  # memory × passes: three seconds


@dataclass(frozen=True, slots=True)
class Argon2:
    """
    What a hash costs.

    libsodium chooses among instructions as it runs (AVX-512, AVX2); argon2-cffi's wheels are built for every processor,
    and take 28 ms where this takes 15 (`python -m benchmarks.hashes`). The texts are the same.
    """

    passes: int
    memory_kib: int

    def hash(self, password: bytes) -> str:
        """The hash in PHC's text form."""
        made = argon2id.str(password, opslimit=self.passes, memlimit=self.memory_kib * 1024)
        return made.rstrip(b"\0").decode()

    def is_own(self, stored: str) -> bool:
        """Whether a hash is what would be made today."""
        return stored.startswith(f"$argon2id$v=19$m={self.memory_kib},t={self.passes},p=1$")

    def verify(self, password: bytes, stored: str) -> bool:
        """Whether it is the password; False for a hash that cannot be read, or would take more than a password is worth."""
        if not self.is_own(stored):
            return _by_any(password, stored)
        try:
            return argon2id.verify(stored.encode(), password)
        except (CryptoError, ValueError):
            return False


def _by_any(password: bytes, stored: str) -> bool:
    found = _ANY.fullmatch(stored)
    if found is None or int(found["kib"]) > _MOST_KIB or int(found["kib"]) * int(found["passes"]) > _MOST_WORK:
        return False
    try:
        return verify_secret(stored.encode(), password, _KINDS[found["kind"]])
    except (VerificationError, UnicodeEncodeError):
        return False
