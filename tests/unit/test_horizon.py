"""The horizon: what is final follows from what is seen, against a simulation that knows every transaction."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from portico.resolvers.run.horizon import Horizon


@dataclass
class World:
    """Transactions that begin, take sequences, and end; whoever looks sees what is committed."""

    begun: int = 100
    taken: int = 0
    open: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    seen: set[int] = field(default_factory=set[int])

    def step(self, kind: str, which: int) -> None:
        running = sorted(self.open)
        if kind == "begin":
            self.open[self.begun] = []
            self.begun += 1
        elif running and kind == "write":
            self.taken += 1
            self.open[running[which % len(running)]].append(self.taken)
        elif running and kind in ("commit", "roll back"):
            taken = self.open.pop(running[which % len(running)])
            self.seen |= set(taken) if kind == "commit" else set()

    def look(self, horizon: Horizon) -> None:
        horizon.see(max(self.seen, default=0), min(self.open, default=self.begun), self.begun, 0.0)

    def ask(self, horizon: Horizon) -> None:
        horizon.see_writers([str(number) for number, taken in self.open.items() if taken])

    def to_come(self) -> int:
        """The lowest sequence that may still be seen."""
        return min((number for taken in self.open.values() for number in taken), default=self.taken + 1)


KINDS = st.sampled_from(["begin", "write", "write", "commit", "roll back", "look", "ask"])


@given(st.lists(st.tuples(KINDS, st.integers(0, 7)), max_size=80))
def test_nothing_comes_below_what_is_final_and_all_is_final_in_the_end(steps: list[tuple[str, int]]) -> None:
    world, horizon = World(), Horizon(0)
    for kind, which in steps:
        if kind == "look":
            world.look(horizon)
        elif kind == "ask":
            world.ask(horizon)
        else:
            world.step(kind, which)
        assert horizon.final < world.to_come()
    for _ in range(len(world.open)):
        world.step("commit", 0)
    world.look(horizon)
    assert horizon.final == max(world.seen, default=0)
    assert horizon.behind_since is None


def test_open_transactions_that_wrote_nothing_hold_up_nobody_who_asks() -> None:
    world, horizon = World(), Horizon(0)
    for kind in ("begin", "begin", "write", "commit"):
        world.step(kind, 1)
    world.look(horizon)
    assert horizon.final == 0
    world.ask(horizon)
    assert horizon.final == 1
