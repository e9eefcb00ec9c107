"""Hosting from a bucket of S3: the files of a folder of it and nothing else, streamed, and the app at its own addresses."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import pytest

from portico.gateway.app import Gateway
from portico.gateway.hosted_files import HostedFile
from portico.gateway.hosting import Hosting
from portico.gateway.problems import InvalidSettings
from portico.gateway.settings import HostingSettings, Settings
from portico.gateway.storage.problems import StoreUnavailable
from portico.gateway.storage.s3 import S3Store
from portico.gateway.storage_settings import StorageSettings
from portico.schema.declarations import Declarations
from tests.process.test_hosting import BROWSER, MODELS, PAGE, SECRET, get
from tests.support.s3 import ACCESS_KEY, SECRET_KEY, Bucket, checked_s3
from tests.support.server import Server, served

LARGE = os.urandom(65_536) * 640  # 40 MiB
PREFIX = "shop/"
FILES = {
    "app/index.html": PAGE.encode(),
    "app/docs/index.html": b"docs",
    "app/app.js": b"export {};",
    "app/main.3f2a1b9c.css": b"p {}",
    "app/frozen/a.txt": b"never another",
    "app/a name of blöße.txt": b"letters",
    "app/empty.txt": b"",
    "app/video.mp4": LARGE,
    "app/.env": SECRET.encode(),
    "app/portico.toml": SECRET.encode(),
    "app/packed.js": b"let long = 1;",
    "app/packed.js.br": b"br of it",
    "app/packed.js.gz": b"gzip of it",
    "application/secret.txt": SECRET.encode(),
    "photos.picture/aa/secret.txt": SECRET.encode(),
    "secret.txt": SECRET.encode(),
}


async def write(bucket: Bucket, files: dict[str, bytes]) -> None:
    store = S3Store(bucket.settings(prefix=PREFIX))
    client = await store.client.get()
    for key, body in files.items():
        await client.put_object(**store.where(key), Body=body, ContentType="text/html")
    await store.close()


@pytest.fixture(scope="module")
def bucket() -> Generator[Bucket]:
    """A bucket with an app in a folder of it, and other things beside it."""
    with checked_s3() as made:
        asyncio.run(write(made, FILES))
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, bucket: Bucket) -> Generator[Server]:
    """A development server that serves the app."""
    toml = f"""
[hosting]
folder = "app"
bucket = true
immutable_folders = ["frozen"]

