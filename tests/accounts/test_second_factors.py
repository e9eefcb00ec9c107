"""Second factors: authenticator apps and recovery codes, the second step of signing in, and what asks for it (A7, A8, A11, A12)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.accounts import MODELS, AccountServer, Device, Person

PASSWORD = "correct horse battery"
ME = "{ me { id assurance isElevated } }"
ENROLL = 'mutation { enrollTotp(name: "Phone") { id secret uri qr } }'
CONFIRM = "mutation ($id: ID!, $code: String!) { confirmFactor(id: $id, code: $code) }"
REMOVE = "mutation ($id: ID!) { removeFactor(id: $id) }"
STEP_UP = "mutation ($code: String, $password: String) { stepUp(code: $code, password: $password) { accessToken } }"
FACTOR = (
    "mutation ($challenge: String!, $code: String!) { signInWithFactor(challenge: $challenge, code: $code) {"
    " tokens { accessToken refreshToken } challenge } }"
)
REFRESH = "mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }"


@pytest.fixture
def device(server: AccountServer) -> Device:
    """Ann's app."""
    return server.enroll(server.sign_up())


def challenge(server: AccountServer) -> str:
    answer = server.sign_in()["data"]["signIn"]
    assert answer["tokens"] is None
    return answer["challenge"]


def show(server: AccountServer, asked: str, code: str) -> Any:
    return server.ask(FACTOR, {"challenge": asked, "code": code})


def wrong(device: Device) -> str:
    """A code of none of these minutes."""
    near = {device.code(step) for step in range(-3, 4)}
    return next(each for each in (f"{number:06}" for number in range(10)) if each not in near)


def ann(device: Device) -> Person:
    assert device.person is not None
    return device.person


# ---- enrolling -------------------------------------------------------------------------------------------


def test_an_app_is_told_its_secret_as_text_as_address_and_as_picture(server: AccountServer) -> None:
    made = server.data(ENROLL, token=server.sign_up().access_token)["enrollTotp"]

    assert made["uri"] == (
        f"otpauth://totp/notes.example.com:ann%40example.com?secret={made['secret']}&issuer=notes.example.com"
    )
    assert len(made["secret"]) == 32  # 160 bits
    assert made["qr"].startswith("<svg")
    assert server.rows("SELECT count(*) FROM auth_factors WHERE confirmed_at IS NULL") == [(1,)]


def test_a_secret_is_stored_encrypted(server: AccountServer, device: Device) -> None:
    for (stored,) in server.rows("SELECT secret FROM auth_factors"):
        assert device.secret.encode() not in bytes(stored)
        assert not any(each.replace("-", "").encode() in bytes(stored) for each in device.recovery_codes)


def test_an_app_that_was_not_confirmed_is_asked_for_by_nobody(server: AccountServer) -> None:
    server.data(ENROLL, token=server.sign_up().access_token)

    assert server.sign_in()["data"]["signIn"]["tokens"] is not None


def test_an_app_is_confirmed_by_its_code_alone(server: AccountServer) -> None:
    token = server.sign_up().access_token
    made = server.data(ENROLL, token=token)["enrollTotp"]
    device = Device(made["id"], made["secret"])

    assert server.problem(server.ask(CONFIRM, {"id": device.id, "code": wrong(device)}, token=token)) == "PT335"
    assert len(server.data(CONFIRM, {"id": device.id, "code": device.code()}, token=token)["confirmFactor"]) == 10
    assert server.problem(server.ask(CONFIRM, {"id": device.id, "code": device.code(1)}, token=token)) == "PT338"


def test_nobody_confirms_or_removes_the_app_of_somebody_else(server: AccountServer, device: Device) -> None:
    bob = server.sign_up("bob@example.com")
    token = server.elevate(bob.access_token, password=PASSWORD)

    assert server.problem(server.ask(CONFIRM, {"id": device.id, "code": device.code()}, token=token)) == "PT335"
    assert server.data(REMOVE, {"id": device.id}, token=token)["removeFactor"] is False


