"""Signing in by a provider that runs: who comes back is who was sent, whatever others put in between (A2, A3, A4)."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import UUID

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import OctKey
from sqlalchemy import select

from portico.gateway.auth.provider_table import issuer_of, provider_of, published_issuer, vouches_for_email
from portico.gateway.auth_settings import ProviderSettings
from tests.accounts.test_routes import NAMES, Browser, problem
from tests.support.accounts import AccountServer, Reply
from tests.support.issuer import encoded, rsa_key, signed, signed_by_public_key, unsigned
from tests.support.oidc import CLIENT_ID, Lies, Provider, Somebody, apple_key, provider_server

CALLBACK = "https://notes.example.com/auth/callback/"
HOME = "https://notes.example.com/welcome"
APP = "notes-app://signed-in"
FLOW = "__Host-portico-flow"
VERIFIER = "v" * 43
ME = {"query": "{ me { id email isEmailVerified name } identities { provider } }"}


@pytest.fixture
def provider() -> Generator[Provider]:
    with provider_server() as running:
        running.allow(*(CALLBACK + name for name in ("acme", "github", "discord", "apple")))
        yield running


@pytest.fixture
def make(open_server: Callable[..., AccountServer], provider: Provider) -> Callable[..., AccountServer]:
    """A server whose providers are all this one."""

    def make_one(**auth: Any) -> AccountServer:
        known = {"acme": ProviderSettings(**provider.settings), "github": ProviderSettings(**provider.settings)}
        known["discord"] = ProviderSettings(**provider.settings)
        given = {"providers": known, "redirect_urls": (APP, "https://app.example.com/in"), **auth}
        return open_server(auth=given)

    return make_one


@pytest.fixture
def notes(make: Callable[..., AccountServer]) -> AccountServer:
    return make()


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def sent(browser: Browser, name: str = "acme", **parameters: str) -> str:
    """Where a browser is sent that goes to a provider."""
    reply = browser.send("GET", f"/auth/providers/{name}?{urlencode({'redirect_to': '/welcome', **parameters})}")
    assert reply.status == 303, reply.body
    return reply.all("location")[0]


def back(browser: Browser, provider: Provider, name: str = "acme", **parameters: str) -> str:
    """Where a provider sends that browser back to."""
    return path_of(provider.visit(sent(browser, name, **parameters)))


def arrived(browser: Browser, path: str) -> str:
    """Where a browser comes to at the end."""
    reply = browser.send("GET", path, headers={"sec-fetch-site": "cross-site"})
    assert reply.status == 303, reply.body
    assert FLOW not in browser.cookies
    return reply.all("location")[0]


def sign_in(server: AccountServer, provider: Provider, name: str = "acme") -> Browser:
    browser = Browser(server)
    assert arrived(browser, back(browser, provider, name)) == HOME
    return browser


def me(browser: Browser) -> Any:
    return browser.post("/graphql", ME).json["data"]


def refused(browser: Browser, path: str) -> str:
    """The code with which a browser comes to its page, nobody being signed in."""
    location = arrived(browser, path)
    assert location.startswith(HOME + "?error=")
    assert NAMES[0] not in browser.cookies
    return location.removeprefix(HOME + "?error=")


# ---- the way there and back ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["acme", "github", "discord"])
def test_somebody_signs_in_by_a_provider(notes: AccountServer, provider: Provider, name: str) -> None:
    first = me(sign_in(notes, provider, name))
    assert first["me"] == {"id": first["me"]["id"], "email": "ann@example.com", "isEmailVerified": True, "name": "Ann"}
    assert first["identities"] == [{"provider": name}]
    again = me(sign_in(notes, provider, name))
    assert again["me"]["id"] == first["me"]["id"]
    assert notes.rows("SELECT count(*) FROM users") == [(1,)]
    assert notes.ask("{ signInProviders }")["data"]["signInProviders"] == ["acme", "github", "discord"]


def test_what_a_provider_is_asked(notes: AccountServer, provider: Provider) -> None:
    """(A2) PKCE by S256 always, and a state and a nonce of 256 bits, which are others each time."""
    for name in ("acme", "acme", "github", "discord"):
        sign_in(notes, provider, name)
    first, second, github, discord = provider.asked
    assert first["redirect_uri"] == CALLBACK + "acme"
    assert github["redirect_uri"] == CALLBACK + "github"
    assert (first["scope"], github["scope"], discord["scope"]) == (
        "openid email profile", "read:user user:email", "identify email",
    )  # fmt: skip
    for each in provider.asked:
        assert each["code_challenge_method"] == "S256"
        assert (len(each["code_challenge"]), len(each["state"])) == (43, 43)
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
    assert provider.codes == {}


def test_a_provider_checks_the_verifier_of_its_code(notes: AccountServer, provider: Provider) -> None:
    """(A2) A code that another sign-in was given is good for nothing in this one."""
    ann, eve = Browser(notes), Browser(notes)
    theirs = dict(parse_qsl(urlsplit(back(ann, provider)).query))
    mine = dict(parse_qsl(urlsplit(back(eve, provider)).query))
    swapped = {**mine, "code": theirs["code"]}
    assert refused(eve, f"/auth/callback/acme?{urlencode(swapped)}") == "PT351"


# ---- whose browser it is ------------------------------------------------------------------------------


def test_a_browser_that_did_not_begin_is_not_signed_in(notes: AccountServer, provider: Provider) -> None:
    """(A3) As somebody else, by a link of theirs; nor one that began another sign-in."""
    path = back(Browser(notes), provider)
    other = Browser(notes)
    assert problem(other.send("GET", path)) == (400, "PT352")
    sent(other)
    assert problem(other.send("GET", path)) == (400, "PT352")
    assert NAMES[0] not in other.cookies
    assert notes.rows("SELECT count(*) FROM users") == [(0,)]
    assert "/token" not in provider.seen


def test_a_state_that_is_missing_or_another_is_refused(notes: AccountServer, provider: Provider) -> None:
    """(A3) The state is bound to the browser."""
    browser = Browser(notes)
    right = dict(parse_qsl(urlsplit(back(browser, provider)).query))
    for state in (None, "", "x", "x" * 43, "\u00fc", "x" * 9_000):
        given = {name: value for name, value in {**right, "state": state}.items() if value is not None}
        assert problem(browser.send("GET", f"/auth/callback/acme?{urlencode(given)}")) == (400, "PT352"), state


def test_an_answer_is_taken_once(notes: AccountServer, provider: Provider) -> None:
    """(A3) Also with the cookie of the browser, which somebody may have kept; and at once by two."""
    browser = Browser(notes)
    path = back(browser, provider)
    kept = dict(browser.cookies)
    assert arrived(browser, path) == HOME
    browser.cookies = kept
    assert refused(browser, path) == "PT352"
    assert provider.seen.count("/token") == 1


def test_a_cookie_is_sealed_for_one_provider_and_ten_minutes(
    notes: AccountServer, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """(A3) Nothing in it can be changed, and it is of no use later or elsewhere."""
    browser = Browser(notes)
    reply = browser.send("GET", "/auth/providers/acme")
    (text,) = reply.all("set-cookie")
    assert text.endswith("; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax")
    assert "verifier" not in text
    path = path_of(provider.visit(reply.all("location")[0]))
    kept = browser.cookies[FLOW]
    for value in (kept[:-2] + ("AA" if kept[-2:] != "AA" else "BB"), kept[:20], "x", "", "ü", "A" * 2_000):
        browser.cookies = {FLOW: value}
        assert problem(browser.send("GET", path)) == (400, "PT352")
    browser.cookies = {FLOW: kept}
    assert problem(browser.send("GET", path.replace("/acme", "/github"))) == (400, "PT352")
    assert problem(browser.send("GET", path.replace("/acme", "/other"))) == (404, "PT350")
    real = time.time
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda: real() + 601)
        assert problem(browser.send("GET", path)) == (400, "PT352")
    assert provider.seen.count("/token") == 0


def test_an_answer_of_another_issuer_is_refused(notes: AccountServer, provider: Provider) -> None:
    """(A3) Mix-up: the code is not sent to anybody."""
    for iss in ("https://evil.example", "", "http://127.0.0.1:1", "http://127.0.0.1"):
        browser = Browser(notes)
        provider.lies = Lies(iss=iss)
        assert refused(browser, back(browser, provider)) == "PT351", iss
    assert "/token" not in provider.seen


def test_who_names_itself_must_name_itself(notes: AccountServer, provider: Provider) -> None:
    """(A3) RFC 9207: an answer without `iss` is one of somebody else's."""
    browser = Browser(notes)
    given = [each for each in parse_qsl(urlsplit(back(browser, provider)).query) if each[0] != "iss"]
    assert refused(browser, f"/auth/callback/acme?{urlencode(given)}") == "PT351"
    twice = [*given, ("iss", provider.url), ("iss", provider.url)]
    assert problem(browser.send("GET", f"/auth/callback/acme?{urlencode(twice)}")) == (400, "PT116")


