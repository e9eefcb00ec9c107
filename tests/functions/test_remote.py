"""Functions that live elsewhere: what a service is sent, what becomes of its answer, and where none may live."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from yarl import URL

from portico.gateway.functions.remote_calls import session_variables
from portico.gateway.outgoing import Connections, Reach, Unreachable
from portico.gateway.signing import is_signed
from portico.schema.caller import Caller
from tests.support.accounts import AccountServer

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OLD = "whsec_MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MODELS = '''"""Orders that are paid elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import strawberry
from sqlalchemy.orm import Mapped

from portico.gateway.functions import remote
from portico.schema import IntId, Me, Model, Rule, allow, mutation, query


class Order(Model):
    id: Mapped[IntId]
    owner: Mapped[str]
    title: Mapped[str]


@allow(Order, "read", to=("user", "anonymous"))
def my_orders(order: type[Order], me: Me) -> Rule:
    return order.owner == me.id


class Kind(Enum):
    CARD = "card"
    CASH = "cash"


@dataclass
class Receipt:
    number: UUID
    paid_at: datetime
    amount: Decimal
    kind: Kind
    order: Order | None = None
    notes: list[str] | None = None


@mutation
@remote("URL/charge", secret=["SECRET", "OLD"], forward=["accept-language", "authorization", "host"], headers={"x-ours": "1"})
async def charge(order_id: int, how_much: Decimal, kind: Kind = Kind.CARD) -> Receipt:
    """Pays."""


@query
@remote("URL/again", retries=2, timeout_s=5)
async def asked_again(id: int) -> int: ...


@strawberry.type
class Paid:
    """What the service says is worked out further here."""

    order_id: int
    said_by: str | None = strawberry.field(name="by")

    @strawberry.field
    def order(self) -> Order | None:
        return Order(id=self.order_id)

    @strawberry.field
    async def line(self, prefix: str = "by") -> str:
        return f"{prefix} {self.said_by}"


@query
@remote("URL/paid")
async def paid(id: int) -> list[Paid]: ...


@query
@remote("URL/late", timeout_s=0.2)
async def late() -> int: ...


