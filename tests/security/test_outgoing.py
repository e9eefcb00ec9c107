"""Calls to others: only addresses of the internet are connected to, however they are written or resolved."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Callable, Generator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from portico.gateway import outgoing
from portico.gateway.outgoing import Unreachable, fetch_json, is_public

PRIVATE = (
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1",
    "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_internet_is_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


class _Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        receiver: Any = self.server
        receiver.paths.append(self.path)
        status, headers, body = receiver.answer(self.path)
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def receiver() -> Generator[Any]:
    """A local HTTP server that notes the paths that it is asked for; set `answer` to (status, headers, body)."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    server.paths = []
    server.answer = lambda path: (200, {}, b'{"a": 1}')
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _fetch(url: str, *, allow_private: bool = False) -> Any:
    return asyncio.run(fetch_json(url, allow_private=allow_private))


@pytest.fixture
def any_port(receiver: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """The receiver's port, called like a public one."""
    port: int = receiver.server_address[1]
    monkeypatch.setattr(outgoing, "PUBLIC_PORTS", (port,))
    return port


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.0.0.1.",
        "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]",
        "①②⑦.⓪.⓪.①", "127。0。0。1", "user:password@127.0.0.1",
    ],
)  # fmt: skip
def test_a_local_address_is_not_called_however_it_is_written(host: str, receiver: Any, any_port: int) -> None:
    with pytest.raises(Unreachable):
        _fetch(f"http://{host}:{any_port}/secret")
    assert receiver.paths == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1:6379/_INFO", "unix:///run/docker.sock", "data:,1",
        "//example.com/", "example.com", "http://", "", "http://a b/", "http://127.0.0.1\\@example.com/", "http://[::1",
        "http://example.com:22/", "https://example.com:6379/", "http://example.com:0/", "http://example.com:99999/",
    ],
)  # fmt: skip
def test_what_is_no_public_http_address_is_not_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_sockets(*arguments: Any) -> Any:
        raise AssertionError("a connection was begun")

    monkeypatch.setattr(outgoing, "_socket", no_sockets)
    with pytest.raises(Unreachable):
        _fetch(url)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses for which a socket would have been made; none is, since tests reach nothing outside."""
    addresses: list[str] = []

    def make(info: Any) -> Any:
        addresses.append(info[4][0])
        raise OSError("no network in tests")

    monkeypatch.setattr(outgoing, "_socket", make)
    return addresses


def test_a_name_that_resolves_to_a_public_address_first_and_a_local_one_then_is_not_called(
    monkeypatch: pytest.MonkeyPatch, tried: list[str]
) -> None:
    answers = iter(["8.8.8.8", "127.0.0.1", "127.0.0.1", "127.0.0.1"])
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", _resolving(lambda: [next(answers)]))
    for _ in range(3):
        with pytest.raises(Unreachable):
            _fetch("http://rebinding.example/secret")
    assert set(tried) == {"8.8.8.8"}


def test_a_name_with_a_local_address_among_others_is_not_called_there(
    monkeypatch: pytest.MonkeyPatch, tried: list[str]
) -> None:
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", _resolving(lambda: ["127.0.0.1", "8.8.8.8", "10.0.0.1"]))
    with pytest.raises(Unreachable):
        _fetch("http://mixed.example/secret")
    assert set(tried) == {"8.8.8.8"}


def _resolving(addresses: Callable[[], Sequence[str]]) -> Any:
    async def getaddrinfo(self: Any, host: Any, port: Any, **keywords: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses()]

    return getaddrinfo


def test_a_local_address_is_called_where_that_is_allowed(receiver: Any) -> None:
    assert _fetch(receiver.url, allow_private=True) == {"a": 1}


def test_a_redirect_is_not_followed(receiver: Any) -> None:
    receiver.answer = lambda path: (302, {"location": f"{receiver.url}/inside"}, b"")
    with pytest.raises(Unreachable, match="302"):
        _fetch(f"{receiver.url}/outside", allow_private=True)
    assert receiver.paths == ["/outside"]


def test_proxies_of_the_environment_are_not_used(receiver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, receiver.url)
    with pytest.raises(Unreachable):
        _fetch("http://localhost:1/", allow_private=True)
    assert receiver.paths == []


@pytest.mark.parametrize(
    "body",
    [b" " * 1_000_001 + b"1", b"", b"<html>", b'{"a": NaN}', b"\xff", gzip.compress(b"1")],
    ids=["too long", "empty", "HTML", "NaN", "no UTF-8", "compressed"],
)
def test_an_answer_that_is_no_short_json_is_refused(body: bytes, receiver: Any) -> None:
    receiver.answer = lambda path: (200, {}, body)
    with pytest.raises(Unreachable):
        _fetch(receiver.url, allow_private=True)


def test_a_bomb_is_not_decompressed(receiver: Any) -> None:
    bomb = gzip.compress(b" " * 100_000_000)
    receiver.answer = lambda path: (200, {"content-encoding": "gzip"}, bomb)
    before = time.process_time()
    with pytest.raises(Unreachable):
        _fetch(receiver.url, allow_private=True)
    assert time.process_time() - before < 0.2


def test_an_answer_that_does_not_end_is_given_up(receiver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "TIMEOUT_S", 0.3)
    receiver.answer = lambda path: (200, {"content-length": "50"}, b"{")
    began = time.monotonic()
    with pytest.raises(Unreachable):
        _fetch(receiver.url, allow_private=True)
    assert time.monotonic() - began < 5
