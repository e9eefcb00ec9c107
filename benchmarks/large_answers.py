"""What does memory cost under large answers: Portico with and without telling glibc to keep what is freed."""

from __future__ import annotations

import sys
from statistics import median

from benchmarks.portico_server import Portico
from benchmarks.statements import show
from benchmarks.store import PORTICO, postgres, postgres_store
from benchmarks.workloads import WORKLOADS

_WITHOUT = """
import sys
from portico.gateway import serving
from portico.gateway.cli.main import main
serving.keep_memory = lambda: None
sys.argv = ["portico", *sys.argv[1:]]
main()
"""
_PASSES = 3


def main() -> None:
    """The command line."""
    workload = WORKLOADS["rows_10k"]
    with postgres() as server:
        url = postgres_store(server, "large")
        commands = {"keep_memory()": (PORTICO,), "as glibc comes": (sys.executable, "-c", _WITHOUT)}
        found: dict[str, list[float]] = {name: [] for name in commands}
        servers = {name: Portico("large", url=url, command=command) for name, command in commands.items()}
        try:
            for _ in range(_PASSES):
                for name, portico in servers.items():
                    done = portico.measure(workload, connections=4, seconds=2)
                    found[name].append(done.server_us / 1000)
        finally:
            for portico in servers.values():
                portico.stop()
        show(
            "10,000 rows (1 MB), the server's CPU for one answer",
            {name: median(each) for name, each in found.items()},
            unit="ms",
        )


if __name__ == "__main__":
    main()
