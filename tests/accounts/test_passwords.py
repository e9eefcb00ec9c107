"""Passwords: which may be chosen, which are right, and hashes of other systems (A13)."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from base64 import b64encode
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any

import bcrypt
import pytest
from argon2 import PasswordHasher, Type

from portico.gateway.auth.argon2_hashes import Argon2
from portico.gateway.auth.foreign_hashes import is_right
from portico.gateway.auth.password_rules import Breaches, check_password
from portico.gateway.auth.passwords import Passwords
from portico.gateway.auth.problems import WeakPassword
from portico.gateway.importing.password_texts import FirebaseHashes
from tests.accounts.ways import done, refused
from tests.support.accounts import AccountServer

ANN = "ann@example.com"
LONG = "correct horse battery staple " * 5
# Source: firebase/scrypt, README.
FIREBASE = FirebaseHashes(
    signer_key="jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
    separator="Bw==",
    rounds=8,
    memory_cost=14,
).stored(
    "42xEC+ixf3L2lw==",
    "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
)
# Source: passlib, `pbkdf2_sha256`.
PASSLIB = "$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk"
DJANGO = "pbkdf2_sha256$1000$salt$" + b64encode(hashlib.pbkdf2_hmac("sha256", b"a password", b"salt", 1000)).decode()
PHC = "$pbkdf2-sha512$i=1000,l=64$" + b64encode(b"salt salt").decode() + "$" + b64encode(
    hashlib.pbkdf2_hmac("sha512", b"a password", b"salt salt", 1000)
).decode().rstrip("=")  # fmt: skip


@pytest.mark.parametrize(
    "password",
    [
        "",
        "1234567",
        "ümlaut7",
        "🙂" * 7,
        "password",
        "PassWord1",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "12121212121",
        ANN,
        "x" * 1_025,
    ],
)
def test_weak_passwords_are_refused(server: AccountServer, password: str) -> None:
    """(A13)"""
    assert refused(server, "signUp", email=ANN, password=password) == "PT333"


@pytest.mark.parametrize(
    "password",
    ["sunny b8", "x-y z" * 13, "x-yz" * 256, "пароль-пароль", "🙂🙃😀🐎 battery", "a\tb  c\u3000d e", "naïve café"],
)
def test_long_and_strange_passwords_are_whole(server: AccountServer, password: str) -> None:
    """(A13) At least 64 characters; none is left out, at the end or elsewhere."""
    server.sign_up(ANN, password)

    assert "errors" not in server.sign_in(ANN, password)

    for other in (password[:-1], password + "x", password.upper(), password[1:], password.strip("e")):
        if other != password:
            assert server.problem(server.sign_in(ANN, other)) == "PT330"


def test_what_comes_after_72_bytes_counts(server: AccountServer) -> None:
    """(A13)"""
    server.sign_up(ANN, LONG)
    for cut in (71, 72, 73, 100, len(LONG) - 1):
        assert server.problem(server.sign_in(ANN, LONG[:cut])) == "PT330"
    assert server.problem(server.sign_in(ANN, LONG[:-1] + "x")) == "PT330"


def test_nothing_ends_at_a_nul(server: AccountServer) -> None:
    """(A13) No text of GraphQL has one; what else comes has all that is behind it."""
    assert refused(server, "signUp", email=ANN, password="before it\0after it") == "PT104"
    assert server.rows("SELECT count(*) FROM users") == [(0,)]
    passwords = Passwords(1)

    async def found() -> list[bool]:
        stored = await passwords.hash("before it\0after it")
        return [
            await passwords.verify(each, stored) for each in ("before it\0after it", "before it", "before it\0other")
        ]

    assert asyncio.run(found()) == [True, False, False]
    passwords.close()


def test_letters_with_marks_are_the_same_from_every_keyboard(server: AccountServer) -> None:
    """(A13)"""
    server.sign_up(ANN, "cafe\u0301 cafe\u0301")
    assert "errors" not in server.sign_in(ANN, "caf\u00e9 caf\u00e9")


def test_half_a_character_is_refused_and_breaks_nothing(server: AccountServer) -> None:
    """(A13)"""
    server.sign_up()
    assert server.problem(server.sign_in(ANN, "half a \ud83d")) in ("PT330", "PT115")
    with pytest.raises(WeakPassword):
        check_password("half a \ud83d", 8)


def test_the_list_of_common_passwords_is_long_enough() -> None:
    """(A13)"""
    found = resources.files("portico.gateway.auth").joinpath("common_passwords.txt").read_text().split()
    assert len({*found}) == len(found) >= 3_000
    assert all(len(each) >= 8 and each == each.casefold() for each in found)


def test_passwords_are_hashed_beside_queries_and_not_without_end(open_server: Any) -> None:
    """(A13) As many at once as there are threads, and only so many wait."""
    server = open_server()
    running: list[int] = []
    most = 0

    def work() -> None:
        nonlocal most
        running.append(1)
        most = max(most, len(running))
        threading.Event().wait(0.005)
        running.pop()

    async def all_at_once() -> list[Any]:
        passwords = server.accounts.passwords
        return await asyncio.gather(*(passwords._in_turn(work) for _ in range(600)), return_exceptions=True)

    answers = server.run(all_at_once())

    assert most <= 2
    assert len([each for each in answers if getattr(each, "code", "") == "PT339"]) == 100


# ---- hashes of other systems -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "stored"),
    [
        ("user1password", FIREBASE), ("toomanysecrets", PASSLIB), ("a password", DJANGO), ("a password", PHC),
        ("a password", bcrypt.hashpw(b"a password", bcrypt.gensalt(4)).decode()),
        ("a password", bcrypt.hashpw(b"a password", bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")),
        ("a password", bcrypt.hashpw(b"a password", bcrypt.gensalt(4, b"2a")).decode()),
    ],
    ids=["firebase", "passlib", "django", "phc", "bcrypt", "bcrypt-y", "bcrypt-a"],
)  # fmt: skip
def test_hashes_of_others_sign_in_and_are_then_of_today(server: AccountServer, password: str, stored: str) -> None:
    """(A13)"""
    ann = server.sign_up()
    server.sql(f"UPDATE auth_identities SET secret = '{stored}'")

    assert server.problem(server.sign_in(ANN, password + "x")) == "PT330"
    assert server.rows("SELECT secret FROM auth_identities") == [(stored,)]

    tokens = server.sign_in(ANN, password)["data"]["signIn"]["tokens"]

    assert server.person(tokens).id == ann.id
    ((secret,),) = server.rows("SELECT secret FROM auth_identities")
    assert not Passwords.is_outdated(secret)
    assert "errors" not in server.sign_in(ANN, password)


@pytest.mark.parametrize(
    "hasher",
    [
        PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1),
        PasswordHasher(time_cost=1, memory_cost=64, parallelism=4, hash_len=64, salt_len=32),
        PasswordHasher(time_cost=1, memory_cost=64, parallelism=2, type=Type.I),
    ],
    ids=["less memory", "longer than libsodium reads", "argon2i"],
)
def test_another_argon2_is_of_today_after_signing_in(server: AccountServer, hasher: PasswordHasher) -> None:
    server.sign_up()
    server.sql(f"UPDATE auth_identities SET secret = '{hasher.hash('a password')}'")
    assert server.problem(server.sign_in(ANN, "another password")) == "PT330"

    assert "errors" not in server.sign_in(ANN, "a password")

    ((secret,),) = server.rows("SELECT secret FROM auth_identities")
    assert not Passwords.is_outdated(secret)


def test_two_who_sign_in_at_once_by_another_hash_both_do(server: AccountServer) -> None:
    server.sign_up()
    stored = bcrypt.hashpw(b"a password", bcrypt.gensalt(4)).decode()
    server.sql(f"UPDATE auth_identities SET secret = '{stored}'")
    document = 'mutation { signIn(email: "ann@example.com", password: "a password") { tokens { expiresIn } } }'

    async def both() -> list[Any]:
        return await asyncio.gather(*(server.answer(document) for _ in range(2)))

    assert all("errors" not in each for each in server.run(both()))


def test_bcrypt_hashes_take_nothing_that_bcrypt_would_not_read() -> None:
    """(A13)"""
    stored = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    assert is_right(b"x" * 72, stored)
    assert not is_right(b"x" * 73, stored)
    assert not is_right(b"x" * 72 + b"anything", stored)


@pytest.mark.parametrize(
    "stored",
    [
        "$2b$",
        "$2b$xx$",
        "$2b$31$" + "a" * 53,
        "$fbscrypt$",
        FIREBASE.replace("n=14", "n=30"),
        "$pbkdf2-sha256$i=99999999$c2FsdA$c2FsdA",
        "$pbkdf2-sha256$1$c2FsdA$",
        "pbkdf2_sha256$x",
        "pbkdf2_sha256$1$s$!",
        PASSLIB[:-30],
    ],
)
def test_hashes_that_cannot_be_read_are_nobodys(stored: str) -> None:
    assert not is_right(b"user1password", stored)


@pytest.mark.parametrize(
    "stored",
    [
        "$argon2id$v=19$m=64,t=1,p=1$",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$é",
        "$argon2id$v=19$m=64,t=1,p=2$!$!",
        "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=65536,t=9999,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "a password",
        "",
    ],
)
def test_argon2_that_cannot_be_read_or_takes_too_much_is_nobodys(stored: str) -> None:
    assert not Argon2(passes=1, memory_kib=64).verify(b"a password", stored)


# ---- breaches ----------------------------------------------------------------------------------------


class _Range(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.asked.append((self.path, self.headers["add-padding"]))
        found = hashlib.sha1(b"a breached password").hexdigest().upper()
        body = f"{'0' * 35}:3\r\n{found[5:]}:{server.count}\r\n".encode()
        self.send_response(server.status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def breaches() -> Generator[Any]:
    """A service that knows one password."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Range)
    server.asked, server.status, server.count = [], 200, 17
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}/range/"
    yield server
    server.shutdown()
    server.server_close()


