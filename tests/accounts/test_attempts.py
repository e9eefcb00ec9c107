"""Attempts: by account and by address, over all entries together, however they are written (A11, A15)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from portico.gateway.auth import attempts as module
from portico.gateway.auth.attempts import Attempts, Counter, network_of
from portico.gateway.auth.captcha import Captcha
from portico.gateway.auth.problems import TooManyAttempts
from portico.gateway.auth_settings import AuthSettings
from portico.gateway.connection import Connection
from tests.accounts.ways import ask, done, refused
from tests.support.accounts import AccountServer

ANN = "ann@example.com"
WRONG = 'signIn(email: "ann@example.com", password: "wrong password") { challenge }'


def wrong(server: AccountServer, email: str = ANN, address: str = "203.0.113.7") -> str:
    return server.problem(server.sign_in(email, "wrong password", address=address))


def addresses() -> Any:
    """Each of another network."""
    return (f"198.51.{number // 250}.{number % 250 + 1}" for number in range(10_000))


# ---- accounts ----------------------------------------------------------------------------------------


def test_an_account_waits_after_ten_attempts_from_anywhere(server: AccountServer) -> None:
    """(A15)"""
    server.sign_up()
    where = addresses()

    assert [wrong(server, address=next(where)) for _ in range(11)] == ["PT330"] * 10 + ["PT336"]

    answer = server.sign_in(address=next(where))
    assert server.problem(answer) == "PT336"
    assert "Try again in 1 s." in str(answer)


def test_the_right_password_begins_anew(server: AccountServer) -> None:
    server.sign_up()
    for _ in range(3):
        for _ in range(9):
            assert wrong(server) == "PT330"
        assert "errors" not in server.sign_in()


@pytest.mark.parametrize("email", ["ANN@example.com", "ann+1@example.com", " Ann+x+y@Example.COM "])
def test_variants_of_an_address_are_one_account(server: AccountServer, email: str) -> None:
    """(A15)"""
    where = addresses()
    for _ in range(10):
        assert wrong(server, ANN, next(where)) == "PT330"
    assert wrong(server, email, next(where)) == "PT336"


def test_dots_of_gmail_are_one_account_and_those_of_others_are_not(server: AccountServer) -> None:
    """(A15)"""
    where = addresses()
    for _ in range(10):
        assert wrong(server, "a.n.n@gmail.com", next(where)) == "PT330"
    assert wrong(server, "ann@googlemail.com", next(where)) == "PT336"
    assert wrong(server, "a.nn@example.com", next(where)) == "PT330"


def test_accounts_that_are_not_there_wait_as_others_do(server: AccountServer) -> None:
    """(A9)"""
    where = addresses()
    assert [wrong(server, "nobody@example.com", next(where)) for _ in range(11)] == ["PT330"] * 10 + ["PT336"]


def test_aliases_of_one_document_are_as_many_attempts(server: AccountServer) -> None:
    """(A11, A15) A document ends at its first wrong password; what is never wrong counts each time."""
    server.sign_up()
    for _ in range(10):
        document = "mutation {" + " ".join(f"a{number}: {WRONG}" for number in range(15)) + "}"
        assert server.problem(server.ask(document)) == "PT330"
    assert server.problem(server.sign_in()) == "PT336"

    many = " ".join(f'a{number}: sendCode(email: "bob@example.com")' for number in range(15))
    assert server.problem(server.ask(f"mutation {{ {many} }}")) == "PT336"
    assert len(server.mails("bob@example.com")) == 10


def test_aliases_do_not_find_a_code(open_server: Any) -> None:
    """(A11)"""
    server = open_server()
    done(server, "sendCode", email=ANN)
    right = server.code(ANN)
    guesses = [f"{(int(right) + number) % 1_000_000:06}" for number in range(1, 12)] + [right]
    tries = " ".join(
        f'a{number}: signInWithCode(email: "{ANN}", code: "{guess}") {{ tokens {{ expiresIn }} }}'
        for number, guess in enumerate(guesses)
    )

    answer = server.ask(f"mutation {{ {tries} }}")

    assert "expiresIn" not in str(answer.get("data"))


def test_batches_are_as_many_attempts(open_server: Any) -> None:
    """(A11, A15)"""
    server = open_server(max_batch=20)
    server.sign_up()

    reply = server.request("POST", "/graphql", [{"query": f"mutation {{ {WRONG} }}"}] * 15)

    codes = [each["errors"][0]["extensions"]["problem"] for each in reply.json]
    assert codes.count("PT330") == 10
    assert codes.count("PT336") == 5


def test_many_at_once_are_as_many_as_one_after_the_other(server: AccountServer) -> None:
    """(A15)"""
    server.sign_up()

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(server.answer(f"mutation {{ {WRONG} }}") for _ in range(30)))

    codes = [server.problem(each) for each in server.run(all_at_once())]
    assert codes.count("PT330") == 10


def test_all_entries_have_one_budget(server: AccountServer) -> None:
    """(A15)"""
    ann = server.sign_up()
    for _ in range(4):
        assert wrong(server) == "PT330"
        assert refused(server, "signInWithCode", email=ANN, code="000000") == "PT335"
    for _ in range(2):
        assert refused(server, "changePassword", ann.access_token, password="another long one", current="x") == "PT330"

    assert wrong(server) == "PT336"
    assert refused(server, "signInWithCode", email=ANN, code="000000") == "PT336"
    assert refused(server, "changePassword", ann.access_token, password="another long one", current="x") == "PT336"


def test_what_a_socket_tries_is_of_the_same_budget(server: AccountServer) -> None:
    """(A15)"""
    server.sign_up()
    payload = {"query": f"mutation {{ {WRONG} }}"}
    asked: list[Any] = [{"type": "subscribe", "id": str(number), "payload": payload} for number in range(10)]
    sent: list[Any] = []

    def answered(kind: str) -> int:
        return sum(f'"type":"{kind}"' in str(each).replace(" ", "") for each in sent)

    async def talk() -> None:
        waiting = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": '{"type":"connection_init"}'}]

        async def receive() -> Any:
            if waiting:
                return waiting.pop(0)
            while not answered("connection_ack") or (not asked and answered("next") + answered("error") < 10):
                await asyncio.sleep(0.01)
            if not asked:
                return {"type": "websocket.disconnect", "code": 1000}
            return {"type": "websocket.receive", "text": json.dumps(asked.pop())}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "websocket", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "scheme": "wss",
            "http_version": "1.1", "client": ("198.51.100.9", 50_000), "server": ("notes.example.com", 443),
            "headers": [(b"host", b"notes.example.com")], "subprotocols": ["graphql-transport-ws"],
        }  # fmt: skip
        await asyncio.wait_for(server.gateway(scope, receive, send), 10)

    server.run(talk())

    assert str(sent).count("PT330") == 10
    assert server.problem(server.sign_in()) == "PT336"


def test_mails_to_one_address_are_not_sent_without_end(server: AccountServer) -> None:
    """(A15)"""
    where = addresses()
    names = ("sendCode", "sendLink", "sendPasswordReset")
    for number in range(10):
        assert done(server, names[number % 3], email=f"ann+{number}@example.com", address=next(where)) is True
    for name in names:
        assert refused(server, name, email=ANN, address=next(where)) == "PT336"
    assert done(server, "sendCode", email="bob@example.com", address=next(where)) is True


# ---- addresses ---------------------------------------------------------------------------------------


def test_an_address_waits_whoever_it_tries(open_server: Any) -> None:
    """(A15)"""
    server = open_server(auth={"attempts_of_address": 20})
    codes = [wrong(server, f"user{number}@example.com") for number in range(21)]
    assert codes == ["PT330"] * 20 + ["PT336"]
    for name in ("signInWithLink", "verifyEmail", "confirmEmail"):
        assert refused(server, name, token="x") == "PT336"
    assert refused(server, "sendCode", email=ANN) == "PT336"
    assert refused(server, "signUp", email=ANN, password="correct horse battery") == "PT336"
    assert wrong(server, "user99@example.com", "203.0.113.8") == "PT330"


def test_a_network_of_ipv6_is_one_address(open_server: Any) -> None:
    """(A15)"""
    server = open_server(auth={"attempts_of_address": 20})
    codes = [wrong(server, f"user{number}@example.com", f"2001:db8:1:2:{number + 1:x}::1") for number in range(21)]
    assert codes[-1] == "PT336"
    assert wrong(server, "user99@example.com", "2001:db8:1:3::1") == "PT330"


def test_an_address_of_ipv4_is_the_same_when_written_as_ipv6() -> None:
    assert network_of("::ffff:203.0.113.7") == network_of("203.0.113.7")
    assert network_of("2001:db8:1:2::1") == network_of("2001:DB8:1:2:ffff::9") != network_of("2001:db8:1:3::1")
    assert network_of("unknown") == "unknown"


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip", "x-client-ip"]
)
def test_headers_do_not_say_who_calls(open_server: Any, header: str) -> None:
    """(A15)"""
    server = open_server(auth={"attempts_of_address": 5})
    last = ""
    for number in range(6):
        value = f"for=198.51.100.{number}" if header == "forwarded" else f"198.51.100.{number}"
        last = server.problem(server.sign_in(f"user{number}@example.com", "wrong password", headers={header: value}))
    assert last == "PT336"


def test_those_who_share_an_address_do_not_wait_for_signing_in_rightly(open_server: Any) -> None:
    server = open_server(auth={"attempts_of_address": 5})
    server.sign_up()
    for _ in range(10):
        assert "errors" not in server.sign_in()


# ---- the counter -------------------------------------------------------------------------------------


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_each_attempt_too_many_waits_twice_as_long() -> None:
    """(A11)"""
    clock = Clock()
    counter = Counter(10, 300, 1, clock)
    waits: list[float] = []
    for _ in range(22):
        counter.add("a")
        waits.append(counter.wait_s("a"))
        clock.now += waits[-1]
    assert waits[:9] == [0] * 9
    assert waits[9:19] == [2**number for number in range(10)]
    assert waits[19:] == [900] * 3


def test_attempts_are_forgotten() -> None:
    clock = Clock()
    counter = Counter(10, 300, 1, clock)
    for _ in range(9):
        counter.add("a")
    clock.now += 301
    for _ in range(9):
        counter.add("a")
    assert counter.wait_s("a") == 0
    counter.add("a")
    clock.now += 301
    counter.add("a")
    assert counter.wait_s("a") == 2, "who has waited once goes on waiting"
    clock.now += 3_601
    counter.add("a")
    assert counter.wait_s("a") == 0


def test_what_is_right_takes_nothing_of_what_was_wrong() -> None:
    """Somebody who has an account of their own signs into it between two guesses."""
    clock = Clock()
    counter = Counter(5, 300, 1, clock)
    waits: list[float] = []
    for _ in range(12):
        counter.add("a")
        waits.append(counter.wait_s("a"))
        clock.now += waits[-1]
        counter.undo("a", *counter.add("a"))
        clock.now += counter.wait_s("a")
    assert waits[4:] == [2**number for number in range(8)]


def test_counters_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_KEPT", 100)
    counter = Counter(10, 300, 1)
    for number in range(1_000):
        counter.add(str(number))
        counter.add("kept")
    assert len(counter) <= 100
    assert counter.wait_s("kept") > 0


def test_a_challenge_gives_no_tries_back() -> None:
    """Who knows the password alone could else try the second factor for ever."""
    from portico.gateway.auth.types import SignIn

    attempts = Attempts(AuthSettings(attempts=5))
    for _ in range(5):
        attempts.begin(Connection("203.0.113.7"), ANN).ended(SignIn(challenge="…"))
    with pytest.raises(TooManyAttempts):
        attempts.begin(Connection("203.0.113.7"), ANN)


# ---- captcha -----------------------------------------------------------------------------------------


class _Verify(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        server.asked.append({key: value[0] for key, value in form.items()})
        body = b'{"success": true}' if form["response"] == ["solved"] else b'{"success": false, "error-codes": []}'
        self.send_response(server.status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def provider() -> Generator[Any]:
    """Who is asked whether a captcha was solved."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Verify)
    server.asked, server.status = [], 200
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def guarded(server: AccountServer, provider: Any) -> None:
    url = f"http://127.0.0.1:{provider.server_port}/siteverify"
    server.accounts.captcha = Captcha("turnstile", "the secret", url=url, allow_private=True)


