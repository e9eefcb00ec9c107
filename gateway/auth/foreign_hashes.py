"""Is a password right by the hash of another system: bcrypt, Firebase's scrypt, and pbkdf2, which imports bring along."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, urlsafe_b64decode

import bcrypt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BCRYPT_BYTES = 72  # it reads no more
_MOST_MEMORY = 256 * 1024 * 1024
_MOST_ROUNDS = 10_000_000
_MOST_COST = 16  # of bcrypt: five seconds
# $fbscrypt$v=1,n=<memory cost>,r=<rounds>,p=1,ss=<salt separator>,sk=<signer key>$<salt>$<hash>, as others write it who import
# from Firebase.
_FIREBASE = re.compile(
    r"\$fbscrypt\$v=1,n=(?P<n>\d{1,2}),r=(?P<r>\d{1,3}),p=(?P<p>\d{1,2}),ss=(?P<separator>[^,$]*),sk=(?P<signer>[^$]+)"
    r"\$(?P<salt>[^$]+)\$(?P<hash>[^$]+)"
)
# PHC: $pbkdf2-sha256$i=600000$<salt>$<hash>; also with the number alone, or with the length as l=.
_PBKDF2 = re.compile(
    r"\$pbkdf2-(?P<by>sha1|sha256|sha512)\$(?:i=)?(?P<rounds>\d+)(?:,l=\d+)?\$(?P<salt>[^$]+)\$(?P<hash>[^$]+)"
)
# Django: pbkdf2_sha256$600000$<salt>$<hash>, whose salt is a text.
_DJANGO = re.compile(r"pbkdf2_(?P<by>sha1|sha256)\$(?P<rounds>\d+)\$(?P<salt>[^$]+)\$(?P<hash>[^$]+)")


def is_foreign(stored: str) -> bool:
    """Whether a hash is of one of these kinds."""
    return stored.startswith(("$2a$", "$2b$", "$2y$", "$fbscrypt$", "$pbkdf2-", "pbkdf2_"))


def is_right(password: bytes, stored: str) -> bool:
    """Whether it is the password of such a hash; False for a hash that cannot be read."""
    try:
        if stored.startswith("$2"):
            return _by_bcrypt(password, stored)
        if found := _FIREBASE.fullmatch(stored):
            return _by_firebase(password, found)
        if found := _PBKDF2.fullmatch(stored):
            return _by_pbkdf2(password, found, _unpadded(found["salt"]))
        if found := _DJANGO.fullmatch(stored):
            return _by_pbkdf2(password, found, found["salt"].encode())
    except (ValueError, OverflowError, MemoryError):
        return False
    return False


def _by_bcrypt(password: bytes, stored: str) -> bool:
    # What begins with the right 72 bytes would pass: bcrypt sees nothing of the rest.
    if len(password) > _BCRYPT_BYTES or int(stored[4:6]) > _MOST_COST:
        return False
    return bcrypt.checkpw(password, stored.encode())


def _by_firebase(password: bytes, found: re.Match[str]) -> bool:
    """Source: Firebase, "scrypt": the signer key, encrypted by what scrypt makes of the password, is the hash."""
    key = hashlib.scrypt(
        password,
        salt=_any(found["salt"]) + _any(found["separator"]),
        n=1 << int(found["n"]),
        r=int(found["r"]),
        p=int(found["p"]),
        maxmem=_MOST_MEMORY,
        dklen=32,
    )
    encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    made = encryptor.update(_any(found["signer"])) + encryptor.finalize()
    return hmac.compare_digest(made, _any(found["hash"]))


def _by_pbkdf2(password: bytes, found: re.Match[str], salt: bytes) -> bool:
    rounds, expected = int(found["rounds"]), _unpadded(found["hash"])
    if not 0 < rounds <= _MOST_ROUNDS or len(expected) < 16:  # shorter ones are found by chance
        return False
    made = hashlib.pbkdf2_hmac(found["by"], password, salt, rounds, len(expected))
    return hmac.compare_digest(made, expected)


def _any(text: str) -> bytes:
    """Base64 of either alphabet."""
    return urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "==")


def _unpadded(text: str) -> bytes:
    """Base64 without padding, or passlib's, which has a dot for the plus."""
    return b64decode(text.replace(".", "+").rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
