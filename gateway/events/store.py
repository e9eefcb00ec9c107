"""Where do jobs lie: in the database that is served, reached over the engine's held connections, in few round trips."""

from __future__ import annotations

import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

import orjson

from portico.gateway.events import statements as sql
from portico.gateway.events.jobs import MOST_ANSWER, Job, NewJob, Queue, Result, text_of
from portico.resolvers.run.calls import Call, Steps
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.run.sqlite import SqliteEngine

Answer = TypeVar("Answer")
Row: TypeAlias = Sequence[Any]
Work: TypeAlias = Generator[tuple[str, Sequence[Any]], Sequence[Row], Answer]
"""Statements to run in one transaction: yields (statement, parameters), is sent rows, and returns what came out."""


# An endpoint that is back is told within so long: what waited for an hour because of one that was away for an hour would be our
# fault, and one try in half a minute is no burden to anybody.
_LONGEST_PAUSE_S = 30.0


class JobStore(ABC):
    """
    The jobs of a database.

    The ORM is not asked: a session costs ten times what a statement on a held connection does (benchmarks/drivers), and each job takes
    two. Methods raise the problems of `resolvers/problems.py`.
    """

    of: sql.Statements

    @abstractmethod
    async def do(self, work: Callable[[], Work[Answer]]) -> Answer:
        """Runs work in one transaction; it is made anew where it has to be begun again."""

    @abstractmethod
    async def rows(self, statement: str, *parameters: Any) -> Sequence[Row]:
        """Runs one statement."""

    @abstractmethod
    def adding(self, jobs: Sequence[NewJob]) -> Work[None]:
        """Work that adds jobs."""

    @abstractmethod
    async def settle(self, owner: str, results: Sequence[Result]) -> None:
        """Writes down what became of jobs, of those that the owner still has."""

    # ---- adding --------------------------------------------------------------------------------------

    async def add(self, jobs: Sequence[NewJob]) -> None:
        """Adds jobs; those whose ids are there already are passed over."""
        await self.do(lambda: self.adding(jobs))

    async def position(self) -> int | None:
        """The change of the log up to which there are jobs; None at the very first."""
        rows = await self.rows(sql.POSITION)
        return rows[0][0] if rows else None

    async def begin_at(self, sequence: int) -> None:
        """Says where to begin, unless somebody has."""
        await self.rows(sql.BEGIN_AT, sequence)

    async def move(self, before: int, after: int, jobs: Sequence[NewJob]) -> bool:
        """Adds the jobs of the changes between two; False, and nothing is done, where somebody else has."""

        def work() -> Work[bool]:
            if not (yield sql.MOVE, (before, after)):
                return False
            yield from self.adding(jobs)
            return True

        return await self.do(work)

    async def begin_schedule(self, name: str, last_due: float) -> float:
        """The last due time that was seen to; the given one where there was none."""
        await self.rows(sql.BEGIN_SCHEDULE, name, last_due)
        rows = await self.rows(sql.SCHEDULE, name)
        return rows[0][0] if rows else last_due

    async def see_to(self, name: str, due_at: float, jobs: Sequence[NewJob]) -> bool:
        """Adds the jobs of a schedule's due time; False where somebody else has."""

        def work() -> Work[bool]:
            if not (yield self.of.due, (name, due_at)):
                return False
            yield from self.adding(jobs)
            return True

        return await self.do(work)

    # ---- taking --------------------------------------------------------------------------------------

    async def look(self, queues: Iterable[str]) -> tuple[frozenset[str], float | None]:
        """(queues in which a job waits, the next moment at which one is due); what has become due waits from now on."""
        names = orjson.dumps([*queues]).decode()

        def work() -> Work[tuple[frozenset[str], float | None]]:
            yield self.of.promote, ()
            ready = yield self.of.ready, (names,)
            rows = yield self.of.look, ()
            return frozenset(text_of(row[0]) for row in ready), rows[0][0]

        return await self.do(work)

    async def claim(self, queue: Queue, most: int, owner: str, lease_s: float) -> list[Job]:
        """Gives a worker jobs, in order; nobody else is given them before the lease ends."""

        def work() -> Work[Sequence[Row]]:
            room, allowance, now = yield from self._room(queue, most)
            if room <= 0:
                return ()
            rows = yield self.of.claim, (queue.name, room, owner, lease_s)
            if queue.per_s is not None and rows:
                yield sql.COUNTED, (queue.name, allowance - len(rows), now)
            return rows

        if queue.is_limited:
            rows = await self.do(work)
        else:
            rows = await self.rows(self.of.claim, queue.name, most, owner, lease_s)
        return [_job(row) for row in sorted(rows, key=lambda row: (row[11], row[0]))]

    def _room(self, queue: Queue, most: int) -> Work[tuple[int, float, float]]:
        """(how many jobs may be begun now, the allowance of the queue's rate, the moment)."""
        state = yield self.of.queue, (queue.name,)
        if not state:
            return 0, 0.0, 0.0  # its row is made when what was loaded anew has begun
        is_paused, failures, open_until, allowance, counted_at, now = state[0]
        if is_paused or open_until > now:
            return 0, allowance, now
        running = (yield sql.RUNNING, (queue.name,))[0][0]
        room = most if queue.concurrency is None else min(most, queue.concurrency - running)
        if queue.failures and failures >= queue.failures:
            room = min(room, 1 - running)  # one goes ahead, to see whether it is well again
        if queue.per_s is not None:
            allowance = min(max(1.0, queue.per_s), allowance + (now - counted_at) * queue.per_s)
            room = min(room, int(allowance))
        return room, allowance, now

    async def renew(self, owner: str, lease_s: float) -> None:
        """Says that a worker lives."""
        await self.rows(self.of.renew, owner, lease_s)

    async def rescue(self) -> frozenset[str]:
        """Lets others have the jobs of workers that are gone; the queues that they are in."""

        def work() -> Work[frozenset[str]]:
            rows = yield self.of.rescue, ()
            for job, _ in rows:
                yield sql.KEEP_ATTEMPT, (text_of(job), 0.0, 0.0, "lost", 0, "The worker was gone.")
            return frozenset(text_of(queue) for _, queue in rows)

        return await self.do(work)

    async def make_queues(self, queues: Iterable[str]) -> None:
        """Makes the rows that those who take jobs agree over."""
        for name in queues:
            await self.rows(sql.MAKE_QUEUE, name)

    async def failed(self, queue: Queue) -> None:
        """What a queue leads to has failed once more; those that fail together are one failure once it is left alone."""

        def work() -> Work[None]:
            _, failures, open_until, *_, now = (yield self.of.queue, (queue.name,))[0]
            if open_until <= now:
                beyond = failures + 1 - queue.failures
                until = now + _left_alone_s(queue.pause_s, beyond) if beyond >= 0 else 0.0
                yield sql.FAILED, (queue.name, failures + 1, until)

        await self.do(work)

    async def went_well(self, queue: Queue) -> None:
        """It is well again."""
        await self.rows(sql.WENT_WELL, queue.name)

    async def sweep(self, keep_s: float, keep_rows: int) -> None:
        """Forgets jobs that ended long ago, and what is done beyond so many."""
        while len(await self.rows(self.of.sweep, keep_s, keep_rows)) == 1_000:
            pass
        await self.rows(sql.FORGET_ATTEMPTS)


