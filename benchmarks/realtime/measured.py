"""How is a scenario run: a database with rooms and members, the server, readers in other processes, a writer, and what came of it."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import UUID

import asyncpg

from benchmarks.contestants import free_port
from benchmarks.processes import cpu_s, family_cpu_s, machine_cpu_s
from benchmarks.realtime.readers import Arrivals, Subscriber, read
from benchmarks.realtime.server import SECRET
from benchmarks.realtime.writers import Commit, Plan, write
from benchmarks.store import CACHE, ROOT, Postgres
from portico.gateway.tokens import sign

EngineName = Literal["postgres", "sqlite"]
Kind = Literal["live", "stream", "changes"]
DATABASE = "realtime"
# Without it every reader's last message is looked for among all of its room's.
_INDEX = "CREATE INDEX messages_by_time ON messages (room_id, sent_at)"
_PATIENCE_S = 60.0
_SETTLE_S = 15.0  # after the last commit, for what is still underway

DOCUMENTS: Mapping[Kind, str] = {
    "live": """subscription ($room: UUID!) {
      messages(where: {roomId: {_eq: $room}}, orderBy: [{sentAt: DESC}, {id: ASC}], limit: 1) { id body author { name } }
    }""",
    "changes": "subscription ($room: UUID!) { messagesChanges(where: {roomId: {_eq: $room}}) { verb new { id body } } }",
    "stream": """subscription ($room: UUID!, $from: DateTime!) {
      messagesStream(batchSize: 100, cursor: [{initialValue: {sentAt: $from}}], where: {roomId: {_eq: $room}}) { id body }
    }""",
}


@dataclass(frozen=True)
class Scene:
    """
    Who listens to what.

    own: each subscriber is a caller of its own, under rules of its own; else all are one. clients: processes.
    """

    kind: Kind
    subscribers: int
    rooms: int
    own: bool = True
    clients: int = 1

    def room_of(self, reader: int) -> UUID:
        """The room that a subscriber listens to."""
        return room(reader % self.rooms)

    def user_of(self, reader: int) -> UUID:
        """Who a subscriber is."""
        return user(reader if self.own else 0)


def room(number: int) -> UUID:
    """The key of a room."""
    return UUID(int=(1 << 120) + number)


def user(number: int) -> UUID:
    """The key of a user."""
    return UUID(int=(2 << 120) + number)


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
            variables["from"] = "2000-01-01T00:00:00Z"
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
    url = server.database(DATABASE) if engine == "postgres" else f"sqlite:///{_fresh_file()}"
    if engine == "postgres":
        asyncio.run(fresh_database(server))
    more = [*(["--polls"] if polls else []), *(["--profile", str(profile)] if profile else [])]
    command = [sys.executable, "-m", "benchmarks.realtime.server", str(port), url, *more]
    subprocess.run([*command, "--migrate"], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    with serving(command, port, CACHE / "bench-logs" / f"realtime-{engine}.log") as process:
        if engine == "postgres":
            asyncio.run(fill(url, scene))
        else:
            _fill_file(url.removeprefix("sqlite:///"), scene)
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


async def fresh_database(server: Postgres) -> None:
    """An empty database in the place of the last one."""
    connection = await asyncpg.connect(server.url)
    await connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {DATABASE}")
    await connection.close()


def _rows(scene: Scene) -> tuple[list[tuple[UUID, str, str]], list[tuple[UUID, str, UUID]], list[tuple[UUID, UUID]]]:
    """Users, rooms and members; the first user, who writes, is in every room, and others in the one that they listen to."""
    users = [(user(number), f"User {number}", "user") for number in range(scene.subscribers if scene.own else 1)]
    rooms = [(room(number), f"Room {number}", user(0)) for number in range(scene.rooms)]
    members = {(room(number), user(0)) for number in range(scene.rooms)}
    members |= {(scene.room_of(reader), scene.user_of(reader)) for reader in range(scene.subscribers)}
    return users, rooms, sorted(members)


async def fill(url: str, scene: Scene) -> None:
    """Puts the scene's rows into Postgres."""
    users, rooms, members = _rows(scene)
    connection = await asyncpg.connect(url)
    await connection.executemany("INSERT INTO users (id, name, role) VALUES ($1, $2, $3)", users)
    await connection.executemany("INSERT INTO rooms (id, title, opened_by_id) VALUES ($1, $2, $3)", rooms)
    await connection.executemany("INSERT INTO members (room_id, user_id) VALUES ($1, $2)", members)
    await connection.execute(_INDEX)
    await connection.execute("ANALYZE")
    await connection.close()


def _fresh_file() -> Path:
    path = CACHE / "bench-sqlite" / "realtime.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    return path


def _fill_file(path: str, scene: Scene) -> None:
    users, rooms, members = ([tuple(str(value) for value in row) for row in rows] for rows in _rows(scene))
    connection = sqlite3.connect(path, timeout=30)
    connection.executemany("INSERT INTO users (id, name, role) VALUES (?, ?, ?)", users)
    connection.executemany("INSERT INTO rooms (id, title, opened_by_id) VALUES (?, ?, ?)", rooms)
    connection.executemany("INSERT INTO members (room_id, user_id) VALUES (?, ?)", members)
    connection.execute(_INDEX)
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


# ---- the audience ------------------------------------------------------------------------------------


class Audience:
    """All readers of a scene, in their processes. ramp_s: from the beginning to the last one's subscription."""

    def __init__(self, stage: Stage, scene: Scene) -> None:
        self._scene = scene
        self._share = -(-scene.subscribers // scene.clients)
        self._pipes: list[Any] = []
        self._processes: list[Any] = []
        subscribers = [stage.subscriber(scene, reader) for reader in range(scene.subscribers)]
        began = time.monotonic()
        for first in range(0, scene.subscribers, self._share):
            ours, theirs = multiprocessing.Pipe()
            part = subscribers[first : first + self._share]
            process = multiprocessing.Process(target=read, args=(stage.port, stage.path, part, theirs), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        self.ramp_s = max(_received(pipe) for pipe in self._pipes) - began

    def answered(self) -> int:
        """How many readers have heard something."""
        for pipe in self._pipes:
            pipe.send(("answered",))
        return sum(_received(pipe) for pipe in self._pipes)

    def until_answered(self) -> float:
        """Waits until each has heard something; when that was."""
        deadline = time.monotonic() + _PATIENCE_S
        while self.answered() < self._scene.subscribers:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.answered()} of {self._scene.subscribers} have a first answer")
            time.sleep(0.2)
        return time.monotonic()

    def heard(self) -> list[Arrivals]:
        """What came since the last call."""
        for pipe in self._pipes:
            pipe.send(("heard",))
        return [_received(pipe) for pipe in self._pipes]

    def tell(self, word: str, reader: int) -> None:
        """Tells one reader to stop or go on reading."""
        self._pipes[reader // self._share].send((word, reader % self._share))

    def first_of(self, process: int) -> int:
        """The place in the scene of a process's first reader."""
        return process * self._share

    def cpu_s(self) -> float:
        """CPU seconds of the readers."""
        return sum(cpu_s(process.pid) for process in self._processes)

    def close(self) -> None:
        """Ends the processes."""
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(None)
            process.join(20)


def _received(pipe: Any) -> Any:
    if not pipe.poll(_PATIENCE_S):
        raise RuntimeError("a process of readers says nothing")
    return pipe.recv()


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
