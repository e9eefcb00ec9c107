"""How do functions reach the database: SQLAlchemy's sessions on connections of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from portico.gateway.engines import dialect_of, sqlite_path
from portico.gateway.settings import Settings
from portico.resolvers.documents import DocumentInvalid
from portico.resolvers.generations import Generations
from portico.resolvers.problems import DatabaseUnavailable, SessionUnfit
from portico.resolvers.request import Request
from portico.resolvers.run.joined import JoinedEngine
from portico.resolvers.run.sqlite import connect, pragmas_of
from portico.schema.problems import Problem
from portico.schema.provided import Data

if TYPE_CHECKING:
    from portico.resolvers.run.joined_postgres import Texts

_POOL_SIZE = 5  # beside the pool of queries: functions must not take what these wait for
_BUSY_TIMEOUT_S = 5.0
_READS = "portico_reads"
_MOST_REMEMBERED = 2_000  # statements that were asked in transactions of sessions


class Database(Data):
    """
    The database as functions have it.

    An ORM's session costs ten times what a statement on a held connection does (benchmarks/drivers), which is why nothing
    else goes this way; a function is code of the author's, and is worth more than that.

    Args:
        on_commit: called after each transaction that was committed, so that its changes are told at once.
    """

    def __init__(self, settings: Settings, folder: Path, on_commit: Callable[[], None] = lambda: None) -> None:
        self._make = lambda: _engine(settings, folder)
        self._is_sqlite = dialect_of(settings.database_url) == "sqlite"
        self._timeout_s = settings.query_timeout_s or None
        self._texts: Generations[str, Texts] = Generations(_MOST_REMEMBERED)
        self._turn = _Turn() if self._is_sqlite else nullcontext()
        self._engine: AsyncEngine | None = None
        self._on_commit = on_commit

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncSession]:
        """See `Data`."""
        with _in_our_words():
            async with self._turn, self._sessions() as session, session.begin():
                yield session
        self._on_commit()

    async def joined(self, session: AsyncSession) -> JoinedEngine:
        """
        Runs compiled statements in the transaction of a session of `begin` or `read`.

        Raises:
            SessionUnfit: it is another's, or over.
        """
        if self._engine is None or session.bind is not self._engine or not session.in_transaction():
            raise SessionUnfit("The session is not one that data.begin() has begun.", hint="Ask inside of its block.")
        connection = await session.connection()
        reads_only = bool(connection.sync_connection and connection.sync_connection.get_execution_options().get(_READS))
        raw = await connection.get_raw_connection()
        if not self._is_sqlite:
            from portico.resolvers.run.joined_postgres import JoinedPostgres

            driver: Any = raw.driver_connection
            if not driver.is_in_transaction():
                await connection.exec_driver_sql("SELECT 1")  # SQLAlchemy begins with the first statement
            return JoinedPostgres(driver, self._texts, reads_only=reads_only)
        from portico.resolvers.run.joined_sqlite import JoinedSqlite

        return JoinedSqlite(raw.driver_connection, self._timeout_s, reads_only=reads_only)

    def problem_of(self, error: DBAPIError) -> Problem:
        """What it means that a statement of a session, or its COMMIT, was refused."""
        driver: Any = error.orig
        driver = driver.__cause__ or driver
        if self._is_sqlite:
            from portico.resolvers.run import sqlite_errors

            return sqlite_errors.problem_of(driver)
        from portico.resolvers.run import postgres_errors

        return postgres_errors.problem_of(driver)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """See `Data`."""
        with _in_our_words():
            async with self._sessions() as session:
                await session.connection(execution_options={_READS: True})
                yield session

    async def close(self) -> None:
        """Ends the connections."""
        if self._engine is not None:
            await self._engine.dispose()

    def _sessions(self) -> AsyncSession:
        # Made with the first: the drivers that SQLAlchemy loads for it are no business of a start, nor of projects without functions.
        if self._engine is None:
            self._engine = self._make()
        return AsyncSession(self._engine, expire_on_commit=False)


class _Turn:
    """
    Writers of SQLite, one after another in the order in which they came.

    It has one writer at a time, and those that find it busy look again when they wake: of fifty who signed in at once some
    never came to it within five seconds.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        async with asyncio.timeout(_BUSY_TIMEOUT_S):
            await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


