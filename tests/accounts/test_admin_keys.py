"""Admin keys: several, compared in constant time, told to nobody, and some of them for reading alone (A14)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from portico.gateway import identity
from portico.gateway.identity import Identity
from portico.gateway.problems import InvalidAdminKey
from portico.schema.caller import Caller
from tests.support.accounts import AccountServer

FIRST, SECOND, READS = "first-key-of-tests", "second-key-of-tests", "reading-key-of-tests"
HEADERS = ("x-portico-admin-key", "x-hasura-admin-secret")
READ = {"query": "{ notes { text } }"}
WRITE = {"query": 'mutation { insertNote(object: {text: "x"}) { id } }'}


@pytest.fixture
def keyed(open_server: Callable[..., AccountServer]) -> AccountServer:
    return open_server(admin_keys=(FIRST, SECOND), read_only_admin_keys=(READS,), log_requests=True)


def write(server: AccountServer, header: str, key: str) -> Any:
    """A note, written past the rules for somebody else."""
    owner = server.sign_up(f"{len(server.rows('SELECT id FROM users'))}@example.com").id
    document = f'mutation {{ insertNote(object: {{text: "x", ownerId: "{owner}"}}) {{ id }} }}'
    return server.request("POST", "/graphql", {"query": document}, headers={header: key})


def code(reply: Any) -> tuple[int, str | None]:
    found = reply.json.get("errors")
    return reply.status, found[0]["extensions"]["problem"] if found else None


@pytest.mark.parametrize("header", HEADERS)
def test_every_key_opens_everything_while_it_is_there(keyed: AccountServer, header: str) -> None:
    """(A14) Several, so that one can be changed after the other."""
    for key in (FIRST, SECOND):
        assert code(write(keyed, header, key)) == (200, None)
    assert len(keyed.request("POST", "/graphql", READ, headers={header: SECOND}).json["data"]["notes"]) == 2


WRONG = (
    "",
    "first-key-of-test",
    "first-key-of-tests ",
    "FIRST-KEY-OF-TESTS",
    FIRST + SECOND,
    f"{FIRST},{SECOND}",
    "x" * 5_000,
    "ü",
    "…"[:0],
    "*",
)


def test_a_wrong_key_is_nobody_and_is_told_so(keyed: AccountServer) -> None:
    """(A14) 401, and never the caller that there would be without it: not even with a good token beside it."""
    ann = keyed.sign_up()
    for key in WRONG:
        for more in ({}, {"authorization": f"Bearer {ann.access_token}"}, {"x-portico-role": "anonymous"}):
            assert code(keyed.request("POST", "/graphql", READ, headers={HEADERS[0]: key, **more})) == (401, "PT311"), (
                key
            )


def test_an_empty_key_is_none(open_server: Callable[..., AccountServer]) -> None:
    server = open_server(admin_keys=("",), read_only_admin_keys=("",))
    assert code(server.request("POST", "/graphql", READ, headers={HEADERS[0]: ""})) == (401, "PT311")


def test_a_key_for_reading_changes_nothing_whichever_way(keyed: AccountServer) -> None:
    """(A14) Under no role, over no transport, by no kind of mutation."""
    write(keyed, HEADERS[0], FIRST)
    reads = keyed.request("POST", "/graphql", READ, headers={HEADERS[0]: READS})
    assert reads.json["data"]["notes"] == [{"text": "x"}]
    mutations = (
        WRITE["query"],
        'mutation { updateNotes(where: {}, _set: {text: "y"}) { affectedRows } }',
        "mutation { deleteNotes(where: {}) { affectedRows } }",
        'mutation { signUp(email: "a@b.example", password: "correct horse battery") { challenge } }',
        "mutation { __typename }",
    )
    roles = ({}, {"x-portico-role": "user"}, {"x-portico-role": "admin"})
    ways = ({}, {"accept": "text/event-stream"}, {"idempotency-key": "one"})
    for document in mutations:
        for role in roles:
            for way in ways:
                headers = {HEADERS[0]: READS, "accept": "application/graphql-response+json", **role, **way}
                reply = keyed.request("POST", "/graphql", {"query": document}, headers=headers)
                assert b"errors" in reply.body, (document, role, way)
                assert b'"PT304"' in reply.body or b'"PT102"' in reply.body or b'"PT121"' in reply.body, reply.body
    assert keyed.rows("SELECT text FROM notes") == [("x",)]
    assert keyed.rows("SELECT count(*) FROM users") == [(1,)]


def test_a_key_for_reading_is_no_way_to_another_key(keyed: AccountServer) -> None:
    """(A14) A key in both lists writes: what is asked for in the settings is had."""
    both = Identity([], (FIRST,), read_only_admin_keys=(FIRST, READS))
    found = both.identify({b"x-portico-admin-key": FIRST.encode()})
    assert isinstance(found, Caller)
    assert not found.reads_only
    found = both.identify({b"x-portico-admin-key": READS.encode(), b"x-hasura-admin-secret": FIRST.encode()})
    assert isinstance(found, Caller)
    assert found.reads_only


def test_every_key_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """(A14) All of them, whichever matches, so that time tells nothing of any."""
    compared: list[bytes] = []
    real = hmac.compare_digest

    def noted(given: bytes, key: bytes) -> bool:
        compared.append(key)
        return real(given, key)

    monkeypatch.setattr(identity.hmac, "compare_digest", noted)
    known = Identity([], (FIRST, SECOND), read_only_admin_keys=(READS,))
    for given in (FIRST, SECOND, READS, "x"):
        compared.clear()
        try:
            known.identify({b"x-portico-admin-key": given.encode()})
        except InvalidAdminKey:
            assert given == "x"
        assert compared == [FIRST.encode(), SECOND.encode(), READS.encode()]


def test_no_key_is_told(keyed: AccountServer, capfd: pytest.CaptureFixture[str]) -> None:
    """(A14) Not by settings that are shown, by logs, nor by answers."""
    shown = keyed.settings.shown()
    given = "a-guess-of-tests"
    replies = [
        keyed.request("POST", "/graphql", body, headers={header: key})
        for header in HEADERS
        for key in (FIRST, READS, given)
        for body in (READ, WRITE, {"query": "{ nothing }"}, b"{")
    ]
    told = shown + "".join(capfd.readouterr()) + json.dumps([each.body.decode() for each in replies])
    told += json.dumps([list(map(list, each.headers)) for each in replies])
    for key in (FIRST, SECOND, READS, given):
        assert key not in told
    assert 'admin_keys = ["…", "…"]' in shown
