"""What somebody sees who follows a link of a mail: who only looks at it does not use it up, and no page elsewhere does (A10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.accounts import AccountServer, Reply

ANN = "ann@example.com"
OWN = {"origin": "https://notes.example.com", "sec-fetch-site": "same-origin"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def server(open_server: Callable[..., AccountServer]) -> AccountServer:
    return open_server(auth={"verify_email": True, "redirect_urls": ("https://app.example.com/link",)})


def link_of(server: AccountServer) -> str:
    (link,) = re.findall(r"https://notes\.example\.com(/auth/link\?token=\S+)", str(server.mails(ANN)[-1].text.link))[
        :1
    ]
    return link.rstrip("',)")


def press(server: AccountServer, link: str, headers: Any = OWN, **more: str) -> Reply:
    token = parse_qs(urlsplit(link).query)["token"][0]
    body = urlencode({"token": token, **more}).encode()
    return server.request("POST", "/auth/link", body, headers={**FORM, **headers})


def sign_up(server: AccountServer) -> str:
    server.ask(f'mutation {{ signUp(email: "{ANN}", password: "correct horse battery") {{ isCodeSent }} }}')
    return link_of(server)


def test_a_link_is_used_by_its_button_and_not_by_being_looked_at(server: AccountServer) -> None:
    link = sign_up(server)

    for _ in range(3):
        page = server.request("GET", link, headers={"accept": "text/html"})
        assert page.status == 200
        assert b'<form method="post"' in page.body
        assert "form-action 'self'" in page.all("content-security-policy")[0]
    used = press(server, link)

    assert (used.status, used.all("location")) == (303, ["/"])
    assert sorted(each.partition("=")[0] for each in used.all("set-cookie")) == [
        "__Host-portico-access",
        "__Host-portico-refresh",
    ]
    assert server.request("GET", link).status == 410
    assert press(server, link).status == 410


def test_no_page_elsewhere_has_somebody_use_a_link(server: AccountServer) -> None:
    link = sign_up(server)

    for headers in ({"origin": "https://evil.example"}, {"origin": "null", "sec-fetch-site": "cross-site"}, {}):
        assert press(server, link, headers).status == 403

    assert press(server, link).status == 303


def test_a_password_is_set_on_the_page(server: AccountServer) -> None:
    press(server, sign_up(server))
    server.ask(f'mutation {{ sendPasswordReset(email: "{ANN}") }}')
    link = link_of(server)
    assert b'name="password"' in server.request("GET", link).body

    weak = press(server, link, password="short")
    assert (weak.status, b"at least 8 characters" in weak.body) == (400, True)
    assert press(server, link, password="another long one").status == 303

    assert "data" in server.sign_in(ANN, "another long one")


def test_a_page_that_asked_for_the_link_is_told_its_token(server: AccountServer) -> None:
    press(server, sign_up(server))
    server.ask(f'mutation {{ sendLink(email: "{ANN}", redirectTo: "https://app.example.com/link") }}')

    away = server.request("GET", link_of(server))

    address, _, fragment = away.all("location")[0].partition("#")
    assert (away.status, address) == (303, "https://app.example.com/link")
    given = {name: values[0] for name, values in parse_qs(fragment).items()}
    assert given["purpose"] == "sign_in_link"
    answer = server.ask(
        "mutation ($token: String!) { signInWithLink(token: $token) { tokens { accessToken refreshToken } } }",
        {"token": given["token"]},
    )
    assert server.person(answer["data"]["signInWithLink"]["tokens"]).email == ANN


def test_what_is_no_link_says_so(server: AccountServer) -> None:
    for path in ("/auth/link", "/auth/link?token=", "/auth/link?token=x", "/auth/link?token=" + "x" * 3000):
        assert server.request("GET", path).status == 410
