"""May somebody have a file: its row is read under their rules, by a plan that goes through the same door as any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from portico.resolvers.plan.guard import guard
from portico.resolvers.plan.nodes import ColumnItem, Rows
from portico.resolvers.plan.root_nodes import Guarded, Plan, ReadField
from portico.resolvers.plan.values import Bind
from portico.resolvers.problems import HiddenColumn
from portico.resolvers.run.execute import Executor
from portico.resolvers.sql.compiled import text_and_binds
from portico.resolvers.sql.elements import CallerValue
from portico.resolvers.sql.program import Program, compile_program, read_roots, together
from portico.schema.access import RoleAccess
from portico.schema.caller import ADMIN, Caller
from portico.schema.catalog import Table

_COLUMNS = ("id", "key", "bucket", "name", "size", "type", "digest", "state")
_SERVED = ("ready", "attached")
_KNOWN_ROLES = 256


@dataclass(frozen=True, slots=True)
class Known:
    """A file as its reader sees it."""

    id: str
    key: str
    bucket: str
    name: str
    size: int
    type: str
    digest: str
    state: str


@dataclass(frozen=True, slots=True)
class _Door:
    program: Program
    claims: Sequence[str]


class FileReader:
    """
    Reads rows of files as `/graphql` would: by a guarded plan, compiled once for each role.

    Args:
        executor: of the present models.
    """

    def __init__(self, executor: Callable[[], Executor]) -> None:
        self._executor = executor
        self._doors: dict[tuple[str, bool], _Door | None] = {}
        self._of: Executor | None = None

    async def find(self, caller: Caller, key: str) -> Known | None:
        """The file with this key, if it is there for the caller and has its bytes."""
        door = self._door(caller)
        if door is None:
            return None
        executor = self._executor()
        assert door.program.statement is not None
        sql = door.program.statement.sql
        row = await executor.engine.read(sql, executor.bind(door.program, [key], caller))
        if row is None or row[0] is None:
            return None
        found = Known(**orjson.loads(row[0]))
        return found if found.state in _SERVED and found.key == key else None

    async def find_public(self, key: str) -> Known | None:
        """The same past the rules, of a bucket whose files are for whoever has their address."""
        return await self.find(Caller(role=ADMIN), key)

    def claims(self, caller: Caller) -> Sequence[str]:
        """The claims by which it is decided which files the caller may read."""
        door = self._door(caller)
        return () if door is None else door.claims if "" not in door.claims else tuple(caller.claims)

    def _door(self, caller: Caller) -> _Door | None:
        executor = self._executor()
        if executor is not self._of:
            self._of, self._doors = executor, {}
        at = (caller.role, caller.backend)
        if at not in self._doors:
            if len(self._doors) >= _KNOWN_ROLES:
                self._doors.clear()
            self._doors[at] = _make(executor, *at)
        return self._doors[at]


def _make(executor: Executor, role: str, backend: bool) -> _Door | None:
    files = next((each for each in executor.catalog.tables.values() if each.sql.name == "files"), None)
    if files is None:
        return None
    try:
        guarded = guard(_plan(files), RoleAccess(executor.catalog, role, backend=backend))
    except HiddenColumn:
        return None
    return _Door(compile_program(guarded, executor.dialect), _claims(guarded, executor))


def _plan(files: Table) -> Plan:
    columns = [(name, column) for name in _COLUMNS if (column := files.column_named(name)) is not None]
    key = files.column_named("key")
    assert key is not None
    items = tuple(ColumnItem(name, column) for name, column in columns)
    return Plan("query", (ReadField("file", Rows(table=files, form="one", items=items, key=((key, Bind(0)),))),))


def _claims(guarded: Guarded, executor: Executor) -> Sequence[str]:
    """Names of claims; an empty one stands for all of them."""
    roots = together(read_roots(guarded, executor.dialect))
    _, binds = text_and_binds(roots.compile(dialect=executor.dialect.engine))
    asked = [bind for bind in binds if isinstance(bind, CallerValue)]
    names = {bind.name for bind in asked if bind.about == "claim"} | {"" for bind in asked if bind.about == "session"}
    return tuple(sorted(names))
