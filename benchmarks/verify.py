"""Do all answer the same: every contestant's answers beside those of the floor's statement, before anything is timed."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

import asyncpg

from benchmarks.contestants import HttpContestant
from benchmarks.store import SizeName, data
from benchmarks.workloads import BODIES, Workload

CHECKED = range(0, BODIES, BODIES // 8)
"""The bodies whose answers are compared."""


class Differs(Exception):
    """A server answers something else than the reference."""


def references(url: str, workload: Workload, size: SizeName) -> list[Any]:
    """The floor's answers to the checked bodies; what a write answers follows from its variables."""
    return asyncio.run(_references(url, workload, size))


async def _references(url: str, workload: Workload, size: SizeName) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        found: list[Any] = []
        for index in CHECKED:
            variables = workload.variables(size, index)
            transaction = connection.transaction()
            await transaction.start()
            found.append(json.loads(await connection.fetchval(filled_in(workload.floor, variables))))
            await transaction.rollback()
        return found
    finally:
        await connection.close()


def filled_in(statement: str, variables: dict[str, int]) -> str:
    """The statement with numbers in place of variables."""
    return re.sub(r"(?<!:):([a-z]+)\b", lambda match: str(variables[match.group(1)]), statement)


def check(contestant: HttpContestant, workload: Workload, expected: Sequence[Any]) -> None:
    """
    Compares a contestant's answers.

    Raises:
        Differs: with the first difference.
    """
    for index, wanted in zip(CHECKED, expected, strict=True):
        given = contestant.answer(workload, index)
        if sorted_inside(given) != sorted_inside(wanted):
            raise Differs(
                f"{contestant.name} answers {workload.name} otherwise, with {workload.variables(contestant.size, index)}:\n"
                f"  wanted {json.dumps(wanted)[:700]}\n  given  {json.dumps(given)[:700]}"
            )


def sorted_inside(answer: Any) -> Any:
    """Nested lists have no order in these workloads, only the outermost one."""
    if isinstance(answer, list):
        return [_sorted(each) for each in answer]  # pyright: ignore[reportUnknownVariableType]
    return answer


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return sorted((_sorted(each) for each in value), key=lambda each: each["id"])  # pyright: ignore
    return value


def clean(url: str, workload: Workload, size: SizeName) -> None:
    """Takes inserted rows out again and what updates left behind, so that everyone finds the same tables."""
    asyncio.run(_clean(url, workload, size))


async def _clean(url: str, workload: Workload, size: SizeName) -> None:
    connection = await asyncpg.connect(url)
    try:
        if workload.writes == "invoice_lines":
            rows = data.SIZES[size].invoice_lines
            await connection.execute(f"DELETE FROM invoice_lines WHERE id > {rows}")
        await connection.execute(f"VACUUM ANALYZE {workload.writes}")
    finally:
        await connection.close()
