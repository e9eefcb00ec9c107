"""Hosting: the files of a folder and nothing else, as browsers want them, and the app at its own addresses."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator
from pathlib import Path

import pytest

from portico.gateway.app import Gateway
from portico.gateway.problems import InvalidSettings
from portico.gateway.settings import HostingSettings, Settings, read_settings
from portico.schema.declarations import Declarations
from tests.support.server import Answer, Server, served

MODELS = """
from sqlalchemy.orm import Mapped
from portico.schema import IntId, Model, allow, everyone


class Note(Model):
    id: Mapped[IntId]


allow(Note, "read", when=everyone)
"""
PAGE = "<!doctype html><title>The app</title>"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SECRET = "nobody's business"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """A development server whose folder has all that could go wrong beside and inside of it."""
    folder = tmp_path_factory.mktemp("hosting")
    write_files(folder)
    toml = '[hosting]\nfolder = "public"\nmax_file_bytes = 1000\n'
    with served(folder, MODELS, "sqlite:///notes.db", toml=toml, command=("dev",)) as server:
        yield server


def write_files(folder: Path) -> None:
    public = folder / "public"
    for each in ("public/docs", "public/.git", "public/.well-known", "public/empty", "public-secret", "outside"):
        (folder / each).mkdir(parents=True)
    for name, text in {
        "index.html": PAGE,
        "app.js": "export {};",
        "app.CSS": "p {}",
        "a name with spaces.txt": "spaced",
        "blöße.txt": "umlauts",
        "picture.svg": "<svg/>",
        "program": "no extension",
        "data.unknown": "?",
        "graphql": "never served",
        "docs/index.html": "docs",
        ".env": SECRET,
        "portico.toml": SECRET,
        "portico.db": SECRET,
        "docs/Portico.DB-wal": SECRET,
        ".git/config": SECRET,
        ".well-known/security.txt": "Contact",
        "large.txt": "x" * 1001,
        "as-large.txt": "x" * 1000,
    }.items():
        (public / name).write_text(text)
    for name in ("secret.txt", "public-secret/secret.txt", "outside/secret.txt"):
        (folder / name).write_text(SECRET)
    (public / "inner.txt").symlink_to("app.js")
    (public / "out.txt").symlink_to(folder / "secret.txt")
    (public / "outside").symlink_to(folder / "outside")
    (public / "hidden.txt").symlink_to(".env")
    (public / "nowhere.txt").symlink_to("nothing")
    (public / "circle.txt").symlink_to("circle.txt")
    os.mkfifo(public / "pipe.txt")


def get(server: Server, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
    return server.request(method, path, headers=headers)


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/", "text/html; charset=utf-8", PAGE),
        ("/index.html", "text/html; charset=utf-8", PAGE),
        ("/?a=b", "text/html; charset=utf-8", PAGE),
        ("/docs/", "text/html; charset=utf-8", "docs"),
        ("/app.js", "text/javascript; charset=utf-8", "export {};"),
        ("/app%2ejs", "text/javascript; charset=utf-8", "export {};"),
        ("/app.CSS", "text/css; charset=utf-8", "p {}"),
        ("/picture.svg", "image/svg+xml; charset=utf-8", "<svg/>"),
        ("/a%20name%20with%20spaces.txt", "text/plain; charset=utf-8", "spaced"),
        ("/bl%C3%B6%C3%9Fe.txt", "text/plain; charset=utf-8", "umlauts"),
        ("/program", "application/octet-stream", "no extension"),
        ("/data.unknown", "application/octet-stream", "?"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8", "Contact"),
        ("/as-large.txt", "text/plain; charset=utf-8", "x" * 1000),
    ],
)
def test_a_file_comes_with_its_type(path: str, kind: str, text: str, server: Server) -> None:
    answer = get(server, path)
    assert (answer.status, answer.headers["content-type"], answer.text) == (200, kind, text)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_link_inside_of_the_folder_is_followed(server: Server) -> None:
    answer = get(server, "/inner.txt")
    assert (answer.text, answer.headers["content-type"]) == ("export {};", "text/javascript; charset=utf-8")


# Each is asked for as text and as a browser does, for whom a page must not stand in for what was refused.
OUTSIDE = (
    "/../secret.txt", "/docs/../../secret.txt", "/docs/../app.js", "/./app.js", "/.", "/..", "/docs/..", "/.../app.js",
    "/%2e%2e/secret.txt", "/%2E%2E/secret.txt", "/.%2e/secret.txt", "/docs/%2e%2e/%2e%2e/secret.txt",
    "/..%2fsecret.txt", "/..%2Fsecret.txt", "/docs%2findex.html", "/%2e%2e%2fsecret.txt", "/%2f%2e%2e%2fsecret.txt",
    "/%252e%252e/secret.txt", "/..%252fsecret.txt", "/%c0%ae%c0%ae/secret.txt", "/%ef%bc%8e%ef%bc%8e/secret.txt",
    "/..\\secret.txt", "/..%5csecret.txt", "/docs\\index.html", "/docs%5Cindex.html",
    "/app.js%00", "/%00", "/secret.txt%00.html", "/app.js%0a", "/app.js%7f", "/app.js%E2%80%AE",
    "//app.js", "/docs//index.html", "//etc/passwd", "/etc/passwd.txt", "/C:/secret.txt", "/app.js::$DATA",
    "/file:///etc/passwd.txt", "/../public-secret/secret.txt", "/public-secret/secret.txt", "/~root/x.txt",
    "/.env", "/.git/config", "/%2eenv", "/docs/.env", "/.well-known/../secret.txt", "/.well-known/.env",
    "/out.txt", "/outside/secret.txt", "/hidden.txt", "/nowhere.txt", "/circle.txt", "/pipe.txt",
    "/portico.db", "/Portico.toml", "/docs/Portico.DB-wal", "/app.js/x.txt", "/nothing.js", "/portico.toml", "/models.py", "/notes.db", f"/{'x' * 3000}.txt",
)  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_else_is_served(path: str, server: Server) -> None:
    for headers in ({}, BROWSER):
        status, body = sent(server, path, headers)
        assert (status, b'"problem":"PT110"' in body) == (404, True), body
        assert SECRET.encode() not in body


def sent(server: Server, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """As it is written, since clients of HTTP put paths right."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *(f"{k}: {v}" for k, v in headers.items())]
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize("path", ["/rooms", "/rooms/7", "/rooms/", "/empty/", "/docs", "/outside/secret", "/app.js/"])
def test_a_browser_gets_the_app_where_there_is_no_file(path: str, server: Server) -> None:
    answer = get(server, path, BROWSER)
    assert (answer.status, answer.text, answer.headers["vary"]) == (200, PAGE, "accept, accept-encoding")
    assert get(server, path, {"accept": "application/json"}).status == 404
    assert get(server, path, BROWSER, "POST").status == 404


