"""Access tokens of ours and of others: each is taken by whom it was signed for, and all else is refused in the same words (A5, A6)."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from joserfc.jwk import ECKey

from portico.gateway.identity import Identity
from portico.gateway.problems import InvalidToken
from portico.gateway.settings import Issuer
from portico.resolvers.problems import DatabaseUnavailable
from tests.support.accounts import AccountServer, Person
from tests.support.issuer import (
    KeySetServer,
    ec_key,
    encoded,
    key_set_server,
    public_pem,
    rsa_key,
    signed,
    signed_by_public_key,
    text_of,
    unsigned,
)

ME = {"query": "{ me { id } }"}
SAID = "Could not verify the token."
OTHER = ec_key("other")
RSA = rsa_key("rsa")


def own_key(server: AccountServer) -> ECKey:
    """The key that the server signs by, with which even a well signed token is refused that says something else."""
    (known,) = server.accounts.keys._known.values()
    return known.key


def claims_of(server: AccountServer, person: Person) -> dict[str, Any]:
    return dict(server.accounts.verifier.claims(person.access_token))


def by_secret(claims: Any, secret: bytes, kid: str | None) -> str:
    head = f"{encoded({'alg': 'HS256', 'kid': kid})}.{encoded(claims)}"
    return f"{head}.{text_of(hmac.new(secret, head.encode(), sha256).digest())}"


def hostile(server: AccountServer, person: Person) -> dict[str, str]:
    """Tokens that are not ours, though they say so, and tokens that are, and say what none of ours does."""
    claims, key = claims_of(server, person), own_key(server)
    kid = key.kid or ""
    public = key.as_dict(private=False)
    head, body, signature = person.access_token.split(".")

    def ours(changes: Any = (), **header: Any) -> str:
        said = {name: value for name, value in {**claims, **dict(changes)}.items() if value is not None}
        return signed(said, key, "ES256", **{"kid": kid, **header})

    return {
        "alg none": unsigned(claims, alg="none", kid=kid),
        "alg nOnE": unsigned(claims, alg="nOnE", kid=kid),
        "no alg": unsigned(claims, kid=kid),
        "alg none with a signature": f"{encoded({'alg': 'none', 'kid': kid})}.{body}.{signature}",
        "no signature": f"{head}.{body}.",
        "another's signature": signed(claims, OTHER, "ES256", kid=kid),
        "another's claims": f"{head}.{encoded({**claims, 'role': 'admin'})}.{signature}",
        "HS256 by the public key": by_secret(claims, key.as_pem(private=False), kid),
        "HS256 by the public key as JSON": by_secret(claims, json.dumps(public).encode(), kid),
        "HS256 by the secret of refresh tokens": by_secret(claims, server.accounts.secrets.key("refresh tokens"), kid),
        "RS256 of the same name": signed(claims, RSA, "RS256", kid=kid),
        "jwk": signed(claims, OTHER, "ES256", jwk=OTHER.as_dict(private=False)),
        "jwk beside our name": signed(claims, OTHER, "ES256", kid=kid, jwk=OTHER.as_dict(private=False)),
        "jku": signed(claims, OTHER, "ES256", kid="other", jku="http://127.0.0.1:1/keys"),
        "x5u": signed(claims, OTHER, "ES256", kid="other", x5u="http://127.0.0.1:1/cert"),
        "kid a path": signed(claims, OTHER, "ES256", kid="../../../../dev/null"),
        "kid SQL": signed(claims, OTHER, "ES256", kid="x' UNION SELECT 'secret'; --"),
        "kid of 4 KB, well signed": ours(kid="k" * 4_000),
        "no kid, well signed": signed(claims, key, "ES256"),
        "kid a list": f"{encoded({'alg': 'ES256', 'kid': [kid]})}.{body}.{signature}",
        "another issuer": ours({"iss": "https://evil.example"}),
        "an issuer with a slash": ours({"iss": claims["iss"] + "/"}),
        "no issuer": ours({"iss": None}),
        "for another use": ours({"use": "id"}),
        "an ID token of ours, if there were any": ours({"use": None, "aud": "notes", "nonce": "x"}),
        "expired": ours({"exp": time.time() - 1}),
        "no exp": ours({"exp": None}),
        "exp as text": ours({"exp": str(claims["exp"])}),
        "exp true": ours({"exp": True}),
        "no session": ours({"sid": None}),
        "another session": ours({"sid": "00000000-0000-0000-0000-000000000000"}),
        "a session that is no id": ours({"sid": "x' OR 1=1 --"}),
        "another subject": ours({"sub": "00000000-0000-0000-0000-000000000000"}),
        "no subject": ours({"sub": None}),
        "two subjects": signed('{"sub": "x", ' + json.dumps(claims)[1:], key, "ES256", kid=kid),
        "two roles": signed(json.dumps(claims)[:-1] + ', "role": "admin"}', key, "ES256", kid=kid),
        "claims 1,000 deep": signed("[" * 1_000, key, "ES256", kid=kid),
        "a refresh token": person.refresh_token,
        "nothing": "x",
        "10 KB": person.access_token + "A" * 10_240,
    }


def test_a_hostile_token_is_refused_in_the_same_words(server: AccountServer) -> None:
    """(A5) Over HTTP: status, body and headers do not tell what was wrong."""
    ann = server.sign_up()
    answers: dict[tuple[int, bytes], list[str]] = {}
    for name, token in hostile(server, ann).items():
        reply = server.request(
            "POST", "/graphql", ME, headers={"authorization": f"Bearer {token}", "x-request-id": "a"}
        )
        answers.setdefault((reply.status, reply.body), []).append(name)
    assert len(answers) == 1, answers
    ((status, body),) = answers
    assert status == 401
    assert json.loads(body)["errors"][0]["message"] == SAID
    assert server.ask("{ me { id } }", token=ann.access_token)["data"]["me"]["id"] == ann.id


def test_what_a_token_says_of_roles_and_factors_is_not_more_than_is_so(server: AccountServer) -> None:
    """(A5) Signed before, or by a key that was stolen: the account is looked at."""
    ann = server.sign_up()
    claims = {**claims_of(server, ann), "role": "admin", "roles": ["admin", "careful"], "assurance": 2}
    token = signed(claims, own_key(server), "ES256", kid=own_key(server).kid)
    assert server.ask("{ me { role assurance } }", token=token)["data"]["me"] == {"role": "user", "assurance": 1}
    reply = server.request(
        "POST", "/graphql", ME, headers={"authorization": f"Bearer {token}", "x-portico-role": "careful"}
    )
    assert reply.json["errors"][0]["extensions"]["problem"] == "PT312"


# ---- several issuers ----------------------------------------------------------------------------------


@pytest.fixture
def published() -> Any:
    with key_set_server() as first, key_set_server() as second:
        yield first, second


def issuers(first: KeySetServer, second: KeySetServer) -> tuple[Issuer, ...]:
    """Two by key sets, with claims of their own, one by a key, and Hasura's claims."""
    return (
        Issuer(jwks_url=first.url, issuer="https://one.example", audience="notes"),
        Issuer(
            jwks_url=second.url,
            issuer="https://two.example",
            audience="notes",
            id_claim="uid",
            role_claim="kind",
            roles_claim="groups",
        ),
        Issuer(algorithms=("RS256",), key=public_pem(RSA), issuer="https://three.example"),
    )


