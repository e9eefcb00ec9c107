"""Fixtures of the behaviour tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portico.schema.scalars import DialectName
from tests.support.backend import Place


@pytest.fixture
def broken(request: pytest.FixtureRequest, place: Place) -> Callable[[DialectName, str], None]:
    """Says that the test shows a fault of one engine's: `broken("sqlite", "why")`."""

    def mark(engine: DialectName, reason: str) -> None:
        if place.dialect == engine:
            request.applymarker(pytest.mark.xfail(strict=True, reason=reason))

    return mark
