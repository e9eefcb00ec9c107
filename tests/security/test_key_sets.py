"""Key sets: new keys are taken soon, removed ones refused, and known ones outlive the server of the set."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from portico.gateway.problems import InvalidToken
from portico.gateway.settings import Issuer
from portico.gateway.tokens import Verifier
from portico.gateway.verified import Verified
from tests.support.issuer import (
    AUDIENCE,
    ISSUER,
    KeySetServer,
    ec_key,
    ed_key,
    key_set_server,
    rsa_key,
    secret_key,
    signed,
)

NOW = 1_800_000_000.0
CLAIMS = {"sub": "42", "iss": ISSUER, "aud": AUDIENCE}
OLD, NEW, STRANGE = rsa_key("old"), rsa_key("new"), rsa_key("strange")


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def published() -> Generator[KeySetServer]:
    with key_set_server() as server:
        yield server


class Subscriber:
    """A verifier of a key set, on one loop, with a clock of its own."""

    def __init__(self, url: str) -> None:
        self.clock = Clock()
        issuer = Issuer(algorithms=("RS256", "ES256", "EdDSA"), jwks_url=url, issuer=ISSUER, audience=AUDIENCE)
        self.verifier = Verifier(issuer, allow_private=True, now=self.clock)

    def accepts(self, *keys: Any, kid: str | None = None, algorithm: str = "RS256") -> bool:
        """Whether tokens signed by the keys are accepted, when all of them come at once."""

        async def ask() -> list[Any]:
            tokens = [
                signed(
                    {**CLAIMS, "exp": self.clock.now + 60}, key, algorithm, **({} if name is None else {"kid": name})
                )
                for key in keys
                for name in [kid or key.kid]
            ]
            found = await asyncio.gather(*map(self.verifier.verify, tokens), return_exceptions=True)
            pending = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            await asyncio.gather(*pending)  # a fetch in the background
            return found

        answers = asyncio.run(ask())
        assert all(isinstance(answer, Verified | InvalidToken) for answer in answers), answers
        return all(isinstance(answer, Verified) for answer in answers)


@pytest.fixture
def subscriber(published: KeySetServer) -> Subscriber:
    return Subscriber(published.url)


def test_keys_of_every_kind_are_taken_from_a_key_set(published: KeySetServer, subscriber: Subscriber) -> None:
    curve, edwards = ec_key("curve"), ed_key("edwards")
    published.keys = [OLD, curve, edwards]
    assert subscriber.accepts(OLD)
    assert subscriber.accepts(curve, algorithm="ES256")
    assert subscriber.accepts(edwards, algorithm="EdDSA")
    assert published.fetched == 1


def test_a_new_key_is_accepted_ten_seconds_after_the_last_fetch(
    published: KeySetServer, subscriber: Subscriber
) -> None:
    published.keys = [OLD]
    assert subscriber.accepts(OLD)
    published.keys = [OLD, NEW]
    subscriber.clock.now += 10
    assert subscriber.accepts(NEW)
    assert subscriber.accepts(OLD)
    assert published.fetched == 2


def test_many_tokens_that_come_while_keys_are_fetched_wait_for_one_fetch(
    published: KeySetServer, subscriber: Subscriber
) -> None:
    published.keys = [OLD]
    assert subscriber.accepts(*[OLD] * 20)
    assert published.fetched == 1


def test_a_flood_of_unknown_keys_causes_one_fetch_in_ten_seconds(
    published: KeySetServer, subscriber: Subscriber
) -> None:
    published.keys = [OLD]
    for second in range(31):
        subscriber.clock.now = NOW + second
        assert not subscriber.accepts(*[STRANGE] * 3, kid=f"unknown-{second}")
        assert subscriber.accepts(OLD)
    assert published.fetched == 4


def test_a_known_name_does_not_make_a_key_right(published: KeySetServer, subscriber: Subscriber) -> None:
    published.keys = [OLD]
    assert not subscriber.accepts(STRANGE, kid="old")


def test_known_keys_go_on_while_the_key_set_cannot_be_fetched(published: KeySetServer, subscriber: Subscriber) -> None:
    published.keys = [OLD]
    assert subscriber.accepts(OLD)
    published.is_down = True
    for _ in range(10):
        subscriber.clock.now += 200
        assert subscriber.accepts(OLD)
        assert not subscriber.accepts(NEW)
    published.is_down, published.keys = False, [OLD, NEW]
    subscriber.clock.now += 10
    assert subscriber.accepts(NEW)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"keys": 1}', b'{"keys": [1, {"kty": "RSA"}, {}]}', b"<html>"])
def test_known_keys_go_on_when_the_key_set_is_broken(
    body: bytes, published: KeySetServer, subscriber: Subscriber
) -> None:
    published.keys = [OLD]
    assert subscriber.accepts(OLD)
    published.body = body
    subscriber.clock.now += 400
    assert subscriber.accepts(OLD)


def test_a_key_that_cannot_be_read_does_not_spoil_the_others(published: KeySetServer, subscriber: Subscriber) -> None:
    published.keys = [{"kty": "RSA", "n": "!", "e": "AQAB", "kid": "bad"}, {"kty": "new"}, OLD]
    assert subscriber.accepts(OLD)


def test_a_secret_that_is_published_is_no_key(published: KeySetServer) -> None:
    published.keys = [{**secret_key().as_dict(private=True), "kid": "secret"}, OLD]
    issuer = Issuer(algorithms=("HS256", "RS256"), jwks_url=published.url, issuer=ISSUER, audience=AUDIENCE)
    token = signed({**CLAIMS, "exp": NOW + 60}, secret_key(), "HS256", kid="secret")
    with pytest.raises(InvalidToken):
        asyncio.run(Verifier(issuer, allow_private=True, now=Clock()).verify(token))


def test_a_removed_key_is_refused_within_ten_minutes(published: KeySetServer, subscriber: Subscriber) -> None:
    published.keys = [OLD, NEW]
    assert subscriber.accepts(OLD)
    token = signed({**CLAIMS, "exp": NOW + 86_400}, OLD, "RS256", kid="old")
    assert asyncio.run(subscriber.verifier.verify(token)).expires <= NOW + 300  # so long is it remembered as verified
    published.keys = [NEW]
    subscriber.clock.now += 301
    subscriber.accepts(OLD)  # the keys are fetched anew meanwhile
    subscriber.clock.now += 10
    assert not subscriber.accepts(OLD)
    assert subscriber.accepts(NEW)


def test_a_removed_key_is_refused_at_once_after_a_long_silence(published: KeySetServer, subscriber: Subscriber) -> None:
    published.keys = [OLD, NEW]
    assert subscriber.accepts(OLD)
    published.keys = [NEW]
    subscriber.clock.now += 3_600
    assert not subscriber.accepts(OLD)
