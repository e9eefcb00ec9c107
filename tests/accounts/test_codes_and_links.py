"""Codes and links: each is good once, for a while, for one thing and one address, and is kept as a hash (A10, A11)."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from tests.accounts.ways import ask, done, me, refused
from tests.support.accounts import AccountServer

ANN = "ann@example.com"


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_signs_in_and_is_used_once(server: AccountServer) -> None:
    ann = server.sign_up()
    assert done(server, "sendCode", email="Ann@Example.com") is True
    code = server.code(ANN)

    tokens = done(server, "signInWithCode", email=ANN, code=f" {code[:3]} {code[3:]}")["tokens"]

    assert me(server, tokens)["id"] == ann.id
    assert me(server, tokens)["isEmailVerified"] is True
    assert refused(server, "signInWithCode", email=ANN, code=code) == "PT335"


def test_a_code_makes_an_account_where_signing_up_is_on(server: AccountServer, open_server: Any) -> None:
    done(server, "sendCode", email="new@example.com")
    found = me(
        server, done(server, "signInWithCode", email="new@example.com", code=server.code("new@example.com"))["tokens"]
    )
    assert (found["email"], found["isEmailVerified"]) == ("new@example.com", True)


def test_no_code_is_sent_to_strangers_where_signing_up_is_off(open_server: Any) -> None:
    server = open_server(auth={"sign_up": False})

    assert done(server, "sendCode", email="new@example.com") is True
    assert done(server, "sendLink", email="new@example.com") is True

    assert server.mails("new@example.com") == []


def test_only_the_last_code_is_good(server: AccountServer) -> None:
    done(server, "sendCode", email=ANN)
    first = server.code(ANN)
    done(server, "sendCode", email=ANN)
    if server.code(ANN) != first:
        assert refused(server, "signInWithCode", email=ANN, code=first) == "PT335"
    assert done(server, "signInWithCode", email=ANN, code=server.code(ANN))["tokens"]


def test_a_code_is_void_after_five_wrong_tries(server: AccountServer) -> None:
    """(A11)"""
    done(server, "sendCode", email=ANN)
    code = server.code(ANN)

    for _ in range(5):
        assert refused(server, "signInWithCode", email=ANN, code=wrong(code)) == "PT335"

    assert refused(server, "signInWithCode", email=ANN, code=code) == "PT335"


def test_tries_at_once_are_as_many_as_one_after_the_other(open_server: Any) -> None:
    """(A11)"""
    server = open_server(auth={"attempts": 1_000})
    done(server, "sendCode", email=ANN)
    code = server.code(ANN)
    document = 'mutation ($code: String!) { signInWithCode(email: "ann@example.com", code: $code) { challenge } }'

    async def all_at_once() -> list[Any]:
        guesses = [wrong(code)] * 20
        return await asyncio.gather(*(server.answer(document, {"code": each}) for each in guesses))

    assert {server.problem(each) for each in server.run(all_at_once())} == {"PT335"}
    assert server.rows("SELECT tries FROM auth_codes") == [(5,)]
    assert refused(server, "signInWithCode", email=ANN, code=code) == "PT335"


def test_a_code_that_is_right_many_times_at_once_signs_in_once(server: AccountServer) -> None:
    """(A11)"""
    done(server, "sendCode", email=ANN)
    document = (
        'mutation ($code: String!) { signInWithCode(email: "ann@example.com", code: $code) { tokens { expiresIn } } }'
    )

    async def all_at_once() -> list[Any]:
        code = {"code": server.code(ANN)}
        return await asyncio.gather(*(server.answer(document, code) for _ in range(4)))

    answers = server.run(all_at_once())

    assert len([each for each in answers if "errors" not in each]) == 1


def test_a_link_that_is_followed_twice_at_once_signs_in_once(server: AccountServer) -> None:
    """(A10)"""
    done(server, "sendLink", email=ANN)
    document = "mutation ($token: String!) { signInWithLink(token: $token) { tokens { expiresIn } } }"

    async def all_at_once() -> list[Any]:
        token = {"token": server.link(ANN)}
        return await asyncio.gather(*(server.answer(document, token) for _ in range(4)))

    answers = server.run(all_at_once())

    assert len([each for each in answers if "errors" not in each]) == 1
    assert refused(server, "signInWithLink", token=server.link(ANN)) == "PT335"


@pytest.mark.parametrize("way", ["code", "link"])
def test_codes_and_links_end_by_themselves(server: AccountServer, way: str) -> None:
    """(A10)"""
    done(server, "sendCode" if way == "code" else "sendLink", email=ANN)

    server.earlier("expires_at", 601, "auth_codes")

    if way == "code":
        assert refused(server, "signInWithCode", email=ANN, code=server.code(ANN)) == "PT335"
    else:
        assert refused(server, "signInWithLink", token=server.link(ANN)) == "PT335"


def test_links_have_enough_chance_and_nothing_in_the_database_is_one(server: AccountServer) -> None:
    """(A10)"""
    server.sign_up()
    done(server, "sendLink", email=ANN)
    done(server, "sendPasswordReset", email=ANN)
    done(server, "sendCode", email=ANN)
    stored = str(server.rows("SELECT * FROM auth_codes"))

    links = [each.text.link[0].partition("token=")[2] for each in server.mails(ANN) if each.text.link]

    assert len({*links}) == 2
    for each in links:
        assert len(base64.urlsafe_b64decode(each + "==")) >= 16
        assert each not in stored
    assert server.code(ANN) not in stored


def test_a_code_cannot_be_found_by_trying_all_against_the_database(server: AccountServer) -> None:
    """(A10) What is stored of it takes the secret of the settings: a digest alone is tried a million times in a second."""
    import hashlib

    done(server, "sendCode", email=ANN)
    code, (row,) = server.code(ANN), server.rows("SELECT digest, id FROM auth_codes")

    for text in (code, f"{ANN}:{code}", f"{row[1]}:{code}"):
        assert hashlib.sha256(text.encode()).digest() != bytes(row[0])


@pytest.mark.parametrize("other", ["verifyEmail", "signInWithLink", "confirmEmail"])
def test_a_link_is_good_for_nothing_else(server: AccountServer, other: str) -> None:
    """(A10)"""
    server.sign_up()
    done(server, "sendPasswordReset", email=ANN)

    assert refused(server, other, token=server.link(ANN)) == "PT335"

    assert done(server, "resetPassword", token=server.link(ANN), password="another long one")["tokens"]


def test_a_link_to_sign_in_sets_no_password(server: AccountServer) -> None:
    """(A10)"""
    server.sign_up()
    done(server, "sendLink", email=ANN)

    assert refused(server, "resetPassword", token=server.link(ANN), password="another long one") == "PT335"


def test_a_code_is_good_for_no_other_address(server: AccountServer) -> None:
    """(A10)"""
    server.sign_up("bob@example.com")
    done(server, "sendCode", email=ANN)
    done(server, "sendCode", email="bob@example.com")
    if server.code(ANN) != server.code("bob@example.com"):
        assert refused(server, "signInWithCode", email="bob@example.com", code=server.code(ANN)) == "PT335"


def test_links_lead_to_the_address_of_the_settings_whatever_a_request_says(server: AccountServer) -> None:
    """(A10)"""
    server.ask(
        'mutation { sendLink(email: "ann@example.com") }',
        headers={
            "host": "evil.example",
            "x-forwarded-host": "evil.example",
            "forwarded": "host=evil.example",
            "origin": "https://evil.example",
            "x-original-url": "https://evil.example/",
        },
    )

    (mail,) = server.mails(ANN)
    assert mail.text.link[0].startswith("https://notes.example.com/auth/link?token=")
    assert "evil" not in str(mail)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "https://notes.example.com.evil.example/", "https://notes.example.com@evil.example/",
        "https://notes.example.com:444/", "http://notes.example.com/", "javascript:alert(1)", "/\\evil.example", "https:/\\evil.example",
        "https://app.example.com/other", "https://app.example.com/in/../other", "https://app.example.com/in/%2e%2e/other",
        "https://app.example.com/inside", "https://notes.example.com/\nx", "https://app.example.com/in/box", "x" * 3_000, "https://[::1", "https:///path",
    ],
)  # fmt: skip
def test_links_lead_back_only_to_places_of_the_settings(open_server: Any, target: str) -> None:
    """(A10)"""
    server = open_server(auth={"redirect_urls": ("https://app.example.com/in", "notes://open")})

    for name in ("sendLink", "sendPasswordReset"):
        assert refused(server, name, email=ANN, redirectTo=target) == "PT356"
    assert refused(server, "signUp", email=ANN, password="correct horse", redirectTo=target) == "PT356"


@pytest.mark.parametrize(
    ("target", "stored"),
    [
        ("/welcome?a=1#b", "https://notes.example.com/welcome?a=1#b"),
        ("https://NOTES.example.com/x", "https://NOTES.example.com/x"),
        ("https://app.example.com/in", "https://app.example.com/in"),
        ("notes://open", "notes://open"),
    ],
)
def test_where_a_link_leads_back_to_is_kept_with_it(open_server: Any, target: str, stored: str) -> None:
    server = open_server(auth={"redirect_urls": ("https://app.example.com/in", "notes://open")})

    done(server, "sendLink", email=ANN, redirectTo=target)

    assert stored in str(server.rows("SELECT details FROM auth_codes"))


def test_whoever_made_an_account_of_an_address_that_is_not_theirs_is_put_out(server: AccountServer) -> None:
    thief = server.sign_up(ANN, "the thief's password")

    done(server, "sendCode", email=ANN)
    tokens = done(server, "signInWithCode", email=ANN, code=server.code(ANN))["tokens"]

    assert me(server, tokens)["id"] == thief.id
    assert server.until("{ me { id } }", thief.access_token, "PT310") < 1
    assert server.problem(server.sign_in(ANN, "the thief's password")) == "PT330"


@pytest.mark.parametrize("way", ["code", "link", "reset"])
def test_a_disabled_account_is_let_in_by_nothing(server: AccountServer, way: str) -> None:
    server.sign_up()
    done(server, {"code": "sendCode", "link": "sendLink", "reset": "sendPasswordReset"}[way], email=ANN)

    server.sql("UPDATE users SET disabled_at = CURRENT_TIMESTAMP")

    if way == "code":
        assert refused(server, "signInWithCode", email=ANN, code=server.code(ANN)) == "PT335"
    elif way == "link":
        assert refused(server, "signInWithLink", token=server.link(ANN)) == "PT335"
    else:
        assert refused(server, "resetPassword", token=server.link(ANN), password="another long one") == "PT335"
    sent = len(server.mails(ANN))
    for name in ("sendCode", "sendLink", "sendPasswordReset"):
        assert done(server, name, email=ANN) is True
    assert len(server.mails(ANN)) == sent


@pytest.mark.parametrize("token", ["", "x", "x" * 5_000, "ü", "\ud800", "\0"])
def test_what_is_no_token_is_refused(server: AccountServer, token: str) -> None:
    for name in ("signInWithLink", "verifyEmail", "confirmEmail"):
        assert refused(server, name, token=token) in ("PT335", "PT115", "PT104")
    answer = ask(server, "signInWithCode", email=ANN, code=token)
    assert server.problem(answer) in ("PT335", "PT115", "PT104")
