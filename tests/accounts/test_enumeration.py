"""Enumeration: whoever asks about an account is answered the same, after the same work, whether there is one (A9)."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.accounts.ways import SIGN_IN, done
from tests.support.accounts import AccountServer

KNOWN, OUT, UNKNOWN = "known@example.com", "out@example.com", "unknown@example.com"
PASSWORD = "correct horse battery"
WAYS = {
    "sign in": f'mutation ($email: String!) {{ signIn(email: $email, password: "wrong password") {SIGN_IN} }}',
    "sign up": f'mutation ($email: String!) {{ signUp(email: $email, password: "another long one") {SIGN_IN} }}',
    "reset": "mutation ($email: String!) { sendPasswordReset(email: $email) }",
    "code": "mutation ($email: String!) { sendCode(email: $email) }",
    "link": "mutation ($email: String!) { sendLink(email: $email) }",
    "wrong code": f'mutation ($email: String!) {{ signInWithCode(email: $email, code: "000000") {SIGN_IN} }}',
}


@pytest.fixture
def server(open_server: Callable[..., AccountServer]) -> AccountServer:
    """Somebody is known, somebody may not sign in, and nobody else is there."""
    server = open_server(auth={"verify_email": True, "mails_per_hour": 1_000})
    for email in (KNOWN, OUT):
        done(server, "signUp", email=email, password=PASSWORD)
        done(server, "verifyEmail", token=server.link(email))
    server.sql(f"UPDATE users SET disabled_at = CURRENT_TIMESTAMP WHERE email = '{OUT}'")
    return server


@contextmanager
def work(server: AccountServer) -> Generator[list[str]]:
    """What is done meanwhile: statements, hashes made and hashes verified."""
    found: list[str] = []
    passwords: Any = server.accounts.passwords
    hashed, verified = passwords.hash, passwords.verify

    async def hash_(*arguments: Any) -> Any:
        found.append("a hash is made")
        return await hashed(*arguments)

    async def verify(*arguments: Any) -> Any:
        found.append("a hash is verified")
        return await verified(*arguments)

    def executed(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        # None of a connection that is new, and none of those that look after keys.
        if any(each in statement for each in ("users", "auth_identities", "auth_codes", "auth_sessions")):
            found.append(statement)

    passwords.hash, passwords.verify = hash_, verify
    event.listen(Engine, "before_cursor_execute", executed)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
        passwords.hash, passwords.verify = hashed, verified


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("email", [KNOWN, OUT])
def test_a_known_and_a_disabled_account_are_answered_as_an_unknown_one(
    server: AccountServer, way: str, email: str
) -> None:
    """(A9)"""
    for media_type in ("application/json", "application/graphql-response+json"):
        replies = [
            server.request(
                "POST",
                "/graphql",
                {"query": WAYS[way], "variables": {"email": each}},
                headers={"accept": media_type, "x-request-id": "same"},
            )
            for each in (UNKNOWN, email)
        ]
        assert replies[0] == replies[1]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("email", [KNOWN, OUT])
def test_a_known_and_a_disabled_account_cause_the_work_of_an_unknown_one(
    server: AccountServer, way: str, email: str
) -> None:
    """(A9)"""
    done_for: list[list[str]] = []
    for each in (UNKNOWN, email):
        server.ask(WAYS[way], {"email": each})  # what is done once in a while, is done
        with work(server) as found:
            server.ask(WAYS[way], {"email": each})
        done_for.append(found)

    assert done_for[0], "something is done"
    assert done_for[0] == done_for[1]


def test_a_disabled_account_with_the_right_password_is_a_wrong_password(server: AccountServer) -> None:
    """(A9)"""
    answers = [json.dumps(server.sign_in(OUT, each)) for each in (PASSWORD, "wrong password")]
    assert answers[0] == answers[1]


def test_an_account_without_a_password_is_as_one_with_another(server: AccountServer) -> None:
    """(A9)"""
    done(server, "sendCode", email="bob@example.com")
    done(server, "signInWithCode", email="bob@example.com", code=server.code("bob@example.com"))
    found: list[Any] = []
    for each in ("bob@example.com", UNKNOWN):
        with work(server) as did:
            answer = server.sign_in(each, "wrong password")
        found.append((answer, did))
    assert found[0] == found[1]


def test_what_is_no_address_takes_as_long_to_sign_in(server: AccountServer) -> None:
    """(A9)"""
    with work(server) as found:
        assert server.problem(server.sign_in("no address", "wrong password")) == "PT330"
    assert found[-1] == "a hash is verified"


def test_nobody_waits_for_mails(server: AccountServer) -> None:
    """(A9) They are sent by tasks of their own."""
    import inspect

    assert not inspect.iscoroutinefunction(server.accounts.mailer.send)