ONE, TWO = rsa_key("one"), ec_key("two")
UID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"


def token_of(issuer: str, key: Any, algorithm: str, **claims: Any) -> str:
    said = {"iss": f"https://{issuer}.example", "aud": "notes", "exp": int(time.time()) + 60, "sub": UID, **claims}
    return signed({k: v for k, v in said.items() if v is not None}, key, algorithm, kid=key.kid)


def test_several_issuers_at_once(open_server: Callable[..., AccountServer], published: Any) -> None:
    """(A6) Each by its own keys and claims, besides our own accounts; the token of one is not that of another."""
    first, second = published
    first.keys, second.keys = [ONE], [TWO]
    server = open_server(issuers=issuers(first, second))
    ann = server.sign_up()
    assert server.ask("{ me { id } }", token=ann.access_token)["data"]["me"]["id"] == ann.id
    hasura = {"x-hasura-user-id": UID, "x-hasura-default-role": "user", "x-hasura-allowed-roles": ["user", "careful"]}
    good = [
        token_of("one", ONE, "RS256"),
        token_of("one", ONE, "RS256", role="careful"),
        token_of("two", TWO, "ES256", sub=None, uid=UID, kind="careful", groups=["user"]),
        token_of("three", RSA, "RS256", **{"https://hasura.io/jwt/claims": hasura}),
    ]
    for token in good:
        assert server.ask("{ notes { id } }", token=token)["data"]["notes"] == []
    bad = [
        token_of("two", ONE, "RS256", uid=UID),
        token_of("one", TWO, "ES256"),
        token_of("three", ONE, "RS256"),
        token_of("one", RSA, "RS256"),
        token_of("two", TWO, "ES256"),  # its users are named by another claim
        token_of("one", ONE, "RS256", aud="the-app"),  # an ID token: for the client, not for the API
        token_of("one", ONE, "RS256", aud=None),
        token_of("one", ONE, "RS256", nbf=int(time.time()) + 60),
        token_of("four", ONE, "RS256"),
        token_of("one", OTHER, "ES256"),
        signed_by_public_key({"iss": "https://three.example", "sub": UID, "exp": int(time.time()) + 60}, RSA),
        token_of("one", own_key(server), "ES256"),
        token_of("one", ONE, "RS256", iss=server.accounts.issuer, use="access", sid=UID),
    ]
    for number, token in enumerate(bad):
        answer = server.ask("{ notes { id } }", token=token)
        assert server.problem(answer) == "PT310", number
        assert answer["errors"][0]["message"] == SAID


