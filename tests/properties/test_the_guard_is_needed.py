"""Would the property test see a leak: each thing that guard.py and access.py do is left out, and must be missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from portico.resolvers.plan.guard import guard
from portico.resolvers.plan.root_nodes import Guarded, Plan
from portico.schema.access import RoleAccess
from tests.properties.grant_mutants import GRANT_MUTANTS
from tests.properties.mutants import MUTANTS, tampered
from tests.properties.session import Tally, Wanted, run
from tests.properties.stores import open_store
from tests.support.backend import sqlite_place

_FIRST_SEED = 1
_SEEDS = {
    "a column that some rules grant is had in every row": 3,
    "a condition sees every related row": 16,
    "a connection shows every row": 2,
    "a delete asks the read rules": 3,
    "a delete reaches rows that are hidden": 5,
    "a delete reaches rows that its rules forbid": 6,
    "a filter sees every cell of related rows": 3,
    "a filter sees every related row": 2,
    "a list shows every row": 3,
    "a name in one role's rule hides the column of another's": 12,
    "a nested aggregate is of every row": 6,
    "a nested connection shows every row": 2,
    "a nested insert forgets the presets": 7,
    "a nested insert is not checked": 16,
    "a nested list shows every row": 2,
    "a parent is always shown": 3,
    "a preset is written by a rule that sets another": 8,
    "a preset needs no rule behind it": 1,
    "a requirement permits": 22,
    "a role has no rules of the last that it inherits from": 5,
    "a role has the rules of its parents alone": 10,
    "a row is found by key whatever the rules say": 2,
    "a row is saved that the update rules forbid": 16,
    "a row is saved that is hidden": 422,
    "a row of another parent is saved": 407,
    "a row that is saved anew is not checked": 20,
    "a row updated along a link is not checked": 39,
    "aggregates need every rule": 3,
    "a saved row is not checked": 1025,
    "an aggregate in a filter is of every cell": 6,
    "an aggregate in a filter is of every row": 32,
    "an aggregate is of every row": 3,
    "an insert forgets the presets": 3,
    "an insert is not checked": 2,
    "an inserted row's columns are not checked": 48,
    "an inserted row's presets are not checked": 317,
    "an ordering counts every row": 22,
    "an ordering follows links to every row": 5,
    "an update forgets the presets": 4,
    "an update reaches rows that are hidden": 5,
    "an update reaches rows that its rules forbid": 2,
    "an update's filter sees every cell": 9,
    "an updated row is not checked": 3,
    "an updated row's columns are not checked": 3,
    "an upsert changes rows that are hidden": 14,
    "an upsert changes rows that the update rules forbid": 3,
    "an upsert forgets the presets": 16,
    "an upsert is not checked as an insert": 2,
    "cells are shown in every row": 3,
    "inherited requirements are forgotten": 15,
    "no root field is hidden": 8,
    "one rule hides a root field that others do not": 7,
    "presets are for inserts alone": 3,
    "reads need no requirement": 2,
    "rules without fields grant columns that others name": 4,
    "the first of two presets counts": 18,
    "the role's limit is forgotten in aggregates": 11,
    "the role's limit is forgotten in connections": 13,
    "the role's limit is forgotten in lists": 2,
    "the role's limit is forgotten in nested aggregates": 19,
    "the role's limit is forgotten in nested lists": 28,
    "the smallest limit counts": 2,
    "what a backend may everyone may": 14,
    "what a write returns is not filtered": 6,
    "what is missing is deleted though it is hidden": 1004,
    "what is missing is deleted though the rules forbid it": 1010,
    "an update along a link reaches rows that are hidden": 24,
    "groups are told apart by every cell": 3,
    "a condition sees every cell": 9,
    "what is missing of other parents is deleted": 100,
    "an update with relations reaches rows that are hidden": 3,
    "groups are of every row": 10,
    "what is listed is deleted with what is missing": 103,
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
