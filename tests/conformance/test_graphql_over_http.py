"""GraphQL over HTTP: every server audit of the graphql-http package passes, MUST, SHOULD and MAY alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.node import run_json
from tests.support.server import Server

HERE = Path(__file__).parent
# Known beforehand, so that each is a test of its own, and none can drop out unseen.
_AUDITS = """
    22EB 4655 47DE 80D8 82A3 BF61 78D5 2C94 5A70 9C48 9ABE 03D4 A5BF 423L LKJ0 LKJ1 LKJ2 LKJ3 34A2 13EE 6C00 6C01
    6C02 6C03 8161 B8B3 94B0 0220 94B1 0221 94B2 0222 4760 4761 4762 4763 2EA1 28B9 D6D5 6A70 58B0 58B1 58B2 58B3
    428F 1B7A B6DC BCF8 B7N8 8764 3E3A 572B FDE2 7B9B 865D 556A D586 51FE 74FF 5E5B 86EE
"""
AUDITS = _AUDITS.split()


@pytest.fixture(scope="session")
def results(bookshop_server: Server, node_folder: Path) -> Mapping[str, Any]:
    """The result of each audit by its id."""
    found = run_json(HERE / "audits.mjs", node_folder, f"http://127.0.0.1:{bookshop_server.port}/graphql")
    return {result["id"]: result for result in found}


@pytest.mark.parametrize("audit", AUDITS)
def test_an_audit_passes(audit: str, results: Mapping[str, Any]) -> None:
    result = results[audit]
    assert result["status"] == "ok", f"{result['name']}: {result['reason']}"


def test_all_audits_are_known_here(results: Mapping[str, Any]) -> None:
    assert sorted(AUDITS) == sorted(results)
    assert len(AUDITS) == 61


def test_the_lock_file_names_no_registry() -> None:
    text = (HERE / "package-lock.json").read_text()
    assert not re.search(r"https?://|\"resolved\"", text)
    assert '"integrity": "sha512-' in text
