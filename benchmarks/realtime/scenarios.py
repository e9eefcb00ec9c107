"""Which are the bars: five scenarios, each by name, and what is measured in each of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import private_mib
from benchmarks.realtime.audience import Audience
from benchmarks.realtime.measured import Window, median, window
from benchmarks.realtime.scenes import EngineName, Kind, Scene
from benchmarks.realtime.stages import Portico, portico
from benchmarks.store import Postgres

_WARM_S = 1.0
_FANS: Sequence[tuple[Kind, int, int, float]] = (
    ("live", 1_000, 1, 12),
    ("changes", 1_000, 1, 12),
    ("live", 100, 1, 120),
    ("changes", 100, 1, 120),
    ("changes", 1_000, 10, 120),
)


@dataclass(frozen=True)
class Row:
    """One number of the table, and what it must not pass: at most `bar`, or at least where `is_least`."""

    scenario: str
    engine: str
    what: str
    number: float
    unit: str
    bar: float | None = None
    is_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the number is within the bar."""
        return self.bar is None or (self.number >= self.bar if self.is_least else self.number <= self.bar)


@dataclass(frozen=True)
class Options:
    """How long and how much; `--quick` halves both more than once."""

    seconds: float = 10.0
    scale: float = 1.0
    profile: Path | None = None

    def count(self, whole: int, least: int = 1) -> int:
        """So many at this scale."""
        return max(least, round(whole * self.scale))


Scenario = Callable[[EngineName, Postgres, Options], Iterator[Row]]


def latency(engine: EngineName, server: Postgres, options: Options) -> Iterator[Row]:
    """100 subscribers of one group, 10 changes a second."""
    for kind in ("live", "changes", "stream"):
        scene = Scene(kind, subscribers=100, rooms=1)
        name = f"latency, {kind}"
        with portico(engine, server, scene, profile=options.profile) as stage:
            _, found, _ = _one_window(stage, scene, rate=10, seconds=options.seconds)
        yield Row(name, engine, "commit to delivery, p50", found.p50, "ms", 10)
        yield Row(name, engine, "commit to delivery, p99", found.p99, "ms", 50)
        yield Row(name, engine, "commit to delivery, most", found.most, "ms")
        if engine == "sqlite":
            yield Row(name, engine, "request to delivery, p50", found.from_sending_p50, "ms", 10)
            yield Row(name, engine, "request to delivery, p99", found.from_sending_p99, "ms", 50)
        yield from _sum(name, engine, found)


def rooms(engine: EngineName, server: Postgres, options: Options) -> Iterator[Row]:
    """5,000 live queries in as many rooms, 100 changes a second."""
    count = options.count(5_000, 100)
    for kind in ("live", "changes"):
        scene = Scene(kind, subscribers=count, rooms=count)
        name = f"rooms, {kind}"
        with portico(engine, server, scene, profile=options.profile) as stage:
            _, found, _ = _one_window(stage, scene, rate=100, seconds=options.seconds)
        yield Row(name, engine, "statements for a change", found.statements / found.commits, "", 2)
        yield Row(name, engine, "commit to delivery, p50", found.p50, "ms")
        yield Row(name, engine, "commit to delivery, p99", found.p99, "ms", 250)
        yield Row(name, engine, "gateway", found.server_s / found.seconds, "cores", 1)
        yield from _sum(name, engine, found)


def sockets(engine: EngineName, server: Postgres, options: Options) -> Iterator[Row]:
    """10,000 sockets with a subscription each, and one commit that concerns all; each of its own caller, and all of one."""
    count = options.count(10_000, 100)
    for own in (True, False):
        scene = Scene("live", subscribers=count, rooms=1, own=own, clients=2)
        name = f"sockets, {'own rules' if own else 'one caller'}"
        with portico(engine, server, scene, profile=options.profile) as stage:
            began = time.monotonic()
            audience, found, each_kib = _one_window(stage, scene, rate=0.5, seconds=6)
            ramp_s = audience.ramp_s
            del began
        yield Row(name, engine, "ramp", ramp_s, "s", 20)
        yield Row(name, engine, "memory of a socket", each_kib, "KiB", 25)
        yield Row(name, engine, "one commit to all, p50", found.p50, "ms")
        yield Row(name, engine, "one commit to all, p99", found.p99, "ms", 1_000)
        yield Row(name, engine, "delivered", 100 * found.delivered / max(1, found.expected), "%", 100, is_least=True)
        yield from _sum(name, engine, found)


def fan_out(engine: EngineName, server: Postgres, options: Options) -> Iterator[Row]:
    """As many messages a second as are delivered, each under its reader's own rules."""
    for kind, subscribers, in_rooms, rate in _FANS:
        scene = Scene(kind, subscribers=options.count(subscribers, 10), rooms=in_rooms)
        name = f"fan-out, {kind}, {scene.subscribers} in {in_rooms} room{'s' * (in_rooms > 1)}, {rate}/s"
        with portico(engine, server, scene, profile=options.profile) as stage:
            _, found, _ = _one_window(stage, scene, rate=rate, seconds=options.seconds)
        # Of a live query that changes 120 times a second only the latest state is told, 50 times a second.
        bar = None if kind == "live" and rate > 50 else 10_000 * options.scale
        yield Row(name, engine, "messages", found.messages / found.seconds, "/s", bar, is_least=True)
        yield Row(name, engine, "commit to delivery, p50", found.p50, "ms")
        yield Row(name, engine, "commit to delivery, p99", found.p99, "ms")
        yield from _sum(name, engine, found)


