"""Routes: requests as they came, proofs of who sent them, and answers; what cannot be served is told at the start."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from portico.gateway.functions.http_messages import Incoming
from portico.gateway.functions.problems import WrongSignature
from portico.gateway.functions.routes import served_by
from portico.gateway.loading import load_models
from portico.gateway.signing import signed
from portico.schema.problems import Problem, Problems
from tests.support.accounts import AccountServer

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OTHER = "whsec_MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MODELS = f'''"""Payments that others tell of."""

import asyncio

from sqlalchemy.orm import Mapped

from portico.gateway.functions import Incoming, Outgoing, route
from portico.schema import Caller, Data, IntId, Model, Refused, allow, everyone


class Payment(Model):
    id: Mapped[IntId]
    reference: Mapped[str]


allow(Payment, "read", when=everyone)


@route("POST", "/hooks/paid", max_bytes=200)
async def paid(request: Incoming, data: Data) -> None:
    request.verify_webhook("{SECRET}")
    async with data.begin() as session:
        session.add(Payment(reference=request.json()["reference"]))


@route("POST", "/hooks/{{shop}}/{{event}}")
def echo(request: Incoming) -> dict[str, object]:
    return {{"path": dict(request.path), "query": dict(request.query), "type": request.headers["content-type"], "body": request.body.decode()}}


@route("GET", "/hooks/who")
async def who(caller: Caller, data: Data) -> Outgoing:
    found = await data.ask("{{ payments {{ reference }} }}")
    return Outgoing({{"role": caller.role, **found}}, status=201, headers={{"X-Note": "yes"}})


@route("GET", "/hooks/inject")
async def inject() -> Outgoing:
    return Outgoing("x", headers={{"x-note": "a\\r\\nset-cookie: a=b"}})


@route("GET", "/hooks/fails/{{how}}")
async def fails(request: Incoming) -> str:
    if request.path["how"] == "refused":
        raise Refused("Not for you.")
    raise RuntimeError("secret")


@route("GET", "/hooks/late", timeout_s=0.05)
async def late() -> str:
    await asyncio.Event().wait()
    return ""
'''


@pytest.fixture
def server(gateway: Callable[..., AccountServer]) -> AccountServer:
    return gateway(MODELS, admin_keys=("k",))


def test_a_webhook_in_writes_what_it_tells_if_it_is_signed(server: AccountServer) -> None:
    body = b'{"reference": "r1"}'
    headers = signed("msg_1", body, [SECRET], int(time.time()))

    reply = server.request("POST", "/hooks/paid", body, headers=headers)
    assert (reply.status, reply.body, bool(reply.all("x-request-id"))) == (204, b"", True)
    for wrong in (
        {},
        signed("msg_1", body, [OTHER], int(time.time())),
        signed("msg_1", body, [SECRET], int(time.time()) - 400),
    ):
        refused = server.request("POST", "/hooks/paid", body, headers=wrong)
        assert (refused.status, refused.json["errors"][0]["extensions"]["problem"]) == (401, "PT575")
    assert server.request("POST", "/hooks/paid", body + b" ", headers=headers).status == 401
    assert server.request("POST", "/hooks/paid", b"x" * 201, headers=headers).status == 413
    assert server.ask("{ payments { reference } }")["data"]["payments"] == [{"reference": "r1"}]


def test_a_route_is_handed_the_request_as_it_came(server: AccountServer) -> None:
    reply = server.request("POST", "/hooks/a b/ü?x=1&y=%20", b"\x20{raw", headers={"content-type": "text/x"})

    assert reply.json == {
        "path": {"shop": "a b", "event": "ü"},
        "query": {"x": "1", "y": " "},
        "type": "text/x",
        "body": " {raw",
    }
    # An exact path comes before one with names.
    assert server.request("GET", "/hooks/who").status == 201
    assert server.request("POST", "/hooks//x", b"").status == 404


def test_who_calls_is_known_where_a_function_asks(server: AccountServer) -> None:
    reply = server.request("GET", "/hooks/who", headers={"x-portico-admin-key": "k"})

    assert (reply.status, reply.json, reply.all("x-note")) == (201, {"role": "admin", "payments": []}, ["yes"])
    assert server.request("GET", "/hooks/who").json["role"] == "anonymous"
    assert server.request("GET", "/hooks/who", headers={"authorization": "Bearer x"}).status == 401
    # Credentials of others are none of ours.
    assert server.request("POST", "/hooks/a/b", b"", headers={"authorization": "Basic eA=="}).status == 200


def test_w3_a_header_that_would_begin_another_is_not_sent(server: AccountServer) -> None:
    reply = server.request("GET", "/hooks/inject")

    assert (reply.status, reply.all("set-cookie"), reply.all("x-note")) == (500, [], [])


WRONG = (
    ("GET", "/hooks/fails/refused", 403, "PT360"),
    ("GET", "/hooks/fails/x", 500, "PT599"),
    ("GET", "/hooks/late", 504, "PT570"),
    ("PUT", "/hooks/a/b", 405, "PT111"),
)  # fmt: skip


def test_what_goes_wrong_has_a_status_and_a_code(server: AccountServer) -> None:
    for method, path, status, problem in WRONG:
        reply = server.request(method, path, b"")
        assert (reply.status, reply.json["errors"][0]["extensions"]["problem"]) == (status, problem)
        assert "secret" not in reply.body.decode()
        assert reply.all("allow") == (["POST"] if status == 405 else [])


def refused(folder: Path, models: str) -> Problem:
    (folder / "models.py").write_text(models)
    with pytest.raises(Problems) as problems:
        served_by(load_models(folder / "models.py"))
    return problems.value.problems[0]


@pytest.mark.parametrize(
    "path", ["/graphql", "/auth/x", "hooks", "/a{b}", "/{a}/{a}", "/{a b}", "/openapi.json", "/", "/ready"]
)
def test_a_path_that_cannot_be_is_told_at_the_start(tmp_path: Path, path: str) -> None:
    assert refused(tmp_path, MODELS.replace("/hooks/late", path)).code == "PT218"


def test_one_path_cannot_be_answered_twice(tmp_path: Path) -> None:
    problem = refused(tmp_path, MODELS.replace('"GET", "/hooks/late"', '"POST", "/hooks/{other}/{names}"'))
    assert (problem.code, "twice" in problem.message, problem.source is not None) == ("PT218", True, True)


# ---- signatures --------------------------------------------------------------------------------------


def incoming(body: bytes, **headers: str) -> Incoming:
    return Incoming("POST", "/", {}, {}, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def stripe(body: bytes, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def test_w2_stripes_signature_is_verified() -> None:
    body, now = b'{"id": "evt_1"}', int(time.time())
    right = stripe(body, "sec", now)

    incoming(body, stripe_signature=f"t={now},v1={right}").verify_stripe("sec")
    incoming(body, stripe_signature=f"t={now},v1=00,v1={right},v0=x").verify_stripe("old", "sec")
    for wrong in (
        "", f"t={now}", f"v1={right}", f"t={now},v1={right}x", f"t={now},v0={right}", f"t={now + 1},v1={right}",
        f"t={now - 301},v1={stripe(body, 'sec', now - 301)}", f"t={now + 301},v1={stripe(body, 'sec', now + 301)}",
        f"t={now},t={now},v1={right}", f"t=x,v1={right}", f"t=²,v1={right}", f"t={now},v1=ü",
    ):  # fmt: skip
        with pytest.raises(WrongSignature):
            incoming(body, stripe_signature=wrong).verify_stripe("sec")


def test_w2_githubs_signature_is_verified() -> None:
    body = b"payload=1"
    right = hmac.new(b"sec", body, hashlib.sha256).hexdigest()

    incoming(body, x_hub_signature_256=f"sha256={right}").verify_github("old", "sec")
    for wrong in ("", right, f"sha1={right}", f"sha256={right[:-1]}0", "sha256=", "sha256=ü"):
        with pytest.raises(WrongSignature):
            incoming(body, x_hub_signature_256=wrong).verify_github("sec")


def test_w2_standard_webhooks_are_verified_with_several_keys_and_give_their_id() -> None:
    body = b"{}"
    headers = signed("msg_7", body, [SECRET], int(time.time()))
    asked = Incoming("POST", "/", {}, {}, headers, body)

    assert asked.verify_webhook(OTHER, SECRET) == "msg_7"
    with pytest.raises(WrongSignature):
        asked.verify_webhook(OTHER)


def test_w2_without_a_key_nothing_is_proved() -> None:
    body = b"{}"
    forged = incoming(body, x_hub_signature_256="sha256=" + hmac.new(b"", body, hashlib.sha256).hexdigest())

    for verify in (forged.verify_github, forged.verify_stripe, forged.verify_webhook):
        with pytest.raises(Problem):
            verify("")
        with pytest.raises(Problem):
            verify()


def test_a_body_is_read_as_json_or_as_a_form() -> None:
    assert incoming(b'{"a": [1]}').json() == {"a": [1]}
    assert incoming(b"a=1&b=%C3%BC&a=2").form() == {"a": "2", "b": "ü"}
    with pytest.raises(Problem):
        incoming(b"{").json()
    assert json.dumps(incoming(b"").form()) == "{}"
