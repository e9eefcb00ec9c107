"""How do functions look into a write before it is committed: they are called with the rows that the change log has of it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table as SqlTable
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.event_settings import EventSettings
from portico.gateway.events.calling import Provide, call
from portico.gateway.events.dispatch import VERBS, concerns
from portico.gateway.events.rows import row_of
from portico.resolvers.request import Request
from portico.resolvers.run.changes import Change
from portico.resolvers.run.functions import within
from portico.resolvers.run.identifiers import new_id
from portico.schema.caller import Caller
from portico.schema.declarations import InsideDeclaration, Verb
from portico.schema.events import table_of
from portico.schema.problems import Problem
from portico.schema.provided import Event, is_provided
from portico.schema.scalars import DialectName


class InsideTooMany(Problem):
    """One field changes more rows than functions that look into them are handed."""

    code, status, error_code = "PT582", 400, "limit-exceeded"


@dataclass(frozen=True, slots=True)
class _Told:
    """One row that was written, as functions are told of it."""

    event: Event
    row: Any
    old: Any


class InsideFunctions:
    """
    The functions of one model file that look into writes.

    Attributes:
        tables: whose rows they look at. most_rows: of one field.
    """

    def __init__(self, declared: Sequence[InsideDeclaration], settings: EventSettings, dialect: DialectName) -> None:
        self._timeout_s = settings.inside_timeout_s
        self._dialect: DialectName = dialect
        self._by_table: dict[SqlTable, list[InsideDeclaration]] = {}
        self.most_rows = settings.inside_rows
        for each in declared:
            table = table_of(each.subject)
            assert table is not None
            self._by_table.setdefault(table, []).append(each)
        self._by_name = {table.fullname: each for table, each in self._by_table.items()}

    @property
    def tables(self) -> frozenset[SqlTable]:
        """See the class."""
        return frozenset(self._by_table)

    async def call(
        self, changes: Sequence[Change], session: AsyncSession, request: Request, provide: Provide, place: str
    ) -> None:
        """
        Calls each function that the changes concern, in the order in which the first row of each was written.

        Args:
            session: whose transaction it is; rows that are there belong to it, so that what is set in them is written.
            provide: what functions are handed. place: of the field, in the document.

        Raises:
            InsideTooMany: more rows were changed than one field may.
            Problem: of a function, as it raised it, or in its place.
        """
        if len(changes) > self.most_rows:
            raise InsideTooMany(
                f"The field changes more than {self.most_rows} rows that functions look into.",
                hint="Change fewer at once.",
                path=place,
            )
        for declared, theirs in self._concerned(changes):
            async with within(declared.timeout_s or self._timeout_s, place):
                await self._call(declared, theirs, session, request, provide)

    def _concerned(self, changes: Sequence[Change]) -> Sequence[tuple[InsideDeclaration, list[tuple[Verb, Change]]]]:
        found: dict[int, tuple[InsideDeclaration, list[tuple[Verb, Change]]]] = {}
        for change in changes:
            verb = VERBS.get(change.verb)
            for each in self._by_name.get(change.table, ()):
                if verb is not None and concerns(each.verbs, each.columns, verb, change):
                    found.setdefault(id(each), (each, []))[1].append((verb, change))
        return [*found.values()]

    async def _call(
        self,
        declared: InsideDeclaration,
        changes: Sequence[tuple[Verb, Change]],
        session: AsyncSession,
        request: Request,
        provide: Provide,
    ) -> None:
        hints = typing.get_type_hints(inspect.unwrap(declared.function))
        wanted = {name: hints.get(name) for name in inspect.signature(declared.function).parameters}
        if declared.takes_lists:
            told = [await self._told(declared, wanted, verb, change, session, request) for verb, change in changes]
            await call(declared.function, _given(wanted, told, request.caller, provide, _all))
            await session.flush()
            return
        for verb, change in changes:
            one = await self._told(declared, wanted, verb, change, session, request)
            await call(declared.function, _given(wanted, one, request.caller, provide, _one))
            await session.flush()  # so that whoever comes next sees what it has set

    async def _told(
        self,
        declared: InsideDeclaration,
        wanted: Mapping[str, Any],
        verb: Verb,
        change: Change,
        session: AsyncSession,
        request: Request,
    ) -> _Told:
        old = new = None
        if "old" in wanted or verb == "delete":
            old = self._row(declared, change.old)
        if change.new is not None and any(_is_row(name, hint) for name, hint in wanted.items()):
            new = await session.merge(self._row(declared, change.new), load=False)
        return _Told(_event(verb, change, request), new if verb != "delete" else old, old)

    def _row(self, declared: InsideDeclaration, image: Mapping[str, Any] | None) -> Any:
        return None if image is None else row_of(declared.subject, image, self._dialect)


def _given(
    wanted: Mapping[str, Any], told: Any, caller: Caller, provide: Provide, of: Callable[[Any, str], Any]
) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, hint in wanted.items():
        inner = typing.get_args(hint)[0] if typing.get_origin(hint) is list else hint
        if hint is Caller:
            given[name] = caller
        elif inner is Event:
            given[name] = of(told, "event")
        elif is_provided(hint):
            given[name] = provide(hint)
        else:
            given[name] = of(told, "old" if name == "old" else "row")
    return given


def _one(told: _Told, what: str) -> Any:
    return getattr(told, what)


def _all(told: Sequence[_Told], what: str) -> list[Any]:
    return [getattr(each, what) for each in told]


def _is_row(name: str, hint: Any) -> bool:
    inner = typing.get_args(hint)[0] if typing.get_origin(hint) is list else hint
    return name != "old" and inner is not Caller and not is_provided(inner)


def _event(verb: Verb, change: Change, request: Request) -> Event:
    old, new = (None if each is None else dict(each) for each in (change.old, change.new))
    at = datetime.fromtimestamp(change.at, UTC)
    assert verb in ("create", "update", "delete")
    actor = None if request.caller.id is None else str(request.caller.id)
    return Event(str(new_id()), verb, change.table, old, new, actor, request.trace.decode() or None, at, 1)
