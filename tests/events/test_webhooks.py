"""Webhooks: signed, in order, tried again, left alone while they fail, never to private addresses, dead and replayed (W1, W2, W3, R7)."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import random
import time
from collections.abc import Callable, Generator
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from portico.gateway import outgoing
from portico.gateway.events.jobs import Queue
from portico.gateway.signing import WrongSecret, is_signed, signed
from tests.support.events import EventServer
from tests.support.receivers import Received, Receiver, free_port, saying

OLD, NEW = (f"whsec_{base64.b64encode(bytes([each]) * 32).decode()}" for each in (1, 2))
MODELS = """
import os
from decimal import Decimal

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import Event, IntId, Model, allow, everyone, webhook

seen = []
base = os.environ["RECEIVER"]


class Order(Model):
    id: Mapped[IntId]
    product: Mapped[str]
    price: Mapped[Decimal | None] = mapped_column(Numeric(30, 20))
    is_paid: Mapped[bool] = mapped_column(default=False, server_default="0")


class Note(Model):
    id: Mapped[IntId]
    text: Mapped[str]


allow(Order, "all", when=everyone)
allow(Note, "all", when=everyone)


def keys() -> list[str]:
    return os.environ["KEYS"].split(",")


def paid(event: Event) -> dict[str, object]:
    return {"product": event.new["product"], "by": event.actor}


