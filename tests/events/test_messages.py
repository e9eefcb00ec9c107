"""Messages: mails and pushes as jobs of the transaction, encrypted for one browser alone, signed, and forgotten devices."""

from __future__ import annotations

import base64
import json
import os
import urllib.parse
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import http_ece
import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from portico.gateway.auth_settings import AuthSettings
from portico.gateway.events.administration import run_job
from portico.gateway.events.web_push import encrypted
from portico.gateway.loading import load_models
from portico.schema.problems import Problems
from tests.support.events import EventServer
from tests.support.receivers import Received, Receiver, free_port, saying

MODELS = """
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from portico.gateway.auth import User
from portico.gateway.events.messaging import Mail, Messages, Push, PushDevice, TopicSubscription, template
from portico.schema import Data, Refused, mutation

seen = []


@mutation
async def greet(to: str, data: Data, messages: Messages, fails: bool = False) -> str:
    async with data.begin() as session:
        id = await messages.send_mail(to, "Hello", "First.\\n\\nSecond.", session=session)
        if fails:
            raise Refused("no")
    return id


@mutation
async def push(messages: Messages, user: UUID | None = None, topic: str | None = None) -> int:
    return await messages.send_push("Title", "Body", {"order": 7}, users=[user] if user else [], topic=topic)


@template
async def shipped(order: int, price: Decimal, data: Data, due: datetime | None = None) -> Mail:
    if order < 0:
        raise LookupError("no such order")
    return Mail(f"Order {order}" + seen_subject, f"{price * 2} {due:%H}" if due else "no time", "<p>order</p>")


@template
def arrived(order: int) -> Push:
    return Push(f"Order {order}", "is here", {"order": order})


def undeclared(order: int) -> Mail:
    return Mail("", "")


seen_subject = ""
TEMPLATES = {"shipped": shipped, "arrived": arrived, "undeclared": undeclared}
DUE = datetime(2030, 1, 1, 7, tzinfo=UTC)


@mutation
async def tell(messages: Messages, order: int, template: str = "shipped", later: bool = False, bare: bool = False) -> str:
    values = {"order": order} if bare else {"order": order, "price": Decimal("1.25"), "due": DUE}
    at = datetime.now(UTC) + timedelta(days=1) if later else None
    return await messages.send_mail("a@example.com", template=TEMPLATES[template], values=values, at=at)


@mutation
async def write_to(messages: Messages, user: UUID, order: int = 7) -> str:
    await messages.send_mail("x@example.com", "To nobody who has an account", "Text")
    values = {"order": order, "price": Decimal(1)}
    await messages.send_mail("a@example.com", template=shipped, values=values, user=user)
    return await messages.send_mail("a@example.com", "Hello", "Text", user=user)


@mutation
async def tell_devices(messages: Messages, user: UUID) -> int:
    return await messages.send_push(template=arrived, values={"order": 7}, users=[user], after=timedelta(0))
"""
PEM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


