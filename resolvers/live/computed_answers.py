"""How is what functions compute put into answers of subscriptions: on their way to the client, once for all who are answered the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

from portico.resolvers.live.ports import Outlet, Part
from portico.resolvers.request import Request
from portico.resolvers.run.computing import as_text, computed_answer
from portico.resolvers.run.functions import Functions
from portico.resolvers.sql.member_values import frozen
from portico.resolvers.sql.program import Program
from portico.schema.problems import Problem

_DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class _Answer:
    """A whole response, and the digest of its data."""

    body: bytes
    digest: str


class ComputedAnswers:
    """Answers that are being worked out, each once for all who wait for it."""

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[_Answer]] = {}
        self._waiting: Counter[Hashable] = Counter()

    async def of(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, _Answer]]) -> _Answer:
        """What the work gives, unless that of the same key is underway; it ends with the last who waits for it."""
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(work())
        self._waiting[key] += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._running[key], self._waiting[key]
                task.cancel()


class ComputedPart:
    """
    Stands between a subscription and its outlet, and is to each what the other was.

    Of a live query the latest state is given where its digest is another than that of the last one, whatever the columns
    have become of which it was computed. A batch of a stream, or of changes, takes the place of none, so that the next is
    given when it has left.

    Args:
        values, request: of the subscription.
        known: the digest of the answer that the client of a live query came back with; None of streams and changes.
        problem_of: what is said of an exception that is no problem.
    """

    def __init__(
        self,
        answers: ComputedAnswers,
        functions: Functions,
        program: Program,
        values: Sequence[Any],
        request: Request,
        outlet: Outlet,
        known: str | None,
        problem_of: Callable[[Exception], Problem],
    ) -> None:
        self._answers = answers
        self._functions = functions
        self._program = program
        self._values = values
        self._request = request
        self._outlet = outlet
        self._known = known
        self._is_state = known is not None
        self._problem_of = problem_of
        self._who: Hashable = self._arguments() if self._is_shared() else self
        self._body: bytes | None = None
        self._task: asyncio.Task[None] | None = None
        self._has_ended = False
        self._token: str | None = None
        self.part: Part | None = None

    def _is_shared(self) -> bool:
        """Whether all callers of a role are given the same: no function is told who asks."""
        specs = [each.field.spec for each in self._program.computed]
        return not any(spec.handed or spec.declaration.when or spec.declaration.remote for spec in specs)

    def _arguments(self) -> Hashable:
        return frozen([read(self._values) for each in self._program.computed for _, read in each.given])

    # ---- as the subscription's outlet ----------------------------------------------------------------

    def next(self, body: bytes) -> None:
        """See `Outlet`."""
        if self._has_ended:
            return
        self._body = body
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    def end(self, problems: Sequence[Problem] = ()) -> None:
        """See `Outlet`."""
        self._stop()
        self._outlet.end(problems)

    @property
    def is_clear(self) -> bool:
        """See `Outlet`."""
        return self._task is None and self._outlet.is_clear

    async def _work(self) -> None:
        try:
            while (body := self._body) is not None:
                self._body = None
                work = partial(self._computed, body)
                self._give(await self._answers.of((self._program, self._who, body), work))
        except Exception as error:
            self._has_ended = True
            self._outlet.end((self._problem_of(error),))
            return
        finally:
            self._task = None
        if self.part is not None and not self._is_state and self._outlet.is_clear:
            self.part.cleared()

    async def _computed(self, body: bytes) -> _Answer:
        answer = await computed_answer(self._functions, self._program, body, self._values, self._request)
        digest = blake2b(as_text(self._functions, answer["data"]), digest_size=_DIGEST_BYTES).hexdigest()
        said = answer.get("extensions", {}).get("portico", {})
        if self._is_state and "position" in said:
            said["position"] = f"{said['position'].rpartition('.')[0]}.{digest}"
        text = as_text(self._functions, answer)
        self._functions.check_size(len(text) - len(body))
        return _Answer(text, digest)

    def _give(self, answer: _Answer) -> None:
        if not self._is_state:
            assert self.part is not None
            self._outlet.next(answer.body)
            self._token = self.part.token
            return
        self._token = f".{answer.digest}"
        if answer.digest != self._known:
            self._known = answer.digest
            self._outlet.next(answer.body)

    # ---- as the transport's part ---------------------------------------------------------------------

    @property
    def token(self) -> str | None:
        """See `Part`: of what has been given to the client, and not of what is being worked out."""
        return self._token

    @property
    def is_settled(self) -> bool:
        """See `Part`."""
        return self._task is None and self.part is not None and self.part.is_settled

    def cleared(self) -> None:
        """See `Part`."""
        if self._task is None and self.part is not None:
            self.part.cleared()

    def leave(self) -> None:
        """See `Part`."""
        self._stop()
        if self.part is not None:
            self.part.leave()

    def _stop(self) -> None:
        self._has_ended = True
        self._body = None
        if self._task is not None:
            self._task.cancel()
