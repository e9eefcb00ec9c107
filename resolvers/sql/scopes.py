"""Which SELECTs does a statement have, one inside the other: what each reads from, and which columns of it are used."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Alias, ClauseElement, ColumnClause, FromClause, Join, Table, TableClause
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql import operators


@dataclass(frozen=True, eq=False, slots=True)
class Appearance:
    """
    One name in FROM.

    key: what its columns know it by. scope: the SELECT whose FROM it stands in. nullable: the names of the side of an
    outer join on which it stands, which are there or not there together; empty where it is always there.
    """

    key: int
    clause: FromClause
    scope: Scope
    nullable: frozenset[int]

    @property
    def table(self) -> Table | None:
        """The table of the database that it is, if it is one."""
        clause: Any = self.clause
        while isinstance(clause, Alias):
            clause = clause.element
        return clause if isinstance(clause, Table) else None


@dataclass(frozen=True, slots=True)
class On:
    """The condition of a join, and the names of the side that is there only where it holds; empty where that is every row."""

    condition: Any
    nullable: frozenset[int]


@dataclass(eq=False, slots=True)
class Scope:
    """
    One SELECT as it is rendered.

    around: the SELECT in which it stands. is_exists: whether only its having rows matters. names: what is in its FROM,
    but for what it takes from around. used: columns, wherever in it they stand.
    """

    around: Scope | None
    is_exists: bool
    select: Any = None
    names: dict[int, Appearance] = field(default_factory=dict[int, Appearance])
    joins: list[On] = field(default_factory=list[On])
    used: list[ColumnClause[Any]] = field(default_factory=list[ColumnClause[Any]])

    def find(self, column: Any) -> Appearance | None:
        """The name that a column belongs to, here or around; None for one that is of none."""
        key = key_of(column.table)
        for scope in self.outwards():
            if key in scope.names:
                return scope.names[key]
        if isinstance(column.table, Table) or not isinstance(column.table, TableClause):
            return None
        # The row of a rule, which stands by its name for an alias.
        every = (each for scope in self.outwards() for each in scope.names.values())
        return next((each for each in every if getattr(each.clause, "name", None) == column.table.name), None)

    @property
    def gives_all(self) -> bool:
        """Whether it gives every column without naming it: `SELECT *`."""
        return any(getattr(column, "name", getattr(column, "text", "")) == "*" for column in self.select._raw_columns)  # noqa: SLF001

    def outwards(self) -> Iterator[Scope]:
        """This SELECT and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.around


@dataclass(frozen=True, slots=True)
class Scopes:
    """
    All SELECTs of a statement.

    derived: name of a sub-select or CTE → its SELECT; None for one that is put together of several. selects: SELECT as
    it was written → its scope.
    """

    every: Sequence[Scope]
    derived: dict[int, Scope | None]
    selects: dict[int, Scope]


def scopes_of(element: ClauseElement, engine: Dialect) -> Scopes:
    """
    What SQLAlchemy makes of a statement when it is compiled.

    The compiler itself is asked, because it alone decides which names a SELECT takes from around it, and what a
    relationship in a rule becomes.
    """
    base: Any = engine.statement_compiler
    found = Scopes([], {}, {})
    compiler: Any = type(
        "ScopesCompiler", (_ScopesCompiler, base), {"found": found, "at": None, "of": None, "is_exists": False}
    )
    compiler(engine, element)
    return found


def key_of(clause: Any) -> int:
    """What a name in FROM is known by; annotations of the ORM do not matter."""
    return hash(clause)


class _ScopesCompiler:
    """Stands before an engine's own compiler, and notes what it comes by."""

    found: Scopes
    at: Scope | None
    of: int | None
    is_exists: bool

    def visit_select(self, select_stmt: Any, **keywords: Any) -> str:
        ordinary: Any = super()
        scope = Scope(self.at, self.is_exists)
        self._every.append(scope)
        self.found.selects[key_of(select_stmt)] = scope
        if self.of is not None:
            self.found.derived[self.of] = scope
        outside, self.at, self.of, self.is_exists = self.at, scope, None, False
        try:
            return ordinary.visit_select(select_stmt, **keywords)
        finally:
            self.at = outside

    @property
    def _every(self) -> list[Scope]:
        every: Any = self.found.every
        return every

    def _setup_select_stack(self, select: Any, *arguments: Any) -> Any:
        ordinary: Any = super()
        froms = ordinary._setup_select_stack(select, *arguments)  # noqa: SLF001
        assert self.at is not None
        self.at.select = select
        for each in froms:
            _add(self.at, each, frozenset())
        return froms

    def visit_compound_select(self, cs: Any, **keywords: Any) -> str:
        ordinary: Any = super()
        if self.of is not None:
            self.found.derived[self.of] = None
        self.of, self.is_exists = None, False
        return ordinary.visit_compound_select(cs, **keywords)

    def visit_subquery(self, subquery: Any, **keywords: Any) -> str:
        ordinary: Any = super()
        with self._deriving(subquery, is_new=bool(keywords.get("asfrom"))):
            return ordinary.visit_subquery(subquery, **keywords)

    def visit_lateral(self, lateral_: Any, **keywords: Any) -> str:
        ordinary: Any = super()
        with self._deriving(lateral_, is_new=bool(keywords.get("asfrom"))):
            return ordinary.visit_lateral(lateral_, **keywords)

    def visit_cte(self, cte: Any, **keywords: Any) -> Any:
        ordinary: Any = super()
        with self._deriving(cte, is_new=key_of(cte) not in self.found.derived):
            return ordinary.visit_cte(cte, **keywords)

    @contextmanager
    def _deriving(self, clause: Any, *, is_new: bool) -> Generator[None]:
        outside, self.of = self.of, key_of(clause) if is_new else None
        try:
            yield
        finally:
            self.of = outside

    def visit_unary(self, unary: Any, **keywords: Any) -> str:
        ordinary: Any = super()
        if unary.operator is not operators.exists:
            return ordinary.visit_unary(unary, **keywords)
        self.is_exists = True
        try:
            return ordinary.visit_unary(unary, **keywords)
        finally:
            self.is_exists = False

    def visit_column(self, column: Any, *arguments: Any, **keywords: Any) -> str:
        ordinary: Any = super()
        if self.at is not None:
            self.at.used.append(column)
        return ordinary.visit_column(column, *arguments, **keywords)


def _add(scope: Scope, clause: Any, nullable: frozenset[int]) -> None:
    """Notes what stands in FROM, and the conditions of joins."""
    if not isinstance(clause, Join):
        scope.names[key_of(clause)] = Appearance(key_of(clause), clause, scope, nullable)
        return
    left, right = frozenset(_keys(clause.left)), frozenset(_keys(clause.right))
    if clause.full:
        _add(scope, clause.left, left)
        _add(scope, clause.right, right)
        return  # its condition leaves out no row
    _add(scope, clause.left, nullable)
    _add(scope, clause.right, right if clause.isouter else nullable)
    scope.joins.append(On(clause.onclause, right if clause.isouter else nullable))


def _keys(clause: Any) -> Iterator[int]:
    if isinstance(clause, Join):
        yield from _keys(clause.left)
        yield from _keys(clause.right)
    else:
        yield key_of(clause)