class Browser:
    """The keys of a subscription, and the reference implementation's decryption."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.keys = {"p256dh": encoded(point(self.key)), "auth": encoded(self.auth)}

    def read(self, body: bytes) -> bytes:
        return http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")


class Sink(MessageHandler):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.messages.append(message)


@pytest.fixture
def smtp() -> Generator[tuple[Sink, str]]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield sink, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def test_a_mail_belongs_to_its_transaction_and_is_sent(
    open_server: Callable[..., EventServer], smtp: tuple[Sink, str]
) -> None:
    sink, url = smtp
    server = open_server(MODELS, mode="prod", auth={"smtp_url": url, "mail_from": "Shop <shop@example.com>"})
    assert "errors" in server.ask('mutation { greet(to: "a@example.com", fails: true) }')
    made = server.as_admin('mutation { greet(to: "b@example.com") }')["greet"]
    (message,) = server.wait_for(lambda: sink.messages)
    assert (message["To"], message["Subject"], message["From"]) == ("b@example.com", "Hello", "Shop <shop@example.com>")
    assert message["Message-ID"] == f"<{made}@example.com>"  # the same at each try
    server.wait_for_states(done=1)
    assert "errors" in server.ask('mutation { greet(to: "b@example.com\\r\\nBcc: c@example.com") }')
    assert isinstance(server.settings.auth, AuthSettings)


def test_in_development_mails_are_in_the_box(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    server.as_admin('mutation { greet(to: "b@example.com") }')
    server.wait_for_states(done=1)
    mailbox: Any = server.accounts.mailer.mailer
    assert mailbox.mails[-1].to == "b@example.com"


def test_a_mail_is_sent_again_while_the_server_is_away(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, mode="prod", auth={"smtp_url": "smtp://127.0.0.1:9", "mail_from": "shop@example.com"})
    server.as_admin('mutation { greet(to: "b@example.com") }')
    server.wait_for_states(later=1)


def test_a_template_words_a_mail_as_it_leaves(open_server: Callable[..., EventServer], smtp: tuple[Sink, str]) -> None:
    sink, url = smtp
    server = open_server(MODELS, mode="prod", auth={"smtp_url": url, "mail_from": "shop@example.com"})
    server.as_admin("mutation { tell(order: 7) }")
    (message,) = server.wait_for(lambda: sink.messages)
    assert message["Subject"] == "Order 7"
    plain, html = (part.get_payload(decode=True).decode() for part in message.walk() if not part.is_multipart())
    assert ("2.50 07" in plain, "<p>order</p>" in html) == (True, True)
    for refused in (
        'order: 7, template: "undeclared"',
        'order: 7, template: "arrived", bare: true',
        "order: 7, bare: true",
    ):
        assert "errors" in server.ask(f"mutation {{ tell({refused}) }}"), refused
    server.wait_for_states(done=1)


def test_a_template_that_fails_is_tried_again_and_may_be_mended(
    open_server: Callable[..., EventServer], smtp: tuple[Sink, str]
) -> None:
    sink, url = smtp
    auth = {"smtp_url": url, "mail_from": "shop@example.com"}
    server = open_server(MODELS, mode="prod", auth=auth, events={"tries": 2})
    server.fast_retries()
    server.as_admin("mutation { tell(order: -1) }")
    server.models.seen_subject = "\r\nBcc: b@example.com"
    server.as_admin("mutation { tell(order: 7) }")
    server.wait_for_states(dead=2)
    assert not sink.messages
    server.models.seen_subject = "!"
    server.as_admin("mutation { replayDeadJobs }")
    (message,) = server.wait_for(lambda: sink.messages)
    assert message["Subject"] == "Order 7!"


def test_a_message_can_be_put_off(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    server.as_admin("mutation { tell(order: 7, later: true) }")
    assert server.states() == {"later": 1}


SENT = "{ myMessages { kind subject template state tries } }"


def test_who_is_written_to_sees_what_became_of_it(
    open_server: Callable[..., EventServer], smtp: tuple[Sink, str]
) -> None:
    _, url = smtp
    auth = {"smtp_url": url, "mail_from": "shop@example.com"}
    server = open_server(MODELS, mode="prod", auth=auth, events={"tries": 2})
    ann, bob = server.sign_up(), server.sign_up("bob@example.com")

    def seen(user: Any) -> Any:
        return [tuple(each.values()) for each in server.ask(SENT, token=user.access_token)["data"]["myMessages"]]

    server.as_admin('mutation { pauseQueue(queue: "mail") }')
    server.as_admin("mutation ($u: UUID!) { writeTo(user: $u, order: -1) }", {"u": ann.id})
    hello, shipped = ("mail", "Hello", None), ("mail", None, "shipped")
    assert seen(ann) == [(*hello, "queued", 0), (*shipped, "queued", 0)]
    server.as_admin('mutation { pauseQueue(queue: "mail", isPaused: false) }')
    server.wait_for_states(done=2, later=1)
    assert seen(ann) == [(*hello, "sent", 1), (*shipped, "failed", 1)]
    for each in server.as_admin('{ backgroundJobs(state: "later") { id } }')["backgroundJobs"]:
        server.run(run_job(server.background.store, each["id"]))
    server.wait_for_states(dead=1)
    assert seen(ann) == [(*hello, "sent", 1), (*shipped, "dead", 2)]
    assert seen(bob) == []
    assert "errors" in server.ask(SENT)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("def words(order: int) -> str: ...", "which"), ("def shipped(order: int) -> Mail: ...", "Two templates")],
)
def test_a_template_says_what_it_gives(tmp_path: Path, wrong: str, said: str) -> None:
    (tmp_path / "models.py").write_text(f"{MODELS}\n\n@template\n{wrong}\n")
    with pytest.raises(Problems) as caught:
        load_models(tmp_path / "models.py")
    (problem,) = caught.value.problems
    assert (problem.code, said in problem.message) == ("PT361", True)


@pytest.mark.parametrize("length", [0, 1, 100, 3_000])
def test_the_reference_decryption_reads_what_we_encrypt(length: int) -> None:
    browser, message = Browser(), os.urandom(length)
    body = encrypted(message, browser.keys["p256dh"], browser.keys["auth"])
    assert browser.read(body) == message
    assert len(body) <= 4_096
    with pytest.raises(http_ece.ECEException):
        Browser().read(body)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


def add_device(server: EventServer, user: Any, kind: str, address: str, keys: dict[str, str] | None = None) -> None:
    document = "mutation ($o: PushDeviceInsertInput!) { insertPushDevice(object: $o) { id } }"
    given = {"kind": kind, "address": address, **({"keys": keys} if keys else {})}
    answer = server.ask(document, {"o": given}, token=user.access_token)
    assert "errors" not in answer, answer


def test_a_push_reaches_the_browsers_of_a_user_and_gone_ones_are_forgotten(
    open_server: Callable[..., EventServer], receiver: Receiver
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(*PEM).decode()
    server = open_server(MODELS, events={"push_key": pem, "push_subject": "mailto:shop@example.com"})
    server.run(receiver.start())
    server.closing.append(receiver.stop)
    ann, browser = server.sign_up(), Browser()
    receiver.answers["/gone"] = saying(410)
    add_device(server, ann, "web", receiver.url("/here"), browser.keys)
    add_device(server, ann, "web", receiver.url("/gone"), Browser().keys)
    assert server.as_admin("mutation ($u: UUID!) { push(user: $u) }", {"u": ann.id}) == {"push": 2}
    server.wait_for_states(done=2)
    (found,) = receiver.at("/here")
    assert server.as_admin("mutation ($u: UUID!) { tellDevices(user: $u) }", {"u": ann.id}) == {"tellDevices": 1}
    server.wait_for_states(done=3)
    worded = json.loads(browser.read(receiver.at("/here")[1].body))
    assert worded == {"title": "Order 7", "body": "is here", "data": {"order": "7"}}
    assert json.loads(browser.read(found.body)) == {"title": "Title", "body": "Body", "data": {"order": "7"}}
    scheme, _, said = found.headers["authorization"].partition(" ")
    parts = dict(each.strip().split("=", 1) for each in said.split(","))
    assert (scheme, parts["k"]) == ("vapid", encoded(point(key)))
    claims = jwt.decode(parts["t"], ECKey.import_key(pem)).claims
    assert (claims["aud"], claims["sub"]) == (receiver.url("").rstrip("/"), "mailto:shop@example.com")
    assert (found.headers["content-encoding"], int(found.headers["ttl"]) > 0) == ("aes128gcm", True)
    sent = server.ask("{ myMessages { kind subject state } }", token=ann.access_token)["data"]["myMessages"]
    assert sorted((each["kind"], each["subject"], each["state"]) for each in sent if each["subject"]) == [
        ("push", "Title", "gone"),
        ("push", "Title", "sent"),
    ]
    addresses = server.ask("{ pushDevices { address } }", token=ann.access_token)["data"]["pushDevices"]
    assert addresses == [{"address": receiver.url("/here")}]


def test_firebase_is_told_in_its_own_form(open_server: Callable[..., EventServer], receiver: Receiver) -> None:
    key = rsa.generate_private_key(65_537, 2_048)
    server_key = key.private_bytes(*PEM).decode()
    problems: list[str] = []

    async def token(received: Received) -> web.Response:
        form = dict(urllib.parse.parse_qsl(received.body.decode()))
        claims = jwt.decode(form["assertion"], RSAKey.import_key(server_key)).claims
        if (
            form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer"
            or "firebase.messaging" not in claims["scope"]
        ):
            problems.append(str(form))
        return web.json_response({"access_token": "token of Google", "expires_in": 3_599, "token_type": "Bearer"})

    async def send(received: Received) -> web.Response:
        said = json.loads(received.body)
        is_right = (
            set(said) == {"message"}
            and set(said["message"]) <= {"token", "notification", "data"}
            and all(isinstance(each, str) for each in said["message"]["data"].values())
            and received.headers["authorization"] == "Bearer token of Google"
        )
        if not is_right:
            problems.append(str(said))
        return web.json_response({"name": "projects/shop/messages/1"})

    receiver.answers.update({"/token": token, "/v1/projects/shop/messages:send": send})
    server = open_server(MODELS)
    server.run(receiver.start())
    server.closing.append(receiver.stop)
    account = {
        "project_id": "shop",
        "client_email": "a@shop.example",
        "private_key": server_key,
        "token_uri": receiver.url("/token"),
    }
    background: Any = server.background
    pushes = background._pushes
    pushes._settings = type(pushes._settings)(fcm_credentials=json.dumps(account))
    pushes._fcm_url = receiver.url("")
    ann = server.sign_up()
    add_device(server, ann, "fcm", "a registration token")
    document = 'mutation { insertTopicSubscription(object: {topic: "news"}) { id } }'
    assert "errors" not in server.ask(document, token=ann.access_token)
    for _ in range(2):
        assert server.as_admin('mutation { push(topic: "news") }') == {"push": 1}
    server.wait_for_states(done=2)
    assert not problems
    assert len(receiver.at("/token")) == 1  # kept until it expires
    assert (
        json.loads(receiver.at("/v1/projects/shop/messages:send")[0].body)["message"]["token"] == "a registration token"
    )


def test_mails_of_accounts_are_jobs_that_nobody_reads(
    open_server: Callable[..., EventServer], smtp: tuple[Sink, str]
) -> None:
    sink, url = smtp
    auth = {"smtp_url": url, "mail_from": "Shop <shop@example.com>"}
    server = open_server(MODELS, mode="prod", auth=auth)
    background: Any = server.background
    background.worker._is_closing = True
    answer = server.ask('mutation { sendCode(email: "ann@example.com") }')
    assert "errors" not in answer, answer
    server.wait_for_states(waiting=1)
    rows = server.run(server.background.store.rows("SELECT payload FROM portico_jobs"))
    assert b"ann@example.com" not in base64.b64decode(rows[0][0])
    background.worker._is_closing = False
    (message,) = server.wait_for(lambda: sink.messages)
    assert message["To"] == "ann@example.com"
    server.wait_for_states(done=1)
