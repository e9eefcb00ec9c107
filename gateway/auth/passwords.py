"""Is a password right: hashed and verified off the event loop, as many at once as there are threads for it."""

from __future__ import annotations

import asyncio
import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from portico.gateway.auth.argon2_hashes import Argon2
from portico.gateway.auth.foreign_hashes import is_foreign, is_right
from portico.gateway.auth.problems import AccountsBusy

Answer = TypeVar("Answer")

MAX_PASSWORD_LENGTH = 1_024
_MOST_WAITING = 500
# OWASP, "Password Storage", which holds this for as strong as 19 MiB × 2, and costs two thirds of it (benchmarks/hashes): with that,
# two cores sign in 40 people a second, and queries wait (benchmarks/sign_in).
_ARGON2 = Argon2(passes=5, memory_kib=7_168)


class Passwords:
    """
    Hashes and verifies passwords.

    Args:
        threads: so many at once; each has 7 MiB and a core. They are not made to step back: one that did would hold the
            interpreter's lock while others have its core, and whoever waits for a row with it (p99 145 instead of 67 ms).
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(max(1, threads), "portico-passwords")
        self._waiting = 0
        # Verified against where there is no account, so that it takes as long as where there is one.
        self._nobody = _ARGON2.hash(os.urandom(16))

    async def hash(self, password: str) -> str:
        """The hash to store (argon2id)."""
        return await self._in_turn(lambda: _ARGON2.hash(_normal(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether it is the password; None takes the same time and is False."""
        return await self._in_turn(lambda: _verified(password, stored or self._nobody)) and stored is not None

    @staticmethod
    def is_outdated(stored: str) -> bool:
        """Whether a hash is of another kind than would be made today."""
        return not _ARGON2.is_own(stored)

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _in_turn(self, work: Callable[[], Answer]) -> Answer:
        if self._waiting >= _MOST_WAITING:
            raise AccountsBusy("Too many are signing in.", hint="Try again.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1


def _normal(password: str) -> bytes:
    """Letters with marks are one character or two, by the keyboard: NFKC, as NIST SP 800-63B, 3.1.1.2, has it."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _verified(password: str, stored: str) -> bool:
    if is_foreign(stored):
        return is_right(password.encode("utf-8", "surrogatepass"), stored)
    return _ARGON2.verify(_normal(password), stored)
