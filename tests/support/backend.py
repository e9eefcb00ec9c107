"""How do tests ask: models declared in the test, a database of their own, and questions under a role."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from portico.gateway.data import CallersData, Database
from portico.gateway.engines import make_dialect
from portico.gateway.errors import as_error, problems_of
from portico.gateway.joined import Joins
from portico.gateway.settings import Settings
from portico.resolvers.limits import FunctionLimits, Limits
from portico.resolvers.live.hub import Hub
from portico.resolvers.request import Request
from portico.resolvers.run.calls import Call, Steps
from portico.resolvers.run.engine import Engine
from portico.resolvers.run.execute import Executor
from portico.resolvers.run.functions import nothing_provided
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.run.sqlite import SqliteEngine
from portico.resolvers.sql.logged_tables import logged_tables
from portico.resolvers.sql.writer import Writer
from portico.schema.caller import Caller
from portico.schema.declarations import Declarations
from portico.schema.infos import stored_tables
from portico.schema.names import Convention, Names
from portico.schema.provided import Data
from portico.schema.reading import read_catalog
from portico.schema.scalars import DialectName

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Place:
    """An empty database: the engine's name and its URL."""

    dialect: DialectName
    url: str


class CountingEngine:
    """An engine that remembers every statement it was asked to run."""

    def __init__(self, engine: Engine) -> None:
        self.inner = engine
        self.statements: list[str] = []

    async def start(self) -> None:
        await self.inner.start()

    async def close(self) -> None:
        await self.inner.close()

    def wrote(self) -> None:
        self.inner.wrote()

    async def ping(self) -> None:
        await self.inner.ping()

    async def read(self, sql: str, parameters: Sequence[Any]) -> Sequence[Any] | None:
        self.statements.append(sql)
        return await self.inner.read(sql, parameters)

    async def read_all(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        self.statements.append(sql)
        return await self.inner.read_all(sql, parameters)

    async def write_one(self, call: Call, writer: Writer | None = None) -> Sequence[Any] | None:
        self.statements.append(call.sql)
        return await self.inner.write_one(call, writer)

    async def write(self, make: Callable[[], Sequence[Steps]], writer: Writer | None = None) -> list[bytes]:
        def counted() -> list[Steps]:
            return [self._counted(steps) for steps in make()]

        return await self.inner.write(counted, writer)

    def _counted(self, steps: Steps) -> Steps:
        try:
            call = next(steps)
            while True:
                self.statements.append(call.sql)
                call = steps.send((yield call))
        except StopIteration as stop:
            return stop.value


class Backend:
    """
    Models served from a database, without HTTP.

    `ask` gives the parsed response, errors included, as a client would see it.
    """

    def __init__(
        self,
        declarations: Declarations,
        place: Place,
        *,
        naming: Convention | Names = "plain",
        limits: Limits | None = None,
        stringify_numbers: bool = False,
        create: bool = True,
        relay: bool = False,
        logs: bool = False,
        function_limits: FunctionLimits | None = None,
    ) -> None:
        self.place = place
        self.database: Database | None = None
        self.loop = asyncio.new_event_loop()
        self.declarations = declarations
        chosen = limits or Limits()
        try:
            names = naming if isinstance(naming, Names) else Names(naming)
            self.catalog = read_catalog(declarations, dialect=place.dialect, names=names, relay=relay)
            if create:
                self.run(_create(declarations, place))
            self.engine = CountingEngine(_engine(place))
            self.dialect = make_dialect(place.dialect, stringify_numbers=stringify_numbers)
            logged = logged_tables(self.catalog) if logs else ()
            self.executor = Executor(
                self.catalog, self.engine, self.dialect, limits=lambda role: chosen, channels=Hub(), logged=logged,
                provide=self._provide, function_limits=function_limits,
            )  # fmt: skip
            self.run(self.engine.start())
        except BaseException:
            self.loop.close()
            raise

    def _provide(self, kind: type[Any], request: Request) -> Any:
        if kind is not Data:
            return nothing_provided(kind, request)
        joins = self.joins
        return CallersData(joins.database, request, self.executor.execute, joins.join)

    @property
    def joins(self) -> Joins:
        """How documents are asked in transactions of sessions."""
        if self.database is None:
            self.database = Database(Settings(database_url=self.place.url), Path())
        return Joins(self.database, lambda: self.executor, lambda: self._provide, self._execute_by)

    async def _execute_by(self, request: Request, found: None, executor: Executor) -> bytes:
        return await executor.execute(request, found)

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Runs something on this backend's loop."""
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        if self.database is not None:
            self.run(self.database.close())
        self.run(self.engine.close())
        self.loop.close()

    def bytes(
        self,
        document: str,
        *,
        role: str = "admin",
        id: Any = None,
        claims: Mapping[str, Any] | None = None,
        operation: str | None = None,
        trace: str = "",
        **variables: Any,
    ) -> bytes:
        """The body of an answer; problems are raised."""
        caller = Caller(id=id, role=role, roles=frozenset({role}), claims=claims or {})
        request = Request(document, operation, variables, caller, trace=trace.encode())
        return self.run(self.executor.execute(request))

    def ask(self, document: str, **keywords: Any) -> Any:
        """The response: `{"data": …}` or `{"errors": […]}`."""
        try:
            return json.loads(self.bytes(document, **keywords))
        except Exception as error:
            problems = problems_of(error)
            if problems[0].code == "PT599":
                raise
            return {"errors": [as_error(problem) for problem in problems]}

    def data(self, document: str, **keywords: Any) -> Any:
        """The data of an answer that must have no errors."""
        answer = self.ask(document, **keywords)
        assert "errors" not in answer, answer
        return answer["data"]

    def error(self, document: str, **keywords: Any) -> Any:
        """The first error of an answer that must have one."""
        answer = self.ask(document, **keywords)
        assert "errors" in answer, answer
        return answer["errors"][0]

    def sql(self, statement: str) -> None:
        """Runs SQL on the database, past everything."""
        self.run(execute(self.place, statement))


def _engine(place: Place) -> Engine:
    if place.dialect == "sqlite":
        return SqliteEngine(place.url.removeprefix("sqlite:///"))
    return PostgresEngine(place.url, pool_size=3)


async def _create(declarations: Declarations, place: Place) -> None:
    metadata = declarations.registry.metadata
    if place.dialect == "sqlite":
        engine = create_engine(place.url)
        metadata.create_all(engine, tables=stored_tables(metadata))
        engine.dispose()
        return
    async_engine = create_async_engine(place.url.replace("postgresql://", "postgresql+asyncpg://"))
    async with async_engine.begin() as connection:
        await connection.run_sync(metadata.create_all, tables=stored_tables(metadata))
    await async_engine.dispose()


async def execute(place: Place, statement: str) -> None:
    """Runs SQL on a database."""
    if place.dialect == "sqlite":
        import sqlite3

        connection = sqlite3.connect(place.url.removeprefix("sqlite:///"))
        connection.executescript(statement)
        connection.close()
        return
    import asyncpg

    connection = await asyncpg.connect(place.url)
    await connection.execute(statement)
    await connection.close()


def sqlite_place(folder: Path) -> Place:
    """An empty SQLite database."""
    return Place("sqlite", f"sqlite:///{folder / 'test.db'}")
