"""How is a request found again: an id that the client sends or that is made here, in the answer and in the log."""

from __future__ import annotations

import itertools
import os
import re
import time

# Nothing that could forge a line of a log or a header.
_TAKEN = re.compile(rb"[A-Za-z0-9_.-]{1,64}")


class RequestIds:
    """Ids of the requests of one process; the first part tells processes apart, over restarts too."""

    def __init__(self) -> None:
        self._process = b"%x%06x" % (os.getpid(), int(time.time() * 1000) & 0xFFFFFF)
        self._count = itertools.count(1)

    def of(self, sent: bytes | None) -> bytes:
        """The id of a request: the client's X-Request-Id, or one of our own where it sent none that can be taken."""
        if sent is not None and _TAKEN.fullmatch(sent):
            return sent
        return b"%b-%d" % (self._process, next(self._count))
