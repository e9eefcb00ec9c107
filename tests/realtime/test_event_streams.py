"""GraphQL over Server-Sent Events by raw HTTP; tests named after graphql-sse's own (tests/handler.test.ts) ask what those ask."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from portico.gateway.sse import HEARTBEAT_S
from portico.resolvers.problems import InvalidArgument
from tests.support.numbers import answer
from tests.support.realtime import bearer, on_a_loop, serving, until
from tests.support.streams import Event, events

TOPIC = "subscription { topic }"
COMPLETE = Event({"event": "complete", "data": ""})


@on_a_loop
async def test_should_stream_query_operations_to_connected_event_stream_and_then_disconnect() -> None:
    async with serving() as server, server.events("{ hello }") as stream:
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["cache-control"] == "no-cache"
        assert stream.headers["x-accel-buffering"] == "no"
        assert stream.headers["x-request-id"]
        assert await stream.next() == Event({"event": "next", "data": '{"data":{"hello":"world"}}'})
        assert await stream.next() == COMPLETE
        assert await stream.is_over()


@on_a_loop
async def test_should_stream_subscription_operations_to_connected_event_stream_and_then_disconnect() -> None:
    async with serving() as server, server.events("subscription { count }", {"to": 3}) as stream:
        for number in (1, 2, 3):
            event = await stream.next()
            assert event.json["data"] == {"count": number}
            assert event.id == str(number)
        assert await stream.next() == COMPLETE
        assert await stream.is_over()


@on_a_loop
async def test_should_report_operation_validation_issues_by_streaming_them() -> None:
    async with serving() as server:
        async with server.events("{ refused }") as stream:
            assert stream.status == 200
            assert (await stream.next()).json["errors"][0]["extensions"]["problem"] == "PT105"
            assert await stream.next() == COMPLETE
        async with server.events("{ refused }", path="/v1/graphql") as stream:
            extensions = {"path": "$.selectionSet.refused", "code": "validation-failed"}
            assert (await stream.next()).json["errors"][0]["extensions"] == extensions


@on_a_loop
async def test_should_complete_subscription_operations_after_client_disconnects() -> None:
    async with serving() as server:
        async with server.events(TOPIC) as stream:
            assert (await stream.block()).is_comment  # connected, though nothing has come yet
            topic = (await until(lambda: server.numbers.topics))[0]
            stream.writer.transport.abort()
            await until(lambda: topic.told == ["close"])
        async with server.events("subscription { count }", {"to": 1}) as stream:
            await stream.next()
        await until(lambda: len(server.sockets) == 0)
        assert not server.failures


@on_a_loop
async def test_an_operation_that_is_being_opened_is_cancelled_when_the_client_goes_away() -> None:
    async with serving() as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /graphql?query={slow} HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n")
        await until(lambda: server.numbers.opened)
        writer.transport.abort()
        await until(lambda: server.numbers.cancelled)
        await until(lambda: len(server.sockets) == 0)


@on_a_loop
async def test_answers_come_as_they_are_published_and_then_errors() -> None:
    async with serving() as server, server.events(TOPIC) as stream:
        topic = (await until(lambda: server.numbers.topics))[0]
        server.numbers.publish(answer({"a": 1}))
        assert (await stream.next()).json == {"data": {"a": 1}}
        server.numbers.publish(b'{"data":\n{"a":\r\n2}}')  # as the database writes JSON of its own
        assert (await stream.next()).json == {"data": {"a": 2}}
        topic.end(InvalidArgument("It is over."))
        assert (await stream.next()).json["errors"][0]["message"] == "It is over."
        assert await stream.next() == COMPLETE
        assert await stream.is_over()


@on_a_loop
async def test_by_get_as_browsers_do() -> None:
    async with serving() as server:
        query = urlencode({"query": "subscription C { count }", "variables": '{"to":2}', "operationName": "C"})
        async with events(server.port, f"/graphql?{query}", None, {}) as stream:
            assert [(await stream.next()).id for _ in range(2)] == ["1", "2"]
            assert await stream.next() == COMPLETE
        async with events(server.port, f"/graphql?{query}", None, {"last-event-id": "1"}) as stream:
            assert (await stream.next()).id == "2"
        more = urlencode({"extensions": json.dumps({"portico": {"position": "1"}})})
        async with events(server.port, f"/graphql?{query}&{more}", None, {}) as stream:
            assert (await stream.next()).id == "2"


@on_a_loop
async def test_nothing_is_changed_by_get() -> None:
    async with serving() as server:
        async with events(server.port, "/graphql?query=mutation{hello}", None, {}) as refused:
            assert refused.status == 405
            assert refused.headers["allow"] == "GET, POST"
            assert (await refused.body())["errors"][0]["extensions"]["problem"] == "PT118"
        async with server.events("mutation { hello }") as stream:
            assert (await stream.next()).json == {"data": {"hello": "world"}}


@pytest.mark.parametrize(
    ("status", "problem", "request_"),
    [
        (401, "PT310", {"headers": {"authorization": "Bearer x"}}),
        (403, "PT312", {"headers": {**bearer(86_400), "x-portico-role": "boss"}}),  # made when tests are collected
        (400, "PT115", {"body": b"{"}),
        (400, "PT116", {"body": b"[]"}),
        (400, "PT116", {"body": b"{}"}),
        (400, "PT116", {"target": "/graphql"}),
        (405, "PT111", {"method": "PUT", "body": b"{}"}),
        (415, "PT112", {"body": b"{}", "headers": {"content-type": "text/plain"}}),
        (415, "PT112", {"body": b"{}", "headers": {"content-encoding": "gzip"}}),
        (413, "PT114", {"body": b" " * 100_001}),
        (400, "PT121", {"body": b"{}", "headers": {"idempotency-key": "k"}}),
    ],
)
@on_a_loop
async def test_what_is_no_request_is_answered_by_http(status: int, problem: str, request_: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"target": "/graphql?query={hello}", "body": None, "headers": {}, **request_}
    method = asked.pop("method", None)
    async with serving() as server, events(server.port, *asked.values(), method=method) as refused:
        assert refused.status == status
        assert refused.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
        assert (await refused.body())["errors"][0]["extensions"]["problem"] == problem
        assert not server.numbers.opened


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/event-stream", "text/event-stream; charset=utf-8"),
        ("TEXT/EVENT-STREAM;q=0.9", "text/event-stream; charset=utf-8"),
        ("application/json;q=0.5, text/event-stream", "text/event-stream; charset=utf-8"),
        ("text/event-stream, multipart/mixed", "text/event-stream; charset=utf-8"),
        ("application/json, text/event-stream", "application/json; charset=utf-8"),
        ("text/event-stream;q=0, application/json", "application/json; charset=utf-8"),
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed",
         "application/graphql-response+json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
    ],
)  # fmt: skip
@on_a_loop
async def test_events_are_sent_to_those_who_prefer_them(accept: str, content_type: str) -> None:
    async with serving() as server, server.events("{ hello }", headers={"accept": accept}) as stream:
        assert stream.headers["content-type"] == content_type


@on_a_loop
async def test_comments_keep_a_stream_alive() -> None:
    async with serving() as server, server.events(TOPIC) as stream:
        assert (await stream.block()).is_comment
        server.pass_time(HEARTBEAT_S + 1)
        assert (await stream.block()).is_comment
        server.pass_time(HEARTBEAT_S + 1)
        assert (await stream.block()).is_comment


@on_a_loop
async def test_a_slow_reader_gets_the_latest_state_and_one_that_takes_nothing_is_let_go() -> None:
    async with serving() as server, server.events(TOPIC) as stream:
        topic = (await until(lambda: server.numbers.topics))[0]
        await stream.block()
        transport: Any = stream.writer.transport
        transport.pause_reading()
        number, waited = 0, 0
        while waited < 5:
            topic.outlet.next(answer({"n": number, "long": "x" * 200_000}))
            number += 1
            await asyncio.sleep(0.002)
            waited = 0 if topic.outlet.is_clear else waited + 1
            assert number < 2000
        server.pass_time(29)
        assert "close" not in topic.told
        server.pass_time(2)
        await until(lambda: topic.told[-1] == "close")
        await until(lambda: len(server.sockets) == 0)


@on_a_loop
async def test_jsonb_that_looks_like_a_position_is_none() -> None:
    looks = {"extensions": {"portico": {"position": "mine"}}}
    async with serving() as server, server.events(TOPIC) as stream:
        await until(lambda: server.numbers.topics)
        server.numbers.publish(answer(looks))
        assert (await stream.next()).id is None
        server.numbers.publish(answer(looks, "real"))
        assert (await stream.next()).id == "real"
        server.numbers.publish(b'{"data":{},"extensions":{"portico":{"position":"p","snapshot":true}}}')
        assert (await stream.next()).id == "p"


@on_a_loop
async def test_a_stream_ends_with_its_token_and_not_with_the_next_heartbeat() -> None:
    async with (
        serving() as server,
        server.events("subscription { topic }", headers=bearer(HEARTBEAT_S / 4)) as stream,
    ):
        (topic,) = await until(lambda: server.numbers.topics)
        server.pass_time(HEARTBEAT_S / 2)
        await until(lambda: topic.told == ["close"])
        assert (await stream.next()).json["errors"][0]["extensions"]["problem"] == "PT135"
