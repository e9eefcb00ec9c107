"""`portico users` and `portico keys`: what administrators do beside a server that runs, and people who come from elsewhere."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from portico.gateway.importing.password_texts import FirebaseHashes, stored_form
from portico.gateway.importing.people import Person, UnreadableExport, read_people
from tests.support.accounts import MODELS, AccountServer
from tests.support.server import run_portico, run_portico_apart, run_portico_failing, write_project

SECRET = "a secret of tests that is long enough"
ME = "{ me { id } }"
HASH_CONFIG = """hash_config {
  algorithm: SCRYPT,
  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
  base64_salt_separator: Bw==,
  rounds: 8,
  mem_cost: 14,
}"""
BCRYPT = "$2b$04$" + "." * 22 + "Q" * 31


@pytest.fixture
def server(open_server: Callable[..., AccountServer]) -> AccountServer:
    return open_server()


@pytest.fixture
def portico(server: AccountServer, tmp_path: Path) -> Callable[..., str]:
    """Runs the command beside the server: `portico("users", "list")`."""
    folder = tmp_path / "beside"
    write_project(folder, MODELS, server.place.url, {"token_secret": SECRET})

    def run(*arguments: str, fails: bool = False, **keywords: Any) -> str:
        return (run_portico_failing if fails else run_portico)(folder, *arguments, **keywords)

    return run


def test_a_password_is_hashed_as_people_get_it_and_not_these_tests(
    server: AccountServer, portico: Callable[..., str], tmp_path: Path
) -> None:
    done = run_portico_apart(tmp_path / "beside", "users", "create", "ann@example.com", typed="correct horse battery\n")
    assert done.returncode == 0, done.stderr
    ((secret,),) = server.rows("SELECT secret FROM auth_identities")
    assert secret.startswith("$argon2id$v=19$m=7168,t=5,p=1$")


def test_users_are_made_listed_and_disabled(server: AccountServer, portico: Callable[..., str]) -> None:
    made = portico("users", "create", "Ann@example.com", "--name", "Ann", typed="correct horse battery\n").strip()
    tokens = server.sign_in()["data"]["signIn"]["tokens"]
    assert server.data(ME, token=tokens["accessToken"])["me"]["id"] == made
    assert "PT332" in portico("users", "create", "ann@example.com", "--no-password", fails=True)
    assert "PT333" in portico("users", "create", "bob@example.com", fails=True)

    assert "ann@example.com is disabled" in portico("users", "disable", "ANN@example.com")

    assert server.until(ME, tokens["accessToken"], "PT310") < 1
    assert server.problem(server.sign_in()) == "PT330"
    (line,) = portico("users", "list", "ann", "--json").splitlines()
    assert json.loads(line) == {
        "id": made, "email": "ann@example.com", "name": "Ann", "role": "user", "disabled": True
    }  # fmt: skip
    assert portico("users", "list", "%") == ""
    portico("users", "enable", made)
    assert server.sign_in()["data"]["signIn"]["tokens"] is not None
    assert server.problem(server.ask(ME, token=tokens["accessToken"])) == "PT310"
    assert "PT368" in portico("users", "disable", "nobody@example.com", fails=True)


def test_keys_are_rotated_while_tokens_hold(server: AccountServer, portico: Callable[..., str]) -> None:
    ann = server.sign_up()

    name = portico("keys", "rotate").split()[0]

    (newest, old) = portico("keys", "list").splitlines()
    assert newest.startswith(name)
    assert newest.endswith("signs")
    assert "retired from" in old
    refresh = "mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }"
    token = ann.refresh_token
    for _ in range(200):
        if name in str(server.accounts.keys.published()):
            break
        server.run(_a_moment())
    tokens = server.data(refresh, {"token": token})["refresh"]
    assert server.data(ME, token=ann.access_token) == server.data(ME, token=tokens["accessToken"])

    portico("keys", "rotate", "--now")

    assert server.until(ME, tokens["accessToken"], "PT310") < 1
    assert "data" in server.ask(refresh, {"token": tokens["refreshToken"]})


async def _a_moment() -> None:
    import asyncio

    await asyncio.sleep(0.01)


def test_a_key_that_the_servers_could_not_read_is_not_made(
    server: AccountServer, portico: Callable[..., str], tmp_path: Path
) -> None:
    toml = tmp_path / "beside" / "portico.toml"
    toml.write_text(toml.read_text().replace(SECRET, "another secret that is long enough"))

    assert "PT367" in portico("keys", "rotate", fails=True)

    assert server.rows("SELECT count(*) FROM auth_keys") == [(1,)]


def test_a_project_without_accounts_says_so(tmp_path: Path) -> None:
    text = MODELS.replace("from portico.gateway.auth import User\n", "")
    models = text[: text.index('@allow(Note, "read", to="careful")')].replace("owner()", "mapped_column()")
    write_project(tmp_path / "x", models.replace("Mapped\n", "Mapped, mapped_column\n"), "sqlite:///x.db")
    run_portico(tmp_path / "x", "migrate")
    assert "PT365" in run_portico_failing(tmp_path / "x", "users", "list")


def test_people_of_elsewhere_are_taken_in_once(
    server: AccountServer, portico: Callable[..., str], tmp_path: Path
) -> None:
    ann = server.sign_up()
    rows = [
        {"id": "0191e9a8-0000-7000-8000-00000000000b", "email": "Bob@Example.com", "encrypted_password": BCRYPT,
         "email_confirmed_at": "2024-01-01T00:00:00Z", "raw_app_meta_data": {"provider": "google", "tenant": "north"},
         "raw_user_meta_data": {"full_name": "Bob"}, "created_at": "2023-05-06T07:08:09.123456+00:00",
         "identities": [{"provider": "google", "provider_id": "g-1"}, {"provider": "email", "provider_id": "x"}]},
        {"id": "0191e9a8-0000-7000-8000-00000000000c", "email": "ANN@example.com"},
        {"id": "0191e9a8-0000-7000-8000-00000000000d", "phone": "123"},
        {"id": "0191e9a8-0000-7000-8000-00000000000e", "email": "no address"},
        {"id": "0191e9a8-0000-7000-8000-00000000000f", "email": "gone@example.com", "deleted_at": "2024-01-01"},
    ]  # fmt: skip
    file = tmp_path / "users.json"
    file.write_text(json.dumps(rows))

    assert portico("users", "import", str(file), "--from", "supabase") == "1 imported, 1 here already, 2 left out.\n"
    assert portico("users", "import", str(file), "--from", "supabase") == "0 imported, 2 here already, 2 left out.\n"

    ((email, name, role),) = server.rows("SELECT email, name, role FROM users WHERE name = 'Bob'")
    assert (email, name, role) == ("bob@example.com", "Bob", "user")
    found = server.rows("SELECT provider, subject, secret FROM auth_identities WHERE email = 'bob@example.com'")
    assert sorted((provider, secret) for provider, _, secret in found) == [("google", None), ("password", BCRYPT)]
    assert server.data(ME, token=ann.access_token)["me"]["id"] == ann.id


def test_people_of_elsewhere_sign_in_with_the_passwords_that_they_have(
    server: AccountServer, portico: Callable[..., str], tmp_path: Path
) -> None:
    """And their hashes are ours from then on."""
    users = [
        {"localId": "a", "email": "ann@example.com", "emailVerified": True,
         "passwordHash": "lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==",
         "salt": "42xEC-ixf3L2lw=="},
    ]  # fmt: skip
    (tmp_path / "firebase.json").write_text(json.dumps({"users": users}))
    (tmp_path / "hashes.txt").write_text(HASH_CONFIG)
    hashed = bcrypt.hashpw(b"a password of before", bcrypt.gensalt(4)).decode()
    rows = [{"id": "0191e9a8-0000-7000-8000-00000000000b", "email": "bob@example.com", "encrypted_password": hashed}]
    (tmp_path / "supabase.json").write_text(json.dumps(rows))

    portico(
        "users", "import", str(tmp_path / "firebase.json"), "--from", "firebase", "--hash-config", str(tmp_path / "hashes.txt")
    )  # fmt: skip
    portico("users", "import", str(tmp_path / "supabase.json"), "--from", "supabase")

    for email, password in (("ann@example.com", "user1password"), ("bob@example.com", "a password of before")):
        assert server.problem(server.sign_in(email, "another password")) == "PT330"
        assert "data" in server.sign_in(email, password)
        assert "data" in server.sign_in(email, password)
    assert all(secret.startswith("$argon2id$") for (secret,) in server.rows("SELECT secret FROM auth_identities"))


# ---- formats ---------------------------------------------------------------------------------------------


def read(system: str, text: Any, hashes: FirebaseHashes | None = None) -> list[Person]:
    return list(read_people(text if isinstance(text, str) else json.dumps(text), system, hashes))


def test_supabase_as_csv() -> None:
    (found,) = read(
        "supabase",
        "id,email,encrypted_password,email_confirmed_at,raw_app_meta_data,banned_until,is_anonymous,deleted_at\n"
        f'0191e9a8-0000-7000-8000-00000000000a,ann@example.com,{BCRYPT},2024-01-01 00:00:00+00,"{{""tenant"": ""n""}}",'
        "2999-01-01 00:00:00+00,f,\n",
    )

    assert (found.email, found.password, found.is_verified, found.is_disabled, found.is_anonymous) == (
        "ann@example.com", BCRYPT, True, True, False
    )  # fmt: skip
    assert found.claims == {"tenant": "n"}


def test_firebase() -> None:
    users = [
        {"localId": "abc", "email": "ann@example.com", "emailVerified": True, "displayName": "Ann", "createdAt": "1700000000000",
         "passwordHash": "lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==",
         "salt": "42xEC-ixf3L2lw==", "customAttributes": '{"tenant": "north"}', "disabled": False,
         "providerUserInfo": [{"providerId": "google.com", "rawId": "g-1"}, {"providerId": "password", "rawId": "x"}]},
        {"localId": "anonymous"},
    ]  # fmt: skip
    first, second = read("firebase", {"users": users}, FirebaseHashes.of(HASH_CONFIG))

    assert first.id == read("firebase", {"users": users}, FirebaseHashes.of(HASH_CONFIG))[0].id != second.id
    assert (first.identities, first.claims, first.is_verified) == ([("google", "g-1")], {"tenant": "north"}, True)
    assert first.created_at is not None
    assert first.created_at.year == 2023
    assert first.password is not None
    assert first.password.startswith("$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki")
    assert first.password.endswith("$42xEC-ixf3L2lw==$lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==")  # fmt: skip
    assert second.is_anonymous
    with pytest.raises(UnreadableExport, match="parameters of its project"):
        read("firebase", {"users": users})
    with pytest.raises(ValueError, match="rounds is missing"):
        FirebaseHashes.of(HASH_CONFIG.replace("rounds: 8,", ""))


def test_auth0_as_lines() -> None:
    rows = [
        {"user_id": "auth0|1", "email": "ann@example.com", "email_verified": True, "passwordHash": BCRYPT, "blocked": True,
         "identities": [{"provider": "auth0", "user_id": "1"}, {"provider": "google-oauth2", "user_id": "g-1"}]},
        {"_id": {"$oid": "2"}, "email": "bob@example.com", "app_metadata": {"tenant": "n"},
         "custom_password_hash": {"algorithm": "pbkdf2", "hash": {"value": "$pbkdf2-sha256$i=1000$c2FsdA$aGFzaA"}}},
    ]  # fmt: skip
    first, second = read("auth0", "\n".join(json.dumps(each) for each in rows))

    assert (first.password, first.is_disabled, first.identities) == (BCRYPT, True, [("google", "g-1")])
    assert (second.password, second.claims) == ("$pbkdf2-sha256$i=1000$c2FsdA$aGFzaA", {"tenant": "n"})


def test_nhost() -> None:
    row = {
        "id": "0191e9a8-0000-7000-8000-00000000000a", "email": "ann@example.com", "passwordHash": BCRYPT,
        "displayName": "Ann", "emailVerified": True, "defaultRole": "user", "disabled": False,
        "roles": [{"role": "user"}, {"role": "editor"}, {"role": "admin"}],
        "userProviders": [{"providerId": "github", "providerUserId": "7"}], "metadata": {"tenant": "n"},
    }  # fmt: skip
    (found,) = read("nhost", [row])

    assert (str(found.id), found.name, found.role, found.roles) == (row["id"], "Ann", "user", ["editor"])
    assert (found.identities, found.claims) == ([("github", "7")], {"tenant": "n"})
    (admin,) = read("nhost", [{**row, "defaultRole": "admin"}])
    assert (admin.role, admin.roles) == (None, ["user", "editor"])


@pytest.mark.parametrize(
    ("system", "text"),
    [
        ("supabase", "[{}]"),
        ("supabase", '[{"id": "x", "encrypted_password": "plain text"}]'),
        ("supabase", "[1]"),
        ("auth0", '{"user_id": "a"}\nnonsense'),
        ("nhost", "[{"),
    ],
)
def test_what_is_no_export_is_told(system: str, text: str) -> None:
    with pytest.raises(UnreadableExport):
        read(system, text)


def test_hashes_say_what_they_are() -> None:
    made = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()
    for text in (
        made,
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
        "pbkdf2_sha256$1000$salt$" + b64encode(b"x").decode(),
    ):
        assert stored_form(text) == text
    assert stored_form("") is None
    with pytest.raises(ValueError, match="unknown kind"):
        stored_form("5f4dcc3b5aa765d61d8327deb882cf99")