def test_tokens_of_one_issuer_do_not_wait_for_another(
    open_server: Callable[..., AccountServer], published: Any
) -> None:
    """(A6) Nor are a burden to it: whose key set is down or asked in a flood is asked for its own tokens alone, once in ten seconds."""
    first, second = published
    first.is_down, second.keys = True, [TWO]
    server = open_server(issuers=issuers(first, second))
    for _ in range(3):
        assert "data" in server.ask("{ notes { id } }", token=token_of("two", TWO, "ES256", uid=UID))
    assert (first.fetched, second.fetched) == (0, 1)

    async def flood() -> Any:
        tokens = [signed({"iss": "https://one.example", "n": n}, OTHER, "ES256", kid=f"unknown-{n}") for n in range(50)]
        return await asyncio.gather(*(server.answer("{ notes { id } }", token=each) for each in tokens))

    answers = server.run(flood())
    assert {server.problem(each) for each in answers} == {"PT310"}
    assert first.fetched == 1
    ann = server.sign_up()
    for n in range(20):
        stranger = signed({"iss": server.accounts.issuer, "sub": ann.id}, OTHER, "ES256", kid=f"unknown-{n}")
        assert server.problem(server.ask("{ notes { id } }", token=stranger)) == "PT310"
    assert (first.fetched, second.fetched) == (1, 1)


def test_a_database_that_is_away_is_not_a_wrong_token(server: AccountServer) -> None:
    """Whoever is told that their token is wrong signs out; a verifier that cannot look says so instead."""

    class Away:
        async def verify(self, token: str) -> Any:
            raise DatabaseUnavailable("The database is not available.")

    ann = server.sign_up()
    headers = {b"authorization": f"Bearer {ann.access_token}".encode()}
    for verifiers, expected in (([Away()], DatabaseUnavailable), ([], InvalidToken)):
        with pytest.raises(expected):
            server.run(Identity(verifiers, ()).established(headers))  # pyright: ignore[reportArgumentType]
    both = Identity([Away(), server.accounts.verifier], ())  # pyright: ignore[reportArgumentType]
    assert server.run(both.established(headers)).caller.id == ann.id
