"""Passkeys: a small authenticator of the tests makes and shows them, as a second factor and alone."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.accounts import AccountServer, Person

BEGIN = 'mutation { beginPasskey(name: "Key ring") { id options } }'
ADD = "mutation ($id: ID!, $credential: String!) { addPasskey(id: $id, credential: $credential) }"
ASK = "mutation ($challenge: String) { beginPasskeySignIn(challenge: $challenge) { id options } }"
SIGN_IN = (
    "mutation ($id: ID!, $credential: String!) { signInWithPasskey(id: $id, credential: $credential) {"
    " tokens { accessToken refreshToken } challenge } }"
)
STEP_UP = (
    "mutation ($id: ID!, $credential: String!) { stepUpWithPasskey(id: $id, credential: $credential) { accessToken } }"
)
ORIGIN = "https://notes.example.com"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Authenticator:
    """A key that signs for whoever holds it (WebAuthn, §6); those of phones do not count how often."""

    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(32))
    count: int = 0
    counts: bool = True

    def make(self, options: str, origin: str = ORIGIN) -> str:
        """What a browser answers that was asked to make a passkey."""
        asked = json.loads(options)
        point = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        data = self._data(asked["rp"]["id"], PRESENT | VERIFIED | ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"], origin)
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(statement)})

    def show(self, options: str, origin: str = ORIGIN, flags: int = PRESENT | VERIFIED) -> str:
        """What a browser answers that was asked for one."""
        asked = json.loads(options)
        self.count += self.counts
        data = self._data(asked["rpId"], flags)
        client = self._client("webauthn.get", asked["challenge"], origin)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
        )

    def _data(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})


@pytest.fixture
def ann(server: AccountServer) -> Person:
    return server.sign_up()


def add(server: AccountServer, person: Person, *, counts: bool = True) -> tuple[Authenticator, list[str]]:
    authenticator = Authenticator(counts=counts)
    asked = server.data(BEGIN, token=person.access_token)["beginPasskey"]
    given = {"id": asked["id"], "credential": authenticator.make(asked["options"])}
    return authenticator, server.data(ADD, given, token=person.access_token)["addPasskey"]


def ask(server: AccountServer, challenge: str | None = None, token: str | None = None) -> Any:
    return server.data(ASK, {"challenge": challenge}, token=token)["beginPasskeySignIn"]


def sign_in(server: AccountServer, authenticator: Authenticator, challenge: str | None = None, **how: Any) -> Any:
    asked = ask(server, challenge)
    return server.ask(SIGN_IN, {"id": asked["id"], "credential": authenticator.show(asked["options"], **how)})


def assurance(server: AccountServer, answer: Any) -> int:
    token = answer["data"]["signInWithPasskey"]["tokens"]["accessToken"]
    return server.data("{ me { assurance } }", token=token)["me"]["assurance"]


def test_a_passkey_signs_in_alone_and_is_two_factors(server: AccountServer, ann: Person) -> None:
    authenticator, codes = add(server, ann)
    assert len(codes) == 10

    assert assurance(server, sign_in(server, authenticator)) == 2
    assert assurance(server, sign_in(server, authenticator)) == 2


def test_a_passkey_is_a_second_factor(server: AccountServer, ann: Person) -> None:
    authenticator, _ = add(server, ann)
    asked = server.sign_in()["data"]["signIn"]
    assert asked["tokens"] is None
    options = json.loads(ask(server, asked["challenge"])["options"])
    assert [each["id"] for each in options["allowCredentials"]] == [b64(authenticator.id)]

    answer = sign_in(server, authenticator, asked["challenge"], flags=PRESENT)

    assert assurance(server, answer) == 2
    assert server.problem(server.ask(ASK, {"challenge": asked["challenge"]})) == "PT335"


def test_adding_a_passkey_ends_the_other_sessions(server: AccountServer, ann: Person) -> None:
    """(A8)"""
    other = server.sign_in()["data"]["signIn"]["tokens"]["accessToken"]

    add(server, ann)

    assert server.until("{ me { id } }", other, "PT310") < 1


def test_who_has_a_passkey_shows_it_before_another_factor_is_added(server: AccountServer, ann: Person) -> None:
    """(A12)"""
    authenticator, _ = add(server, ann)
    assert server.problem(server.ask(BEGIN, token=ann.access_token)) == "PT338"
    asked = ask(server, token=ann.access_token)

    given = {"id": asked["id"], "credential": authenticator.show(asked["options"])}
    elevated = server.data(STEP_UP, given, token=ann.access_token)["stepUpWithPasskey"]["accessToken"]

    assert "data" in server.ask("mutation { enrollTotp { id } }", token=elevated)
    assert server.problem(server.ask(STEP_UP, given, token=ann.access_token)) == "PT335"


def test_alone_it_has_to_know_its_user(server: AccountServer, ann: Person) -> None:
    authenticator, _ = add(server, ann)

    assert server.problem(sign_in(server, authenticator, flags=PRESENT)) == "PT335"
    assert server.problem(sign_in(server, authenticator, flags=0)) == "PT335"


@pytest.mark.parametrize("counts", [True, False])
def test_an_answer_is_taken_once_and_for_its_page(server: AccountServer, ann: Person, counts: bool) -> None:
    authenticator, _ = add(server, ann, counts=counts)
    asked = ask(server)
    given = {"id": asked["id"], "credential": authenticator.show(asked["options"])}

    assert "data" in server.ask(SIGN_IN, given)
    assert server.problem(server.ask(SIGN_IN, given)) == "PT335"
    other = ask(server)
    assert server.problem(server.ask(SIGN_IN, {**given, "id": other["id"]})) == "PT335"
    assert server.problem(sign_in(server, authenticator, origin="https://notes.example.com.evil.example")) == "PT335"
    assert server.problem(sign_in(server, authenticator, origin="http://notes.example.com")) == "PT335"


def test_a_copy_of_a_passkey_is_noticed(server: AccountServer, ann: Person) -> None:
    authenticator, _ = add(server, ann)
    copy = Authenticator(authenticator.key, authenticator.id, authenticator.count)
    assert "data" in sign_in(server, authenticator)

    assert server.problem(sign_in(server, copy)) == "PT335"


def test_nobody_shows_the_passkey_of_somebody_else(server: AccountServer, ann: Person) -> None:
    authenticator, _ = add(server, ann)
    bob = server.sign_up("bob@example.com")
    theirs, _ = add(server, bob)
    challenge = server.sign_in()["data"]["signIn"]["challenge"]

    assert server.problem(sign_in(server, theirs, challenge)) == "PT335"
    assert server.problem(sign_in(server, Authenticator(theirs.key, authenticator.id))) == "PT335"
    asked = ask(server, token=ann.access_token)
    given = {"id": asked["id"], "credential": theirs.show(asked["options"])}
    assert server.problem(server.ask(STEP_UP, given, token=ann.access_token)) == "PT335"
    begun = server.ask(BEGIN, token=server.sign_up("carol@example.com").access_token)["data"]["beginPasskey"]
    credential = authenticator.make(begun["options"])
    assert (
        server.problem(server.ask(ADD, {"id": begun["id"], "credential": credential}, token=bob.access_token))
        == "PT335"
    )


def test_a_user_who_was_disabled_is_not_signed_in(server: AccountServer, ann: Person) -> None:
    authenticator, _ = add(server, ann)
    server.sql("UPDATE users SET disabled_at = CURRENT_TIMESTAMP")

    assert server.problem(sign_in(server, authenticator)) == "PT335"


@pytest.mark.parametrize("credential", ["", "{}", "[]", "nonsense", '{"rawId": 7}', '{"rawId": "ü"}', "[" * 20_000])
def test_what_is_no_answer_is_refused(server: AccountServer, ann: Person, credential: str) -> None:
    begun = server.data(BEGIN, token=ann.access_token)["beginPasskey"]
    given = {"id": begun["id"], "credential": credential}
    assert server.problem(server.ask(ADD, given, token=ann.access_token)) == "PT335"
    assert server.problem(server.ask(SIGN_IN, {"id": ask(server)["id"], "credential": credential})) == "PT335"


def test_a_server_without_the_package_says_so(
    server: AccountServer, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "webauthn", None)

    answer = server.ask(BEGIN, token=ann.access_token)

    assert server.problem(answer) == "PT363"
    assert "portico[passkeys]" in answer["errors"][0]["extensions"]["hint"]


def test_a_handle_is_what_the_authenticator_calls_itself() -> None:
    assert urlsafe_b64decode(b64(b"ab?>") + "==") == b"ab?>"
