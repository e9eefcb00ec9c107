"""Who writes, who listens and what dies in the tests of lost events, and how what was told is compared with what is there."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.support.server import Server

HOT_KEYS = 16  # entries that all writers change
_KEYS = 1_000_000  # of a writer
_CHANGES = "subscription { entriesChanges(batchSize: 200) { verb position new { id version } } }"
_LATEST = "subscription { entries(orderBy: [{version: DESC}, {id: DESC}], limit: 20) { id version } }"
_STREAM = """subscription ($writer: Int!) {
  entriesStream(batchSize: 50, cursor: [{initialValue: {id: 0}}], where: {writer: {_eq: $writer}}) { id }
}"""
_INSERT = "mutation ($id: Int!, $writer: Int!) { insertEntry(object: {id: $id, writer: $writer, version: 1}) { id } }"


class Ledger:
    """The commits that writers know of: an key and a version each."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.known: set[tuple[int, int]] = set()

    @property
    def is_full(self) -> bool:
        """Whether enough was committed."""
        return len(self.known) >= self.wanted

    def add(self, key: int, version: int) -> None:
        """One more."""
        self.known.add((key, version))


# ---- writers -----------------------------------------------------------------------------------------


async def write_by_sql(url: str, writer: int, ledger: Ledger, random: random.Random) -> None:
    """Inserts own entries and changes shared ones until enough was committed; some transactions are rolled back."""
    number = 0
    connection: Any = None
    while not ledger.is_full:
        number += 1
        try:
            connection = connection if connection and not connection.is_closed() else await asyncpg.connect(url)
            await _transaction(connection, writer, number, ledger, random)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await asyncio.sleep(0.02)  # the database was killed: whether this was committed is not known
    if connection:
        await connection.close()


async def _transaction(connection: Any, writer: int, number: int, ledger: Ledger, random: random.Random) -> None:
    key, hot, kind = writer * _KEYS + number, random.randrange(HOT_KEYS), random.random()
    if kind < 0.7:
        await connection.execute("INSERT INTO entries (id, writer, version) VALUES ($1, $2, 1)", key, writer)
        ledger.add(key, 1)
        return
    async with asyncio.timeout(30):
        transaction = connection.transaction()
        await transaction.start()
        if kind < 0.9:  # takes its number before it comes to the entries
            await connection.execute("INSERT INTO others (id) VALUES ($1)", key)
        await connection.execute("INSERT INTO entries (id, writer, version) VALUES ($1, $2, 1)", key, writer)
        if kind > 0.85:
            await asyncio.sleep(0.01)  # others come after it, and are seen before it
        version = await connection.fetchval(
            "UPDATE entries SET version = version + 1 WHERE id = $1 RETURNING version", hot
        )
        if kind > 0.97:
            await transaction.rollback()
            return
        await transaction.commit()
    ledger.add(key, 1)
    ledger.add(hot, version)


