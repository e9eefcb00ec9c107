"""How fast could it be: pgbench running the equivalent statement prepared, without HTTP, JSON or GraphQL in between."""

# ruff: noqa: D102 (methods are documented at the base class)

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from benchmarks.contestants import Contestant, Measurement
from benchmarks.processes import family_cpu_s
from benchmarks.store import Postgres, SizeName
from benchmarks.workloads import BODIES, Workload


class Floor(Contestant):
    """
    pgbench, one thread, as many connections as the servers have clients.

    Args:
        form: `floor` is row_to_json, which ratios are quoted against; `best` is text concatenation.
    """

    def __init__(self, server: Postgres, url: str, size: SizeName, form: Literal["floor", "best"]) -> None:
        self.name = form
        self._server = server
        self._url = url
        self._size: SizeName = size

    def offers(self, workload: Workload) -> bool:
        return self.name != "best" or bool(workload.best)

    def measure(self, workload: Workload, *, connections: int, seconds: float) -> Measurement:
        statement = workload.best if self.name == "best" else workload.floor
        draws = [draw.pgbench() for draw in workload.draws[self._size]]
        script = "\n".join([f"\\set i random(0, {BODIES - 1})", *draws, f"{statement.strip()};"]) + "\n"
        before = family_cpu_s(self._server.pid)
        client_before = _children_s()
        result = run_pgbench(self._server, self._url, script, connections=connections, seconds=seconds)
        spent = family_cpu_s(self._server.pid) - before
        per = 1e6 / max(result.transactions, 1)
        return Measurement(
            rate=result.rate,
            p50_ms=result.p50_ms,
            p99_ms=result.p99_ms,
            server_us=0.0,
            database_us=spent * per,
            client_us=(_children_s() - client_before) * per,
        )


class Result:
    """What pgbench says of a run."""

    def __init__(self, output: str, latencies_us: list[int]) -> None:
        self.transactions = int(_found(r"number of transactions actually processed: (\d+)", output))
        self.rate = float(_found(r"tps = ([\d.]+) \(without", output))
        latencies_us.sort()
        self.p50_ms = latencies_us[len(latencies_us) // 2] / 1000 if latencies_us else 0.0
        self.p99_ms = latencies_us[int(len(latencies_us) * 0.99)] / 1000 if latencies_us else 0.0


def run_pgbench(
    server: Postgres,
    url: str,
    script: str,
    *,
    connections: int,
    seconds: float,
) -> Result:
    """Runs a script for a while; latencies are those of one transaction in ten."""
    parts = urlsplit(url)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script)
        done = subprocess.run(
            [
                *(server.programs / "pgbench", "-n", "-M", "prepared", "-c", str(connections), "-j", "1"),
                *("-T", str(max(1, round(seconds))), "-f", file, "--log", "--sampling-rate=0.1"),
                *("-h", parse_qs(parts.query)["host"][0], "-U", "postgres", parts.path.lstrip("/")),
            ],
            cwd=folder,
            env={**os.environ, "PGOPTIONS": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        logs = [line.split() for log in Path(folder).glob("pgbench_log.*") for line in log.read_text().splitlines()]
    return Result(done.stdout, [int(line[2]) for line in logs])


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, text
    return match.group(1)


def _children_s() -> float:
    times = os.times()
    return times.children_user + times.children_system
