"""Is a password right: hashed and verified off the event loop, as many at once as there are threads for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portico.gateway.auth.foreign_hashes import is_foreign, is_right
from portico.gateway.auth.problems import AccountsBusy

Answer = TypeVar("Answer")

MAX_PASSWORD_LENGTH = 1_024
_MOST_WAITING = 500
# OWASP, "Password Storage": 24 ms of a core, where the library's own profile takes 348.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NICE = 10  # queries come first


class Passwords:
    """
    Hashes and verifies passwords.

    Args:
        threads: so many at once; each has 19 MiB.
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(max(1, threads), "portico-passwords", _step_back)
        self._waiting = 0
        # Verified against where there is no account, so that it takes as long as where there is one.
        self._nobody = _HASHER.hash(os.urandom(16))

    async def hash(self, password: str) -> str:
        """The hash to store (argon2id)."""
        return await self._in_turn(lambda: _HASHER.hash(_normal(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether it is the password; None takes the same time and is False."""
        return await self._in_turn(lambda: _verified(password, stored or self._nobody)) and stored is not None

    @staticmethod
    def is_outdated(stored: str) -> bool:
        """Whether a hash is of another kind than would be made today."""
        if is_foreign(stored):
            return True
        try:
            return _HASHER.check_needs_rehash(stored)
        except InvalidHashError:
            return True

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
    try:
        return _HASHER.verify(stored, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _step_back() -> None:
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, _NICE)  # on Linux, of this thread alone
