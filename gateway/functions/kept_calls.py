"""Where do the calls of asynchronous functions lie until whoever asked has seen what became of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Column, Float, Index, MetaData, String, Table, Text, delete, insert, select, text, update

from portico.gateway.functions.problems import TooManyCalls
from portico.resolvers.limits import FunctionLimits
from portico.schema.caller import ADMIN, Caller
from portico.schema.infos import OWN_PREFIX
from portico.schema.problems import Problem
from portico.schema.provided import Data, Provided

_CALLS = OWN_PREFIX + "remote_calls"
# Of calls that were never answered: their tries end within a day, unless somebody pauses the queue or replays them.
_UNANSWERED_S = 30 * 86_400.0

Put = Callable[..., Awaitable[Any]]
"""Adds the job of a call: `put(name, id, session)`."""


def remote_calls(metadata: MetaData) -> Table:
    """
    The table, declared in this metadata so that migrations make it; it is not served.

    actor: the id of who asked, null of callers without one; role: theirs. output, errors: as JSON. Moments are seconds since 1970.
    """
    known = metadata.tables.get(_CALLS)
    if known is not None:
        return known
    table = Table(
        _CALLS,
        metadata,
        Column("id", String(36), primary_key=True),
        Column("function", String(200), nullable=False),
        Column("actor", Text()),
        Column("role", Text(), nullable=False),
        Column("created_at", Float(53), nullable=False),
        Column("ended_at", Float(53)),
        Column("output", Text()),
        Column("errors", Text()),
        Column("forget_at", Float(53), nullable=False, index=True),
    )
    where = text("ended_at IS NULL")
    Index(f"ix_{_CALLS}_waiting", table.c.function, postgresql_where=where, sqlite_where=where)
    return table


_TABLE = remote_calls(MetaData())


async def forget_remote_calls(data: Data) -> None:
    """Forgets calls that were answered long ago."""
    async with data.begin() as session:
        await session.execute(delete(_TABLE).where(_TABLE.c.forget_at < time.time()))


@dataclass(frozen=True, slots=True)
class KeptCall:
    """A call. errors, output: None until it is answered."""

    id: str
    created_at: datetime
    is_ended: bool
    errors: Any
    output: Any


class KeptCalls(Provided):
    """
    The calls of asynchronous functions.

    A call is shown to whom it is from. Callers who have no id are not told apart: a call of theirs is shown to whoever has no id
    either, acts under the same role and knows the call's own, of which 122 bits are random. Administrators see all.

    Args:
        poll_s: between two looks for calls that other processes may have ended.
    """

    def __init__(self, data: Data, limits: FunctionLimits, poll_s: float) -> None:
        self._data = data
        self._limits = limits
        self._poll_s = poll_s
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._polling: asyncio.Task[None] | None = None

    async def ask(self, function: str, caller: Caller, put: Put) -> str:
        """
        Puts a call down along with its job, in one transaction; its id.

        Raises:
            TooManyCalls: as many wait as may.
        """
        made, now = str(uuid4()), time.time()
        waits = select(_TABLE.c.id).where(_TABLE.c.function == function, _TABLE.c.ended_at.is_(None))
        async with self._data.begin() as session:
            if (await session.execute(waits.offset(self._limits.waiting_calls - 1).limit(1))).first() is not None:
                raise TooManyCalls("As many calls of the function wait as may.", hint="Try again later.")
            values = {
                "id": made,
                "function": function,
                "actor": _actor(caller),
                "role": caller.role,
                "created_at": now,
                "forget_at": now + _UNANSWERED_S,
            }
            await session.execute(insert(_TABLE).values(values))
            await put(made, session)
        return made

    async def end(self, id: str, *, output: Any = None, errors: Mapping[str, Any] | None = None) -> None:
        """Keeps what became of a call, and tells who waits for it; whoever runs it again has the last word."""
        now = time.time()
        values = {
            "ended_at": now,
            "output": None if errors is not None else orjson.dumps(output).decode(),
            "errors": None if errors is None else orjson.dumps(errors).decode(),
            "forget_at": now + self._limits.kept_hours * 3600,
        }
        async with self._data.begin() as session:
            await session.execute(update(_TABLE).where(_TABLE.c.id == id).values(values))
        self._tell([id])

    async def find(self, id: str, function: str, caller: Caller) -> KeptCall | None:
        """A call, for whoever may see it."""
        asked = select(_TABLE).where(_TABLE.c.id == id, _TABLE.c.function == function)
        if caller.role != ADMIN:
            actor = _actor(caller)
            if actor is None:
                asked = asked.where(_TABLE.c.actor.is_(None), _TABLE.c.role == caller.role)
            else:
                asked = asked.where(_TABLE.c.actor == actor)
        async with self._data.read() as session:
            row = (await session.execute(asked)).first()
        return None if row is None else _call(row)

    async def watch(self, id: str, function: str, caller: Caller) -> AsyncGenerator[KeptCall | None]:
        """A call as it is now, and once more when it is answered; None, and no more, where there is none for the caller."""
        with self._told_of(id) as ended:
            call = await self.find(id, function, caller)
            yield call
            if call is not None and not call.is_ended:
                await ended.wait()
                yield await self.find(id, function, caller)

    async def close(self) -> None:
        """Ends the looking."""
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)

    # ---- who waits -----------------------------------------------------------------------------------

    @contextmanager
    def _told_of(self, id: str) -> Generator[asyncio.Event]:
        """An event that is set when a call ends."""
        ended = asyncio.Event()
        self._waiting.setdefault(id, set()).add(ended)
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._poll())
        try:
            yield ended
        finally:
            waiting = self._waiting[id]
            waiting.discard(ended)
            if not waiting:
                del self._waiting[id]

    def _tell(self, ids: Iterable[str]) -> None:
        for each in ids:
            for ended in self._waiting.get(each, ()):
                ended.set()

    async def _poll(self) -> None:
        """Asks for all that are waited for at once, while any is: another process may have the job."""
        while self._waiting:
            await asyncio.sleep(self._poll_s)
            try:
                await self._look([*self._waiting])
            except Problem:
                continue  # the database is away

    async def _look(self, ids: list[str]) -> None:
        for first in range(0, len(ids), 500):
            some = ids[first : first + 500]
            async with self._data.read() as session:
                found = select(_TABLE.c.id).where(_TABLE.c.id.in_(some), _TABLE.c.ended_at.is_not(None))
                self._tell((await session.scalars(found)).all())


def _actor(caller: Caller) -> str | None:
    return None if caller.id is None else str(caller.id)


def _call(row: Any) -> KeptCall:
    return KeptCall(
        row.id,
        datetime.fromtimestamp(row.created_at, UTC),
        row.ended_at is not None,
        None if row.errors is None else orjson.loads(row.errors),
        None if row.output is None else orjson.loads(row.output),
    )