class PostgresJobs(JobStore):
    """On Postgres: by its pool of connections, one statement for any number of jobs."""

    of = sql.POSTGRES

    def __init__(self, engine: PostgresEngine) -> None:
        self._engine = engine

    async def do(self, work: Callable[[], Work[Answer]]) -> Answer:
        """See `JobStore`."""
        found: list[Answer] = []
        await self._engine.write(lambda: [_steps(work(), found)])
        return found[-1]

    async def rows(self, statement: str, *parameters: Any) -> Sequence[Row]:
        """See `JobStore`."""
        return await self._engine.read_all(statement, parameters)

    def adding(self, jobs: Sequence[NewJob]) -> Work[None]:
        """See `JobStore`."""
        if jobs:
            yield self.of.add, _columns([_values(each) for each in jobs])

    async def settle(self, owner: str, results: Sequence[Result]) -> None:
        """See `JobStore`."""
        settled = _columns([(each.job.number, each.state, each.due_at, _answer(each)) for each in results])
        attempts = _columns([_attempt(each) for each in results if each.attempt is not None]) or [[] for _ in range(6)]
        await self.rows(self.of.settle, owner, *settled, *attempts)
        for each in _held_up(results):
            await self.rows(self.of.behind, *each)


class SqliteJobs(JobStore):
    """On SQLite: in the thread that writes, so that nobody waits for a lock."""

    of = sql.SQLITE

    def __init__(self, engine: SqliteEngine) -> None:
        self._engine = engine

    async def do(self, work: Callable[[], Work[Answer]]) -> Answer:
        """See `JobStore`."""
        return await self._engine.run(lambda connection: _transaction(connection, work()))

    async def rows(self, statement: str, *parameters: Any) -> Sequence[Row]:
        """See `JobStore`."""
        return await self._engine.run(lambda connection: _rows(connection, statement, parameters))

    def adding(self, jobs: Sequence[NewJob]) -> Work[None]:
        """See `JobStore`."""
        for each in jobs:
            yield self.of.add, _values(each)

    async def settle(self, owner: str, results: Sequence[Result]) -> None:
        """See `JobStore`."""

        def work() -> Work[None]:
            for each in results:
                yield self.of.settle, (owner, each.job.number, each.state, each.due_at, _answer(each))
                if each.attempt is not None:
                    yield sql.KEEP_ATTEMPT, _attempt(each)
            for each in _held_up(results):
                yield self.of.behind, each

        await self.do(work)