def looked_up(server: AccountServer, breaches: Any) -> None:
    server.accounts.breaches = Breaches(is_on=True, url=breaches.url, allow_private=True)


def test_a_password_of_a_breach_is_refused_and_not_told_to_anybody(server: AccountServer, breaches: Any) -> None:
    """(A13)"""
    looked_up(server, breaches)

    assert refused(server, "signUp", email=ANN, password="a breached password") == "PT333"
    server.sign_up()

    head = hashlib.sha1(b"a breached password").hexdigest().upper()[:5]
    assert breaches.asked[0] == (f"/range/{head}", "true")
    assert all(len(path) == len("/range/") + 5 for path, _ in breaches.asked)


@pytest.mark.parametrize(("status", "count"), [(500, 17), (200, 0)])
def test_a_password_passes_where_nobody_can_be_asked(
    server: AccountServer, breaches: Any, status: int, count: int
) -> None:
    """(A13)"""
    looked_up(server, breaches)
    breaches.status, breaches.count = status, count

    server.sign_up(ANN, "a breached password")


def test_nobody_is_asked_unless_it_is_set(server: AccountServer) -> None:
    assert server.settings.auth.breach_check is False
    server.sign_up(ANN, "a breached password")


# ---- changing it -------------------------------------------------------------------------------------