webhook(Order, "create", "delete", url=f"{base}/orders", secrets=keys)
webhook(Order, "update", columns=[Order.is_paid], url=lambda: f"{base}/paid", payload=paid, headers=lambda: {"X-Shop": "one", "Content-Type": "application/x-paid+json"}, name="paid")
webhook(Note, url=f"{base}/hasura", form="hasura", name="notes")
"""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Generator[Receiver]:
    made = Receiver()
    monkeypatch.setenv("KEYS", f"{OLD},{NEW}")
    yield made
    asyncio.run(asyncio.sleep(0))


@pytest.fixture
def open_shop(
    open_server: Callable[..., EventServer], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., EventServer]:
    """A shop whose webhooks lead to the receiver."""

    def opened(models: str = MODELS, **keywords: Any) -> EventServer:
        port = free_port()
        monkeypatch.setenv("RECEIVER", f"http://127.0.0.1:{port}")
        server = open_server(models, **keywords)
        server.run(receiver.start(port))
        server.closing.append(receiver.stop)
        return server

    return opened


def order(server: EventServer, product: str = "tea", price: str = "1.5") -> int:
    document = "mutation ($o: OrderInsertInput!) { insertOrder(object: $o) { id } }"
    return server.as_admin(document, {"o": {"product": product, "price": price}})["insertOrder"]["id"]


# ---- what is sent ------------------------------------------------------------------------------------


def test_w2_each_key_signs_and_the_reference_library_agrees(
    open_shop: Callable[..., EventServer], receiver: Receiver
) -> None:
    server = open_shop()
    order(server, price="1.12345678901234567891")
    (found,) = server.wait_for(lambda: receiver.at("/orders"))
    for key in (OLD, NEW):
        said = Webhook(key).verify(found.body, dict(found.headers))
        assert said["type"] == "orders.create"
        assert said["data"]["new"]["product"] == "tea"
    assert b"1.12345678901234567891" in found.body or server.place.dialect == "sqlite"  # no digit is lost
    with pytest.raises(WebhookVerificationError):
        Webhook(f"whsec_{base64.b64encode(bytes([3]) * 32).decode()}").verify(found.body, dict(found.headers))
    assert server.until_idle() == {"done": 1}


def test_w2_our_own_check_takes_what_is_signed_and_nothing_else() -> None:
    now = int(time.time())
    headers = signed("msg_1", b"{}", [OLD, NEW], now)
    assert is_signed(headers, b"{}", [NEW])
    assert not is_signed(headers, b"{ }", [NEW])
    assert not is_signed({**headers, "webhook-id": "msg_2"}, b"{}", [NEW])
    assert not is_signed(signed("msg_1", b"{}", [OLD], now), b"{}", [NEW])
    for at in (now - 301, now + 301):
        assert not is_signed(signed("msg_1", b"{}", [OLD], at), b"{}", [OLD])
    assert not is_signed({}, b"{}", [OLD])
    with pytest.raises(WrongSecret):
        signed("msg_1", b"{}", ["short"], now)


def test_columns_payload_and_headers_are_the_authors(open_shop: Callable[..., EventServer], receiver: Receiver) -> None:
    server = open_shop()
    made = order(server)
    for change in ('product: "milk"', "isPaid: true"):
        server.as_admin(f"mutation {{ updateOrder(pkColumns: {{id: {made}}}, _set: {{{change}}}) {{ id }} }}")
    (found,) = server.wait_for(lambda: receiver.at("/paid"))
    assert json.loads(found.body)["data"] == {"product": "milk", "by": None}
    assert (found.headers["x-shop"], found.headers["content-type"]) == ("one", "application/x-paid+json")
    assert "webhook-signature" not in found.headers
    assert server.until_idle() == {"done": 2}


def test_the_form_of_hasura(open_shop: Callable[..., EventServer], receiver: Receiver) -> None:
    server = open_shop()
    server.as_admin('mutation { insertNote(object: {text: "hi"}) { id } }')
    (found,) = server.wait_for(lambda: receiver.at("/hasura"))
    said = json.loads(found.body)
    assert said["table"] == {"schema": "public", "name": "notes"}
    assert said["trigger"] == {"name": "notes"}
    assert said["event"]["op"] == "INSERT"
    assert said["event"]["data"] == {"old": None, "new": {"id": 1, "text": "hi"}}
    assert said["delivery_info"] == {"current_retry": 0, "max_retries": 19}
    assert found.headers["webhook-id"] == said["id"]


# ---- what is answered --------------------------------------------------------------------------------


def test_retry_after_is_heeded_and_gone_is_the_end(open_shop: Callable[..., EventServer], receiver: Receiver) -> None:
    server = open_shop()
    server.fast_retries()
    receiver.answers["/orders"] = saying(503, "busy", Retry_After="3600")
    order(server)
    server.wait_for(lambda: receiver.at("/orders"))
    server.wait_for_states(later=1)
    rows = server.run(server.background.store.rows("SELECT due_at - created_at FROM portico_jobs"))
    assert 3_590 < rows[0][0] < 3_700
    receiver.answers["/orders"] = saying(410, "no more")
    (job,) = server.as_admin("{ backgroundJobs { id answer } }")["backgroundJobs"]
    assert job["answer"] == "busy"
    server.run(_run_now(server, job["id"]))
    assert server.until_idle() == {"dead": 1}
    shown = server.as_admin(
        "query ($id: String!) { backgroundJob(id: $id) { state attempts { outcome status answer } } }",
        {"id": job["id"]},
    )
    assert shown["backgroundJob"] == {
        "state": "dead",
        "attempts": [
            {"outcome": "failed", "status": 503, "answer": "busy"},
            {"outcome": "failed", "status": 410, "answer": "no more"},
        ],
    }


async def _run_now(server: EventServer, id: str) -> None:
    from portico.gateway.events.administration import run_job

    await run_job(server.background.store, id)


def test_what_is_dead_can_be_replayed_with_its_id(open_shop: Callable[..., EventServer], receiver: Receiver) -> None:
    server = open_shop(events={"webhook_tries": 2, "webhook_pause_s": 0.02})
    server.fast_retries()
    receiver.answers["/orders"] = saying(500)
    order(server)
    server.wait_for(lambda: len(receiver.at("/orders")) == 2)
    assert server.until_idle() == {"dead": 1}
    del receiver.answers["/orders"]
    assert server.as_admin("mutation { replayDeadJobs }") == {"replayDeadJobs": 1}
    server.wait_for(lambda: len(receiver.at("/orders")) == 3)
    assert server.until_idle() == {"done": 1}
    assert len({each.headers["webhook-id"] for each in receiver.at("/orders")}) == 1


def test_a_paused_endpoint_is_told_nothing_until_it_goes_on(
    open_shop: Callable[..., EventServer], receiver: Receiver
) -> None:
    server = open_shop()
    server.as_admin('mutation { pauseQueue(queue: "webhook:Order.create+delete") }')
    order(server)
    server.wait_for_states(waiting=1)
    server.run(asyncio.sleep(0.2))
    assert not receiver.received
    server.as_admin('mutation { pauseQueue(queue: "webhook:Order.create+delete", isPaused: false) }')
    server.wait_for(lambda: receiver.at("/orders"))


def test_w3_only_administrators_see_answers_and_nobody_secrets(
    open_shop: Callable[..., EventServer],
    receiver: Receiver,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    server = open_shop()
    receiver.answers["/orders"] = saying(500, "an answer of theirs")
    order(server)
    server.wait_for_states(later=1)
    answer = server.ask("{ backgroundJobs { answer } }")
    assert "an answer of theirs" not in json.dumps(answer)
    assert "errors" in answer
    out = "".join(capfd.readouterr()) + caplog.text + repr(server.declarations.webhooks)
    assert OLD.removeprefix("whsec_") not in out
    assert OLD.removeprefix("whsec_") not in json.dumps(server.as_admin("{ backgroundJobs { payload answer name } }"))


def test_w3_a_header_cannot_bring_another(open_shop: Callable[..., EventServer], receiver: Receiver) -> None:
    models = MODELS.replace('"X-Shop": "one"', r'"X-Shop": "one\r\nx-evil: yes"').replace(
        ', name="paid"', ', tries=1, name="paid"'
    )
    server = open_shop(models)
    made = order(server)
    server.as_admin(f"mutation {{ updateOrder(pkColumns: {{id: {made}}}, _set: {{isPaid: true}}) {{ id }} }}")
    server.wait_for_states(done=1, dead=1)
    assert not receiver.at("/paid")


# ---- where nothing is sent ---------------------------------------------------------------------------

PRIVATE = [
    "http://127.0.0.1:8080/", "http://localhost:8080/", "http://[::1]:8080/", "http://0.0.0.0:8080/", "http://10.0.0.1/",
    "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest", "http://100.64.0.1/", "http://[fc00::1]/",
    "http://[fe80::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[64:ff9b::7f00:1]/", "http://2130706433/",
    "http://0x7f000001/", "http://017700000001/", "http://127.1/", "http://0177.0.0.1/", "http://0x7f.1/", "http://[::]/", "http://224.0.0.1/",
    "http://[2002:7f00:1::]/", "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://example.com/", "http://example.com:22/", "https://8.8.8.8:6379/",
]  # fmt: skip


@pytest.mark.parametrize("url", PRIVATE)
def test_w1_no_private_address_is_told_however_it_is_written(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def make(info: Any) -> Any:
        made.append(info[4])
        raise OSError("no connection is begun here")

    monkeypatch.setattr(outgoing, "_socket", make)

    async def post() -> None:
        connections = outgoing.Connections(outgoing.Reach(allow_private=False))
        try:
            await connections.post(url, b"{}", {}, timeout_s=2.0)
        finally:
            await connections.close()

    with pytest.raises(outgoing.Unreachable):
        asyncio.run(post())
    assert not made


def test_w1_a_redirect_is_not_followed_and_a_private_endpoint_is_not_told_in_earnest(
    open_shop: Callable[..., EventServer], open_server: Callable[..., EventServer], receiver: Receiver
) -> None:
    server = open_shop(events={"webhook_tries": 1})
    receiver.answers["/orders"] = saying(302, "", Location=receiver.url("/elsewhere"))
    order(server)
    server.wait_for_states(dead=1)
    assert not receiver.at("/elsewhere")
    server.run(server.background.close())
    earnest = open_server(MODELS, mode="prod", events={"webhook_tries": 1})
    before = len(receiver.received)
    order(earnest)
    earnest.wait_for_states(dead=2)
    assert len(receiver.received) == before


@pytest.mark.parametrize(("pause_s", "wanted"), [(10.0, [0, 10, 20, 30, 30]), (45.0, [0, 45, 45, 45, 45])])
def test_an_endpoint_that_fails_is_left_alone_for_half_a_minute_at_most(
    open_shop: Callable[..., EventServer], pause_s: float, wanted: list[int]
) -> None:
    server = open_shop()
    store, queue = server.background.store, Queue("webhook:paid", failures=2, pause_s=pause_s)

    async def fails() -> float:
        await store.failed(queue)
        statement = f"SELECT open_until, {store.of.now} FROM portico_queues WHERE name = $1"
        open_until, now = (await store.rows(statement, queue.name))[0]
        await store.rows("UPDATE portico_queues SET open_until = 0 WHERE name = $1", queue.name)
        return round(max(0.0, open_until - now))

    assert [server.run(fails()) for _ in wanted] == wanted


# ---- R7: one that is down, one that fails now and then, one that hangs --------------------------------


def test_r7_one_that_hangs_keeps_nobody_waiting_and_what_is_dead_is_exact(
    open_server: Callable[..., EventServer], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = int(os.environ.get("PORTICO_TEST_EVENTS", "40"))
    down_s = float(os.environ.get("PORTICO_TEST_DOWN_S", "1"))
    models = MODELS.replace(
        'webhook(Note, url=f"{base}/hasura", form="hasura", name="notes")',
        """\
