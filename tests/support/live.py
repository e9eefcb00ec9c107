"""How do tests subscribe: a migrated database whose changes are logged, live operations over it, and outlets that remember."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from portico.gateway.engines import make_change_log, make_dialect
from portico.gateway.live import make_live
from portico.gateway.migrating import migrate
from portico.gateway.settings import Settings
from portico.resolvers.live.operations import LiveSubscription
from portico.resolvers.request import LiveRequest
from portico.resolvers.run.changes import Position
from portico.resolvers.run.engine import Engine
from portico.resolvers.run.execute import Executor
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.run.sqlite import SqliteEngine
from portico.resolvers.sql.logged_tables import logged_tables
from portico.schema.caller import Caller
from portico.schema.declarations import Declarations
from portico.schema.problems import Problem
from portico.schema.reading import read_catalog
from tests.support.backend import CountingEngine, Place

Answer = TypeVar("Answer")
_LOOK_S = 0.001
_PATIENCE_S = 20.0  # for what must come: a machine may be busy


class Heard:
    """An outlet that keeps everything; `blocked` stands for a client that does not read."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []
        self.ended: Sequence[Problem] | None = None
        self.is_clear = True
        self._news = asyncio.Event()

    def next(self, body: bytes) -> None:
        assert self.ended is None, "after the end"
        self.bodies.append(json.loads(body))
        self._news.set()

    def end(self, problems: Sequence[Problem] = ()) -> None:
        self.ended = tuple(problems)
        self._news.set()

    async def until(self, condition: Callable[[Heard], bool]) -> None:
        """Waits until what was heard meets a condition."""
        async with asyncio.timeout(_PATIENCE_S):
            while not condition(self):
                self._news.clear()
                await self._news.wait()


class Ear:
    """One subscription of a test."""

    def __init__(self, backend: LiveBackend, outlet: Heard, subscription: LiveSubscription | None) -> None:
        self._backend = backend
        self.outlet = outlet
        self.subscription = subscription
        self._taken = 0

    def next(self) -> Any:
        """The data of the next answer, which is waited for."""
        return self.body()["data"]

    def body(self) -> Any:
        """The next answer with its extensions."""
        self._backend.run(self.outlet.until(lambda heard: len(heard.bodies) > self._taken))
        self._taken += 1
        return self.outlet.bodies[self._taken - 1]

    def latest(self, wanted: Any) -> None:
        """Waits until the last answer has this data; the latest state wins, and those before may be any."""
        self._backend.run(self.outlet.until(lambda heard: bool(heard.bodies) and heard.bodies[-1]["data"] == wanted))
        self._taken = len(self.outlet.bodies)

    def is_silent(self) -> bool:
        """Whether nothing new was said; ask after something that had to be heard elsewhere."""
        return len(self.outlet.bodies) == self._taken and self.outlet.ended is None

    def end(self) -> Sequence[Problem]:
        """The problems that it ended with, which are waited for."""
        self._backend.run(self.outlet.until(lambda heard: heard.ended is not None))
        assert self.outlet.ended is not None
        return self.outlet.ended

    def block(self) -> None:
        """The client does not read any more."""
        self.outlet.is_clear = False

    def unblock(self) -> None:
        """The client reads again."""
        self.outlet.is_clear = True
        self._on_loop(lambda subscription: subscription.cleared())

    def close(self) -> None:
        self._on_loop(lambda subscription: subscription.close())

    def _on_loop(self, act: Callable[[LiveSubscription], None]) -> None:
        async def run() -> None:
            assert self.subscription is not None
            act(self.subscription)

        self._backend.run(run())


class LiveBackend:
    """Models served from a migrated database, for subscriptions, without sockets."""

    def __init__(self, declarations: Declarations, place: Place, **settings: Any) -> None:
        self.place = place
        self.loop = asyncio.new_event_loop()
        self.settings = Settings(database_url=place.url, live_interval_s=0.0, **settings)
        self.run(migrate(declarations, self.settings, Path()))
        self.engine = CountingEngine(_engine(place))
        self.dialect = make_dialect(place.dialect)
        self.executor = self.make_executor(declarations)
        self.run(self.engine.start())
        self.log = make_change_log(self.settings, self.engine.inner)
        self.mistakes: list[BaseException] = []
        self.live, self.feed = make_live(
            self.settings, self.log, self.executor, self.executor.execute, self.mistakes.append
        )
        self.run(self.feed.start())

    def make_executor(self, declarations: Declarations) -> Executor:
        names, relay = self.settings.names, self.settings.relay
        catalog = read_catalog(declarations, dialect=self.place.dialect, names=names, relay=relay)
        return Executor(
            catalog, self.engine, self.dialect, logged=logged_tables(catalog, self.settings.realtime_tables)
        )

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self.live.close())
        self.run(self.feed.close())
        self.run(self.engine.close())
        self.loop.close()
        assert not self.mistakes, self.mistakes

    def subscribe(
        self,
        document: str,
        *,
        role: str = "admin",
        id: Any = None,
        claims: Mapping[str, Any] | None = None,
        position: str | None = None,
        tells_position: bool = True,
        **variables: Any,
    ) -> Ear:
        """Begins an operation; problems are raised."""
        caller = Caller(id=id, role=role, roles=frozenset({role}), claims=claims or {})
        outlet = Heard()
        request = LiveRequest(document, None, variables, caller, position=position, tells_position=tells_position)
        return Ear(self, outlet, self.run(self.live.open(request, outlet)))

    def act_as(self, ear: Ear, *, role: str, id: Any = None) -> None:
        """Other credentials on the same socket."""

        async def act() -> None:
            assert ear.subscription is not None
            ear.subscription.act_as(Caller(id=id, role=role, roles=frozenset({role})))

        self.run(act())

    def reload(self, declarations: Declarations) -> None:
        """Other models or rules."""
        self.executor = self.make_executor(declarations)

        async def reload() -> None:
            self.live.reload(self.executor)

        self.run(reload())

    async def settled(self, position: Position) -> None:
        """Waits until every subscriber that reads has been given all that is before a position of the log."""
        async with asyncio.timeout(_PATIENCE_S):
            while not (self.feed.has_told(position) and self.live.is_settled):
                await asyncio.sleep(_LOOK_S)

    def settle(self) -> None:
        """Waits until every subscriber that reads has been given all that is."""
        self.run(self.settled(self.run(self.log.head())))

    def sql(self, *statements: str) -> None:
        """Writes in one transaction, as others do, past Portico."""
        self.run(_write(self.place, statements))


def _engine(place: Place) -> Engine:
    if place.dialect == "sqlite":
        return SqliteEngine(place.url.removeprefix("sqlite:///"))
    return PostgresEngine(place.url, pool_size=3)


async def _write(place: Place, statements: Sequence[str]) -> None:
    if place.dialect == "sqlite":
        import sqlite3

        connection = sqlite3.connect(place.url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.close()
        return
    import asyncpg

    connection = await asyncpg.connect(place.url)
    async with connection.transaction():
        for statement in statements:
            await connection.execute(statement)
    await connection.close()
