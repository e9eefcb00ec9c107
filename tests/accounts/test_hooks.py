"""Hooks: an author's own functions before accounts are made, in tokens, and in mails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from portico.gateway.auth.hooks import Hooks, Mail
from portico.gateway.loading import load_models
from portico.schema.problems import Problems
from tests.support.accounts import AccountServer

HEAD = '''"""Notes of tenants."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from portico.gateway.auth import Mail, User, claims, mail, sign_up
from portico.gateway.connection import Connection
from portico.schema import Data, Id, Me, Model, Refused, Rule, allow, before, mutation, owner


class Note(Model):
    """What somebody wrote down."""

    id: Mapped[Id]
    owner_id: Mapped[UUID] = owner()
    tenant: Mapped[str]


@allow(Note, "all", to="user")
def notes_of_my_tenant(note: type[Note], me: Me) -> Rule:
    """Notes are their tenant's."""
    return note.tenant == me.claim("tenant")
'''
MODELS = (
    HEAD
    + """

@before(sign_up)
async def only_our_people(email: str, connection: Connection, data: Data) -> None:
    async with data.read() as session:
        if len((await session.scalars(select(User.id))).all()) >= 3:
            raise Refused("There is no room for more.")
    if not email.endswith("@example.com"):
        raise Refused("Accounts are for our own people.", hint=f"Not for {connection.address}.")


@claims
async def tenant(user: User, data: Data) -> dict[str, object]:
    async with data.read() as session:
        number = len((await session.scalars(select(User.id).where(User.id == user.id))).all())
    return {"Tenant": (user.email or "").partition("@")[0], "number": number, "role": "admin", "sub": "x",
            "X-Hasura-User-Id": "1", "assurance": 2, "elevated": True, "roles": ["admin"], "kept": ["role"]}


@mail("verify")
def words(email: str, link: str | None) -> Mail:
    return Mail("Welcome", f"{email}: {link}")


@mutation
def never() -> bool:
    raise Refused("Not on Sundays.", hint="Come back tomorrow.")
"""
)


@pytest.fixture
def server(open_server: Callable[..., AccountServer]) -> AccountServer:
    return open_server(models=MODELS)


def sign_up(server: AccountServer, email: str) -> Any:
    return server.ask(
        'mutation ($email: String!) { signUp(email: $email, password: "correct horse battery") {'
        " tokens { accessToken } } }",
        {"email": email},
    )


def test_a_hook_refuses_accounts_in_its_own_words(server: AccountServer) -> None:
    answer = sign_up(server, "eve@example.org")

    assert server.problem(answer) == "PT360"
    assert answer["errors"][0]["message"] == "Accounts are for our own people."
    assert server.rows("SELECT count(*) FROM users") == [(0,)]
    for name in ("ann", "bob", "carol"):
        assert "data" in sign_up(server, f"{name}@example.com")
    assert sign_up(server, "dave@example.com")["errors"][0]["message"] == "There is no room for more."


def test_any_function_refuses_so(server: AccountServer) -> None:
    (error,) = server.ask("mutation { never }")["errors"]

    assert (error["message"], error["extensions"]["problem"], error["extensions"]["code"]) == (
        "Not on Sundays.", "PT360", "access-denied"
    )  # fmt: skip


def test_rules_see_claims_of_hooks(server: AccountServer) -> None:
    ann, bob = server.sign_up(), server.sign_up("bob@example.com")
    server.data('mutation { insertNote(object: {tenant: "ann"}) { id } }', token=ann.access_token)

    assert server.data("{ notes { tenant } }", token=ann.access_token)["notes"] == [{"tenant": "ann"}]
    assert server.data("{ notes { tenant } }", token=bob.access_token)["notes"] == []


def test_a_hook_says_nothing_that_is_ours_to_say(server: AccountServer) -> None:
    ann = server.sign_up()

    said = server.accounts.verifier.claims(ann.access_token)

    assert (said["sub"], said["role"], said["roles"], said["assurance"], said["elevated"]) == (
        ann.id, "user", ["user"], 1, False
    )  # fmt: skip
    assert (said["tenant"], said["number"]) == ("ann", 1)
    assert not {"user_id", "kept", "Tenant"} & set(said)
    me = server.data("{ me { id roles assurance isElevated } }", token=ann.access_token)["me"]
    assert me == {"id": ann.id, "roles": ["user"], "assurance": 1, "isElevated": False}


def test_hooks_are_called_in_the_transaction_of_many_who_sign_in_at_once(server: AccountServer) -> None:
    """More than there are connections, and no more than one account may try: one that waited for a second would wait for ever."""
    server.sign_up()
    document = (
        'mutation { signIn(email: "ann@example.com", password: "correct horse battery") { tokens { expiresIn } } }'
    )

    async def many() -> list[Any]:
        return await asyncio.gather(*(server.answer(document) for _ in range(9)))

    assert all("errors" not in each for each in server.run(many()))


def test_claims_of_the_row_are_those_of_now(open_server: Callable[..., AccountServer]) -> None:
    """(A19) A tenant that is taken away is gone within a second."""
    server = open_server(models=HEAD)
    ann = server.sign_up()
    as_json = '\'{"tenant": "north", "role": "admin", "Sub": "1"}\''
    server.sql(f"UPDATE users SET claims = {as_json}")
    insert = 'mutation { insertNote(object: {tenant: "north"}) { id } }'
    assert server.until(insert, ann.access_token, None) < 1
    tokens = server.sign_in()["data"]["signIn"]["tokens"]
    assert server.data("{ notes { tenant } me { id role } }", token=tokens["accessToken"]) == {
        "notes": [{"tenant": "north"}], "me": {"id": ann.id, "role": "user"}
    }  # fmt: skip

    server.sql("UPDATE users SET claims = NULL")

    for token in (ann.access_token, tokens["accessToken"]):
        assert server.until_data("{ notes { tenant } }", token, lambda found: found["notes"] == []) < 1


def test_mails_have_an_authors_words(server: AccountServer) -> None:
    hooks: Hooks = server.accounts.hooks

    words = server.run(hooks.mail("verify", email="ann@example.com", link="https://x", details={}))

    assert words is not None
    assert (words.subject, words.text) == ("Welcome", "ann@example.com: https://x")
    assert server.run(hooks.mail("reset", email="ann@example.com")) is None
    assert Mail("a", "b").html is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@before(sign_up)\ndef hook(password: str) -> None: ...", "takes password"),
        ("@claims\ndef hook(user: User, me: Me) -> dict[str, object]: return {}", "takes me"),
        ('@mail("birthday")\ndef hook(email: str) -> Mail: return Mail("", "")', "mails called birthday"),
        ("def other() -> None: ...\n\n@before(other)\ndef hook() -> None: ...", "before other"),
    ],
)
def test_a_hook_that_nobody_can_call_is_told_at_the_start(tmp_path: Any, text: str, said: str) -> None:
    (tmp_path / "models.py").write_text(f"{HEAD}\n\n{text}\n")

    with pytest.raises(Problems) as caught:
        load_models(tmp_path / "models.py")

    (problem,) = caught.value.problems
    assert (problem.code, problem.source is not None) == ("PT361", True)
    assert said in problem.message