def test_confirming_ends_the_other_sessions(server: AccountServer) -> None:
    """(A8)"""
    ann = server.sign_up()
    other = server.sign_in()["data"]["signIn"]["tokens"]

    device = server.enroll(ann)

    assert server.until(ME, other["accessToken"], "PT310") < 1
    assert server.problem(server.ask(REFRESH, {"token": other["refreshToken"]})) == "PT331"
    assert device.person is not None
    assert server.data(ME, token=device.person.access_token)["me"]["assurance"] == 2


def test_removing_ends_the_other_sessions(server: AccountServer, device: Device) -> None:
    """(A8)"""
    other = show(server, challenge(server), device.code())["data"]["signInWithFactor"]["tokens"]
    token = server.elevate(ann(device).access_token, code=device.recovery_codes[0])

    assert server.data(REMOVE, {"id": device.id}, token=token)["removeFactor"] is True

    assert server.until(ME, other["accessToken"], "PT310") < 1
    assert server.sign_in()["data"]["signIn"]["tokens"] is not None
    assert server.rows("SELECT count(*) FROM auth_factors") == [(0,)]


# ---- the second step -------------------------------------------------------------------------------------


def test_who_has_a_factor_is_signed_in_by_both(server: AccountServer, device: Device) -> None:
    asked = challenge(server)

    tokens = show(server, asked, device.code())["data"]["signInWithFactor"]["tokens"]

    assert server.data(ME, token=tokens["accessToken"])["me"] == {
        "id": ann(device).id, "assurance": 2, "isElevated": False
    }  # fmt: skip
    assert len(asked) >= 43  # 256 bits
    assert asked.encode() not in b"".join(bytes(each) for (each,) in server.rows("SELECT digest FROM auth_codes"))


def test_signing_in_and_each_step_has_a_session_of_its_own(server: AccountServer, device: Device) -> None:
    """(A7) No session is there before both factors were shown, and none is taken from whoever brings one."""
    before = server.rows("SELECT id FROM auth_sessions")
    asked = challenge(server)
    assert server.rows("SELECT id FROM auth_sessions") == before

    tokens = server.ask(
        FACTOR, {"challenge": asked, "code": device.code()}, token=ann(device).access_token
    )["data"]["signInWithFactor"]["tokens"]  # fmt: skip

    assert len(server.rows("SELECT id FROM auth_sessions")) == len(before) + 1
    sessions = "{ me { sessionId } }"
    assert server.data(sessions, token=tokens["accessToken"]) != server.data(sessions, token=ann(device).access_token)


def test_stepping_up_gives_another_token(server: AccountServer, device: Device) -> None:
    """(A7)"""
    token = server.elevate(ann(device).access_token, code=device.code())

    assert token != ann(device).access_token
    assert server.data(ME, token=token)["me"]["isElevated"] is True
    assert server.data(ME, token=ann(device).access_token)["me"]["isElevated"] is False


def test_a_challenge_is_answered_once(server: AccountServer, device: Device) -> None:
    """(A11)"""
    asked = challenge(server)
    assert "data" in show(server, asked, device.code())

    assert server.problem(show(server, asked, device.code(1))) == "PT335"
    assert server.problem(show(server, asked, device.recovery_codes[0])) == "PT335"


def test_a_challenge_ends(server: AccountServer, device: Device) -> None:
    asked = challenge(server)
    server.earlier("expires_at", 301, "auth_codes")

    assert server.problem(show(server, asked, device.code())) == "PT335"


def test_a_challenge_is_of_its_user(server: AccountServer, device: Device) -> None:
    """(A11) The codes of one are no codes for another."""
    other = server.enroll(server.sign_up("bob@example.com"))

    assert server.problem(show(server, challenge(server), other.code())) == "PT335"
    assert server.problem(show(server, challenge(server), other.recovery_codes[0])) == "PT335"


@pytest.mark.parametrize("asked", ["", "pc_", "x" * 5_000, "pc_" + "A" * 43])
def test_what_is_no_challenge_is_refused(server: AccountServer, device: Device, asked: str) -> None:
    assert server.problem(show(server, asked, device.code())) == "PT335"


