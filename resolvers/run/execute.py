"""How is a request answered: plan looked up, values bound, one statement, bytes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from copy import copy
from functools import partial
from inspect import GEN_CREATED, GEN_SUSPENDED, getgeneratorstate
from typing import Any, TypeAlias

from sqlalchemy import Table as SqlTable

from portico.resolvers.documents import Documents, Operation, RoleSchema
from portico.resolvers.limits import FunctionLimits, Limits
from portico.resolvers.plan.cursors import BadCursor
from portico.resolvers.plan.values import Shape
from portico.resolvers.problems import (
    ChannelClosed,
    InvalidArgument,
    InvalidCursor,
    InvalidValue,
    NeedsStream,
    NotRepeatable,
    ReadsOnly,
    Refused,
    UnknownRole,
    UnreadableValue,
)
from portico.resolvers.request import Request, RequestOnce
from portico.resolvers.run.bodies import read_answers, whole_body
from portico.resolvers.run.calls import Steps, refusal
from portico.resolvers.run.computing import compute
from portico.resolvers.run.engine import Engine
from portico.resolvers.run.functions import Functions, Provide, nothing_provided
from portico.resolvers.run.given_rows import GivenRows
from portico.resolvers.run.identifiers import new_id
from portico.resolvers.run.inside import InsideWrites
from portico.resolvers.run.introspection import Introspection
from portico.resolvers.run.once import Once
from portico.resolvers.run.remotes import Remotes, Told, with_errors
from portico.resolvers.run.sending import ChannelTaker, NoChannels
from portico.resolvers.run.writing import WriteContext, lone_statement, write_field
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.program import (
    CallSlot,
    ChannelSlot,
    IntrospectionSlot,
    LeafSlot,
    Program,
    RemoteSlot,
    WriteSlot,
)
from portico.resolvers.sql.writer import Writer
from portico.schema import scalars
from portico.schema.access import known_roles
from portico.schema.caller import Caller
from portico.schema.catalog import Catalog
from portico.schema.postgres_checks import Unreadable
from portico.schema.problems import Problem
from portico.schema.types.build import SchemaBuilder

RunWrites: TypeAlias = Callable[[Callable[[], Sequence[Steps]], Writer | None], Awaitable[list[bytes]]]
Found: TypeAlias = tuple[Operation, Shape, list[Any]]
"""The operation of a request, the key of its plan, and its values."""


class Executor:
    """
    Answers requests over one Catalog and one engine.

    A reload makes a new Executor; the old one ends with its last request.

    Args:
        reveals: whether messages to a role may name what there is: types, and fields that were perhaps meant.
        idempotency_hours: how long answers to requests with keys are kept.
        channels: takes what is sent over channels.
        logged: the tables whose changes are logged.
        provide: what functions are handed. function_limits: how long they may take, and how much.
        inside: runs writes that functions look into.
    """

    def __init__(
        self,
        catalog: Catalog,
        engine: Engine,
        dialect: SqlDialect,
        *,
        limits: Callable[[str], Limits] = lambda role: Limits(),
        reveals: Callable[[str], bool] = lambda role: True,
        idempotency_hours: float = 24.0,
        channels: ChannelTaker | None = None,
        logged: Collection[SqlTable] = (),
        provide: Provide = nothing_provided,
        function_limits: FunctionLimits | None = None,
        inside: InsideWrites | None = None,
    ) -> None:
        self.inside = inside
        self.catalog = catalog
        self.engine = engine
        self.builder = SchemaBuilder(catalog)
        self._dialect = dialect.reserving(catalog.names_in_sql).logging(logged)
        self.documents = Documents(self._dialect)
        self.introspection = Introspection(self.builder)
        self.functions = Functions(
            GivenRows(engine),
            provide,
            function_limits or FunctionLimits(),
            stringifies=dialect.stringifies(scalars.NUMERIC),
        )
        self.remotes = Remotes(self.functions, provide)
        self._once = Once(dialect, idempotency_hours)
        self._channels = NoChannels() if channels is None else channels
        self._limits = limits
        self._reveals = reveals
        self._known_roles = known_roles(catalog)
        self._roles: dict[tuple[str, bool], RoleSchema] = {}
        self._checks = scalar_checks(catalog)

    def over(self, engine: Engine, provide: Provide, inside: InsideWrites | None) -> Executor:
        """The same in a transaction that somebody else has begun, of which all becomes a part that it is asked."""
        made = copy(self)
        made.engine, made.inside = engine, inside
        made.functions = self.functions.over(GivenRows(engine), provide)
        made.remotes = Remotes(made.functions, provide)
        return made

    @property
    def dialect(self) -> SqlDialect:
        """The SQL that its statements are in."""
        return self._dialect

    def role(self, caller: Caller) -> RoleSchema:
        """The schema of the caller's role."""
        found = self._roles.get((caller.role, caller.backend))
        return found or self._make_role(caller)

    def _make_role(self, caller: Caller) -> RoleSchema:
        # Hasura declares its roles nowhere: one without permissions is one that has nothing.
        if caller.role not in self._known_roles and self.catalog.names.convention == "plain":
            raise UnknownRole("The role does not exist here.", hint="Name a role that the model file knows.")
        types = self.builder.types(caller.role, backend=caller.backend)
        limits, reveals = self._limits(caller.role), self._reveals(caller.role)
        role = RoleSchema(self.builder, types, limits, self._checks, reveals=reveals)
        self._roles[caller.role, caller.backend] = role
        return role

    def find(self, request: Request) -> Found:
        """
        The operation of a request, the key of its plan, and its values; for those who run it in their own way.

        Raises:
            Problem, DocumentInvalid: it cannot be run under the caller's role.
        """
        operation, literals = self.documents.find(request.document, request.operation_name, self.role(request.caller))
        return operation, *operation.read(request.variables, literals)

    async def execute(self, request: Request, found: Found | None = None) -> bytes:
        """
        The whole response body of a request that succeeds.

        Args:
            found: what `find` gave of it, where somebody has looked already.

        Raises:
            Problem, DocumentInvalid: nothing was changed.
        """
        caller = request.caller
        operation, key, values = self.find(request) if found is None else found
        program = operation.program(key)
        lone = program.lone
        if lone is not None and program.statement is not None:
            row = await self.engine.read(program.statement.sql, self.bind(program, values, caller))
            before, after, null = lone
            text = row[0] if row is not None else None
            return null if text is None else before + text + after
        if operation.kind == "subscription":
            raise NeedsStream("A subscription needs a websocket or text/event-stream.")
        if operation.kind == "mutation":
            if request.reads_only:
                raise InvalidArgument("A mutation cannot be sent by GET.", hint="Send it by POST.")
            if caller.reads_only:
                raise ReadsOnly("These credentials change nothing.", hint="Use a key that may write.")
            if isinstance(request, RequestOnce):
                return await self._execute_once(program, values, request)
        return await self._execute_slots(operation, program, values, request)

    def bind(self, program: Program, values: Sequence[Any], caller: Caller) -> Sequence[Any]:
        """
        The driver's parameters of a program that reads.

        Raises:
            InvalidValue, InvalidCursor, UnreadableValue: a value does not fit.
        """
        assert program.statement is not None
        try:
            return program.statement.bind(values, caller)
        except ValueError as error:
            raise _unfit(error) from error

    async def _execute_slots(
        self, operation: Operation, program: Program, values: Sequence[Any], request: Request
    ) -> bytes:
        answers: dict[LeafSlot, bytes] = {}
        told: list[Told] = []
        for _ in program.channels:
            self._channels.admit(request.caller)
        if program.writes:
            answers.update(await self._write(program, values, request))
        if program.statement is not None:
            row = await self.engine.read(program.statement.sql, self.bind(program, values, request.caller))
            answers.update(read_answers(program, row))
        for slot in program.channels:
            answers[slot] = await self._take(slot, answers[slot], values, request.caller)
        if program.calls:
            answers.update(await self._call(operation, program, values, request, told))
        body = whole_body(program, answers)
        if program.computed or program.joined:
            body = await compute(self.functions, self.remotes, program, body, values, request, told)
        return with_errors(body, told, request) if told else body

    async def _take(self, slot: ChannelSlot, key: bytes, values: Sequence[Any], caller: Caller) -> bytes:
        """The answer of a field that sends, after the statement has said whether the caller may."""
        path = f"$.selectionSet.{slot.key}"
        if key == slot.null:
            raise ChannelClosed("There is no such channel for you to send to.", path=path)
        payload = {name: read(values) for name, read in (slot.payload or {}).items()}
        try:
            return b"true" if await self._channels.take(slot, key, caller, payload) else b"false"
        except Problem as problem:
            problem.path = path
            raise

    async def _execute_once(self, program: Program, values: Sequence[Any], request: RequestOnce) -> bytes:
        """The body of a mutation with a key; `Replayed` is raised where it was given before."""
        if program.calls or program.channels or program.computed or program.joined:
            raise NotRepeatable(
                "A document with functions, channels or introspection cannot have an Idempotency-Key.",
                hint="Send them in a request of their own.",
            )
        slots, context = self._writing(program, values, request)

        def writes() -> Steps:
            answers: dict[LeafSlot, bytes] = {}
            for slot in slots:
                answers[slot] = yield from write_field(slot, context)
            return whole_body(program, answers)

        try:
            run = self._run_of(slots, request, once=True) or self.engine.write
            (body,) = await run(self._once.steps(request, writes), context.writer)
        except ValueError as error:
            raise _unfit(error) from error
        return body

    def _writing(
        self, program: Program, values: Sequence[Any], request: Request
    ) -> tuple[list[WriteSlot], WriteContext]:
        slots = [slot for slot in program.leaves if isinstance(slot, WriteSlot)]
        caller = request.caller
        if self._dialect.logs_any:
            caller = Writer.of(caller, request.trace)
        return slots, WriteContext(values, caller, new_id, self._limits(caller.role))

    def _run_of(self, slots: Sequence[WriteSlot], request: Request, *, once: bool = False) -> RunWrites | None:
        """What runs the steps of these fields, or all `once`, where functions look into them; None where the engine does."""
        if self.inside is None or not self.inside.concerns(slots):
            return None
        places = [f"$.selectionSet.{slot.key}" for slot in slots]
        return partial(self.inside.write, request, places if len(places) == 1 or not once else ["$"])

    async def _write(self, program: Program, values: Sequence[Any], request: Request) -> Mapping[LeafSlot, bytes]:
        slots, context = self._writing(program, values, request)
        if not slots:
            return {}
        running: list[Steps] = []
        try:
            run = self._run_of(slots, request)
            if run is None and len(slots) == 1 and (call := lone_statement(slots[0], context)) is not None:
                is_logged = self._dialect.logs(slots[0].steps[0].table.sql)
                row = await self.engine.write_one(call, context.writer if is_logged else None)
                if row is None:
                    raise refusal(call.rules)
                return {slots[0]: row[0] or b"null"}

            def make() -> list[Steps]:
                running[:] = [write_field(slot, context) for slot in slots]
                return running

            texts = await (run or self.engine.write)(make, context.writer)
        except ValueError as error:
            raise _unfit(error) from error
        except Problem as problem:
            _place(problem, slots, running)
            raise
        return dict(zip(slots, texts, strict=True))

    async def _call(
        self, operation: Operation, program: Program, values: Sequence[Any], request: Request, told: list[Told]
    ) -> Mapping[LeafSlot, bytes]:
        answers: dict[LeafSlot, bytes] = {}
        calls = [slot for slot in program.leaves if isinstance(slot, CallSlot)]
        remotes = [slot for slot in program.leaves if isinstance(slot, RemoteSlot)]
        if operation.kind == "query":
            if calls:
                answers.update(await self.functions.queries(calls, values, request))
            if remotes:
                answers.update(await self.remotes.queries(remotes, values, request, told))
        else:
            for slot in program.leaves:
                if isinstance(slot, CallSlot):
                    answers[slot] = await self.functions.answer(slot, values, request)
                elif isinstance(slot, RemoteSlot):
                    answers[slot] = await self.remotes.answer(slot, values, request, told)
        if asked := [slot for slot in program.leaves if isinstance(slot, IntrospectionSlot)]:
            found = await self.introspection.answer(operation, [slot.key for slot in asked], request.variables)
            answers.update({slot: found[slot.key] for slot in asked})
        return answers


