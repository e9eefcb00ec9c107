"""Routes: the functions of accounts by JSON, tokens in cookies that no script reads, and pages that may not use them (A17)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc.jwk import ECKey

from portico.gateway.problems import InvalidToken
from portico.gateway.settings import Issuer
from portico.gateway.tokens import Verifier
from tests.support.accounts import MODELS, AccountServer, Reply
from tests.support.issuer import public_pem, rsa_key, signed

PAGE = {"origin": "https://notes.example.com", "sec-fetch-site": "same-origin"}
NAMES = ("__Host-portico-access", "__Host-portico-refresh")
PASSWORD = "correct horse battery"
ANN = {"email": "ann@example.com", "password": PASSWORD}
NOTES = {"query": "{ notes { id } me { id } }"}
WRITE = {"query": 'mutation { insertNote(object: {text: "x"}) { id } }'}


class Browser:
    """Keeps cookies as browsers do, and sends them with whatever any page has it send."""

    def __init__(self, server: AccountServer) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = PAGE) -> Reply:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        reply = self.server.request(method, path, body, headers={**headers, **({"cookie": kept} if kept else {})})
        for each in reply.all("set-cookie"):
            name, _, rest = each.partition("=")
            value, _, attributes = rest.partition(";")
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return reply

    def post(self, path: str, body: Any, headers: Mapping[str, str] = PAGE) -> Reply:
        return self.send("POST", path, body, headers)


def signed_in(server: AccountServer) -> Browser:
    server.sign_up()
    browser = Browser(server)
    assert browser.post("/auth/sign-in", {**ANN, "cookies": True}).status == 200
    return browser


def problem(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.json["errors"][0]["extensions"]["problem"]


# ---- functions ----------------------------------------------------------------------------------------


def test_a_route_is_the_function_of_its_name(server: AccountServer) -> None:
    made = server.request("POST", "/auth/sign-up", ANN)
    assert made.status == 200
    tokens = made.json["tokens"]
    assert set(made.json) >= {"isCodeSent", "challenge", "tokens"}
    assert set(tokens) == {"accessToken", "refreshToken", "expiresIn"}
    assert "no-store" in made.all("cache-control")[0]
    bearer = {"authorization": f"Bearer {tokens['accessToken']}"}
    assert server.request("POST", "/auth/me", {}, headers=bearer).json["email"] == "ann@example.com"
    renewed = server.request("POST", "/auth/refresh", {"refreshToken": tokens["refreshToken"]})
    assert renewed.json["accessToken"]
    assert not renewed.all("set-cookie")
    assert server.request("POST", "/auth/sign-out", {"everywhere": True}, headers=bearer).json == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/auth/sign-in", {"email": "a@b.c", "password": "wrong password"}, 401, "PT330"),
        ("POST", "/auth/sign-in", {"email": "a@b.c"}, 400, "PT102"),
        ("POST", "/auth/sign-in", {"email": 1, "password": "x"}, 400, "PT104"),
        ("POST", "/auth/sign-in", {**ANN, "role": "admin"}, 400, "PT116"),
        ("POST", "/auth/sign-in", {**ANN, "a) { x } #": 1}, 400, "PT116"),
        ("POST", "/auth/sign-in", [ANN], 400, "PT116"),
        ("POST", "/auth/sign-in", b"{", 400, "PT115"),
        ("POST", "/auth/sign-in", b" " * 2_000_000, 413, "PT114"),
        ("GET", "/auth/sign-in", None, 405, "PT111"),
        ("POST", "/auth/sign_in/x", ANN, 404, "PT110"),
        ("POST", "/auth/insert-note", {}, 404, "PT110"),
        ("POST", "/auth/", {}, 404, "PT110"),
        ("POST", "/auth/refresh", {}, 400, "PT102"),
        ("POST", "/auth/refresh", {"refreshToken": "pr_x"}, 401, "PT331"),
        ("POST", "/auth/sign-out", {}, 401, "PT337"),
        ("POST", "/.well-known/jwks.json", {}, 405, "PT111"),
    ],
)
def test_what_is_wrong_is_the_same_problem_as_at_graphql(
    server: AccountServer, method: str, path: str, body: Any, status: int, code: str
) -> None:
    reply = server.request(method, path, body)
    assert problem(reply) == (status, code)
    assert reply.all("x-request-id")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_could_send_is_not_read(server: AccountServer, kind: str) -> None:
    """(A17) Pages send these to any site, and no browser asks before."""
    server.sign_up()
    reply = server.request("POST", "/auth/sign-in", {**ANN, "cookies": True}, headers={**PAGE, "content-type": kind})
    assert problem(reply) == (415, "PT112")
    assert not reply.all("set-cookie")


# ---- cookies ------------------------------------------------------------------------------------------


def test_tokens_in_cookies_are_not_in_the_body(server: AccountServer) -> None:
    """(A17) `__Host-`, Secure, HttpOnly, SameSite=Lax."""
    server.sign_up()
    reply = server.request("POST", "/auth/sign-in", {**ANN, "cookies": True}, headers=PAGE)
    assert reply.json["tokens"] == {"expiresIn": 900}
    found = dict(each.split("=", 1) for each in reply.all("set-cookie"))
    assert tuple(found) == NAMES
    lives = {NAMES[0]: 900, NAMES[1]: 2_592_000}
    for name, text in found.items():
        assert re.fullmatch(rf"[\w.-]+; Max-Age={lives[name]}; Path=/; Secure; HttpOnly; SameSite=Lax", text), (
            f"{name}={text}"
        )


def test_a_browser_is_signed_in_by_its_cookies(server: AccountServer) -> None:
    browser = signed_in(server)
    assert browser.post("/graphql", WRITE).json["data"]["insertNote"]["id"]
    assert len(browser.post("/graphql", NOTES).json["data"]["notes"]) == 1
    assert browser.send("GET", "/graphql?query={me{id}}").json["data"]["me"]["id"]
    assert browser.post("/v1/graphql", NOTES).json["data"]["me"]["id"]
    before = dict(browser.cookies)
    renewed = browser.post("/auth/refresh", {})
    assert renewed.json == {"expiresIn": 900}
    assert all(browser.cookies[name] != before[name] for name in NAMES)
    assert browser.post("/auth/sign-out", {}).json == 1
    assert browser.cookies == {}
    browser.cookies = before
    server.until("{ me { id } }", before[NAMES[0]], "PT310")
    assert problem(browser.post("/graphql", NOTES)) == (401, "PT310")
    assert problem(browser.post("/auth/refresh", {})) == (401, "PT331")
    assert browser.cookies == {}


def test_tokens_of_cookies_do_not_come_into_a_body_for_who_asks(server: AccountServer) -> None:
    """A script that got into the page must not get what cookies hide from it."""
    browser = signed_in(server)
    for body in ({}, {"cookies": False}):
        assert browser.post("/auth/refresh", body).json == {"expiresIn": 900}


def test_who_comes_back_late_goes_on_or_signs_out(server: AccountServer) -> None:
    browser = signed_in(server)
    del browser.cookies[NAMES[0]]
    assert browser.post("/graphql", {"query": "{ me { id } }"}).json["data"]["me"] is None
    assert browser.post("/auth/sign-out", {}).json == 1
    assert browser.cookies == {}
    assert server.rows("SELECT count(*) FROM auth_sessions WHERE revoked_at IS NULL") == [(1,)]


def test_a_cookie_that_has_ended_keeps_nobody_from_signing_in(server: AccountServer) -> None:
    browser = signed_in(server)
    server.earlier("ends_at", 10_000_000)
    server.sql("UPDATE auth_sessions SET revoked_at = CURRENT_TIMESTAMP")
    server.until("{ me { id } }", browser.cookies[NAMES[0]], "PT310")
    assert problem(browser.post("/graphql", NOTES)) == (401, "PT310")
    assert browser.post("/auth/sign-in", {**ANN, "cookies": True}).status == 200
    assert browser.post("/graphql", NOTES).json["data"]["me"]["id"]


def test_a_header_comes_before_a_cookie(server: AccountServer) -> None:
    browser = signed_in(server)
    bob = server.sign_up("bob@example.com")
    headers = {"authorization": f"Bearer {bob.access_token}", "origin": "https://evil.example"}
    assert browser.post("/graphql", NOTES, headers).json["data"]["me"]["id"] == bob.id
    assert problem(browser.post("/graphql", NOTES, {"authorization": "Bearer x"})) == (401, "PT310")


FOREIGN: dict[str, Mapping[str, str]] = {
    "another site": {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    "another site, older browser": {"origin": "https://evil.example"},
    "a neighbour": {"origin": "https://blog.example.com", "sec-fetch-site": "same-site"},
    "the same host without encryption": {"origin": "http://notes.example.com"},
    "another port": {"origin": "https://notes.example.com:8443"},
    "a name that begins so": {"origin": "https://notes.example.com.evil.example"},
    "a name that ends so": {"origin": "https://evilnotes.example.com"},
    "a frame in a sandbox": {"origin": "null", "sec-fetch-site": "cross-site"},
    "null, older browser": {"origin": "null"},
    "a link": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    "nothing said": {},
    "nothing in it": {"origin": ""},
}


def test_cookies_are_not_taken_from_pages_of_others(server: AccountServer) -> None:
    """(A17) Whatever another page has a browser send is refused before anything is read or written."""
    browser = signed_in(server)
    for name in FOREIGN:
        all_is_refused(server, browser, name)


def all_is_refused(server: AccountServer, browser: Browser, name: str) -> None:
    headers = FOREIGN[name]
    refresh = browser.cookies[NAMES[1]]
    assert problem(browser.post("/graphql", WRITE, headers)) == (403, "PT132"), name
    assert problem(browser.send("GET", "/graphql?query={notes{id}}", None, headers)) == (403, "PT132")
    assert problem(browser.post("/auth/refresh", {}, headers)) == (403, "PT132")
    assert problem(browser.post("/auth/sign-out", {}, headers)) == (403, "PT132")
    events = {**headers, "accept": "text/event-stream"}
    assert problem(browser.post("/graphql", {"query": "subscription { notes { id } }"}, events)) == (403, "PT132")
    assert server.rows("SELECT count(*) FROM notes") == [(0,)]
    assert browser.cookies[NAMES[1]] == refresh


def test_a_refresh_token_alone_is_not_taken_from_pages_of_others(server: AccountServer) -> None:
    """(A17) The access token has gone before: it is the cookie that lasts."""
    browser = signed_in(server)
    kept = browser.cookies = {NAMES[1]: browser.cookies[NAMES[1]]}
    for name, headers in FOREIGN.items():
        for path in ("/auth/refresh", "/auth/sign-out"):
            assert problem(browser.post(path, {}, headers)) == (403, "PT132"), name
    assert browser.cookies == kept
    assert server.rows("SELECT counter, revoked_at FROM auth_sessions ORDER BY created_at DESC LIMIT 1") == [(0, None)]


def test_functions_of_the_author_have_no_routes(open_server: Any) -> None:
    """What they are asked for, and by whom, is theirs to say: they may count on GraphQL's."""
    models = MODELS + (
        "\n\nfrom portico.schema import mutation\n\n\n"
        '@mutation\nasync def give_away(to: str) -> bool:\n    """Give everything away."""\n    return True\n'
    )
    server = open_server(models=models)
    assert server.ask('mutation { giveAway(to: "eve") }')["data"] == {"giveAway": True}
    assert problem(server.request("POST", "/auth/give-away", {"to": "eve"})) == (404, "PT110")


