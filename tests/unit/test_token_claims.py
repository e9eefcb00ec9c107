"""Claims: whom a token's claims describe, and which claims describe nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portico.gateway.problems import InvalidToken
from portico.gateway.settings import Issuer
from portico.gateway.tokens import caller_of
from portico.gateway.verified import acting_as

NAMESPACE = "https://hasura.io/jwt/claims"
INSIDE = {"x-hasura-user-id": "7", "x-hasura-default-role": "editor", "x-hasura-allowed-roles": ["writer"]}


@pytest.mark.parametrize(
    ("claims", "identity", "role", "roles"),
    [
        ({"sub": "42"}, "42", "user", {"user", "anonymous"}),
        ({"sub": 42}, 42, "user", {"user", "anonymous"}),
        ({"sub": "42", "role": "editor"}, "42", "editor", {"editor", "anonymous"}),
        ({"sub": "42", "role": None}, "42", "user", {"user", "anonymous"}),
        ({"sub": "42", "roles": ["a", "b"]}, "42", "user", {"user", "a", "b", "anonymous"}),
        ({"sub": "42", "roles": ["admin"]}, "42", "user", {"user", "anonymous"}),
        ({"sub": "42", "roles": "admin"}, "42", "user", {"user", "anonymous"}),
        ({NAMESPACE: INSIDE}, "7", "editor", {"editor", "writer", "anonymous"}),
        ({"sub": "42", "role": "x", NAMESPACE: INSIDE}, "7", "editor", {"editor", "writer", "anonymous"}),
        ({NAMESPACE: json.dumps(INSIDE)}, "7", "editor", {"editor", "writer", "anonymous"}),
        ({"sub": "42", NAMESPACE: {}}, "42", "user", {"user", "anonymous"}),
        ({"sub": "42", NAMESPACE: 7}, "42", "user", {"user", "anonymous"}),
    ],
)
def test_claims_describe_a_caller(claims: dict[str, Any], identity: Any, role: str, roles: set[str]) -> None:
    caller = caller_of(claims, Issuer())
    assert (caller.id, caller.role, caller.roles) == (identity, role, roles)
    assert not caller.backend


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"sub": None},
        {"sub": True},
        {"sub": ["42"]},
        {"sub": {"a": 1}},
        {"sub": 4.2},
        {"sub": "42", "role": "admin"},
        {"sub": "42", "role": 7},
        {"sub": "42", "role": ["user"]},
        {NAMESPACE: {**INSIDE, "x-hasura-default-role": "admin"}},
        {NAMESPACE: {**INSIDE, "x-hasura-user-id": ["7"]}},
        {"sub": "42", NAMESPACE: "{"},
        {"sub": "42", NAMESPACE: "[]"},
        {"sub": "42", NAMESPACE: '{"a": 1, "a": 2}'},
    ],
    ids=str,
)
def test_claims_that_describe_nobody_are_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        caller_of(claims, Issuer())


def test_claims_are_found_by_one_spelling() -> None:
    claims = {"sub": "42", "Org-Id": 1, "team_id": 2, NAMESPACE: {"X-Hasura-Region-Id": "3", "x-hasura-org-id": 4}}
    found = caller_of(claims, Issuer()).claims
    assert (found["org_id"], found["team_id"], found["region_id"]) == (4, 2, "3")
    assert "https://hasura.io/jwt/claims" not in found


def test_an_issuer_says_where_the_claims_are() -> None:
    issuer = Issuer(id_claim="uid", role_claim="kind", roles_claim="groups", claims_namespace="https://mine")
    caller = caller_of({"uid": "a", "sub": "b", "kind": "editor", "groups": ["x"], NAMESPACE: INSIDE}, issuer)
    assert (caller.id, caller.role, caller.roles) == ("a", "editor", {"editor", "x", "anonymous"})


def test_acting_as_another_role_changes_nothing_else() -> None:
    caller = caller_of({"sub": "42", "roles": ["editor"]}, Issuer())
    other = acting_as(caller, "editor")
    assert (other.id, other.role, other.roles, other.claims) == (caller.id, "editor", caller.roles, caller.claims)
