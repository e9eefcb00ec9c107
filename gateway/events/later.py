"""How is something put off: `Jobs`, as functions are handed it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.events.arguments import WrongArguments, to_json
from portico.gateway.events.sent import SentMessage, sent_message
from portico.gateway.events.tables import EventTables
from portico.resolvers.run.identifiers import new_id
from portico.schema.declarations import JobDeclaration
from portico.schema.provided import Data, Jobs, ScheduledJob

_MOST_FOUND = 1_000


class DurableJobs(Jobs):
    """
    Jobs in the tables, through SQLAlchemy's session: the caller's own, so that they are part of its transaction.

    Args:
        declared: gives the jobs of now by function.
        wake: called with a queue once a job in it is committed.
        most_bytes: of arguments.
    """

    def __init__(
        self,
        data: Data,
        tables: EventTables,
        declared: Callable[[], Mapping[Callable[..., Any], JobDeclaration]],
        wake: Callable[..., None],
        most_bytes: int,
    ) -> None:
        self._data = data
        self._jobs = tables.jobs
        self._declared = declared
        self._wake = wake
        self._most_bytes = most_bytes

    def within(self, data: Data) -> DurableJobs:
        """See `Provided`."""
        made = copy(self)
        made._data = data  # noqa: SLF001
        return made

    async def later(
        self,
        function: Callable[..., Any],
        arguments: Mapping[str, Any] | None = None,
        *,
        after: float | timedelta | None = None,
        at: datetime | None = None,
        key: str | None = None,
        priority: int | None = None,
        session: AsyncSession | None = None,
    ) -> str:
        """See `Jobs`."""
        declared = self._declared().get(function)
        if declared is None:
            raise WrongArguments(f"{function.__name__} is no job.", hint="Declare it: @job")
        payload = to_json(function, arguments or {}, self._most_bytes)
        options = declared.options
        return await self.put(
            options.queue,
            declared.name,
            payload,
            due_at=due_at_of(after, at),
            key=None if key is None else f"{declared.name}:{key}"[:300],
            rank=-(options.priority if priority is None else priority),
            session=session,
        )

    async def put(
        self,
        queue: str,
        name: str,
        payload: str,
        *,
        due_at: float = 0.0,
        key: str | None = None,
        rank: int = 0,
        recipient: str | None = None,
        id: str | None = None,
        session: AsyncSession | None = None,
    ) -> str:
        """Adds a job, in the caller's transaction or one of its own; its id."""
        if session is None:
            async with self._data.begin() as session:
                return await self.put(
                    queue, name, payload, due_at=due_at, key=key, rank=rank, recipient=recipient, id=id, session=session
                )
        now, made = time.time(), id or str(new_id())
        values = {
            "id": made,
            "queue": queue,
            "name": name,
            "payload": payload,
            "key": key,
            "rank": max(-1_000, min(1_000, rank)),
            "state": "later" if due_at > now else "waiting",
            "due_at": due_at or now,
            "recipient": recipient,
            "created_at": now,
        }
        await session.execute(insert(self._jobs).values(values))
        self._wake_after(session, queue)
        return made

    async def cancel(self, id: str, *, session: AsyncSession | None = None) -> bool:
        """See `Jobs`."""
        if session is None:
            async with self._data.begin() as session:
                return await self.cancel(id, session=session)
        jobs = self._jobs
        statement = (
            update(jobs)
            .where(jobs.c.id == id, jobs.c.state.in_(("later", "waiting")))
            .values(state="cancelled", ended_at=time.time())
            .returning(jobs.c.id)
        )
        return (await session.execute(statement)).first() is not None

    async def find(self, function: Callable[..., Any] | None = None, *, limit: int = 100) -> Sequence[ScheduledJob]:
        """See `Jobs`."""
        jobs = self._jobs
        statement = select(jobs).order_by(jobs.c.number.desc()).limit(min(limit, _MOST_FOUND))
        if function is not None:
            statement = statement.where(jobs.c.name == function.__name__)
        async with self._data.read() as session:
            rows = (await session.execute(statement)).all()
        return [
            ScheduledJob(row.id, row.name, row.state, datetime.fromtimestamp(row.due_at, UTC), row.tries)
            for row in rows
        ]

    async def sent_to(self, recipient: str, limit: int) -> list[SentMessage]:
        """The messages to a user, the latest first."""
        jobs = self._jobs
        statement = select(jobs).where(jobs.c.recipient == recipient).order_by(jobs.c.number.desc())
        async with self._data.read() as session:
            rows = (await session.execute(statement.limit(max(1, min(limit, _MOST_FOUND))))).all()
        return [sent_message(row) for row in rows]

    def _wake_after(self, session: AsyncSession, queue: str) -> None:
        loop, inner = asyncio.get_running_loop(), session.sync_session

        def wake(_: Any) -> None:
            if inner.in_nested_transaction():
                return  # a savepoint is let go of: nobody else sees the job yet
            # Not here: the driver is in the middle of what follows the commit.
            loop.call_soon(self._wake, queue)

        event.listen(inner, "after_commit", wake)


def due_at_of(after: float | timedelta | None, at: datetime | None) -> float:
    """When something that is put off is due, in seconds since 1970; 0 is at once."""
    if at is not None:
        return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()
    if after is None:
        return 0.0
    return time.time() + (after.total_seconds() if isinstance(after, timedelta) else after)
