"""What do tests of transports subscribe to: small operations without a database, chosen by a word in the document."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from portico.resolvers.live.ports import Outlet, Subscription
from portico.resolvers.problems import InvalidArgument, InvalidDocument
from portico.resolvers.request import LiveRequest
from portico.schema.caller import Caller
from portico.schema.problems import Problem


def answer(data: Any, position: str | None = None) -> bytes:
    """A response as the executor writes it."""
    body: dict[str, Any] = {"data": data}
    if position is not None:
        body["extensions"] = {"portico": {"position": position}}
    return json.dumps(body, separators=(",", ":")).encode()


class Topic:
    """A subscription that the test publishes to, and that remembers what its transport told it."""

    def __init__(self, numbers: Numbers, request: LiveRequest, outlet: Outlet) -> None:
        self.numbers = numbers
        self.request = request
        self.outlet = outlet
        self.caller = request.caller
        self.told: list[str] = []

    def cleared(self) -> None:
        self.told.append("cleared")

    def act_as(self, caller: Caller) -> None:
        self.caller = caller
        self.told.append(f"act_as {caller.role}")
        if caller.role == "anonymous" and self.request.caller.role != "anonymous":
            self.end(InvalidDocument("This role sees nothing of it."))
        elif "whoami" in self.request.document:
            self.outlet.next(answer({"whoami": [caller.role, caller.id]}))

    def close(self) -> None:
        self.told.append("close")
        self.numbers.topics.remove(self)

    def end(self, *problems: Problem) -> None:
        self.numbers.topics.remove(self)
        self.outlet.end(problems)


class Counting:
    """Counts up to a number, one at a time, and not further while its outlet is not clear."""

    def __init__(self, outlet: Outlet, first: int, last: int) -> None:
        self._outlet = outlet
        self._next = first
        self._last = last
        self._is_closed = False

    def go_on(self) -> None:
        while self._outlet.is_clear and not self._is_closed:
            if self._next > self._last:
                self._is_closed = True
                self._outlet.end()
                return
            self._outlet.next(answer({"count": self._next}, str(self._next)))
            self._next += 1

    def cleared(self) -> None:
        self.go_on()

    def act_as(self, caller: Caller) -> None:
        return

    def close(self) -> None:
        self._is_closed = True


class Numbers:
    """
    Operations by a word in the document.

    `topic`, `whoami`: what the test publishes to. `count`: numbers after the position up to `variables.to`, each with a
    position. `hello`: one answer. `slow`: one answer when the test says so. `big`: an answer of `variables.bytes`.
    `refused`: a problem. `crash`: a mistake.
    """

    def __init__(self) -> None:
        self.topics: list[Topic] = []
        self.opened: list[LiveRequest] = []
        self.cancelled = 0
        self.go = asyncio.Event()

    def publish(self, *bodies: bytes) -> None:
        for body in bodies:
            for topic in list(self.topics):
                topic.outlet.next(body)

    async def open(self, request: LiveRequest, outlet: Outlet) -> Subscription | None:
        self.opened.append(request)
        document = request.document
        if "refused" in document:
            raise InvalidArgument("There is no such number.", path="$.selectionSet.refused", locations=[(1, 3)])
        if "crash" in document:
            raise RuntimeError("SELECT secret FROM somewhere")
        if "slow" in document:
            try:
                await self.go.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        if "count" in document:
            counting = Counting(outlet, int(request.position or 0) + 1, request.variables["to"])
            counting.go_on()
            return counting
        if document.startswith("subscription"):
            topic = Topic(self, request, outlet)
            self.topics.append(topic)
            if "whoami" in document:
                outlet.next(answer({"whoami": [request.caller.role, request.caller.id]}))
            return topic
        if request.reads_only and document.startswith("mutation"):
            raise InvalidArgument("A mutation cannot be sent by GET.")
        outlet.next(self._single(request))
        outlet.end()
        return None

    def _single(self, request: LiveRequest) -> bytes:
        if "whoami" in request.document:
            return answer({"whoami": [request.caller.role, request.caller.id]})
        if "big" in request.document:
            return answer({"big": "x" * request.variables["bytes"]})
        return answer({"hello": "world"})


def told(topics: Sequence[Topic]) -> list[list[str]]:
    return [topic.told for topic in topics]
