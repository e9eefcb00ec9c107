"""What do processes use: CPU and memory, as Linux tells it under /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has spent, without its children."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S if fields else 0.0


def family_cpu_s(pid: int) -> float:
    """CPU seconds of a process and everything below it, those that have ended included."""
    total = 0.0
    for each in children_of(pid):
        if fields := _stat(each):
            total += sum(int(field) for field in fields[11:15]) / _TICKS_PER_S
    return total


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def children_of(pid: int) -> list[int]:
    """A process and everything below it."""
    found = [pid]
    for each in found:
        for task in _tasks(each):
            try:
                found += [int(child) for child in (task / "children").read_text().split()]
            except OSError:
                continue
    return found


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def machine_cpu_s() -> float:
    """CPU seconds that everyone on this machine has spent since it started."""
    user, nice, system = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4]
    return (int(user) + int(nice) + int(system)) / _TICKS_PER_S


def private_mib(pids: Iterable[int]) -> float:
    """Memory that is the processes' own now, files mapped in left out."""
    return sum(_status_kib(pid, "RssAnon") for pid in pids) / 1024


def peak_mib(pids: Iterable[int]) -> float:
    """The most memory that was ever resident, files mapped in included."""
    return sum(_status_kib(pid, "VmHWM") for pid in pids) / 1024


def _status_kib(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
