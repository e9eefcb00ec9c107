"""Jobs: kept with the transaction that adds them, run once due, in order of a key, cancelled, dead after their tries."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from portico.gateway.event_settings import QueueSettings
from portico.gateway.events.administration import replay_job
from portico.gateway.events.jobs import NewJob, Queue
from portico.gateway.events.retries import next_try
from portico.gateway.loading import load_models
from tests.support.events import EventServer

MODELS = """
import asyncio
import enum
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped

from portico.schema import Data, Id, Jobs, Model, Refused, allow, everyone, job, mutation

seen = []
failing = []
gate = asyncio.Event()


class Order(Model):
    id: Mapped[Id]
    product: Mapped[str]


allow(Order, "read", when=everyone)


class Size(enum.Enum):
    SMALL = "small"


@dataclass
class Address:
    street: str
    since: datetime


@job(tries=3)
async def ship(order: UUID, price: Decimal = Decimal(1), to: Address | None = None, size: Size = Size.SMALL) -> None:
    seen.append((order, price, to, size))
    if failing:
        raise failing.pop()


@job(queue="slow")
async def wait(name: str, data: Data) -> None:
    seen.append(f"{name} begins")
    await gate.wait()
    seen.append(f"{name} ends")


@job(timeout_s=0.05)
async def hang() -> None:
    seen.append("hangs")
    await asyncio.sleep(60)


@mutation
async def order(product: str, data: Data, jobs: Jobs, fails: bool = False) -> str:
    async with data.begin() as session:
        made = Order(product=product)
        session.add(made)
        await session.flush()
        id = await jobs.later(ship, {"order": made.id, "price": Decimal("9.50"), "to": Address("Elm", datetime(2026, 1, 1, tzinfo=UTC))}, session=session)
        if fails:
            raise Refused("no")
    return id


@mutation
async def later(name: str, jobs: Jobs, after: float | None = None, key: str | None = None, priority: int | None = None) -> str:
    return await jobs.later(wait, {"name": name}, after=after, key=key, priority=priority)


@mutation
async def cancel(id: str, jobs: Jobs) -> bool:
    return await jobs.cancel(id)


@mutation
async def hang_later(jobs: Jobs) -> str:
    return await jobs.later(hang)


@mutation
async def wrongly(jobs: Jobs) -> str:
    return await jobs.later(ship, {"oder": 1})
