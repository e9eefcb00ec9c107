"""Does no change of a row change an answer unless a dependency says so: random documents, callers and changes."""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import Any

from portico.resolvers.sql.dependencies import Dependencies, compile_dependencies
from tests.properties.asking import Asked, Asking, alike
from tests.properties.checks import Finding
from tests.properties.description import State
from tests.properties.playing import Play
from tests.properties.row_changes import Change, changes_between
from tests.properties.session import served
from tests.properties.stores import open_store
from tests.properties.twins import changed_state, is_sound
from tests.properties.worlds import Canaries, random_principal, random_state, random_world
from tests.support.backend import Place

_CHANGES = int(os.environ.get("PORTICO_TEST_OPERATIONS", "60"))
_SEED = int(os.environ.get("PORTICO_TEST_SEED", "1"))
_DOCUMENTS_IN_A_WORLD = 20
_CHANGES_IN_A_WORLD = 20
_MEMBERS = 4

Answer = tuple[bytes | None, ...]


def test_answers_change_only_with_rows_that_they_depend_on(place: Place) -> None:
    store, seed, tally = open_store(place), _SEED, Counter[str]()
    try:
        while tally["changes"] < _CHANGES:
            random, canaries = Random(seed), Canaries()
            world = random_world(random)
            state = random_state(random, world, canaries)
            with served(world, state, store) as play:
                if not isinstance(play, Finding):
                    _World(play, random, play.read(), canaries, tally, f"seed {seed}").run()
            seed += 1
    finally:
        store.close()
    print(f"\n{place.dialect}: {dict(tally)}")
    assert tally["pruned"] > 0.5 * (tally["pruned"] + tally["in vain"])


class _World:
    """Documents of one world, asked before and after each change."""

    def __init__(
        self, play: Play, random: Random, state: State, canaries: Canaries, tally: Counter[str], where: str
    ) -> None:
        self._play, self._random, self._state, self._canaries = play, random, state, canaries
        self._tally, self._where = tally, where
        asking = Asking(play, random, state)
        drawn = (asking.drawn(random_principal(random), _MEMBERS) for _ in range(_DOCUMENTS_IN_A_WORLD))
        dialect = play.backend.executor.documents.dialect
        self._asked = [(asked, compile_dependencies(asked.guarded, dialect)) for asked in drawn if asked is not None]

    def run(self) -> None:
        for asked, dependencies in self._asked:
            assert dependencies.is_complete, asked.program.statement
        before = [self._answers(asked) for asked, _ in self._asked]
        for _ in range(_CHANGES_IN_A_WORLD):
            state = changed_state(self._random, self._play.world, self._state, self._canaries)
            if state is None or not is_sound(self._play.world, state):
                continue
            changes = list(changes_between(self._play.world, self._state, state))
            self._play.fill(state)
            after = [self._answers(asked) for asked, _ in self._asked]
            for (asked, dependencies), old, new in zip(self._asked, before, after, strict=True):
                self._check(asked, dependencies, changes, old, new)
            self._state, before = state, after
            self._tally["changes"] += 1

    def _answers(self, asked: Asked) -> list[Answer]:
        engine, statement = self._play.backend.engine, asked.program.statement
        assert statement is not None
        rows = [self._play.backend.run(engine.read(statement.sql, each)) for each in asked.members]
        return [tuple(row) if row is not None else (None,) for row in rows]

    def _check(
        self, asked: Asked, dependencies: Dependencies, changes: list[Change], before: list[Answer], after: list[Answer]
    ) -> None:
        for parameters, old, new in zip(asked.members, before, after, strict=True):
            same = old == new if asked.is_ordered else all(map(alike, old, new))
            matches = any(matters(dependencies, change, parameters) for change in changes)
            self._tally["changed" if not same else "in vain" if matches else "pruned"] += 1
            assert same or matches, (
                f"{self._where}: {changes} changes {old} to {new}\n{asked.document.text} {asked.document.variables}\n"
                f"{asked.program.statement.sql if asked.program.statement else ''}\n{parameters}\n{dependencies}"
            )


def matters(dependencies: Dependencies, change: Change, parameters: Any) -> bool:
    """Whether a member must be asked again."""
    for each in dependencies.on:
        if each.table == change.table and each.reads(change.old, change.new):
            wanted = each.of_member(parameters)
            rows = [each.of_row(row) for row in (change.old, change.new) if row is not None]
            if wanted is not None and wanted in rows:
                return True
    return False
