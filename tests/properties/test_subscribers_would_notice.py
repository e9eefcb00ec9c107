"""Would the property test of subscribers see a fault: each thing that keeps them right is left out, and must be missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.properties.live_mutants import LIVE_MUTANTS
from tests.properties.live_session import LiveTally, run_live
from tests.properties.stores import open_store
from tests.support.backend import sqlite_place

_FIRST_SEED = 1
_SEEDS = {
    "a row that leaves the view is told whole": 2,
    "a stream gives every row": 2,
    "a stream shows every cell": 3,
    "answers of one length are the same": 2,
    "callers share a member whoever they are": 3,
    "changes are told of every row": 2,
    "changes show every cell": 4,
    "one column of each table matters": 2,
    "other credentials are those from before": 5,
    "other rules are those from before": 3,
    "the first dependency is forgotten": 2,
    "the last dependency is forgotten": 3,
    "updates do not matter": 2,
    "what a row was does not matter": 3,
    "what a row is does not matter": 21,
    "whether the row after is seen is not asked": 2,
    "who does not read misses events": 2,
}
"""Worlds in which what is seldom seen is seen at once; elsewhere it only takes longer."""
_STEPS = 600
"""Within which each must be seen."""


@pytest.mark.parametrize("forgotten", LIVE_MUTANTS)
def test_what_subscriptions_forget_is_seen(forgotten: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = LIVE_MUTANTS[forgotten]
    owner, name = mutant.place
    monkeypatch.setattr(owner, name, mutant.change(getattr(owner, name)))
    # What is forgotten is the same on both engines, and SQLite is the faster.
    store, tally = open_store(sqlite_place(tmp_path)), LiveTally()
    try:
        found = next(run_live(store, _SEEDS.get(forgotten, _FIRST_SEED), _STEPS, tally, mutant.wanted), None)
    finally:
        store.close()
    assert found is not None, f"{tally.steps} steps did not see that {forgotten}"
    print(f"\n{forgotten}: {found.finding.detector} after {tally.steps} steps, seed {found.seed}")