def _place(problem: Problem, slots: Sequence[WriteSlot], running: Sequence[Steps]) -> None:
    """Names the field that failed: the only one, or the last that was begun; a refused COMMIT is of all of them."""
    if problem.path != "$":
        return
    begun = [slot for slot, steps in zip(slots, running, strict=False) if getgeneratorstate(steps) != GEN_CREATED]
    is_open = any(getgeneratorstate(steps) == GEN_SUSPENDED for steps in running)
    if len(slots) == 1 or (begun and (is_open or isinstance(problem, Refused))):
        problem.path = f"$.selectionSet.{(begun or slots)[-1].key}"


def _unfit(error: ValueError) -> Problem:
    if isinstance(error, BadCursor):
        return InvalidCursor(f"{str(error).capitalize()}.", hint="Take cursors as the list gave them, in its order.")
    if isinstance(error, Unreadable):
        return UnreadableValue(f"A value does not fit: {error}")
    return InvalidValue(f"A value does not fit: {error}")


def scalar_checks(catalog: Catalog) -> dict[str, Callable[[Any], Any]]:
    """GraphQL scalar name → check of a JSON value, for every scalar that the schema can have."""
    checks: dict[str, Callable[[Any], Any]] = {}
    known = [each for each in vars(scalars).values() if isinstance(each, scalars.Scalar)]
    used = [column.scalar for table in catalog.tables.values() for column in table.columns.values()]
    for scalar in [*known, *used]:
        base = scalar.item or scalar
        checks.setdefault(catalog.names.scalar(base.name, base.plain), base.check)
    return checks
