"""How does GraphQL come into a transaction that functions have begun, and functions into one that GraphQL writes in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.data import Database, answer_to
from portico.gateway.event_settings import EventSettings
from portico.gateway.problems import InsideTooDeep
from portico.resolvers.problems import Conflict, SessionUnfit
from portico.resolvers.request import Request
from portico.resolvers.run.calls import Steps, own_table_missing
from portico.resolvers.run.execute import Executor
from portico.resolvers.run.functions import Provide
from portico.resolvers.run.joined import JoinedEngine
from portico.resolvers.sql.logged_tables import changing
from portico.resolvers.sql.program import WriteSlot
from portico.resolvers.sql.steps import written_tables
from portico.resolvers.sql.writer import Writer
from portico.schema.declarations import Declarations
from portico.schema.provided import Data, Provided
from portico.schema.scalars import DialectName

if TYPE_CHECKING:
    from portico.gateway.events.inside import InsideFunctions

_TRIES = 3
MOST_DEEP = 5
"""A function that looks into a write may write what functions look into, and so on, to this depth."""


class Joined(Data):
    """
    The database for functions that are called in a transaction: all that they do is part of it.

    Args:
        session: whose transaction it is. engine: runs statements in it. request: of who asks.
        depth: how many functions that look into writes are around it.
    """

    def __init__(
        self, joins: Joins, session: AsyncSession, engine: JoinedEngine, request: Request, depth: int = 0
    ) -> None:
        self.joins = joins
        self.session = session
        self.engine = engine
        self.request = request
        self.depth = depth

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncSession]:
        """See `Data`: an exception that leaves it undoes what was done in it alone."""
        async with self.session.begin_nested():
            await self.session.connection()
            yield self.session

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """See `Data`."""
        yield self.session

    async def ask(self, document: str, *, session: AsyncSession | None = None, **variables: Any) -> dict[str, Any]:
        """See `Data`: what fails undoes what the document has done, and no more."""
        if session is not None and session is not self.session:
            raise SessionUnfit("The session is not that of the transaction.", hint="Leave session= out here.")
        async with self.session.begin_nested():
            # SQLAlchemy makes the savepoint with a first statement of its own, and ours go past it.
            await self.session.connection()
            return await answer_to(partial(self.joins.execute, self), self.request, document, variables)

    def provide(self, provide: Provide, kind: type[Any], request: Request) -> Any:
        """What functions are handed that are called in it."""
        if kind is Data:
            return self
        found = provide(kind, request)
        return found.within(self) if isinstance(found, Provided) else found


class Joins:
    """
    Has documents answered in the transactions of sessions.

    Args:
        executor, provide: of now; what functions are handed.
        execute: answers a request by an executor.
    """

    def __init__(
        self,
        database: Database,
        executor: Callable[[], Executor],
        provide: Callable[[], Provide],
        execute: Callable[[Request, None, Executor], Awaitable[bytes]],
    ) -> None:
        self.database = database
        self.provide = provide
        self._executor = executor
        self._execute = execute

    async def join(self, session: AsyncSession, request: Request) -> Joined:
        """
        The transaction of a session, for who asks.

        Raises:
            SessionUnfit: it is none of the database's, or over.
        """
        return Joined(self, session, await self.database.joined(session), request)

    async def execute(self, joined: Joined, request: Request) -> bytes:
        """The whole response body of a request that succeeds."""
        executor = self._executor()
        inside = executor.inside.within(joined) if isinstance(executor.inside, Inside) else None
        provide = partial(joined.provide, self.provide())
        return await self._execute(request, None, executor.over(joined.engine, provide, inside))


class Inside:
    """
    Runs writes that functions look into. See `InsideWrites`.

    Args:
        logged: the tables whose changes are logged now.
    """

    def __init__(self, functions: InsideFunctions, joins: Joins, logged: Callable[[], Collection[str]]) -> None:
        self._functions = functions
        self._joins = joins
        self._logged = logged
        self._joined: Joined | None = None
        self._touching = changing(functions.tables)

    def within(self, joined: Joined) -> Inside:
        """The same for writes that are part of a transaction."""
        made = copy(self)
        made._joined = joined  # noqa: SLF001
        return made

    def concerns(self, slots: Collection[WriteSlot]) -> bool:
        """See `InsideWrites`."""
        return any(table in self._touching for slot in slots for step in slot.steps for table in written_tables(step))

    async def write(
        self,
        request: Request,
        places: Sequence[str],
        make: Callable[[], Sequence[Steps]],
        writer: Writer | None = None,
    ) -> list[bytes]:
        """See `InsideWrites`."""
        if not {table.fullname for table in self._functions.tables} <= set(self._logged()):
            raise own_table_missing()  # nobody would be called, and what should be refused would pass
        if self._joined is not None:
            return await self._write(self._joined, places, make(), writer)
        for attempt in range(1, _TRIES + 1):
            try:
                async with self._joins.database.begin() as session:
                    joined = await self._joins.join(session, request)
                    return await self._write(joined, places, make(), writer)
            except Conflict:
                # A deadlock or serialization failure: nothing was written, so the same can be tried again.
                if attempt == _TRIES:
                    raise
            except DBAPIError as error:
                raise self._joins.database.problem_of(error) from error  # the COMMIT was refused
        raise AssertionError

    async def _write(
        self, joined: Joined, places: Sequence[str], writes: Sequence[Steps], writer: Writer | None
    ) -> list[bytes]:
        if joined.depth >= MOST_DEEP:
            raise InsideTooDeep(
                f"Functions that look into writes write what functions look into, {MOST_DEEP} deep.",
                hint="A function that writes its own model calls itself.",
            )
        engine, answers = joined.engine, list[bytes]()
        engine.check_writes()
        inner = Joined(self._joins, joined.session, engine, joined.request, joined.depth + 1)
        async with engine.signed(writer):
            for place, steps in zip(places, writes, strict=True):
                last = await engine.last_change()
                answers.append(await engine.drive(steps))
                changes = await engine.changes_after(last, self._functions.most_rows + 1)
                await self._functions.call(changes, inner.session, inner.request, self._handing(inner), place)
        return answers

    def _handing(self, joined: Joined) -> Callable[[type[Any]], Any]:
        return lambda kind: joined.provide(self._joins.provide(), kind, joined.request)


def inside_of(
    declarations: Declarations,
    settings: EventSettings,
    dialect: DialectName,
    joins: Joins,
    logged: Callable[[], Collection[str]],
) -> Inside | None:
    """What runs writes that functions look into; None where none do, and nothing is loaded for them."""
    if not declarations.inside:
        return None
    from portico.gateway.events.inside import InsideFunctions

    return Inside(InsideFunctions(declarations.inside, settings, dialect), joins, logged)
