"""Fixtures of recorded cases."""

from __future__ import annotations

from collections.abc import Generator

import pytest

# Before its first import, or a difference would be reported as a bare AssertionError.
pytest.register_assert_rewrite("tests.cases.recordings")

from tests.cases.worlds import Worlds  # noqa: E402


@pytest.fixture(scope="session")
def worlds(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Worlds]:
    """Seeded databases, each made when a case first asks for it."""
    made = Worlds(tmp_path_factory.mktemp("worlds"), postgres)
    yield made
    made.close()
