"""Tokens: forged, stretched and stale ones are refused, all in one text; good ones say who asks."""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import replace
from typing import Any

import pytest

from portico.gateway.problems import InvalidSettings, InvalidToken
from portico.gateway.settings import Issuer
from portico.gateway.tokens import Verifier
from portico.gateway.verified import Verified
from tests.support.issuer import (
    AUDIENCE,
    ISSUER,
    SECRET,
    ec_key,
    ed_key,
    encoded,
    public_pem,
    rsa_key,
    secret_key,
    signed,
    signed_as_is,
    signed_by_public_key,
    unsigned,
)

NOW = 1_800_000_000.0
CLAIMS = {"sub": "42", "role": "editor", "roles": ["writer"], "iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 60}
RSA = rsa_key()
KEYS = {"RS256": RSA, "ES256": ec_key(), "EdDSA": ed_key()}
OTHER = rsa_key()


def verifier(algorithm: str = "RS256", **more: Any) -> Verifier:
    key = SECRET if algorithm.startswith("HS") else public_pem(KEYS[algorithm])
    issuer = Issuer(algorithms=(algorithm,), key=key, issuer=ISSUER, audience=AUDIENCE, **more)
    return Verifier(issuer, allow_private=True, now=lambda: NOW)


def verify(token: str, by: Verifier | None = None) -> Verified:
    return asyncio.run((by or verifier()).verify(token))


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


def tampered(token: str) -> str:
    """The same signature over other claims."""
    head, _, signature = token.split(".")
    return f"{head}.{encoded({**CLAIMS, 'role': 'owner'})}.{signature}"


def forged(claims: Any = CLAIMS, **header: Any) -> str:
    return signed(claims, OTHER, "RS256", **header)


def own(claims: Any = CLAIMS, algorithm: str = "RS256", **header: Any) -> str:
    key = secret_key() if algorithm.startswith("HS") else KEYS[algorithm]
    return signed(claims, key, algorithm, **header)


def own_as_is(**header: Any) -> str:
    return signed_as_is({"alg": "RS256", **header}, CLAIMS, RSA)


_GOOD = own()
REFUSED = {
    "nothing": "",
    "a word": "token",
    "dots": "..",
    "four dots": "....",
    "no base64": "!!!.???.###",
    "a header that is no JSON": f"{encoded('x')[:-1]}.{encoded(CLAIMS)}.",
    "a header that is a list": f"{encoded([])}.{encoded(CLAIMS)}.AAAA",
    "a header 3,000 deep": "W1tb" * 1_000 + "." + encoded(CLAIMS) + ".AAAA",
    "alg none": unsigned(CLAIMS, alg="none"),
    "alg None": unsigned(CLAIMS, alg="None"),
    "alg nOnE": unsigned(CLAIMS, alg="nOnE"),
    "no alg": unsigned(CLAIMS, typ="JWT"),
    "alg null": unsigned(CLAIMS, alg=None),
    "alg a list": unsigned(CLAIMS, alg=["RS256"]),
    "alg none with a signature": f"{encoded({'alg': 'none'})}.{_GOOD.partition('.')[2]}",
    "no signature": _GOOD.rpartition(".")[0] + ".",
    "another's signature": forged(),
    "another's claims": tampered(_GOOD),
    "HS256 by the public key": signed_by_public_key(CLAIMS, RSA),
    "HS256 by a guess": signed(CLAIMS, secret_key(), "HS256"),
    "ES256 where RS256 is agreed": signed(CLAIMS, KEYS["ES256"], "ES256"),
    "RS512 where RS256 is agreed": signed(CLAIMS, KEYS["RS256"], "RS512"),
    "PS256 where RS256 is agreed": signed(CLAIMS, KEYS["RS256"], "PS256"),
    "jwk in the header": forged(jwk=OTHER.as_dict(private=False)),
    "jku in the header": forged(jku="http://127.0.0.1:1/keys"),
    "x5u in the header": forged(x5u="http://127.0.0.1:1/cert"),
    "x5c in the header": forged(x5c=["AAAA"]),
    "kid a path": forged(kid="../../../../dev/null"),
    "kid SQL": forged(kid="x' UNION SELECT 'secret'; --"),
    "kid of 300 characters": own_as_is(kid="k" * 300),
    "kid of 10 KB, well signed": own_as_is(kid="k" * 10_240),
    "kid a list": own_as_is(kid=["a"]),
    "kid a number": own_as_is(kid=5),
    "crit of something unknown": own_as_is(crit=["x"], x=1),
    "an unencoded payload": own_as_is(crit=["b64"], b64=False),
    "another audience": own({**CLAIMS, "aud": "somebody-else"}),
    "other audiences": own({**CLAIMS, "aud": ["a", "b"]}),
    "an audience that begins like ours": own({**CLAIMS, "aud": AUDIENCE + "-admin"}),
    "an audience that is an object": own({**CLAIMS, "aud": {AUDIENCE: 1}}),
    "no audience": own(without("aud")),
    "another issuer": own({**CLAIMS, "iss": "https://evil.example"}),
    "an issuer with a slash": own({**CLAIMS, "iss": ISSUER + "/"}),
    "an issuer in a list": own({**CLAIMS, "iss": [ISSUER]}),
    "no issuer": own(without("iss")),
    "expired": own({**CLAIMS, "exp": NOW - 1}),
    "expiring now": own({**CLAIMS, "exp": NOW}),
    "no exp": own(without("exp")),
    "exp null": own({**CLAIMS, "exp": None}),
    "exp as text": own({**CLAIMS, "exp": str(NOW + 60)}),
    "exp true": own({**CLAIMS, "exp": True}),
    "exp a list": own({**CLAIMS, "exp": [NOW + 60]}),
    "exp NaN": own({**CLAIMS, "exp": math.nan}),
    "exp Infinity": own({**CLAIMS, "exp": math.inf}),
    "exp of 5,000 digits": own('{"sub": "42", "exp": ' + "9" * 5_000 + "}"),
    "not yet": own({**CLAIMS, "nbf": NOW + 1}),
    "nbf as text": own({**CLAIMS, "nbf": "0"}),
    "no subject": own(without("sub")),
    "a subject that is an object": own({**CLAIMS, "sub": {"$ne": None}}),
    "a subject that is true": own({**CLAIMS, "sub": True}),
    "a role that is a list": own({**CLAIMS, "role": ["editor"]}),
    "the role admin": own({**CLAIMS, "role": "admin"}),
    "claims that are a list": own("[]"),
    "claims that are no JSON": own("{"),
    "claims 3,000 deep": own("[" * 3_000),
    "claims that are not UTF-8": own('{"sub": "\\ud800"}'),
    "two subjects": own('{"sub": "1", ' + json.dumps(CLAIMS)[1:]),
    "two roles": own(json.dumps(CLAIMS)[:-1] + ', "role": "owner"}'),
    "two claims in the namespace": own(
        json.dumps(CLAIMS)[:-1] + ', "https://hasura.io/jwt/claims": {"x-hasura-a": "1", "x-hasura-a": "2"}}'
    ),
    "a namespace that is no JSON": own({**CLAIMS, "https://hasura.io/jwt/claims": "{"}),
    "a namespace with the role admin": own(
        {**CLAIMS, "https://hasura.io/jwt/claims": {"x-hasura-default-role": "admin"}}
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_token_is_refused_in_the_same_words_whatever_is_wrong_with_it(name: str) -> None:
    with pytest.raises(InvalidToken) as refusal:
        verify(REFUSED[name])
    assert refusal.value.status == 401
    assert str(refusal.value) == "PT310: Could not verify the token.\n  Sign in again."
    assert refusal.value.path == "$"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA", "HS256"])
def test_a_good_token_says_who_asks(algorithm: str) -> None:
    verified = verify(own(algorithm=algorithm), verifier(algorithm))
    assert verified.caller.id == "42"
    assert verified.caller.role == "editor"
    assert verified.caller.roles == {"editor", "writer", "anonymous"}
    assert verified.expires == NOW + 60


def test_what_a_token_lists_besides_never_makes_an_administrator() -> None:
    caller = verify(own({**CLAIMS, "roles": ["admin", "writer"]})).caller
    assert caller.roles == {"editor", "writer", "anonymous"}


def test_claims_in_a_namespace_are_read_as_an_object_and_as_text() -> None:
    inside = {
        "x-hasura-user-id": "7",
        "x-hasura-default-role": "writer",
        "x-hasura-allowed-roles": ["writer", "editor"],
    }
    for namespace in (inside, json.dumps(inside)):
        caller = verify(own({**CLAIMS, "https://hasura.io/jwt/claims": namespace})).caller
        assert (caller.id, caller.role, caller.claims["user_id"]) == ("7", "writer", "7")


def test_leeway_is_given_on_both_sides() -> None:
    lenient = verifier(leeway_s=30)
    verify(own({**CLAIMS, "exp": NOW - 29}), lenient)
    verify(own({**CLAIMS, "nbf": NOW + 29}), lenient)
    for claims in ({**CLAIMS, "exp": NOW - 30}, {**CLAIMS, "nbf": NOW + 31}):
        with pytest.raises(InvalidToken):
            verify(own(claims), lenient)


def test_a_public_key_is_never_taken_for_a_secret() -> None:
    issuer = Issuer(algorithms=("RS256", "HS256"), key=public_pem(KEYS["RS256"]))
    with pytest.raises(InvalidSettings):
        Verifier(issuer, allow_private=True)
    with pytest.raises(InvalidSettings):
        Verifier(replace(issuer, algorithms=("HS256",)), allow_private=True)
    with pytest.raises(InvalidSettings):
        Verifier(replace(issuer, algorithms=("RS256", "none")), allow_private=True)
