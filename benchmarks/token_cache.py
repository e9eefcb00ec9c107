"""
What does it cost to know a caller whose token was verified before: `Identity.identify`, beside looking up a dictionary.

    python -m benchmarks.token_cache
"""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from benchmarks.report import markdown
from portico.gateway.identity import Identity
from portico.gateway.verified import Verified
from portico.schema.caller import Caller

_SPELLS, _CALLS = 15, 20_000
_TOKENS = 1_000
_TOKEN_BYTES = 700


class _Known:
    """Verifies whatever it is given."""

    async def verify(self, token: str) -> Verified:
        return Verified(Caller(id=token[:8], role="user", roles=frozenset({"user"})), math.inf, math.inf)


def main() -> None:
    """Prints the table."""
    identity = Identity([_Known()], [])
    heads = [{b"authorization": b"Bearer " + (b"%08d" % each) * (_TOKEN_BYTES // 8)} for each in range(_TOKENS)]

    async def verify_all() -> None:
        for head in heads:
            await identity.established(head)

    asyncio.run(verify_all())
    digests = {sha256(head[b"authorization"]).digest(): head for head in heads}

    def look_up(head: Any) -> Any:
        return digests.get(sha256(head[b"authorization"]).digest())

    rows: list[tuple[str, float]] = [("the caller of a verified token", _microseconds(identity.identify, heads))]
    identity.outdate([f"{_TOKENS + each:08d}" for each in range(100)])  # others, of whom something has changed
    rows.append(("the same while 100 other accounts have changed", _microseconds(identity.identify, heads)))
    rows.append(("a digest and a look-up alone", _microseconds(look_up, heads)))
    print(markdown(["what", "µs"], [[what, f"{each:.2f}"] for what, each in rows]))


def _microseconds(call: Callable[[Any], Any], heads: list[Any]) -> float:
    found: list[float] = []
    for _ in range(_SPELLS):
        began = time.perf_counter()
        for place in range(_CALLS):
            call(heads[place % _TOKENS])
        found.append((time.perf_counter() - began) / _CALLS * 1e6)
    return statistics.median(found)


if __name__ == "__main__":
    main()
