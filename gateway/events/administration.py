"""What do administrators do with jobs: list, cancel, run, replay, pause; for the command line and for functions."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from portico.gateway.events import statements as sql
from portico.gateway.events.jobs import Attempt, Listed, NoSuchJob, QueueState, text_of
from portico.gateway.events.store import JobStore, Work
from portico.gateway.events.tables import ATTEMPTS, JOBS
from portico.schema.problems import Problem
from portico.schema.provided import Provided

_MOST = 1_000
_STATES = ("later", "waiting", "running", "done", "dead", "cancelled")


class NoSuchState(Problem):
    """A state of jobs is asked for that does not exist."""

    code = "PT578"


class JobAdministration(Provided):
    """The jobs of this process' database, as functions are handed them."""

    def __init__(self, store: JobStore) -> None:
        self.store = store


async def list_jobs(
    store: JobStore, state: str | None = None, name: str | None = None, queue: str | None = None, limit: int = 100
) -> Sequence[Listed]:
    """
    Jobs, the latest first.

    Raises:
        NoSuchState
    """
    if state is not None and state not in _STATES:
        raise NoSuchState(f"No job is ever {state!r}.", hint=", ".join(_STATES))
    given = {"state": state, "name": name, "queue": queue}
    wanted = {column: value for column, value in given.items() if value is not None}
    conditions = [f"{column} = ${place}" for place, column in enumerate(wanted, start=1)]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = await store.rows(
        f"SELECT {sql.LISTED} FROM {JOBS}{where} ORDER BY number DESC LIMIT {min(max(1, limit), _MOST)}",
        *wanted.values(),
    )
    return [_listed(row) for row in rows]


async def find_job(store: JobStore, id: str) -> Listed:
    """
    A job with its attempts.

    Raises:
        NoSuchJob
    """
    rows = await store.rows(f"SELECT {sql.LISTED} FROM {JOBS} WHERE id = $1", id)
    if not rows:
        raise NoSuchJob(f"There is no job {id}.")
    attempts = await store.rows(sql.ATTEMPTS_OF, id)
    return _listed(rows[0], [Attempt(*map(text_of, each)) for each in attempts])


async def list_queues(store: JobStore) -> Sequence[QueueState]:
    """Every queue there was, with how many jobs are in it by state."""
    counts: dict[str, dict[str, int]] = {}
    for queue, state, count in await store.rows(sql.COUNTS):
        counts.setdefault(text_of(queue), {})[text_of(state)] = count
    states = {text_of(row[0]): row[1:] for row in await store.rows(sql.QUEUE_STATES)}
    return [
        _state(name, states.get(name, (False, 0, 0.0)), counts.get(name, {})) for name in sorted({*states, *counts})
    ]


async def cancel_job(store: JobStore, id: str) -> None:
    """
    Has a job not run.

    Raises:
        NoSuchJob: it runs, has ended, or is not there.
    """
    await _change(store, id, "state = 'cancelled', ended_at = $2", ("later", "waiting"), time.time())


async def run_job(store: JobStore, id: str) -> None:
    """
    Has a job run at once that is not due, or was cancelled.

    Raises:
        NoSuchJob
    """
    await _change(store, id, "state = 'waiting', ended_at = NULL", ("later", "waiting", "cancelled"))


async def replay_job(store: JobStore, id: str) -> None:
    """
    Has a job that is done or dead run once more, with the same id and as many tries as a new one.

    Raises:
        NoSuchJob
    """
    await _change(store, id, "state = 'waiting', ended_at = NULL, tries = 0", ("done", "dead"))


async def replay_dead(store: JobStore, queue: str | None = None, name: str | None = None) -> int:
    """Has everything that is dead run once more, of a queue or name or of all; how many."""
    chosen = [(column, value) for column, value in (("queue", queue), ("name", name)) if value is not None]
    conditions = "".join(f" AND {column} = ${place}" for place, (column, _) in enumerate(chosen, start=1))
    statement = (
        f"UPDATE {JOBS} SET state = 'waiting', ended_at = NULL, tries = 0 WHERE state = 'dead'{conditions} RETURNING id"
    )
    return len(await store.rows(statement, *(value for _, value in chosen)))


async def pause(store: JobStore, queue: str, *, is_paused: bool) -> None:
    """Has the jobs of a queue wait, or go on; what runs is not touched."""

    def work() -> Work[None]:
        yield sql.MAKE_QUEUE, (queue,)
        yield sql.PAUSE, (queue, is_paused)

    await store.do(work)


async def latest(store: JobStore, after: int, limit: int = 100) -> tuple[int, Sequence[str]]:
    """What was tried after an attempt, as lines; the last attempt. For whoever watches."""
    rows = await store.rows(
        f"SELECT tried.number, tried.began_at, tried.outcome, tried.status, tried.seconds, job.queue, job.name, job.id"
        f" FROM {ATTEMPTS} AS tried JOIN {JOBS} AS job ON job.id = tried.job"
        f" WHERE tried.number > $1 ORDER BY tried.number LIMIT {limit}",
        after,
    )
    return (rows[-1][0] if rows else after), [_line(*map(text_of, row)) for row in rows]


def _line(
    number: int, began_at: float, outcome: str, status: int, seconds: float, queue: str, name: str, job: str
) -> str:
    moment = time.strftime("%H:%M:%S", time.gmtime(began_at))
    return f"{moment}  {outcome:<6}  {status or '':<3}  {seconds * 1000:7.0f} ms  {queue}  {name}  {job}"


async def _change(store: JobStore, id: str, what: str, states: Sequence[str], *more: Any) -> None:
    listed = ", ".join(f"'{each}'" for each in states)
    rows = await store.rows(f"UPDATE {JOBS} SET {what} WHERE id = $1 AND state IN ({listed}) RETURNING id", id, *more)
    if not rows:
        raise NoSuchJob(f"There is no job {id} that is {' or '.join(states)}.", hint="portico jobs list")


def _listed(row: Sequence[Any], attempts: Sequence[Attempt] = ()) -> Listed:
    return Listed(*map(text_of, row), attempts=attempts)


def _state(name: str, row: Sequence[Any], counts: Mapping[str, int]) -> QueueState:
    is_paused, failures, open_until = row
    return QueueState(name, bool(is_paused), failures, open_until, counts)
