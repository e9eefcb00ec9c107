"""How does a run of subscriptions go: worlds served live, subscribers who come and go, changes, and a look at all after each step."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random

from portico.resolvers.run.changes import Change
from portico.schema.declarations import Declarations
from portico.schema.problems import Problems
from tests.properties.checks import Finding, does_something
from tests.properties.description import Principal, State, World
from tests.properties.models import declare
from tests.properties.operations import Mutation
from tests.properties.playing import Play, refusal
from tests.properties.random_writes import Writes
from tests.properties.row_changes import next_state, statements_of
from tests.properties.spelling import Speller
from tests.properties.stores import FIRST_COUNTED, Store
from tests.properties.subscribers import Answers, Moment, Subscriber
from tests.properties.subscriptions import LiveQuery, Subscribing, Subscription
from tests.properties.told import after
from tests.properties.worlds import Canaries, random_principal, random_state, random_world, with_rules
from tests.properties.write_documents import document_of
from tests.support.live import LiveBackend

STEPS_IN_A_WORLD = 60
_MOST_SUBSCRIBERS = 8
_MOST_DRAWS = 8
_MOST_STATEMENTS = 3
_PATIENCE_S = 20.0
_LOOK_S, _POLL_S = 0.001, 0.01
_MOST_READ = 1_000
_BURSTS, _UNSEEN = 0.2, 0.6  # worlds of live queries alone, and changes in them after which nobody looks
_LAST_SHOWN, _MOST_SHOWN = 12, 500  # steps and characters of each in a message; the seed gives them all


@dataclass
class LiveTally:
    """What a run has done."""

    steps: int = 0
    worlds: int = 0
    done: Counter[str] = field(default_factory=Counter[str])
    changes: int = 0
    answers: Answers = field(default_factory=Answers)


@dataclass(frozen=True)
class LiveFound:
    """A finding: in which world and after which of its steps."""

    seed: int
    steps: Sequence[str]
    finding: Finding

    def __str__(self) -> str:
        numbered = [f"    {number}: {step[:_MOST_SHOWN]}" for number, step in enumerate(self.steps)]
        steps = "\n".join(numbered[-_LAST_SHOWN:])
        return f"seed {self.seed}, {self.finding.detector}: {self.finding.text}\n  after\n{steps}"


Wanted = Callable[[Subscription], bool]


def run_live(
    store: Store, seed: int, steps: int, tally: LiveTally, wanted: Wanted | None = None
) -> Iterator[LiveFound]:
    """
    Every finding of a run; after one its world is left.

    Args:
        wanted: what to subscribe to; without it all.
    """
    while tally.steps < steps:
        world_seed = seed + tally.worlds
        tally.worlds += 1
        random, canaries = Random(world_seed), Canaries()
        world = random_world(random)
        state = random_state(random, world, canaries)
        most = min(STEPS_IN_A_WORLD, steps - tally.steps)
        try:
            with _served(world, state, store, all_logged=random.random() < 0.6) as session:
                session.begin(random, canaries, tally, wanted)
                found = session.run(most)
        except Problems:
            continue
        if found is not None:
            yield LiveFound(world_seed, session.told, found)


@contextmanager
def _served(world: World, state: State, store: Store, *, all_logged: bool) -> Generator[LiveSession]:
    declarations = declare(world, computes=True)
    try:
        tables = tuple(declarations.registry.metadata.tables) if all_logged else None
        backend = LiveBackend(declarations, store.place, realtime_tables=tables, relay=True, live_poll_s=_POLL_S)
        try:
            if store.place.dialect == "postgres":
                counters = (f"{table.plural}_id_seq" for table in world.tables)
                backend.sql(*(f"ALTER SEQUENCE {each} RESTART WITH {FIRST_COUNTED}" for each in counters))
            store.fill(world, state)
            yield LiveSession(Play(world, store, backend), backend, all_logged=all_logged)
        finally:
            backend.close()
    finally:
        store.drop(world)
        declarations.registry.dispose()


class LiveSession:
    """
    One world with its subscribers.

    all_logged: every table; else those that the rules let somebody read, so that nobody else may ask and rules stay.
    told: the steps in words.
    """

    def __init__(self, play: Play, backend: LiveBackend, *, all_logged: bool) -> None:
        self._play = play
        self._backend = backend
        self._all_logged = all_logged
        self._state = play.read()
        self._states = [self._state]
        self._is_bursting = False
        self._position = backend.run(backend.log.head())
        self._log: list[Change] = []
        self._subscribers: list[Subscriber] = []
        self._away: list[Subscriber] = []
        self._reloaded: list[Declarations] = []
        self.told: list[str] = []

    def begin(self, random: Random, canaries: Canaries, tally: LiveTally, wanted: Wanted | None) -> None:
        """Says of what the steps are drawn, and where they are counted."""
        self._random, self._canaries, self._tally, self._wanted = random, canaries, tally, wanted
        if wanted is None and random.random() < _BURSTS:
            # What streams and changes say of several transactions depends on when each of them was looked at.
            self._is_bursting, self._wanted = True, lambda subscription: isinstance(subscription, LiveQuery)

    def run(self, steps: int) -> Finding | None:
        """The first finding of so many steps."""
        try:
            for _ in range(steps):
                if (found := self._step()) is not None:
                    return found
            return None
        finally:
            for each in self._reloaded:
                each.registry.dispose()

    def _step(self) -> Finding | None:
        random = Random(self._random.random())
        name, act = self._drawn(random)
        found = act(random)
        self._tally.steps += 1
        self._tally.done[name] += 1
        if self._is_bursting and act in (self._change_past, self._write) and random.random() < _UNSEEN:
            self._state = self._play.read()
            self._states.append(self._state)
            return found
        return found or self._look()

    def _drawn(self, random: Random) -> tuple[str, Callable[[Random], Finding | None]]:
        acts: list[tuple[float, str, Callable[[Random], Finding | None]]] = [
            (30, "past", self._change_past),
            (22, "write", self._write),
        ]
        if len(self._subscribers) < _MOST_SUBSCRIBERS:
            acts.append((60 if len(self._subscribers) < 4 else 15, "open", self._open))
        if self._subscribers:
            acts += [(8, "act_as", self._act_as), (8, "block", self._block), (8, "leave", self._leave)]
        if self._away:
            acts.append((12, "return", self._return))
        if self._all_logged:
            acts.append((3, "reload", self._reload))
        (chosen,) = random.choices(acts, [weight for weight, _, _ in acts])
        return chosen[1], chosen[2]

    # ---- changes -------------------------------------------------------------------------------------

    def _change_past(self, random: Random) -> None:
        """One transaction of somebody else."""
        state, statements = self._state, list[str]()
        for _ in range(random.choice((1, 1, 1, 2, _MOST_STATEMENTS))):
            other = next_state(random, self._play.world, state, self._canaries)
            if other is not None:
                statements += statements_of(self._play.world, state, other)
                state = other
        self._say(f"SQL {statements}")
        if statements:
            self._backend.sql(*statements)

    def _write(self, random: Random) -> None:
        principal = random_principal(random)
        access = self._play.access(principal)
        drawing = Writes(random, access, self._state, self._canaries, naughty=random.random() < 0.2)
        mutation: Mutation | None = None
        for _ in range(_MOST_DRAWS):
            mutation = drawing.mutation()
            if mutation is None or does_something(self._play, principal, self._state, mutation):
                break
        if mutation is not None:
            document = document_of(mutation, Speller(self._play.world))
            reply = self._play.ask(document, principal)
            self._say(f"{document.text} {document.variables} as {principal}: {reply.text}")

    def _reload(self, random: Random) -> Finding | None:
        world = with_rules(random, self._play.world)
        declarations = declare(world, computes=True)
        self._reloaded.append(declarations)
        self._say(f"rules {world.rules}")
        for each in self._subscribers:
            each.rejoined()
        self._backend.reload(declarations)
        self._play = Play(world, self._play.store, self._backend)
        self._drop_unclear()
        return None

    # ---- subscribers ---------------------------------------------------------------------------------

    def _principal(self, random: Random) -> Principal:
        principal = random_principal(random)
        while principal.role == "admin" and not self._all_logged:
            principal = random_principal(random)
        return principal

    def _open(self, random: Random) -> Finding | None:
        for _ in range(_MOST_DRAWS * 4):
            # Callers of one role often share a plan, and some of them a member.
            like = random.choice(self._subscribers) if self._subscribers and random.random() < 0.4 else None
            principal = self._principal(random)
            if like is not None:
                alike = random_principal(random, like.principal.role)
                principal = like.principal if random.random() < 0.3 else replace(alike, backend=like.principal.backend)
                return self._begin(Subscriber.of(like.subscription, principal, self._play, self._tally.answers))
            drawing = Subscribing(random, self._play.access(principal), self._state)
            subscription = drawing.subscription()
            if subscription is not None and (self._wanted is None or self._wanted(subscription)):
                return self._begin(Subscriber.of(subscription, principal, self._play, self._tally.answers))
        return None

    def _begin(self, subscriber: Subscriber) -> Finding | None:
        if subscriber.is_unclear(self._play):
            return None
        allowed = subscriber.is_allowed(self._play)
        document = subscriber.document
        self._say(f"{document.text} {document.variables} as {subscriber.principal} from {subscriber.token}")
        try:
            subscriber.open(self._backend, self._log)
        except Exception as error:
            reply = refusal(error)
            known = not allowed and not reply.crashed
            return None if known else Finding("difference", f"{document.text}\n  is refused: {reply.text}")
        if not allowed:
            return Finding("refusal", f"{document.text}\n  is not refused to {subscriber.principal}")
        self._subscribers.append(subscriber)
        return None

    def _act_as(self, random: Random) -> None:
        place = random.randrange(len(self._subscribers))
        subscriber = self._subscribers[place]
        role = subscriber.principal.role if random.random() < 0.7 else None
        principal = random_principal(random, role) if role else self._principal(random)
        self._say(f"{place} acts as {principal}")
        subscriber.act_as(principal, self._backend)
        self._drop_unclear()

    def _drop_unclear(self) -> None:
        for each in tuple(self._subscribers):
            if each.is_unclear(self._play):
                self._subscribers.remove(each)
                each.close(self._backend)

    def _block(self, random: Random) -> None:
        blocked = [each for each in self._subscribers if not each.outlet.is_clear]
        subscriber = random.choice(blocked if blocked and random.random() < 0.6 else self._subscribers)
        self._say(f"{self._subscribers.index(subscriber)} reads or not")
        subscriber.block(self._backend)

    def _leave(self, random: Random) -> None:
        subscriber = self._subscribers.pop(random.randrange(len(self._subscribers)))
        self._say(f"{subscriber.document.text} leaves")
        subscriber.close(self._backend)
        if random.random() < 0.8:
            self._away.append(subscriber)

    def _return(self, random: Random) -> Finding | None:
        return self._begin(self._away.pop(random.randrange(len(self._away))))

    # ---- a look --------------------------------------------------------------------------------------

    def _look(self) -> Finding | None:
        """Waits until all is settled, and compares what everybody was given."""
        stored = self._play.read()
        try:
            changes = self._backend.run(self._logged(stored))
        except TimeoutError:
            return Finding("log", f"the log makes another state of {self._states[0]}")
        try:
            self._backend.run(self._backend.settled(self._position))
        except TimeoutError:
            return Finding("unsettled", "somebody still waits")
        self._state = stored
        self._log += changes
        self._tally.changes += len(changes)
        moment = Moment(self._play, stored, [*self._states[1:], stored], changes, self._log)
        self._states = [stored]
        for subscriber in tuple(self._subscribers):
            found = subscriber.check(moment)
            if found is not None:
                return found
            if subscriber.is_over:
                self._subscribers.remove(subscriber)
        return None

    async def _logged(self, stored: State) -> Sequence[Change]:
        """The changes since the last look, which must make what is stored of what was."""
        changes: list[Change] = []
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                batch = await self._backend.log.since(self._position, _MOST_READ)
                changes += batch.changes
                self._position = batch.upto
                if self._same(after(self._play.world, self._states[0], changes), stored):
                    return changes
                await asyncio.sleep(_LOOK_S)

    def _same(self, made: State, stored: State) -> bool:
        logged = self._backend.log.tables
        tables = [table for table in self._play.world.tables if table.plural in logged]
        pairs = [link.pair for link in self._play.world.pairs if link.pair in logged]
        return all(made.rows[each.name] == stored.rows[each.name] for each in tables) and all(
            made.pairs[each] == stored.pairs[each] for each in pairs
        )

    def _say(self, text: str) -> None:
        self.told.append(text)
