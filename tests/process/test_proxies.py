"""Proxies: who calls is what a proxy says that the settings name, and what nobody else says (A15)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.accounts import MODELS
from tests.support.server import Server, served

SECRET = "a secret of tests that is long enough"
WRONG = 'mutation {{ signIn(email: "user{}@example.com", password: "wrong password") {{ challenge }} }}'


def tried(server: Server, forwarded: Sequence[str]) -> list[str]:
    """Signs in as one after the other; the codes of the problems."""
    codes: list[str] = []
    for number, each in enumerate(forwarded):
        answer = server.ask(WRONG.format(number), headers={"x-forwarded-for": each, "x-real-ip": each})
        codes.append(answer.error["extensions"]["problem"])
    return codes


@pytest.mark.parametrize(
    ("trusted", "forwarded", "last"),
    [
        # The header of whoever calls.
        ([], ["198.51.100.{}"], "PT336"),
        (["10.0.0.0/8"], ["198.51.100.{}"], "PT336"),
        # What a proxy appends comes last; what stands before it, its client has written.
        (["127.0.0.1"], ["198.51.100.{}, 203.0.113.9"], "PT336"),
        (["127.0.0.1", "10.0.0.0/8"], ["198.51.100.{}, 203.0.113.9, 10.1.2.3"], "PT336"),
        (["127.0.0.1"], ["198.51.100.{}"], "PT330"),
        (["127.0.0.1", "10.0.0.0/8"], ["203.0.113.9, 198.51.100.{}, 10.1.2.3"], "PT330"),
    ],
)
def test_only_a_proxy_that_is_named_says_who_calls(
    tmp_path: Path, trusted: list[str], forwarded: list[str], last: str
) -> None:
    """(A15)"""
    settings = {"token_secret": SECRET, "trusted_proxies": trusted}
    toml = "[auth]\nattempts_of_address = 3\n"
    with served(tmp_path, MODELS, f"sqlite:///{tmp_path / 'notes.db'}", settings=settings, toml=toml) as server:
        codes = tried(server, [forwarded[0].format(number) for number in range(4)])
    assert codes == ["PT330"] * 3 + [last]