def test_a_page_of_another_origin_does_not_sign_a_browser_in(server: AccountServer) -> None:
    """(A17) As somebody else, to whom its owner would tell things."""
    server.sign_up()
    for name in ("another site", "a neighbour", "null, older browser"):
        reply = server.request("POST", "/auth/sign-in", {**ANN, "cookies": True}, headers=FOREIGN[name])
        assert problem(reply) == (403, "PT132")
        assert not reply.all("set-cookie")


def test_pages_of_origins_that_are_named_may_use_cookies(open_server: Any) -> None:
    server = open_server(allowed_origins=("https://app.example.com", "*"))
    browser = signed_in(server)
    page = {"origin": "https://app.example.com", "sec-fetch-site": "same-site"}
    assert browser.post("/graphql", NOTES, page).json["data"]["me"]["id"]
    assert problem(browser.post("/graphql", NOTES, {"origin": "https://other.example"})) == (403, "PT132")


def test_a_mutation_is_never_sent_by_get(server: AccountServer) -> None:
    """(A17) SameSite=Lax lets links bring cookies."""
    browser = signed_in(server)
    query = "mutation{insertNote(object:{text:%22x%22}){id}}"
    assert problem(browser.send("GET", f"/graphql?query={query}")) == (405, "PT118")
    assert problem(browser.send("GET", "/graphql?query=mutation{signOut}")) == (405, "PT118")
    assert server.rows("SELECT count(*) FROM notes") == [(0,)]


