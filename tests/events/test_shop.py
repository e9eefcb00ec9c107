"""The example of the shop, from the payment to the mail: what its README says happens."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from portico.gateway.events.jobs import NewJob
from portico.gateway.signing import signed
from tests.support.events import EventServer
from tests.support.receivers import Receiver, free_port

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop" / "models.py"
PAYMENT, WAREHOUSE = (f"whsec_{base64.b64encode(bytes([each]) * 32).decode()}" for each in (1, 2))
PAID = """mutation ($id: String!, $timestamp: String!, $signature: String!, $body: String!) {
  paymentReceived(id: $id, timestamp: $timestamp, signature: $signature, body: $body) }"""


def test_the_shop(open_server: Callable[..., EventServer], monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, port = Receiver(), free_port()
    monkeypatch.setenv("PAYMENT_SECRETS", PAYMENT)
    monkeypatch.setenv("WAREHOUSE_SECRETS", WAREHOUSE)
    monkeypatch.setenv("WAREHOUSE_URL", f"http://127.0.0.1:{port}/")
    server = open_server(SHOP.read_text())
    server.run(receiver.start(port))
    server.closing.append(receiver.stop)
    document = 'mutation { insertProduct(object: {name: "tea pot", price: "24.50", stock: 3}) { id } }'
    product = server.as_admin(document)["insertProduct"]["id"]
    ann = server.sign_up()
    answer = server.ask("mutation ($p: UUID!) { placeOrder(product: $p) }", {"p": product}, token=ann.access_token)
    order = answer["data"]["placeOrder"]
    body = json.dumps({"order": order})
    headers = signed("pay_1", body.encode(), [PAYMENT], int(time.time()))
    given = {key.removeprefix("webhook-"): value for key, value in headers.items()}
    forged = server.ask(PAID, {**given, "body": json.dumps({"order": product})})
    assert forged["errors"][0]["extensions"]["problem"] == "PT360"
    assert server.ask(PAID, {**given, "body": body})["data"] == {"paymentReceived": True}
    assert server.ask(PAID, {**given, "body": body})["data"] == {"paymentReceived": False}
    mailbox: Any = server.accounts.mailer.mailer
    server.wait_for(lambda: [each for each in mailbox.mails if each.text.subject == "Your order"])
    assert server.as_admin("{ products { stock } orders { status } }") == {
        "products": [{"stock": 2}],
        "orders": [{"status": "sent"}],
    }
    told = server.wait_for(lambda: len(receiver.received) == 2 and receiver.received)
    assert [Webhook(WAREHOUSE).verify(each.body, dict(each.headers))["data"]["status"] for each in told] == [
        "paid",
        "sent",
    ]
    due = datetime(2026, 3, 2, 7, tzinfo=UTC).timestamp()
    server.run(server.background.store.add([NewJob("report-1", "default", "count_orders", json.dumps({"due": due}))]))
    server.wait_for(lambda: server.answer_of("{ reports { orders } }"))
    server.wait_for_states(later=1, waiting=0, running=0, dead=0)  # what is put off for an hour
