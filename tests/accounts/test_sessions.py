"""Sessions: tokens that change with each refresh, what happens to old ones, and what ends a session at once (A1, A7)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.accounts import AccountServer

REFRESH = "mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }"
ME = "{ me { id } }"


def refresh(server: AccountServer, token: str) -> Any:
    return server.ask(REFRESH, {"token": token})


def test_whoever_signs_up_is_somebody(server: AccountServer) -> None:
    ann = server.sign_up("Ann@Example.com ")

    answer = server.ask(
        "{ me { id email role roles assurance } sessions { id userAgent address } }", token=ann.access_token
    )

    me = answer["data"]["me"]
    assert me == {"id": ann.id, "email": "ann@example.com", "role": "user", "roles": ["user"], "assurance": 1}
    (session,) = answer["data"]["sessions"]
    assert (session["userAgent"], session["address"]) == ("tests", "203.0.113.7")


def test_their_token_is_the_owner_of_what_they_write(server: AccountServer) -> None:
    ann, bob = server.sign_up(), server.sign_up("bob@example.com")
    server.ask('mutation { insertNote(object: {text: "mine"}) { id } }', token=ann.access_token)

    assert server.ask("{ notes { text ownerId } }", token=ann.access_token)["data"]["notes"] == [
        {"text": "mine", "ownerId": ann.id}
    ]
    assert server.ask("{ notes { text } }", token=bob.access_token)["data"]["notes"] == []


def test_a_refresh_brings_other_tokens(server: AccountServer) -> None:
    ann = server.sign_up()

    tokens = refresh(server, ann.refresh_token)["data"]["refresh"]

    assert tokens["refreshToken"] != ann.refresh_token
    assert server.person(tokens).id == ann.id


def test_an_old_refresh_token_is_given_the_present_one_within_the_grace(server: AccountServer) -> None:
    ann = server.sign_up()

    async def twice() -> Any:
        return await asyncio.gather(*(server.answer(REFRESH, {"token": ann.refresh_token}) for _ in range(2)))

    first, second = (each["data"]["refresh"]["refreshToken"] for each in server.run(twice()))

    assert first == second
    assert server.rows("SELECT counter FROM auth_sessions") == [(1,)]


def test_an_old_refresh_token_ends_the_session_after_the_grace(server: AccountServer) -> None:
    ann = server.sign_up()
    tokens = refresh(server, ann.refresh_token)["data"]["refresh"]
    server.earlier("refreshed_at", 11)

    assert server.problem(refresh(server, ann.refresh_token)) == "PT331"

    assert server.problem(refresh(server, tokens["refreshToken"])) == "PT331"
    assert server.until(ME, tokens["accessToken"], "PT310") < 1


def test_a_token_of_two_refreshes_ago_ends_the_session_at_once(server: AccountServer) -> None:
    ann = server.sign_up()
    second = refresh(server, ann.refresh_token)["data"]["refresh"]
    third = refresh(server, second["refreshToken"])["data"]["refresh"]

    assert server.problem(refresh(server, ann.refresh_token)) == "PT331"

    assert server.problem(refresh(server, third["refreshToken"])) == "PT331"


@pytest.mark.parametrize(
    "token", ["", "pr_", "pr_AAAA", "x" * 2_000, "pr_" + "A" * 50, "eyJhbGciOiJub25lIn0.e30.", "pr_ü" + "A" * 49]
)
def test_what_is_no_refresh_token_is_refused(server: AccountServer, token: str) -> None:
    assert server.problem(refresh(server, token)) == "PT331"


def test_a_refresh_token_with_another_counter_or_session_is_refused(server: AccountServer) -> None:
    ann = server.sign_up()
    for place in (5, 30, 45):
        changed = "A" if ann.refresh_token[place] != "A" else "B"
        assert (
            server.problem(refresh(server, ann.refresh_token[:place] + changed + ann.refresh_token[place + 1 :]))
            == "PT331"
        )
    assert "data" in refresh(server, ann.refresh_token)


def test_signing_out_ends_the_session_on_the_server(server: AccountServer) -> None:
    ann = server.sign_up()
    other = server.sign_in()["data"]["signIn"]["tokens"]

    assert server.ask("mutation { signOut }", token=ann.access_token)["data"]["signOut"] == 1

    assert server.until(ME, ann.access_token, "PT310") < 1
    assert server.problem(refresh(server, ann.refresh_token)) == "PT331"
    assert server.person(other).id == ann.id


def test_signing_out_everywhere_ends_all(server: AccountServer) -> None:
    ann = server.sign_up()
    other = server.sign_in()["data"]["signIn"]["tokens"]

    assert server.ask("mutation { signOut(everywhere: true) }", token=ann.access_token)["data"]["signOut"] == 2

    assert server.until(ME, other["accessToken"], "PT310") < 1


def test_nobody_ends_the_session_of_somebody_else(server: AccountServer) -> None:
    ann, bob = server.sign_up(), server.sign_up("bob@example.com")
    (session,) = server.ask("{ sessions { id } }", token=ann.access_token)["data"]["sessions"]
    revoke = "mutation ($id: ID!) { revokeSession(id: $id) }"

    assert server.ask(revoke, session, token=bob.access_token)["data"]["revokeSession"] is False
    assert server.problem(server.ask(revoke, session)) in ("PT337", "PT102")
    assert server.ask(revoke, session, token=ann.access_token)["data"]["revokeSession"] is True


@pytest.mark.parametrize("statement", ["UPDATE users SET disabled_at = CURRENT_TIMESTAMP", "DELETE FROM users"])
def test_a_user_who_is_disabled_or_deleted_is_nobody_within_a_second(server: AccountServer, statement: str) -> None:
    ann = server.sign_up()
    assert server.ask(ME, token=ann.access_token)["data"]["me"]["id"] == ann.id

    server.sql(statement)

    assert server.until(ME, ann.access_token, "PT310") < 1
    assert server.problem(refresh(server, ann.refresh_token)) == "PT331"
    assert server.problem(server.sign_in()) == "PT330"


def test_another_role_holds_within_a_second(server: AccountServer) -> None:
    ann = server.sign_up()
    assert server.ask("{ notes { id } }", token=ann.access_token)["data"] == {"notes": []}

    server.sql("UPDATE users SET role = 'careful'")

    assert server.until("{ notes { text } me { id } }", ann.access_token, None) < 1
    assert server.until('mutation { insertNote(object: {text: "x"}) { id } }', ann.access_token, "PT102") < 1


def test_a_row_makes_nobody_an_admin(server: AccountServer) -> None:
    """Past all rules goes only who has an admin key, whatever is written into the table of users."""
    ann, bob = server.sign_up(), server.sign_up("bob@example.com")
    server.ask('mutation { insertNote(object: {text: "mine"}) { id } }', token=bob.access_token)

    server.sql("UPDATE users SET role = 'admin'")

    tokens = server.sign_in()["data"]["signIn"]["tokens"]
    for token in (ann.access_token, tokens["accessToken"]):
        assert server.ask("{ me { role roles } notes { text } }", token=token)["data"]["notes"] == []
        answer = server.ask("{ notes { text } }", token=token, headers={"x-portico-role": "admin"})
        assert server.problem(answer) == "PT312"


def test_a_retired_key_is_refused_within_a_second(server: AccountServer) -> None:
    ann = server.sign_up()
    server.run(server.accounts.keys.add())
    assert server.ask(ME, token=ann.access_token)["data"]["me"]["id"] == ann.id

    server.sql(
        "UPDATE auth_keys SET retired_at = CURRENT_TIMESTAMP WHERE created_at = (SELECT min(created_at) FROM auth_keys)"
    )

    assert server.until(ME, ann.access_token, "PT310") < 1
    assert "data" in refresh(server, ann.refresh_token)


@pytest.mark.parametrize(("column", "hours"), [("refreshed_at", 169), ("ends_at", 721)])
def test_a_session_ends_by_itself(server: AccountServer, column: str, hours: int) -> None:
    ann = server.sign_up()

    server.earlier(column, hours * 3600)

    assert server.problem(refresh(server, ann.refresh_token)) == "PT331"


def test_one_session_alone(open_server: Any) -> None:
    server = open_server(auth={"single_session": True})
    ann = server.sign_up()

    server.sign_in()

    assert server.until(ME, ann.access_token, "PT310") < 1


def test_who_is_of_no_account_is_nobody_here(open_server: Any) -> None:
    """Tokens of other issuers have ids of their own kind: that is no mistake of ours to log."""
    server = open_server(admin_keys=("a key of tests",))
    headers = {"x-portico-admin-key": "a key of tests", "x-portico-role": "user", "x-portico-user-id": "auth0|7"}

    assert server.ask(ME, headers=headers)["data"]["me"] is None
    for document in ("signOut", 'revokeSession(id: "x")', "signOut(everywhere: true)", 'linkProvider(provider: "x")'):
        assert server.problem(server.ask(f"mutation {{ {document} }}", headers=headers)) in ("PT337", "PT350")
