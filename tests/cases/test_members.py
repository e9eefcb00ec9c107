"""Every recorded case that reads, asked for two members at once: both get what the ordinary statement gives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portico.resolvers.documents import DocumentInvalid
from portico.schema.problems import Problem
from portico.schema.scalars import DialectName
from tests.cases.case import Case, cases
from tests.cases.worlds import Worlds
from tests.support.members import compiled_for


def _each() -> Iterator[object]:
    for case in cases():
        if not case.writes:
            for engine in case.engines:
                if engine not in case.broken:
                    yield pytest.param(case, engine, id=f"{case.name}-{engine}")


@pytest.mark.parametrize(("case", "engine"), list(_each()))
def test_members_of_a_case_get_what_each_gets_alone(case: Case, engine: DialectName, worlds: Worlds) -> None:
    world = worlds.get(case.models, engine)
    for operation in case.operations or [None]:
        ask = (case.variables, world.caller(case.caller))
        try:
            asked = compiled_for(world.backend(case.naming), case.text, [ask, ask], operation)
            expected = asked.alone() if asked is not None else []
        except (Problem, DocumentInvalid, ValueError):
            continue  # a case of a refusal
        if asked is not None and all(map(asked.members.carries, asked.parameters)):
            assert asked.together() == expected
