"""The page and its files over HTTP: types, caching, policy, and nothing but what is meant to be served."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from portico.gateway.graphiql import GraphiqlPage
from tests.console.conftest import Served

HOSTILE = '<script>alert("&")</script>'


class Answer:
    """What was sent."""

    def __init__(self, messages: list[MutableMapping[str, Any]]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.body: bytes = messages[1]["body"]

    @property
    def text(self) -> str:
        return self.body.decode()


def sent(work: Callable[[Any], Any]) -> Answer:
    messages: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    asyncio.run(work(send))
    return Answer(messages)


def page_of(page: GraphiqlPage, host: bytes = b"localhost:8000") -> Answer:
    scope = {"type": "http", "headers": [(b"host", host)]}
    return sent(lambda send: page.page(scope, _nothing, send))


def asset_of(page: GraphiqlPage, path: str) -> Answer:
    return sent(lambda send: page.asset(GraphiqlPage.prefix + path, send))


async def _nothing() -> MutableMapping[str, Any]:
    return {}


@pytest.fixture
def built(tmp_path: Path) -> GraphiqlPage:
    """A page whose files are there, though they are not GraphiQL."""
    folder = tmp_path / "graphiql"
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "secret.js").write_text("secret")
    (folder / "inner" / "secret.js").write_text("secret")
    (folder / "version.txt").write_text("v1")
    for name in ("graphiql.js", "graphiql.css", "icons.ttf", "LICENSES.txt"):
        (folder / name).write_text(f"this is {name}")
    return GraphiqlPage(lambda: None, folder=folder)


@pytest.fixture
def missing(tmp_path: Path) -> GraphiqlPage:
    return GraphiqlPage(lambda: HOSTILE, folder=tmp_path / "nowhere")


def test_without_files_the_page_says_how_to_get_them(missing: GraphiqlPage) -> None:
    answer = page_of(missing)
    assert not missing.is_built
    assert answer.status == 200
    assert "make assets" in answer.text
    assert "portico token alice --create" in answer.text
    assert "<script" not in answer.text


def test_without_files_the_page_shows_trouble_and_its_own_address_escaped(missing: GraphiqlPage) -> None:
    assert "&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;" in page_of(missing).text
    assert "http://example.test:4000/graphql" in page_of(missing, b"example.test:4000").text
    assert "<script" not in page_of(missing, HOSTILE.encode()).text


def test_with_files_the_page_names_them_under_their_version(built: GraphiqlPage) -> None:
    text = page_of(built).text
    assert "<title>Portico · GraphiQL</title>" in text
    assert '<script type="module" src="/portico/graphiql/v1/graphiql.js"></script>' in text
    assert '<link rel="stylesheet" href="/portico/graphiql/v1/graphiql.css">' in text


def test_trouble_is_in_the_page_from_the_start_and_escaped(built: GraphiqlPage, tmp_path: Path) -> None:
    assert 'role="alert" hidden>' in page_of(built).text
    text = page_of(GraphiqlPage(lambda: HOSTILE, folder=tmp_path / "graphiql")).text
    assert "hidden>" not in text
    assert "&lt;script&gt;" in text
    assert "The version before this save is still being served." in text
    assert "<script>" not in text


def test_the_policy_allows_no_script_but_files_of_this_server(built: GraphiqlPage, missing: GraphiqlPage) -> None:
    for answer in (page_of(built), page_of(missing), asset_of(built, "v1/graphiql.js"), asset_of(built, "state")):
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("graphiql.js", "text/javascript; charset=utf-8"),
        ("graphiql.css", "text/css; charset=utf-8"),
        ("icons.ttf", "font/ttf"),
        ("LICENSES.txt", "text/plain; charset=utf-8"),
    ],
)
def test_files_have_their_types_and_are_kept_for_ever(built: GraphiqlPage, name: str, kind: str) -> None:
    answer = asset_of(built, f"v1/{name}")
    assert (answer.status, answer.text) == (200, f"this is {name}")
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_page_and_its_state_are_never_kept(built: GraphiqlPage) -> None:
    assert page_of(built).headers["cache-control"] == "no-store"
    assert asset_of(built, "state").headers["cache-control"] == "no-store"
    assert asset_of(built, "v1/nothing.js").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "v1",
        "v1/",
        "v1/.",
        "v1/..",
        "v1/../secret.js",
        "v1/../../secret.js",
        "../secret.js",
        "v1/inner",
        "v1/inner/secret.js",
        "v1//graphiql.js",
        "v1/graphiql.js/",
        "v1/graphiql.js\0",
        "v1\\..\\secret.js",
        "v2/graphiql.js",
        "graphiql.js",
        "/etc/passwd",
    ],
)
def test_nothing_else_is_served(built: GraphiqlPage, path: str) -> None:
    answer = asset_of(built, path)
    assert (answer.status, answer.text) == (404, "not found")


def test_without_files_no_file_is_served(missing: GraphiqlPage) -> None:
    assert asset_of(missing, "/graphiql.js").status == 404


def test_the_state_tells_of_trouble_and_of_reloads(built: GraphiqlPage, tmp_path: Path) -> None:
    assert json.loads(asset_of(built, "state").body) == {"trouble": None, "revision": 0}
    page = GraphiqlPage(lambda: "It is broken.", lambda: 7, folder=tmp_path / "graphiql")
    assert json.loads(asset_of(page, "state").body) == {
        "trouble": "It is broken.\n\nThe version before this save is still being served.",
        "revision": 7,
    }


@pytest.mark.parametrize(
    "path",
    [
        "/portico/graphiql/../../app.py",
        "/portico/graphiql/%2e%2e/%2e%2e/app.py",
        "/portico/graphiql/..%2f..%2fapp.py",
        "/portico/graphiql/x/..%5c..%5capp.py",
        "/portico/graphiql//etc/passwd",
    ],
)
def test_no_path_on_the_wire_leads_out_of_the_folder(served: Served, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", path)
    assert connection.getresponse().status == 404
    connection.close()


@pytest.mark.parametrize("path", ["/", "/graphql"])
def test_browsers_get_the_page_at_the_root_and_at_the_endpoint(served: Served, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    response = connection.getresponse()
    assert response.status == 200
    assert response.getheader("content-type") == "text/html; charset=utf-8"
    assert b"<title>Portico" in response.read()
    connection.close()
