"""What does Portico's SQL cost the database beside the floor's: both on one connection, so that nothing else differs."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from benchmarks.portico_server import CURSOR, Portico
from benchmarks.statements import Plans, compare, show
from benchmarks.store import EXAMPLE, SizeName, postgres, postgres_store
from benchmarks.workloads import WORKLOADS, Workload
from portico.gateway.engines import make_dialect
from portico.gateway.loading import load_models
from portico.resolvers.request import Request
from portico.resolvers.run.calls import Call
from portico.resolvers.run.execute import Executor
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.sql.writer import Writer
from portico.schema.caller import Caller
from portico.schema.catalog import RuleRef
from portico.schema.reading import read_catalog

_BODY = 123
"""Whose variables stand in the statement; all of them differ from each other."""


class _Recording(PostgresEngine):
    """Remembers the last statement; writes nothing."""

    sql = ""
    parameters: Sequence[Any] = ()

    async def read(self, sql: str, parameters: Sequence[Any], rules: Sequence[RuleRef] = ()) -> Sequence[Any] | None:
        self.sql, self.parameters = sql, parameters
        return await super().read(sql, parameters, rules)

    async def write_one(self, call: Call, writer: Writer | None = None) -> Sequence[Any] | None:
        self.sql, self.parameters = call.sql, call.parameters[0]
        return (b"null",)  # it is not run, and what it answers is not looked at


def beside_the_floor(url: str, size: SizeName, workloads: Sequence[Workload]) -> dict[str, tuple[float, float]]:
    """Workload → (CPU µs of the floor's statement, of Portico's)."""
    own = asyncio.run(own_statements(url, size, workloads))
    mode = asyncio.run(_plan_cache_mode(url))
    found: dict[str, tuple[float, float]] = {}
    for workload in workloads:
        forms = {"floor": workload.floor, "own": own[workload.name]}
        spent = compare(url, forms, workload.draws[size], passes=15, plans={"own": mode})
        found[workload.name] = spent["floor"], spent["own"]
    return found


async def _plan_cache_mode(url: str) -> Plans:
    """As Portico sets it on its connections."""
    engine = PostgresEngine(url, pool_size=1)
    row = await engine.read("SELECT current_setting('plan_cache_mode')", ())
    await engine.close()
    assert row is not None
    return row[0].decode()


async def own_statements(url: str, size: SizeName, workloads: Sequence[Workload]) -> dict[str, str]:
    """Workload → what Portico sends for it, with `:name` for variables."""
    catalog = read_catalog(load_models(EXAMPLE / "models.py"), dialect="postgres")
    engine = _Recording(url, pool_size=1)
    executor = Executor(catalog, engine, make_dialect("postgres"))
    await engine.start()

    async def ask(document: str, variables: Mapping[str, Any], role: str) -> Any:
        caller = Caller(role=role, roles=frozenset({role}))
        return orjson.loads(await executor.execute(Request(document, None, variables, caller)))

    found: dict[str, str] = {}
    for workload in workloads:
        variables: dict[str, Any] = workload.variables(size, _BODY)
        known = dict(variables)
        if workload.name == "keyset_page":
            answer = await ask(CURSOR, {"track": variables["track"]}, workload.role)
            known = {"genre": variables["genre"], "after": answer["data"]["tracksConnection"]["pageInfo"]["endCursor"]}
        await ask(Portico.documents[workload.name], known, workload.role)
        found[workload.name] = with_names(engine.sql, engine.parameters, variables)
    await engine.close()
    return found


def with_names(sql: str, parameters: Sequence[Any], variables: Mapping[str, int]) -> str:
    """The statement with `:name` where a variable's value goes, and literals for what no variable gives."""
    names = {str(value): f":{name}" for name, value in variables.items()}

    def written(match: re.Match[str]) -> str:
        value = parameters[int(match.group(1)) - 1]
        text = value.decode() if isinstance(value, bytes) else str(value)
        return names.get(text) or (text if isinstance(value, int) else "'" + text.replace("'", "''") + "'")

    return re.sub(r"\$(\d+)", written, sql)


def main() -> None:
    """The command line: names of workloads, all of them unless given; `--sql` prints the statements."""
    names = [name for name in sys.argv[1:] if name != "--sql"] or [*WORKLOADS]
    chosen = [WORKLOADS[name] for name in names]
    with postgres() as server:
        url = postgres_store(server, "large")
        if "--sql" in sys.argv:
            for name, statement in asyncio.run(own_statements(url, "large", chosen)).items():
                print(f"\n-- {name}\n{statement};")
            return
        for name, (floor, own) in beside_the_floor(url, "large", chosen).items():
            show(f"{WORKLOADS[name].title}, CPU of the database", {"floor": floor, "Portico's": own})


if __name__ == "__main__":
    main()
