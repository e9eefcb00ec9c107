"""When is something tried again: after pauses that grow, and that chance spreads, for a day."""

from __future__ import annotations

import random

_FIRST_S, _LONGEST_S, _ALL_S = 5.0, 14_400.0, 86_400.0


def pause_s(tries: int) -> float:
    """
    The pause after so many tries: anything up to 5 s after the first, twice that after each further one, up to 4 hours.

    The whole of it is left to chance ("full jitter"): who failed together must not come back together. Twenty tries reach over
    nineteen hours on average.
    """
    return random.random() * min(_LONGEST_S, _FIRST_S * 2.0 ** min(tries - 1, 30))  # noqa: S311  # guessing it gains nothing


def next_try(now: float, begun_at: float, pause: float, after: float = 0.0) -> float | None:
    """
    The moment of the next try; None where there is to be none.

    Tries end a day after the first, however many are left; the last is made then. Where the other side asks for a later one
    (`Retry-After`, a day at most), that one is still made.

    Args:
        now, begun_at: of the failure and of the first try, in seconds since 1970. pause, after: seconds, by us and by the other side.
    """
    ends_at = begun_at + _ALL_S
    if now >= ends_at:
        return None
    return max(min(now + pause, ends_at), now + after)
