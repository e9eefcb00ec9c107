"""Which changed rows can change an answer: every place in which a statement reads a table, and what a row must have to matter there."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from portico.resolvers.plan.root_nodes import Guarded
from portico.resolvers.sql.compiled import places_of
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.equalities import Equalities
from portico.resolvers.sql.lasting import depends_on_rows_alone
from portico.resolvers.sql.roots import read_roots, together
from portico.resolvers.sql.scopes import Appearance, Scope, scopes_of

Row = Mapping[str, Any]
"""A row of the change log, by column name."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """
    One place in which a statement reads a table.

    table: by `sqlalchemy.Table.fullname`. columns: the names of those that are read; None for all. equal: (column, place
    of a parameter) that a row must agree in, old or new, or it does not matter; a parameter that is NULL agrees with
    nothing.
    """

    table: str
    columns: frozenset[str] | None
    equal: tuple[tuple[str, int], ...]

    def of_row(self, row: Row) -> tuple[Hashable, ...] | None:
        """What the row has in the columns of `equal`; None where it matters to nobody."""
        return _whole(value_of_row(row[column]) for column, _ in self.equal)

    def of_member(self, parameters: Sequence[Any]) -> tuple[Hashable, ...] | None:
        """What a row must have there to matter to a member; None where none can."""
        return _whole(value_of_parameter(parameters[place]) for _, place in self.equal)

    def reads(self, old: Row | None, new: Row | None) -> bool:
        """Whether a change is one of what is read here; None stands for a row that was not there, or is not any more."""
        if old is None or new is None or self.columns is None:
            return True
        return any(old[name] != new[name] for name in self.columns)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """
    All of them, each once. is_complete: whether only rows decide about an answer; False where it depends also on the
    clock, on chance, on functions and views of the database, or on SQL text that nobody here can read.
    """

    on: tuple[Dependency, ...]
    is_complete: bool

    @property
    def tables(self) -> frozenset[str]:
        """The tables that are read."""
        return frozenset(each.table for each in self.on)


def compile_dependencies(guarded: Guarded, dialect: SqlDialect) -> Dependencies:
    """What the answer of a document depends on; parameters are those of the `Statement` of its program."""
    return dependencies_of(read_roots(guarded, dialect), dialect)


def dependencies_of(roots: Sequence[Select[Any]], dialect: SqlDialect) -> Dependencies:
    """The same of SELECTs, whose parameters are those of `together(roots)`."""
    if not roots:
        return Dependencies((), is_complete=True)
    element = together(roots)
    scopes = scopes_of(element, dialect.engine)
    equalities = Equalities(scopes, places_of(element, dialect.engine), dialect.engine)
    columns = _columns(scopes.every)
    found: dict[tuple[str, tuple[tuple[str, int], ...]], frozenset[str] | None] = {}
    for scope in scopes.every:
        for appearance in scope.names.values():
            table = appearance.table
            if table is not None:
                key = table.fullname, tuple(sorted(equalities.of(appearance)))
                found[key] = _both(columns[appearance], found.get(key, frozenset()))
    every = [Dependency(table, names, equal) for (table, equal), names in found.items()]
    kept = tuple(each for each in every if not any(_covers(other, each) for other in every))
    return Dependencies(kept, depends_on_rows_alone(element, scopes))


def image_dependency_of(roots: Sequence[Select[Any]], dialect: SqlDialect, table: str) -> Dependency:
    """
    What an image of a row must have for a member to be asked about it, of the SELECT of a field of changes.

    Args:
        table: whose images they are, by `fullname`.
    """
    element = together(roots)
    scopes = scopes_of(element, dialect.engine)
    equalities = Equalities(scopes, places_of(element, dialect.engine), dialect.engine)
    outermost = next(scope for scope in scopes.every if scope.around is None)
    image = next(each for each in outermost.names.values() if each.table is None)
    return Dependency(table, None, tuple(sorted(equalities.of(image))))


def _columns(scopes: Iterable[Scope]) -> dict[Appearance, frozenset[str] | None]:
    """The columns of each name that are used in its SELECT and in those inside."""
    found: dict[Appearance, set[str]] = {}
    whole: set[Appearance] = set()
    for scope in scopes:
        for appearance in scope.names.values():
            found.setdefault(appearance, set())
        if scope.gives_all and not scope.is_exists:
            whole.update(scope.names.values())
        for column in scope.used:
            appearance = scope.find(column) if column.table is not None else None
            if appearance is not None:
                found.setdefault(appearance, set()).add(column.name)
            elif column.table is not None:
                whole.update(each for around in scope.outwards() for each in around.names.values())
    return {each: None if each in whole else frozenset(names) for each, names in found.items()}


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other


def _covers(wide: Dependency, narrow: Dependency) -> bool:
    """Whether every change that matters by the narrow one matters by the other."""
    if wide is narrow or wide.table != narrow.table or not set(wide.equal) < set(narrow.equal):
        return False
    return wide.columns is None or (narrow.columns is not None and narrow.columns <= wide.columns)


# ---- values ------------------------------------------------------------------------------------------


def value_of_row(value: Any) -> Hashable | None:
    """
    A value of the change log's JSON, in a form that is equal to that of the parameter wherever the database finds them
    equal; None for NULL.

    Of columns that stand in `equal` alone: whole numbers, texts, UUIDs and truth values. It may take two values for one,
    such as two spellings of a UUID, and then a member is asked for in vain.
    """
    match value:
        case bool():
            return int(value)
        case float() if value.is_integer():
            return int(value)
        case str():
            return _text(value)
        case _:
            return value


def value_of_parameter(value: Any) -> Hashable | None:
    """The same of a driver's parameter."""
    match value:
        case UUID():
            return value.hex
        case bytes():
            return _text(value.decode())
        case _:
            return value_of_row(value)


def _text(value: str) -> str:
    """Texts as they are; what can be a UUID in its 32 digits, as SQLite stores it and Postgres does not write it."""
    if len(value) < 32:
        return value
    try:
        return UUID(value).hex
    except ValueError:
        return value


def _whole(values: Iterable[Hashable | None]) -> tuple[Hashable, ...] | None:
    found = tuple(values)
    return None if None in found else found