def slow_reader(engine: EngineName, server: Postgres, options: Options) -> Iterator[Row]:
    """One that stops reading, beside 30 who do: spells with it and without, in turn."""
    for kind in ("live", "changes"):
        scene = Scene(kind, subscribers=31, rooms=1)
        name = f"slow reader, {kind}"
        with portico(engine, server, scene, profile=options.profile) as stage:
            alone, beside, most, last = _in_turn(stage, scene, options.seconds / 2)
        yield Row(name, engine, "held for it", most / 1024, "KiB", 1_024)
        yield Row(name, engine, "the others' p99 without it", median([each.p99 for each in alone]), "ms")
        yield Row(name, engine, "the others' p99 beside it", median([each.p99 for each in beside]), "ms")
        change = 100 * (median([each.p99 for each in beside]) / median([each.p99 for each in alone]) - 1)
        yield Row(name, engine, "that is more by", change, "%", 10)
        yield from _sum(name, engine, last)


def _in_turn(stage: Portico, scene: Scene, seconds: float) -> tuple[list[Window], list[Window], int, Window]:
    """Spells alone and beside it, the most bytes held for it, and the last spell with it among the readers again."""
    audience = Audience(stage, scene)
    try:
        audience.until_answered()
        slow, first, rate, padding = 30, 1, 50, 20_000
        alone: list[Window] = []
        beside: list[Window] = []
        most = 0
        for _ in range(3):
            for spells in (alone, beside):
                if spells is beside:
                    audience.tell("stop", slow)
                spells.append(
                    window(
                        stage, scene, audience, first=first, rate=rate, seconds=seconds, padding=padding,
                        unheard=frozenset({slow}),
                    )
                )  # fmt: skip
                first += 100_000
                if spells is beside:
                    most = max(most, stage.counts()["most_unsent_bytes"])
                    audience.tell("go on", slow)
                    time.sleep(2)  # it takes what has waited
        last = window(stage, scene, audience, first=first, rate=rate, seconds=seconds / 2, padding=padding)
        return alone, beside, most, last
    finally:
        audience.close()


def _one_window(stage: Portico, scene: Scene, *, rate: float, seconds: float) -> tuple[Audience, Window, float]:
    """Everybody subscribes, a spell to warm up, and the one that counts; and KiB of memory for each socket."""
    before = private_mib([stage.pid])
    audience = Audience(stage, scene)
    try:
        audience.until_answered()
        time.sleep(0.5)
        each_kib = (private_mib([stage.pid]) - before) * 1024 / scene.subscribers
        window(stage, scene, audience, first=1, rate=rate, seconds=max(_WARM_S, 1 / rate))
        return audience, window(stage, scene, audience, first=1_000_000, rate=rate, seconds=seconds), each_kib
    finally:
        audience.close()


def _sum(name: str, engine: str, found: Window) -> Iterator[Row]:
    """What every scenario says."""
    delivered = max(1, found.messages)
    yield Row(name, engine, "lost", found.lost, "", 0)
    yield Row(name, engine, "duplicate", found.duplicates, "", 0)
    yield Row(name, engine, "messages that are no answers", len(found.failures), "", 0)
    yield Row(name, engine, "server, for a message", found.server_s / delivered * 1e6, "µs of CPU")
    yield Row(name, engine, "database, for a message", found.database_s / delivered * 1e6, "µs of CPU")
    yield Row(name, engine, "statements for a change", found.statements / found.commits, "")
    yield Row(name, engine, "reads of the log for a change", found.reads_of_log / found.commits, "")
    yield Row(name, engine, "others used meanwhile", found.others, "cores")
    for failure in found.failures:
        print(name, failure, flush=True)


SCENARIOS: Mapping[str, Scenario] = {
    "latency": latency,
    "rooms": rooms,
    "sockets": sockets,
    "fan-out": fan_out,
    "slow-reader": slow_reader,
}


def free(
    engine: EngineName, server: Postgres, options: Options, *, kind: Kind, subscribers: int, in_rooms: int, rate: float, own: bool
) -> Iterator[Row]:  # fmt: skip
    """Any number of subscribers, rooms and changes a second."""
    scene = Scene(kind, subscribers, in_rooms, own=own, clients=2 if subscribers > 5_000 else 1)
    name = f"{kind}, {subscribers} in {in_rooms}, {rate:g}/s"
    with portico(engine, server, scene, profile=options.profile) as stage:
        audience, found, each_kib = _one_window(stage, scene, rate=rate, seconds=options.seconds)
    yield Row(name, engine, "ramp", audience.ramp_s, "s")
    yield Row(name, engine, "memory of a socket", each_kib, "KiB")
    yield Row(name, engine, "messages", found.messages / found.seconds, "/s")
    yield Row(name, engine, "commit to delivery, p50", found.p50, "ms")
    yield Row(name, engine, "commit to delivery, p99", found.p99, "ms")
    yield Row(name, engine, "commit to delivery, most", found.most, "ms")
    yield Row(name, engine, "answers that a later one stood for", found.skipped, "")
    yield Row(name, engine, "gateway", found.server_s / found.seconds, "cores")
    yield from _sum(name, engine, found)