def test_without_accounts_a_cookie_says_nothing(open_server: Any) -> None:
    models = (
        '"""Notes."""\n\nfrom sqlalchemy.orm import Mapped\n\n'
        "from portico.schema import Id, Model, allow, everyone\n\n\n"
        'class Note(Model):\n    id: Mapped[Id]\n    text: Mapped[str]\n\n\nallow(Note, "read", when=everyone)\n'
    )
    server = open_server(models=models)
    reply = server.request("POST", "/graphql", {"query": "{ notes { id } }"}, headers={"cookie": f"{NAMES[0]}=x"})
    assert reply.json == {"data": {"notes": []}}
    assert problem(server.request("POST", "/auth/sign-in", ANN)) == (404, "PT110")
    assert server.request("GET", "/.well-known/jwks.json").status == 404


# ---- keys ---------------------------------------------------------------------------------------------


def test_others_can_verify_our_tokens_by_the_published_keys(server: AccountServer) -> None:
    ann = server.sign_up()
    published = server.request("GET", "/.well-known/jwks.json")
    (key,) = published.json["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("EC", "ES256", "sig")
    assert "d" not in key
    assert published.all("access-control-allow-origin") == ["*"]
    described = server.request("GET", "/.well-known/openid-configuration").json
    assert described["issuer"] == "https://notes.example.com"
    assert described["jwks_uri"] == "https://notes.example.com/.well-known/jwks.json"

    pem = ECKey.import_key(key).as_pem(private=False).decode()
    verifier = Verifier(Issuer(algorithms=("ES256",), key=pem, issuer=described["issuer"]), allow_private=False)
    assert server.run(verifier.verify(ann.access_token)).caller.id == ann.id


def test_a_token_of_another_issuer_is_not_ours_and_ours_is_not_its(open_server: Any) -> None:
    """Of an account that is named like a user of the other, nothing is to be had."""
    theirs = rsa_key("theirs")
    issuer = Issuer(algorithms=("RS256",), key=public_pem(theirs), issuer="https://other.example", role_claim="none")
    server = open_server(issuers=(issuer,))
    ann = server.sign_up()
    assert server.ask("{ me { id } }", token=ann.access_token)["data"]["me"]["id"] == ann.id
    claims = {"sub": ann.id, "sid": "x", "use": "access", "exp": 4_000_000_000, "elevated": True}
    for iss in ("https://notes.example.com", "https://other.example.evil", None):
        token = signed({**claims, "iss": iss}, theirs, "RS256", kid="theirs")
        assert server.problem(server.ask("{ me { id } }", token=token)) == "PT310"
    taken = signed({**claims, "iss": "https://other.example"}, theirs, "RS256", kid="theirs")
    assert "errors" not in server.ask("{ notes { id } }", token=taken)
    alone = Verifier(issuer, allow_private=False)
    with pytest.raises(InvalidToken):
        server.run(alone.verify(ann.access_token))
