"""What can administrators do with jobs by GraphQL: functions of the role `admin` alone."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry

from portico.gateway.events import administration
from portico.gateway.events.administration import JobAdministration
from portico.gateway.events.jobs import Listed
from portico.schema import mutation, query


@strawberry.type
class JobAttempt:
    """One try of a job; status: that an endpoint answered with, answer: cut."""

    began_at: datetime
    seconds: float
    outcome: str
    status: int
    answer: str | None


@strawberry.type
class BackgroundJob:
    """A job. state: later, waiting, running, done, dead or cancelled."""

    id: str
    queue: str
    name: str
    key: str | None
    state: str
    tries: int
    due_at: datetime
    created_at: datetime
    ended_at: datetime | None
    answer: str | None
    payload: str
    attempts: list[JobAttempt]


@strawberry.type
class BackgroundQueue:
    """A queue. open_until: it failed so often that it is left alone until then."""

    name: str
    is_paused: bool
    failures: int
    open_until: datetime | None
    waiting: int
    running: int
    dead: int


@query(to="admin")
async def background_jobs(
    admin: JobAdministration,
    state: str | None = None,
    name: str | None = None,
    queue: str | None = None,
    limit: int = 100,
) -> list[BackgroundJob]:
    """Jobs, the latest first; without their attempts."""
    return [_shown(each) for each in await administration.list_jobs(admin.store, state, name, queue, limit)]


@query(to="admin")
async def background_job(id: str, admin: JobAdministration) -> BackgroundJob:
    """A job with its attempts."""
    return _shown(await administration.find_job(admin.store, id))


@query(to="admin")
async def background_queues(admin: JobAdministration) -> list[BackgroundQueue]:
    """The queues, each endpoint's among them."""
    return [
        BackgroundQueue(
            name=each.name,
            is_paused=each.is_paused,
            failures=each.failures,
            open_until=_moment(each.open_until) if each.open_until else None,
            waiting=each.counts.get("waiting", 0) + each.counts.get("later", 0),
            running=each.counts.get("running", 0),
            dead=each.counts.get("dead", 0),
        )
        for each in await administration.list_queues(admin.store)
    ]


@mutation(to="admin")
async def cancel_background_job(id: str, admin: JobAdministration) -> bool:
    """Have a job not run."""
    await administration.cancel_job(admin.store, id)
    return True


@mutation(to="admin")
async def replay_background_job(id: str, admin: JobAdministration) -> bool:
    """Have a job that is done or dead run once more, with the same id."""
    await administration.replay_job(admin.store, id)
    return True


@mutation(to="admin")
async def replay_dead_jobs(admin: JobAdministration, queue: str | None = None, name: str | None = None) -> int:
    """Have everything that is dead run once more; how many."""
    return await administration.replay_dead(admin.store, queue, name)


@mutation(to="admin")
async def pause_queue(queue: str, admin: JobAdministration, is_paused: bool = True) -> bool:
    """Have the jobs of a queue wait, or go on."""
    await administration.pause(admin.store, queue, is_paused=is_paused)
    return is_paused


def _shown(job: Listed) -> BackgroundJob:
    return BackgroundJob(
        id=job.id,
        queue=job.queue,
        name=job.name,
        key=job.key,
        state=job.state,
        tries=job.tries,
        due_at=_moment(job.due_at),
        created_at=_moment(job.created_at),
        ended_at=None if job.ended_at is None else _moment(job.ended_at),
        answer=job.answer,
        payload=job.payload,
        attempts=[
            JobAttempt(
                began_at=_moment(each.began_at),
                seconds=each.seconds,
                outcome=each.outcome,
                status=each.status,
                answer=each.answer,
            )
            for each in job.attempts
        ],
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
