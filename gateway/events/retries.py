"""When is something tried again: after pauses that grow, and that chance spreads."""

from __future__ import annotations

import random

_FIRST_S, _LONGEST_S = 5.0, 14_400.0


def pause_s(tries: int) -> float:
    """
    The pause after so many tries: anything up to 5 s after the first, twice that after each further one, up to 4 hours.

    The whole of it is left to chance ("full jitter"): who failed together must not come back together. Twenty tries reach over
    nineteen hours on average.
    """
    return random.random() * min(_LONGEST_S, _FIRST_S * 2.0 ** min(tries - 1, 30))  # noqa: S311  # guessing it gains nothing