def test_a_reset_sets_a_password_and_ends_all_sessions(server: AccountServer) -> None:
    """(A8)"""
    ann = server.sign_up()
    server.sql("UPDATE users SET email_verified_at = CURRENT_TIMESTAMP")
    done(server, "sendPasswordReset", email=ANN)

    tokens = done(server, "resetPassword", token=server.link(ANN), password="another long one")["tokens"]

    assert server.person(tokens).id == ann.id
    assert server.until("{ me { id } }", ann.access_token, "PT310") < 1
    refresh = "mutation ($token: String!) { refresh(refreshToken: $token) { accessToken } }"
    assert server.problem(server.ask(refresh, {"token": ann.refresh_token})) == "PT331"
    assert server.problem(server.sign_in()) == "PT330"
    assert "errors" not in server.sign_in(ANN, "another long one")
    assert "password of your account was changed" in server.mails(ANN)[-1].text.above[0]


def test_a_reset_voids_the_other_links_that_were_sent(server: AccountServer) -> None:
    """(A10)"""
    server.sign_up()
    server.sql("UPDATE users SET email_verified_at = CURRENT_TIMESTAMP")
    done(server, "sendPasswordReset", email=ANN)
    first = server.link(ANN)
    done(server, "sendPasswordReset", email=ANN)
    done(server, "sendLink", email=ANN)
    other = server.link(ANN)

    done(server, "resetPassword", token=first, password="another long one")

    assert refused(server, "resetPassword", token=first, password="a third long one") == "PT335"
    assert refused(server, "signInWithLink", token=other) == "PT335"


def test_a_password_that_may_not_be_chosen_does_not_use_the_link_up(server: AccountServer) -> None:
    server.sign_up()
    done(server, "sendPasswordReset", email=ANN)

    assert refused(server, "resetPassword", token=server.link(ANN), password="password1") == "PT333"

    done(server, "resetPassword", token=server.link(ANN), password="another long one")


def test_changing_a_password_ends_other_sessions(server: AccountServer) -> None:
    """(A8)"""
    ann = server.sign_up()
    other = server.sign_in()["data"]["signIn"]["tokens"]["accessToken"]

    assert done(
        server, "changePassword", ann.access_token, password="another long one", current="correct horse battery"
    )

    assert server.until("{ me { id } }", other, "PT310") < 1
    assert server.ask("{ me { id } }", token=ann.access_token)["data"]["me"]["id"] == ann.id
    assert server.problem(server.sign_in()) == "PT330"
    assert "errors" not in server.sign_in(ANN, "another long one")
    assert "password of your account was changed" in server.mails(ANN)[-1].text.above[0]


def test_changing_a_password_asks_for_the_present_one_or_an_elevated_session(server: AccountServer) -> None:
    from tests.accounts.ways import elevate

    ann = server.sign_up()

    assert refused(server, "changePassword", ann.access_token, password="another long one") == "PT338"
    assert refused(server, "changePassword", ann.access_token, password="another long one", current="wrong") == "PT330"
    assert refused(server, "changePassword", password="another long one", current="x") == "PT337"
    assert done(server, "changePassword", elevate(server, ann.access_token), password="another long one")


def test_the_present_password_is_not_tried_without_end(server: AccountServer) -> None:
    """(A11)"""
    ann = server.sign_up()
    for _ in range(10):
        assert (
            refused(server, "changePassword", ann.access_token, password="another long one", current="wrong") == "PT330"
        )
    assert refused(server, "changePassword", ann.access_token, password="another long one", current="wrong") == "PT336"
