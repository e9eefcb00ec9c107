"""Hasura v2's own acceptance tests: every project imported, served and asked; what fails is listed in docs/compatibility.md."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.conformance.hasura_cases import FOLDER, groups
from tests.conformance.hasura_runner import Outcome, run_group, table
from tests.support.system_postgres import SystemPostgres, system_postgres

EXTENSIONS = frozenset({"postgis", "postgis_raster", "ltree", "citext"})
ROOT = Path(__file__).resolve().parents[2]

SEVERAL_ROOTS = (
    "head:TestGraphQLQueryBoolExpPostGIS.test_query_using_point"  # a subscription of ours has one root field
)

# Shares of cases that pass; kinds that are not here are counted and not required.
BARS = {
    "core": 0.95,
    "naming": 0.9,
    "functions": 0.9,
    "computed": 0.9,
    "introspection": 0.9,
    "geo": 0.9,
    "ltree": 0.9,
    "subscription": 0.9,
}


@pytest.fixture(scope="module")
def server() -> Generator[SystemPostgres]:
    if not groups():
        pytest.skip(f"the cases are not at {FOLDER}; PORTICO_TEST_HASURA names them")
    with system_postgres(EXTENSIONS) as found:
        if found.url is None:
            pytest.skip(f"{found.reason}; Debian's packages postgresql and postgresql-15-postgis-3 serve")
        yield found


def asked(server: SystemPostgres, folder: Path, transport: str) -> list[Outcome]:
    """All cases that have the transport, with a table of what passes."""
    assert server.url is not None
    outcomes = [
        outcome for group in groups() for outcome in run_group(group, server.url, server.template, folder, transport)
    ]
    print(f"\n{transport}\n{table(outcomes)}")
    return outcomes


def failures(outcomes: list[Outcome]) -> dict[str, str]:
    """Why cases failed."""
    return {outcome.case.id: outcome.failure for outcome in outcomes if outcome.failure is not None}


def listed_cases() -> set[str]:
    """The cases that the documentation says fail."""
    return set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "compatibility.md").read_text(), re.MULTILINE))


def test_the_cases_pass_but_for_those_that_the_documentation_lists(server: SystemPostgres, tmp_path: Path) -> None:
    outcomes = asked(server, tmp_path, "http")
    failed, listed = failures(outcomes), listed_cases()
    unlisted = {name: why for name, why in failed.items() if name not in listed}
    assert not unlisted, "\n".join(f"{name}: {why}" for name, why in unlisted.items())
    assert listed <= set(failed), f"docs/compatibility.md lists what passes: {sorted(listed - set(failed))}"
    total = Counter(outcome.case.kind for outcome in outcomes)
    passed = Counter(outcome.case.kind for outcome in outcomes if outcome.failure is None)
    assert {kind: passed[kind] / total[kind] for kind in BARS if passed[kind] < BARS[kind] * total[kind]} == {}


# Each with a server of its own for every case: a minute more, and nothing that the transports' own tests do not see.
@pytest.mark.skipif(not os.environ.get("PORTICO_TEST_HASURA_SOCKETS"), reason="PORTICO_TEST_HASURA_SOCKETS=1 runs it")
@pytest.mark.parametrize(("transport", "apart"), [("websocket", set[str]()), ("subscription", {SEVERAL_ROOTS})])
def test_over_websockets_pass_the_cases_that_pass_over_http(
    transport: str, apart: set[str], server: SystemPostgres, tmp_path: Path
) -> None:
    failed = failures(asked(server, tmp_path, transport))
    unlisted = {name: why for name, why in failed.items() if name not in listed_cases() | apart}
    assert not unlisted, "\n".join(f"{name}: {why}" for name, why in unlisted.items())
