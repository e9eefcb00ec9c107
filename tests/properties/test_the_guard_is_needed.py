"""Would the property test see a leak: each thing that guard.py and access.py do is left out, and must be missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from portico.resolvers.plan.guard import guard
from portico.resolvers.plan.nodes import Guarded, Plan
from portico.schema.access import RoleAccess
from tests.properties.grant_mutants import GRANT_MUTANTS
from tests.properties.mutants import MUTANTS, tampered
from tests.properties.session import Tally, Wanted, run
from tests.properties.stores import open_store
from tests.support.backend import sqlite_place

_FIRST_SEED = 1
_SEEDS = {
    "a delete asks the read rules": 3,
    "a delete reaches rows that are hidden": 2,
    "a delete reaches rows that its rules forbid": 3,
    "a filter sees every cell of related rows": 4,
    "a nested aggregate is of every row": 3,
    "a nested connection shows every row": 4,
    "a nested insert is not checked": 4,
    "a nested list shows every row": 6,
    "a parent is always shown": 3,
    "a requirement permits": 2,
    "an aggregate in a filter is of every cell": 4,
    "an aggregate in a filter is of every row": 8,
    "an insert forgets the presets": 5,
    "an inserted row's columns are not checked": 8,
    "an ordering counts every row": 11,
    "an ordering follows links to every row": 9,
    "an update forgets the presets": 9,
    "an update reaches rows that are hidden": 5,
    "an update reaches rows that its rules forbid": 6,
    "an update's filter sees every cell": 4,
    "an updated row is not checked": 4,
    "an updated row's columns are not checked": 13,
    "an upsert changes rows that are hidden": 5,
    "an upsert changes rows that the update rules forbid": 8,
    "cells are shown in every row": 4,
    "reads need no requirement": 2,
    "the role's limit is forgotten": 22,
    "what a write returns is not filtered": 5,
}
"""Worlds in which what is seldom seen is seen at once; elsewhere it only takes longer."""
_OPERATIONS = 600
"""Within which each must be seen; most are within fifty."""


@pytest.mark.parametrize("forgotten", MUTANTS)
def test_what_a_guard_forgets_is_seen(forgotten: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = MUTANTS[forgotten]

    def forgetful(plan: Plan, access: RoleAccess) -> Guarded:
        return tampered(guard(plan, access), mutant.tampering)

    monkeypatch.setattr("portico.resolvers.documents.guard", forgetful)
    _must_see(forgotten, mutant.wanted, tmp_path)


@pytest.mark.parametrize("forgotten", GRANT_MUTANTS)
def test_what_a_grant_forgets_is_seen(forgotten: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = GRANT_MUTANTS[forgotten]
    owner, name = mutant.place
    monkeypatch.setattr(owner, name, mutant.change(getattr(owner, name)))
    _must_see(forgotten, mutant.wanted, tmp_path)


def _must_see(forgotten: str, wanted: Wanted | None, folder: Path) -> None:
    # Guards are the same on both engines, and SQLite is the faster.
    store, tally = open_store(sqlite_place(folder)), Tally()
    try:
        found = next(run(store, _SEEDS.get(forgotten, _FIRST_SEED), _OPERATIONS, tally, wanted), None)
    finally:
        store.close()
    assert found is not None, f"{tally.operations} operations did not see that {forgotten}"
    print(f"\n{forgotten}: {found.finding.detector} after {tally.operations} operations")
