"""Would the property test of subscribers see a fault: each thing that keeps them right is left out, and must be missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.properties.live_mutants import LIVE_MUTANTS
from tests.properties.live_session import LiveTally, run_live
from tests.properties.stores import open_store
from tests.support.backend import sqlite_place

_FIRST_SEED = 1
_SEEDS: dict[str, int] = {}
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
