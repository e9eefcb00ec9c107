"""How often may somebody try: attempts are counted by account and by address, and each one too many waits twice as long as the last."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from portico.gateway.auth.emails import mailbox_of
from portico.gateway.auth.problems import TooManyAttempts
from portico.gateway.auth.types import SignIn
from portico.gateway.auth_settings import AuthSettings
from portico.gateway.connection import Connection

_WINDOW_S = 300.0
_HOUR_S = 3_600.0
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 900.0  # somebody else can keep an account waiting, but not longer than this
_MOST_KEPT = 50_000  # of each counter, 250 bytes each; the one that was not asked for the longest goes
_NETWORK_BITS = 64  # of IPv6, which is what one customer has: RFC 6177


@dataclass(slots=True)
class _Record:
    """began: of the window that count is of. too_many: attempts beyond the limit. free_at: no attempt before. last_at: of the last."""

    began: float
    count: int = 0
    too_many: int = 0
    free_at: float = 0.0
    last_at: float = 0.0


class Counter:
    """
    Counts attempts by a key.

    Args:
        limit: so many in a window, before somebody waits.
        first_wait_s: how long, the first time; then twice as long each time, to be forgotten after an hour.
    """

    def __init__(
        self, limit: int, window_s: float, first_wait_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._window_s = window_s
        self._first_wait_s = first_wait_s
        self._clock = clock
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def __len__(self) -> int:
        return len(self._records)

    def wait_s(self, key: str) -> float:
        """Seconds to wait before the next attempt."""
        record = self._records.get(key)
        return max(0.0, record.free_at - self._clock()) if record is not None else 0.0

    def add(self, key: str) -> tuple[float, float]:
        """Counts an attempt; what `undo` wants: when the one before was, and when this one."""
        at = self._clock()
        record = self._record(key, at)
        before, record.last_at = record.last_at, at
        record.count += 1
        if record.count >= self._limit:
            wait_s = self._first_wait_s * 2.0 ** min(record.too_many, 32)
            record.free_at = at + min(wait_s, _LONGEST_WAIT_S)
            record.too_many += 1
        return before, at

    def undo(self, key: str, before: float, at: float) -> None:
        """Takes an attempt back that was right; what wrong ones have brought about stays."""
        record = self._records.get(key)
        if record is None:
            return
        record.count = max(0, record.count - 1)
        record.too_many = max(0, record.too_many - 1)
        if record.last_at == at:
            record.free_at, record.last_at = 0.0, before

    def forget(self, key: str) -> None:
        """Begins anew."""
        self._records.pop(key, None)

    def _record(self, key: str, at: float) -> _Record:
        record = self._records.get(key)
        is_forgotten = record is not None and (
            at - record.last_at > max(_HOUR_S, self._window_s)
            or (not record.too_many and at - record.began > self._window_s)
        )
        if record is None or is_forgotten:
            record = self._records[key] = _Record(at)
        self._records.move_to_end(key)
        if len(self._records) > _MOST_KEPT:
            self._records.popitem(last=False)
        return record


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted, as a wrong one until it is known to be right."""

    accounts: Counter
    addresses: Counter
    account: str | None
    address: str
    moments: tuple[float, float]

    def ended(self, answer: SignIn) -> SignIn:
        """The answer. One that asks for more is no success yet: else a known password would give back tries of the second factor."""
        if answer.tokens is not None:
            self.succeeded()
        return answer

    def succeeded(self) -> None:
        """It was right: the account begins anew, and the address has this one back."""
        if self.account is not None:
            self.accounts.forget(self.account)
        self.addresses.undo(self.address, *self.moments)


class Attempts:
    """
    What all entries together count by, in this process.

    An attempt is counted before anything is looked at: many at once are as many as one after the other.
    """

    def __init__(self, settings: AuthSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.accounts = Counter(settings.attempts, _WINDOW_S, _FIRST_WAIT_S, clock)
        self.addresses = Counter(settings.attempts_of_address, _WINDOW_S, _FIRST_WAIT_S, clock)
        self.mailboxes = Counter(settings.mails_per_hour, _HOUR_S, 60.0, clock)

    def begin(self, connection: Connection, email: str | None = None, user_id: str | None = None) -> Attempt:
        """
        Counts an attempt at a secret.

        Args:
            email: as `email_of` has it, whether or not there is such an account; None where an account is not named.
            user_id: of an account without an address.

        Raises:
            TooManyAttempts
        """
        address = network_of(connection.address)
        account = mailbox_of(email) if email else user_id
        waits = self.accounts.wait_s(account) if account is not None else 0.0
        _wait(max(waits, self.addresses.wait_s(address)))
        if account is not None:
            self.accounts.add(account)
        return Attempt(self.accounts, self.addresses, account, address, self.addresses.add(address))

    def mail(self, connection: Connection, email: str) -> None:
        """
        Counts a mail that somebody has sent to an address, whether or not one is sent.

        Raises:
            TooManyAttempts
        """
        address, mailbox = network_of(connection.address), mailbox_of(email)
        _wait(max(self.mailboxes.wait_s(mailbox), self.addresses.wait_s(address)))
        self.mailboxes.add(mailbox)
        self.addresses.add(address)


def network_of(address: str) -> str:
    """What an address is counted by: of IPv6 the network that one customer has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(found), _NETWORK_BITS), strict=False))
    return str(found)


def _wait(seconds: float) -> None:
    if seconds > 0:
        raise TooManyAttempts("Too many attempts.", hint=f"Try again in {math.ceil(seconds)} s.")