def test_a_file_that_the_client_has_is_not_sent_again(server: Server) -> None:
    tag = get(server, "/app.js").headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = get(server, "/app.js", {"if-none-match": known})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert get(server, "/app.js", {"if-none-match": '"other"'}).status == 200
    (server.folder / "public" / "app.js").write_text("export {}; //")
    changed = get(server, "/app.js", {"if-none-match": tag})
    (server.folder / "public" / "app.js").write_text("export {};")
    assert (changed.status, changed.text) == (200, "export {}; //")


def test_head_has_the_head_alone(server: Server) -> None:
    whole, head = get(server, "/app.js"), get(server, "/app.js", method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "10")
    assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_files_are_read_only(method: str, server: Server) -> None:
    answer = get(server, "/app.js", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.error["extensions"]["problem"] == "PT111"


def test_a_large_file_is_refused(server: Server) -> None:
    answer = get(server, "/large.txt")
    assert (answer.status, answer.error["extensions"]["problem"]) == (403, "PT145")


def test_the_api_comes_before_files_and_graphiql_beside_them(server: Server) -> None:
    assert server.ask("{ notes { id } }").data == {"notes": []}
    for path in ("/graphql", "/graphiql"):
        assert "<title>Portico" in get(server, path, BROWSER).text
    assert get(server, "/ready").text == "OK"
    assert f":{server.port}/graphiql" in server.log


def gateway(folder: Path, **settings: object) -> Gateway:
    chosen = {"database_url": "sqlite:///data/notes.db", "hosting": HostingSettings(folder="public"), **settings}
    return Gateway(Declarations(), Settings(**chosen), folder)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"hosting": HostingSettings(folder="nothing")}, "there is no such folder"),
        ({"hosting": HostingSettings(folder=".")}, "would serve"),
        ({"hosting": HostingSettings(folder="..")}, "would serve"),
        ({"hosting": HostingSettings(folder="/")}, "would serve"),
        ({"database_url": "sqlite:///public/notes.db"}, "would serve 'notes.db'"),
        ({"models": "public/models.py"}, "would serve 'models.py'"),
    ],
)
def test_a_folder_with_private_things_in_it_is_not_served(
    settings: dict[str, object], told: str, tmp_path: Path
) -> None:
    (tmp_path / "public").mkdir()
    gateway(tmp_path)
    with pytest.raises(InvalidSettings, match=told):
        gateway(tmp_path, **settings)


def test_the_settings_are_a_table(tmp_path: Path) -> None:
    (tmp_path / "portico.toml").write_text('[hosting]\nfolder = "public"\n')
    settings = read_settings(tmp_path, {})
    assert settings.hosting == HostingSettings(folder="public")
    assert (
        '[hosting]\nfolder = "public"\nbucket = false\nmax_file_bytes = 16777216\nimmutable_folders = []\n'
        in settings.shown()
    )
    for wrong in ('hosting = "public"', '[hosting]\nfolders = "public"', "[hosting]\nfolder = 7"):
        (tmp_path / "portico.toml").write_text(wrong)
        with pytest.raises(InvalidSettings):
            read_settings(tmp_path, {})