@pytest.mark.parametrize("name", ["signIn", "signUp", "sendCode", "sendLink", "sendPasswordReset"])
def test_a_captcha_is_asked_for_everywhere(server: AccountServer, provider: Any, name: str) -> None:
    guarded(server, provider)
    given = {"email": ANN, "password": "correct horse battery"} if name.startswith("sign") else {"email": ANN}

    assert refused(server, name, **given) == "PT341"
    assert refused(server, name, **given, captcha="guessed") == "PT341"
    answer = ask(server, name, **given, captcha="solved")

    assert "errors" not in answer or server.problem(answer) == "PT330"
    assert provider.asked[-1] == {"secret": "the secret", "response": "solved", "remoteip": "203.0.113.7"}


def test_nobody_passes_while_captchas_cannot_be_verified(server: AccountServer, provider: Any) -> None:
    guarded(server, provider)
    provider.status = 500
    assert refused(server, "sendCode", email=ANN, captcha="solved") == "PT341"


def test_captchas_that_were_not_solved_are_attempts(open_server: Any, provider: Any) -> None:
    server = open_server(auth={"attempts_of_address": 5})
    guarded(server, provider)
    codes = [refused(server, "sendCode", email=ANN, captcha="guessed") for _ in range(6)]
    assert codes == ["PT341"] * 5 + ["PT336"]
