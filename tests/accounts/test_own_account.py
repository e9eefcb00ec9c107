"""What people do with their accounts: verify an address, change it, be anonymous and then somebody, and go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.ways import ask, done, elevate, me, refused
from tests.support.accounts import MODELS, AccountServer

ANN, NEW, PASSWORD = "ann@example.com", "ann@new.example.com", "correct horse battery"
HEIR = MODELS.replace("owner_id: Mapped[UUID] = owner()", 'owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))').replace(
    "from sqlalchemy.orm import Mapped", "from sqlalchemy import ForeignKey\nfrom sqlalchemy.orm import Mapped, mapped_column"
)  # fmt: skip


@pytest.fixture
def verifying(open_server: Any) -> AccountServer:
    """A server that verifies addresses."""
    return open_server(auth={"verify_email": True, "anonymous": True})


def joined(server: AccountServer, email: str = ANN, password: str = PASSWORD) -> Any:
    """Signs up, and follows the link; the tokens."""
    assert done(server, "signUp", email=email, password=password) == {
        "tokens": None,
        "challenge": None,
        "isCodeSent": True,
    }
    return done(server, "verifyEmail", token=server.link(email))["tokens"]


# ---- verifying ---------------------------------------------------------------------------------------


def test_an_account_is_made_when_its_address_is_verified(verifying: AccountServer) -> None:
    done(verifying, "signUp", email=ANN, password=PASSWORD)
    assert verifying.rows("SELECT count(*) FROM users") == [(0,)]
    assert verifying.problem(verifying.sign_in()) == "PT330"

    tokens = done(verifying, "verifyEmail", token=verifying.link(ANN))["tokens"]

    assert me(verifying, tokens)["isEmailVerified"] is True
    assert verifying.sign_in()["data"]["signIn"]["tokens"] is not None
    assert refused(verifying, "verifyEmail", token=verifying.link(ANN)) == "PT335"


def test_nobody_takes_an_address_before_its_owner(verifying: AccountServer) -> None:
    done(verifying, "signUp", email=ANN, password="the thief's password")
    thief = verifying.link(ANN)

    joined(verifying)

    assert refused(verifying, "verifyEmail", token=thief) == "PT335"
    assert verifying.problem(verifying.sign_in(ANN, "the thief's password")) == "PT330"


def test_signing_up_again_tells_the_owner_alone(verifying: AccountServer) -> None:
    """(A9)"""
    first = ask(verifying, "signUp", email=ANN, password=PASSWORD)
    done(verifying, "verifyEmail", token=verifying.link(ANN))

    assert ask(verifying, "signUp", email=ANN, password="another long one") == first

    assert "has an account" in verifying.mails(ANN)[-1].text.above[0]
    assert verifying.mails(ANN)[-1].text.link is None
    assert verifying.problem(verifying.sign_in(ANN, "another long one")) == "PT330"


def test_an_address_that_is_not_verified_does_not_sign_in(verifying: AccountServer) -> None:
    joined(verifying)
    verifying.sql("UPDATE users SET email_verified_at = NULL")

    answer = verifying.sign_in()["data"]["signIn"]

    assert (answer["tokens"], answer["isCodeSent"]) == (None, True)
    assert done(verifying, "verifyEmail", token=verifying.link(ANN))["tokens"]
    assert verifying.sign_in()["data"]["signIn"]["tokens"]


# ---- another address ---------------------------------------------------------------------------------


def test_an_address_changes_once_the_new_one_is_confirmed(server: AccountServer) -> None:
    ann = server.sign_up()
    assert done(server, "changeEmail", elevate(server, ann.access_token), email=NEW) is True
    assert me(server, {"accessToken": ann.access_token})["email"] == ANN

    assert done(server, "confirmEmail", token=server.link(NEW)) is True

    assert me(server, {"accessToken": ann.access_token})["email"] == NEW
    assert [server.mails(each)[-1].text.subject for each in (ANN, NEW)] == [
        "Your address was changed (notes.example.com)"
    ] * 2
    assert "about to change" in server.mails(ANN)[-2].text.subject
    assert "errors" not in server.sign_in(NEW)
    assert server.problem(server.sign_in(ANN)) == "PT330"
    assert refused(server, "confirmEmail", token=server.link(NEW)) == "PT335"


def test_what_was_sent_to_the_old_address_is_void(server: AccountServer) -> None:
    """(A10)"""
    ann = server.sign_up()
    done(server, "sendPasswordReset", email=ANN)
    done(server, "changeEmail", elevate(server, ann.access_token), email=NEW)
    done(server, "confirmEmail", token=server.link(NEW))

    assert refused(server, "resetPassword", token=server.link(ANN), password="another long one") == "PT335"


def test_an_address_that_is_taken_is_not_told_to_be(server: AccountServer) -> None:
    """(A9)"""
    ann, _ = server.sign_up(), server.sign_up("bob@example.com")
    token = elevate(server, ann.access_token)

    assert ask(server, "changeEmail", token, email="bob@example.com") == ask(server, "changeEmail", token, email=NEW)

    assert server.mails("bob@example.com")[-1].text.link is None


def test_an_address_that_was_taken_meanwhile_stays_whose_it_is(server: AccountServer) -> None:
    ann = server.sign_up()
    done(server, "changeEmail", elevate(server, ann.access_token), email=NEW)
    server.sign_up(NEW)

    assert refused(server, "confirmEmail", token=server.link(NEW)) == "PT335"


def test_changing_the_address_wants_an_elevated_session(server: AccountServer) -> None:
    ann = server.sign_up()
    assert refused(server, "changeEmail", ann.access_token, email=NEW) == "PT338"
    assert refused(server, "changeEmail", email=NEW) == "PT337"
    assert refused(server, "deleteAccount", ann.access_token) == "PT338"


def test_who_has_nothing_to_show_again_must_have_signed_in_just_now(server: AccountServer) -> None:
    done(server, "sendCode", email=ANN)
    token = done(server, "signInWithCode", email=ANN, code=server.code(ANN))["tokens"]["accessToken"]
    assert done(server, "changeEmail", token, email=NEW) is True

    server.earlier("created_at", 601)

    assert refused(server, "changeEmail", token, email=NEW) == "PT338"


# ---- without a name ----------------------------------------------------------------------------------


def test_an_anonymous_account_becomes_one_with_a_name_and_keeps_its_id(open_server: Any) -> None:
    server = open_server(auth={"anonymous": True})
    before = done(server, "signInAnonymously")["tokens"]
    nobody = me(server, before)
    assert (nobody["email"], nobody["isAnonymous"]) == (None, True)
    server.ask('mutation { insertNote(object: {text: "mine"}) { id } }', token=before["accessToken"])

    tokens = done(server, "signUp", before["accessToken"], email=ANN, password=PASSWORD)["tokens"]

    assert me(server, tokens) == {"id": nobody["id"], "email": ANN, "isEmailVerified": False, "isAnonymous": False}
    assert server.ask("{ notes { text } }", token=tokens["accessToken"])["data"]["notes"] == [{"text": "mine"}]
    assert server.until("{ me { id } }", before["accessToken"], "PT310") < 1


def test_an_anonymous_account_becomes_one_by_the_link_of_a_mail(verifying: AccountServer) -> None:
    before = done(verifying, "signInAnonymously")["tokens"]
    id_ = me(verifying, before)["id"]
    done(verifying, "signUp", before["accessToken"], email=ANN, password=PASSWORD)
    assert me(verifying, before)["isAnonymous"] is True

    tokens = done(verifying, "verifyEmail", token=verifying.link(ANN))["tokens"]

    assert me(verifying, tokens) == {"id": id_, "email": ANN, "isEmailVerified": True, "isAnonymous": False}


def test_somebody_with_a_name_who_signs_up_makes_another_account(server: AccountServer) -> None:
    ann = server.sign_up()

    tokens = done(server, "signUp", ann.access_token, email=NEW, password=PASSWORD)["tokens"]

    assert me(server, tokens)["id"] != ann.id
    assert me(server, {"accessToken": ann.access_token})["email"] == ANN


def test_nobody_is_anonymous_unless_it_is_set(server: AccountServer) -> None:
    assert refused(server, "signInAnonymously") == "PT332"


# ---- going -------------------------------------------------------------------------------------------


def test_an_account_is_deleted_with_all_that_is_its_own(server: AccountServer) -> None:
    ann = server.sign_up()

    assert done(server, "deleteAccount", elevate(server, ann.access_token)) is True

    for table in ("users", "auth_identities", "auth_sessions"):
        assert server.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    assert server.until("{ me { id } }", ann.access_token, "PT310") < 1
    assert "deleted" in server.mails(ANN)[-1].text.subject


def test_an_account_that_is_referred_to_is_not_deleted(open_server: Any) -> None:
    server = open_server(models=HEIR)
    ann = server.sign_up()
    id_ = ann.id.replace("-", "") if server.place.dialect == "sqlite" else ann.id
    server.sql(f"INSERT INTO notes (id, owner_id, text) VALUES ('{id_}', '{id_}', 'x')")

    assert refused(server, "deleteAccount", elevate(server, ann.access_token)) == "PT342"

    assert server.person({"accessToken": ann.access_token, "refreshToken": ann.refresh_token}).id == ann.id


@pytest.mark.parametrize("name", ["signUp", "sendCode", "sendLink", "sendPasswordReset"])
def test_what_is_no_address_is_told_so(server: AccountServer, name: str) -> None:
    more = {"password": PASSWORD} if name == "signUp" else {}
    for email in ("", "x", "a@b@c", "ann@example.com\nbcc: x@y.z", "ann@example.com, x@y.z", "<ann@example.com>"):
        assert refused(server, name, email=email, **more) == "PT334"


def test_nothing_that_somebody_chose_is_in_a_mail(verifying: AccountServer) -> None:
    verifying.ask(
        'mutation { signUp(email: "ann@example.com", password: "correct horse battery", name: "Win at https://evil.example")'
        " { isCodeSent } }"
    )
    assert "evil" not in str(verifying.mails(ANN))
