"""Functions that ask other services themselves, by the one client for requests that leave."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from tests.support.backend import Place, sqlite_place
from tests.support.events import EventServer

MODELS = '''"""Asks."""

from portico.gateway.functions import Http
from portico.schema import Jobs, job, mutation, query

seen = []


@query
async def ask(path: str, http: Http) -> int:
    answer = await http.post("URL" + path, {"asked": path}, headers={"X-Key": "k"}, timeout_s=5)
    answer.raise_for_status()
    return answer.json()


@job
async def tell(http: Http) -> None:
    answer = await http.post("URL/told", b"as it is", headers={"Content-Type": "text/plain"})
    seen.append(answer.status)
    answer.raise_for_status()


@mutation
async def tell_later(jobs: Jobs) -> str:
    return await jobs.later(tell)
'''


@pytest.fixture
def open_server(tmp_path: Path, service: Any) -> Generator[Callable[..., EventServer]]:
    opened: list[EventServer] = []

    def serve(**settings: Any) -> EventServer:
        folder = tmp_path / f"project{len(opened)}"
        folder.mkdir()
        place: Place = sqlite_place(folder)
        opened.append(EventServer(place, folder, MODELS.replace("URL", service.url), **settings))
        opened[-1].fast_retries()
        return opened[-1]

    yield serve
    for each in opened:
        each.close()


def test_a_function_is_given_what_was_answered(open_server: Callable[..., EventServer], service: Any) -> None:
    server = open_server()
    service.answer = lambda asked: (200, {}, 5)
    assert server.ask('{ ask(path: "/five") }')["data"] == {"ask": 5}
    (asked,) = service.asked
    assert (asked["path"], asked["body"]) == ("/five", {"asked": "/five"})
    assert (asked["headers"]["x-key"], asked["headers"]["content-type"]) == ("k", "application/json")
    for status, body, message in (
        (404, {"secret": 1}, "The service has answered with status 404."),
        (302, {}, "The service has answered with status 302."),
        (200, b"<html>", "The service has answered with what is no JSON."),
        (200, b'"' + b"x" * 1_000_001 + b'"', "The service has answered with more than 1 MB."),
    ):
        service.answer = lambda asked, status=status, body=body: (status, {"location": service.url}, body)
        error = server.ask('{ ask(path: "/") }')["errors"][0]
        assert (error["message"], error["extensions"]["problem"]) == (message, "PT573")


def test_what_runs_in_the_background_is_tried_again(open_server: Callable[..., EventServer], service: Any) -> None:
    server = open_server()
    service.answer = lambda asked: (200 if len(service.asked) == 2 else 503, {}, None)
    service.parses = False
    server.ask("mutation { tellLater }")
    assert server.until_idle() == {"done": 1}
    assert server.seen == [503, 200]
    assert (service.asked[0]["raw"], service.asked[0]["headers"]["content-type"]) == (b"as it is", "text/plain")


def test_w1_private_addresses_are_not_asked_but_in_development(
    open_server: Callable[..., EventServer], service: Any
) -> None:
    error = open_server(mode="prod").ask('{ ask(path: "/") }')["errors"][0]
    assert (error["message"], error["extensions"]["problem"]) == ("The service cannot be reached.", "PT573")
    assert service.asked == []
