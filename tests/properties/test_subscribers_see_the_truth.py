"""Is every subscriber told the truth and nothing else: random worlds, subscribers and changes on both engines."""

from __future__ import annotations

import os
from dataclasses import asdict

import pytest

from tests.properties.live_session import LiveTally, run_live
from tests.properties.stores import open_store
from tests.support.backend import Place

_STEPS = int(os.environ.get("PORTICO_TEST_OPERATIONS", "120"))
_SEED = int(os.environ.get("PORTICO_TEST_SEED", "1"))
_MOST_FINDINGS = 5


def test_every_subscriber_sees_what_the_rules_show_and_nothing_else(place: Place) -> None:
    store, tally, told = open_store(place), LiveTally(), list[str]()
    try:
        for found in run_live(store, _SEED, _STEPS, tally):
            told.append(str(found))
            if len(told) == _MOST_FINDINGS:
                break
    finally:
        store.close()
    print(f"\n{place.dialect}: {_words(tally)}; seed {_SEED}")
    if told:
        pytest.fail(f"{place.dialect}: {_words(tally)}\n\n" + "\n\n".join(told), pytrace=False)


def _words(tally: LiveTally) -> str:
    done = ", ".join(f"{name} {count}" for name, count in sorted(tally.done.items()))
    answers = ", ".join(f"{name} {count}" for name, count in asdict(tally.answers).items())
    return f"{tally.steps} steps ({done}) in {tally.worlds} worlds, {tally.changes} changes; {answers}"
