"""When is a schedule due: asked of cronsim, and put among the jobs once, whoever comes first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from portico.gateway.events.jobs import NewJob, id_of
from portico.gateway.events.store import JobStore
from portico.gateway.observe import logger
from portico.schema.declarations import ScheduleDeclaration
from portico.schema.events import NotInTheBackground
from portico.schema.problems import Problem

_LONGEST_S = 30.0  # clocks are set, and machines sleep


def check_schedule(declared: ScheduleDeclaration) -> Problem | None:
    """What is wrong with an expression or a zone."""
    try:
        next_due(declared, time.time())
    except (CronSimError, StopIteration):
        wrong = f"{declared.expression!r} is no time that cron knows, or never comes."
    except (ZoneInfoNotFoundError, ValueError):
        wrong = f"There is no zone {declared.zone!r}."
    else:
        return None
    return NotInTheBackground(wrong, hint='@cron("*/5 * * * *", zone="Europe/Berlin")', source=declared.source)


def next_due(declared: ScheduleDeclaration, after: float) -> float:
    """The first due time after a moment, in seconds since 1970."""
    start = datetime.fromtimestamp(after, UTC).astimezone(ZoneInfo(declared.zone))
    return next(CronSim(declared.expression, start)).timestamp()


class Schedules:
    """
    Puts due schedules among the jobs.

    Every process does, and the first alone succeeds: the last due time is moved in the transaction that adds the job.

    Args:
        late_s: a time that was missed by more is not seen to any more.
        clock: seconds since 1970.
    """

    def __init__(
        self, store: JobStore, wake: Callable[..., None], late_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._wake = wake
        self._late_s = late_s
        self._clock = clock
        self._declared: Sequence[ScheduleDeclaration] = ()
        self._last: dict[tuple[str, str, str], float] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def use(self, declared: Sequence[ScheduleDeclaration]) -> None:
        """Takes those of now."""
        self._declared = tuple(declared)
        self._changed.set()

    async def start(self) -> None:
        """Begins."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                wait_s = await self.see()
            except Problem:
                wait_s = 1.0  # the database is away
            except Exception as error:
                logger().error("schedules cannot be seen to", exc_info=error)
                wait_s = _LONGEST_S
            self._changed.clear()
            try:
                async with asyncio.timeout(min(wait_s, _LONGEST_S) if self._declared else None):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def see(self) -> float:
        """Sees to what is due; after how many seconds something is next."""
        wait_s = _LONGEST_S
        for each in self._declared:
            now = self._clock()
            known = (each.name, each.expression, each.zone)
            last = self._last.get(known)
            if last is None:
                last = await self._store.begin_schedule(each.name, now)
            due = next_due(each, last)
            if due <= now:
                due = last = await self._catch_up(each, due, now)
                due = next_due(each, last)
            self._last[known] = last
            wait_s = min(wait_s, due - now)
        return max(0.0, wait_s)

    async def _catch_up(self, declared: ScheduleDeclaration, due: float, now: float) -> float:
        """Sees to the latest time that was due; the earlier ones were missed."""
        # Not one by one through a year of minutes.
        if due < now - self._late_s:
            due = next_due(declared, now - self._late_s)
            if due > now:
                return now
        while (following := next_due(declared, due)) <= now:
            due = following
        job = NewJob(
            id=id_of(f"{declared.name}/{due!r}"),
            queue=declared.options.queue,
            name=declared.name,
            payload=f'{{"due":{due!r}}}',
            rank=-declared.options.priority,
        )
        if await self._store.see_to(declared.name, due, [job]):
            self._wake(declared.options.queue)
        return due