@query
@remote("http://169.254.169.254/latest/meta-data")
async def metadata() -> str: ...
'''
ASK = "mutation ($m: Decimal!) { charge(orderId: 1, howMuch: $m) { number paidAt amount kind order { title } notes } }"
PAID = {
    "number": "00000000-0000-0000-0000-000000000001",
    "paidAt": "2026-01-31T12:00:00+00:00",
    "amount": 1.5,
    "kind": "CASH",
    "order": {"id": 1},
    "notes": ["thanks"],
}


@pytest.fixture
def server(gateway: Callable[..., AccountServer], service: Any) -> AccountServer:
    made = gateway(MODELS.replace("URL", service.url).replace("SECRET", SECRET).replace("OLD", OLD), admin_keys=("k",))
    made.sql("INSERT INTO orders VALUES (1, 'ann', 'first'), (2, 'bob', 'second')")
    return made


def as_user(id: str, **more: str) -> dict[str, str]:
    return {
        "x-portico-admin-key": "k",
        "x-hasura-admin-secret": "k",
        "x-hasura-role": "user",
        "x-hasura-user-id": id,
        **more,
    }


def test_a_service_is_sent_hasuras_payload_of_actions_signed(server: AccountServer, service: Any) -> None:
    service.answer = lambda asked: (200, {}, PAID)
    headers = as_user("ann", **{"accept-language": "de", "authorization": "", "x-other": "secret"})

    assert server.ask(ASK, {"m": "1.50"}, headers=headers)["data"]["charge"] == {
        **PAID,
        "order": {"title": "first"},
    }
    (asked,) = service.asked
    assert asked["path"] == "/charge"
    assert asked["body"] == {
        "action": {"name": "charge"},
        "input": {"orderId": 1, "howMuch": "1.50"},
        "session_variables": {"x-hasura-role": "user", "x-hasura-user-id": "ann"},
        "request_query": ASK,
    }
    sent = asked["headers"]
    assert (sent["accept-language"], sent["x-ours"], sent["content-type"]) == ("de", "1", "application/json")
    assert "x-other" not in sent
    assert "x-portico-admin-key" not in sent
    assert sent["host"] == service.url.removeprefix("http://")
    assert sent["x-request-id"]
    assert is_signed(sent, asked["raw"], [SECRET])
    assert is_signed(sent, asked["raw"], [OLD])
    assert not is_signed(sent, asked["raw"] + b" ", [SECRET])


def test_w4_the_callers_identity_is_forwarded_and_not_ours() -> None:
    caller = Caller(id=7, role="user", claims={"org_id": 3, "x-hasura-team": "a", "roles": ["b"]})

    assert session_variables(caller) == {
        "x-hasura-role": "user",
        "x-hasura-user-id": "7",
        "x-hasura-org-id": "3",
        "x-hasura-team": "a",
        "x-hasura-roles": '["b"]',
    }


def test_a_row_that_the_caller_may_not_see_is_not_given_by_a_service_either(
    server: AccountServer, service: Any
) -> None:
    service.answer = lambda asked: (200, {}, {**PAID, "order": {"id": 2}})

    found = server.ask(ASK, {"m": 1}, headers=as_user("ann"))
    assert found["data"]["charge"]["order"] is None


def test_what_a_type_works_out_is_worked_out_of_what_a_service_says(server: AccountServer, service: Any) -> None:
    service.answer = lambda asked: (200, {}, [{"orderId": 1, "by": "card"}, {"orderId": 2}])
    document = '{ paid(id: 1) { order { title } line two: line(prefix: "with") } }'
    assert server.ask(document, headers=as_user("ann"))["data"]["paid"] == [
        {"order": {"title": "first"}, "line": "by card", "two": "with card"},
        {"order": None, "line": "by None", "two": "with None"},
    ]


def test_arguments_are_looked_at_before_a_service_is_asked(server: AccountServer, service: Any) -> None:
    assert server.ask(ASK, {"m": "much"})["errors"][0]["extensions"]["problem"] == "PT104"
    assert service.asked == []


ANSWERS = (
    ((400, {}, {"message": "No money.", "extensions": {"code": "poor"}}), "No money.", "poor", "PT574"),
    ((422, {}, {"message": "No money.", "code": "poor"}), "No money.", "poor", "PT574"),
    ((403, {}, {"message": ""}), "The service refuses.", "bad-request", "PT574"),
    ((500, {}, {"message": "SQL secret"}), "The service has answered with status 500.", "unexpected", "PT573"),
    ((200, {}, b"<html>"), "The service has answered with what is no JSON.", "unexpected", "PT573"),
    ((302, {"location": "http://127.0.0.1/"}, {}), "The service has answered with status 302.", "unexpected", "PT573"),
    ((200, {}, b'"' + b"x" * 1_000_001 + b'"'), "The service has answered with more than 1 MB.", "unexpected", "PT573"),
    ((200, {}, {"number": 1}), "The function gave what its type does not allow.", "unexpected", "PT509"),
    ((200, {}, {**PAID, "kind": "BARTER"}), "The function failed.", "unexpected", "PT509"),
)  # fmt: skip


def test_what_a_service_answers_is_told_in_its_words_or_in_ours(server: AccountServer, service: Any) -> None:
    for answer, message, code, problem in ANSWERS:
        service.answer = lambda asked, answer=answer: answer
        error = server.ask(ASK, {"m": 1})["errors"][0]
        assert (error["message"], error["extensions"]["code"], error["extensions"]["problem"]) == (
            message,
            code,
            problem,
        )
        assert error["extensions"]["path"] == "$.selectionSet.charge"


def test_it_is_tried_again_with_the_same_id_where_that_was_said(server: AccountServer, service: Any) -> None:
    service.answer = lambda asked: (200, {}, 5) if len(service.asked) == 3 else (503, {}, None)

    assert server.ask("{ askedAgain(id: 1) }")["data"] == {"askedAgain": 5}
    assert len(service.asked) == 3
    service.answer = lambda asked: (500, {}, None)
    assert server.ask("{ askedAgain(id: 1) }")["errors"][0]["extensions"]["problem"] == "PT573"
    assert len(service.asked) == 4


def test_w4_a_service_that_is_late_is_not_waited_for(server: AccountServer, service: Any) -> None:
    gate = threading.Event()
    service.answer = lambda asked: (200, {}, 1) if gate.wait(2) else (200, {}, 0)

    assert server.ask("{ late }")["errors"][0]["message"] == "The service has not answered in time."
    gate.set()


def test_w1_private_addresses_are_not_called_but_in_development(
    gateway: Callable[..., AccountServer], service: Any
) -> None:
    models = MODELS.replace("URL", service.url).replace("SECRET", SECRET).replace("OLD", OLD)
    server = gateway(models, mode="prod")

    for ask in ("{ late }", "{ metadata }"):
        error = server.ask(ask)["errors"][0]
        assert (error["message"], error["extensions"]["problem"]) == ("The service cannot be reached.", "PT573")
    assert service.asked == []


def test_a_private_host_that_settings_name_is_called_in_earnest(
    gateway: Callable[..., AccountServer], service: Any
) -> None:
    host = urlsplit(service.url).netloc
    service.answer = lambda asked: (200, {}, 1)
    models = MODELS.replace("URL", service.url).replace("SECRET", SECRET).replace("OLD", OLD)

    assert gateway(models, mode="prod", private_hosts=(host,)).ask("{ askedAgain(id: 1) }") == {
        "data": {"askedAgain": 1}
    }
    others = ("127.0.0.1", "127.0.0.1:1", f"other.{host}", "localhost")
    error = gateway(models, mode="prod", private_hosts=others).ask("{ askedAgain(id: 1) }")["errors"][0]
    assert error["extensions"]["problem"] == "PT573"
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("url", "hosts", "is_called"),
    [
        ("http://backend:3000/x", {"backend:3000"}, True),
        ("http://BACKEND:3000/x", {"backend:3000"}, True),
        ("http://backend:3001/x", {"backend:3000"}, False),
        ("http://backend/x", {"backend"}, True),
        ("https://backend:8443/x", {"backend"}, True),
        ("http://backend:3000/x", {"backend"}, False),
        ("http://backend:3000@evil.example.com/x", {"backend:3000"}, False),
        ("http://evil.example.com/backend:3000", {"backend:3000"}, False),
        ("http://sub.backend:3000/x", {"backend:3000"}, False),
        ("http://backend.:3000/x", {"backend:3000"}, False),
        ("http://anything:1/x", set[str](), False),
    ],
)
def test_a_private_host_is_the_one_that_is_named(url: str, hosts: set[str], *, is_called: bool) -> None:
    assert Reach(allow_private=False, private_hosts=frozenset(hosts)).includes(URL(url)) is is_called


@pytest.mark.parametrize("value", ["a\r\nx-admin: 1", "a\nb", "a\x00b", "a\x7f"])
def test_w3_a_header_that_would_begin_another_is_not_sent(service: Any, value: str) -> None:
    connections = Connections(Reach(allow_private=True))

    async def post() -> None:
        try:
            with pytest.raises(Unreachable):
                await connections.post(service.url, b"{}", {"x-note": value}, timeout_s=5)
        finally:
            await connections.close()

    asyncio.run(post())
    assert service.asked == []
