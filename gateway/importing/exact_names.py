"""Which GraphQL names must be written down: those that no convention could make of the database's, or that two things would share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from portico.gateway.importing.database import Database, DatabaseTable, Name
from portico.gateway.importing.decisions import Decisions
from portico.gateway.importing.identifiers import attribute_name, identifier, scalar_names
from portico.gateway.importing.kinds import POSTGRES
from portico.schema.names import CONVENTIONS, LIVE_KINDS, Convention, Names, RootKind, is_graphql_name
from portico.schema.words import snake

# Names of types that belong to no table, where those of tables are not made of a class's name.
_SCALARS = frozenset({*POSTGRES, "String", "Int", "Float", "Boolean", "ID", "order_by", "cursor", "cursor_ordering"})
_EVERY = tuple(Names(convention) for convention in CONVENTIONS)


@dataclass(frozen=True)
class ExactTable:
    """The exact name of a table's type, and exact root fields; empty where the conventions' own will do."""

    name: str | None = None
    roots: Mapping[RootKind, str] = field(default_factory=dict[RootKind, str])


class Taken:
    """Names that are given already, in each of the three conventions."""

    def __init__(self) -> None:
        self._names: dict[Convention, set[str]] = {names.convention: set() for names in _EVERY}

    def has(self, convention: Convention, name: str) -> bool:
        """Whether a name is given in one convention."""
        return name in self._names[convention]

    def anywhere(self, name: str) -> bool:
        """Whether it is given in any of them."""
        return any(name in names for names in self._names.values())

    def give(self, names: Mapping[Convention, str]) -> None:
        """Gives a thing its name in each convention."""
        for convention, name in names.items():
            self._names[convention].add(name)

    def give_exactly(self, name: str) -> None:
        """Gives a thing one name in all conventions."""
        self.give(dict.fromkeys(CONVENTIONS, name))

    def can_give(self, names: Mapping[Convention, str]) -> bool:
        """Whether all of them are names, and free."""
        return all(is_graphql_name(name) and not self.has(convention, name) for convention, name in names.items())


def exact_columns(
    table: DatabaseTable, decided: Mapping[str, str], naming: Convention
) -> tuple[Mapping[str, str], Taken]:
    """Column → exact field, of those that need one; and all fields of the columns."""
    taken, exact = Taken(), dict[str, str]()
    for column in table.columns:
        if column.name in decided:
            exact[column.name] = decided[column.name]
            taken.give_exactly(decided[column.name])
    # Columns with plain names first, so that none of them has to give way to one without.
    for plain in (True, False):
        for column in table.columns:
            if column.name not in exact and plain is (attribute_name(column.name).rstrip("_") == column.name):
                fields = field_names(column.name)
                if taken.can_give(fields):
                    taken.give(fields)
                else:
                    exact[column.name] = _free(Names(naming).column(identifier(column.name).lstrip("_")), taken)
                    taken.give_exactly(exact[column.name])
    return exact, taken


def field_names(name: str) -> dict[Convention, str]:
    """The field of a column or relation in each convention."""
    return {names.convention: names.column(name) for names in _EVERY}


def exact_tables(
    tables: Collection[DatabaseTable], classes: Mapping[Name, str], database: Database, decisions: Decisions
) -> Mapping[Name, ExactTable]:
    """What must be said about the names of each table; those with decided names first, they have them."""
    types, roots = Taken(), Taken()
    for name in _SCALARS.union(scalar_names(tables)):
        types.give({"hasura-default": name})
    for enum in database.enums:
        types.give({"plain": _upper_first(enum.name), "graphql-default": enum.name, "hasura-default": enum.name})
    found: dict[Name, ExactTable] = {}
    ordered = sorted(tables, key=lambda each: decisions.of(each.full_name).graphql is None)
    for table in ordered:
        decision = decisions.of(table.full_name)
        class_name = classes[table.full_name]
        name = decision.graphql or _exact_type(table, class_name, types, database, decisions.naming)
        if name is None:
            types.give(_type_names(table, class_name, database))
        else:
            types.give_exactly(name)
        base = name or identifier_of(table, database)
        derived: dict[Convention, Mapping[RootKind, str]] = {
            names.convention: names.roots(base, exact=name is not None) for names in _EVERY
        }
        found[table.full_name] = ExactTable(name, _exact_roots(derived, roots, decision.roots))
    return found


def identifier_of(table: DatabaseTable, database: Database) -> str:
    """What the names of a table derive from, as the schema makes it."""
    is_bare = table.schema in ("", "public", database.default_schema)
    return table.name if is_bare else f"{table.schema}_{table.name}"


def _type_names(table: DatabaseTable, class_name: str, database: Database) -> dict[Convention, str]:
    base = identifier_of(table, database)
    return {names.convention: names.object_type(class_name, base) for names in _EVERY}


def _exact_type(
    table: DatabaseTable, class_name: str, taken: Taken, database: Database, naming: Convention
) -> str | None:
    if taken.can_give(_type_names(table, class_name, database)):
        return None
    return _free(Names(naming).object_type(class_name, snake(class_name)), taken)


def _exact_roots(
    derived: Mapping[Convention, Mapping[RootKind, str]], taken: Taken, decided: Mapping[RootKind, str]
) -> dict[RootKind, str]:
    """The root fields that are no names or would be another's; the others are given as each convention has them."""
    exact = dict(decided)
    for name in decided.values():
        taken.give_exactly(name)
    for kind in derived["plain"]:
        names: dict[Convention, str] = {convention: roots[kind] for convention, roots in derived.items()}
        if kind in decided or kind in LIVE_KINDS:
            continue
        if taken.can_give(names):
            taken.give(names)
            continue
        # The endings of graphql-default tell a row from rows where singular and plural would be taken for each other.
        exact[kind] = _free(names["graphql-default"], taken)
        taken.give_exactly(exact[kind])
    return exact


def _free(name: str, taken: Taken) -> str:
    base = name.lstrip("_") or "unnamed"
    number, found = 2, name if is_graphql_name(name) else base if is_graphql_name(base) else f"x{base}"
    while taken.anywhere(found):
        found, number = f"{base}_{number}", number + 1
    return found


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