def test_a_provider_that_does_not_name_itself_may_leave_it_out(
    make: Callable[..., AccountServer], provider: Provider
) -> None:
    provider.lies = Lies(names_itself=False)
    sign_in(make(), provider)


def test_a_provider_that_describes_another_is_not_asked(notes: AccountServer, provider: Provider) -> None:
    """(A3) OpenID Connect Discovery, 4.3."""
    for described in (
        {"issuer": "https://evil.example"},
        {"issuer": provider.url + "/"},
        {"token_endpoint": "ftp://127.0.0.1/"},
        {"token_endpoint": None},
        {"jwks_uri": 1},
    ):
        provider.lies = Lies(described=described)
        assert problem(Browser(notes).send("GET", "/auth/providers/acme")) == (502, "PT353")
    provider.lies = Lies(is_down=True)
    assert problem(Browser(notes).send("GET", "/auth/providers/acme")) == (502, "PT353")


def test_who_does_not_agree_is_told_so(notes: AccountServer, provider: Provider) -> None:
    browser = Browser(notes)
    provider.lies = Lies(denies=True)
    assert refused(browser, back(browser, provider)) == "PT351"


# ---- what it says -------------------------------------------------------------------------------------

OTHER = rsa_key("one")


def _no_algorithm(claims: Mapping[str, Any]) -> str:
    return unsigned(claims, alg="none")


