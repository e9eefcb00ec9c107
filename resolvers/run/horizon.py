"""Which changes on Postgres are final: up to which sequence no open transaction has one that is not seen yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace

_MOST_OBSERVED = 1_000


@dataclass(frozen=True, slots=True)
class _Seen:
    """
    What a reader saw at once.

    last: the last sequence. beginning: the transaction that would begin next. at: when, in seconds. writers: the
    transactions that held the log's lock just after, where that was asked.
    """

    last: int
    beginning: int
    at: float
    writers: frozenset[str] | None = None


class Horizon:
    """
    Learns what is final from what a reader sees.

    A sequence is taken when a row is written, and seen when its transaction commits, which may be after later ones. Whoever
    took one below what is seen had begun by then. So what was seen is final as soon as all transactions have ended that
    were open then, or of those all that had written to the log.

    Not the order of transactions' numbers, by which a change could come before one that it followed: a transaction takes its
    number with its first write, and may change a row after one with a higher number did.

    Args:
        final: the sequence up to which everything is final, as is known from elsewhere.
    """

    def __init__(self, final: int) -> None:
        self.final = final
        self._open: deque[_Seen] = deque()

    @property
    def behind_since(self) -> float | None:
        """When something was seen that is not final yet; None where all is."""
        return self._open[0].at if self._open else None

    def see(self, last: int, oldest_open: int, beginning: int, at: float) -> None:
        """Takes note of the last sequence that is seen, the oldest open transaction, and the one to begin next."""
        if last > (self._open[-1].last if self._open else self.final):
            self._open.append(_Seen(last, beginning, at))
        while self._open and self._open[0].beginning <= oldest_open:
            self.final = self._open.popleft().last
        if len(self._open) > _MOST_OBSERVED:
            del self._open[1]  # the next says it, too, only later

    def see_writers(self, writers: Collection[str]) -> bool:
        """
        Takes note of the transactions that hold the log's lock now, after what was seen last.

        Whether more is final by that; it has to be read again, for who ended in between was not seen.
        """
        still = frozenset(writers)
        if self._open and self._open[-1].writers is None:
            self._open.append(replace(self._open.pop(), writers=still))
        ended = [seen.last for seen in self._open if seen.writers is not None and not seen.writers & still]
        if not ended:
            return False
        self.final = ended[-1]
        while self._open and self._open[0].last <= self.final:
            self._open.popleft()
        return True