[storage.s3]
bucket = "photos"
prefix = "{PREFIX}"
endpoint_url = "{bucket.endpoint_url}"
path_style = true
access_key_id = "{ACCESS_KEY}"
secret_access_key = "{SECRET_KEY}"
"""
    folder = tmp_path_factory.mktemp("hosting")
    with served(folder, MODELS, "sqlite:///notes.db", toml=toml, command=("dev",)) as server:
        yield server


@pytest.mark.parametrize(
    ("path", "kind", "body", "caching"),
    [
        ("/", "text/html; charset=utf-8", PAGE.encode(), "no-cache"),
        ("/docs/", "text/html; charset=utf-8", b"docs", "no-cache"),
        ("/app.js", "text/javascript; charset=utf-8", b"export {};", "no-cache"),
        ("/main.3f2a1b9c.css", "text/css; charset=utf-8", b"p {}", "public, max-age=31536000, immutable"),
        ("/frozen/a.txt", "text/plain; charset=utf-8", b"never another", "public, max-age=31536000, immutable"),
        ("/a%20name%20of%20bl%C3%B6%C3%9Fe.txt", "text/plain; charset=utf-8", b"letters", "no-cache"),
        ("/empty.txt", "text/plain; charset=utf-8", b"", "no-cache"),
    ],
)
def test_a_file_comes_as_from_a_folder(path: str, kind: str, body: bytes, caching: str, server: Server) -> None:
    answer = get(server, path)
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, kind, body)
    assert (answer.headers["cache-control"], answer.headers["content-length"]) == (caching, str(len(body)))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    head = get(server, path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "date": ""} == {**answer.headers, "date": ""}


@pytest.mark.parametrize(
    "path",
    [
        "/.env", "/portico.toml", "/nothing.js", "/../secret.txt", "/../application/secret.txt", "/%2e%2e/secret.txt",
        "/..%2fsecret.txt", "/docs/../app.js", "//app.js", "/../photos.picture/aa/secret.txt", "/docs%2findex.html",
    ],
)  # fmt: skip
def test_nothing_else_is_served(path: str, server: Server) -> None:
    answer = get(server, path)
    assert (answer.status, answer.error["extensions"]["problem"]) == (404, "PT110")


def test_a_browser_gets_the_app_where_there_is_no_file(server: Server) -> None:
    for path in ("/rooms/7", "/rooms/", "/docs"):
        answer = get(server, path, BROWSER)
        assert (answer.status, answer.text, answer.headers["cache-control"]) == (200, PAGE, "no-cache")
        assert answer.headers["vary"] == "accept, accept-encoding"
        assert get(server, path, {"accept": "application/json"}).status == 404
    assert get(server, "/app.js", BROWSER, "POST").status == 405


def test_a_file_that_the_client_has_is_neither_read_nor_sent(server: Server, bucket: Bucket) -> None:
    tag = get(server, "/app.js").headers["etag"]
    bucket.seen.clear()
    again = get(server, "/app.js", {"if-none-match": f'"other", {tag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert set(bucket.methods()) == {"HEAD"}
    asyncio.run(write(bucket, {"app/app.js": b"export { changed };"}))
    changed = get(server, "/app.js", {"if-none-match": tag})
    asyncio.run(write(bucket, {"app/app.js": FILES["app/app.js"]}))
    assert (changed.status, changed.text) == (200, "export { changed };")


def test_what_a_build_has_packed_is_sent_unless_the_file_has_changed(server: Server, bucket: Bucket) -> None:
    for taken, body in (("br, gzip", b"br of it"), ("gzip", b"gzip of it"), ("identity", b"let long = 1;")):
        answer = get(server, "/packed.js", {"accept-encoding": taken})
        assert (answer.body, answer.headers["vary"]) == (body, "accept-encoding")
        assert answer.headers.get("content-encoding") == (None if taken == "identity" else taken.split(",")[0])
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


def test_a_large_file_passes_through(server: Server) -> None:
    get(server, "/app.js")
    before = server.memory_bytes
    connection = server.connect()
    connection.request("GET", "/video.mp4")
    answer = connection.getresponse()
    most, parts = 0, []
    while part := answer.read(1_048_576):
        parts.append(part)
        most = max(most, server.memory_bytes)
    connection.close()
    assert b"".join(parts) == LARGE
    assert most - before < len(LARGE) // 2


def test_a_bucket_that_fails_is_told(server: Server, bucket: Bucket) -> None:
    bucket.fail.append("/app.js")
    try:
        answer = get(server, "/app.js", BROWSER)
    finally:
        bucket.fail.clear()
    assert (answer.status, answer.error["extensions"]["problem"]) == (503, "PT560")


class Endless:
    """Hosted files that have no end, and that say how many chunks of them were read."""

    def __init__(self, fails_after: int = 10_000) -> None:
        self.chunks = 0
        self._fails_after = fails_after

    async def find(self, names: tuple[str, ...], known: bytes, taken: tuple[str, ...]) -> HostedFile:
        return HostedFile(names[-1], b'"a"', self._read(), 10**9)

    async def _read(self) -> AsyncGenerator[bytes]:
        while self.chunks < self._fails_after:
            self.chunks += 1
            yield b"x"
            await asyncio.sleep(0)
        raise StoreUnavailable("The bucket is away.")

    async def close(self) -> None:
        """Nothing is open."""


async def ask(files: Endless, received: str) -> None:
    """As a client asks of whom this comes, and then nothing more."""
    waiting = [received]

    async def receive() -> Any:
        if not waiting:
            await asyncio.Event().wait()
        return {"type": waiting.pop()}

    async def send(message: Any) -> None:
        """To nobody."""

    scope: Any = {"method": "GET", "path": "/a.bin", "raw_path": b"/a.bin", "headers": []}
    await Hosting(files, policy="")(scope, receive, send)


def test_nothing_is_read_for_a_client_that_has_gone() -> None:
    files = Endless()
    asyncio.run(ask(files, "http.disconnect"))
    assert files.chunks < 10


def test_a_file_that_breaks_off_ends_the_connection() -> None:
    # Not as a problem, to which a second answer would be given.
    with pytest.raises(ConnectionAbortedError):
        asyncio.run(ask(Endless(fails_after=3), "http.request"))
    with pytest.raises(StoreUnavailable):
        asyncio.run(ask(Endless(fails_after=0), "http.request"))


@pytest.mark.parametrize(
    "folder", ["", "/", ".partial", "photos.picture", "/photos.picture/aa", "uploads", "uploads/a"]
)
def test_what_users_have_sent_is_not_served(folder: str, tmp_path: Path, bucket: Bucket) -> None:
    def gateway(folder: str) -> Gateway:
        hosting, storage = HostingSettings(folder=folder, bucket=True), StorageSettings(s3=bucket.settings())
        return Gateway(
            Declarations(), Settings(database_url="sqlite:///notes.db", hosting=hosting, storage=storage), tmp_path
        )

    gateway("app")
    with pytest.raises(InvalidSettings, match="what users have sent"):
        gateway(folder)


def test_a_bucket_must_be_named(tmp_path: Path) -> None:
    settings = Settings(database_url="sqlite:///notes.db", hosting=HostingSettings(folder="app", bucket=True))
    with pytest.raises(InvalidSettings, match="bucket of S3"):
        Gateway(Declarations(), settings, tmp_path)
