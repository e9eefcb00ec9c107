"""How does a run go: worlds from seeds, operations in each, and the first finding with what it takes to see it again."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import TypeAlias

from portico.schema.problems import Problems
from tests.properties.checks import Checking, Finding, does_something
from tests.properties.description import Principal, State, World
from tests.properties.documents import Document
from tests.properties.eyes import Eyes
from tests.properties.operations import Mutation, Operation, Query
from tests.properties.playing import Play, Reply, playing
from tests.properties.random_writes import Writes
from tests.properties.spelling import Speller, is_granted
from tests.properties.stores import Store
from tests.properties.twins import is_determined, twin_of
from tests.properties.worlds import Canaries, random_principal, random_state, random_world
from tests.properties.write_documents import document_of

OPERATIONS_IN_A_WORLD = 60
_PRINCIPALS = 5
_TWINS = 0.05
_TWIN_QUERIES = 4
_MOST_OTHERS = 3
_MOST_DRAWS = 8
_MOST_DRAWS_OF_WANTED = 30


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


Wanted: TypeAlias = Callable[[Operation], bool]


def run(store: Store, seed: int, operations: int, tally: Tally, wanted: Wanted | None = None) -> Iterator[Found]:
    """
    Every finding of a run; after one its world is left.

    Args:
        wanted: which operations to ask; without it all, and twins besides.
    """
    while tally.operations < operations:
        world_seed = seed + tally.worlds
        tally.worlds += 1
        most = min(OPERATIONS_IN_A_WORLD, operations - tally.operations)
        for place, (case, finding) in enumerate(_operations(store, world_seed, most, tally, wanted)):
            if finding is not None:
                yield Found(world_seed, place, case, finding)
                break


def _operations(
    store: Store, seed: int, most: int, tally: Tally, wanted: Wanted | None
) -> Generator[tuple[Case, Finding | None]]:
    random, canaries = Random(seed), Canaries()
    world = random_world(random)
    state = random_state(random, world, canaries)
    principals = [random_principal(random) for _ in range(_PRINCIPALS)]
    done = 0
    with served(world, state, store) as play:
        if isinstance(play, Finding):
            yield Case(world, state, principals[0], Query(())), play
            return
        state = play.read()
        for _ in range(most):
            # Each drawing has a seed of its own, so that it stays the same when others change.
            one = Playing(play, Random(random.random()), random.choice(principals), state, canaries, wanted)
            for case, finding in one.steps(tally):
                done += 1
                tally.operations += 1
                yield case, finding
                if done == most:
                    return
            state = one.state


@contextmanager
def served(world: World, state: State, store: Store) -> Generator[Play | Finding]:
    """The world, served, or the finding that its models are refused."""
    with ExitStack() as stack:
        try:
            play: Play | Finding = stack.enter_context(playing(world, state, store))
        except Problems as problems:
            play = Finding("models", f"models are refused: {problems}")
        yield play


class Playing:
    """One drawing, checked: an operation asked by a few callers of one role, or reads of two states that look the same."""

    def __init__(
        self,
        play: Play,
        random: Random,
        principal: Principal,
        state: State,
        canaries: Canaries,
        wanted: Wanted | None,
    ) -> None:
        self._play, self._random, self._principal = play, random, principal
        self._canaries = canaries
        self._wanted = wanted
        self._access = play.access(principal)
        self.state = state

    def steps(self, tally: Tally) -> Iterator[tuple[Case, Finding | None]]:
        """Every operation with what is wrong with it; `state` is what is stored after it."""
        if self._wanted is None and self._random.random() < _TWINS:
            twins = list(self._twins())
            tally.twins += len(twins)
            if twins:
                yield from twins
                return
        operation = self._draw() if self._wanted is None else self._draw_wanted(self._wanted)
        if operation is None:
            return
        document = document_of(operation, Speller(self._play.world))
        refused = not all(is_granted(self._access, mention) for mention in document.mentions)
        for principal in [self._principal, *([] if refused else self._others(operation))]:
            tally.refused += refused
            tally.writes += isinstance(operation, Mutation) and not refused
            tally.reads += not isinstance(operation, Mutation) and not refused
            case = Case(self._play.world, self.state, principal, operation)
            finding, self.state = Checking(self._play, principal, self.state).check(operation)
            yield case, finding

    def _others(self, operation: Operation) -> list[Principal]:
        """
        More callers of the same rules for the same document, whom one compiled plan must serve as well as the first.

        A write changes what is there, so that few of them would do anything.
        """
        role, backend = self._principal.role, self._principal.backend
        count = self._random.randint(*((0, 2) if isinstance(operation, Mutation) else (1, _MOST_OTHERS)))
        return [replace(random_principal(self._random, role), backend=backend) for _ in range(count)]

    def _writes(self, *, naughty: bool) -> Writes:
        return Writes(self._random, self._access, self.state, self._canaries, naughty=naughty)

    def _draw_wanted(self, wanted: Wanted) -> Operation | None:
        drawn = (self._draw() for _ in range(_MOST_DRAWS_OF_WANTED))
        return next((operation for operation in drawn if operation is not None and wanted(operation)), None)

    def _draw(self) -> Operation | None:
        """None where the caller may do nothing."""
        drawing = self._writes(naughty=self._random.random() < 0.6)
        operation: Operation | None = None
        roll = self._random.random()
        if roll > 0.48:
            operation = self._mutation(drawing)
        elif roll > 0.42:
            operation = drawing.walk()
        return operation or drawing.query()

    def _mutation(self, drawing: Writes) -> Operation | None:
        """A write; because most are refused or find nothing, most are drawn until it does something."""
        mutation = drawing.mutation()
        for _ in range(_MOST_DRAWS if self._random.random() < 0.7 else 0):
            if mutation is None or does_something(self._play, self._principal, self.state, mutation):
                break
            mutation = drawing.mutation()
        return mutation

    def _twins(self) -> Iterator[tuple[Case, Finding | None]]:
        """The same reads before and after a change of what the caller cannot see."""
        eyes = Eyes(self._play.world, self._access, self._principal, self.state)
        drawn = [self._writes(naughty=False).query() for _ in range(3 * _TWIN_QUERIES)]
        queries = [query for query in drawn if query is not None and is_determined(query, eyes)][:_TWIN_QUERIES]
        if not queries or (twin := twin_of(self._random, eyes, self._canaries)) is None:
            return
        cases = [Case(self._play.world, self.state, self._principal, query, twin) for query in queries]
        yield from zip(cases, compare_twins(self._play, cases), strict=True)


def compare_twins(play: Play, cases: Sequence[Case]) -> list[Finding | None]:
    """Whether answers change with what the caller cannot see, of cases with the same states; they are put back."""
    first = cases[0]
    assert first.twin is not None
    documents = [document_of(case.operation, Speller(play.world)) for case in cases]
    before = [play.ask(document, first.principal) for document in documents]
    play.fill(first.twin)
    after = [play.ask(document, first.principal) for document in documents]
    play.fill(first.state)
    return [_differing(*each) for each in zip(documents, before, after, strict=True)]


def _differing(document: Document, before: Reply, after: Reply) -> Finding | None:
    if before.text == after.text:
        return None
    return Finding("noninterference", f"  {document.text}\n  before {before.text[:1500]}\n  after {after.text[:1500]}")


def check_case(store: Store, case: Case) -> Finding | None:
    """A case by itself, in a world made for it."""
    with served(case.world, case.state, store) as play:
        if isinstance(play, Finding):
            return play
        if case.twin is not None:
            return compare_twins(play, [case])[0]
        finding, _ = Checking(play, case.principal, play.read()).check(case.operation)
        return finding
