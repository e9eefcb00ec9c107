"""Fixtures of functions: a local service that notes what it is asked, and gateways over models written in tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.support.accounts import AccountServer
from tests.support.backend import Place


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        service: Any = self.server
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = {
            "path": self.path,
            "headers": headers,
            "raw": body,
            "body": json.loads(body) if service.parses else None,
        }
        service.asked.append(asked)
        status, more, answer = service.answer(asked)
        text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"content-length": str(len(text)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def service() -> Generator[Any]:
    """A local HTTP service that notes what it is asked; set `answer`: what was asked → (status, headers, JSON or bytes)."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # clients that have not waited
    server.asked, server.parses = [], True
    server.answer = lambda asked: (200, {}, None)
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def log() -> Generator[Any]:
    """What is logged; without settings, structlog would draw every local variable of a traceback, which takes seconds."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def gateway(place: Place, tmp_path: Path) -> Generator[Callable[..., AccountServer]]:
    """Serves a model file: `server = gateway(models, mode="prod")`."""
    opened: list[AccountServer] = []

    def serve(models: str, **settings: Any) -> AccountServer:
        folder = tmp_path / f"project{len(opened)}"
        folder.mkdir()
        server = AccountServer(place, folder, models=models, **settings)
        opened.append(server)
        return server

    yield serve
    for server in opened:
        server.close()