webhook(Note, url=os.environ["WELL"] + "/hangs", name="hangs", tries=2)
webhook(Order, "create", url=os.environ["WELL"] + "/well", name="well")
webhook(Order, "create", url=f"{base}/shaky", secrets=keys, name="shaky")
webhook(Order, "create", url=f"{base}/refuses", name="refuses", tries=2)""",
    )
    port, well = free_port(), Receiver()
    monkeypatch.setenv("RECEIVER", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("WELL", f"http://127.0.0.1:{(well_port := free_port())}")
    server = open_server(models, events={"webhook_timeout_s": 0.5, "webhook_pause_s": 0.1, "webhook_failures": 3})
    server.run(well.start(well_port))
    server.closing += [well.stop, receiver.stop]
    server.fast_retries(0.05)
    chance = random.Random(7)
    accepted: list[str] = []

    async def shaky(received: Received) -> web.Response:
        if chance.random() < 0.2:
            return web.Response(status=500)
        accepted.append(received.headers["webhook-id"])
        return web.Response()

    receiver.answers.update({"/shaky": shaky, "/refuses": saying(400)})
    well.answers["/hangs"] = well.hangs
    placed_at: dict[str, float] = {}

    def place(phase: str, count: int) -> None:
        """Orders, and among them notes, whose endpoint hangs."""
        for number in range(count):
            if number < 2:
                server.as_admin('mutation { insertNote(object: {text: "x"}) { id } }')
            order(server, f"{phase} {number}")
            placed_at[f"{phase} {number}"] = time.time()

    def delays(told: Receiver, path: str, phase: str) -> list[float]:
        """After how many seconds an endpoint was told of the orders of a phase."""
        came = {_product(each): at for each, at in reversed(told.at_with_moments(path))}
        return sorted(came[name] - at for name, at in placed_at.items() if name.startswith(phase) and name in came)

    place("down", orders // 2)
    server.run(asyncio.sleep(down_s))  # nobody listens on the port
    server.run(receiver.start(port))
    back_at = time.time()
    server.wait_for(lambda: receiver.at("/orders"), 40.0)  # an endpoint that is back is told within half a minute
    first_s = time.time() - back_at
    server.wait_for(lambda: len(set(accepted)) == orders // 2 == len(delays(receiver, "/orders", "down")), 60.0)
    place("up", orders - orders // 2)
    server.wait_for(lambda: len(set(accepted)) == orders == len(delays(well, "/well", "")), 60.0)
    server.wait_for_states(120.0, dead=orders + 4)
    assert server.until_idle() == {"done": 3 * orders, "dead": orders + 4}
    others = {
        "well, while another is down": delays(well, "/well", "down"),
        "well, while others shake": delays(well, "/well", "up"),
        "orders, which was down": delays(receiver, "/orders", "up"),
    }
    print(f"\n{server.place.dialect}: told {first_s:.1f} s after {down_s:g} s away")
    for name, found in others.items():
        print(
            f"  {name}: {len(found)} orders, p50 {found[len(found) // 2] * 1000:.0f} ms, most {found[-1] * 1000:.0f} ms"
        )
        assert found[-1] < 1.0  # though another endpoint hangs all the while
    assert [len(each) for each in others.values()] == [orders // 2, orders - orders // 2, orders - orders // 2]
    assert len(accepted) == len(set(accepted)) == orders  # what was accepted is not sent again
    receiver.answers.clear()
    assert server.as_admin('mutation { replayDeadJobs(name: "refuses") }') == {"replayDeadJobs": orders}
    server.wait_for_states(60.0, done=4 * orders, dead=4)


def _product(received: Received) -> str:
    return json.loads(received.body)["data"]["new"]["product"]
