"""Who runs jobs: takes them from the store, runs so many at once, and writes down what became of them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from portico.gateway.events.jobs import Attempt, Job, Queue, Result
from portico.gateway.events.retries import next_try, pause_s
from portico.gateway.events.store import JobStore
from portico.gateway.observe import logger
from portico.resolvers.run.identifiers import new_id
from portico.schema.problems import Problem

_SWEEP_S = 600.0
_WELL_S = 1.0  # between two looks whether others have failed
_MOST_TAKEN = 500
# Jobs that are so short are taken in larger numbers: each taking costs two round trips (benchmarks/jobs).
_SHORT_S = 0.05


@dataclass(frozen=True, slots=True)
class Done:
    """What a handler says: its answer, which is kept where `is_kept`."""

    answer: str = ""
    status: int = 0
    is_kept: bool = False


class Failed(Exception):
    """
    A job failed in a way that its handler knows.

    Args:
        answer: for administrators. status: that was answered with.
        is_final: trying again would be of no use.
        after_s: not before; what the other side asks for.
        counts: whether what the queue leads to is held to be unwell.
    """

    def __init__(
        self, answer: str, *, status: int = 0, is_final: bool = False, after_s: float | None = None, counts: bool = True
    ) -> None:
        super().__init__(answer)
        self.answer, self.status, self.is_final, self.after_s, self.counts = answer, status, is_final, after_s, counts


@dataclass(frozen=True, slots=True)
class Handler:
    """How a job is run. tries: before it is dead. timeout_s: of one try."""

    queue: str
    run: Callable[[Job], Awaitable[Done]]
    tries: int = 20
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """poll_s: how often is looked without being told. lease_s: how long a worker may be silent. keep_s, keep_rows: what has ended."""

    poll_s: float = 0.25
    lease_s: float = 15.0
    keep_s: float = 604_800.0
    keep_rows: int = 100_000
    pause_s: Callable[[int], float] = pause_s


@dataclass(slots=True)
class _Lane:
    """A queue in this process: what runs, and what was taken and has not begun."""

    queue: Queue
    running: dict[asyncio.Task[None], Job] = field(default_factory=dict[asyncio.Task[None], Job])
    taken: deque[Job] = field(default_factory=deque[Job])
    room: int = 1
    well_at: float = 0.0


class Worker:
    """
    Runs the jobs of some queues.

    Args:
        handlers: gives those of now, by name; a job without one is tried again later.
        observe: told of every exception that no handler knows.
    """

    def __init__(
        self,
        store: JobStore,
        queues: Sequence[Queue],
        handlers: Callable[[], Mapping[str, Handler]],
        pace: Pace,
        observe: Callable[[BaseException], None],
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._pace = pace
        self._observe = observe
        self._lanes = {queue.name: _Lane(queue, room=queue.slots) for queue in queues}
        self._owner = str(new_id())
        self._woken = asyncio.Event()
        self._told: set[str] = set()
        self._ended = asyncio.Event()
        self._results: list[Result] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closing = False
        self._looked_at = 0.0

    def use(self, queues: Sequence[Queue]) -> None:
        """Takes other queues, after a reload; what runs goes on."""
        self._lanes |= {each.name: _Lane(each, room=each.slots) for each in queues if each.name not in self._lanes}
        for each in queues:
            self._lanes[each.name].queue = each

    async def start(self) -> None:
        """Begins."""
        await self._store.make_queues(each.queue.name for each in self._lanes.values())
        beating = (self._take_all, self._settle_all, self._beat, self._sweep)
        self._tasks = [asyncio.create_task(each()) for each in beating]

    def wake(self, *queues: str) -> None:
        """Says that there are jobs, and where; without queues, that somebody may have added some."""
        self._told.update(queues or self._lanes)
        self._woken.set()

    async def close(self, within_s: float) -> None:
        """Takes no more jobs, and waits for what runs; what has not ended by then, or not begun, is left to others."""
        self._is_closing = True
        for lane in self._lanes.values():
            self._results += [Result(job, "waiting") for job in lane.taken]
            lane.taken.clear()
        running = [task for lane in self._lanes.values() for task in lane.running]
        if running:
            _, late = await asyncio.wait(running, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for each in self._tasks:
            each.cancel()
        # What is being written down is not broken off: others would run it again.
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(Problem):
            while self._results:
                await self._flush()

    # ---- taking --------------------------------------------------------------------------------------

    async def _take_all(self) -> None:
        wait_s = 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()
            try:
                wait_s = await self._take()
            except Problem:
                wait_s = max(self._pace.poll_s, 1.0)  # the database is away
            except Exception as error:
                self._observe(error)
                wait_s = max(self._pace.poll_s, 1.0)

    async def _take(self) -> float:
        """Takes what there is room for; after how many seconds is to be looked again."""
        self._woken.clear()
        told, self._told = self._told & self._lanes.keys(), set()
        next_s = max(0.0, self._looked_at + self._pace.poll_s - time.monotonic())
        if not told or next_s == 0.0:
            self._looked_at, next_s = time.monotonic(), self._pace.poll_s
            ready, moment = await self._store.look(self._lanes)
            told |= ready
            if moment is not None:
                next_s = min(next_s, max(0.0, moment - time.time()))
        for name in told:
            lane = self._lanes[name]
            most = min(lane.room, _MOST_TAKEN) - len(lane.running) - len(lane.taken)
            if most > 0 and not self._is_closing:
                jobs = await self._store.claim(lane.queue, most, self._owner, self._pace.lease_s)
                lane.taken += jobs
                if len(jobs) == most:
                    self._told.add(name)  # there may be more
                self._begin(lane)
        return next_s

    def _begin(self, lane: _Lane) -> None:
        """Runs what was taken, as far as there are slots."""
        while lane.taken and len(lane.running) < lane.queue.slots and not self._is_closing:
            job = lane.taken.popleft()
            task = asyncio.create_task(self._run(lane, job))
            lane.running[task] = job
            task.add_done_callback(lambda task: self._ran(lane, task))

    def _ran(self, lane: _Lane, task: asyncio.Task[None]) -> None:
        lane.running.pop(task, None)
        self._begin(lane)
        if len(lane.running) + len(lane.taken) <= lane.room // 2:
            self.wake(lane.queue.name)

    # ---- running -------------------------------------------------------------------------------------

    async def _run(self, lane: _Lane, job: Job) -> None:
        began, began_at = time.perf_counter(), time.time()
        handler = self._handlers().get(job.name)
        try:
            if handler is None:
                raise Failed(f"Nothing here is called {job.name}.", counts=False)
            if job.tries > handler.tries:
                raise Failed("The worker was gone at every try.", is_final=True, counts=False)
            async with asyncio.timeout(handler.timeout_s):
                done = await handler.run(job)
        except asyncio.CancelledError:
            self._results.append(Result(job, "waiting"))
            raise
        except BaseException as error:
            failure = self._failure(error, job)
            attempt = Attempt(began_at, time.perf_counter() - began, "failed", failure.status, failure.answer)
            self._results.append(self._again(job, failure, handler, attempt))
            if lane.queue.failures and failure.counts:
                await self._is_unwell(lane)
        else:
            seconds = time.perf_counter() - began
            kept = Attempt(began_at, seconds, "done", done.status, done.answer) if done.is_kept else None
            self._results.append(Result(job, "done", attempt=kept))
            self._pace_of(lane, seconds)
            if lane.queue.failures:
                await self._is_well(lane)
        self._ended.set()

    def _failure(self, error: BaseException, job: Job) -> Failed:
        if isinstance(error, Failed):
            return error
        if isinstance(error, TimeoutError):
            return Failed("It took longer than it may.")
        if isinstance(error, Problem):
            return Failed(str(error))
        logger().error("a job failed", name=job.name, job=job.id, attempt=job.tries, exc_info=error)
        return Failed(f"{type(error).__name__}: {error}")

    def _again(self, job: Job, failure: Failed, handler: Handler | None, attempt: Attempt) -> Result:
        if failure.is_final or (handler is not None and job.tries >= handler.tries):
            return Result(job, "dead", attempt=attempt)
        due_at = next_try(time.time(), job.begun_at, self._pace.pause_s(job.tries), failure.after_s or 0.0)
        return Result(job, "dead", attempt=attempt) if due_at is None else Result(job, "later", due_at, attempt)

    @staticmethod
    def _pace_of(lane: _Lane, seconds: float) -> None:
        """Short jobs are taken ahead of their turn; long ones are left to whoever is free."""
        queue = lane.queue
        if queue.is_limited or seconds > _SHORT_S:
            lane.room = queue.slots
        elif lane.room < _MOST_TAKEN:
            lane.room = min(_MOST_TAKEN, lane.room + queue.slots)

    async def _is_unwell(self, lane: _Lane) -> None:
        lane.well_at = 0.0
        with suppress(Problem):
            await self._store.failed(lane.queue)

    async def _is_well(self, lane: _Lane) -> None:
        if time.monotonic() - lane.well_at < _WELL_S:
            return
        with suppress(Problem):
            await self._store.went_well(lane.queue)
            lane.well_at = time.monotonic()

    # ---- what became of them -------------------------------------------------------------------------

    async def _settle_all(self) -> None:
        """Writes results as they come: one statement for all that came while the last was under way."""
        while True:
            await self._ended.wait()
            try:
                await self._flushed()
            except Problem:
                await asyncio.sleep(1.0)
            except Exception as error:
                self._observe(error)
                await asyncio.sleep(1.0)

    async def _flushed(self) -> None:
        flushing = asyncio.ensure_future(self._flush())
        try:
            await asyncio.shield(flushing)
        except asyncio.CancelledError:
            await flushing
            raise

    async def _flush(self) -> None:
        self._ended.clear()
        results, self._results = self._results[:_MOST_TAKEN], self._results[_MOST_TAKEN:]
        if self._results:
            self._ended.set()
        if not results:
            return
        try:
            await self._store.settle(self._owner, results)
        except BaseException:
            self._results = results + self._results
            self._ended.set()
            raise
        # What waited behind a job of the same key can begin now.
        keyed = {each.job.queue for each in results if each.job.key is not None}
        if keyed:
            self.wake(*keyed)

    async def _beat(self) -> None:
        """Says that it lives, and has others' jobs begun again when those do not."""
        while True:
            try:
                if any(lane.running or lane.taken for lane in self._lanes.values()):
                    await self._store.renew(self._owner, self._pace.lease_s)
                if rescued := await self._store.rescue():
                    self.wake(*rescued)
            except Problem:
                pass  # the database is away
            except Exception as error:
                self._observe(error)
            await asyncio.sleep(min(1.0, self._pace.lease_s / 3))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            try:
                await self._store.sweep(self._pace.keep_s, self._pace.keep_rows)
            except Problem:
                continue
            except Exception as error:
                self._observe(error)
