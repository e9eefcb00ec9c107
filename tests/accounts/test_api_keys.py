"""Keys of programs: made once, compared by digest, narrower than their user, and for reading alone on every verb (A14)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.account_sockets import WIRES, Open
from tests.support.accounts import MODELS, AccountServer, Person

CREATE = (
    'mutation ($name: String! = "robot", $role: String, $days: Int, $isReadOnly: Boolean! = false) {'
    " createApiKey(name: $name, role: $role, expiresInDays: $days, isReadOnly: $isReadOnly) {"
    " id key prefix role expiresAt } }"
)
REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) }"
ME = "{ me { id role roles assurance isElevated sessionId } }"


@pytest.fixture
def ann(server: AccountServer) -> Person:
    return server.sign_up()


def create(server: AccountServer, person: Person, **given: Any) -> Any:
    return server.data(CREATE, given, token=person.access_token)["createApiKey"]


def test_a_key_acts_as_its_user(server: AccountServer, ann: Person) -> None:
    key = create(server, ann)["key"]

    assert server.data(ME, token=key)["me"] == {
        "id": ann.id, "role": "user", "roles": ["user"], "assurance": 1, "isElevated": False, "sessionId": None
    }  # fmt: skip
    server.data('mutation { insertNote(object: {text: "by a robot"}) { id } }', token=key)
    assert server.data("{ notes { text ownerId } }", token=ann.access_token)["notes"] == [
        {"text": "by a robot", "ownerId": ann.id}
    ]


def test_a_key_has_the_claims_of_its_user_under_the_names_that_rules_ask_for(
    server: AccountServer, ann: Person
) -> None:
    key = create(server, ann)["key"]
    server.sql("""UPDATE users SET claims = '{"X-Hasura-Org-Id": 7, "user_id": "somebody else"}'""")

    claims = server.run(server.accounts.key_verifier.verify(key)).caller.claims

    assert claims["org_id"] == 7
    assert "user_id" not in claims


def test_a_key_is_stored_as_its_digest_and_told_once(server: AccountServer, ann: Person) -> None:
    made = create(server, ann)

    assert len(made["key"]) == 46  # 256 bits
    ((stored, prefix),) = server.rows("SELECT digest, prefix FROM api_keys")
    assert bytes(stored) == hashlib.sha256(made["key"].encode()).digest()
    assert made["key"].startswith(prefix)
    assert len(prefix) == 11
    listed = server.data("{ apiKeys { id name prefix role isReadOnly expiresAt revokedAt } }", token=ann.access_token)
    assert [each["id"] for each in listed["apiKeys"]] == [made["id"]]
    assert server.problem(server.ask("{ apiKeys { digest } }", token=ann.access_token)) == "PT102"
    bob = server.sign_up("bob@example.com")
    assert server.data("{ apiKeys { id } }", token=bob.access_token)["apiKeys"] == []


@pytest.mark.parametrize("change", [lambda key: key[:-1], lambda key: key + "A", lambda key: key[:-2] + "__",
                                    lambda key: "pk_" + "A" * 43, lambda key: key.upper(), lambda key: key[3:]])  # fmt: skip
def test_what_is_no_key_is_refused(server: AccountServer, ann: Person, change: Callable[[str], str]) -> None:
    """(A14)"""
    key = create(server, ann)["key"]

    answer = server.ask("{ me { id } }", token=change(key))

    assert server.problem(answer) == "PT310"
    assert answer["errors"][0]["message"] == "Could not verify the token."


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE api_keys SET revoked_at = CURRENT_TIMESTAMP",
        "DELETE FROM api_keys",
        "UPDATE users SET disabled_at = CURRENT_TIMESTAMP",
        "UPDATE users SET role = 'careful'",
        "DELETE FROM users",
    ],
)
def test_a_key_holds_as_long_as_what_it_stands_for(server: AccountServer, ann: Person, statement: str) -> None:
    key = create(server, ann)["key"]
    assert server.data(ME, token=key)["me"]["id"] == ann.id

    server.sql(statement)

    assert server.until(ME, key, "PT310") < 1


def test_a_key_ends_by_itself(server: AccountServer, ann: Person) -> None:
    key = create(server, ann, days=30)["key"]
    assert server.data(ME, token=key)["me"]["id"] == ann.id

    server.earlier("expires_at", 31 * 86_400, "api_keys")

    assert server.until(ME, key, "PT310") < 1
    for days in (0, -1, 100_000):
        assert server.problem(server.ask(CREATE, {"days": days}, token=ann.access_token)) == "PT362"


def test_a_key_is_revoked_by_its_user(server: AccountServer, ann: Person) -> None:
    made, bob = create(server, ann), server.sign_up("bob@example.com")
    assert server.data(REVOKE, {"id": made["id"]}, token=bob.access_token)["revokeApiKey"] is False
    assert server.data(REVOKE, {"id": "x"}, token=ann.access_token)["revokeApiKey"] is False

    assert server.data(REVOKE, {"id": made["id"]}, token=ann.access_token)["revokeApiKey"] is True

    assert server.until(ME, made["key"], "PT310") < 1
    assert server.data(REVOKE, {"id": made["id"]}, token=ann.access_token)["revokeApiKey"] is False


def test_a_key_has_one_role_of_its_user(server: AccountServer, ann: Person) -> None:
    roles = "'[\"careful\"]'" if server.place.dialect == "sqlite" else "ARRAY['careful']"
    server.sql(f"UPDATE users SET allowed_roles = {roles}")
    server.until_data(ME, ann.access_token, lambda found: found["me"]["roles"] == ["user", "careful"])
    key = create(server, ann, role="careful")["key"]

    write = 'mutation { insertNote(object: {text: "x"}) { id } }'
    assert server.problem(server.ask(write, token=key)) == "PT102"  # what a user may, and the careful may not
    assert server.data(write, token=create(server, ann)["key"])
    assert server.problem(server.ask(ME, token=key, headers={"x-portico-role": "user"})) == "PT312"
    for role in ("admin", "editor", ""):
        assert server.problem(server.ask(CREATE, {"role": role}, token=ann.access_token)) == "PT312"


def test_keys_are_made_by_people_alone(server: AccountServer, ann: Person) -> None:
    key = create(server, ann)["key"]
    for document in (
        'mutation { createApiKey(name: "another") { key } }',
        f'mutation {{ revokeApiKey(id: "{ann.id}") }}',
        "mutation { signOut(everywhere: true) }",
        "mutation { enrollTotp { id } }",
        'mutation { stepUp(password: "correct horse battery") { accessToken } }',
        "mutation { newRecoveryCodes }",
        'mutation { removeFactor(id: "x") }',
    ):
        assert server.problem(server.ask(document, token=key)) == "PT337", document


def test_who_has_a_second_factor_shows_it_before_a_key_is_made(server: AccountServer, ann: Person) -> None:
    """(A12) Else a stolen token became a key that outlives it."""
    device = server.enroll(ann)
    assert device.person is not None
    token = device.person.access_token

    assert server.problem(server.ask(CREATE, token=token)) == "PT338"
    assert "data" in server.ask(CREATE, token=server.elevate(token, code=device.code()))


READS = ["{ notes { text } }", "{ notesAggregate { aggregate { count } } }", "{ me { id } }"]
WRITES = {
    "insert": 'mutation { insertNote(object: {text: "x"}) { id } }',
    "insert many": 'mutation { insertNotes(objects: [{text: "x"}]) { affectedRows } }',
    "upsert": 'mutation { insertNote(object: {id: "NOTE", text: "x"}, onConflict: {constraint: pk_notes, updateColumns: [text]}) { id } }',
    "update": 'mutation { updateNotes(where: {}, _set: {text: "x"}) { affectedRows } }',
    "update by key": 'mutation { updateNote(pkColumns: {id: "NOTE"}, _set: {text: "x"}) { id } }',
    "delete": "mutation { deleteNotes(where: {}) { affectedRows } }",
    "delete by key": 'mutation { deleteNote(id: "NOTE") { id } }',
    "function": "mutation { touch }",
    "function of accounts": "mutation { signOut }",
    "mixed": 'mutation { touch insertNote(object: {text: "x"}) { id } }',
}
TOUCHING = (
    MODELS.replace("Rule, allow, owner", "Rule, allow, mutation, owner")
    + '''

@mutation
def touch() -> bool:
    """Something."""
    return True
'''
)


@pytest.mark.parametrize("verb", WRITES)
def test_a_key_for_reading_changes_nothing_by_any_verb(open_server: Callable[..., AccountServer], verb: str) -> None:
    """(A14) And by any way: POST, GET, an event stream, a websocket."""
    server = open_server(models=TOUCHING)
    ann = server.sign_up()
    note = server.data('mutation { insertNote(object: {text: "mine"}) { id } }', token=ann.access_token)
    document = WRITES[verb].replace("NOTE", note["insertNote"]["id"])
    key = create(server, ann, isReadOnly=True)["key"]

    assert server.problem(server.ask(document, token=key)) == "PT304"
    assert "errors" in server.request(
        "GET", "/graphql?query=" + document.replace(" ", "%20"), headers={"authorization": f"Bearer {key}"}
    ).json  # fmt: skip
    for wire in WIRES:
        stream = Open(server, wire, document, key)
        stream.until_ended()
        assert "PT304" in str(stream.ending)
        stream.close()
    for read in READS:
        assert "errors" not in server.ask(read, token=key)
    assert server.rows("SELECT text FROM notes") == [("mine",)]
    if verb != "function of accounts":
        assert "errors" not in server.ask(document, token=create(server, ann)["key"]), document


@pytest.mark.parametrize("wire", WIRES)
def test_a_key_for_reading_reads_streams(server: AccountServer, ann: Person, wire: str) -> None:
    """(A14)"""
    key = create(server, ann, isReadOnly=True)["key"]
    stream = Open(server, wire, "subscription { notes { text } }", key)
    stream.until(lambda: stream.answers)
    server.data('mutation { insertNote(object: {text: "new"}) { id } }', token=ann.access_token)
    stream.until(lambda: stream.answers[-1]["data"]["notes"] == [{"text": "new"}])
    stream.close()
