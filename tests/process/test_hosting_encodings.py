"""How hosted files travel: packed by a build or here, each way with a tag of its own, and kept for good where a name says so."""

from __future__ import annotations

import gzip
import os
from collections.abc import Generator

import pytest

from portico.gateway.hosted_encodings import Packer, encodings_of, is_fingerprinted
from tests.process.test_hosting import BROWSER, MODELS, get
from tests.support.server import Server, served

PAGE = "<!doctype html>" + "<p>a page</p>" * 200
SCRIPT = "export const a = 1;\n" * 200
BOTH = {"accept-encoding": "gzip, deflate, br"}
GZIP = {"accept-encoding": "gzip"}
FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """A folder as a build leaves it."""
    folder = tmp_path_factory.mktemp("hosting")
    for each in ("public/assets", "public/fonts", "secret"):
        (folder / each).mkdir(parents=True)
    public = folder / "public"
    for name, content in {
        "index.html": PAGE.encode(),
        "app.js": SCRIPT.encode(),
        "small.js": b"1",
        "image.png": bytes(5_000),
        "assets/index-B7x1Kd9a.js": SCRIPT.encode(),
        "assets/index-B7x1Kd9a.js.br": b"packed with br",
        "assets/index-B7x1Kd9a.js.gz": gzip.compress(SCRIPT.encode()),
        "old.css": b"p {}" * 500,
        "old.css.br": b"packed before it was changed",
        "linked.css": b"p {}" * 500,
        "fonts/plain.woff2": b"a font",
        "large.txt": b"x" * 30_000,
        "large.txt.gz": gzip.compress(b"x" * 30_000),
    }.items():
        (public / name).write_bytes(content)
    os.utime(public / "old.css.br", (1_000_000_000, 1_000_000_000))
    (folder / "secret" / "packed").write_text("nobody's business")
    (public / "linked.css.br").symlink_to(folder / "secret" / "packed")
    toml = '[hosting]\nfolder = "public"\nmax_file_bytes = 20000\nimmutable_folders = ["fonts/"]\n'
    with served(folder, MODELS, "sqlite:///notes.db", toml=toml, command=("dev",)) as running:
        yield running


def test_what_a_build_has_packed_is_sent(server: Server) -> None:
    path = "/assets/index-B7x1Kd9a.js"
    br, gz, plain = (get(server, path, headers) for headers in (BOTH, GZIP, {}))
    assert (br.headers["content-encoding"], br.body) == ("br", b"packed with br")
    assert (gz.headers["content-encoding"], gzip.decompress(gz.body)) == ("gzip", SCRIPT.encode())
    assert "content-encoding" not in plain.headers
    assert plain.text == SCRIPT
    assert len({each.headers["etag"] for each in (br, gz, plain)}) == 3
    for each in (br, gz, plain):
        assert each.headers["content-type"] == "text/javascript; charset=utf-8"
        assert each.headers["vary"] == "accept-encoding"
        assert each.headers["cache-control"] == FOREVER


def test_what_is_not_packed_is_packed_here(server: Server) -> None:
    for _ in range(2):
        answer = get(server, "/app.js", BOTH)
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(answer.body).decode() == SCRIPT
        assert answer.headers["cache-control"] == "no-cache"
    assert "content-encoding" not in get(server, "/app.js").headers


def test_each_way_has_a_tag_of_its_own(server: Server) -> None:
    packed, plain = get(server, "/app.js", GZIP), get(server, "/app.js")
    for first, headers, status in ((packed, GZIP, 304), (packed, {}, 200), (plain, {}, 304), (plain, GZIP, 200)):
        assert get(server, "/app.js", {**headers, "if-none-match": first.headers["etag"]}).status == status


def test_heads_say_what_would_come(server: Server) -> None:
    answer = get(server, "/app.js", GZIP)
    head = get(server, "/app.js", GZIP, method="HEAD")
    for name in ("etag", "content-length", "content-encoding", "vary"):
        assert head.headers[name] == answer.headers[name]
    assert head.body == b""


@pytest.mark.parametrize("path", ["/small.js", "/image.png"])
def test_what_would_not_become_smaller_stays(path: str, server: Server) -> None:
    assert "content-encoding" not in get(server, path, BOTH).headers


def test_what_was_packed_before_a_change_is_not_sent(server: Server) -> None:
    answer = get(server, "/old.css", BOTH)
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == b"p {}" * 500


def test_a_link_is_no_packed_file(server: Server) -> None:
    answer = get(server, "/linked.css", {"accept-encoding": "br"})
    assert "content-encoding" not in answer.headers
    assert "nobody" not in answer.text


def test_what_is_too_large_may_be_packed_by_a_build(server: Server) -> None:
    assert get(server, "/large.txt").status == 403
    assert gzip.decompress(get(server, "/large.txt", GZIP).body) == b"x" * 30_000


def test_the_page_of_an_app_is_packed_and_asked_for_again(server: Server) -> None:
    answer = get(server, "/some/where-B7x1Kd9a", {**BROWSER, **BOTH})
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body).decode() == PAGE
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"] == "accept, accept-encoding"
    assert get(server, "/fonts/nowhere", {**BROWSER}).headers["cache-control"] == "no-cache"


def test_folders_that_are_said_never_to_change(server: Server) -> None:
    assert get(server, "/fonts/plain.woff2").headers["cache-control"] == FOREVER


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("index-B7x1Kd9a.js", True),
        ("chunk-vendor-B7x1Kd9a.js", True),
        ("main.3f2a1b9c.css", True),
        ("main.3f2a1b9c.chunk.css", True),
        ("index-B7x1Kd9a.js.map", True),
        ("logo.0a1b2c3d4e5f60718293.svg", True),
        ("jquery-validation.js", False),
        ("font-awesome4.css", False),
        ("bootstrap-5.3.8.min.js", False),
        ("Component-TypeScript.js", False),
        ("report-20261126.pdf", False),
        ("index-B7x1Kd9a.html", False),
        ("deadbeef.js", False),
        ("some-feedface.js", False),
        ("B7x1Kd9a", False),
        ("service-worker.js", False),
    ],
)
def test_fingerprints(name: str, expected: bool) -> None:
    assert is_fingerprinted(name) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"gzip, deflate, br", ("br", "gzip")),
        (b"GZIP;q=0.5", ("gzip",)),
        (b"br;q=0, gzip;q=0.000", ()),
        (b"", ()),
        (b"*", ()),
        (b"identity", ()),
        (b"xgzip", ()),
    ],
)
def test_encodings(header: bytes, expected: tuple[str, ...]) -> None:
    assert encodings_of(header) == expected


def test_memory_for_what_was_packed_is_bounded() -> None:
    contents = {name: os.urandom(600) for name in ("a", "b", "c")}
    size = len(gzip.compress(contents["a"]))
    packer = Packer(2 * size + 10)
    for name in ("a", "b", "a", "c"):
        assert gzip.decompress(packer.pack(name, b"1", contents[name])) == contents[name]
    assert [name for name, _ in packer.kept] == ["a", "c"]
    assert packer.size_bytes == 2 * size
    assert gzip.decompress(packer.pack("d", b"1", os.urandom(5_000)))
    assert packer.size_bytes == 2 * size
