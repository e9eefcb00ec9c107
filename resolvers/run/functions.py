"""How are authors' functions called: arguments bound, within limits, and what they give written as JSON."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import copy
from functools import partial
from typing import Any

import orjson

from portico.resolvers.limits import FunctionLimits
from portico.resolvers.plan.result_writers import NotFitting, Work, leave_out
from portico.resolvers.plan.results import GivenArgument, ResultMember
from portico.resolvers.problems import (
    AnswerTooLarge,
    FunctionDenied,
    FunctionFailed,
    FunctionTimedOut,
    InvalidValue,
    NotProvided,
    TooDeep,
    TooLarge,
)
from portico.resolvers.request import Request
from portico.resolvers.run.given_rows import GivenRows
from portico.resolvers.sql.compiled import tree_reader
from portico.resolvers.sql.program import CallSlot
from portico.schema.caller import Caller
from portico.schema.declarations import FunctionDeclaration
from portico.schema.problems import Problem
from portico.schema.provided import Provided, is_handed
from portico.schema.types.function_values import Unfit
from portico.schema.types.specs import FunctionSpec

Provide = Callable[[type[Any], Request], Any]
"""A class that derives from `Provided` and the request → what a function is handed for it."""


def nothing_provided(kind: type[Any], request: Request | None = None) -> Any:
    """Stands where no functions run: a process that only explains or prints."""
    raise NotProvided(f"Nothing here provides a {kind.__name__}.")


class Remote(Provided, ABC):
    """Calls functions that live elsewhere."""

    @abstractmethod
    async def call(self, spec: FunctionSpec, given: Mapping[str, Any], request: Request) -> Any:
        """
        What the function answers, as JSON.

        Args:
            given: the arguments by their names in GraphQL, as JSON.
        """


class Functions:
    """
    Calls the functions of one Catalog.

    Args:
        rows: reads what they give of models.
        stringifies: whether exact numbers come as text.
    """

    def __init__(self, rows: GivenRows, provide: Provide, limits: FunctionLimits, *, stringifies: bool = False) -> None:
        self._rows = rows
        self._provide = provide
        self.limits = limits
        self.default = str if stringifies else _digits
        self._places: dict[Callable[..., Any], asyncio.Semaphore] = {}
        self._threads = ThreadPoolExecutor(
            limits.threads, "portico functions"
        )  # none begins before the first is needed
        self._in_turn = False

    def over(self, rows: GivenRows, provide: Provide) -> Functions:
        """The same functions, handed something else; one after another, for they share a connection."""
        made = copy(self)
        made._rows, made._provide, made._in_turn = rows, provide, True  # noqa: SLF001
        return made

    async def queries(self, slots: Sequence[CallSlot], values: Sequence[Any], request: Request) -> Mapping[Any, bytes]:
        """The answers of functions that only read, which run beside each other; the first failure is the answer of all."""
        if len(slots) == 1:
            return {slots[0]: await self.answer(slots[0], values, request)}
        if self._in_turn:
            return {slot: await self.answer(slot, values, request) for slot in slots}
        tasks = [asyncio.ensure_future(self.answer(slot, values, request)) for slot in slots]
        try:
            return dict(zip(slots, await asyncio.gather(*tasks), strict=True))
        finally:
            for task in tasks:
                task.cancel()

    async def answer(self, slot: CallSlot, values: Sequence[Any], request: Request) -> bytes:
        """
        The answer of one function.

        Raises:
            Problem: with the field's path.
        """
        async with self.within(slot):
            async with self.place(slot.field.spec.declaration):
                found = await self.call(slot, values, request)
            return await self.written(slot, found, values, request)

    def within(self, slot: CallSlot) -> AbstractAsyncContextManager[None]:
        """The time that a function has; what goes wrong in it is a problem of its field."""
        return within(slot.field.spec.declaration.timeout_s or self.limits.timeout_s, slot.field.path)

    def place(self, declaration: FunctionDeclaration) -> asyncio.Semaphore:
        """What is held while a function runs."""
        found = self._places.get(declaration.function)
        if found is None:
            count = declaration.concurrency or self.limits.concurrency
            found = self._places[declaration.function] = asyncio.Semaphore(count)
        return found

    async def call(self, slot: CallSlot, values: Sequence[Any], request: Request, *first: Any) -> Any:
        """What the function gives; `first` are positional arguments."""
        if slot.field.spec.declaration.remote is not None:
            return await self._call_remote(slot, values, request)
        arguments = await self._admitted(slot, values, request)
        return await self.run(slot.field.spec.declaration.function, arguments, *first)

    async def _call_remote(self, slot: CallSlot, values: Sequence[Any], request: Request) -> Any:
        """What a function gives that lives elsewhere, as JSON; arguments are looked at here all the same."""
        await self._admitted(slot, values, request)
        given = {argument.field: read(values) for argument, read in slot.given}
        remote: Remote = self._provide(Remote, request)
        return await remote.call(slot.field.spec, given, request)

    async def begun(self, slot: CallSlot, values: Sequence[Any], request: Request) -> Any:
        """What a function gives that is called on the loop: an async generator, or what becomes one."""
        return slot.field.spec.declaration.function(**await self._admitted(slot, values, request))

    async def _admitted(self, slot: CallSlot, values: Sequence[Any], request: Request) -> dict[str, Any]:
        spec = slot.field.spec
        arguments = self.arguments(slot, values, request)
        if spec.declaration.when is not None:
            await self._check(spec.declaration.when, spec, arguments, request)
        return arguments

    def arguments(self, slot: CallSlot, values: Sequence[Any], request: Request) -> dict[str, Any]:
        """What a function is called with, by name."""
        spec = slot.field.spec
        found: dict[str, Any] = dict.fromkeys(spec.bare) if spec.bare else {}
        for argument, read in slot.given:
            found[argument.name] = self.converted(argument, read(values))
        for name, kind in spec.handed.items():
            found[name] = self._handed(kind, request)
        return found

    def converted(self, argument: GivenArgument, value: Any) -> Any:
        """An argument's value of its JSON."""
        if isinstance(value, dict | list):
            self._check_size(value, argument.path)  # pyright: ignore[reportUnknownArgumentType]
        try:
            return argument.convert(value)
        except Unfit as error:
            raise InvalidValue(f"{error}", path=argument.path) from error

    def _check_size(self, value: Any, path: str) -> None:
        """Before anything is made of it."""
        left, waiting = self.limits.argument_values, [(value, 1)]
        while waiting:
            each, depth = waiting.pop()
            if depth > self.limits.argument_depth:
                raise TooDeep("The argument is nested too deeply.", path=path)
            inside: Any = each.values() if isinstance(each, dict) else each
            left -= len(inside)
            if left < 0:
                raise TooLarge(f"The argument has more than {self.limits.argument_values} values.", path=path)
            waiting += [(one, depth + 1) for one in inside if isinstance(one, dict | list)]

    async def _check(
        self, when: Callable[..., Any], spec: FunctionSpec, arguments: Mapping[str, Any], request: Request
    ) -> None:
        defaults = inspect.signature(spec.declaration.function).parameters
        named: dict[str, Any] = {}
        for name, kind in spec.needs.items():
            if is_handed(kind):
                named[name] = self._handed(kind, request)
            else:
                named[name] = arguments[name] if name in arguments else defaults[name].default
        if await self.run(when, named) is not True:
            said = inspect.getdoc(when)
            raise FunctionDenied("You may not do this.", hint=f"{when.__name__}: {said}" if said else None)

    def _handed(self, kind: Any, request: Request) -> Any:
        return request.caller if kind is Caller else self._provide(kind, request)

    async def run(self, function: Callable[..., Any], arguments: Mapping[str, Any], *first: Any) -> Any:
        """What a function of the author's gives: awaited, or found in a thread."""
        if inspect.iscoroutinefunction(function):
            return await function(*first, **arguments)
        # In a thread, for it may wait for what it likes: of one that is late, the thread goes on and its answer is dropped.
        context = contextvars.copy_context()
        work = partial(context.run, partial(function, *first, **arguments))
        found = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        return await found if inspect.isawaitable(found) else found

    # ---- answers -------------------------------------------------------------------------------------

    async def written(self, slot: CallSlot, found: Any, values: Sequence[Any], request: Request) -> bytes:
        """JSON of what a function has given, with the rows in it as the caller sees them."""
        box: list[Any] = [None]
        work = self.work(slot, values, request)
        slot.write(found, box, 0, work)
        await self.finish(slot, work, values, request)
        text = orjson.dumps(box[0], default=self.default)
        self.check_size(len(text))
        return text

    def work(self, slot: CallSlot, values: Sequence[Any], request: Request) -> Work:
        """What a writer of the function's leaves to be done."""
        return Work(partial(self._resolve, slot, values, request))

    async def finish(self, slot: CallSlot, work: Work, values: Sequence[Any], request: Request) -> None:
        """Fills what a writer has left open."""
        while work.awaited:
            waiting, work.awaited = work.awaited, []
            results = await asyncio.gather(*(each for each, *_ in waiting))
            for result, (_, write_member, inside, place) in zip(results, waiting, strict=True):
                write_member(result, inside, place, work)
        if work.rows:
            await self._rows.fill(slot.rows, work.rows, values, request.caller)
        leave_out(work)

    def check_size(self, size: int) -> None:
        """Refuses what is larger than what a function may give."""
        if size > self.limits.answer_bytes:
            raise AnswerTooLarge(
                f"The function gave {size} bytes; {self.limits.answer_bytes} are allowed.",
                hint="Ask for less at once.",
            )

    def _resolve(
        self, slot: CallSlot, values: Sequence[Any], request: Request, member: ResultMember, source: Any,
        given: Sequence[GivenArgument],
    ) -> Any:  # fmt: skip
        """A resolver of Strawberry's, of a member that is worked out."""
        assert member.resolve is not None
        arguments = {each.name: self.converted(each, tree_reader(each.tree)(values)) for each in given}
        return member.resolve(source, _Info(request, member.name), **arguments)


