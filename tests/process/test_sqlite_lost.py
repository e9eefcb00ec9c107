"""SQLite under hard treatment: killed in the middle of writes, statements that do not end, clients that go away."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
from pathlib import Path
from threading import Event, Thread

from portico.resolvers.run.sqlite import SqliteEngine
from tests.process.conftest import Start, problem
from tests.support.server import Server, eventually

INSERT = "mutation ($number: Int!) { insertEntry(object: {number: $number}) { number } }"
LONG = "{ burdens { id } }"


class Writer:
    """Writes one number after the other until the server is gone, and remembers which were acknowledged."""

    def __init__(self, server: Server, numbers: range) -> None:
        self.acknowledged: list[int] = []
        self.is_underway = Event()
        self._thread = Thread(target=self._write, args=(server, numbers))
        self._thread.start()

    def _write(self, server: Server, numbers: range) -> None:
        for number in numbers:
            try:
                answer = server.ask(INSERT, {"number": number})
            except Exception:
                return
            self.acknowledged.append(answer.data["insertEntry"]["number"])
            if len(self.acknowledged) == 50:
                self.is_underway.set()

    def join(self) -> None:
        """Waits until it has noticed that the server is gone."""
        self._thread.join(30)


def test_no_acknowledged_write_is_lost_when_the_process_is_killed(start: Start) -> None:
    server = start("sqlite")
    writers = [Writer(server, range(beginning, 1_000_000, 3)) for beginning in range(3)]
    for writer in writers:
        assert writer.is_underway.wait(20)
    server.signal(signal.SIGKILL)
    server.wait()
    for writer in writers:
        writer.join()
    acknowledged = {number for writer in writers for number in writer.acknowledged}

    server.start()
    found = [row["number"] for row in server.ask("{ entries { number } }").data["entries"]]

    assert acknowledged <= set(found)
    assert len(found) == len(set(found))
    assert len(found) <= len(acknowledged) + len(writers)  # of each writer one may be there without its answer


def burden(server: Server) -> None:
    """Makes reading `burdens` take longer than anybody waits."""
    rows = [{"id": number} for number in range(1, 51)]
    document = "mutation ($rows: [BurdenInsertInput!]!) { insertBurdens(objects: $rows) { affectedRows } }"
    assert server.ask(document, {"rows": rows}).data == {"insertBurdens": {"affectedRows": 50}}


def test_a_statement_that_takes_too_long_is_cancelled(start: Start) -> None:
    server = start("sqlite", query_timeout_s=0.3)
    burden(server)

    assert problem(server.ask(LONG)) == (503, "PT405")
    assert server.ask("{ entries { number } }").data == {"entries": []}


def test_a_client_that_goes_away_leaves_no_statement(start: Start) -> None:
    server = start("sqlite", query_timeout_s=60.0)
    burden(server)
    connection = server.connect()
    connection.request("POST", "/graphql", json.dumps({"query": LONG}), {"content-type": "application/json"})
    before_s = server.cpu_s
    eventually(lambda: server.cpu_s > before_s + 0.1)
    connection.close()

    # There is one connection that reads: whoever asks next would wait for it.
    body = json.dumps({"query": "{ entries { number } }"}).encode()
    answer = server.request("POST", "/graphql", body, {"content-type": "application/json"}, timeout_s=10)
    assert answer.data == {"entries": []}


def test_what_was_interrupted_for_a_client_that_went_away_is_not_run_again(tmp_path: Path) -> None:
    runs: list[str] = []
    goes_on = Event()

    def interrupted(connection: sqlite3.Connection) -> None:
        runs.append("run")
        goes_on.wait(5)
        error = sqlite3.OperationalError("interrupted")
        error.sqlite_errorname = "SQLITE_INTERRUPT"
        raise error

    async def go_away() -> None:
        engine = SqliteEngine(str(tmp_path / "test.db"))
        await engine.start()
        request = asyncio.create_task(engine.run(interrupted))
        while not runs:
            await asyncio.sleep(0)
        request.cancel()
        for _ in range(5):  # whatever the loop still has to do for the request
            await asyncio.sleep(0)
        goes_on.set()
        await engine.close()

    asyncio.run(go_away())
    assert runs == ["run"]