"""


def test_a_job_is_part_of_the_transaction(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    assert "errors" in server.ask('mutation { order(product: "a", fails: true) }')
    server.as_admin('mutation { order(product: "b") }')
    server.wait_for(lambda: server.seen)
    assert server.until_idle() == {"done": 1}
    ((order, price, to, size),) = server.seen
    assert str(order) == server.as_admin("{ orders { id } }")["orders"][0]["id"]
    assert (str(price), to.street, to.since.year, size.value) == ("9.50", "Elm", 2026, "small")


def test_a_job_runs_when_it_is_due_and_not_when_it_was_cancelled(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    server.models.gate.set()
    kept = time.monotonic()
    server.as_admin('mutation { later(name: "kept", after: 0.3) }')
    gone = server.as_admin('mutation { later(name: "gone", after: 0.3) }')["later"]
    assert server.as_admin("mutation ($id: String!) { cancel(id: $id) }", {"id": gone})["cancel"] is True
    server.wait_for(lambda: server.seen)
    assert time.monotonic() - kept >= 0.3
    assert server.until_idle() == {"done": 1, "cancelled": 1}
    assert server.seen == ["kept begins", "kept ends"]
    assert server.as_admin("mutation ($id: String!) { cancel(id: $id) }", {"id": gone})["cancel"] is False


def test_jobs_of_a_key_run_one_after_another(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    for name, key in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        server.as_admin(f'mutation {{ later(name: "{name}", key: "{key}") }}')
    server.wait_for(lambda: len(server.seen) == 2)
    assert sorted(server.seen) == ["a1 begins", "b1 begins"]
    server.models.gate.set()
    server.wait_for(lambda: len(server.seen) == 6)
    assert server.seen.index("a1 ends") < server.seen.index("a2 begins")


def test_a_job_is_dead_after_its_tries_and_each_is_kept(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    server.fast_retries()
    server.models.failing.extend(ValueError(f"no {number}") for number in range(3))
    server.as_admin('mutation { order(product: "a") }')
    server.wait_for(lambda: len(server.seen) == 3)
    assert server.until_idle() == {"dead": 1}
    rows = server.run(server.background.store.rows("SELECT outcome, answer FROM portico_attempts ORDER BY number"))
    assert [str(row[1]).strip("b'") for row in rows] == [f"ValueError: no {number}" for number in (2, 1, 0)]


def test_tries_end_a_day_after_the_first_and_begin_anew_with_a_replay(
    open_server: Callable[..., EventServer],
) -> None:
    server = open_server(MODELS)
    server.models.failing.extend([ValueError("once"), ValueError("twice"), ValueError("again")])
    server.fast_retries(600.0)
    made = server.as_admin('mutation { order(product: "a") }')["order"]
    server.wait_for_states(later=1)
    store = server.background.store
    server.run(store.rows("UPDATE portico_jobs SET begun_at = begun_at - 86401, state = 'waiting'"))
    server.wait_for_states(dead=1)
    server.run(replay_job(store, made))
    server.wait_for_states(later=1)
    assert len(server.seen) == 3


def test_the_last_try_is_a_day_after_the_first_unless_a_later_one_is_asked_for() -> None:
    day, begun_at = 86_400.0, 1_000.0
    assert next_try(begun_at + 60.0, begun_at, 20.0) == begun_at + 80.0
    assert next_try(begun_at + day - 60.0, begun_at, 14_400.0) == begun_at + day
    assert next_try(begun_at + 60.0, begun_at, 20.0, after=day) == begun_at + 60.0 + day
    assert next_try(begun_at + day, begun_at, 20.0, after=day) is None


def test_a_job_that_hangs_is_ended(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, events={"tries": 1})
    server.as_admin("mutation { hangLater }")
    server.wait_for(lambda: server.seen)
    assert server.until_idle() == {"dead": 1}


def test_wrong_arguments_are_told_at_once(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    answer = server.ask("mutation { wrongly }")
    assert answer["errors"][0]["extensions"]["problem"] == "PT577"
    assert server.states() == {}


def test_a_queue_has_no_more_at_once_than_it_says(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, events={"queues": {"slow": QueueSettings(concurrency=2)}})
    for number in range(5):
        server.as_admin(f'mutation {{ later(name: "{number}") }}')
    server.wait_for(lambda: len(server.seen) == 2)
    assert server.states() == {"running": 2, "waiting": 3}
    server.models.gate.set()
    server.wait_for(lambda: len(server.seen) == 10)


def test_a_queue_begins_no_more_in_a_second_than_it_says(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, events={"queues": {"slow": QueueSettings(per_s=10.0)}})
    server.models.gate.set()
    for number in range(16):
        server.as_admin(f'mutation {{ later(name: "{number}") }}')
    server.until_idle()
    rows = server.run(
        server.background.store.rows("SELECT max(ended_at) - min(created_at) FROM portico_jobs WHERE state = 'done'")
    )
    assert rows[0][0] >= 0.55  # ten may begin at once, and six more take 0.6 s


def test_higher_priorities_come_first(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, events={"queues": {"slow": QueueSettings(concurrency=1)}})
    server.as_admin('mutation { later(name: "first") }')
    server.wait_for(lambda: server.seen)
    for name, priority in (("low", -5), ("plain", 0), ("high", 5)):
        server.as_admin(f'mutation {{ later(name: "{name}", priority: {priority}) }}')
    server.models.gate.set()
    server.wait_for(lambda: len(server.seen) == 8)
    assert [each.split()[0] for each in server.seen if each.endswith("begins")] == ["first", "high", "plain", "low"]


def test_what_a_worker_had_that_is_gone_is_run_by_another(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, events={"lease_s": 0.2})
    server.models.gate.set()
    store = server.background.store
    payload = '{"name": "left"}'
    server.run(store.add([NewJob("job-1", "slow", "wait", payload, due_at=time.time() + 0.05)]))

    async def take() -> Any:
        (await store.look(["slow"]))
        return await store.claim(Queue("slow"), 1, "a worker that is gone", 0.2)

    worker: Any = server.background.worker
    worker._is_closing = True
    assert server.wait_for(take)
    worker._is_closing = False
    server.wait_for(lambda: server.seen)
    assert server.until_idle() == {"done": 1}
    assert server.run(store.rows("SELECT tries FROM portico_jobs"))[0][0] == 2
    assert server.run(store.rows("SELECT outcome FROM portico_attempts"))[0][0] in ("lost", b"lost")


def test_two_jobs_of_one_id_are_one(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    server.models.gate.set()
    job = NewJob("job-1", "slow", "wait", '{"name": "one"}')
    server.run(server.background.store.add([job, job]))
    server.run(server.background.store.add([job]))
    assert server.until_idle() == {"done": 1}


def test_what_runs_is_ended_and_what_waits_is_left_at_the_end(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, graceful_timeout_s=0.2)
    server.as_admin('mutation { later(name: "long") }')
    server.wait_for(lambda: server.seen)
    server.run(server.background.worker.close(0.05))  # pyright: ignore[reportOptionalMemberAccess]
    assert server.states() == {"waiting": 1}
    assert server.run(server.background.store.rows("SELECT tries FROM portico_jobs"))[0][0] == 0


def test_a_paused_queue_gives_nothing_to_who_is_told_of_its_jobs(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    server.models.gate.set()
    server.as_admin('mutation { pauseQueue(queue: "slow") }')
    server.as_admin('mutation { later(name: "one") }')
    server.run(asyncio.sleep(0.1))
    assert server.states() == {"waiting": 1}
    server.as_admin('mutation { pauseQueue(queue: "slow", isPaused: false) }')
    server.wait_for_states(done=1)


def test_what_is_loaded_anew_takes_effect_and_leaves_what_waits(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, events={"queues": {"fresh": QueueSettings(concurrency=1)}})
    server.as_admin('mutation { later(name: "before", after: 0.2) }')
    changed = MODELS.replace('@job(queue="slow")', '@job(queue="fresh")').replace(
        "gate = asyncio.Event()", "gate = asyncio.Event()\ngate.set()"
    )
    (server.folder / "models.py").write_text(changed)
    declarations = load_models(server.folder / "models.py")

    async def reload() -> None:
        server.gateway.reload(declarations)

    server.run(reload())
    server.as_admin('mutation { later(name: "after") }')
    server.wait_for_states(done=2)
    assert sorted(server.seen) == ["after begins", "after ends", "before begins", "before ends"]
