"""How long does a large project take to start, with what makes it shorter at work and without each: `python -m benchmarks.large_start FOLDER`."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

from portico.gateway import loading
from portico.gateway.loading import load_models
from portico.schema import mapping
from portico.schema.names import Names
from portico.schema.reading import read_catalog
from portico.schema.types.build import SchemaBuilder

_PASSES = 5


def measure(package: Path) -> float:
    """Seconds of CPU from the package's import to a schema that can be asked."""
    began = time.process_time()
    declarations = load_models(package)
    SchemaBuilder(read_catalog(declarations, dialect="postgres", names=Names("hasura-default")))
    return time.process_time() - began


def main(folder: str) -> None:
    """Each measurement in a process of its own, in turns."""
    found: dict[str, list[float]] = {"as served": [], "collecting": [], "mapping slowly": []}
    for _ in range(_PASSES):
        for mode, times in found.items():
            command = [sys.executable, "-m", "benchmarks.large_start", folder, mode]
            times.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    least = {mode: min(times) for mode, times in found.items()}
    for mode, seconds in least.items():
        print(f"{mode:15} {seconds:.2f} s of CPU, {seconds / least['as served']:.2f}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        # The loader does both by itself; to measure a start without one of them, it is kept from doing so.
        if sys.argv[2] == "collecting":
            gc.disable = lambda: None
        else:
            gc.disable()
        if sys.argv[2] == "mapping slowly":
            loading.mapped_quickly = mapping.mapped_quickly = nullcontext
        print(measure(Path(sys.argv[1])))
    else:
        main(sys.argv[1])
