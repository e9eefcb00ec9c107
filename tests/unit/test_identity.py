"""Credentials in headers: what is refused, and what means nothing."""

from __future__ import annotations

import pytest

from portico.gateway.errors import hasura_body
from portico.gateway.identity import Identity
from portico.gateway.problems import InvalidHeader, MissingCredentials, RoleNotAllowed
from portico.gateway.settings import Issuer
from portico.gateway.tokens import Verifier
from portico.schema.caller import Caller

VERIFIER = Verifier(Issuer(algorithms=("HS256",), key="a secret that is long enough"), allow_private=False)


def test_without_a_role_for_nobody_requests_need_credentials() -> None:
    for verifiers, code in (([VERIFIER], b"invalid-headers"), ([], b"access-denied")):
        identity = Identity(verifiers, ("key",), unauthorized_role="")
        with pytest.raises(MissingCredentials) as refused:
            identity.identify({b"cookie": b"refresh_token=john"})
        assert code in hasura_body([refused.value])
        found = identity.identify({b"x-hasura-admin-secret": b"key"})
        assert isinstance(found, Caller)
        assert found.role == "admin"


def test_a_role_of_hasuras_header_means_nothing_without_credentials() -> None:
    identity = Identity([VERIFIER], ("key",), unauthorized_role="guest")
    found = identity.identify({b"x-hasura-role": b"admin", b"x-hasura-user-id": b"1"})
    assert found == Caller(role="guest", roles=frozenset({"guest"}))
    with pytest.raises(RoleNotAllowed):
        identity.identify({b"x-portico-role": b"admin"})


@pytest.mark.parametrize(("text", "backend"), [(b"true", True), (b"Y", True), (b"f", False), (b"NO", False)])
def test_backend_only_permissions_are_asked_for_in_hasuras_words(text: bytes, backend: bool) -> None:
    headers = {b"x-hasura-admin-secret": b"key", b"x-hasura-use-backend-only-permissions": text}
    found = Identity([], ("key",)).identify(headers)
    assert isinstance(found, Caller)
    assert found.backend is backend


@pytest.mark.parametrize("text", [b"", b"1", b"random", b"\xff"])
def test_other_words_are_refused(text: bytes) -> None:
    headers = {b"x-hasura-admin-secret": b"key", b"x-hasura-use-backend-only-permissions": text}
    with pytest.raises(InvalidHeader):
        Identity([], ("key",)).identify(headers)