def test_a_user_who_was_disabled_meanwhile_is_not_signed_in(server: AccountServer, device: Device) -> None:
    asked = challenge(server)
    server.sql("UPDATE users SET disabled_at = CURRENT_TIMESTAMP")

    assert server.problem(show(server, asked, device.code())) == "PT335"


# ---- codes -----------------------------------------------------------------------------------------------


def test_a_code_is_taken_once(server: AccountServer, device: Device) -> None:
    """(A11)"""
    code = device.code()
    assert "data" in show(server, challenge(server), code)

    assert server.problem(show(server, challenge(server), code)) == "PT335"


def test_a_code_is_taken_once_also_at_once(server: AccountServer, device: Device) -> None:
    """(A11)"""
    code, asked = device.code(), [challenge(server) for _ in range(4)]

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(server.answer(FACTOR, {"challenge": each, "code": code}) for each in asked))

    answers = server.run(all_at_once())

    assert sum("data" in each for each in answers) == 1


def test_a_code_before_one_that_was_taken_is_refused(server: AccountServer, device: Device) -> None:
    """(A11)"""
    assert "data" in show(server, challenge(server), device.code(1))

    assert server.problem(show(server, challenge(server), device.code())) == "PT335"


@pytest.mark.parametrize(("step", "is_taken"), [(-3, False), (-2, False), (0, True), (1, True), (2, False), (3, False)])
def test_a_code_holds_for_a_step_more(server: AccountServer, device: Device, step: int, is_taken: bool) -> None:
    """(A11) The one before is taken here by the confirming."""
    server.sql("UPDATE auth_factors SET last_step = NULL")
    code = device.code(step)

    assert ("data" in show(server, challenge(server), code)) is (is_taken or code in (device.code(), device.code(1)))


def test_five_wrong_codes_lock_the_factors_for_longer_and_longer(server: AccountServer, device: Device) -> None:
    """(A11) Over all challenges, and whatever is shown."""
    answers = [show(server, challenge(server), wrong(device)) for _ in range(5)]
    assert [server.problem(each) for each in answers] == ["PT335"] * 5

    assert server.problem(show(server, challenge(server), device.code())) == "PT336"
    assert server.problem(show(server, challenge(server), device.recovery_codes[0])) == "PT336"
    assert server.problem(server.ask(STEP_UP, {"code": device.code()}, token=ann(device).access_token)) == "PT336"

    server.earlier("tried_at", 31, "auth_factors", "tried_at IS NOT NULL")
    assert server.problem(show(server, challenge(server), wrong(device))) == "PT335"
    server.earlier("tried_at", 31, "auth_factors", "tried_at IS NOT NULL")
    assert server.problem(show(server, challenge(server), device.code())) == "PT336"
    server.earlier("tried_at", 31, "auth_factors", "tried_at IS NOT NULL")
    assert "data" in show(server, challenge(server), device.code())
    assert server.rows("SELECT max(tries) FROM auth_factors") == [(0,)]


def test_a_challenge_has_five_tries(server: AccountServer, device: Device) -> None:
    """(A11) Also where the factors are not locked."""
    asked = challenge(server)
    for _ in range(5):
        assert server.problem(show(server, asked, wrong(device))) == "PT335"
        server.sql("UPDATE auth_factors SET tries = 0")

    assert server.problem(show(server, asked, device.code())) == "PT335"
    assert "data" in show(server, challenge(server), device.code())


def test_aliases_and_batches_count_as_many_tries(open_server: Callable[..., AccountServer]) -> None:
    """(A11) A document ends with its first wrong code, and those of a batch are counted together."""
    server = open_server(max_batch=10)
    device = server.enroll(server.sign_up())

    def field(code: str) -> str:
        return f'signInWithFactor(challenge: "{challenge(server)}", code: "{code}") {{ tokens {{ accessToken }} }}'

    aliases = [f"a{n}: {field(wrong(device))}" for n in range(2)] + [f"b: {field(device.code())}"]
    assert server.problem(server.ask(f"mutation {{ {' '.join(aliases)} }}")) == "PT335"
    documents = [f"mutation {{ {field(wrong(device))} }}" for _ in range(4)] + [
        f"mutation {{ {field(device.code())} }}"
    ]

    answers = server.request("POST", "/graphql", [{"query": each} for each in documents]).json

    assert sorted(server.problem(each) for each in answers) == ["PT335"] * 4 + ["PT336"]
    assert server.rows("SELECT max(tries) FROM auth_factors") == [(5,)]


