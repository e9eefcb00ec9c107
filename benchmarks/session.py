"""In what order is it measured: everyone started and checked, then passes in which all take turns at each workload."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from benchmarks import own_statements, store, verify
from benchmarks.contestants import Contestant, HttpContestant, Measurement
from benchmarks.floor import Floor
from benchmarks.pocketbase import PocketBase
from benchmarks.portico_server import Portico
from benchmarks.postgraphile import PostGraphile
from benchmarks.processes import family_cpu_s, machine_cpu_s
from benchmarks.store import SizeName
from benchmarks.strawberry_server import Strawberry
from benchmarks.workloads import WORKLOADS, Workload

EngineName = Literal["postgres", "sqlite"]
CONTESTANTS: dict[EngineName, tuple[str, ...]] = {
    "postgres": ("floor", "best", "portico", "postgraphile", "strawberry"),
    "sqlite": ("portico", "pocketbase"),
}


@dataclass(frozen=True)
class Choice:
    """What is to be measured, and for how long."""

    engines: Sequence[EngineName]
    sizes: Sequence[SizeName]
    workloads: Sequence[str]
    connections: Sequence[int]
    contestants: Sequence[str]
    passes: int
    seconds: float
    patience_s: float


@dataclass(frozen=True)
class Run:
    """One measurement and what it is of; others_cores is how much of the machine others used meanwhile."""

    engine: EngineName
    size: SizeName
    number: int
    connections: int
    workload: str
    contestant: str
    measured: Measurement
    others_cores: float


@dataclass(frozen=True)
class Memory:
    """MiB of a server's processes at the end of its runs: their own now, and the most ever resident."""

    engine: EngineName
    size: SizeName
    contestant: str
    private_mib: float
    peak_mib: float


@dataclass(frozen=True)
class Results:
    """
    Everything that was found.

    statements: size → workload → (the database's CPU µs for the floor's statement, for Portico's).
    """

    runs: list[Run] = field(default_factory=list[Run])
    memory: list[Memory] = field(default_factory=list[Memory])
    statements: dict[SizeName, dict[str, tuple[float, float]]] = field(
        default_factory=dict[SizeName, dict[str, tuple[float, float]]]
    )


def measure(choice: Choice) -> Results:
    """All runs of a choice."""
    results = Results()
    with store.postgres() as server:
        for engine in choice.engines:
            for size in choice.sizes:
                with _field(engine, size, choice, server) as (everyone, clean):
                    _passes(engine, size, choice, everyone, clean, results, _Quiet(choice.patience_s, server.pid))
                if engine == "postgres" and "portico" in choice.contestants:
                    _say(f"{size}: statements by themselves")
                    results.statements[size] = own_statements.beside_the_floor(
                        store.postgres_store(server, size), size, _chosen(choice)
                    )
    return results


Clean = Callable[[Workload], None]


@contextmanager
def _field(
    engine: EngineName, size: SizeName, choice: Choice, server: store.Postgres
) -> Generator[tuple[list[Contestant], Clean]]:
    """The contestants, started, checked and warm, and how a table is put right after writes."""
    names = [name for name in CONTESTANTS[engine] if name in choice.contestants]
    url = store.postgres_store(server, size)
    with ExitStack() as stack:
        everyone: list[Contestant] = []
        for name in names:
            _say(f"starting {name} on {engine}, {size}")
            contestant = _contestant(name, engine, size, server, url)
            stack.callback(contestant.stop)
            everyone.append(contestant)

        def clean(workload: Workload) -> None:
            if engine == "postgres":
                verify.clean(url, workload, size)

        for workload in _chosen(choice):
            _check(everyone, workload, url, size)
            if workload.writes:
                clean(workload)
        yield everyone, clean


def _contestant(name: str, engine: EngineName, size: SizeName, server: store.Postgres, url: str) -> Contestant:
    match name:
        case "floor" | "best":
            return Floor(server, url, size, name)
        case "portico":
            return (
                Portico(size, url=url, database_pid=server.pid)
                if engine == "postgres"
                else Portico(size, sqlite=store.sqlite_store(size))
            )
        case "postgraphile":
            return PostGraphile(size, url, server.pid)
        case "strawberry":
            return Strawberry(size, url, server.pid)
        case "pocketbase":
            return PocketBase(size)
        case _:
            raise ValueError(name)


def _check(everyone: Sequence[Contestant], workload: Workload, url: str, size: SizeName) -> None:
    expected = verify.references(url, workload, size)
    for contestant in everyone:
        if not contestant.offers(workload):
            continue
        if isinstance(contestant, HttpContestant):
            verify.check(contestant, workload, expected)
        else:
            # The floor is first, so this also brings the pages that a workload needs into memory.
            contestant.measure(workload, connections=min(4, workload.connections), seconds=1)
    _say(f"  {workload.name}: all answer the same")


def _passes(
    engine: EngineName,
    size: SizeName,
    choice: Choice,
    everyone: Sequence[Contestant],
    clean: Clean,
    results: Results,
    quiet: _Quiet,
) -> None:
    for number in range(choice.passes):
        # Whoever comes first finds caches as another left them, so the order turns round.
        turn = everyone if number % 2 == 0 else list(reversed(everyone))
        for workload in _chosen(choice):
            _say(f"{engine} {size}, pass {number + 1} of {choice.passes}: {workload.name}")
            for connections in dict.fromkeys(min(each, workload.connections) for each in choice.connections):
                for contestant in turn:
                    if not contestant.offers(workload):
                        continue
                    quiet.wait()
                    measured = contestant.measure(workload, connections=connections, seconds=choice.seconds)
                    others = quiet.others_cores()
                    results.runs.append(
                        Run(engine, size, number, connections, workload.name, contestant.name, measured, others)
                    )
                    if workload.writes:
                        clean(workload)
    for contestant in everyone:
        if isinstance(contestant, HttpContestant):
            results.memory.append(Memory(engine, size, contestant.name, *contestant.memory_mib()))


class _Quiet:
    """Waits, for a while, until nobody else uses the machine much, and tells how much they did."""

    def __init__(self, patience_s: float, postmaster: int) -> None:
        self._patience_s = patience_s
        self._postmaster = postmaster
        self._mark = self._now()

    def wait(self) -> None:
        deadline = time.monotonic() + self._patience_s
        while time.monotonic() < deadline:
            self._mark = self._now()
            time.sleep(0.25)
            if self.others_cores() < 0.3:
                break
        self._mark = self._now()

    def others_cores(self) -> float:
        """Cores that others used since the last `wait`."""
        at, everyone, ours = (now - then for now, then in zip(self._now(), self._mark, strict=True))
        return max(0.0, everyone - ours) / at

    def _now(self) -> tuple[float, float, float]:
        # Postgres is no child of this process.
        ours = family_cpu_s(os.getpid()) + family_cpu_s(self._postmaster)
        return time.monotonic(), machine_cpu_s(), ours


def _chosen(choice: Choice) -> list[Workload]:
    return [WORKLOADS[name] for name in choice.workloads]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
