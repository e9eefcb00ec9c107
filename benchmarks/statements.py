"""Which of several statements is cheapest: each run by pgbench in turn, several times, by the database's own CPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.floor import run_pgbench
from benchmarks.processes import family_cpu_s
from benchmarks.store import Postgres
from benchmarks.workloads import Draw


def compare(
    server: Postgres,
    url: str,
    forms: Mapping[str, str],
    draws: Sequence[Draw] = (),
    *,
    passes: int = 5,
    mode: str = "prepared",
    before: str = "",
) -> dict[str, float]:
    """
    Microseconds of the database's CPU for one execution of each form, medians of interleaved passes.

    Args:
        forms: name → statement, with `:name` for variables.
        mode: pgbench's -M.
        before: statements that every transaction of the script begins with, such as settings.
    """
    spent: dict[str, list[float]] = {name: [] for name in forms}
    heads = [r"\set i random(0, 499)", *(draw.pgbench() for draw in draws), before]
    for _ in range(passes):
        for name, statement in forms.items():
            script = "\n".join([*filter(None, heads), statement.strip().rstrip(";") + ";"]) + "\n"
            began = family_cpu_s(server.pid)
            result = run_pgbench(server, url, script, seconds=1, mode=mode)
            spent[name].append((family_cpu_s(server.pid) - began) / max(result.transactions, 1) * 1e6)
    return {name: median(each) for name, each in spent.items()}


def show(title: str, found: Mapping[str, float], *, unit: str = "µs") -> None:
    """Prints a table, each line beside the first."""
    first = next(iter(found.values()))
    print(f"\n{title}")
    width = max(map(len, found))
    for name, value in found.items():
        print(f"  {name.ljust(width)}  {value:10,.1f} {unit}  {value / first:5.2f}")