def test_an_app_that_is_being_confirmed_has_five_tries(server: AccountServer) -> None:
    """(A11)"""
    token = server.sign_up().access_token
    made = server.data(ENROLL, token=token)["enrollTotp"]
    device = Device(made["id"], made["secret"])

    codes = [wrong(device)] * 5 + [device.code()]
    problems = [server.problem(server.ask(CONFIRM, {"id": device.id, "code": each}, token=token)) for each in codes]

    assert problems == ["PT335"] * 5 + ["PT336"]


# ---- recovery codes --------------------------------------------------------------------------------------


def test_a_recovery_code_is_taken_once(server: AccountServer, device: Device) -> None:
    """(A12)"""
    written = f" {device.recovery_codes[3].upper().replace('-', ' ')} "

    assert "data" in show(server, challenge(server), written)
    assert server.problem(show(server, challenge(server), device.recovery_codes[3])) == "PT335"
    assert "data" in show(server, challenge(server), device.recovery_codes[4])


def test_recovery_codes_are_stored_as_hashes_of_a_key_that_the_database_has_not(
    server: AccountServer, device: Device
) -> None:
    """(A12)"""
    import hashlib

    stored = {bytes(each) for (each,) in server.rows("SELECT secret FROM auth_factors WHERE kind = 'recovery'")}
    assert len(stored) == 10
    for code in device.recovery_codes:
        for text in (code, code.replace("-", "")):
            assert hashlib.sha256(text.encode()).digest() not in stored


def test_other_recovery_codes_take_the_place_of_those_that_were(server: AccountServer, device: Device) -> None:
    renew = "mutation { newRecoveryCodes }"
    assert server.problem(server.ask(renew, token=ann(device).access_token)) == "PT338"
    token = server.elevate(ann(device).access_token, code=device.code())

    codes = server.data(renew, token=token)["newRecoveryCodes"]

    assert len({*codes, *device.recovery_codes}) == 20
    assert server.problem(show(server, challenge(server), device.recovery_codes[0])) == "PT335"
    assert "data" in show(server, challenge(server), codes[0])


# ---- what asks for it ------------------------------------------------------------------------------------


def test_who_has_a_factor_shows_it_before_another_is_added(server: AccountServer, device: Device) -> None:
    """(A12)"""
    assert server.problem(server.ask(ENROLL, token=ann(device).access_token)) == "PT338"
    token = server.elevate(ann(device).access_token, code=device.code())

    other = server.data(ENROLL, token=token)["enrollTotp"]

    assert server.problem(
        server.ask(CONFIRM, {"id": other["id"], "code": Device("", other["secret"]).code()}, token=ann(device).access_token)
    ) == "PT338"  # fmt: skip
    assert server.data(
        CONFIRM, {"id": other["id"], "code": Device("", other["secret"]).code()}, token=token
    )["confirmFactor"] == []  # fmt: skip


def test_a_session_of_one_factor_changes_no_factors(server: AccountServer, device: Device) -> None:
    """(A12) As one that somebody has from before, or by another way in."""
    server.sql("UPDATE auth_sessions SET assurance = 1")
    token = ann(device).access_token
    assert server.until("{ me { id } }", token, None) < 1
    assert server.data(ME, token=token)["me"]["assurance"] == 1

    for document in (ENROLL, "mutation { newRecoveryCodes }", f'mutation {{ removeFactor(id: "{device.id}") }}'):
        assert server.problem(server.ask(document, token=token)) == "PT338"
    assert server.problem(server.ask(STEP_UP, {"password": PASSWORD}, token=token)) == "PT338"


