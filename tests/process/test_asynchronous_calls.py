"""Calls of asynchronous functions outlive whoever was asked: killed between question and answer, a server that starts again finishes them."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.backend import Place
from tests.support.server import ADMIN_KEY, eventually, served

MODELS = '''"""Counted elsewhere."""

from portico.gateway.functions import remote
from portico.schema import mutation


@mutation
@remote("URL/count", asynchronous=True)
async def count(upto: int) -> int: ...
'''
ANN = {"x-portico-admin-key": ADMIN_KEY, "x-hasura-role": "user", "x-hasura-user-id": "ann"}


@pytest.fixture
def service() -> Generator[Any]:
    """Answers once its gate is open, and notes the id of each request."""
    gate, ids = threading.Event(), list[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            ids.append(self.headers["webhook-id"])
            gate.wait(30)
            text = json.dumps(body["input"]["upto"] + 1).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # who was killed has not waited
    server.gate, server.ids = gate, ids
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    gate.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_call_whose_server_is_killed_is_answered_after_the_next_start(
    place: Place, tmp_path: Path, service: Any
) -> None:
    models = MODELS.replace("URL", f"http://127.0.0.1:{service.server_address[1]}")
    toml = "[events]\nlease_s = 0.5\npoll_s = 0.05\n"
    with served(tmp_path / "project", models, place.url, settings={"mode": "dev"}, toml=toml) as server:
        call = server.ask("mutation { count(upto: 4) }", headers=ANN).data["count"]
        eventually(lambda: service.ids)
        server.kill_at_once()
        server.start()
        show = "query ($id: UUID!) { count(id: $id) { errors output } }"
        assert server.ask(show, {"id": call}, ANN).data["count"] == {"errors": None, "output": None}
        service.gate.set()
        found = eventually(lambda: server.ask(show, {"id": call}, ANN).data["count"]["output"])
    assert found == 5
    assert len(service.ids) >= 2
    assert set(service.ids) == {call}
