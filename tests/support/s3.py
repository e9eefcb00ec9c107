"""What S3 do tests talk to: moto's server behind a door that checks signatures, which moto does not."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from moto.server import ThreadedMotoServer

from portico.gateway.s3_settings import S3Settings
from tests.support.sigv4 import Refused, Signed, Verifier

BUCKET = "photos"
ACCESS_KEY = "AKIATESTS"
SECRET_KEY = "secret/of+the tests"


@dataclass
class Bucket:
    """A bucket, and what was asked of it: how each request was signed, its method and path."""

    endpoint_url: str
    seen: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    fail: list[str] = field(default_factory=list[str])  # methods and queries that are answered 500 from now on

    def settings(self, **given: Any) -> S3Settings:
        """Settings of a store in it."""
        held = S3Settings(
            bucket=BUCKET,
            endpoint_url=self.endpoint_url,
            path_style=True,
            access_key_id=ACCESS_KEY,
            secret_access_key=SECRET_KEY,
        )
        return replace(held, **given)

    def methods(self) -> list[str]:
        """The methods of what was asked, in order."""
        return [method for _, method, _ in self.seen]


@contextmanager
def checked_s3() -> Generator[Bucket]:
    """A server with the bucket `photos`."""
    moto = ThreadedMotoServer(port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    door = ThreadingHTTPServer(("127.0.0.1", 0), _Door)
    door.daemon_threads = True
    bucket = Bucket(f"http://127.0.0.1:{door.server_address[1]}")
    setattr(door, "behind", (host, port))  # noqa: B010  # an attribute of this use
    setattr(door, "bucket", bucket)  # noqa: B010
    thread = threading.Thread(target=door.serve_forever, daemon=True)
    thread.start()
    try:
        connection = http.client.HTTPConnection(host, port)
        connection.request(
            "PUT", f"/{BUCKET}", headers={"authorization": "AWS4-HMAC-SHA256 Credential=a/b/us-east-1/s3/x"}
        )
        assert connection.getresponse().status == 200
        connection.close()
        yield bucket
    finally:
        door.shutdown()
        door.server_close()
        moto.stop()


class _Door(BaseHTTPRequestHandler):
    """Lets through what is signed."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _any(self) -> None:
        server: Any = self.server
        if self.headers.get("expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path, _, query = self.path.partition("?")
        try:
            how = Verifier(ACCESS_KEY, SECRET_KEY).check(Signed(self.command, path, query, headers, body))
        except Refused as error:
            self._say(403, f"<Error><Code>{error}</Code></Error>".encode())
            return
        server.bucket.seen.append((how, self.command, self.path))
        if any(each in f"{self.command} {self.path}" for each in server.bucket.fail):
            self._say(500, b"<Error><Code>InternalError</Code></Error>")
            return
        connection = http.client.HTTPConnection(*server.behind)
        # Of host and port as the client has them, but hop by hop.
        for name in ("connection", "expect"):
            headers.pop(name, None)
        connection.request(self.command, self.path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding", "server"):
                self.send_header(name, value)
        length = answer.getheader("content-length") if self.command == "HEAD" else str(len(content))
        self.send_header("content-length", length or "0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        connection.close()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _any

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(0 if self.command == "HEAD" else len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