def test_rules_ask_for_two_factors(server: AccountServer, device: Device) -> None:
    """(A12)"""
    server.data('mutation { insertNote(object: {text: "mine"}) { id } }', token=ann(device).access_token)
    server.sql("UPDATE users SET role = 'careful'")
    notes = "{ notes { text } me { role } }"
    token = ann(device).access_token
    assert server.until(notes, token, None) < 1
    assert server.data(notes, token=token) == {"notes": [{"text": "mine"}], "me": {"role": "careful"}}

    server.sql("UPDATE auth_sessions SET assurance = 1")

    assert server.until_data(notes, token, lambda found: found["notes"] == []) < 1


def test_an_elevated_token_is_elevated_until_the_next_refresh(server: AccountServer, device: Device) -> None:
    token = server.elevate(ann(device).access_token, code=device.code())
    assert server.data(ME, token=token)["me"]["isElevated"] is True

    tokens = server.data(REFRESH, {"token": ann(device).refresh_token})["refresh"]

    assert server.data(ME, token=tokens["accessToken"])["me"]["isElevated"] is False
    assert server.until_data(ME, token, lambda found: found["me"]["isElevated"] is False) < 1
    assert server.problem(server.ask(ENROLL, token=token)) == "PT338"


def test_who_has_no_factor_steps_up_by_the_password(server: AccountServer) -> None:
    token = server.sign_up().access_token

    assert server.problem(server.ask(STEP_UP, {}, token=token)) == "PT338"
    assert server.problem(server.ask(STEP_UP, {"password": "wrong horse"}, token=token)) == "PT330"
    assert server.problem(server.ask(STEP_UP, {"password": PASSWORD})) == "PT337"
    elevated = server.elevate(token, password=PASSWORD)
    assert server.data(ME, token=elevated)["me"] | {"id": ""} == {"id": "", "assurance": 1, "isElevated": True}


def test_factors_are_listed_without_what_is_secret(server: AccountServer, device: Device) -> None:
    token = ann(device).access_token
    found = server.data('{ factors(where: {kind: {_eq: "totp"}}) { id kind name confirmedAt } }', token=token)
    assert [each["kind"] for each in found["factors"]] == ["totp"]
    assert server.problem(server.ask("{ factors { secret } }", token=token)) == "PT102"
    bob = server.sign_up("bob@example.com")
    assert server.data("{ factors { id } }", token=bob.access_token)["factors"] == []


# ---- functions of authors that ask for it ----------------------------------------------------------------

ASKING = f"""{MODELS}

from portico.gateway.auth.assurance import needs_assurance, needs_elevation
from portico.schema import Caller, mutation


@mutation
def close_books(caller: Caller) -> bool:
    needs_assurance(caller, 2)
    return True


@mutation
def burn_books(caller: Caller) -> bool:
    needs_elevation(caller)
    return True
"""
CLOSE = "mutation { closeBooks }"
BURN = "mutation { burnBooks }"


@pytest.mark.parametrize("document", [CLOSE, BURN])
def test_functions_that_ask_for_more_refuse_who_showed_one_factor(
    open_server: Callable[..., AccountServer], document: str
) -> None:
    server = open_server(models=ASKING)

    assert server.problem(server.ask(document)) == "PT338"
    assert server.problem(server.ask(document, token=server.sign_up().access_token)) == "PT338"


def test_functions_that_ask_for_two_factors_are_open_to_who_showed_them(
    open_server: Callable[..., AccountServer],
) -> None:
    server = open_server(models=ASKING)
    token = ann(server.enroll(server.sign_up())).access_token

    assert server.data(CLOSE, token=token) == {"closeBooks": True}
    assert server.problem(server.ask(BURN, token=token)) == "PT338"


def test_functions_that_ask_who_one_is_are_open_until_the_next_refresh(
    open_server: Callable[..., AccountServer],
) -> None:
    server = open_server(models=ASKING)
    person = server.sign_up()
    elevated = server.elevate(person.access_token, password=PASSWORD)

    assert server.data(BURN, token=elevated) == {"burnBooks": True}
    assert server.problem(server.ask(CLOSE, token=elevated)) == "PT338"
    server.data(REFRESH, {"token": person.refresh_token})
    server.until(BURN, elevated, "PT338")
