"""How do functions reach the database: SQLAlchemy's sessions on connections of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from portico.gateway.engines import dialect_of, sqlite_path
from portico.gateway.settings import Settings
from portico.resolvers.documents import DocumentInvalid
from portico.resolvers.problems import DatabaseUnavailable
from portico.resolvers.request import Request
from portico.resolvers.run.sqlite import pragmas_of
from portico.schema.provided import Data

_POOL_SIZE = 5  # beside the pool of queries: functions must not take what these wait for
_BUSY_TIMEOUT_S = 5.0
_READS = "portico_reads"


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
        self._turn = _Turn() if dialect_of(settings.database_url) == "sqlite" else nullcontext()
        self._engine: AsyncEngine | None = None
        self._on_commit = on_commit

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncSession]:
        """See `Data`."""
        with _in_our_words():
            async with self._turn, self._sessions() as session, session.begin():
                yield session
        self._on_commit()

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
        execute: answers requests.
    """

    def __init__(self, database: Database, request: Request, execute: Callable[[Request], Awaitable[bytes]]) -> None:
        self._database = database
        self._request = request
        self._execute = execute

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """See `Data`."""
        return self._database.begin()

    def read(self) -> AbstractAsyncContextManager[AsyncSession]:
        """See `Data`."""
        return self._database.read()

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """See `Data`."""
        asked = Request(
            document,
            None,
            variables,
            self._request.caller,
            trace=self._request.trace,
            connection=self._request.connection,
            whole=True,
        )
        try:
            return orjson.loads(await self._execute(asked))["data"]
        except DocumentInvalid as error:
            raise error.problems[0] from error


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
            f"sqlite+aiosqlite:///{path}", pool_size=_POOL_SIZE, max_overflow=0, pool_timeout=settings.pool_timeout_s
        )
        _begin_at_once(engine.sync_engine, pragmas_of(settings.durability))
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
            "server_settings": {
                "application_name": "portico functions",
                "statement_timeout": str(int(settings.query_timeout_s * 1000)),
            }
        },
    )


def _begin_at_once(engine: Engine, pragmas: Sequence[str]) -> None:
    """A transaction that reads first and then writes would fail beside another that did the same; so each begins as a writer."""

    def connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(pragma)

    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(_READS) else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
