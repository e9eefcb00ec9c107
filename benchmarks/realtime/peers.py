"""How do others tell subscribers of rows: PostGraphile's subscriptions, and a loop that asks every second as Hasura's does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg

from benchmarks import peers
from benchmarks.contestants import free_port
from benchmarks.processes import family_cpu_s, private_mib
from benchmarks.realtime.audience import Audience
from benchmarks.realtime.measured import Window, window
from benchmarks.realtime.readers import Subscriber
from benchmarks.realtime.scenarios import Options, Row
from benchmarks.realtime.scenes import DATABASE, Scene, fill, fresh_database, room, user
from benchmarks.realtime.server import MODELS, settings_of
from benchmarks.realtime.stages import Stage, portico, serving
from benchmarks.realtime.writers import Plan
from benchmarks.store import CACHE, Postgres
from portico.gateway.loading import load_models
from portico.gateway.migrating import migrate

_SCENES = ((100, 1, 10.0), (1_000, 100, 100.0))
# What a user of PostGraphile writes: the rule as a policy, and a notification for each row.
_SECURITY = """
DO $$ BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT SELECT ON users, rooms, members, messages TO reader;
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY messages_in_my_rooms ON messages FOR SELECT TO reader USING (EXISTS (
  SELECT 1 FROM members
  WHERE members.room_id = messages.room_id AND members.user_id = nullif(current_setting('app.user_id', true), '')::uuid
));
CREATE FUNCTION notify_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM pg_notify('room:' || NEW.room_id, json_build_object('id', NEW.id)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER notify_room AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION notify_room();
"""
_DOCUMENT = "subscription ($room: UUID!) { saidInRoom(roomId: $room) { message { rowId body } } }"


@dataclass
class PostGraphile:
    """PostGraphile over Postgres, with a field that tells of the messages of a room."""

    url: str
    port: int
    pid: int
    database_pid: int
    path: str = "/graphql"

    def subscriber(self, scene: Scene, reader: int) -> Subscriber:
        """See `Stage`. Its own way to credentials is the application's; here the user is simply said."""
        variables = {"room": str(scene.room_of(reader))}
        return Subscriber({"user": str(scene.user_of(reader))}, {"query": _DOCUMENT, "variables": variables})

    def plan(self, scene: Scene, first: int, rate: float, seconds: float, padding: int) -> Plan:
        """See `Stage`."""
        rooms = [room(number) for number in range(scene.rooms)]
        return Plan(self.url, self.port, "sql", rooms, user(0), first, rate, seconds, padding)

    def counts(self) -> Mapping[str, int]:
        """See `Stage`. It does not say."""
        return {}

    def database_s(self) -> float:
        """See `Stage`."""
        return family_cpu_s(self.database_pid)


@contextmanager
def postgraphile(server: Postgres, scene: Scene) -> Generator[PostGraphile]:
    """PostGraphile over a fresh database that has the scene's rooms and members, and no change log."""
    asyncio.run(fresh_database(server))
    url, port = server.database(DATABASE), free_port()
    asyncio.run(migrate(load_models(MODELS), settings_of(port, url, polls=True), MODELS.parent))
    asyncio.run(_prepare(url, scene))
    programs, folder = peers.node()
    host = url.partition("host=")[2]
    command = [
        str(programs / "node"),
        "postgraphile_live.mjs",
        f"postgresql:///{DATABASE}?user=postgres&host={host}",
        str(port),
    ]
    with serving(command, port, CACHE / "bench-logs" / "realtime-postgraphile.log", folder) as process:
        yield PostGraphile(url, port, process.pid, server.pid)


async def _prepare(url: str, scene: Scene) -> None:
    await fill(url, scene)
    connection = await asyncpg.connect(url)
    await connection.execute(_SECURITY)
    await connection.close()


def compared(server: Postgres, options: Options) -> Iterator[Row]:
    """The same rooms and rates for everybody."""
    for subscribers, in_rooms, rate in _SCENES:
        for who, kind, polls in (
            ("Portico, live", "live", False),
            ("Portico, changes", "changes", False),
            ("a poll a second", "live", True),
        ):
            scene = Scene(kind, subscribers, in_rooms)  # pyright: ignore[reportArgumentType]
            with portico("postgres", server, scene, polls=polls) as stage:
                yield from _rows(who, stage, scene, rate, options, answers_first=True)
        scene = Scene("changes", subscribers, in_rooms)
        with postgraphile(server, scene) as stage:
            yield from _rows("PostGraphile", stage, scene, rate, options, answers_first=False)


def _rows(who: str, stage: Stage, scene: Scene, rate: float, options: Options, *, answers_first: bool) -> Iterator[Row]:
    before = private_mib([stage.pid])
    audience = Audience(stage, scene)
    try:
        if answers_first:
            audience.until_answered()
        time.sleep(3)  # who gives no first answer subscribes meanwhile
        each_kib = (private_mib([stage.pid]) - before) * 1024 / scene.subscribers
        window(stage, scene, audience, first=1, rate=rate, seconds=2)
        found = window(stage, scene, audience, first=1_000_000, rate=rate, seconds=options.seconds)
    finally:
        audience.close()
    yield from _told(
        f"{scene.subscribers} in {scene.rooms} room{'s' * (scene.rooms > 1)}, {rate:g}/s", who, found, each_kib
    )


def _told(name: str, who: str, found: Window, each_kib: float) -> Iterator[Row]:
    delivered = max(1, found.delivered - found.skipped)
    yield Row(name, who, "commit to delivery, p50", found.p50, "ms")
    yield Row(name, who, "commit to delivery, p99", found.p99, "ms")
    yield Row(name, who, "server, for a message", found.server_s / delivered * 1e6, "µs of CPU")
    yield Row(name, who, "database, for a message", found.database_s / delivered * 1e6, "µs of CPU")
    yield Row(name, who, "memory of a socket", each_kib, "KiB")
    yield Row(name, who, "lost", found.lost, "")
    yield Row(name, who, "answers that a later one stood for", found.skipped, "")
    yield Row(name, who, "others used meanwhile", found.others, "cores")
    for failure in found.failures:
        print(name, who, failure, flush=True)
