"""Does any answer, error or write go past the rules: random worlds, callers and operations on both engines."""

from __future__ import annotations

import os
from dataclasses import astuple, fields

import pytest

from tests.properties.session import Tally, run
from tests.properties.shrink import smallest
from tests.properties.stores import open_store
from tests.properties.words import described
from tests.support.backend import Place

_OPERATIONS = int(os.environ.get("PORTICO_TEST_OPERATIONS", "600"))
_SEED = int(os.environ.get("PORTICO_TEST_SEED", "1"))
_MOST_FINDINGS = 5
_SHRINKING_S = 20


def test_no_operation_shows_or_changes_what_the_rules_forbid(place: Place) -> None:
    store, tally, told = open_store(place), Tally(), list[str]()
    try:
        for found in run(store, _SEED, _OPERATIONS, tally):
            told.append(described(smallest(store, found, seconds=_SHRINKING_S)))
            if len(told) == _MOST_FINDINGS:
                break
    finally:
        store.close()
    print(f"\n{place.dialect}: {_words(tally)}; seed {_SEED}")
    if told:
        pytest.fail(f"{place.dialect}: {_words(tally)}\n\n" + "\n\n".join(told), pytrace=False)


def _words(tally: Tally) -> str:
    return ", ".join(f"{each.name} {value}" for each, value in zip(fields(tally), astuple(tally), strict=True))
