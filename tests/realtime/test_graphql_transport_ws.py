"""graphql-transport-ws over a real server; tests named after graphql-ws' own (tests/server.test.ts) ask what those ask."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from portico.gateway.websocket import Session
from portico.resolvers.problems import InvalidArgument
from tests.support.numbers import answer
from tests.support.realtime import WIRES, bearer, on_a_loop, serving, until

wires = pytest.mark.parametrize("wire", WIRES)
A = answer({"a": 1})
TOPIC, FORBIDDEN = "subscription { topic }", (4403, "Forbidden")


# ---- connecting --------------------------------------------------------------------------------------


@wires
@pytest.mark.parametrize("subprotocol", [None, "graphql-ws", "mqtt"])
@on_a_loop
async def test_a_subprotocol_that_is_not_spoken_ends_the_socket(wire: str, subprotocol: str | None) -> None:
    async with serving(wire=wire) as server, server.socket(subprotocol=subprotocol) as socket:
        assert await socket.closed() == (4406, "Subprotocol not acceptable")


@wires
@on_a_loop
async def test_should_refuse_connection_and_close_socket_if_credentials_are_wrong(wire: str) -> None:
    for payload in (
        {"Authorization": "Bearer x"},
        {"headers": {"authorization": "Basic x"}},
        bearer(secret="another secret that is long enough for it"),
        bearer(-1),
        {"X-Portico-Admin-Key": "wrong"},
        {"X-Portico-Role": "admin"},
        {**bearer(), "x-hasura-role": "editor"},
        {"Authorization": 7},
    ):
        async with serving(wire=wire) as server, server.socket() as socket:
            await socket.say("connection_init", payload=payload)
            assert await socket.closed() == FORBIDDEN, payload


@wires
@on_a_loop
async def test_should_acknowledge_connection(wire: str) -> None:
    async with serving(wire=wire) as server:
        for payload in (None, {}, bearer(), {"headers": bearer()}, {"x-hasura-admin-secret": "key-of-the-tests"}):
            async with server.ready(payload):
                pass
    async with serving(wire=wire, unauthorized_role="") as server, server.socket() as socket:
        await socket.say("connection_init")
        assert await socket.closed() == FORBIDDEN


@wires
@on_a_loop
async def test_should_close_the_socket_after_the_wait_timeout_without_a_connection_init(wire: str) -> None:
    async with serving(wire=wire) as server, server.socket() as silent, server.ready() as other:
        server.pass_time(9)
        await silent.say("ping")
        assert await silent.hear() == {"type": "pong"}
        server.pass_time(1.1)
        assert await silent.closed() == (4408, "Connection initialisation timeout")
        assert await other.is_silent()


@wires
@on_a_loop
async def test_should_close_the_socket_if_an_additional_connection_init_message_is_received(wire: str) -> None:
    async with serving(wire=wire) as server:
        async with server.ready() as socket:
            await socket.say("connection_init")
            assert await socket.closed() == (4429, "Too many initialisation requests")
        async with server.socket() as socket:
            await socket.say("connection_init", payload=bearer())
            await socket.say("connection_init", payload=bearer())
            assert await socket.closed() == (4429, "Too many initialisation requests")


@wires
@on_a_loop
async def test_should_close_the_socket_on_request_if_connection_is_not_acknowledged(wire: str) -> None:
    async with serving(wire=wire) as server, server.socket() as socket:
        await socket.subscribe(TOPIC)
        assert await socket.closed() == (4401, "Unauthorized")
        assert not server.numbers.opened


@wires
@on_a_loop
async def test_should_return_pings_payload_through_the_pong(wire: str) -> None:
    async with serving(wire=wire) as server, server.socket() as socket:
        await socket.say("ping")
        assert await socket.hear() == {"type": "pong"}
        await socket.say("ping", payload={"iCome": "back"})
        assert await socket.hear() == {"type": "pong", "payload": {"iCome": "back"}}
        await socket.say("pong", payload={"not": "answered"})
        assert await socket.is_silent()


@wires
@on_a_loop
async def test_invalid_messages_end_the_socket(wire: str) -> None:
    async with serving(wire=wire) as server:
        for message in ("[]", "7", "null", '"x"', "{", '{"type":"x"}', b'{"type":"ping"}'):
            async with server.ready() as socket:
                await socket.connection.send(message)
                assert await socket.closed() == (4400, "Invalid message received")


@on_a_loop
async def test_a_path_where_nothing_is() -> None:
    async with serving() as server:
        with pytest.raises(InvalidStatus) as refused:
            async with server.socket("/nowhere"):
                pass
        assert refused.value.response.status_code == 404
        assert b"PT110" in (refused.value.response.body or b"")


# ---- operations --------------------------------------------------------------------------------------


@wires
@on_a_loop
async def test_should_execute_the_query_next_the_result_and_then_complete(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as socket:
        await socket.subscribe("query Q { hello }", "é", operationName="Q", variables={"x": [1]})
        assert await socket.hear() == {"id": "é", "type": "next", "payload": {"data": {"hello": "world"}}}
        assert await socket.hear() == {"id": "é", "type": "complete"}
        request = server.numbers.opened[0]
        assert (request.document, request.operation_name, request.variables) == ("query Q { hello }", "Q", {"x": [1]})
        await socket.subscribe("mutation { hello }", "é")
        assert (await socket.hear())["type"] == "next"


@wires
@on_a_loop
async def test_should_be_able_to_complete_a_long_running_query_before_the_result_becomes_available(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as socket:
        await socket.subscribe("{ slow }")
        await until(lambda: server.numbers.opened)
        await socket.say("complete", id="1")
        await until(lambda: server.numbers.cancelled)
        server.numbers.go.set()
        assert await socket.is_silent()


@wires
@on_a_loop
async def test_should_execute_the_query_and_error_out_because_of_validation_errors(wire: str) -> None:
    async with serving(wire=wire) as server:
        async with server.ready() as socket:
            await socket.subscribe("{ refused }")
            error = {
                "message": "There is no such number.",
                "locations": [{"line": 1, "column": 3}],
                "extensions": {"code": "validation-failed", "path": "$.selectionSet.refused", "problem": "PT105"},
            }
            assert await socket.hear() == {"id": "1", "type": "error", "payload": [error]}
            assert await socket.is_silent()
        async with server.ready(path="/v1/graphql") as socket:
            await socket.subscribe("{ refused }")
            extensions = {"path": "$.selectionSet.refused", "code": "validation-failed"}
            payload = [{"message": "There is no such number.", "extensions": extensions}]
            assert await socket.hear() == {"id": "1", "type": "error", "payload": payload}


@wires
@on_a_loop
async def test_a_mistake_of_ours_tells_nothing_and_is_logged(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as socket:
        await socket.subscribe("{ crash }")
        message = await socket.hear()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["problem"] == "PT599"
        assert "secret" not in str(message)
        assert isinstance(server.failures[0], RuntimeError)
        assert await socket.is_silent()


@wires
@on_a_loop
async def test_should_execute_the_subscription_and_next_the_published_payload(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as one, server.ready() as other:
        await one.subscribe(TOPIC, "a")
        await one.subscribe(TOPIC, "b")
        await other.subscribe(TOPIC, "a")
        await until(lambda: len(server.numbers.topics) == 3)
        server.numbers.publish(A)
        payload = {"data": {"a": 1}}
        assert [await one.hear(), await one.hear()] == [
            {"id": "a", "type": "next", "payload": payload},
            {"id": "b", "type": "next", "payload": payload},
        ]
        assert await other.hear() == {"id": "a", "type": "next", "payload": payload}


@wires
@on_a_loop
async def test_should_stop_dispatching_messages_after_completing_a_subscription(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as socket:
        await socket.subscribe(TOPIC)
        topic = (await until(lambda: server.numbers.topics))[0]
        await socket.say("complete", id="1")
        assert await socket.is_silent()
        assert topic.told == ["close"]
        topic.outlet.next(A)
        topic.outlet.end()
        assert await socket.is_silent()
        await socket.say("complete", id="1")
        await socket.say("complete", id="never heard of")
        await socket.subscribe(TOPIC)
        assert await socket.is_silent()


@wires
@on_a_loop
async def test_a_subscription_that_ends_by_itself(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as socket:
        await socket.subscribe("subscription { count }", variables={"to": 2})
        heard = [await socket.hear() for _ in range(3)]
        assert [each.get("payload", {}).get("data") for each in heard] == [{"count": 1}, {"count": 2}, None]
        assert heard[2] == {"id": "1", "type": "complete"}
        await socket.subscribe("subscription { count }", variables={"to": 1})
        assert (await socket.hear())["payload"]["data"] == {"count": 1}


@wires
@on_a_loop
async def test_should_not_send_complete_after_error_when_a_subscription_fails(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as socket:
        await socket.subscribe(TOPIC)
        topic = (await until(lambda: server.numbers.topics))[0]
        topic.outlet.next(A)
        topic.end(InvalidArgument("one"), InvalidArgument("two"))
        assert (await socket.hear())["type"] == "next"
        error = await socket.hear()
        assert (error["type"], [each["message"] for each in error["payload"]]) == ("error", ["one", "two"])
        assert await socket.is_silent()


@wires
@on_a_loop
async def test_should_close_the_socket_on_duplicate_operation_requests(wire: str) -> None:
    async with serving(wire=wire) as server:
        async with server.ready() as socket:
            await socket.subscribe(TOPIC, "same")
            topic = (await until(lambda: server.numbers.topics))[0]
            await socket.subscribe("{ hello }", "same")
            assert await socket.closed() == (4409, "Subscriber for same already exists")
            assert topic.told == ["close"]
        async with server.ready() as socket:
            long = "é" * 100
            await socket.subscribe("{ slow }", long)  # even if one is still preparing
            await socket.subscribe("{ slow }", long)
            code, reason = await socket.closed()
            assert code == 4409
            assert reason.startswith("Subscriber for éé")


@wires
@on_a_loop
async def test_should_dispose_of_all_subscriptions_on_close(wire: str) -> None:
    async with serving(wire=wire) as server:
        async with server.ready() as socket:
            for each in "abc":
                await socket.subscribe(TOPIC, each)
            await socket.subscribe("{ slow }", "d")
            topics = await until(lambda: len(server.numbers.topics) == 3 and list(server.numbers.topics))
            await until(lambda: len(server.numbers.opened) == 4)
        await until(lambda: not server.numbers.topics and server.numbers.cancelled)
        assert [topic.told for topic in topics] == [["close"]] * 3
        assert len(server.sockets) == 0


@wires
@on_a_loop
async def test_a_socket_that_is_cut_is_closed_as_well(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as socket:
        await socket.subscribe(TOPIC)
        await until(lambda: server.numbers.topics)
        socket.connection.transport.abort()
        await until(lambda: not server.numbers.topics and not len(server.sockets))


@wires
@on_a_loop
async def test_a_client_comes_back_with_the_position_of_what_it_has(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as socket:
        await socket.subscribe("subscription { count }", variables={"to": 2})
        first = await socket.hear()
        await socket.hear()
        await socket.hear()
        extensions = first["payload"]["extensions"]
        await socket.subscribe("subscription { count }", variables={"to": 2}, extensions=extensions)
        assert (await socket.hear())["payload"]["data"] == {"count": 2}
        for odd in ({"portico": 1}, {"portico": {"position": 1}}, {}, None):
            await socket.say("complete", id="1")
            await socket.subscribe("{ hello }", extensions=odd)
            while (await socket.hear())["type"] != "complete":
                pass
            assert server.numbers.opened[-1].position is None


# ---- the legacy protocol -----------------------------------------------------------------------------


@wires
@on_a_loop
async def test_the_older_protocol_where_it_is_turned_on(wire: str) -> None:
    async with serving(wire=wire, speaks_legacy=True) as server:
        async with server.socket(subprotocol="graphql-ws") as socket:
            await socket.say("connection_init", payload=bearer())
            assert [await socket.hear(), await socket.hear()] == [{"type": "connection_ack"}, {"type": "ka"}]
            await socket.say("start", id="1", payload={"query": "{ whoami }"})
            data = {"data": {"whoami": ["user", "1"]}}
            assert await socket.hear() == {"id": "1", "type": "data", "payload": data}
            assert await socket.hear() == {"id": "1", "type": "complete"}
            await socket.say("start", id="1", payload={"query": "{ refused }"})
            assert (await socket.hear())["payload"]["errors"][0]["message"] == "There is no such number."
            assert await socket.hear() == {"id": "1", "type": "complete"}
            await socket.say("start", id="2", payload={"query": TOPIC})
            await until(lambda: server.numbers.topics)
            await socket.say("stop", id="2")
            await until(lambda: not server.numbers.topics)
            await socket.say("connection_terminate")
            assert await socket.closed() == (1000, "")
        async with server.socket(subprotocol="graphql-ws") as socket:
            await socket.say("connection_init", payload={"Authorization": "Bearer x"})
            refusal = await socket.hear()
            assert (refusal["type"], refusal["payload"]["message"]) == (
                "connection_error",
                "Could not verify the token.",
            )
            assert await socket.closed() == FORBIDDEN
        async with server.ready():
            pass


@wires
@on_a_loop
async def test_clients_of_the_older_protocol_do_not_wait_for_the_acknowledgement(wire: str) -> None:
    allow = asyncio.Event()
    async with serving(wire=wire, speaks_legacy=True) as server:
        established = server.sockets.establish

        async def establish(headers: Any) -> Any:
            await allow.wait()
            return await established(headers)

        server.sockets.establish = establish
        async with server.socket(subprotocol="graphql-ws") as socket:
            await socket.say("connection_init", payload=bearer())
            await socket.say("start", id="1", payload={"query": "{ whoami }"})
            await socket.say("start", id="2", payload={"query": TOPIC})
            await socket.say("stop", id="2")
            await socket.say("start", id="3", payload={"query": "{ hello }"})
            (session,) = server.sockets.clients
            assert isinstance(session, Session)
            await until(lambda: list(session.running) == ["1", "3"])
            assert not server.numbers.opened
            allow.set()
            assert [(await socket.hear())["type"] for _ in range(2)] == ["connection_ack", "ka"]
            assert (await socket.hear())["payload"]["data"] == {"whoami": ["user", "1"]}
            assert await socket.hear() == {"id": "1", "type": "complete"}
            assert (await socket.hear())["id"] == "3"
            assert len(server.numbers.opened) == 2
        async with server.socket(subprotocol="graphql-ws") as socket:
            await socket.say("start", id="1", payload={"query": "{ whoami }"})
            assert await socket.closed() == (4401, "Unauthorized")


@on_a_loop
async def test_the_older_protocol_is_kept_alive() -> None:
    async with serving(speaks_legacy=True) as server, server.socket(subprotocol="graphql-ws") as socket:
        await socket.say("connection_init")
        assert [(await socket.hear())["type"] for _ in range(2)] == ["connection_ack", "ka"]
        server.pass_time(31)
        assert await socket.hear() == {"type": "ka"}


@on_a_loop
async def test_hundreds_of_operations_at_once() -> None:
    async with serving() as server, server.ready() as socket:
        for number in range(100):
            await socket.subscribe(TOPIC, str(number))
        await until(lambda: len(server.numbers.topics) == 100)
        server.numbers.publish(A)
        heard = [await socket.hear() for _ in range(100)]
        assert {each["id"] for each in heard} == {str(number) for number in range(100)}


@wires
@on_a_loop
async def test_an_id_that_is_too_long(wire: str) -> None:
    async with serving(wire=wire) as server, server.ready() as socket:
        await socket.subscribe("{ one }", id="x" * 256)
        assert (await socket.hear())["id"] == "x" * 256
        assert (await socket.hear())["type"] == "complete"
        await socket.subscribe("{ one }", id="\u00fc" * 129)
        assert await socket.closed() == (4400, "An id is too long")
