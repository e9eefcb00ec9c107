"""Where do cases run: one database for each set of models and engine, seeded once and put back after writes."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Integer, Table, create_engine, insert, text
from sqlalchemy import inspect as sql_inspect
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from portico.gateway.errors import error_body, problems_of
from portico.gateway.joined import Joins
from portico.resolvers.request import Request
from portico.schema.caller import Caller
from portico.schema.declarations import Declarations, declaring
from portico.schema.infos import view_verbs_in
from portico.schema.names import Convention
from portico.schema.scalars import DialectName
from tests.support.backend import Backend, Place, sqlite_place
from tests.support.postgres import fresh_database

ADMIN = Caller(role="admin", roles=frozenset({"admin"}))
ANONYMOUS = Caller()


class Models:
    """A module of `tests/cases/models`, imported into a registry of its own."""

    def __init__(self, name: str) -> None:
        with declaring() as self.declarations:
            module: Any = importlib.import_module(f"tests.cases.models.{name}")
        self.callers: Mapping[str, Caller] = {"admin": ADMIN, "anonymous": ANONYMOUS, **getattr(module, "CALLERS", {})}
        self.seed: Sequence[tuple[Any, Sequence[Mapping[str, Any]]]] = module.SEED
        self.before: str = getattr(module, "BEFORE", "")

    @property
    def tables(self) -> Sequence[Table]:
        """Every table, those that others refer to first."""
        return self.declarations.registry.metadata.sorted_tables


class World:
    """One seeded database, served under each naming that cases ask for."""

    def __init__(self, models: Models, place: Place) -> None:
        self._models = models
        self._place = place
        self._backends: dict[Convention, Backend] = {}
        self._change(lambda connection: self._create(connection))

    def close(self) -> None:
        for backend in self._backends.values():
            backend.close()

    def run(
        self, document: str, naming: Convention, caller: str, variables: Mapping[str, Any], operation: str | None
    ) -> tuple[bytes, list[str]]:
        """The body of the answer and the statements that made it."""
        backend = self.backend(naming)
        backend.engine.statements.clear()
        request = Request(document, operation, variables, self.caller(caller))
        try:
            body = backend.run(backend.executor.execute(request))
        except Exception as error:
            if problems_of(error)[0].code == "PT599":
                raise
            body = error_body(problems_of(error))
        return body, list(backend.engine.statements)

    def run_joined(
        self,
        document: str,
        naming: Convention,
        caller: str,
        variables: Mapping[str, Any],
        operations: Sequence[str | None],
    ) -> dict[str, bytes]:
        """The bodies of the answers in the transaction of one session, which is undone then."""
        backend = self.backend(naming)

        async def ask() -> dict[str, bytes]:
            async with backend.joins.database.begin() as session:
                requests = [Request(document, each, variables, self.caller(caller)) for each in operations]
                bodies = {
                    each.operation_name or "": await self._asked(backend.joins, session, each) for each in requests
                }
                await session.rollback()
                return bodies

        return backend.run(ask())

    async def _asked(self, joins: Joins, session: AsyncSession, request: Request) -> bytes:
        try:
            async with session.begin_nested():
                return await joins.execute(await joins.join(session, request), request)
        except Exception as error:
            if problems_of(error)[0].code == "PT599":
                raise
            return error_body(problems_of(error))

    def backend(self, naming: Convention) -> Backend:
        """The world as it is served under a naming."""
        if naming not in self._backends:
            self._backends[naming] = Backend(self._declarations, self._place, naming=naming, create=False)
        return self._backends[naming]

    def caller(self, name: str) -> Caller:
        """One of the callers that the models name."""
        return self._models.callers[name]

    def restore(self) -> None:
        """Puts the seeded rows back, and counters where they were."""
        self._change(self._refill)

    @property
    def _declarations(self) -> Declarations:
        return self._models.declarations

    def _create(self, connection: Connection) -> None:
        for statement in filter(None, map(str.strip, self._models.before.split(";"))):
            connection.execute(text(statement))
        self._declarations.registry.metadata.create_all(connection)
        self._fill(connection)

    def _refill(self, connection: Connection) -> None:
        if self._place.dialect == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in reversed(self._models.tables):
            if view_verbs_in(table.info) is not None:
                continue
            connection.execute(table.delete())
        self._fill(connection)

    def _fill(self, connection: Connection) -> None:
        for subject, rows in self._models.seed:
            table: Table = subject if isinstance(subject, Table) else sql_inspect(subject).local_table
            # Row by row: in a batch, rows that leave a column out would be given those of the first.
            for row in rows:
                connection.execute(insert(table).values({table.c[name]: value for name, value in row.items()}))
        if self._place.dialect == "postgres":
            for table in self._models.tables:
                _set_counter(connection, table)

    def _change(self, work: Callable[[Connection], None]) -> None:
        if self._place.dialect == "sqlite":
            engine = create_engine(self._place.url)
            with engine.begin() as connection:
                work(connection)
            engine.dispose()
            return

        async def run() -> None:
            async_engine = create_async_engine(self._place.url.replace("postgresql://", "postgresql+asyncpg://"))
            async with async_engine.begin() as connection:
                await connection.run_sync(work)
            await async_engine.dispose()

        asyncio.run(run())


def _set_counter(connection: Connection, table: Table) -> None:
    """The next number is one more than the largest, as it always is on SQLite."""
    column = table.autoincrement_column
    if column is None or not isinstance(column.type, Integer) or column.foreign_keys:
        return
    name = connection.dialect.identifier_preparer.format_table(table)
    counter = f"pg_get_serial_sequence('{name}', '{column.name}')"
    quoted = connection.dialect.identifier_preparer.quote(column.name)
    connection.execute(text(f"SELECT setval({counter}, coalesce((SELECT max({quoted}) FROM {name}), 0) + 1, false)"))


class Worlds:
    """The worlds of a test session, made when a case first asks for one."""

    def __init__(self, folder: Path, postgres: str) -> None:
        self._folder = folder
        self._postgres = postgres
        self._models: dict[str, Models] = {}
        self._worlds: dict[tuple[str, DialectName], World] = {}
        self._stack = ExitStack()

    def get(self, models: str, engine: DialectName) -> World:
        """The world of a set of models on an engine."""
        known = self._worlds.get((models, engine))
        if known is None:
            if models not in self._models:
                self._models[models] = Models(models)
            known = self._worlds[models, engine] = World(self._models[models], self._place(models, engine))
        return known

    def _place(self, models: str, engine: DialectName) -> Place:
        if engine == "postgres":
            return Place("postgres", self._stack.enter_context(fresh_database(self._postgres)))
        folder = self._folder / models
        folder.mkdir()
        return sqlite_place(folder)

    def close(self) -> None:
        """Closes connections, and drops databases."""
        for world in self._worlds.values():
            world.close()
        self._stack.close()


def joined(bodies: Mapping[str, bytes]) -> bytes:
    """The answers of several operations as one object, by operation."""
    return b"{" + b",".join(orjson.dumps(name) + b":" + body for name, body in bodies.items()) + b"}"
