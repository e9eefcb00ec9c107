"""Credentials of open sockets and event streams: fresh ones, and those that expire, are revoked, or mean less than before."""

from __future__ import annotations

import time
from typing import Any

import pytest

from portico.gateway.tokens import Verified, refused
from portico.schema.caller import Caller
from tests.support.numbers import answer
from tests.support.realtime import ADMIN_KEY, WIRES, bearer, on_a_loop, serving, until

wires = pytest.mark.parametrize("wire", WIRES)
WHO = "subscription { whoami }"
EXPIRED, FORBIDDEN = (4403, "The token has expired"), (4403, "Forbidden")


async def who(socket: Any, id: str = "q") -> Any:
    await socket.subscribe("{ whoami }", id)
    found = (await socket.hear())["payload"]["data"]["whoami"]
    assert (await socket.hear())["type"] == "complete"
    return found


@wires
@on_a_loop
async def test_credentials_come_with_the_first_message_or_with_the_handshake(wire: str) -> None:
    async with serving(wire=wire) as server:
        for payload, headers, found in (
            (None, {}, ["anonymous", None]),
            (bearer(), {}, ["user", "1"]),
            (None, bearer(sub="2"), ["user", "2"]),
            (bearer(), bearer(sub="2"), ["user", "1"]),
            ({**bearer(roles=["editor"]), "X-Portico-Role": "editor"}, {}, ["editor", "1"]),
            ({"X-Portico-Role": "editor"}, bearer(roles=["editor"]), ["editor", "1"]),
            (bearer(), {"X-Portico-Admin-Key": ADMIN_KEY}, ["user", "1"]),
            ({"headers": {"x-hasura-admin-secret": ADMIN_KEY, "x-hasura-role": "shop", "X-Hasura-User-Id": "7"}}, {}, ["shop", "7"]),
        ):  # fmt: skip
            async with server.ready(payload, headers=headers) as socket:
                assert await who(socket) == found, (payload, headers)