def write_file(path: str, writer: int, ledger: Ledger, random: random.Random) -> None:
    """The same on SQLite, from outside of the server's process."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    number = 0
    while not ledger.is_full:
        number += 1
        key, hot = writer * _KEYS + number, random.randrange(HOT_KEYS)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO entries (id, writer, version) VALUES (?, ?, 1)", (key, writer))
        ((version,),) = connection.execute(
            "UPDATE entries SET version = version + 1 WHERE id = ? RETURNING version", (hot,)
        ).fetchall()
        if random.random() > 0.95:
            connection.execute("ROLLBACK")
            continue
        connection.execute("COMMIT")
        ledger.add(key, 1)
        ledger.add(hot, version)
    connection.close()


async def write_by_requests(server: Server, writer: int, ledger: Ledger) -> None:
    """Inserts entries through the server, which may be killed at any time."""
    number = 0
    while not ledger.is_full:
        number += 1
        key = writer * _KEYS + number
        try:
            answer = await asyncio.to_thread(server.ask, _INSERT, {"id": key, "writer": writer})
        except Exception:
            await asyncio.sleep(0.02)
            continue
        if "errors" not in answer.json:
            ledger.add(key, 1)
        else:
            assert answer.status == 503, answer.text


# ---- the client --------------------------------------------------------------------------------------


@dataclass
class Heard:
    """
    What a client has processed, which outlives it: as if written to its disk together with the position.

    changes: (key, version) in the order in which they were told first. repeated: events that came again. failures: what must not be.
    """

    changes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    positions: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    repeated: int = 0
    rows: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    latest: Any = None
    resume: dict[str, str] = field(default_factory=dict[str, str])
    failures: list[str] = field(default_factory=list[str])
    lives: int = 0
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, name: str, payload: Any) -> None:
        """Processes one answer."""
        if "errors" in payload:
            self.failures.append(f"{name}: {payload['errors']}")
            return
        said = payload["extensions"]["portico"]
        if "gap" in said:
            self.failures.append(f"{name}: there was a gap")
        if name == "changes":
            for each in payload["data"]["entriesChanges"]:
                self._take_change(each["position"], (each["new"]["id"], each["new"]["version"]))
            self.has_begun.set()
        elif name == "latest":
            self.latest = payload["data"]["entries"]
        else:
            self.rows[int(name)] += [row["id"] for row in payload["data"]["entriesStream"]]
        self.resume[name] = said["position"]

    def _take_change(self, position: str, change: tuple[int, int]) -> None:
        if position in self.positions:
            self.repeated += 1
            if self.positions[position] != change:
                self.failures.append(f"a position is of two changes: {change}")
            return
        self.positions[position] = change
        self.changes.append(change)


async def listen(server: Server, writers: Sequence[int], heard: Heard) -> None:
    """One life of a client after another, each from where the last one had come to; it ends by being cancelled."""
    while True:
        heard.lives += 1
        try:
            await _live(server, writers, heard)
        except (OSError, WebSocketException, TimeoutError):
            await asyncio.sleep(0.02)


async def _live(server: Server, writers: Sequence[int], heard: Heard) -> None:
    connecting = connect(
        f"ws://127.0.0.1:{server.port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], compression=None, max_size=None
    )  # fmt: skip
    async with connecting as socket:
        try:
            await socket.send(json.dumps({"type": "connection_init"}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            await _subscribe(socket.send, writers, heard)
            while True:
                message = json.loads(await socket.recv())
                if message["type"] == "error":
                    # The database was away when it was to begin: it begins again.
                    _expect_unavailable(heard, message)
                    await asyncio.sleep(0.05)
                    return
                if message["type"] == "next":
                    heard.take(message["id"], message["payload"])
        finally:
            socket.transport.abort()


def _expect_unavailable(heard: Heard, message: Any) -> None:
    if any(error["extensions"].get("problem") != "PT506" for error in message["payload"]):
        heard.failures.append(str(message))


async def _subscribe(send: Callable[[str], Awaitable[None]], writers: Sequence[int], heard: Heard) -> None:
    wanted: dict[str, dict[str, Any]] = {"changes": {"query": _CHANGES}, "latest": {"query": _LATEST}}
    wanted |= {str(writer): {"query": _STREAM, "variables": {"writer": writer}} for writer in writers}
    for name, payload in wanted.items():
        position = heard.resume.get(name)
        if position is not None:
            payload["extensions"] = {"portico": {"position": position}}
        await send(json.dumps({"type": "subscribe", "id": name, "payload": payload}))


# ---- what dies ---------------------------------------------------------------------------------------

Kill = Callable[[], Awaitable[None]]


class Client:
    """The client as something that can be killed."""

    def __init__(self, server: Server, writers: Sequence[int]) -> None:
        self._server = server
        self._writers = writers
        self.heard = Heard()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins another life."""
        self._task = asyncio.create_task(listen(self._server, self._writers, self.heard))

    async def kill(self) -> None:
        """What it had received and not processed is gone with it."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def kill_and_start(self) -> None:
        """Dies and comes back."""
        await self.kill()
        self.start()

    @property
    def failed(self) -> BaseException | None:
        """What it died of, where nobody killed it."""
        return self._task.exception() if self._task is not None and self._task.done() else None


async def kill_gateway(server: Server) -> None:
    """kill -9, and a new process."""

    def restart() -> None:
        server.signal(signal.SIGKILL)
        server.wait()
        server.start()

    await asyncio.to_thread(restart)


async def kill_all(kills: Mapping[str, Kill], times: int, ledger: Ledger, random: random.Random) -> None:
    """Each of them so many times, in any order, evenly over the commits."""
    order = [kill for kill in kills.values() for _ in range(times)]
    random.shuffle(order)
    for place, kill in enumerate(order, 1):
        while len(ledger.known) < ledger.wanted * place / (len(order) + 1):
            await asyncio.sleep(0.005)
        await kill()


# ---- the end -----------------------------------------------------------------------------------------


async def settled(client: Client, is_told: Callable[[Heard], bool], quiet_s: float = 15.0) -> None:
    """Waits until all was told, or nothing comes any more."""
    heard = client.heard
    quiet = before = 0.0
    while not is_told(heard) and quiet < quiet_s:
        assert client.failed is None, client.failed
        now = len(heard.changes) + sum(map(len, heard.rows.values()))
        quiet = 0.0 if now != before else quiet + 0.1
        before = now
        await asyncio.sleep(0.1)


def expect_nothing_lost(heard: Heard, ledger: Ledger, table: Mapping[int, tuple[int, int]]) -> None:
    """
    Compares.

    Args:
        table: key → (writer, version) at the end.
    """
    assert not heard.failures, heard.failures[:5]
    told: dict[int, list[int]] = defaultdict(list)
    for key, version in heard.changes:
        told[key].append(version)
    missing = [each for each in sorted(ledger.known) if each[1] not in told[each[0]]]
    assert not missing, f"{len(missing)} commits were not told: {missing[:5]}"
    assert {key: versions[-1] for key, versions in told.items()} == {
        key: version for key, (_, version) in table.items()
    }
    unordered = {key: versions for key, versions in told.items() if versions != list(range(1, len(versions) + 1))}
    assert not unordered, f"not each version once and in order: {dict(list(unordered.items())[:3])}"
    assert heard.repeated == 0  # a position is behind all that was told with it
    _expect_streams(heard, table)
    wanted = sorted(((version, key) for key, (_, version) in table.items()), reverse=True)[:20]
    assert heard.latest == [{"id": key, "version": version} for version, key in wanted]


def _expect_streams(heard: Heard, table: Mapping[int, tuple[int, int]]) -> None:
    streamed = {writer: Counter(ids) for writer, ids in heard.rows.items()}
    for key, (writer, _) in table.items():
        assert writer not in streamed or streamed[writer][key] == 1, (key, streamed[writer][key])
    assert all(ids == sorted(ids) for ids in heard.rows.values())