class _Info:
    """As much as Strawberry asks of what graphql-core hands to resolvers."""

    def __init__(self, request: Request, field_name: str) -> None:
        self.context = request
        self.root_value = None
        self.field_name = field_name


@asynccontextmanager
async def within(limit_s: float, path: str = "$") -> AsyncGenerator[None]:
    """The time that an author's function has; what goes wrong in it is a problem of this place in the document."""
    deadline = asyncio.timeout(limit_s)
    try:
        async with deadline:
            yield
    except TimeoutError as error:
        if deadline.expired():
            raise FunctionTimedOut(f"The function took more than {limit_s:g} s.", path=path) from error
        raise failed(error, path) from error
    except Problem as problem:
        if problem.path == "$":
            problem.path = path
        raise
    except Exception as error:
        raise failed(error, path) from error


def _digits(value: Any) -> Any:
    """What orjson does not know: an exact number keeps its digits."""
    text = format(value, "f") if hasattr(value, "as_tuple") else str(value)
    return orjson.Fragment(text.encode()) if hasattr(value, "as_tuple") else text


def failed(error: Exception, path: str) -> Problem:
    """What a client hears of a mistake; the log has all of it."""
    said = (
        "The function gave what its type does not allow." if isinstance(error, NotFitting) else "The function failed."
    )
    return FunctionFailed(said, path=path)