@wires
@on_a_loop
async def test_nothing_is_sent_after_a_token_has_expired(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready(bearer(60)) as socket, server.ready(bearer(600)) as other:
        await socket.subscribe(WHO)
        assert (await socket.hear())["payload"]["data"]["whoami"] == ["user", "1"]
        topic = server.numbers.topics[0]
        server.pass_time(58)
        assert await socket.is_silent()
        server.pass_time(3)
        topic.outlet.next(answer({"too": "late"}))
        assert topic.told == ["close"]
        assert await socket.closed() == EXPIRED
        assert await other.is_silent()


@wires
@on_a_loop
async def test_tokens_are_verified_again_while_their_sockets_go_on(wire: str) -> None:
    """As for keys from a `jwks_url`, which may be withdrawn."""
    verified: list[float] = []

    async def establish(headers: Any) -> Verified:
        if len(verified) == 2:
            raise refused()
        verified.append(time.time())
        wall = time.time() + len(verified) * 300 - 300
        return Verified(Caller(id="1", role="user"), wall + 300, wall + 10_000)

    async with serving(wire=wire) as server:
        server.sockets.establish = establish
        async with server.ready(bearer()) as socket:
            await socket.subscribe("subscription { topic }")
            await until(lambda: server.numbers.topics)
            server.pass_time(299)
            assert len(verified) == 1
            server.pass_time(2)
            await until(lambda: server.numbers.topics[0].told == ["act_as user"])
            assert len(verified) == 2
            server.pass_time(1)
            server.pass_time(600)
            assert await socket.closed() == FORBIDDEN


@wires
@on_a_loop
async def test_a_fresh_token_on_the_open_socket(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready(bearer(60, sub="1")) as socket:
        await socket.subscribe(WHO)
        await socket.hear()
        await socket.say("ping", payload=bearer(600, sub="2", role="editor"))
        assert await socket.hear() == {"type": "pong"}
        assert (await socket.hear())["payload"]["data"]["whoami"] == ["editor", "2"]
        server.pass_time(61)
        assert await who(socket) == ["editor", "2"]
        server.pass_time(600)
        assert await socket.closed() == EXPIRED


@wires
@on_a_loop
async def test_a_fresh_role_goes_with_the_token_that_is_known(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready(bearer(roles=["editor"])) as socket:
        await socket.say("ping", payload={"headers": {"X-Hasura-Role": "editor"}})
        assert await socket.hear() == {"type": "pong"}
        await until(lambda: [each.caller.role for each in server.sockets.clients if each.caller] == ["editor"])
        assert await who(socket) == ["editor", "1"]
        await socket.say("ping", payload={"X-Hasura-Role": "boss"})
        assert await socket.closed() == FORBIDDEN


@wires
@on_a_loop
async def test_a_wrong_token_ends_the_socket_which_had_a_right_one(wire: str) -> None:
    for payload in ({"Authorization": "Bearer x"}, {"Authorization": 1}, bearer(-5)):
        async with serving(wire=wire) as server, server.ready(bearer()) as socket:
            await socket.subscribe(WHO)
            await socket.hear()
            await socket.say("ping", payload=payload)
            assert await socket.closed() == FORBIDDEN
            assert not server.numbers.topics


@wires
@on_a_loop
async def test_what_other_credentials_may_not_see_ends_alone(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready(bearer(roles=[])) as socket:
        await socket.subscribe("subscription { topic }", "a")
        await until(lambda: server.numbers.topics)
        await socket.say("ping", payload={"X-Portico-Role": "anonymous"})
        assert await socket.hear() == {"type": "pong"}
        error = await socket.hear()
        assert (error["id"], error["type"], error["payload"][0]["extensions"]["problem"]) == ("a", "error", "PT102")
        assert await who(socket) == ["anonymous", "1"]


@wires
@on_a_loop
async def test_an_operation_that_is_being_opened_goes_on_under_the_fresh_token(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready(bearer()) as socket:
        await socket.subscribe("subscription { slow whoami }")
        await until(lambda: server.numbers.opened)
        await socket.say("ping", payload=bearer(sub="2"))
        await socket.hear()
        await until(lambda: [each.caller.id for each in server.sockets.clients if each.caller] == ["2"])
        server.numbers.go.set()
        heard = [(await socket.hear())["payload"]["data"]["whoami"] for _ in range(2)]
        assert heard == [["user", "1"], ["user", "2"]]


@wires
@on_a_loop
async def test_revoked_callers_end_and_others_go_on(wire: str) -> None:
    async with (
        serving(wire=wire) as server,
        server.ready(bearer(sub="1")) as one,
        server.ready(bearer(sub="2")) as two,
        server.ready() as nobody,
        server.socket() as silent,
        server.events(WHO, headers=bearer(sub="1")) as stream,
    ):
        assert (await stream.next()).json["data"]["whoami"] == ["user", "1"]
        assert server.sockets.revoke(lambda caller: caller.id == "1") == 2
        assert await one.closed() == (4403, "The credentials have been revoked")
        last = await stream.next()
        assert last.json["errors"][0]["extensions"]["problem"] == "PT135"
        assert (await stream.next()).event == "complete"
        assert await stream.is_over()
        assert await two.is_silent()
        assert await nobody.is_silent()
        await silent.say("connection_init")
        assert await silent.hear() == {"type": "connection_ack"}


@wires
@on_a_loop
async def test_all_are_asked_again_when_keys_or_rules_change(wire: str) -> None:
    async with (
        serving(wire=wire) as server,
        server.ready(bearer()) as one,
        server.ready() as two,
        server.events(WHO, headers=bearer(sub="3")) as stream,
    ):
        await stream.next()
        for socket in (one, two):
            await socket.subscribe(WHO)
            await socket.hear()
        server.sockets.reidentify()
        assert (await one.hear())["payload"]["data"]["whoami"] == ["user", "1"]
        assert (await two.hear())["payload"]["data"]["whoami"] == ["anonymous", None]
        assert (await stream.next()).json["data"]["whoami"] == ["user", "3"]
        server.forget_keys()
        server.sockets.reidentify()
        assert await one.closed() == FORBIDDEN
        assert "errors" in (await stream.next()).json
        assert (await stream.next()).event == "complete"
        assert (await two.hear())["payload"]["data"]["whoami"] == ["anonymous", None]


@on_a_loop
async def test_an_event_stream_ends_with_its_token() -> None:
    async with serving() as server, server.events(WHO, headers=bearer(60)) as stream:
        await stream.next()
        topic = server.numbers.topics[0]
        server.pass_time(61)
        topic.outlet.next(answer({"too": "late"}))
        last = await stream.next()
        assert last.json["errors"][0]["extensions"]["problem"] == "PT135"
        assert (await stream.next()).event == "complete"
        assert await stream.is_over()
        assert topic.told == ["cleared", "close"]
