"""Pushes to Apple: over HTTP/2 and TLS in the form that Apple publishes, to public addresses alone, and gone devices forgotten."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey

from portico.gateway import outgoing
from portico.gateway.event_settings import EventSettings
from portico.gateway.events.apns import Apns
from portico.gateway.outgoing import Unreachable
from portico.gateway.outgoing_http2 import Http2Connections
from tests.support.events import EventServer
from tests.support.http2 import Http2Server, Received2

MODELS = """
from uuid import UUID

from portico.gateway.auth import User
from portico.gateway.events.messaging import Messages, PushDevice
from portico.schema import mutation

seen = []


@mutation
async def push(messages: Messages, user: UUID) -> int:
    return await messages.send_push("Title", "Body", {"order": 7, "aps": "x"}, users=[user])
"""
HERE, GONE, PATH = "ab" * 32, "cd" * 32, "../../3/device/ab"
KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


def apple(request: Received2) -> tuple[int, bytes]:
    """What Apple answers."""
    if request.headers[":path"] == f"/3/device/{GONE}":
        return 410, b'{"reason": "Unregistered", "timestamp": 1700000000000}'
    return (200, b"") if request.headers[":path"] == f"/3/device/{HERE}" else (404, b'{"reason": "BadPath"}')


@pytest.fixture
def server2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Http2Server:
    found = Http2Server(tmp_path, apple)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
    return found


def settings_of(server2: Http2Server) -> dict[str, Any]:
    return {
        "apns_key": PEM,
        "apns_key_id": "ABC123DEFG",
        "apns_team_id": "DEF123GHIJ",
        "apns_topic": "com.example.shop",
        "apns_url": server2.url,
    }


def test_a_push_to_apple_has_the_published_form_and_gone_devices_are_forgotten(
    open_server: Callable[..., EventServer], server2: Http2Server
) -> None:
    server2.port = 1  # not known before there is a loop
    server = open_server(MODELS, events=settings_of(server2))
    server.run(server2.start())
    server.closing.append(server2.stop)
    background: Any = server.background
    background._apns._settings = EventSettings(**settings_of(server2))
    ann = server.sign_up()
    for address in (HERE, GONE, PATH):
        document = 'mutation ($a: String!) { insertPushDevice(object: {kind: "apns", address: $a}) { id } }'
        assert "errors" not in server.ask(document, {"a": address}, token=ann.access_token)
    assert server.as_admin("mutation ($u: UUID!) { push(user: $u) }", {"u": ann.id}) == {"push": 3}
    server.wait_for_states(done=2, dead=1)
    by_path = {each.headers[":path"]: each for each in server2.received}
    assert by_path.keys() == {f"/3/device/{HERE}", f"/3/device/{GONE}"}
    found = by_path[f"/3/device/{HERE}"]
    headers = found.headers
    assert (headers[":method"], headers[":scheme"], headers["apns-topic"]) == ("POST", "https", "com.example.shop")
    assert (headers["apns-push-type"], headers["apns-priority"]) == ("alert", "10")
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["apns-id"])
    assert str(UUID(headers["apns-id"])) == headers["apns-id"]
    assert int(headers["apns-expiration"]) > time.time()
    scheme, _, token = headers["authorization"].partition(" ")
    decoded = jwt.decode(token, ECKey.import_key(PEM), algorithms=["ES256"])
    assert (scheme, decoded.header["alg"], decoded.header["kid"]) == ("bearer", "ES256", "ABC123DEFG")
    assert set(decoded.claims) == {"iss", "iat"}
    assert (decoded.claims["iss"], abs(decoded.claims["iat"] - time.time()) < 60) == ("DEF123GHIJ", True)
    assert json.loads(found.body) == {"aps": {"alert": {"title": "Title", "body": "Body"}}, "order": "7"}
    left = server.ask("{ pushDevices(orderBy: {address: ASC}) { address } }", token=ann.access_token)
    assert [each["address"] for each in left["data"]["pushDevices"]] == [PATH, HERE]
    assert server2.connections <= 2  # one is kept; two that begin at once may each open one


def test_a_token_is_kept_for_less_than_an_hour_and_not_after_a_refusal(
    server2: Http2Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_800_000_000.0]
    monkeypatch.setattr("portico.gateway.events.apns.time.time", lambda: clock[0])
    message = {"title": "", "body": "", "data": {}}
    statuses: list[int] = [200, 200, 200, 403, 200]
    server2.answer = lambda request: (statuses[len(server2.received) - 1], b"")

    async def tokens() -> list[str]:
        await server2.start()
        apns = Apns(EventSettings(**settings_of(server2)), allow_private=True)
        for pause in (1_200.0, 2_399.0, 60.0, 60.0, 0.0):
            await apns.send(HERE, message, str(UUID(int=1)))
            clock[0] += pause
        await apns.close()
        await server2.stop()
        return [each.headers["authorization"] for each in server2.received]

    first, second, third, fourth, fifth = asyncio.run(tokens())
    assert (first == second, second != third, third == fourth, fourth != fifth) == (True, True, True, True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
def test_no_private_address_is_connected_to(server2: Http2Server, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    async def ask() -> None:
        await server2.start()
        monkeypatch.setattr(outgoing, "PUBLIC_PORTS", (server2.port,))
        connections = Http2Connections(allow_private=False)
        try:
            with pytest.raises(Unreachable) as caught:
                await connections.post(f"https://{host}:{server2.port}/", b"", {}, timeout_s=5.0)
            assert str(caught.value.__cause__) == "not a public address"
        finally:
            await connections.close()
            await server2.stop()

    asyncio.run(ask())
    assert server2.connections == 0


def test_other_ports_and_headers_are_refused(server2: Http2Server) -> None:
    async def ask(url: str, allow_private: bool, headers: dict[str, str]) -> None:
        connections = Http2Connections(allow_private=allow_private)
        try:
            with pytest.raises(Unreachable, match=r"ports|https|another"):
                await connections.post(url, b"", headers, timeout_s=5.0)
        finally:
            await connections.close()

    server2.certificate.write_text("")
    asyncio.run(ask("https://example.com:22/", False, {}))
    asyncio.run(ask("ftp://example.com/", True, {}))
    asyncio.run(ask("https://localhost:9/", True, {"a": "b\r\nc: d"}))


def test_what_cannot_be_reached_or_does_not_answer_is_told(server2: Http2Server) -> None:
    async def ask() -> None:
        await server2.start()
        await server2.stop()
        connections = Http2Connections(allow_private=True)
        try:
            with pytest.raises(Unreachable, match="cannot be reached"):
                await connections.post(server2.url, b"", {}, timeout_s=5.0)
        finally:
            await connections.close()

    asyncio.run(ask())
