"""What came out: medians over the passes as tables, and everything as JSON."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median

from benchmarks.contestants import Measurement
from benchmarks.session import CONTESTANTS, EngineName, Results, Run
from benchmarks.store import ROOT, SizeName
from benchmarks.workloads import WORKLOADS

Cell = Callable[[Sequence[Measurement], str], str]


def tables(results: Results, connections: Sequence[int]) -> str:
    """Every table as Markdown."""
    parts: list[str] = []
    fields: dict[tuple[EngineName, SizeName], None] = dict.fromkeys((run.engine, run.size) for run in results.runs)
    for engine, size in fields:
        runs = [run for run in results.runs if (run.engine, run.size) == (engine, size)]
        for count in connections:
            parts.append(f"## {engine}, {size} store, {count} connection{'s' if count > 1 else ''}")
            parts += _Tables(engine, [run for run in runs if run.connections == _at(run.workload, count)], count).all()
        if engine == "postgres":
            parts += _statements(results, size)
        parts += _memory(results, engine, size)
    return "\n\n".join(parts) + "\n"


def _at(workload: str, connections: int) -> int:
    return min(connections, WORKLOADS[workload].connections)


class _Tables:
    """The tables of one engine, size and number of connections."""

    def __init__(self, engine: EngineName, runs: Sequence[Run], connections: int) -> None:
        self._engine: EngineName = engine
        self._runs = runs
        self._connections = connections
        self._base = "floor" if engine == "postgres" else "pocketbase"
        self._names = [name for name in CONTESTANTS[engine] if any(run.contestant == name for run in runs)]
        self._workloads = list(dict.fromkeys(run.workload for run in runs))

    def all(self) -> Iterable[str]:
        others = median(run.others_cores for run in self._runs)
        yield f"Others used {others:.2f} of {os.cpu_count()} cores meanwhile (median of the runs)."
        servers = [name for name in self._names if name not in ("best", "floor")]
        yield self._table("Requests per second (p50 / p99 ms)", _rate, self._names)
        shared = [name for name in self._names if name != self._base]
        yield self._table(f"Share of {self._base}", self._share, shared, bars=self._engine == "postgres")
        yield self._table("CPU µs per request: server + database (of the floor: pgbench + database)", _cpu, self._names)
        yield self._table("Cores that the client itself used (pgbench for the floor)", _client, self._names)
        yield self._table("Server CPU µs for each KB beyond the answer of one row by key", self._per_kilobyte, servers)
        if any(run.measured.failures for run in self._runs):
            yield self._table("Failures", lambda own, _: str(sum(each.failures for each in own)), servers)

    def _of(self, workload: str, name: str) -> list[Measurement]:
        return [run.measured for run in self._runs if (run.workload, run.contestant) == (workload, name)]

    def _table(self, title: str, cell: Cell, names: Sequence[str], *, bars: bool = False) -> str:
        rows: list[list[str]] = []
        for workload in self._workloads:
            known = WORKLOADS[workload]
            fewer = _at(workload, self._connections)
            note = f" ({fewer} connections)" if fewer != self._connections else ""
            cells = [cell(own, workload) if (own := self._of(workload, name)) else "-" for name in names]
            rows.append([known.title + note, *([f"{known.bar:.2f}"] if bars else []), *cells])
        return f"{title}\n\n{markdown(['workload', *(['bar'] if bars else []), *names], rows)}"

    def _share(self, own: Sequence[Measurement], workload: str) -> str:
        return _ratio(own, self._of(workload, self._base), lambda each: each.rate)

    def _per_kilobyte(self, own: Sequence[Measurement], workload: str) -> str:
        name = next(run.contestant for run in self._runs if run.measured is own[0])
        small = self._of("by_key", name)
        further = _median(own, "bytes_per_answer") - (_median(small, "bytes_per_answer") if small else 0)
        if not small or further < 4_096:
            return "-"
        return f"{(_median(own, 'server_us') - _median(small, 'server_us')) / further * 1024:.2f}"


def _rate(own: Sequence[Measurement], _: str) -> str:
    rate, p50, p99 = (_median(own, name) for name in ("rate", "p50_ms", "p99_ms"))
    return f"{rate:,.0f} ({p50:.1f} / {p99:.0f})" if rate >= 20 else f"{rate:,.1f} ({p50:.0f} / {p99:.0f})"


def _ratio(own: Sequence[Measurement], base: Sequence[Measurement], of: Callable[[Measurement], float]) -> str:
    """The median of the ratios inside each pass, which depend less on how busy the machine was."""
    pairs = [of(mine) / of(theirs) for mine, theirs in zip(own, base, strict=False) if of(theirs)]
    return f"{median(pairs):.3f}" if pairs else "-"


def _cpu(own: Sequence[Measurement], _: str) -> str:
    server, database, client = (_median(own, name) for name in ("server_us", "database_us", "client_us"))
    # Of the floor the first number is pgbench's own.
    return f"{server or client:,.0f} + {database:,.0f}"


def _client(own: Sequence[Measurement], _: str) -> str:
    return f"{median(each.client_us * each.rate for each in own) / 1e6:.2f}"


def _median(runs: Sequence[Measurement], name: str) -> float:
    return median(getattr(run, name) for run in runs)


def _statements(results: Results, size: SizeName) -> Iterable[str]:
    rows = [
        [WORKLOADS[name].title, f"{floor:,.0f}", f"{own:,.0f}", f"{own / floor:.2f}"]
        for name, (floor, own) in results.statements.get(size, {}).items()
    ]
    if rows:
        heads = ["workload", "floor", "portico", "ratio"]
        yield f"Database CPU µs of the statement by itself, on one connection\n\n{markdown(heads, rows)}"


def _memory(results: Results, engine: EngineName, size: SizeName) -> Iterable[str]:
    rows = [
        [each.contestant, f"{each.private_mib:.0f}", f"{each.peak_mib:.0f}"]
        for each in results.memory
        if (each.engine, each.size) == (engine, size)
    ]
    if rows:
        heads = ["server", "its own, MiB", "most ever resident, files included, MiB"]
        yield f"Memory after all runs ({engine}, {size})\n\n{markdown(heads, rows)}"


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown."""
    widths = [max(len(row[index]) for row in [heads, *rows]) for index in range(len(heads))]
    lines = [[*heads], ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def save(results: Results, path: Path, began: datetime) -> None:
    """Writes every run with what it was made on."""
    content = {
        "began": began.isoformat(timespec="seconds"),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {"cpu": _cpu_name(), "cores": os.cpu_count(), "system": platform.platform()},
        "load_average": os.getloadavg(),
        "versions": {name: metadata.version(name) for name in ("asyncpg", "sqlalchemy", "uvicorn", "uvloop")}
        | {"python": platform.python_version()},
        "runs": [asdict(run) for run in results.runs],
        "memory": [asdict(each) for each in results.memory],
        "statements": results.statements,
    }
    path.write_text(json.dumps(content, indent=1) + "\n")


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _cpu_name() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
