"""Mails: sent by SMTP to a real server, again where that fails for the moment, and caught in development."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Generator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from portico.gateway.auth.mail import NoMailer, SmtpMailer
from portico.gateway.auth.mail_texts import Texts
from portico.gateway.auth.smtp_address import checked_sender, smtp_address
from portico.gateway.problems import InvalidSettings
from tests.accounts.ways import done
from tests.support.accounts import AccountServer
from tests.support.server import free_port

ANN = "ann@example.com"
TEXT = Texts("notes.example.com", 10).sign_in_code("012345")


class Sink:
    """What a server of mail was given. answers: what it says to the next ones, before it takes any."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answers: list[str] = []
        self.refused_recipients: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused_recipients:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def sink() -> Generator[Any]:
    """A server of mail on this machine."""
    sink: Any = Sink()
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    yield sink
    controller.stop()


def sending(
    sink: Any, *, pauses_s: tuple[float, ...] = (0.01, 0.01), until: Callable[[], bool], mails: int = 1
) -> None:
    """Sends mails until something is so."""

    async def run() -> None:
        mailer = SmtpMailer(smtp_address(f"smtp://127.0.0.1:{sink.port}"), "Notes <no-reply@example.com>", pauses_s, 0)
        await mailer.start()
        for _ in range(mails):
            mailer.send(ANN, TEXT)
        async with asyncio.timeout(5):
            while not until():
                await asyncio.sleep(0.01)
        await mailer.close()

    asyncio.run(run())


def test_a_mail_is_plain_text_and_html(sink: Any) -> None:
    sending(sink, until=lambda: bool(sink.taken))

    (envelope,) = sink.taken
    message: Any = message_from_bytes(envelope.content, policy=policy.default)
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@example.com", [ANN])
    assert (message["From"], message["To"]) == ("Notes <no-reply@example.com>", ANN)
    assert message["Subject"] == "012345 is your code for notes.example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.com>")
    assert "012345" in message.get_body(("plain",)).get_content()
    assert "<b>012345</b>" in message.get_body(("html",)).get_content()


def test_a_mail_is_sent_again_when_the_server_is_busy(sink: Any) -> None:
    sink.answers = ["451 4.3.0 later", "421 4.3.2 later"]
    sending(sink, until=lambda: bool(sink.taken))
    assert len(sink.taken) == 1


def test_a_mail_that_is_refused_for_good_is_sent_once(sink: Any) -> None:
    sink.answers = ["554 5.7.1 never"]
    sink.refused_recipients = []
    sending(sink, until=lambda: len(sink.taken) == 1, mails=2)
    assert sink.answers == []


def test_a_server_that_is_not_there_is_tried_again(sink: Any) -> None:
    async def run() -> None:
        mailer = SmtpMailer(smtp_address("smtp://127.0.0.1:1"), "no-reply@example.com", (0.01, 0.01), 0)
        await mailer.start()
        mailer.send(ANN, TEXT)
        await asyncio.sleep(0.2)
        assert mailer.waiting == 0
        await mailer.close()

    asyncio.run(run())


def test_what_waits_at_the_end_is_sent(sink: Any) -> None:
    sending(sink, until=lambda: True, mails=5)
    assert len(sink.taken) == 5


def test_not_more_mails_wait_than_a_thousand() -> None:
    async def run() -> None:
        mailer = SmtpMailer(smtp_address("smtp://127.0.0.1:1"), "no-reply@example.com")
        for _ in range(1_500):
            mailer.send(ANN, TEXT)
        assert mailer.waiting == 1_000

    asyncio.run(run())


def test_no_password_is_sent_without_tls() -> None:
    given: list[Any] = []

    def authenticated(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        given.append(data)
        return AuthResult(success=isinstance(data, LoginPassword))

    sink: Any = Sink()
    port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port, authenticator=authenticated, auth_require_tls=False)
    controller.start()
    try:

        async def run() -> None:
            mailer = SmtpMailer(smtp_address(f"smtp://ann:secret@127.0.0.1:{port}"), "no-reply@example.com", ())
            await mailer.start()
            mailer.send(ANN, TEXT)
            await mailer.close()

        asyncio.run(run())
    finally:
        controller.stop()
    assert (given, sink.taken) == ([], [])


@pytest.mark.parametrize(
    "url", ["", "x", "http://host", "smtp://", "smtp://host:port", "smtp://host:99999", "mail.example.com:25"]
)
def test_what_names_no_server_is_a_problem_at_the_start(url: str) -> None:
    with pytest.raises(InvalidSettings):
        smtp_address(url)


def test_what_a_url_says_of_a_server() -> None:
    assert smtp_address("smtp://a%40b:p%3Aw@host").user == "a@b"
    found = smtp_address("smtps://u:p@host")
    assert (found.port, found.is_tls, found.password) == (465, True, "p")
    assert checked_sender("Notes <no-reply@example.com>") == "Notes <no-reply@example.com>"
    for sender in ("", "Notes", "no-reply@example.com\nBcc: x@y.z"):
        with pytest.raises(InvalidSettings):
            checked_sender(sender)


def test_a_server_sends_by_smtp_in_production(open_server: Any, sink: Any) -> None:
    server = open_server(
        auth={"smtp_url": f"smtp://127.0.0.1:{sink.port}", "mail_from": "no-reply@example.com"}, mode="prod"
    )

    done(server, "sendCode", email=ANN)

    async def arrived() -> None:
        async with asyncio.timeout(5):
            while not sink.taken:
                await asyncio.sleep(0.01)

    server.run(arrived())
    code = re.search(rb"^(\d{6})\r?$", sink.taken[0].content, re.MULTILINE)
    assert code is not None
    assert done(server, "signInWithCode", email=ANN, code=code[1].decode())["tokens"]
    assert server.request("GET", "/portico/mailbox").status == 404


def test_without_a_server_no_mail_is_sent_in_production(open_server: Any) -> None:
    server = open_server(mode="prod")
    assert isinstance(server.accounts.mailer.mailer, NoMailer)
    assert done(server, "sendCode", email=ANN) is True


# ---- the box of developers ---------------------------------------------------------------------------


def test_the_mailbox_shows_what_was_sent(server: AccountServer) -> None:
    assert "No mail was sent yet" in server.request("GET", "/portico/mailbox").body.decode()
    done(server, "sendCode", email=ANN)
    done(server, "sendLink", email=ANN)

    page = server.request("GET", "/portico/mailbox").body.decode()

    assert f"<code>{server.code(ANN)}</code>" in page
    link = f"https://notes.example.com/auth/link?token={server.link(ANN)}"
    assert f'<a href="{link}">{link}</a>' in page
    assert page.index("Sign in at") < page.index("is your code for"), "the newest comes first"


def test_nothing_runs_on_the_page_of_the_mailbox(server: AccountServer) -> None:
    done(server, "sendCode", email="a'&`{x}@example.com")
    server.accounts.mailer.send("<script>alert(1)</script>", TEXT)

    reply = server.request("GET", "/portico/mailbox")

    (policy_text,) = reply.all("content-security-policy")
    assert "default-src 'none'" in policy_text
    assert "unsafe-inline" not in policy_text
    assert "script-src" not in policy_text
    assert b"<script" not in reply.body
    assert b"&lt;script&gt;" in reply.body
    assert reply.all("cache-control") == ["no-store"]
    assert server.request("POST", "/portico/mailbox", {}).status == 405


def test_the_mailbox_keeps_the_last_two_hundred(server: AccountServer) -> None:
    for _ in range(250):
        server.accounts.mailer.send(ANN, TEXT)
    assert len(server.accounts.mailer.mailer.mails) == 200