HOSTILE: dict[str, Callable[[Provider], Lies]] = {
    "another issuer": lambda _: Lies(claims={"iss": "https://evil.example"}),
    "an issuer with a slash": lambda it: Lies(claims={"iss": it.url + "/"}),
    "an issuer in a list": lambda it: Lies(claims={"iss": [it.url]}),
    "no issuer": lambda _: Lies(claims={"iss": None}),
    "another client": lambda _: Lies(claims={"aud": "another"}),
    "a client among others, for another": lambda _: Lies(claims={"aud": [CLIENT_ID, "another"], "azp": "another"}),
    "another client, though by us": lambda _: Lies(claims={"aud": "another", "azp": CLIENT_ID}),
    "no audience": lambda _: Lies(claims={"aud": None}),
    "another nonce": lambda _: Lies(claims={"nonce": "x"}),
    "no nonce": lambda _: Lies(claims={"nonce": None}),
    "an empty nonce": lambda _: Lies(claims={"nonce": ""}),
    "expired": lambda _: Lies(claims={"exp": int(time.time()) - 61}),
    "no exp": lambda _: Lies(claims={"exp": None}),
    "of the future": lambda _: Lies(claims={"iat": int(time.time()) + 3_600}),
    "no subject": lambda _: Lies(claims={"sub": None}),
    "an empty subject": lambda _: Lies(claims={"sub": ""}),
    "a subject that is a number": lambda _: Lies(claims={"sub": 42}),
    "a subject of 300 characters": lambda _: Lies(claims={"sub": "x" * 300}),
    "of another access token": lambda _: Lies(claims={"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    "alg none": lambda _: Lies(encode=_no_algorithm),
    "HS256 by the public key": lambda it: Lies(encode=lambda claims: signed_by_public_key(claims, it.key)),
    "HS256 by the client's secret": lambda it: Lies(
        encode=lambda claims: signed(claims, OctKey.import_key(it.settings["client_secret"]), "HS256", kid="one")
    ),
    "another's key of the same name": lambda _: Lies(encode=lambda claims: signed(claims, OTHER, "RS256", kid="one")),
    "a key of its own": lambda _: Lies(
        encode=lambda claims: signed(claims, OTHER, "RS256", jwk=OTHER.as_dict(private=False))
    ),
    "a key that is not published": lambda _: Lies(encode=lambda claims: signed(claims, OTHER, "RS256", kid="two")),
    "kid of 10 KB": lambda it: Lies(encode=lambda claims: signed(claims, it.key, "RS256", kid="k" * 10_240)),
    "claims twice": lambda it: Lies(
        encode=lambda claims: signed('{"sub": "1", ' + json.dumps(claims)[1:], it.key, "RS256", kid="one")
    ),
    "no token": lambda _: Lies(encode=lambda _: ""),
    "no token at all": lambda _: Lies(encode=lambda claims: encoded(claims)),
}


def test_an_id_token_that_is_not_believed(notes: AccountServer, provider: Provider) -> None:
    """(A4) Signed by a key of the provider, said by it, to this client, about this sign-in, now; else one text for all."""
    for name, lie in HOSTILE.items():
        provider.lies = lie(provider)
        browser = Browser(notes)
        assert refused(browser, back(browser, provider)) == "PT351", name
    provider.lies = Lies(claims={"aud": [CLIENT_ID]})
    sign_in(notes, provider)
    assert notes.rows("SELECT count(*) FROM users") == [(1,)]


def test_a_profile_of_somebody_else_is_not_believed(notes: AccountServer, provider: Provider) -> None:
    """(A4) OpenID Connect Core, 5.3.2."""
    provider.lies = Lies(claims={"email": None, "email_verified": None}, profile={"sub": "7"})
    browser = Browser(notes)
    assert refused(browser, back(browser, provider)) == "PT351"
    provider.lies = Lies(claims={"email": None, "email_verified": None})
    assert me(sign_in(notes, provider))["me"]["email"] == "ann@example.com"


def test_a_subject_is_one_of_its_issuer(make: Callable[..., AccountServer], provider: Provider) -> None:
    """(A4) The key is (iss, sub): the same subject of another issuer, under the same name, is somebody else."""
    provider.somebody = Somebody(email=None)
    first = make()
    ann = me(sign_in(first, provider))["me"]["id"]
    (row,) = first.rows("SELECT subject FROM auth_identities")
    assert row == (f"{provider.url} 42",)
    with provider_server() as other:
        other.allow(CALLBACK + "acme")
        other.somebody = Somebody(email=None)
        second = make(providers={"acme": ProviderSettings(**other.settings)})
        assert me(sign_in(second, other))["me"]["id"] != ann


def test_an_address_links_only_where_both_sides_have_verified_it(notes: AccountServer, provider: Provider) -> None:
    """(A4) Whoever has made an account of somebody's address before them gets nothing of what they bring."""
    ann = notes.sign_up("ann@example.com")
    browser = Browser(notes)
    assert refused(browser, back(browser, provider)) == "PT354"
    notes.sql("UPDATE users SET email_verified_at = CURRENT_TIMESTAMP")
    for untrue in (False, None, "false", "yes", 1.5, ["true"]):
        provider.somebody = Somebody(sub="666", is_verified=untrue)
        notes.sql("DELETE FROM auth_identities WHERE provider = 'acme'")
        found = me(sign_in(notes, provider))
        assert found["me"]["id"] != ann.id
        assert found["me"]["email"] is None
    provider.somebody = Somebody()
    found = me(sign_in(notes, provider))
    assert found["me"]["id"] == ann.id
    assert [each["provider"] for each in found["identities"]] == ["password", "acme"]
    provider.somebody = Somebody(email="new@example.com")
    assert me(sign_in(notes, provider))["me"] == {**found["me"], "email": "ann@example.com"}


def test_an_address_at_github_and_discord_counts_as_they_say(notes: AccountServer, provider: Provider) -> None:
    """(A4) The one that is primary, and not the one that a profile shows."""
    for name in ("github", "discord"):
        provider.somebody = Somebody(sub="7", email="eve@example.com", is_verified=False)
        assert me(sign_in(notes, provider, name))["me"]["email"] is None


def test_a_microsoft_tenant_vouches_for_no_address() -> None:
    """(A4) Its administrators write any into their users."""
    microsoft = provider_of("microsoft", ProviderSettings(client_id="x"))
    assert not vouches_for_email(microsoft, {"email": "ann@example.com", "email_verified": True})
    assert vouches_for_email(microsoft, {"email": "ann@example.com", "xms_edov": True})
    published = published_issuer(microsoft)
    tenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
    assert issuer_of(published, {"tid": tenant}) == f"https://login.microsoftonline.com/{tenant}/v2.0"
    assert microsoft.subject(issuer_of(published, {"tid": tenant}), "s") != "s"
    assert provider_of("google", ProviderSettings(client_id="x")).subject("https://accounts.google.com", "s") == "s"


def test_who_may_not_sign_in_may_not_by_a_provider(notes: AccountServer, provider: Provider) -> None:
    sign_in(notes, provider)
    notes.sql("UPDATE users SET disabled_at = CURRENT_TIMESTAMP")
    browser = Browser(notes)
    assert refused(browser, back(browser, provider)) == "PT330"


def test_where_accounts_are_made_by_others_none_is_made(make: Callable[..., AccountServer], provider: Provider) -> None:
    server = make(sign_up=False)
    browser = Browser(server)
    assert refused(browser, back(browser, provider)) == "PT332"
    assert server.rows("SELECT count(*) FROM users") == [(0,)]


def test_apple_answers_by_a_form_and_is_shown_a_signed_secret(
    make: Callable[..., AccountServer], provider: Provider
) -> None:
    key = apple_key()
    apple = ProviderSettings(
        client_id=CLIENT_ID,
        issuer=provider.url,
        team_id="TEAM",
        key_id="KEY",
        private_key=key.as_pem(private=True).decode(),
    )
    provider.lies = Lies(described={"token_endpoint_auth_methods_supported": ["client_secret_post"]})
    server = make(providers={"apple": apple})
    browser = Browser(server)
    given = urlsplit(back(browser, provider, "apple")).query
    assert provider.asked[-1]["response_mode"] == "form_post"
    # Browsers send no cookies with a form of another site.
    foreign = {"content-type": "application/x-www-form-urlencoded", "origin": provider.url}
    reply = server.request("POST", "/auth/callback/apple", f"{given}&user=%7B%7D".encode(), headers=foreign)
    assert reply.status == 303
    (location,) = reply.all("location")
    assert location == f"/auth/callback/apple?{urlencode(dict(parse_qsl(given)))}"
    assert refused(browser, location) == "PT351"  # this provider knows the client by another secret
    head, claims, _ = provider.secrets[-1].split(".")
    assert (decoded(head)["kid"], decoded(claims)["iss"], decoded(claims)["sub"]) == ("KEY", "TEAM", CLIENT_ID)
    assert decoded(claims)["aud"] == "https://appleid.apple.com"


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


# ---- where it leads back to ---------------------------------------------------------------------------


ELSEWHERE = (
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://notes.example.com@evil.example/",
        "https://notes.example.com.evil.example/", "http://notes.example.com/", "https://notes.example.com:8443/", "javascript:alert(1)",
        "/\t/evil.example", "/%0d%0aset-cookie:x=y\r\nx: y", "notes-app://signed-in/else", "notes-app://signed-in?x", "https://app.example.com/in/",
        "https://app.example.com", "HTTPS://APP.EXAMPLE.COM/in", "https://user@notes.example.com/", "welcome", "/" + "x" * 3_000, "/\u00fc",
    )  # fmt: skip


def test_nobody_is_led_elsewhere(notes: AccountServer) -> None:
    """(A2) Own pages, and addresses of the settings as a whole."""
    for address in ELSEWHERE:
        query = urlencode({"redirect_to": address})
        assert problem(Browser(notes).send("GET", f"/auth/providers/acme?{query}")) == (400, "PT356"), address


def test_an_app_exchanges_a_code_that_only_it_can_use(notes: AccountServer, provider: Provider) -> None:
    """(A2) PKCE is required of whoever has no cookies here, `plain` is refused, and nothing of the tokens is in an address."""
    browser = Browser(notes)
    begin = f"/auth/providers/acme?{urlencode({'redirect_to': APP})}"
    for more in (
        "", "&code_challenge=" + VERIFIER, f"&code_challenge={VERIFIER}&code_challenge_method=plain",
        "&code_challenge=x&code_challenge_method=S256",
    ):  # fmt: skip
        assert problem(browser.send("GET", begin + more)) == (400, "PT357")
    code = code_of(notes, provider)
    wrong = ({"codeVerifier": "w" * 43}, {"codeVerifier": ""}, {"codeVerifier": challenge()}, {"code": code + "x"})
    for each in wrong:
        given = {"code": code, "codeVerifier": VERIFIER, **each}
        assert problem(notes.request("POST", "/auth/sign-in-with-provider", given)) == (401, "PT335")
    tokens = exchanged(notes, code).json["tokens"]
    assert notes.person(tokens).email == "ann@example.com"


def test_a_code_is_used_once_and_whoever_uses_it_again_ends_what_it_opened(
    notes: AccountServer, provider: Provider
) -> None:
    """(A2) Single use, a minute; a second one has a copy of it, or somebody has."""
    code = code_of(notes, provider)
    tokens = exchanged(notes, code).json["tokens"]
    assert problem(exchanged(notes, code)) == (401, "PT335")
    assert notes.until("{ me { id } }", tokens["accessToken"], "PT310") < 1
    assert problem(notes.request("POST", "/auth/refresh", {"refreshToken": tokens["refreshToken"]})) == (401, "PT331")
    late = code_of(notes, provider)
    notes.earlier("expires_at", 61, "auth_codes")
    assert problem(exchanged(notes, late)) == (401, "PT335")


def challenge() -> str:
    return create_s256_code_challenge(VERIFIER)


def code_of(server: AccountServer, provider: Provider) -> str:
    browser = Browser(server)
    path = back(browser, provider, redirect_to=APP, code_challenge=challenge(), code_challenge_method="S256")
    location = arrived(browser, path)
    assert location.startswith(APP + "?code=")
    assert browser.cookies == {}
    return location.removeprefix(APP + "?code=")


def exchanged(server: AccountServer, code: str) -> Reply:
    return server.request("POST", "/auth/sign-in-with-provider", {"code": code, "codeVerifier": VERIFIER})


def test_a_page_of_the_settings_is_signed_in_by_cookies_of_ours(notes: AccountServer, provider: Provider) -> None:
    browser = Browser(notes)
    assert (
        arrived(browser, back(browser, provider, redirect_to="https://app.example.com/in"))
        == "https://app.example.com/in"
    )
    assert me(browser)["me"]["email"] == "ann@example.com"


# ---- several ways in ----------------------------------------------------------------------------------


def linked(browser: Browser, provider: Provider) -> Reply:
    """What comes of linking a provider, for who is signed in in that browser."""
    asked = browser.post("/auth/link-provider", {"provider": "acme", "redirectTo": "/welcome"})
    if asked.status != 200:
        return asked
    reply = browser.send("GET", path_of(asked.json))
    location = arrived(browser, path_of(provider.visit(reply.all("location")[0])))
    (code,) = parse_qs(urlsplit(location).query)["link_code"]
    return browser.post("/auth/finish-link", {"code": code})


def by_password(server: AccountServer, email: str = "bob@example.com", *, is_elevated: bool = True) -> Browser:
    """Somebody in a browser, who has shown just now who they are."""
    bob = server.sign_up(email)
    browser = Browser(server)
    browser.cookies[NAMES[0]] = elevated(server, bob.id) if is_elevated else bob.access_token
    return browser


def elevated(server: AccountServer, user_id: str) -> str:
    async def token() -> str:
        models = server.accounts.models
        async with server.accounts.data.read() as session:
            user = await session.get(models.user, UUID(user_id))
            opened = await session.scalar(select(models.session).where(models.session.user_id == user.id))
        return await server.accounts.access_token(user, opened, is_elevated=True)

    return server.run(token())


def test_who_is_signed_in_links_a_provider(notes: AccountServer, provider: Provider) -> None:
    browser = by_password(notes)
    identity = linked(browser, provider)
    assert identity.status == 200
    found = me(browser)
    assert (found["me"]["email"], [each["provider"] for each in found["identities"]]) == (
        "bob@example.com", ["password", "acme"],
    )  # fmt: skip
    assert me(sign_in(notes, provider))["me"]["id"] == found["me"]["id"]
    assert linked(browser, provider).json == identity.json
    assert problem(linked(by_password(notes, "eve@example.com"), provider)) == (409, "PT354")


def test_linking_is_for_who_has_shown_just_now_who_they_are(notes: AccountServer, provider: Provider) -> None:
    plain = by_password(notes, is_elevated=False)
    assert problem(linked(plain, provider)) == (403, "PT338")
    assert problem(linked(Browser(notes), provider)) == (401, "PT337")
    only = sign_in(notes, provider)
    assert linked(only, provider).status == 200
    notes.earlier("created_at", 301)
    assert problem(linked(only, provider)) == (403, "PT338")


def test_a_link_of_somebody_else_takes_no_identity_away(notes: AccountServer, provider: Provider) -> None:
    """(A3) Eve begins, and has Ann's browser follow: Ann's identity does not become a way into either account."""
    eve, ann = by_password(notes, "eve@example.com"), by_password(notes, "ann2@example.com")
    url = eve.post("/auth/link-provider", {"provider": "acme"}).json
    reply = ann.send("GET", path_of(url), headers={"sec-fetch-site": "cross-site"})
    location = arrived(ann, path_of(provider.visit(reply.all("location")[0])))
    (code,) = parse_qs(urlsplit(location).query)["link_code"]
    assert problem(ann.post("/auth/finish-link", {"code": code})) == (401, "PT335")
    assert problem(eve.post("/auth/finish-link", {"code": code})) == (401, "PT335")
    assert notes.rows("SELECT count(*) FROM auth_identities WHERE provider = 'acme'") == [(0,)]
    assert problem(ann.send("GET", path_of(url))) == (401, "PT335")


def test_the_last_way_in_is_not_taken_away(notes: AccountServer, provider: Provider) -> None:
    bob = by_password(notes)
    linked(bob, provider)
    other = notes.sign_in("bob@example.com")["data"]["signIn"]["tokens"]
    ids = {name: str(key) for key, name in notes.rows("SELECT id, provider FROM auth_identities")}
    unlink = "/auth/unlink-identity"
    assert by_password(notes, "eve@example.com").post(unlink, {"id": ids["acme"]}).json is False
    assert bob.post(unlink, {"id": "x"}).json is False
    assert bob.post(unlink, {"id": ids["password"]}).json is True
    assert notes.until("{ me { id } }", other["accessToken"], "PT310") < 1
    assert problem(bob.post(unlink, {"id": ids["acme"]})) == (409, "PT355")
    assert me(bob)["identities"] == [{"provider": "acme"}]
    assert notes.problem(notes.sign_in("bob@example.com")) == "PT330"


def test_an_account_without_a_name_becomes_one_with_and_keeps_its_id(notes: AccountServer, provider: Provider) -> None:
    browser = by_password(notes)
    notes.sql("DELETE FROM auth_identities", "UPDATE users SET is_anonymous = '1', email = NULL")
    before = me(browser)["me"]
    assert before["email"] is None
    assert linked(browser, provider).status == 200
    assert me(browser)["me"] == {**before, "email": "ann@example.com", "isEmailVerified": True, "name": "Ann"}
    assert me(sign_in(notes, provider))["me"]["id"] == before["id"]


def test_secrets_of_providers_are_not_shown(notes: AccountServer, provider: Provider) -> None:
    shown = notes.settings.shown()
    assert provider.settings["client_secret"] not in shown
    assert provider.url in shown
