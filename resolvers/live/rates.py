"""Who sends too much: an allowance for each sender and each topic, as a token bucket."""

from __future__ import annotations

from collections.abc import Callable, Hashable

_SWEEP_AT = 10_000


class Rates:
    """
    Allowances by key: `burst` at once, and `per_s` more each second.

    A bucket that is full again is forgotten, so that memory holds only who has sent within burst / per_s seconds.

    Args:
        now: seconds of a clock that never goes back.
    """

    def __init__(self, per_s: float, burst: int, now: Callable[[], float]) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._now = now
        self._left: dict[Hashable, tuple[float, float]] = {}
        self._sweep_at = _SWEEP_AT

    def take(self, key: Hashable) -> bool:
        """Takes one; False where none is left."""
        now = self._now()
        left, at = self._left.get(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_s)
        if left < 1:
            return False
        self._left[key] = (left - 1, now)
        if len(self._left) > self._sweep_at:
            self._sweep(now)
        return True

    def _sweep(self, now: float) -> None:
        self._left = {
            key: (left, at) for key, (left, at) in self._left.items() if left + (now - at) * self._per_s < self._burst
        }
        # Not again at once where all of them are in use.
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._left))

    def __len__(self) -> int:
        return len(self._left)
