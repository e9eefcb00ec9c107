"""Settings: the environment over portico.toml over the defaults; printed as they are, without secrets."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from portico.gateway.problems import InvalidSettings
from portico.gateway.settings import Issuer, Settings, read_settings
from portico.resolvers.limits import Limits

SECRETS = ("hunter2", "key-one", "key-two", "signing-secret", "issuer-secret")


def read(folder: Path, toml: str = "", environment: dict[str, str] | None = None, **given: Any) -> Settings:
    (folder / "portico.toml").write_text(toml)
    return read_settings(folder, environment or {}, **given)


def test_the_command_line_comes_before_the_environment_before_the_file_before_the_defaults(tmp_path: Path) -> None:
    toml = "port = 1\npool_size = 2\nhost = 'file'"
    settings = read(tmp_path, toml, {"PORTICO_PORT": "3", "PORTICO_HOST": "environment"}, port=4, host=None)
    assert (settings.port, settings.host, settings.pool_size) == (4, "environment", 2)
    assert settings.workers == Settings().workers
    assert read_settings(tmp_path / "nowhere", {}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("PORTICO_PORT", "80", "port", 80),
        ("PORTICO_QUERY_TIMEOUT_S", "3", "query_timeout_s", 3.0),
        ("PORTICO_LOG_REQUESTS", "True", "log_requests", True),
        ("PORTICO_GRAPHIQL", "false", "graphiql", False),
        ("PORTICO_ADMIN_KEYS", "a, b,", "admin_keys", ("a", "b")),
        ("PORTICO_ADMIN_KEYS", '["a,b"]', "admin_keys", ("a,b",)),
        ("PORTICO_TOKEN_SECRET", "12345", "token_secret", "12345"),
        ("PORTICO_DATABASE_URL", "sqlite:///true", "database_url", "sqlite:///true"),
        ("PORTICO_NAMING", "hasura-default", "naming", "hasura-default"),
        ("PORTICO_INTROSPECTION", "user", "introspection", ("user",)),
        ("PORTICO_LIMITS", '{"max_depth": 3}', "limits", Limits(max_depth=3)),
        ("PORTICO_ROLE_LIMITS", '{"a": {"max_rows": 9}}', "role_limits", {"a": Limits(max_rows=9)}),
        ("PORTICO_ISSUERS", '[{"jwks_url": "https://a"}]', "issuers", (Issuer(jwks_url="https://a"),)),
    ],
)
def test_variables_are_read_by_the_type_of_their_setting(
    variable: str, text: str, name: str, value: Any, tmp_path: Path
) -> None:
    assert getattr(read(tmp_path, "", {variable: text}), name) == value


def test_variables_of_others_and_of_tests_are_left_alone(tmp_path: Path) -> None:
    assert read(tmp_path, "", {"PORT": "1", "PORTICO_TEST_POSTGRES": "x", "PATH": "y"}) == Settings()


@pytest.mark.parametrize(
    ("toml", "environment", "told"),
    [
        ("prot = 1", {}, "no setting 'prot' (in portico.toml)"),
        ("", {"PORTICO_PROT": "1"}, "no setting 'prot' (in the environment)"),
        ("port = 'x'", {}, "port = 'x', but it must be int"),
        ("port = true", {}, "port = True, but it must be int"),
        ("", {"PORTICO_PORT": "x"}, "port = 'x', but it must be int"),
        ("naming = 'snake'", {}, "naming = 'snake', but it is one of"),
        ("", {"PORTICO_MODE": "production"}, "it is one of 'dev', 'prod'"),
        ("[limits]\nmax_dept = 1", {}, "no setting limits.'max_dept'"),
        ("[limits]\nmax_depth = 'x'", {}, "limits.max_depth = 'x', but it must be int"),
        ("[[issuers]]\nkey = 1", {}, "issuers.key = 1, but it must be str"),
        ("port = ", {}, "portico.toml cannot be read"),
        ("", {"PORTICO_ADMIN_KEYS": "[1"}, "PORTICO_ADMIN_KEYS is not JSON"),
    ],
)
def test_a_mistake_is_told_with_its_name(toml: str, environment: dict[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        read(tmp_path, toml, environment)
    assert told in refusal.value.message


@pytest.mark.parametrize(
    "toml",
    ["admin_keys = [1]", "introspection = [true]", "limits = 3", "issuers = [3]", "issuers = 3", "role_limits = [1]"],
)
def test_a_list_or_table_of_something_else_is_a_mistake_too(toml: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings):
        read(tmp_path, toml)


FULL = Settings(
    port=9,
    naming="hasura-default",
    database_url="postgresql://portico:hunter2@db.example:5432/shop",
    admin_keys=("key-one", "key-two"),
    token_secret="signing-secret",
    issuers=(Issuer(key="issuer-secret", algorithms=("HS256",)), Issuer(jwks_url="https://issuer.example/keys")),
    introspection=(),
    limits=Limits(max_depth=3),
    role_limits={"editor": Limits(max_rows=7)},
)


def test_settings_print_themselves_without_secrets() -> None:
    shown = FULL.shown()
    assert not [secret for secret in SECRETS if secret in shown]
    assert "postgresql://portico:…@db.example:5432/shop" in shown
    assert tomllib.loads(shown)["admin_keys"] == ["…", "…"]


def test_a_password_among_the_parameters_of_an_address_is_a_secret_too() -> None:
    shown = Settings(database_url="postgresql:///shop?host=/run&user=portico&password=hunter2").shown()
    assert "hunter2" not in shown


def test_settings_as_printed_are_read_again(tmp_path: Path) -> None:
    plain = Settings(port=9, introspection=("user",), limits=Limits(max_depth=3), role_limits={"e": Limits(max_rows=7)})
    assert read(tmp_path, plain.shown()) == plain
    keyless = Settings(issuers=(Issuer(jwks_url="https://issuer.example/keys"),))
    assert read(tmp_path, keyless.shown()) == keyless


def test_limits_of_a_role_come_before_those_of_all() -> None:
    assert FULL.limits_of("editor").max_rows == 7
    assert FULL.limits_of("user").max_depth == 3


@pytest.mark.parametrize(
    ("settings", "anonymous", "user"),
    [
        (Settings(), True, True),
        (Settings(mode="prod"), False, True),
        (Settings(mode="prod", introspection=("anonymous",)), True, False),
        (Settings(introspection=()), False, False),
    ],
)
def test_who_may_introspect(settings: Settings, anonymous: bool, user: bool) -> None:
    assert (settings.may_introspect("anonymous"), settings.may_introspect("user")) == (anonymous, user)


def test_a_bucket_is_shown_without_its_secret(tmp_path: Path) -> None:
    toml = '[storage.s3]\nbucket = "photos"\nsecret_access_key = "hunter2"\n'
    found = read(tmp_path, toml)
    assert (found.storage.s3.bucket, found.storage.s3.secret_access_key) == ("photos", "hunter2")
    shown = found.shown()
    assert '[storage.s3]\nbucket = "photos"\n' in shown
    assert "hunter2" not in shown