# ---- between records and rows ------------------------------------------------------------------------


def _values(job: NewJob) -> Sequence[Any]:
    return (job.id, job.queue, job.name, job.payload, job.key, job.rank, job.due_at, job.actor, job.trace)


def _job(row: Row) -> Job:
    number, called, queue, name, key, payload, tries, actor, trace, created_at, due_at, _, begun_at = map(text_of, row)
    return Job(number, called, queue, name, key, payload, tries, actor, trace, created_at, due_at, begun_at)


def _answer(result: Result) -> str | None:
    return result.attempt.answer[:MOST_ANSWER] if result.attempt is not None else None


def _attempt(result: Result) -> Sequence[Any]:
    attempt = result.attempt
    assert attempt is not None
    answer = attempt.answer[:MOST_ANSWER].replace("\0", "")
    return (result.job.id, attempt.began_at, attempt.seconds, attempt.outcome, attempt.status, answer)


def _held_up(results: Sequence[Result]) -> list[Sequence[Any]]:
    """(queue, key, moment) of what waits behind a job that is tried again: it is not looked at before."""
    return [(each.job.queue, each.job.key, each.due_at) for each in results if each.state == "later" and each.job.key]


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _left_alone_s(pause_s: float, beyond: int) -> float:
    """How long a queue is left alone after so many failures beyond those that it may have."""
    return max(pause_s, min(_LONGEST_PAUSE_S, pause_s * 2.0 ** min(beyond, 16)))


# ---- running work ------------------------------------------------------------------------------------


def _steps(work: Work[Answer], found: list[Answer]) -> Steps:
    """Work as an engine drives it."""
    try:
        statement, parameters = next(work)
        while True:
            outcome = yield Call(statement, [parameters])
            statement, parameters = work.send(outcome.rows)
    except StopIteration as stop:
        found.append(stop.value)
        return b""


def _transaction(connection: sqlite3.Connection, work: Work[Answer]) -> Answer:
    connection.execute("BEGIN IMMEDIATE")
    try:
        statement, parameters = next(work)
        while True:
            statement, parameters = work.send(_rows(connection, statement, parameters))
    except StopIteration as stop:
        connection.execute("COMMIT")
        return stop.value
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _rows(connection: sqlite3.Connection, statement: str, parameters: Sequence[Any]) -> Sequence[Row]:
    return connection.execute(_numbered(statement), parameters).fetchall()


@lru_cache
def _numbered(statement: str) -> str:
    """`$1` as SQLite has it."""
    return re.sub(r"\$(\d)", r"?\1", statement)
