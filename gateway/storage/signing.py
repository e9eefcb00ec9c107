"""What makes an address good: a signature over the method, the file, the time and whom it was made for."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portico.gateway.storage.problems import InvalidUrl
from portico.resolvers.sql.elements import MARK
from portico.schema.caller import Caller

DOWNLOAD = "?download"
"""At the end of what an address is made of: of an address to keep the file by, and not to show it."""
PATH = "/files/"
UPLOADS = PATH + "uploads/"
_MARKED = re.compile(f"{MARK}([^{MARK}]*){MARK}".encode())
_MARK = MARK.encode()
_MAC_BYTES = 16
_MOST_KNOWN = 4096


class _Key:
    """
    One secret, and the keys that are derived of it: one to sign by and one to seal by, each good for nothing else (HKDF, RFC 5869).

    id: what addresses name it by; tells nothing of it.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.id = self._derive(b"files: name of the key", 4).hex()
        self.mac = self._derive(b"files: signatures", 32)
        # Deterministic (RFC 5297): the same caller gets the same address for a while, and browsers keep what they have of it.
        self.siv = AESSIV(self._derive(b"files: callers", 64))

    def _derive(self, purpose: bytes, length: int) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=b"portico files", info=purpose).derive(self._secret)


@dataclass(frozen=True, slots=True)
class Seal:
    """What an address says of whom it was made for. text: as it stands in the address."""

    caller: Caller
    expires_at: int
    text: str


class Signer:
    """
    Signs addresses and verifies them.

    Args:
        keys: secrets; the first signs, all verify, so that one can be rolled: addresses of a key that is gone are void.
        base: before paths, where clients reach the server; empty for addresses that begin with the path.
        is_public: bucket → whether its files need no signature.
        claims: caller → the names of the claims by which it is decided what they may read.
    """

    def __init__(
        self,
        keys: Sequence[str],
        base: str,
        url_s: int,
        is_public: Callable[[str], bool],
        claims: Callable[[Caller], Sequence[str]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = {each.id: each for each in map(_Key, keys)}
        self._first = next(iter(self._keys.values()))
        self._base = base.rstrip("/")
        self._url_s = url_s
        # The end is rounded up, so that addresses stay the same for a while.
        self._step_s = max(1, url_s // 3)
        self._is_public = is_public
        self._claims = claims
        self._clock = clock
        self._known: dict[str, Seal] = {}

    # ---- reading -------------------------------------------------------------------------------------

    def sign(self, body: bytes, caller: Caller) -> bytes:
        """An answer with the addresses of files in it, good for this caller."""
        if _MARK not in body:
            return body
        seal = self._seal(caller)
        return _MARKED.sub(lambda found: self._address(found[1].decode(), seal).encode(), body)

    def _address(self, named: str, seal: str) -> str:
        key, download, _ = named.partition(DOWNLOAD)
        if self._is_public(key.partition("/")[0]):
            return f"{self._base}{PATH}{named}"
        more = "&download" if download else ""
        return f"{self._base}{PATH}{key}?t={seal}&s={self._mac('GET', key, download, seal)}{more}"

    def opened(self, key: str, seal: str, signature: str, *, download: bool) -> Seal:
        """
        Whom an address was made for.

        Raises:
            InvalidUrl
        """
        made = self._mac("GET", key, DOWNLOAD if download else "", seal)
        if not hmac.compare_digest(made.encode(), signature.encode()):
            raise _invalid()
        found = self._unseal(seal)
        if found.expires_at <= self._clock():
            raise _invalid()
        return found

    def _seal(self, caller: Caller) -> str:
        claims = {name: caller.claims[name] for name in self._claims(caller) if name in caller.claims}
        ends = -(-int(self._clock() + self._url_s) // self._step_s) * self._step_s
        said: dict[str, Any] = {"i": caller.id, "r": caller.role, "c": claims, "b": caller.backend, "e": ends}
        sealed = self._first.siv.encrypt(orjson.dumps(said, option=orjson.OPT_SORT_KEYS, default=str), None)
        return f"{self._first.id}.{_text(sealed)}"

    def _unseal(self, text: str) -> Seal:
        found = self._known.get(text)
        if found is not None:
            return found
        id_, _, sealed = text.partition(".")
        key = self._keys.get(id_)
        if key is None:
            raise _invalid()
        try:
            said = orjson.loads(key.siv.decrypt(_bytes(sealed), None))
        except (InvalidTag, ValueError):
            raise _invalid() from None
        caller = Caller(
            id=said["i"],
            role=said["r"],
            roles=frozenset({said["r"]}),
            claims=said["c"],
            backend=said["b"],
            reads_only=True,
        )
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        seal = self._known[text] = Seal(caller, said["e"], text)
        return seal

    # ---- uploading -----------------------------------------------------------------------------------

    def upload(self, id_: str, type_: str, most_bytes: int, seconds: int, method: str = "PUT") -> str:
        """An address to send one file to: so many bytes, of this type, by this method."""
        ends = int(self._clock()) + seconds
        signature = self._mac(method, id_, f"{type_}\n{most_bytes}", f"{self._first.id}.{ends}")
        return f"{self._base}{UPLOADS}{id_}?t={self._first.id}.{ends}&s={signature}"

    def check_upload(
        self, id_: str, type_: str, most_bytes: int, until: str, signature: str, method: str = "PUT"
    ) -> None:
        """
        Whether an address is one to send this file to.

        Raises:
            InvalidUrl
        """
        made = self._mac(method, id_, f"{type_}\n{most_bytes}", until)
        ends = until.partition(".")[2]
        is_good = hmac.compare_digest(made.encode(), signature.encode())
        if not is_good or not ends.isascii() or not ends.isdigit() or int(ends) <= self._clock():
            raise _invalid()

    # ---- both ----------------------------------------------------------------------------------------

    def _mac(self, *parts: str) -> str:
        """A signature by the key that the last part names; one by no key where there is none of this name."""
        key = self._keys.get(parts[-1].partition(".")[0])
        if key is None:
            raise _invalid()
        # Each part with its length: no two lists of parts make one text.
        text = b"".join(b"%d:%b" % (len(each), each) for each in map(str.encode, parts))
        return _text(hmac.digest(key.mac, text, hashlib.sha256)[:_MAC_BYTES])


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _invalid() -> InvalidUrl:
    return InvalidUrl("This address is not good, or not any more.", hint="Ask for the file's url again.")
