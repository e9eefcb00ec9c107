"""What came of a spell of writing: what each reader heard, when, and what it took."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from benchmarks.processes import cpu_s, machine_cpu_s
from benchmarks.realtime.audience import Audience
from benchmarks.realtime.readers import Arrivals
from benchmarks.realtime.scenes import (
    Scene,
    room,
)
from benchmarks.realtime.stages import Stage
from benchmarks.realtime.writers import Commit, Plan, write

_SETTLE_S = 15.0  # after the last commit, for what is still underway


@dataclass(frozen=True)
class Window:
    """
    One spell of writing. Times in ms from the commit; of SQLite, where writes go through the server, also from the request.

    server_s, database_s: CPU seconds. others: cores that others used, the benchmark's own clients left out.
    """

    commits: int
    expected: int
    delivered: int
    lost: int
    duplicates: int
    skipped: int
    messages: int
    seconds: float
    p50: float
    p99: float
    most: float
    from_sending_p50: float
    from_sending_p99: float
    server_s: float
    database_s: float
    statements: int
    reads_of_log: int
    others: float
    failures: Sequence[bytes] = field(default=())


# ---- a window ----------------------------------------------------------------------------------------


def window(
    stage: Stage, scene: Scene, audience: Audience, *, first: int, rate: float, seconds: float, padding: int = 0,
    settle_s: float = _SETTLE_S, unheard: frozenset[int] = frozenset(),
) -> Window:  # fmt: skip
    """
    Writes at a rate for a while, waits until all of it was heard, and gives what came of it.

    Args:
        first: the number of the first message; numbers are not used twice.
        unheard: readers that are left out, since they do not read.
    """
    audience.heard()
    counts, server_s, database_s, readers_s = stage.counts(), cpu_s(stage.pid), stage.database_s(), audience.cpu_s()
    machine_s, began = machine_cpu_s(), time.monotonic()
    commits, writer_s = _write(stage.plan(scene, first, rate, seconds, padding))
    ended = time.monotonic()
    after, server_after, database_after = stage.counts(), cpu_s(stage.pid), stage.database_s()
    heard = _until_heard(scene, audience, commits, settle_s, unheard)
    elapsed = ended - began
    ours = server_after - server_s + database_after - database_s + audience.cpu_s() - readers_s + writer_s
    result = _result(scene, audience, commits, heard, unheard)
    return Window(
        **result,
        seconds=elapsed,
        server_s=server_after - server_s,
        database_s=database_after - database_s,
        statements=after.get("statements", 0) - counts.get("statements", 0),
        reads_of_log=after.get("reads_of_log", 0) - counts.get("reads_of_log", 0),
        others=max(0.0, machine_cpu_s() - machine_s - ours) / (time.monotonic() - began),
    )


def _write(plan: Plan) -> tuple[list[Commit], float]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=write, args=(plan, theirs), daemon=True)
    process.start()
    assert process.pid is not None
    while not ours.poll(0.2):
        if not process.is_alive():
            raise RuntimeError("the writer has failed")
    spent = cpu_s(process.pid)
    commits: list[Commit] = ours.recv()
    process.join()
    return sorted(commits, key=lambda commit: commit.number), spent


def _until_heard(
    scene: Scene, audience: Audience, commits: Sequence[Commit], settle_s: float, unheard: frozenset[int]
) -> list[list[Arrivals]]:
    """All that comes until everything was heard, or nothing has for a while."""
    found = [audience.heard()]
    last = time.monotonic()
    while _missing(scene, audience, commits, found, unheard) and time.monotonic() - last < settle_s:
        time.sleep(0.1)
        found.append(audience.heard())
        if any(part.messages for part in found[-1]):
            last = time.monotonic()
    return found


def _by_reader(audience: Audience, found: Sequence[Sequence[Arrivals]]) -> dict[int, list[tuple[float, int]]]:
    heard: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for parts in found:
        for process, part in enumerate(parts):
            first = audience.first_of(process)
            for at, reader, number in zip(part.times, part.readers, part.numbers, strict=True):
                heard[first + reader].append((at, number))
    return heard


def _expected(scene: Scene, commits: Sequence[Commit]) -> dict[UUID, list[Commit]]:
    expected: dict[UUID, list[Commit]] = {room(number): [] for number in range(scene.rooms)}
    for commit in commits:
        expected[commit.room].append(commit)
    return expected


def _missing(
    scene: Scene, audience: Audience, commits: Sequence[Commit], found: Sequence[Sequence[Arrivals]], unheard: frozenset[int]
) -> bool:  # fmt: skip
    heard, expected = _by_reader(audience, found), _expected(scene, commits)
    for reader in range(scene.subscribers):
        wanted = expected[scene.room_of(reader)]
        if not wanted or reader in unheard:
            continue
        numbers = {number for _, number in heard[reader]}
        if scene.kind == "live" and wanted[-1].number not in numbers:
            return True
        if scene.kind != "live" and not numbers >= {commit.number for commit in wanted}:
            return True
    return False


def _result(
    scene: Scene, audience: Audience, commits: Sequence[Commit], found: Sequence[Sequence[Arrivals]], unheard: frozenset[int]
) -> dict[str, Any]:  # fmt: skip
    heard, expected = _by_reader(audience, found), _expected(scene, commits)
    latencies: list[float] = []
    from_sending: list[float] = []
    lost = duplicates = skipped = wanted_in_all = 0
    for reader in range(scene.subscribers):
        if reader in unheard:
            continue
        wanted = expected[scene.room_of(reader)]
        wanted_in_all += len(wanted)
        arrived: dict[int, float] = {}
        for at, number in heard[reader]:
            duplicates += number in arrived
            arrived.setdefault(number, at)
        later: float | None = None
        for commit in reversed(wanted):
            at = arrived.get(commit.number)
            if at is None and scene.kind == "live" and later is not None:
                skipped, at = skipped + 1, later  # the latest state wins: a later answer stands for this one
            if at is None:
                lost += 1
                continue
            later = at
            latencies.append(max(0.0, at - commit.done) * 1000)
            from_sending.append((at - commit.sent) * 1000)
    latencies.sort()
    from_sending.sort()
    parts = [part for each in found for part in each]
    return {
        "commits": len(commits),
        "expected": wanted_in_all,
        "delivered": len(latencies),
        "lost": lost,
        "duplicates": duplicates,
        "skipped": skipped,
        "messages": sum(part.messages for part in parts),
        "p50": quantile(latencies, 0.5),
        "p99": quantile(latencies, 0.99),
        "most": latencies[-1] if latencies else float("nan"),
        "from_sending_p50": quantile(from_sending, 0.5),
        "from_sending_p99": quantile(from_sending, 0.99),
        "failures": [failure for part in parts for failure in part.failures][:3],
    }


def quantile(ordered: Sequence[float], share: float) -> float:
    """Of sorted numbers."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def median(numbers: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(numbers)
