"""Where do new ids come from: UUIDv7, whose order is that of their making."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = [0, 0]


def new_id() -> UUID:
    """
    A UUIDv7 that is greater than every one made before in this process.

    Source: RFC 9562, §6.2 method 1: a counter of 12 bits takes the place of `rand_a` within one millisecond.
    """
    random = int.from_bytes(os.urandom(8))
    with _lock:
        millisecond = max(time.time_ns() // 1_000_000, _last[0])
        counter = _last[1] + 1 if millisecond == _last[0] else random >> 53
        if counter > 0xFFF:
            millisecond, counter = millisecond + 1, 0
        _last[0], _last[1] = millisecond, counter
    return UUID(int=millisecond << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | random & (1 << 62) - 1)
