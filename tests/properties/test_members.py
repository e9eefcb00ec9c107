"""Does one statement for many members give each of them what the ordinary statement gives: random documents, callers and values."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

from portico.resolvers.sql.member_values import frozen
from portico.resolvers.sql.members import compile_members
from portico.schema.problems import Problem
from tests.properties.asking import Asked, Asking, alike
from tests.properties.checks import Finding
from tests.properties.playing import Play
from tests.properties.session import served
from tests.properties.stores import open_store
from tests.properties.worlds import Canaries, random_principal, random_state, random_world
from tests.support.backend import Place

_DOCUMENTS = int(os.environ.get("PORTICO_TEST_OPERATIONS", "70"))
_SEED = int(os.environ.get("PORTICO_TEST_SEED", "1"))
_DOCUMENTS_IN_A_WORLD = 40
_MEMBERS = 6


def test_members_asked_together_get_what_each_gets_alone(place: Place) -> None:
    store, seed, tally = open_store(place), _SEED, Counter[str]()
    try:
        while tally["documents"] < _DOCUMENTS:
            random = Random(seed)
            seed += 1
            world = random_world(random)
            state = random_state(random, world, Canaries())
            with served(world, state, store) as play:
                if isinstance(play, Finding):
                    continue
                for _ in range(_DOCUMENTS_IN_A_WORLD):
                    asked = Asking(play, random, state).drawn(random_principal(random), _MEMBERS)
                    if asked is not None:
                        _check(play, asked, f"seed {seed - 1}", tally)
    finally:
        store.close()
    print(f"\n{place.dialect}: {dict(tally)}")
    assert tally["groups"] < 0.7 * tally["members"]  # they do come together


def _check(play: Play, asked: Asked, where: str, tally: Counter[str]) -> None:
    engine, statement = play.backend.engine, asked.program.statement
    assert statement is not None
    together = compile_members(asked.guarded, play.backend.executor.documents.dialect)
    assert not {*together.shared} & {*together.own}
    groups: dict[object, list[int]] = {}
    alone: list[tuple[bytes | None, ...]] = []
    for index, parameters in enumerate(asked.members):
        row = play.backend.run(engine.read(statement.sql, parameters))
        alone.append(tuple(row) if row is not None else (None,))
        assert together.carries(parameters)
        groups.setdefault(together.group(parameters), []).append(index)
    for indexes in groups.values():
        parameters = together.parameters([asked.members[index] for index in indexes])
        try:
            rows = play.backend.run(engine.read_all(together.sql, parameters))
        except Problem as problem:
            raise AssertionError(f"{where}: {problem.__cause__!r} of {together.sql}") from problem
        assert sorted(row[0] for row in rows) == list(range(len(indexes)))
        for n, *texts in rows:
            expected = alone[indexes[n]]
            same = tuple(texts) == expected if asked.is_ordered else all(map(alike, texts, expected))
            assert same, f"{where}: {asked.document.text} {asked.document.variables}\n{statement.sql}\n\n{together.sql}"
    tally["documents"] += 1
    tally["members"] += len({frozen(parameters) for parameters in asked.members})
    tally["groups"] += len(groups)
    tally["answers"] += len(set(alone))
