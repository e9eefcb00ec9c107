"""Who may still be in a channel, where no live query says so: the right is asked again twice a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portico.resolvers.documents import DocumentInvalid
from portico.resolvers.live.ports import Outlet
from portico.resolvers.request import LiveRequest
from portico.resolvers.run.execute import Executor
from portico.resolvers.sql.program import Program
from portico.schema.caller import Caller
from portico.schema.problems import Problem


@dataclass(eq=False, slots=True)
class _Held:
    request: LiveRequest
    outlet: Outlet
    rights: AskedRights
    executor: Executor | None = None
    program: Program | None = None
    parameters: tuple[Any, ...] = ()
    said: bytes | None = None
    is_open: bool = True

    def cleared(self) -> None:
        """Nothing waits."""

    def act_as(self, caller: Caller) -> None:
        """Is asked anew at once."""
        self.request = replace(self.request, caller=caller)
        self.executor = None
        self.rights.hurry()

    def close(self) -> None:
        """Is not asked again."""
        self.is_open = False
        self.rights.drop(self)


class AskedRights:
    """
    Runs the reads of documents again and again; those that are equal once for all who hold them.

    The fallback of the change log, for engines or tables without one: 1,000 different rights are 1,000 statements
    each `interval_s`.

    Args:
        executor: gives the one of now, which a reload replaces.
    """

    def __init__(self, executor: Callable[[], Executor], *, interval_s: float = 0.5) -> None:
        self._executor = executor
        self._interval_s = interval_s
        self._held: dict[_Held, None] = {}
        self._soon = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self, request: LiveRequest, outlet: Outlet) -> _Held:
        """See `Operations`; the first answer has been given when it returns."""
        held = _Held(request, outlet, self)
        self._plan(held)
        await self._ask([held])
        if held.is_open:
            self._held[held] = None
            if self._task is None:
                self._task = asyncio.create_task(self._again())
        return held

    def drop(self, held: _Held) -> None:
        """One less."""
        self._held.pop(held, None)
        if not self._held and self._task is not None:
            self._task.cancel()
            self._task = None

    def close(self) -> None:
        """Asks no more."""
        for held in list(self._held):
            held.close()

    def hurry(self) -> None:
        """Asks all of them now."""
        self._soon.set()

    async def _again(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._interval_s):
                    await self._soon.wait()
            except TimeoutError:
                pass
            self._soon.clear()
            groups: dict[Any, list[_Held]] = {}
            for held in list(self._held):
                if held.executor is not self._executor() and not self._plan_or_end(held):
                    continue
                groups.setdefault((held.program, repr(held.parameters)), []).append(held)
            for equal in groups.values():
                try:
                    await self._ask(equal)
                except Problem:
                    continue  # the database is away: nobody's rights have changed

    def _plan(self, held: _Held) -> None:
        executor, request = self._executor(), held.request
        operation, shape, values = executor.find(request)
        held.executor, held.program = executor, operation.program(shape)
        held.parameters = tuple(executor.bind(held.program, values, request.caller))

    def _plan_or_end(self, held: _Held) -> bool:
        try:
            self._plan(held)
        except DocumentInvalid as error:
            held.outlet.end(error.problems)
        except Problem as problem:
            held.outlet.end([problem])
        else:
            return True
        held.close()
        return False

    async def _ask(self, equal: Sequence[_Held]) -> None:
        first = equal[0]
        assert first.executor is not None
        assert first.program is not None
        assert first.program.statement is not None
        assert first.program.around is not None
        row = await first.executor.engine.read(first.program.statement.sql, first.parameters)
        before, after, null = first.program.around
        body = null if row is None or row[0] is None else before + row[0] + after
        for held in equal:
            if held.is_open and held.said != body:
                held.said = body
                held.outlet.next(body)
