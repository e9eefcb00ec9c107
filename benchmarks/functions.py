"""What does a function field cost a request: CPU over a query of a row alone, for no-ops of every kind, in one process on SQLite."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import uvloop
from sqlalchemy import create_engine
from sqlalchemy.orm import Mapped

from benchmarks.statements import show
from portico.gateway.engines import make_dialect
from portico.resolvers.request import Request
from portico.resolvers.run.execute import Executor
from portico.resolvers.run.sqlite import SqliteEngine
from portico.schema import Caller, IntId, Model, allow, everyone, query
from portico.schema.declarations import declaring
from portico.schema.names import Names
from portico.schema.reading import read_catalog

_REQUESTS = int(os.environ.get("PORTICO_BENCHMARK_REQUESTS", "2000"))
_PASSES = 7
_ROW = "one: post(id: 1) { title }"

_DOCUMENTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "a row": (f"{{ {_ROW} }}", {}),
    "a row and a no-op": (f"{{ {_ROW} nothing }}", {}),
    "a row and a no-op with arguments": (f'query ($a: Int!) {{ {_ROW} given(a: $a, b: "x") }}', {"a": 1}),
    "a row and a dataclass": (f"{{ {_ROW} place {{ x y }} }}", {}),
    "a row and a no-op in a thread": (f"{{ {_ROW} threaded }}", {}),
    "a row and a function that gives a row": (f"{{ {_ROW} first {{ title }} }}", {}),
    "a row and a function that gives 20 rows": (f"{{ {_ROW} some {{ title }} }}", {}),
    "a no-op alone": ("{ nothing }", {}),
}


def main() -> None:
    """The command line."""
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(_measure(Path(folder) / "functions.db"))


async def _measure(path: Path) -> None:
    executor = _executor(path)
    await executor.engine.start()
    costs: dict[str, list[float]] = {name: [] for name in _DOCUMENTS}
    for _ in range(_PASSES):
        for name, (document, variables) in _DOCUMENTS.items():
            costs[name].append(await _cpu_us(executor, Request(document, None, variables, Caller())))
    await executor.engine.close()
    show("CPU for a request", {name: median(each) for name, each in costs.items()})


async def _cpu_us(executor: Executor, request: Request) -> float:
    await executor.execute(request)
    await asyncio.sleep(0)
    before = time.process_time()
    for _ in range(_REQUESTS):
        await executor.execute(request)
    return (time.process_time() - before) / _REQUESTS * 1e6


@dataclass(frozen=True)
class Place:
    """What a function gives."""

    x: int
    y: str


def _executor(path: Path) -> Executor:
    with declaring() as declarations:

        class Post(Model):
            id: Mapped[IntId]
            title: Mapped[str]

        allow(Post, "read", when=everyone)

        async def nothing() -> int:
            return 1

        async def given(a: int, b: str = "y") -> int:
            return a

        async def place() -> Place:
            return Place(1, "two")

        def threaded() -> int:
            return 1

        async def first() -> Post:
            return Post(id=1)

        async def some() -> list[Post]:
            return [Post(id=number) for number in range(1, 21)]

        for function in (nothing, given, place, threaded, first, some):
            hints = {"Post": Post, "list[Post]": list[Post]}
            function.__annotations__ = {k: hints.get(v, v) for k, v in function.__annotations__.items()}
            query(function)
        engine = create_engine(f"sqlite:///{path}")
        Model.metadata.create_all(engine)
        with engine.begin() as connection:
            for number in range(1, 51):
                connection.exec_driver_sql("INSERT INTO posts VALUES (?, ?)", (number, f"title {number}"))
        engine.dispose()
        catalog = read_catalog(declarations, dialect="sqlite", names=Names("plain"), relay=False)
        return Executor(catalog, SqliteEngine(str(path)), make_dialect("sqlite", stringify_numbers=False))


if __name__ == "__main__":
    main()
