"""Pages of other origins: what browsers are told of them, over HTTP and websockets (A16, A18)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from portico.gateway.origins import Origins, origin_of
from portico.gateway.problems import InvalidSettings
from tests.accounts.test_routes import ANN, NAMES, PAGE, Browser, signed_in
from tests.support.accounts import AccountServer, Reply

APP = "https://app.example.com"
VARIANTS = (
    "null", "", "http://app.example.com", "https://app.example.com:8443", "https://app.example.com:443", "https://app.example.com.evil.example",
    "https://evil-app.example.com", "https://evilapp.example.com", "https://app.example.com/", "https://app.example.com@evil.example",
    "HTTPS://APP.EXAMPLE.COM", "https://app.example.co", "https://sub.app.example.com", "https://app_example.com", "*", "file://",
    "https://app.example.com, https://evil.example",
)  # fmt: skip
ASKED = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
PATHS = ("/graphql", "/v1/graphql", "/auth/sign-in", "/auth/refresh")


def told(reply: Reply) -> dict[str, str]:
    """What browsers are told of pages elsewhere, `Vary` aside."""
    return {name: value for name, value in reply.headers if name.startswith("access-control-")}


def asks(server: AccountServer, origin: str, path: str = "/graphql", more: Mapping[str, str] = ASKED) -> Reply:
    return server.request("OPTIONS", path, headers={"origin": origin, **more})


@pytest.fixture
def listing(open_server: Any) -> AccountServer:
    return open_server(allowed_origins=(APP, "http://localhost:5173"))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_that_is_named_may_call_with_credentials(listing: AccountServer, path: str) -> None:
    """(A16) Its origin is answered as a whole, and never a star beside credentials."""
    reply = asks(listing, APP, path)
    assert (reply.status, reply.body) == (204, b"")
    assert told(reply) == {
        "access-control-allow-origin": APP,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-expose-headers": (
            "X-Request-Id, Idempotency-Replayed, Retry-After, Location, Upload-Offset, Upload-Length, Upload-Metadata, "
            "Upload-Expires, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm, Portico-File"
        ),
        "access-control-max-age": "600",
    }
    assert "Origin" in reply.all("vary")
    answer = listing.request("POST", path, {}, headers={"origin": "http://localhost:5173"})
    assert told(answer)["access-control-allow-origin"] == "http://localhost:5173"
    assert told(answer)["access-control-allow-credentials"] == "true"


def test_what_only_looks_like_it_may_not(listing: AccountServer) -> None:
    """(A16) Foreign, null, suffix, port and scheme variants are told nothing, whatever they ask."""
    for origin, path in product(VARIANTS, PATHS):
        assert told(asks(listing, origin, path)) == {}, origin
        assert asks(listing, origin, path).status in (404, 405)
        answer = listing.request("POST", path, {}, headers={"origin": origin})
        assert told(answer) == {}, origin
        assert answer.all("vary") == ["Origin"]


def test_caches_are_told_that_answers_differ_by_origin(listing: AccountServer) -> None:
    """(A16) `Vary: Origin` also on what no page asked for, and on failures."""
    for headers in ({}, {"origin": APP}, {"origin": "https://evil.example"}, {"authorization": "Bearer x"}):
        reply = listing.request("POST", "/graphql", {"query": "{ me { id } }"}, headers=headers)
        assert reply.all("vary") == ["Origin"]


def test_where_all_are_allowed_none_has_credentials(open_server: Any) -> None:
    """(A16) Cookies of nobody are taken from them."""
    server = open_server(allowed_origins=("*", APP))
    for origin in ("https://evil.example", "null"):
        assert told(asks(server, origin))["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in told(asks(server, origin))
    assert told(asks(server, APP))["access-control-allow-credentials"] == "true"
    reply = server.request("POST", "/graphql", {"query": "{ me { id } }"}, headers={"origin": "https://evil.example"})
    assert reply.json == {"data": {"me": None}}


def test_without_the_setting_nothing_is_told(server: AccountServer) -> None:
    assert told(asks(server, APP)) == {}
    assert asks(server, APP).status == 405
    reply = server.request("POST", "/graphql", {"query": "{ me { id } }"}, headers={"origin": APP})
    assert (told(reply), reply.all("vary")) == ({}, [])


def test_names_of_headers_that_are_none_are_not_repeated(listing: AccountServer) -> None:
    for names in ["a\r\nx: y", "x" * 3_000, "a b", "a;b", ""]:
        reply = asks(listing, APP, more={**ASKED, "access-control-request-headers": names})
        assert "access-control-allow-headers" not in told(reply)


@pytest.mark.parametrize(
    "origin",
    ["null", "https://app.example.com/", "app.example.com", "https://*.example.com", "https://", "https://a b"],
)
def test_what_is_no_origin_is_no_setting(origin: str) -> None:
    with pytest.raises(InvalidSettings):
        Origins((origin,))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example/x?y#z", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://A.example:8080/", "http://a.example:8080"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://user:word@a.example", "https://a.example"),
        ("https://a.example:x", ""),
        ("a.example", ""),
        ("", ""),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


# ---- websockets ---------------------------------------------------------------------------------------


class Socket:
    """One websocket of a page, until the first answer to `{ me { id } }`."""

    def __init__(self, browser: Browser, headers: Mapping[str, str], token: str = "") -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.headers = {"host": "notes.example.com", "cookie": cookie, **headers}
        self.payload = f'{{"Authorization": "Bearer {token}"}}' if token else "{}"
        self.server = browser.server

    def ask(self) -> Any:
        """`(status, None)` where the handshake is refused, else `(101, answer)`."""
        return self.server.run(self._ask())

    async def _ask(self) -> Any:
        said: asyncio.Queue[Any] = asyncio.Queue()
        told: asyncio.Queue[Any] = asyncio.Queue()
        said.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket", "path": "/graphql", "query_string": b"", "subprotocols": ["graphql-transport-ws"],
            "client": ("203.0.113.7", 1), "extensions": {"websocket.http.response": {}},
            "headers": [(name.encode(), value.encode()) for name, value in self.headers.items()],
        }  # fmt: skip
        task = asyncio.create_task(self.server.gateway(scope, said.get, told.put))
        first = await told.get()
        if first["type"] != "websocket.accept":
            await task
            return first["status"], None
        for text in (
            f'{{"type": "connection_init", "payload": {self.payload}}}',
            '{"type": "subscribe", "id": "1", "payload": {"query": "{ me { id } }"}}',
        ):
            said.put_nowait({"type": "websocket.receive", "text": text})
            message = await asyncio.wait_for(told.get(), 5)
            if message["type"] == "websocket.close":
                break
        said.put_nowait({"type": "websocket.disconnect"})
        await task
        return (
            (101, json.loads(message["text"])["payload"]["data"]["me"])
            if "text" in message
            else (message["code"], None)
        )


def test_a_socket_of_an_own_page_has_its_cookies(server: AccountServer) -> None:
    browser = signed_in(server)
    me = browser.post("/graphql", {"query": "{ me { id } }"}).json["data"]["me"]
    for headers in (PAGE, {"origin": "https://notes.example.com"}):
        assert Socket(browser, headers).ask() == (101, me)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "https://notes.example.com:8443", "https://notes.example.com.evil.example"],
)
def test_a_socket_of_a_foreign_page_is_refused(server: AccountServer, origin: str) -> None:
    """(A18) Browsers ask nobody before they open one, and send cookies along."""
    assert Socket(signed_in(server), {"origin": origin}).ask() == (403, None)


def test_where_all_may_open_sockets_cookies_are_left_out(open_server: Any) -> None:
    """(A18) A page that may because all may is one whose visitor did not mean to be somebody there; with a token they do."""
    server = open_server(allowed_origins=("*", APP))
    browser = signed_in(server)
    for headers in ({"origin": "https://evil.example"}, {"origin": "http://notes.example.com"}, {}):
        assert Socket(browser, headers).ask() == (101, None)
        assert Socket(browser, headers, browser.cookies[NAMES[0]]).ask()[1] is not None
    assert Socket(browser, {"origin": APP}).ask()[1] is not None


def test_a_socket_by_a_cookie_ends_with_its_session(server: AccountServer) -> None:
    """What is kept of the handshake is verified again when something about its user changes."""
    browser = signed_in(server)
    assert Socket(browser, PAGE).ask()[1] is not None
    server.sql("UPDATE auth_sessions SET revoked_at = CURRENT_TIMESTAMP")
    assert server.until("{ me { id } }", browser.cookies[NAMES[0]], "PT310") < 1
    assert Socket(browser, PAGE).ask() == (4403, None)


def test_a_stream_of_events_has_cookies_too(server: AccountServer) -> None:
    browser = signed_in(server)
    reply = browser.post("/graphql", {"query": "{ me { email } }"}, {**PAGE, "accept": "text/event-stream"})
    assert ANN["email"].encode() in reply.body
