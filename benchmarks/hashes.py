"""
What does a password's hash cost by libsodium and by argon2-cffi, which make the same texts.

    python -m benchmarks.hashes

Milliseconds of CPU of one thread, the least and the median of twenty.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

from argon2 import PasswordHasher

from benchmarks.report import markdown
from portico.gateway.auth.argon2_hashes import Argon2

_PASSES = 20
_PROFILES = ((19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5))  # OWASP holds them for equally strong


def main() -> None:
    """Prints the table."""
    rows: list[list[str]] = []
    for kib, passes in _PROFILES:
        theirs = PasswordHasher(time_cost=passes, memory_cost=kib, parallelism=1)
        ours = Argon2(passes, kib)
        costs = [_cost(partial(ours.hash, b"correct horse")), _cost(partial(theirs.hash, "correct horse"))]
        rows.append([f"{kib} KiB × {passes}", *costs])
    print(markdown(["profile", "libsodium", "argon2-cffi"], rows))


def _cost(work: Callable[[], object]) -> str:
    found: list[float] = []
    for _ in range(_PASSES):
        began = time.thread_time()
        work()
        found.append((time.thread_time() - began) * 1000)
    return f"{min(found):.1f} / {statistics.median(found):.1f}"


if __name__ == "__main__":
    main()