class CallersData(Data):
    """
    The database for one call of a function.

    Args:
        execute: answers requests. join: gives the database as functions have it in the transaction of a session.
    """

    def __init__(
        self,
        database: Database,
        request: Request,
        execute: Callable[[Request], Awaitable[bytes]],
        join: Callable[[AsyncSession, Request], Awaitable[Data]],
    ) -> None:
        self._database = database
        self._request = request
        self._execute = execute
        self._join = join

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """See `Data`."""
        return self._database.begin()

    def read(self) -> AbstractAsyncContextManager[AsyncSession]:
        """See `Data`."""
        return self._database.read()

    async def ask(self, document: str, *, session: AsyncSession | None = None, **variables: Any) -> dict[str, Any]:
        """See `Data`."""
        if session is not None:
            return await (await self._join(session, self._request)).ask(document, **variables)
        return await answer_to(self._execute, self._request, document, variables)


async def answer_to(
    execute: Callable[[Request], Awaitable[bytes]], request: Request, document: str, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """What a document is answered that a function asks in the course of a request."""
    asked = Request(
        document, None, variables, request.caller, trace=request.trace, connection=request.connection, whole=True
    )
    try:
        return orjson.loads(await execute(asked))["data"]
    except DocumentInvalid as error:
        raise _placeless(error.problems[0]) from error
    except Problem as problem:
        _placeless(problem)
        raise


def _placeless(problem: Problem) -> Problem:
    """The same without its place, which is in the function's document: the client is told the place of the function in theirs."""
    problem.path, problem.locations = "$", ()
    return problem


@contextmanager
def _in_our_words() -> Generator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise DatabaseUnavailable("The database is not available.", hint="Try again.") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailable("The database is not available.", hint="Try again.") from error
        raise


def _engine(settings: Settings, folder: Path) -> AsyncEngine:
    if dialect_of(settings.database_url) == "sqlite":
        path = sqlite_path(settings.database_url, folder)
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{path}",
            pool_size=_POOL_SIZE,
            max_overflow=0,
            pool_timeout=settings.pool_timeout_s,
            async_creator=lambda: _sqlite_connection(str(path), pragmas_of(settings.durability)),
        )
        _begin_at_once(engine.sync_engine)
        return engine
    url = settings.database_url.replace("postgres://", "postgresql://")
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+asyncpg://", 1)
    return create_async_engine(
        url,
        pool_size=_POOL_SIZE,
        max_overflow=0,
        pool_timeout=settings.pool_timeout_s,
        pool_pre_ping=True,
        connect_args={
            "max_cacheable_statement_size": 0,  # as of the engine's own connections
            "server_settings": {
                "application_name": "portico functions",
                "statement_timeout": str(int(settings.query_timeout_s * 1000)),
                "timezone": "UTC",
                "jit": "off",
            },
        },
    )


def _sqlite_connection(path: str, pragmas: Sequence[str]) -> Any:
    """A connection that also knows what compiled statements call: documents are asked in its transactions."""
    from aiosqlite import Connection

    connection = Connection(lambda: connect(path, pragmas), 64)
    thread: Any = connection._thread  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    thread.daemon = True  # as SQLAlchemy has it: an interpreter that exits must not wait for it
    return connection


def _begin_at_once(engine: Engine) -> None:
    """A transaction that reads first and then writes would fail beside another that did the same; so each begins as a writer."""

    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(_READS) else "BEGIN IMMEDIATE")

    event.listen(engine, "begin", begun)
