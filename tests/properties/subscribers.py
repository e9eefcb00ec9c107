"""What has a subscriber been given, and is it what the rules allow: views, batches and events, compared after each step."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from portico.resolvers.live.marks import Marks
from portico.resolvers.live.operations import LiveSubscription
from portico.resolvers.request import LiveRequest
from portico.resolvers.run.changes import Change, Position
from tests.properties.answers import expected_rows
from tests.properties.checks import Finding
from tests.properties.description import Principal, State
from tests.properties.documents import Document
from tests.properties.expected import difference, shown
from tests.properties.eyes import Eyes
from tests.properties.known import accepts
from tests.properties.playing import Play, caller_of
from tests.properties.spelling import Speller, is_granted
from tests.properties.subscriptions import LiveQuery, Stream, Subscription, Told, document_of_subscription
from tests.properties.told import Cursor, expected_batches, expected_event, split_by_ties
from tests.support.live import Heard, LiveBackend

_CANARY = re.compile(r"cn\d{5}x")


@dataclass(frozen=True)
class Moment:
    """
    What there is when all is settled.

    states: those that there were since the last look, of which the last is now. changes: those that made them, in order.
    log: all of the world.
    """

    play: Play
    state: State
    states: Sequence[State]
    changes: Sequence[Change]
    log: Sequence[Change]


@dataclass
class Answers:
    """How much was compared."""

    views: int = 0
    batches: int = 0
    events: int = 0
    ends: int = 0


@dataclass
class Subscriber:
    """
    One operation of one caller, and what its client knows.

    pending: changes that it has still to be told, since it does not read. is_behind: that it reads the log by itself.
    """

    subscription: Subscription
    principal: Principal
    document: Document
    answers: Answers
    outlet: Heard = field(default_factory=Heard)
    handle: LiveSubscription | None = None
    taken: int = 0
    is_over: bool = False
    view: Any = None
    cursor: Cursor = ()
    token: str | None = None
    pending: list[Change] = field(default_factory=list[Change])
    is_behind: bool = False
    is_fresh: bool = False

    @classmethod
    def of(cls, subscription: Subscription, principal: Principal, play: Play, answers: Answers) -> Subscriber:
        """One that has not begun."""
        found = cls(subscription, principal, document_of_subscription(subscription, Speller(play.world)), answers)
        if isinstance(subscription, Stream):
            found.cursor = tuple(start for _, start in subscription.cursor)
        return found

    def is_allowed(self, play: Play) -> bool:
        """Whether the role has all that the document names."""
        access = play.access(self.principal)
        return all(is_granted(access, mention) for mention in self.document.mentions)

    def is_unclear(self, play: Play) -> bool:
        """Whether only the server can tell what its caller may ask, or which rows of several it is given."""
        access = play.access(self.principal)
        tables = {mention.table for mention in self.document.mentions}
        is_cut = "distinctOn" in self.document.text
        return any(access.is_unclear(each) or (is_cut and not access.is_total(each)) for each in tables)

    # ---- what is done with it ------------------------------------------------------------------------

    def open(self, backend: LiveBackend, log: Sequence[Change]) -> None:
        """
        Begins, or goes on from what the client has.

        Raises:
            Exception: what the server refuses it with.
        """
        self.outlet, self.taken = Heard(), 0
        self.is_fresh = isinstance(self.subscription, Told) and self.token is None
        self.is_behind = False
        begins = self._position(backend)
        self.pending = [] if begins is None else [each for each in log if each.position > begins]
        variables = self.document.variables
        request = LiveRequest(self.document.text, None, variables, caller_of(self.principal), position=self.token)
        self.handle = backend.run(backend.live.open(request, self.outlet))

    def _position(self, backend: LiveBackend) -> Position | None:
        if self.token is None or not isinstance(self.subscription, Told):
            return None
        return Marks(backend.log).read(self.token)

    def close(self, backend: LiveBackend) -> None:
        """Wants nothing more, for a time or for good."""
        if self.handle is not None:
            backend.run(_done(self.handle.close))
        self.handle = None

    def act_as(self, principal: Principal, backend: LiveBackend) -> None:
        """Goes on as somebody else."""
        assert self.handle is not None
        handle, self.principal = self.handle, principal
        self.rejoined()
        backend.run(_done(lambda: handle.act_as(caller_of(principal))))

    def rejoined(self) -> None:
        """Whoever does not read and joins anew reads the log by itself."""
        self.is_behind = self.is_behind or not self.outlet.is_clear

    def block(self, backend: LiveBackend) -> None:
        """Reads no more, or again."""
        assert self.handle is not None
        self.outlet.is_clear = not self.outlet.is_clear
        if self.outlet.is_clear:
            backend.run(_done(self.handle.cleared))

    # ---- what it was given ---------------------------------------------------------------------------

    def check(self, moment: Moment) -> Finding | None:
        """What is wrong with what it was given since the last look."""
        bodies = self.outlet.bodies[self.taken :]
        self.taken = len(self.outlet.bodies)
        if self.outlet.ended is not None:
            return self._over(moment, bodies)
        if not self.is_allowed(moment.play):
            return self._finding("refusal", "it goes on, though its caller may not ask", bodies)
        access = moment.play.access(self.principal)
        eyes = Eyes(moment.play.world, access, self.principal, moment.state)
        match self.subscription:
            case LiveQuery():
                found, told = self._view(self.subscription, eyes, bodies), None
            case Stream():
                found, told = self._batches(self.subscription, eyes, bodies), None
            case Told():
                found, told = self._events(self.subscription, moment, bodies)
        if bodies:
            self.token = _token_of(bodies[-1])
        return self._leaks(bodies, moment, told) or found

    def _over(self, moment: Moment, bodies: Sequence[Any]) -> Finding | None:
        self.is_over = True
        self.answers.ends += 1
        text = " ".join(f"{each.code} {each}" for each in self.outlet.ended or ())
        typed = self.document.text + json.dumps(self.document.variables, ensure_ascii=False)
        if any(canary not in typed for canary in _CANARY.findall(text)):
            return self._finding("canary", f"the end tells what is hidden: {text}", bodies)
        if self.is_allowed(moment.play) and not accepts("error", text):
            return self._finding("difference", f"it ends with {text!r}", bodies)
        return None

    def _view(self, query: LiveQuery, eyes: Eyes, bodies: Sequence[Any]) -> Finding | None:
        for body in bodies:
            # Of a row that nobody of the role sees, nothing is remembered, before and after.
            if body["data"] == self.view and None not in (self.token, _token_of(body)):
                return self._finding("repetition", "the same is said twice", bodies)
            self.view = body["data"]
        self.answers.views += 1
        first = difference({"a0": expected_rows(query.root, eyes, None)}, self.view)
        return None if first is None else self._finding("difference", first, bodies)

    def _batches(self, stream: Stream, eyes: Eyes, bodies: Sequence[Any]) -> Finding | None:
        if not self.outlet.is_clear:
            return self._finding("difference", "it is given more than it reads", bodies) if bodies else None
        expected, self.cursor = expected_batches(stream, eyes, self.cursor)
        got = [body["data"]["a0"] for body in bodies]
        parted = [split_by_ties(rows, ties) for rows, ties in zip(got, expected, strict=False)]
        self.answers.batches += 1 + len(got)
        first = difference(expected, [*parted, *got[len(parted) :]])
        return None if first is None else self._finding("difference", first, bodies)

    def _events(self, told: Told, moment: Moment, bodies: Sequence[Any]) -> tuple[Finding | None, Any]:
        table = moment.play.world.table(told.table).plural
        changes = [each for each in moment.changes if each.table == table and each.verb != "truncate"]
        if not self.outlet.is_clear:
            if self.is_behind or self._expected(told, moment, changes):
                self.pending += changes
                self.is_behind = True
            return (self._finding("difference", "it is given more than it reads", bodies) if bodies else None), None
        due = [each for each in [*self.pending, *changes] if each.table == table and each.verb != "truncate"]
        self.pending, self.is_behind = [], False
        got = [body["data"]["a0"] for body in bodies]
        if self.is_fresh:
            self.is_fresh = False
            if not got or got[0] != []:
                return self._finding("difference", "it does not say that it begins", bodies), None
            del got[0]
        expected = self._expected(told, moment, due)
        self.answers.events += 1 + len(expected)
        first = difference(expected, [event for events in got for event in events])
        if first is None and any(not 1 <= len(events) <= told.size for events in got):
            first = "an answer has none or too many"
        return (None if first is None else self._finding("difference", first, bodies)), expected

    def _expected(self, told: Told, moment: Moment, changes: Sequence[Change]) -> list[Any]:
        play = moment.play
        access = play.access(self.principal)
        events = (expected_event(told, play.world, access, self.principal, moment.state, each) for each in changes)
        return [event for event in events if event is not None]

    def _leaks(self, bodies: Sequence[Any], moment: Moment, told: Any) -> Finding | None:
        typed = self.document.text + json.dumps(self.document.variables, ensure_ascii=False)
        seen = set(_CANARY.findall(json.dumps(bodies, ensure_ascii=False)))
        seen -= {*_CANARY.findall(typed), *_CANARY.findall(shown_whole(told))}
        access = moment.play.access(self.principal)
        for state in moment.states if seen else ():
            seen -= Eyes(moment.play.world, access, self.principal, state).shown_texts()
        if seen:
            return self._finding("canary", f"{sorted(seen)} are hidden", bodies)
        return None

    def _finding(self, detector: str, text: str, bodies: Sequence[Any]) -> Finding:
        variables = json.dumps(self.document.variables, ensure_ascii=False)
        return Finding(
            detector,
            f"{text}\n  {self.document.text} {variables}\n  as {self.principal}\n  was given {shown(list(bodies))}",
        )


def _token_of(body: Any) -> str | None:
    return body.get("extensions", {}).get("portico", {}).get("position")


def shown_whole(value: Any) -> str:
    """A value as text, whatever is in it."""
    return json.dumps(value, default=lambda each: list(getattr(each, "items", ())), ensure_ascii=False)


async def _done(act: Any) -> None:
    act()
