"""Which passwords may be chosen: long enough, not one of the most common, and where that is asked for in no known breach."""

from __future__ import annotations

import hashlib
import hmac
from functools import cache
from importlib import resources

from portico.gateway.auth.passwords import MAX_PASSWORD_LENGTH
from portico.gateway.auth.problems import WeakPassword
from portico.gateway.observe import logger
from portico.gateway.outgoing import Unreachable, fetch_text

_RANGE_URL = "https://api.pwnedpasswords.com/range/"
_SHOWN = 5  # characters of the hash that are told: among 1,000,000,000 passwords 1,000 begin with the same


def check_password(password: str, least: int, email: str = "") -> None:
    """
    Whether a password may be chosen.

    Args:
        email: of the account, which is no password of it.

    Raises:
        WeakPassword
    """
    if len(password) < least:
        raise WeakPassword(f"A password has at least {least} characters.")
    if len(password) > MAX_PASSWORD_LENGTH:
        raise WeakPassword(f"A password has at most {MAX_PASSWORD_LENGTH} characters.")
    if any("\ud800" <= each <= "\udfff" for each in password):
        raise WeakPassword("The password has a character that is none.")
    folded = password.casefold()
    if folded in _common() or folded in (email, email.partition("@")[0]) or len(set(folded)) < 3:
        raise WeakPassword("The password is one of those that are tried first.", hint="Three words are a good one.")


class Breaches:
    """
    Looks passwords up among those of known breaches.

    Who is asked learns five characters of a hash, and answers with all that begin so (HIBP, "Searching by range").

    Args:
        is_on: the setting `breach_check`.
    """

    def __init__(self, *, is_on: bool, url: str = _RANGE_URL, allow_private: bool = False) -> None:
        self._is_on = is_on
        self._url = url
        self._allow_private = allow_private

    async def check(self, password: str) -> None:
        """
        Whether it is in none. Where nobody can be asked it passes: a breach is a risk, and no service is worth more.

        Raises:
            WeakPassword
        """
        if not self._is_on:
            return
        # SHA-1 is how the range is sorted; nothing of it is kept.
        found = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        head, rest = found[:_SHOWN], found[_SHOWN:]
        try:
            text = await fetch_text(
                self._url + head, headers={"add-padding": "true"}, allow_private=self._allow_private
            )
        except Unreachable as error:
            logger().warning("a password is not looked up among breaches", reason=error.message)
            return
        for line in text.splitlines():
            each, _, count = line.partition(":")
            # What is padded has a count of 0.
            if hmac.compare_digest(each.strip().upper().encode(), rest.encode()) and count.strip() != "0":
                raise WeakPassword("The password is known from a breach.", hint="Choose one that is used nowhere else.")


@cache
def _common() -> frozenset[str]:
    """The most common ones of eight characters or more; read when the first password is chosen."""
    text = resources.files("portico.gateway.auth").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())
