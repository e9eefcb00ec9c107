"""Generated documents: whatever fits the schema is answered or refused with a code, and never with a 5xx."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator, Sequence
from typing import Any

import pytest
import schemathesis
from graphql import ValueNode, parse_value
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.support.bookshops import bookshop
from tests.support.server import ADMIN_KEY, Answer, Server

SECONDS = float(os.environ.get("PORTICO_TEST_SCHEMATHESIS_S", "0"))
"""0 is a short run, the same each time; otherwise new documents are made for so long."""

ROLES = {"admin": {"x-portico-admin-key": ADMIN_KEY}, "anonymous": {}}
# These take long or fail by their author's fault, whatever is asked.
LEFT_OUT = ("query_root.nap", "query_root.mishap")


def _literals(values: st.SearchStrategy[Any]) -> st.SearchStrategy[ValueNode]:
    return values.map(lambda value: parse_value(json.dumps(value)))


_TEXTS = st.text(max_size=20)
_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "UUID": st.uuids().map(str) | _TEXTS,
    "DateTime": st.datetimes().map(lambda moment: moment.isoformat()) | _TEXTS,
    "Decimal": st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.integers() | _TEXTS,
    "BigInt": st.integers() | st.integers().map(str),
    "JSON": st.booleans() | st.integers(-(10**9), 10**9) | _TEXTS | st.lists(st.integers(0, 9), max_size=3),
    "Cursor": _TEXTS,
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def dialect(request: pytest.FixtureRequest) -> str:
    """The engine's name."""
    return request.param


@pytest.fixture(scope="module")
def server(dialect: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """A server of its own: generated mutations change what is in it."""
    with bookshop(dialect, tmp_path_factory.mktemp("generated"), request) as running:
        yield running


@pytest.fixture(scope="module", params=list(ROLES))
def role(request: pytest.FixtureRequest) -> str:
    """Whose schema the documents are made from."""
    return request.param


@pytest.fixture(scope="module")
def operations(server: Server, role: str) -> Sequence[Any]:
    """One for each root field."""
    for name, values in _SCALARS.items():
        schemathesis.graphql.scalar(name, _literals(values))
    schema = schemathesis.graphql.from_url(f"http://127.0.0.1:{server.port}/graphql", headers=ROLES[role])
    results: list[Any] = list(schema.get_all_operations())  # each is Ok or Err
    found = [result.ok() for result in results]
    return [each for each in found if each.label not in LEFT_OUT]


def test_generated_documents_are_answered_or_refused(server: Server, role: str, operations: Sequence[Any]) -> None:
    assert len(operations) > 20
    deadline = time.monotonic() + SECONDS / (len(ROLES) * 2)
    rounds = 0
    while rounds == 0 or time.monotonic() < deadline:
        for operation in operations:
            _ask_generated(server, role, operation, rounds)
        rounds += 1
    assert server.exit_code is None


def _ask_generated(server: Server, role: str, operation: Any, rounds: int) -> None:
    made = time.time_ns() if SECONDS else rounds

    @seed(made)
    @settings(
        max_examples=10 if SECONDS else 2,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = server.ask(case.body, headers=ROLES[role])
        _assert_coded(answer, case.body)

    ask()


def _assert_coded(answer: Answer, document: str) -> None:
    assert answer.status == 200, f"{answer.text}\n{document}"
    for error in answer.json.get("errors", ()):
        assert error["extensions"]["code"], document
        assert error["extensions"]["problem"].startswith("PT"), document
