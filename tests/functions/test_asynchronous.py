"""Functions whose result comes later: an id at once, a job that asks the service, and the result for whoever asked."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from portico.gateway.functions.kept_calls import forget_remote_calls
from portico.gateway.loading import load_models
from portico.gateway.signing import is_signed
from portico.schema.problems import Problems
from tests.support.backend import Place
from tests.support.events import ADMIN_KEY, EventServer

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MODELS = '''"""Orders that are paid elsewhere, by and by."""

import os
from dataclasses import dataclass

from sqlalchemy.orm import Mapped

from portico.gateway.functions import remote
from portico.schema import IntId, Me, Model, Rule, allow, mutation, query

seen = []


class Order(Model):
    id: Mapped[IntId]
    owner: Mapped[str]
    title: Mapped[str]


@allow(Order, "read", to=("user", "anonymous"))
def my_orders(order: type[Order], me: Me) -> Rule:
    return order.owner == me.id


@dataclass
class Receipt:
    number: int
    paid_by: str
    orders: list[Order]


@mutation(to=("user", "anonymous"))
@remote("URL/charge", secret="SECRET", forward=["accept-language"], headers=lambda: {"x-ours": "1"}, asynchronous=True)
async def charge(order_id: int, note: str = "none") -> Receipt:
    """Pays."""


@mutation(to="other")
@remote("URL/once", asynchronous=True, retries=0)
async def ask_once() -> "list[int]": ...


@mutation(to="user")
@remote(lambda: os.environ["NOT_SET_IN_TESTS"], asynchronous=True, retries=1)
async def ask_nobody() -> int: ...
'''
ASK = "mutation { charge(orderId: 1) }"
SHOW = "query ($id: UUID!) { charge(id: $id) { id createdAt errors output { number paidBy orders { title } } } }"
WATCH = "subscription ($id: UUID!) { charge(id: $id) { errors output { number orders { title } } } }"
PAID = {"number": 7, "paidBy": "card", "orders": [{"id": 1}, {"id": 2}]}


def as_(role: str, id: str | None) -> dict[str, str]:
    given = {"x-portico-admin-key": ADMIN_KEY, "x-hasura-admin-secret": ADMIN_KEY, "x-hasura-role": role}
    return given if id is None else {**given, "x-hasura-user-id": id}


ANN, BOB = as_("user", "ann"), as_("user", "bob")


@pytest.fixture
def open_server(place: Place, tmp_path: Path, service: Any) -> Generator[Callable[..., EventServer]]:
    opened: list[EventServer] = []

    def serve(**settings: Any) -> EventServer:
        folder = tmp_path / f"project{len(opened)}"
        folder.mkdir()
        models = MODELS.replace("URL", service.url).replace("SECRET", SECRET)
        server = EventServer(place, folder, models, live_poll_s=0.02, **settings)
        server.fast_retries()
        server.sql("INSERT INTO orders VALUES (1, 'ann', 'first'), (2, 'bob', 'second')")
        opened.append(server)
        return server

    yield serve
    for each in opened:
        each.close()


@pytest.fixture
def server(open_server: Callable[..., EventServer]) -> EventServer:
    return open_server()


def asked(server: EventServer, headers: Any, document: str = ASK) -> str:
    return next(iter(server.ask(document, headers=headers)["data"].values()))


def shown(server: EventServer, id: str, headers: Any) -> Any:
    return server.ask(SHOW, {"id": id}, headers=headers)["data"]["charge"]


def answered(server: EventServer, id: str, headers: Any) -> Any:
    server.until_idle()
    return shown(server, id, headers)


def test_the_result_of_a_call_is_shown_to_who_asked_under_their_rules(server: EventServer, service: Any) -> None:
    gate = threading.Event()
    service.answer = lambda asked: (200, {}, PAID) if gate.wait(10) else (500, {}, None)

    call = asked(server, {**ANN, "accept-language": "de", "x-other": "secret"})
    waiting = shown(server, call, ANN)
    assert (waiting["id"], waiting["errors"], waiting["output"]) == (call, None, None)
    gate.set()
    found = answered(server, call, ANN)
    assert found["createdAt"] == waiting["createdAt"]
    assert found["errors"] is None
    assert found["output"] == {"number": 7, "paidBy": "card", "orders": [{"title": "first"}]}

    (sent,) = service.asked
    assert sent["body"] == {
        "action": {"name": "charge"},
        "input": {"orderId": 1},
        "session_variables": {"x-hasura-role": "user", "x-hasura-user-id": "ann"},
        "request_query": ASK,
    }
    assert is_signed(sent["headers"], sent["raw"], [SECRET])
    assert sent["headers"]["webhook-id"] == call
    assert (sent["headers"]["accept-language"], sent["headers"]["x-ours"]) == ("de", "1")
    assert "x-other" not in sent["headers"]
    assert ADMIN_KEY not in json.dumps(server.rows("SELECT payload FROM portico_jobs"))


def test_nobody_else_sees_a_call(server: EventServer, service: Any) -> None:
    service.answer = lambda asked: (200, {}, {**PAID, "orders": []})
    of_ann, of_nobody = asked(server, ANN), asked(server, as_("anonymous", None))
    assert answered(server, of_ann, ANN)["output"]["number"] == 7

    assert [shown(server, of_ann, each) for each in (BOB, as_("anonymous", None), as_("user", None))] == [None] * 3
    # Who has no id is known by the call's own, and to whoever has an id it is not shown.
    assert shown(server, of_nobody, as_("anonymous", None))["output"]["number"] == 7
    assert shown(server, of_nobody, {})["output"]["number"] == 7
    assert [shown(server, of_nobody, each) for each in (ANN, as_("user", None))] == [None] * 2
    assert shown(server, of_ann, {"x-portico-admin-key": ADMIN_KEY})["output"]["number"] == 7
    # By another function's field there is none of it.
    document = "query ($id: UUID!) { askOnce(id: $id) { output } }"
    assert server.ask(document, {"id": of_ann}, headers=as_("other", "ann"))["data"] == {"askOnce": None}
    # Roles that may not ask have none of the fields.
    error = server.ask(SHOW, {"id": of_ann}, headers=as_("other", "ann"))["errors"][0]
    assert error["extensions"]["problem"] == "PT102"


def watch(server: EventServer, id: str, headers: Any) -> Any:
    """The answers of a subscription as it goes on, once it has ended."""
    body = {"query": WATCH, "variables": {"id": id}}
    return server.reply("POST", "/graphql", body, headers={**headers, "accept": "text/event-stream"})


def said(reply: Any) -> list[Any]:
    lines = [line for line in reply.body.decode().splitlines() if line.startswith("data: {")]
    return [json.loads(line.removeprefix("data: "))["data"]["charge"] for line in lines]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_who_asked_can_wait_for_the_result(server: EventServer, service: Any, elsewhere: bool) -> None:
    """elsewhere: another process has run the job, so that nobody tells this one."""
    gate = threading.Event()
    service.answer = lambda asked: (200, {}, PAID) if gate.wait(10) else (500, {}, None)
    host: Any = server.gateway
    calls = host._functions._kept
    if elsewhere:
        calls._tell_here, calls._tell = calls._tell, lambda ids: None
        look = calls._look

        async def looking(ids: list[str]) -> None:
            calls._tell = calls._tell_here
            await look(ids)
            calls._tell = lambda ids: None

        calls._look = looking
    call = asked(server, ANN)

    async def both() -> tuple[Any, Any]:
        mine = asyncio.create_task(watch(server, call, ANN))
        others = asyncio.create_task(watch(server, call, BOB))
        while not calls._waiting:
            await asyncio.sleep(0.005)
        gate.set()
        return await mine, await others

    mine, others = server.run(both())
    assert said(mine) == [
        {"errors": None, "output": None},
        {"errors": None, "output": {"number": 7, "orders": [{"title": "first"}]}},
    ]
    assert said(others) == [None]
    assert said(server.run(watch(server, call, ANN))) == [said(mine)[1]]
    assert calls._waiting == {}


def test_a_refusal_is_kept_in_the_services_words(server: EventServer, service: Any) -> None:
    service.answer = lambda asked: (400, {}, {"message": "No money.", "extensions": {"code": "poor"}})
    found = answered(server, asked(server, ANN), ANN)
    assert found["errors"] == {"path": "$", "error": "No money.", "code": "poor", "problem": "PT574"}
    assert found["output"] is None
    assert len(service.asked) == 1


def test_it_is_tried_again_with_the_same_id(server: EventServer, service: Any) -> None:
    service.answer = lambda asked: (200, {}, PAID) if len(service.asked) == 3 else (503, {}, {"message": "later"})
    call = asked(server, ANN)
    assert answered(server, call, ANN)["output"]["number"] == 7
    assert {each["headers"]["webhook-id"] for each in service.asked} == {call}
    assert len(service.asked) == 3


def test_what_is_not_tried_again_is_dead_and_can_be_replayed(server: EventServer, service: Any) -> None:
    service.answer = lambda asked: (500, {}, {"secret": "SQL"})
    call = asked(server, ANN)
    assert answered(server, call, ANN)["errors"]["error"] == "The service has answered with status 500."
    assert server.states() == {"dead": 1}
    assert len(service.asked) == 1
    service.answer = lambda asked: (200, {}, PAID)
    server.as_admin("mutation ($id: String!) { replayBackgroundJob(id: $id) }", {"id": call})
    server.run(server.background.worker._take())  # pyright: ignore
    found = answered(server, call, ANN)
    assert (found["errors"], found["output"]["number"]) == (None, 7)


def test_what_the_author_has_not_set_is_told_whoever_asked_in_our_words(server: EventServer) -> None:
    call = asked(server, ANN, "mutation { askNobody }")
    server.until_idle()
    found = server.ask("query ($id: UUID!) { askNobody(id: $id) { errors } }", {"id": call}, headers=ANN)
    assert found["data"]["askNobody"]["errors"]["error"] == "The service cannot be asked."
    assert "NOT_SET" not in json.dumps(found)
    assert server.rows("SELECT outcome FROM portico_attempts") == [("failed",), ("failed",)]


def test_without_tries_a_call_whose_worker_is_gone_is_not_sent_twice(server: EventServer, service: Any) -> None:
    gate = threading.Event()
    service.answer = lambda asked: (200, {}, [1]) if gate.wait(10) else (500, {}, None)
    call = asked(server, as_("other", "ann"), "mutation { askOnce }")
    server.wait_for(lambda: service.asked)
    # The worker is gone while the service was asked: another is given the job.
    worker: Any = server.background.worker
    (lane,) = [each for each in worker._lanes.values() if each.queue.name == "remote:ask_once"]
    for task in list(lane.running):
        task.cancel()
    server.run(asyncio.wait(lane.running))
    worker._results.clear()
    gate.set()
    server.sql("UPDATE portico_jobs SET state = 'waiting', owner = NULL")
    server.until_idle()
    document = "query ($id: UUID!) { askOnce(id: $id) { errors output } }"
    found = server.ask(document, {"id": call}, headers=as_("other", "ann"))["data"]["askOnce"]
    assert found["errors"]["error"] == "The service was asked, and its answer was lost."
    assert len(service.asked) == 1


def test_limits_of_what_is_put_down(open_server: Callable[..., EventServer], service: Any) -> None:
    from portico.resolvers.limits import FunctionLimits

    server = open_server(functions=FunctionLimits(waiting_calls=2), events={"payload_bytes": 2_000})
    long = "mutation ($n: String!) { charge(orderId: 1, note: $n) }"
    assert server.problem(server.ask(long, {"n": "x" * 2_000}, headers=ANN)) == "PT563"
    gate = threading.Event()
    service.answer = lambda asked: (200, {}, PAID) if gate.wait(10) else (500, {}, None)
    ids = [asked(server, ANN), asked(server, BOB)]
    assert server.problem(server.ask(ASK, headers=ANN)) == "PT561"
    gate.set()
    assert answered(server, ids[0], ANN)["output"]["number"] == 7
    assert asked(server, ANN)


def test_results_are_forgotten_in_time(server: EventServer, service: Any) -> None:
    service.answer = lambda asked: (200, {}, PAID)
    old, new = asked(server, ANN), asked(server, ANN)
    assert answered(server, old, ANN)
    (kept,) = server.rows(f"SELECT forget_at - ended_at FROM portico_remote_calls WHERE id = '{old}'")[0]
    assert abs(kept - 24 * 3600) < 5
    server.sql(f"UPDATE portico_remote_calls SET forget_at = 1 WHERE id = '{old}'")
    host: Any = server.gateway
    server.run(forget_remote_calls(host._functions._data))
    assert shown(server, old, ANN) is None
    assert shown(server, new, ANN)["output"]["number"] == 7


@pytest.mark.parametrize(
    ("decorators", "code"),
    [
        ('@query\n@remote("http://x", asynchronous=True)', "PT562"),
        ('@mutation\n@remote("http://x", asynchronous=True, forward=["Authorization"])', "PT562"),
        ('@mutation\n@remote("http://x", asynchronous=True, forward=["x-lang", "X-Api-Key"])', "PT562"),
    ],
)
def test_what_cannot_be_asynchronous_is_said(tmp_path: Path, decorators: str, code: str) -> None:
    text = f"from portico.gateway.functions import remote\nfrom portico.schema import mutation, query\n\n{decorators}\nasync def wrong() -> int: ...\n"
    (tmp_path / "models.py").write_text(text)
    with pytest.raises(Problems) as caught:
        load_models(tmp_path / "models.py")
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.source is not None
