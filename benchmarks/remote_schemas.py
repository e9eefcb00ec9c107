"""What does another GraphQL service cost a request here: CPU over a query of rows alone, with a service that answers at once, without HTTP."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import uvloop
from sqlalchemy import create_engine
from sqlalchemy.orm import Mapped

from benchmarks.statements import show
from portico.gateway.engines import make_dialect
from portico.gateway.functions import remote_schema
from portico.resolvers.request import Request
from portico.resolvers.run.execute import Executor
from portico.resolvers.run.remotes import RemoteSchemas
from portico.resolvers.run.sqlite import SqliteEngine
from portico.schema import Caller, IntId, Model, allow, everyone
from portico.schema.declarations import declaring
from portico.schema.names import Names
from portico.schema.reading import read_catalog
from portico.schema.remotes import RemoteSchema

_REQUESTS = int(os.environ.get("PORTICO_BENCHMARK_REQUESTS", "500"))
_PASSES = 7
_SDL = "type Query { forecast(city: String!): Forecast, cities: [City!]! } type Forecast { high: Float, low: Float } interface City { id: ID!, name: String! } type Town implements City { id: ID!, name: String! }"
_ROWS = "trips { title }"
_DOCUMENTS: Mapping[str, str] = {
    "50 rows": f"{{ {_ROWS} }}",
    "50 rows and a field": f'{{ {_ROWS} weather {{ forecast(city: "Bern") {{ high low }} }} }}',
    "50 rows and 50 of an interface": f"{{ {_ROWS} weather {{ cities {{ id name __typename }} }} }}",
    "50 rows joined, of 10 cities": "{ trips { title forecast { high low } } }",
    "50 rows joined, of 50 cities": "{ trips { title other { high low } } }",
}


class _Service(RemoteSchemas):
    """Answers what every field may be."""

    async def ask(
        self, remote: RemoteSchema, document: str, variables: bytes, request: Request, *, most_bytes: int
    ) -> Mapping[str, Any]:
        forecast = {"high": 21.5, "low": 12.0}
        if "cities" in document:
            return {"data": {"cities": [{"type_": "Town", "id": str(each), "name": "a"} for each in range(50)]}}
        joined = {f"f{each}": forecast for each in range(len(orjson.loads(variables)))}
        return {"data": {"forecast": forecast, **joined}}


def main() -> None:
    """The command line."""
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(_measure(Path(folder) / "remotes.db"))


async def _measure(path: Path) -> None:
    executor = _executor(path)
    await executor.engine.start()
    costs: dict[str, list[float]] = {name: [] for name in _DOCUMENTS}
    caller = Caller(role="admin", roles=frozenset({"admin"}))
    for _ in range(_PASSES):
        for name, document in _DOCUMENTS.items():
            costs[name].append(await _cpu_us(executor, Request(document, None, {}, caller)))
    await executor.engine.close()
    show("CPU for a request", {name: median(each) for name, each in costs.items()})


async def _cpu_us(executor: Executor, request: Request) -> float:
    assert b"errors" not in await executor.execute(request)
    await asyncio.sleep(0)
    before = time.process_time()
    for _ in range(_REQUESTS):
        await executor.execute(request)
    return (time.process_time() - before) / _REQUESTS * 1e6


def _executor(path: Path) -> Executor:
    with declaring() as declarations:

        class Trip(Model):
            id: Mapped[IntId]
            title: Mapped[str]
            city: Mapped[str]

        allow(Trip, "read", when=everyone)
        weather = remote_schema("https://weather.example.com/", name="weather", to={})
        declarations.remote_schemas[-1] = replace(declarations.remote_schemas[-1], sdl=_SDL)
        weather.join(Trip, "forecast", {"city": Trip.city})
        weather.join(Trip, "forecast", {"city": Trip.title}, name="other")
        engine = create_engine(f"sqlite:///{path}")
        Model.metadata.create_all(engine)
        with engine.begin() as connection:
            for number in range(1, 51):
                values = (number, f"title {number}", f"city {number % 10}")
                connection.exec_driver_sql("INSERT INTO trips VALUES (?, ?, ?)", values)
        engine.dispose()
        catalog = read_catalog(declarations, dialect="sqlite", names=Names("plain"), relay=False)
        service = _Service()
        return Executor(
            catalog,
            SqliteEngine(str(path)),
            make_dialect("sqlite", stringify_numbers=False),
            provide=lambda kind, request: service,
        )


if __name__ == "__main__":
    main()
