"""Postgres makes trouble: connections end, are all taken, or statements do not end; requests are answered or coded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import asyncpg
import pytest

from tests.process.conftest import Asking, Start, problem
from tests.support.server import Server, eventually

POOL_SIZE = 3
ENTRIES = "{ entries { number } }"
INSERT = "mutation { insertEntry(object: {number: 1}) { id } }"
EMPTY = {"entries": []}
_OURS = "FROM pg_stat_activity WHERE application_name = 'portico' AND datname = current_database()"


@pytest.fixture(scope="module")
def server(start: Start) -> Server:
    """A server whose statements may take long, but whose requests do not wait for a connection."""
    return start("postgres", pool_size=POOL_SIZE, pool_timeout_s=0.2, query_timeout_s=60.0)


def query(server: Server, sql: str) -> list[Any]:
    """The rows of one statement, run beside the server."""

    async def run() -> list[Any]:
        connection = await asyncpg.connect(server.database_url)
        try:
            return await connection.fetch(sql)
        finally:
            await connection.close()

    return asyncio.run(run())


@contextmanager
def locked(server: Server, table: str) -> Generator[None]:
    """While the block runs, statements on a table wait."""
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(asyncpg.connect(server.database_url))
    try:
        loop.run_until_complete(connection.execute(f"BEGIN; LOCK TABLE {table}"))
        yield
    finally:
        loop.run_until_complete(connection.close())
        loop.close()


def running(server: Server) -> int:
    """How many of the server's statements run or wait."""
    return query(server, f"SELECT count(*) {_OURS} AND state <> 'idle'")[0][0]


def end_connections(server: Server) -> int:
    """Ends the server's connections; how many there were."""
    return len(query(server, f"SELECT pg_terminate_backend(pid) {_OURS}"))


@contextmanager
def all_taken(server: Server) -> Generator[list[Asking]]:
    """While the block runs, every connection of the pool has a statement that waits."""
    with ExitStack() as stack:
        stack.enter_context(locked(server, "entries"))
        asking = [Asking(server, ENTRIES) for _ in range(POOL_SIZE)]
        eventually(lambda: running(server) == POOL_SIZE)
        yield asking


def test_requests_are_answered_after_all_connections_ended(server: Server) -> None:
    with all_taken(server) as asking:
        pass
    assert [each.answer.status for each in asking] == [200] * POOL_SIZE

    assert end_connections(server) == POOL_SIZE
    eventually(lambda: not query(server, f"SELECT 1 {_OURS}"))

    refused = [answer for answer in [server.ask(ENTRIES) for _ in range(2 * POOL_SIZE)] if answer.status != 200]
    assert len(refused) <= 1
    assert [problem(answer) for answer in refused] == [(503, "PT506")] * len(refused)


def test_a_request_whose_connection_ends_is_told_so_and_the_next_is_answered(server: Server) -> None:
    with all_taken(server) as asking:
        end_connections(server)
        answers = [each.answer for each in asking]

    assert [problem(answer) for answer in answers] == [(503, "PT506")] * POOL_SIZE
    assert server.ask(ENTRIES).data == EMPTY


def test_a_write_whose_connection_ends_leaves_nothing(server: Server) -> None:
    two = "mutation { insertEntry(object: {number: 1}) { id } insertBurdens(objects: [{id: 1}]) { affectedRows } }"
    with locked(server, "burdens"):
        asking = Asking(server, two)
        eventually(lambda: running(server) == 1)
        end_connections(server)
        answer = asking.answer

    assert problem(answer) == (503, "PT506")
    assert query(server, "SELECT id FROM entries UNION ALL SELECT id FROM burdens") == []


def test_a_request_that_finds_no_free_connection_is_refused_in_time(server: Server) -> None:
    with all_taken(server) as asking:
        refused = server.ask("{ burdens { id } }")

    assert problem(refused) == (503, "PT406")
    assert refused.headers["retry-after"] == "1"
    assert [each.answer.data for each in asking] == [EMPTY] * POOL_SIZE
    assert server.ask("{ burdens { id } }").data == {"burdens": []}


@pytest.mark.parametrize("document", [ENTRIES, INSERT], ids=["query", "mutation"])
def test_a_client_that_goes_away_leaves_no_statement(document: str, server: Server) -> None:
    with locked(server, "entries"):
        connection = server.connect()
        connection.request("POST", "/graphql", json.dumps({"query": document}), {"content-type": "application/json"})
        eventually(lambda: running(server) == 1)
        connection.close()
        eventually(lambda: running(server) == 0)

    assert server.ask(ENTRIES).data == EMPTY


def test_a_statement_that_waits_for_too_long_is_cancelled(start: Start) -> None:
    hasty = start("postgres", pool_size=1, query_timeout_s=0.3)
    with locked(hasty, "entries"):
        assert problem(hasty.ask(ENTRIES)) == (503, "PT405")
        assert problem(hasty.ask(INSERT)) == (503, "PT405")
        assert running(hasty) == 0

    assert hasty.ask(ENTRIES).data == EMPTY
