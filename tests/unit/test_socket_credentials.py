"""Credentials in the messages of a socket: the headers that they stand for."""

from __future__ import annotations

from typing import Any

import pytest

from portico.gateway.problems import InvalidHeader
from portico.gateway.socket_credentials import given, kept

BEARER = {b"authorization": b"Bearer x"}


@pytest.mark.parametrize(
    ("payload", "headers"),
    [
        ({"Authorization": "Bearer x"}, BEARER),
        ({"authorization": "Bearer x", "other": 1}, BEARER),
        ({"headers": {"AUTHORIZATION": "Bearer x", "content-type": "y"}}, BEARER),
        ({"headers": {"Authorization": "Bearer x"}, "lazy": True}, BEARER),
        ({"X-Hasura-Role": "a", "x-portico-role": "b"}, {b"x-hasura-role": b"a", b"x-portico-role": b"b"}),
        ({"x-hasura-name": "José"}, {b"x-hasura-name": b"Jos\xe9"}),
        ({"X-Portico-Claims": '{"a":"ł"}'}, {b"x-portico-claims": '{"a":"ł"}'.encode()}),
        ({"headers": None}, {}),
        ({"headers": ["Authorization"]}, {}),
        ({}, {}),
    ],
)
def test_payloads_stand_for_headers(payload: Any, headers: Any) -> None:
    assert given(payload, {}) == headers


@pytest.mark.parametrize(
    "payload",
    [{"Authorization": 7}, {"Authorization": None}, {"headers": {"x-hasura-role": ["a"]}}, {"x-hasura-name": "ł"}],
)
def test_values_that_no_header_can_have(payload: Any) -> None:
    with pytest.raises(InvalidHeader):
        given(payload, {})


def test_a_payload_goes_before_the_handshake() -> None:
    handshake = {b"x-portico-admin-key": b"key", b"x-portico-role": b"a"}
    assert given({}, handshake) == handshake
    assert given({"X-Portico-Role": "b"}, handshake) == {**handshake, b"x-portico-role": b"b"}
    assert given({"Authorization": "Bearer x"}, handshake) == BEARER


def test_an_open_socket_holds_no_other_headers() -> None:
    headers = [(b"host", b"x"), (b"cookie", b"secret"), (b"authorization", b"Bearer x"), (b"x-hasura-role", b"a")]
    assert kept(headers) == {b"authorization": b"Bearer x", b"x-hasura-role": b"a"}
    assert kept(headers[:2]) == {}
