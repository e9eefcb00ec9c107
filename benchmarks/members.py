"""What does one statement for many subscribers save: messages of rooms in a chat, alone and together, with the plans that Postgres made."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.schema import CreateTable

from benchmarks.store import Postgres, postgres
from portico.gateway.app import make_dialect
from portico.gateway.loading import load_models
from portico.resolvers.run.execute import Executor
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.sql.members import MembersStatement, compile_members
from portico.schema.caller import Caller
from portico.schema.names import Names
from portico.schema.reading import read_catalog

_MODELS = Path(__file__).parents[1] / "examples" / "chat" / "models.py"
_COUNTS = (1, 10, 100, 1_000)
_DOCUMENT = """query($room: UUID!) {
    messages(where: {roomId: {_eq: $room}}, orderBy: {sentAt: DESC}, limit: 20) { id body author { name } } }"""
_ROWS = """
    INSERT INTO users (name, email) SELECT 'u' || i, 'u' || i || '@x.y' FROM generate_series(1, 2000) i;
    INSERT INTO rooms (title, opened_by_id) SELECT 'r', id FROM (SELECT id FROM users ORDER BY id LIMIT 1000) u;
    INSERT INTO members (room_id, user_id) SELECT r.id, u.id
        FROM (SELECT id, row_number() OVER () n FROM rooms) r
        JOIN (SELECT id, row_number() OVER () n FROM users) u ON u.n % 1000 = r.n % 1000;
    INSERT INTO messages (room_id, author_id, body, sent_at)
        SELECT room_id, user_id, 'hello ' || i, now() - i * interval '1 minute' FROM members, generate_series(1, 100) i;
    CREATE INDEX ON messages (room_id, sent_at);
    ANALYZE;
"""


async def _main(url: str) -> None:
    declarations = load_models(_MODELS)
    dialect: Any = asyncpg_dialect()
    connection: Any = await asyncpg.connect(url)
    for table in declarations.registry.metadata.sorted_tables:
        await connection.execute(str(CreateTable(table).compile(dialect=dialect)))
    await connection.execute(_ROWS)
    pairs = await connection.fetch("SELECT room_id, user_id FROM members ORDER BY random() LIMIT 1000")
    await connection.close()

    engine = PostgresEngine(url, pool_size=1)
    await engine.start()
    catalog = read_catalog(declarations, dialect="postgres", names=Names("plain"))
    executor = Executor(catalog, engine, make_dialect("postgres"))
    operation, literals = executor.documents.find(_DOCUMENT, None, executor.role(Caller(role="user")))
    read = [operation.read({"room": str(room)}, literals) for room, _ in pairs]
    statement = operation.program(read[0][0]).statement
    assert statement is not None
    members = compile_members(operation.guarded(read[0][0]), executor.documents.dialect)
    parameters = [
        statement.bind(values, Caller(id=str(user), role="user"))
        for (_, values), (_, user) in zip(read, pairs, strict=True)
    ]
    for count in _COUNTS:
        some = parameters[:count]
        alone = await _best_ms(lambda some=some: _alone(engine, statement.sql, some))
        together = await _best_ms(lambda some=some: engine.read_all(members.sql, members.parameters(some)))
        print(f"{count:5} members: {alone:8.2f} ms alone, {together:8.2f} ms together")
    await _show_plans(engine, members, parameters)
    await engine.close()


async def _alone(engine: PostgresEngine, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
    for each in parameters:
        await engine.read(sql, each)


async def _best_ms(run: Callable[[], Awaitable[Any]], times: int = 15) -> float:
    found: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        await run()
        found.append(time.perf_counter() - start)
    return min(found) * 1_000


async def _show_plans(engine: PostgresEngine, members: MembersStatement, parameters: Sequence[Sequence[Any]]) -> None:
    kept = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT portico_members.n%'"
    for generic, custom in await engine.read_all(kept, ()):
        print(f"plans of the statement for members: {generic} generic, {custom} custom")
    for row in await engine.read_all("EXPLAIN ANALYZE " + members.sql, members.parameters(parameters[:100])):
        print(row[0].decode())


async def _fresh(server: Postgres) -> str:
    connection: Any = await asyncpg.connect(server.url)
    await connection.execute("DROP DATABASE IF EXISTS chat_members")
    await connection.execute("CREATE DATABASE chat_members")
    await connection.close()
    return server.database("chat_members")


def main() -> None:
    """The command line."""
    with postgres() as server:
        asyncio.run(_main(asyncio.run(_fresh(server))))


if __name__ == "__main__":
    main()
