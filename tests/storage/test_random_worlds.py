"""Random worlds of files: whatever people upload, put into rows, share, take back and delete, each sees what the rules give."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from random import Random
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import true

from portico.schema import access, held
from tests.storage.playing import Player
from tests.storage.server import MODELS, FileServer
from tests.storage.worlds import Differs

SEED = int(os.environ.get("PORTICO_TEST_SEED", "7"))
STEPS = int(os.environ.get("PORTICO_TEST_OPERATIONS", "100"))
_MUTANT_STEPS = 200  # within which each must be seen


def play(server: FileServer, seed: int, steps: int) -> None:
    """
    Raises:
        Differs: somebody could do, or sees, what they should not, or the other way about.
    """
    player = Player(server, Random(seed))
    try:
        for step in range(steps):
            player.step()
            if step % 10 == 9:
                player.compare()
    finally:
        player.close()


@pytest.mark.parametrize("seed", range(SEED, SEED + 2))
def test_everybody_sees_the_files_of_the_rows_that_they_see(server: FileServer, seed: int) -> None:
    play(server, seed, STEPS)


# What rules of files would forget → what stands in the place of which function, made of the real one.
MUTANTS: dict[str, tuple[tuple[ModuleType, str], Callable[[Any], Any]]] = {
    "files are not read through rows": ((access, "read_through"), lambda real: lambda *given: ()),
    "the rules of the row that holds a file": (
        (held, "_reading"),
        lambda real: lambda holder, column, grant: real(holder, column, replace(grant, any_of=(), all_of=(), cells={})),
    ),
    "the rules of the column that holds a file": (
        (held, "_reading"),
        lambda real: lambda holder, column, grant: real(holder, column, replace(grant, cells={})),
    ),
    "what is attached is not asked about": ((access, "attached"), lambda real: lambda *given: {}),
    "every file is unchanged": ((held, "_unchanged"), lambda real: lambda *given: true()),
    "a file is for every column": ((held, "bucket_of"), lambda real: lambda column: "photos.picture"),
}


@pytest.mark.parametrize("open_files", ["sqlite"], indirect=True)  # the rules are the same on both engines
@pytest.mark.parametrize("forgotten", MUTANTS)
def test_what_rules_of_files_forget_is_seen(
    forgotten: str, open_files: Callable[..., FileServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    (module, name), change = MUTANTS[forgotten]
    monkeypatch.setattr(module, name, change(getattr(module, name)))
    # Models of its own: a server that has been in use has plans already.
    server = open_files(models=f"{MODELS}\n# {forgotten}\n")
    with pytest.raises(Differs) as seen:
        play(server, SEED, _MUTANT_STEPS)
    print(f"\n{forgotten}: {str(seen.value)[:200]}")
