"""Clients that people connect with: graphql-ws, Apollo Client, urql, graphql-sse, EventSource, and the older Apollo's."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.support.node import run_json
from tests.support.numbers import answer
from tests.support.realtime import Realtime, on_a_loop, serving, token, until

HERE = Path(__file__).parent / "subscriptions"
ONE, TWO, THREE = ({"count": number} for number in (1, 2, 3))


async def run(script: str, folder: Path, *arguments: str) -> Any:
    return await asyncio.to_thread(run_json, HERE / script, folder, *arguments)


@on_a_loop
async def test_clients_see_what_the_server_says(subscriptions_folder: Path) -> None:
    async with serving(speaks_legacy=True) as server:
        seen = await run("clients.mjs", subscriptions_folder, str(server.port), token())
        assert seen == {
            "graphql-ws counts": [ONE, TWO, THREE],
            "graphql-ws query": [{"whoami": ["user", "1"]}],
            "graphql-ws refused": {"values": [], "failed": ["PT105"]},
            "graphql-ws iterates": [{"whoami": ["user", "1"]}],
            "graphql-ws wrong credentials": {"values": [], "failed": 4403},
            "graphql-ws is answered": True,
            "Apollo counts": [ONE, TWO],
            "Apollo query": {"whoami": ["user", "1"]},
            "Apollo by HTTP": {"hello": "plain"},
            "urql counts": [ONE, TWO, THREE],
            "urql counts by fetch": [ONE, TWO, THREE],
            "urql query": {"hello": "plain"},
            "graphql-sse counts": [ONE, TWO, THREE],
            "graphql-sse query": [{"whoami": ["user", "1"]}],
            "graphql-sse refused": ["PT105"],
            "graphql-sse wrong credentials": "Server responded with 401: Unauthorized",
            "EventSource counts": [["1", ONE], ["2", TWO], ["3", THREE]],
            "subscriptions-transport-ws counts": [ONE, TWO, THREE],
            "subscriptions-transport-ws refused": seen["subscriptions-transport-ws refused"],
        }
        (refused,) = seen["subscriptions-transport-ws refused"]
        assert refused["errors"][0]["extensions"]["problem"] == "PT105"
        await until(lambda: len(server.sockets) == 0)
        assert not server.numbers.topics


@on_a_loop
async def test_clients_come_back_after_a_restart(subscriptions_folder: Path) -> None:
    async with serving() as server:
        running = asyncio.create_task(run("resuming.mjs", subscriptions_folder, str(server.port)))
        await _published(server, 1)
        for each in list(server.sockets.clients):
            each.restart()
        await _published(server, 2)
        assert await running == {name: [{"n": 1}, {"n": 2}] for name in ("graphql-ws", "graphql-sse", "EventSource")}


async def _published(server: Realtime, number: int) -> None:
    """Each client gets a number once, the next when it has come back."""
    topics = await until(lambda: len(server.numbers.topics) == 3 and list(server.numbers.topics), 30)
    for topic in topics:
        topic.outlet.next(answer({"n": number}, str(number)))
    await until(lambda: all(topic.outlet.is_clear for topic in topics))
    if number == 2:
        positions = {request.position for request in server.numbers.opened[3:]}
        assert "1" in positions  # an EventSource says by itself what it has
