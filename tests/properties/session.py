"""How does a run go: worlds from seeds, operations in each, and the first finding with what it takes to see it again."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from random import Random

from tests.properties.checks import Checking, Finding
from tests.properties.description import Principal, State, World
from tests.properties.eyes import Eyes
from tests.properties.operations import Mutation, Operation, Query
from tests.properties.playing import Play, playing
from tests.properties.random_writes import Writes
from tests.properties.spelling import Speller, is_granted
from tests.properties.stores import Store
from tests.properties.twins import is_determined, twin_of
from tests.properties.worlds import Canaries, random_principal, random_state, random_world
from tests.properties.write_documents import document_of

OPERATIONS_IN_A_WORLD = 40
_PRINCIPALS = 5
_TWIN_QUERIES = 3


@dataclass(frozen=True)
class Case:
    """One operation with all that it depends on; `twin` where it is about two states that look the same."""

    world: World
    state: State
    principal: Principal
    operation: Operation
    twin: State | None = None


@dataclass(frozen=True)
class Found:
    """A finding: in which world and at which of its operations."""

    seed: int
    operation: int
    case: Case
    finding: Finding


@dataclass
class Tally:
    """What a run has done."""

    operations: int = 0
    worlds: int = 0
    refused: int = 0
    reads: int = 0
    writes: int = 0
    twins: int = 0


def run(store: Store, seed: int, operations: int, tally: Tally) -> Iterator[Found]:
    """Every finding of a run; after one its world is left."""
    while tally.operations < operations:
        world_seed = seed + tally.worlds
        tally.worlds += 1
        most = min(OPERATIONS_IN_A_WORLD, operations - tally.operations)
        for place, (case, finding) in enumerate(_operations(store, world_seed, most, tally)):
            if finding is not None:
                yield Found(world_seed, place, case, finding)
                break


def _operations(store: Store, seed: int, most: int, tally: Tally) -> Generator[tuple[Case, Finding | None]]:
    random, canaries = Random(seed), Canaries()
    world = random_world(random)
    state = random_state(random, world, canaries)
    principals = [random_principal(random) for _ in range(_PRINCIPALS)]
    with playing(world, state, store) as play:
        state = play.read()
        for _ in range(most):
            tally.operations += 1
            # Each operation has a seed of its own, so that it stays the same when others change.
            one = Playing(play, Random(random.random()), random.choice(principals), state, canaries)
            case, finding, state = one.step(tally)
            yield case, finding


class Playing:
    """One operation, drawn and checked."""

    def __init__(self, play: Play, random: Random, principal: Principal, state: State, canaries: Canaries) -> None:
        self._play, self._random, self._principal = play, random, principal
        self._state, self._canaries = state, canaries
        self._access = play.access(principal)

    def step(self, tally: Tally) -> tuple[Case, Finding | None, State]:
        roll = self._random.random()
        if roll < 0.12:
            found = self._twin()
            if found is not None:
                tally.twins += 1
                return (*found, self._state)
        operation = self._draw(roll)
        document = document_of(operation, Speller(self._play.world))
        refused = not all(is_granted(self._access, mention) for mention in document.mentions)
        tally.refused += refused
        tally.writes += isinstance(operation, Mutation) and not refused
        tally.reads += not isinstance(operation, Mutation) and not refused
        case = Case(self._play.world, self._state, self._principal, operation)
        finding, state = Checking(self._play, self._principal, self._state).check(operation)
        return case, finding, state

    def _writes(self, *, naughty: bool) -> Writes:
        return Writes(self._random, self._access, self._state, self._canaries, naughty=naughty)

    def _draw(self, roll: float) -> Operation:
        drawing = self._writes(naughty=self._random.random() < 0.4)
        operation: Operation | None = None
        if roll > 0.62:
            operation = drawing.mutation()
        elif roll > 0.55:
            operation = drawing.walk()
        return operation or drawing.query() or Query(())

    def _twin(self) -> tuple[Case, Finding | None] | None:
        """The same reads before and after a change of what the caller cannot see."""
        eyes = Eyes(self._play.world, self._access, self._principal, self._state)
        drawn = [self._writes(naughty=False).query() for _ in range(3 * _TWIN_QUERIES)]
        queries = [query for query in drawn if query is not None and is_determined(query, eyes)][:_TWIN_QUERIES]
        if not queries or (twin := twin_of(self._random, eyes, self._canaries)) is None:
            return None
        cases = [Case(self._play.world, self._state, self._principal, query, twin) for query in queries]
        for case in cases:
            if (finding := compare_twins(self._play, case)) is not None:
                return case, finding
        return cases[0], None


def compare_twins(play: Play, case: Case) -> Finding | None:
    """Whether an answer changes with what the caller cannot see; the state is put back."""
    assert case.twin is not None
    document = document_of(case.operation, Speller(play.world))
    before = play.ask(document, case.principal)
    play.fill(case.twin)
    after = play.ask(document, case.principal)
    play.fill(case.state)
    if before.text == after.text:
        return None
    return Finding("noninterference", f"  {document.text}\n  before {before.text[:1500]}\n  after {after.text[:1500]}")


def check_case(store: Store, case: Case) -> Finding | None:
    """A case by itself, in a world made for it."""
    with playing(case.world, case.state, store) as play:
        if case.twin is not None:
            return compare_twins(play, case)
        finding, _ = Checking(play, case.principal, play.read()).check(case.operation)
        return finding
