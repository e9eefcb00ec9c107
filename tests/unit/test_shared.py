"""How many calls are made for many who ask at once, and is each answered by one that began after it had asked."""

from __future__ import annotations

import asyncio

import pytest

from portico.resolvers.live.shared import Shared


def test_who_asks_while_a_call_is_underway_shares_the_next_one() -> None:
    async def run() -> list[int]:
        begun = 0
        goes_on = asyncio.Event()

        async def call() -> int:
            nonlocal begun
            begun += 1
            mine = begun
            await goes_on.wait()
            return mine

        shared = Shared(call)
        first = asyncio.create_task(shared())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        others = [asyncio.create_task(shared()) for _ in range(100)]
        await asyncio.sleep(0)
        goes_on.set()
        return [await first, *await asyncio.gather(*others)]

    assert asyncio.run(run()) == [1] + [2] * 100


def test_a_failure_is_told_to_all_and_the_next_call_is_made_anew() -> None:
    async def run() -> list[object]:
        answers = iter([ValueError("once"), 7])

        async def call() -> int:
            answer = next(answers)
            if isinstance(answer, ValueError):
                raise answer
            return answer

        shared = Shared(call)
        failed = await asyncio.gather(shared(), shared(), return_exceptions=True)
        return [*map(type, failed), await shared()]

    assert asyncio.run(run()) == [ValueError, ValueError, 7]


def test_who_goes_away_takes_the_call_from_nobody() -> None:
    async def run() -> int:
        goes_on = asyncio.Event()

        async def call() -> int:
            await goes_on.wait()
            return 1

        shared = Shared(call)
        goes, stays = asyncio.create_task(shared()), asyncio.create_task(shared())
        await asyncio.sleep(0)
        goes.cancel()
        with pytest.raises(asyncio.CancelledError):
            await goes
        goes_on.set()
        return await stays

    assert asyncio.run(run()) == 1
