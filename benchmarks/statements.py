"""Which of several statements is cheapest: prepared once each, run in turn in many short spells, by the backend's own CPU."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Literal, TypeAlias

import asyncpg

from benchmarks.workloads import BODIES, Draw, drawn

_SPELL_S = 0.04
Plans: TypeAlias = Literal["auto", "force_generic_plan", "force_custom_plan"]
_NO_PLANS: Mapping[str, Plans] = {}


def compare(
    url: str,
    forms: Mapping[str, str],
    draws: Sequence[Draw] = (),
    *,
    passes: int = 40,
    plans: Mapping[str, Plans] = _NO_PLANS,
) -> dict[str, float]:
    """
    Microseconds of the database's CPU for one execution of each form.

    Everybody has a spell of 40 ms in each pass, and the median spell counts: what else the machine does
    meanwhile meets all alike, and most spells not at all.

    Args:
        forms: name → statement, with `:name` for variables. Nothing that they write is kept.
        plans: name → Postgres' plan_cache_mode, `auto` unless given. Left to itself it may plan a statement
            for each execution, which for a page by cursor costs as much as running it does.
    """
    return asyncio.run(_compare(url, forms, draws, passes, plans))


async def _compare(
    url: str, forms: Mapping[str, str], draws: Sequence[Draw], passes: int, plans: Mapping[str, Plans]
) -> dict[str, float]:
    connection = await asyncpg.connect(url)
    account = Path(f"/proc/{connection.get_server_pid()}/schedstat")
    transaction = connection.transaction()
    await transaction.start()
    runs = {name: await _Form.prepare(connection, text, draws) for name, text in forms.items()}
    for number in range(passes + 1):
        for name, run in runs.items():
            await connection.execute(f"SET LOCAL plan_cache_mode = {plans.get(name, 'auto')}")
            # The server plans the first five executions before it tries a general plan.
            await run.spell(account, least=2 if number else 20)
    await transaction.rollback()
    await connection.close()
    return {name: median(run.spells[1:]) for name, run in runs.items()}


class _Form:
    """One statement and what its spells cost."""

    def __init__(self, statement: Any, parameters: Sequence[Sequence[int]]) -> None:
        self._statement = statement
        self._parameters = parameters
        self._next = 0
        self.spells: list[float] = []

    @classmethod
    async def prepare(cls, connection: Any, text: str, draws: Sequence[Draw]) -> _Form:
        names: list[str] = []

        def numbered(match: re.Match[str]) -> str:
            if match.group(1) not in names:
                names.append(match.group(1))
            return f"${names.index(match.group(1)) + 1}"

        statement = await connection.prepare(re.sub(r"(?<!:):([a-z]+)\b", numbered, text.strip().rstrip(";")))
        known = [drawn(draws, index) for index in range(BODIES)]
        return cls(statement, [[variables[name] for name in names] for variables in known])

    async def spell(self, account: Path, *, least: int) -> None:
        """Runs it for a while."""
        done, until, began = 0, time.perf_counter() + _SPELL_S, _spent_ns(account)
        while done < least or time.perf_counter() < until:
            # A step without a common factor with the number of bodies comes by all of them.
            self._next = (self._next + 7) % len(self._parameters)
            await self._statement.fetch(*self._parameters[self._next])
            done += 1
        self.spells.append((_spent_ns(account) - began) / done / 1000)


def _spent_ns(account: Path) -> int:
    return int(account.read_text().split()[0])


def show(title: str, found: Mapping[str, float], *, unit: str = "µs") -> None:
    """Prints a table, each line beside the first."""
    first = next(iter(found.values()))
    print(f"\n{title}")
    width = max(map(len, found))
    for name, value in found.items():
        print(f"  {name.ljust(width)}  {value:10,.1f} {unit}  {value / first:5.2f}")
