"""What is a subscription to an author's function: an async generator whose values are the answers, asked for as they are taken."""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Protocol

from portico.resolvers.documents import DocumentInvalid
from portico.resolvers.live.ports import Outlet, Subscription
from portico.resolvers.problems import FunctionBusy, FunctionTimedOut
from portico.resolvers.request import LiveRequest
from portico.resolvers.run.bodies import whole_body
from portico.resolvers.run.execute import Executor, Found
from portico.resolvers.run.functions import failed
from portico.resolvers.sql.program import CallSlot, Program
from portico.schema.caller import Caller
from portico.schema.problems import Problem


class Others(Protocol):
    """Who opens what is no subscription to a function."""

    async def open(self, request: LiveRequest, outlet: Outlet, found: Found | None = None) -> Subscription | None:
        """See `Operations`. found: what the executor has found of it."""
        ...


class FunctionStreams:
    """
    Opens subscriptions to functions; every other operation is opened by `others`.

    A generator is of one caller and of one version of the models: with other credentials of its socket, or when models are loaded again,
    it is closed and begun anew.

    Args:
        executor: gives the one of now, which a reload replaces.
        observe: told of every exception that clients do not hear the words of.
    """

    def __init__(
        self, executor: Callable[[], Executor], others: Others, observe: Callable[[BaseException], None]
    ) -> None:
        self.executor = executor
        self.observe = observe
        self._others = others
        self.open_streams: set[FunctionStream] = set()

    async def open(self, request: LiveRequest, outlet: Outlet, found: Found | None = None) -> Subscription | None:
        """See `Operations`. found: what the executor has found of it, where somebody has looked already."""
        found = found or self.executor().find(request)
        operation, key, _ = found
        if operation.kind != "subscription" or not operation.program(key).calls:
            return await self._others.open(request, outlet, found)
        stream = FunctionStream(self, request, outlet)
        stream.begin(found)
        return stream

    def reload(self) -> None:
        """Goes on with other models."""
        for stream in tuple(self.open_streams):
            stream.begin_anew()

    async def close(self) -> None:
        """Ends all of them, without a word."""
        tasks = [task for stream in tuple(self.open_streams) if (task := stream.ending()) is not None]
        await asyncio.gather(*tasks, return_exceptions=True)


class FunctionStream:
    """One subscription: the generator runs in a task of its own, which waits when its client does not read."""

    def __init__(self, streams: FunctionStreams, request: LiveRequest, outlet: Outlet) -> None:
        self._streams = streams
        self._request = request
        self._outlet = outlet
        self._task: asyncio.Task[None] | None = None
        self._waiting: deque[bytes] = deque()
        self._room = asyncio.Event()

    def begin(self, found: Found, *, waits: bool = False) -> None:
        """Starts the generator; raises what refuses it at once. waits: for a place, as who has given one back does."""
        operation, key, values = found
        program = operation.program(key)
        (slot,) = (leaf for leaf in program.leaves if isinstance(leaf, CallSlot))
        executor = self._streams.executor()
        place = executor.functions.place(slot.field.spec.declaration)
        if place.locked() and not waits:
            raise FunctionBusy("As many of these subscriptions are open as may be.", hint="Try again later.")
        self._streams.open_streams.add(self)
        self._task = asyncio.create_task(self._run(executor, program, slot, values, place))

    # ---- Subscription --------------------------------------------------------------------------------

    def cleared(self) -> None:
        """See `Subscription`."""
        while self._waiting and self._outlet.is_clear:
            self._outlet.next(self._waiting.popleft())
        self._room.set()

    def act_as(self, caller: Caller) -> None:
        """See `Subscription`."""
        if caller != self._request.caller:
            self._request = replace(self._request, caller=caller)
            self.begin_anew()

    def close(self) -> None:
        """See `Subscription`."""
        self.ending()

    def ending(self) -> asyncio.Task[None] | None:
        """Closes it, and gives what has still to end."""
        self._streams.open_streams.discard(self)
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task

    def begin_anew(self) -> None:
        """Closes the generator, and asks for another."""
        self.close()
        try:
            self.begin(self._streams.executor().find(self._request), waits=True)
        except DocumentInvalid as error:
            self._outlet.end(error.problems)
        except Problem as problem:
            self._outlet.end([problem])

    # ---- the generator -------------------------------------------------------------------------------

    async def _run(
        self, executor: Executor, program: Program, slot: CallSlot, values: list[Any], place: asyncio.Semaphore
    ) -> None:
        declaration = slot.field.spec.declaration
        deadline = asyncio.timeout(declaration.timeout_s)
        try:
            async with deadline, place:
                found: Any = await executor.functions.begun(slot, values, self._request)
                if inspect.isawaitable(found):
                    found = await found
                async with aclosing(found) as answers:
                    await self._pass_on(answers, executor, program, slot, values)
                await self._taken()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._ended(self._problem_of(error, slot, deadline, declaration.timeout_s))
        else:
            self._ended(None)

    async def _pass_on(
        self, answers: AsyncIterator[Any], executor: Executor, program: Program, slot: CallSlot, values: list[Any]
    ) -> None:
        most = executor.functions.limits.waiting_answers
        async for each in answers:
            text = await executor.functions.written(slot, each, values, self._request)
            body = whole_body(program, {slot: text})
            if not self._waiting and self._outlet.is_clear:
                self._outlet.next(body)
                continue
            self._waiting.append(body)
            while len(self._waiting) >= most:
                self._room.clear()
                await self._room.wait()

    async def _taken(self) -> None:
        """What the generator has given is given on before the end is said."""
        while self._waiting:
            self._room.clear()
            await self._room.wait()

    def _problem_of(
        self, error: Exception, slot: CallSlot, deadline: asyncio.Timeout, limit_s: float | None
    ) -> Problem:
        path = slot.field.path
        if isinstance(error, Problem):
            if error.path == "$":
                error.path = path
            return error
        if deadline.expired():
            return FunctionTimedOut(f"The subscription has lasted its {limit_s:g} s.", path=path)
        problem = failed(error, path)
        problem.__cause__ = error
        self._streams.observe(problem)
        return problem

    def _ended(self, problem: Problem | None) -> None:
        self._streams.open_streams.discard(self)
        self._task = None
        self._outlet.end(() if problem is None else (problem,))
