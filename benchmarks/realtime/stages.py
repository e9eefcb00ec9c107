"""Who serves: the server under test over a fresh database that has a scene's rows."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from benchmarks.contestants import free_port
from benchmarks.processes import family_cpu_s
from benchmarks.realtime.readers import Subscriber
from benchmarks.realtime.scenes import (
    DATABASE,
    EngineName,
    Kind,
    Scene,
    fill,
    fill_file,
    fresh_database,
    fresh_file,
    room,
    user,
)
from benchmarks.realtime.server import SECRET
from benchmarks.realtime.writers import Plan
from benchmarks.store import CACHE, ROOT, Postgres
from portico.gateway.tokens import sign

_PATIENCE_S = 60.0

DOCUMENTS: Mapping[Kind, str] = {
    "live": """subscription ($room: UUID!) {
      messages(where: {roomId: {_eq: $room}}, orderBy: [{sentAt: DESC}, {id: ASC}], limit: 1) { id body author { name } }
    }""",
    "changes": "subscription ($room: UUID!) { messagesChanges(where: {roomId: {_eq: $room}}) { verb new { id body } } }",
    "stream": """subscription ($room: UUID!, $from: DateTime!) {
      messagesStream(batchSize: 100, cursor: [{initialValue: {sentAt: $from}}], where: {roomId: {_eq: $room}}) { id body }
    }""",
}


class Stage(Protocol):
    """A server under test, its database filled for a scene."""

    port: int
    path: str
    pid: int

    def subscriber(self, scene: Scene, reader: int) -> Subscriber:
        """What a reader says."""
        ...

    def plan(self, scene: Scene, first: int, rate: float, seconds: float, padding: int) -> Plan:
        """What is written in a window."""
        ...

    def counts(self) -> Mapping[str, int]:
        """What the server has counted."""
        ...

    def database_s(self) -> float:
        """CPU seconds of the database's processes, where it has its own."""
        ...


@dataclass
class Portico:
    """Portico over an engine."""

    engine: EngineName
    url: str
    port: int
    pid: int
    database_pid: int | None
    path: str = "/graphql"

    def subscriber(self, scene: Scene, reader: int) -> Subscriber:
        """See `Stage`."""
        caller = {"sub": str(scene.user_of(reader)), "role": "user", "exp": int(time.time()) + 7200}
        variables = {"room": str(scene.room_of(reader))}
        if scene.kind == "stream":
            # The last of what was said before: a stream of nothing says nothing, and nobody would know that it has begun.
            variables["from"] = (datetime.now(UTC) - timedelta(minutes=62)).isoformat()
        return Subscriber(
            {"Authorization": f"Bearer {sign(caller, SECRET)}"},
            {"query": DOCUMENTS[scene.kind], "variables": variables},
        )

    def plan(self, scene: Scene, first: int, rate: float, seconds: float, padding: int) -> Plan:
        """See `Stage`. A file's own writers are in the server's process; others are found out by looking ten times a second."""
        rooms = [room(number) for number in range(scene.rooms)]
        through = "sql" if self.engine == "postgres" else "http"
        return Plan(self.url, self.port, through, rooms, user(0), first, rate, seconds, padding)

    def counts(self) -> Mapping[str, int]:
        """See `Stage`."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/counts") as answer:
            return json.load(answer)

    def database_s(self) -> float:
        """See `Stage`."""
        return family_cpu_s(self.database_pid) if self.database_pid is not None else 0.0


# ---- the stage ---------------------------------------------------------------------------------------


@contextmanager
def portico(
    engine: EngineName, server: Postgres, scene: Scene, *, polls: bool = False, profile: Path | None = None
) -> Generator[Portico]:
    """Portico over a fresh database that has the scene's rooms and members."""
    port = free_port()
    url = server.database(DATABASE) if engine == "postgres" else f"sqlite:///{fresh_file()}"
    if engine == "postgres":
        asyncio.run(fresh_database(server))
    more = [*(["--polls"] if polls else []), *(["--profile", str(profile)] if profile else [])]
    command = [sys.executable, "-m", "benchmarks.realtime.server", str(port), url, *more]
    subprocess.run([*command, "--migrate"], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    with serving(command, port, CACHE / "bench-logs" / f"realtime-{engine}.log") as process:
        if engine == "postgres":
            asyncio.run(fill(url, scene))
        else:
            fill_file(url.removeprefix("sqlite:///"), scene)
        yield Portico(engine, url, port, process.pid, server.pid if engine == "postgres" else None)


@contextmanager
def serving(command: Sequence[str], port: int, log: Path, folder: Path = ROOT) -> Generator[subprocess.Popen[bytes]]:
    """A server's process, from when it takes connections on."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command} does not start: {log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
