"""Who is measured: what every server under test can do, and how one run of it is charged."""

# ruff: noqa: D102 (methods are documented at the base class)

from __future__ import annotations

import json
import os
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any

from benchmarks import load
from benchmarks.processes import children_of, cpu_s, family_cpu_s, peak_mib, private_mib
from benchmarks.store import SizeName
from benchmarks.workloads import BODIES, Workload


@dataclass(frozen=True)
class Measurement:
    """
    One run of one workload.

    server_us, database_us, client_us: CPU microseconds per request; of the floor pgbench is the client.
    """

    rate: float
    p50_ms: float
    p99_ms: float
    server_us: float
    database_us: float
    client_us: float
    bytes_per_answer: int = 0
    failures: int = 0


class Contestant(ABC):
    """One of those measured."""

    name: str

    @abstractmethod
    def offers(self, workload: Workload) -> bool:
        """Whether it can answer the workload at all."""

    @abstractmethod
    def measure(self, workload: Workload, *, connections: int, seconds: float) -> Measurement:
        """One run."""

    def memory_mib(self) -> tuple[float, float]:
        """(private memory now, most resident ever) of the server's processes."""
        return 0.0, 0.0

    def stop(self) -> None:  # noqa: B027  # nothing was started unless a subclass says so
        """Ends what it started."""


class HttpContestant(Contestant):
    """
    A server that answers HTTP.

    Args:
        database_pid: the postmaster whose CPU is charged to the requests; None where the database is inside.
    """

    def __init__(self, size: SizeName, database_pid: int | None) -> None:
        self.size: SizeName = size
        self.port = free_port()
        self._database_pid = database_pid
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: dict[str, list[bytes]] = {}

    @abstractmethod
    def request(self, workload: Workload, variables: Mapping[str, int]) -> bytes:
        """The request for one set of variables."""

    @abstractmethod
    def rows(self, workload: Workload, answer: Any) -> Any:
        """What an answer says, in the form of the floor's."""

    def start(self, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> None:
        """Starts the server and waits until it takes connections."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, env={**os.environ, **environment}, cwd=folder, stdout=output, stderr=output
            )
        wait_until(lambda: self._listens(log), f"{self.name} does not start; see {log}", seconds=60)

    def _listens(self, log: Path) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.name} has ended: {log.read_text()[-2000:]}")
        with socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def pids(self) -> list[int]:
        """The server's processes."""
        return children_of(self._process.pid) if self._process is not None else []

    def requests(self, workload: Workload) -> list[bytes]:
        """The bodies of all runs of a workload, made once."""
        if workload.name not in self._requests:
            self._requests[workload.name] = [
                self.request(workload, workload.variables(self.size, index)) for index in range(BODIES)
            ]
        return self._requests[workload.name]

    def answer(self, workload: Workload, index: int) -> Any:
        """What it answers to one body, in the form of the floor's answer."""
        status, body = load.answer_to(self.port, self.requests(workload)[index])
        parsed = json.loads(body)
        if status != 200 or (isinstance(parsed, dict) and "errors" in parsed):
            raise RuntimeError(f"{self.name} cannot answer {workload.name}: {status} {body[:500].decode()}")
        return self.rows(workload, parsed)

    def measure(self, workload: Workload, *, connections: int, seconds: float) -> Measurement:
        requests = self.requests(workload)
        load.run(self.port, requests, connections=connections, seconds=min(1.0, seconds / 2))
        pids = self.pids
        before = sum(map(cpu_s, pids)), self._database_s(), time.process_time()
        done = load.run(self.port, requests, connections=connections, seconds=seconds)
        after = sum(map(cpu_s, pids)), self._database_s(), time.process_time()
        each = [(late - early) / max(done.requests, 1) * 1e6 for early, late in zip(before, after, strict=True)]
        return Measurement(
            done.rate, done.p50_ms, done.p99_ms, *each, bytes_per_answer=done.bytes_per_answer, failures=done.failures
        )

    def _database_s(self) -> float:
        return family_cpu_s(self._database_pid) if self._database_pid is not None else 0.0

    def memory_mib(self) -> tuple[float, float]:
        pids = self.pids
        return private_mib(pids), peak_mib(pids)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class GraphQLContestant(HttpContestant):
    """A server that is asked one document per workload."""

    path = "/graphql"
    documents: Mapping[str, str]

    def offers(self, workload: Workload) -> bool:
        return workload.name in self.documents

    def headers(self, workload: Workload) -> Sequence[tuple[str, str]]:
        """Headers beside those of every request, such as credentials."""
        return ()

    def arguments(self, workload: Workload, variables: Mapping[str, int]) -> Mapping[str, Any]:
        """The document's variables."""
        return variables

    def request(self, workload: Workload, variables: Mapping[str, int]) -> bytes:
        payload = {"query": self.documents[workload.name], "variables": self.arguments(workload, variables)}
        body = json.dumps(payload, separators=(",", ":")).encode()
        return load.as_request(self.path, body, self.port, self.headers(workload))

    def ask(self, document: str, variables: Mapping[str, Any], workload: Workload) -> Any:
        """The data of one document, for preparations."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        _, answer = load.answer_to(self.port, load.as_request(self.path, body, self.port, self.headers(workload)))
        return json.loads(answer)["data"]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds: Callable[[], bool], otherwise: str, *, seconds: float) -> None:
    """Asks until it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.02)
