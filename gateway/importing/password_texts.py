"""In which form are hashes of other systems stored: one text each, which says by what it is verified."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

# bcrypt, argon2id, PBKDF2 of PHC and passlib, and of Django: `gateway/auth/passwords.py` reads them as they are.
_KNOWN = ("$2a$", "$2b$", "$2y$", "$argon2id$", "$pbkdf2-sha1$", "$pbkdf2-sha256$", "$pbkdf2-sha512$", "pbkdf2_sha256$")
_MEMBER = re.compile(r"(\w+):\s*([^,\s}]+)")


@dataclass(frozen=True)
class FirebaseHashes:
    """What the hashes of a project of Firebase's have in common; its console shows it."""

    signer_key: str
    separator: str
    rounds: int
    memory_cost: int

    @classmethod
    def of(cls, text: str) -> FirebaseHashes:
        """
        From `hash_config { algorithm: SCRYPT, base64_signer_key: …, … }`.

        Raises:
            ValueError: something is missing.
        """
        found = dict(_MEMBER.findall(text))
        if found.get("algorithm") != "SCRYPT":
            raise ValueError("the algorithm is not SCRYPT")
        try:
            return cls(
                found["base64_signer_key"],
                found["base64_salt_separator"],
                int(found["rounds"]),
                int(found["mem_cost"]),
            )
        except KeyError as error:
            raise ValueError(f"{error.args[0]} is missing") from None

    def stored(self, salt: str, hashed: str) -> str:
        """
        One hash.

        Raises:
            ValueError: it is none.
        """
        head = (
            f"v=1,n={self.memory_cost},r={self.rounds},p=1,ss={_base64(self.separator)},sk={_base64(self.signer_key)}"
        )
        return f"$fbscrypt${head}${_base64(salt)}${_base64(hashed)}"


def stored_form(text: object) -> str | None:
    """
    A hash that says itself what it is; None where there is none.

    Raises:
        ValueError: it is of a kind that nothing here verifies.
    """
    if not text:
        return None
    found = str(text)
    if not found.startswith(_KNOWN):
        raise ValueError("its password has a hash of an unknown kind")
    return found


def _base64(text: str) -> str:
    """In one alphabet; Firebase writes both."""
    return urlsafe_b64encode(urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "==")).decode()
