"""Hasura v2's own acceptance tests: every project imported, served and asked; what fails is listed in docs/compatibility.md."""

from __future__ import annotations

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

# Shares of cases that pass; kinds that are not here are counted and not required.
BARS = {"core": 0.95, "naming": 0.9, "functions": 0.9, "computed": 0.9, "introspection": 0.9, "geo": 0.9, "ltree": 0.9}


@pytest.fixture(scope="module")
def server() -> Generator[SystemPostgres]:
    if not groups():
        pytest.skip(f"the cases are not at {FOLDER}; PORTICO_TEST_HASURA names them")
    with system_postgres(EXTENSIONS) as found:
        if found.url is None:
            pytest.skip(f"{found.reason}; Debian's packages postgresql and postgresql-15-postgis-3 serve")
        yield found


def test_the_cases_pass_but_for_those_that_the_documentation_lists(server: SystemPostgres, tmp_path: Path) -> None:
    assert server.url is not None
    outcomes: list[Outcome] = []
    for group in groups():
        outcomes += run_group(group, server.url, server.template, tmp_path)
    print(f"\n{table(outcomes)}")
    failed = {outcome.case.id: outcome.failure for outcome in outcomes if outcome.failure is not None}
    listed = set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "compatibility.md").read_text(), re.MULTILINE))
    unlisted = {name: why for name, why in failed.items() if name not in listed}
    assert not unlisted, "\n".join(f"{name}: {why}" for name, why in unlisted.items())
    assert listed <= set(failed), f"docs/compatibility.md lists what passes: {sorted(listed - set(failed))}"
    total = Counter(outcome.case.kind for outcome in outcomes)
    passed = Counter(outcome.case.kind for outcome in outcomes if outcome.failure is None)
    assert {kind: passed[kind] / total[kind] for kind in BARS if passed[kind] < BARS[kind] * total[kind]} == {}
