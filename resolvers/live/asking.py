"""What may members see of images of rows: one statement for many, and one event and one body for all who see the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from portico.resolvers.live.bodies import Mark, live_body
from portico.resolvers.live.group import Runner
from portico.resolvers.live.plans import LivePlan
from portico.resolvers.run.changes import Change
from portico.resolvers.sql.live_slots import ChangesSlot
from portico.resolvers.sql.program import Program

_MOST_ASKED = 500  # images in one statement


@dataclass(frozen=True, eq=False, slots=True)
class EventPlan:
    """What all subscribers of one program have in common."""

    program: Program
    slot: ChangesSlot
    live: LivePlan


class Asked(Protocol):
    """Whom an image is shown, if they may see it."""

    def with_image(self, image: str) -> Sequence[Any]:
        """The parameters of the program with an image."""
        ...


class Asking:
    """Asks what members may see of images: one statement for many."""

    def __init__(self, plan: EventPlan, runner: Runner, mark: Mark) -> None:
        self._plan = plan
        self._runner = runner
        self._mark = mark

    async def events(self, asked: Sequence[tuple[Asked, Change]]) -> Sequence[bytes | None]:
        """For each pair the event as the member is told it; None where it may not know of it."""
        images = [(member, image) for member, change in asked for image in (change.old, change.new)]
        present = [(member, image.text) for member, image in images if image is not None]
        answers: list[bytes | None] = []
        for start in range(0, len(present), _MOST_ASKED):
            answers += await self._ask(present[start : start + _MOST_ASKED])
        texts = iter(answers)
        seen = [next(texts) if image is not None else None for _, image in images]
        # Most members see the same of a row: an event is made once for all of these, and is one object.
        made: dict[tuple[int, bytes | None, bytes | None], bytes | None] = {}
        events: list[bytes | None] = []
        for place, (_, change) in enumerate(asked):
            old, new = seen[2 * place : 2 * place + 2]
            key = change.position.sequence, old, new
            if key not in made:
                made[key] = self._event(change, old, new)
            events.append(made[key])
        return events

    def _event(self, change: Change, old: bytes | None, new: bytes | None) -> bytes | None:
        if change.verb == "truncate" or (old is None and new is None):
            return None
        return self._plan.slot.event(change.verb, old, new, change.at, self._mark(change.position).decode())

    async def _ask(self, present: Sequence[tuple[Asked, str]]) -> Sequence[bytes | None]:
        many = self._plan.live.many
        parameters = [member.with_image(image) for member, image in present]
        answers: list[bytes | None] = [None] * len(present)
        async with self._runner.gate:
            for group in _alike(parameters, many.group, many.carries):
                if len(group) == 1 and not many.carries(parameters[group[0]]):
                    statement = self._plan.program.statement
                    assert statement is not None
                    rows = await self._runner.engine.read_all(statement.sql, parameters[group[0]])
                    answers[group[0]] = rows[0][0] if rows else None
                    continue
                sent = many.parameters([parameters[place] for place in group])
                for place, text in await self._runner.engine.read_all(many.sql, sent):
                    answers[group[place]] = text
        return answers


def _alike(
    parameters: Sequence[Sequence[Any]], key_of: Callable[[Any], Hashable], carries: Callable[[Any], bool]
) -> Iterable[Sequence[int]]:
    """Places of those that one statement can ask for: what is shared is equal, and what does not travel is alone."""
    groups: dict[Hashable, list[int]] = {}
    for place, each in enumerate(parameters):
        groups.setdefault(key_of(each) if carries(each) else (place,), []).append(place)
    return groups.values()


class Bodies:
    """Answers up to one position: a body is made once for all who are told the same."""

    def __init__(self, program: Program, mark: bytes) -> None:
        self._program = program
        self._mark = mark
        self._made: dict[tuple[tuple[bytes, ...], bool], bytes] = {}

    def of(self, events: tuple[bytes, ...], *, tells_position: bool) -> bytes:
        """The body with these events, for clients who know of positions or for those who do not."""
        key = events, tells_position
        body = self._made.get(key)
        if body is None:
            mark = self._mark if tells_position else None
            body = self._made[key] = live_body(self._program, b",".join(events), mark)
        return body
