"""Which filters and orders may a caller ask: random ones over what the role can name, or over more where it is naughty."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.properties.description import Column, Kind, Link, State, Verb, World
from tests.properties.grants import Access
from tests.properties.operations import (
    Aggregated,
    Arguments,
    Comparison,
    Every,
    NullTest,
    Related,
    Some,
    Term,
    Where,
    Without,
)
from tests.properties.worlds import random_value

_ORDERED = ("_eq", "_eq", "_neq", "_gt", "_lt", "_gte", "_lte", "_in", "_nin")
_OPERATORS: dict[Kind, tuple[str, ...]] = {
    "int": _ORDERED,
    "text": (*_ORDERED, "_like", "_nlike", "_ilike", "_nilike"),
    "bool": ("_eq", "_neq", "_in"),
}
_DIRECTIONS = ("ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST")
_ORDERING = ("sum", "min", "max", "avg")
_COUNTED = (1, 1, 2)
_PATTERNS = ("%", "a%", "%b", "_", "cn%", "%1x", "%0%", "A_")


class Filters:
    """
    Draws names that the role has, and where `naughty` sometimes ones that it has not.

    state: what is stored, from which values to compare with are taken.
    """

    def __init__(self, random: Random, access: Access, state: State, *, naughty: bool) -> None:
        self.random = random
        self.access = access
        self.world: World = access.world
        self.state = state
        self.naughty = naughty

    def chance(self, part: float) -> bool:
        return self.random.random() < part

    # ---- names ---------------------------------------------------------------------------------------

    def columns(self, table: str, verb: Verb = "read") -> list[Column]:
        """The columns to choose from: those that the role can name, and where it is naughty others too."""
        every = self.world.table(table).columns
        named = [column for column in every if self.access.names(table, column.name, verb)]
        hidden = [column for column in every if column not in named]
        return hidden if hidden and self.naughty and self.chance(0.4) else named

    def column(self, table: str, verb: Verb = "read") -> Column | None:
        columns = self.columns(table, verb)
        return self.random.choice(columns) if columns else None

    def links(self, table: str) -> list[Link]:
        if self.naughty and self.chance(0.25):
            return list(self.world.links_of(table))
        return self.access.readable_links(table)

    def aggregated_links(self, table: str) -> list[Link]:
        links = [link for link in self.links(table) if link.to_many]
        if self.naughty and self.chance(0.25):
            return links
        return [link for link in links if self.access.aggregates(link.target)]

    # ---- filters -------------------------------------------------------------------------------------

    def maybe_where(self, table: str, part: float, depth: int = 2) -> Where | None:
        return self.where(table, depth) if self.chance(part) else None

    def where(self, table: str, depth: int) -> Where | None:
        """A filter on a table whose relations nest `depth` deep at most; None where there is nothing to compare."""
        roll = self.random.random()
        if roll < 0.3 and depth > 0:
            found = [self.where(table, depth - 1) for _ in range(self.random.randint(1, 3))]
            parts = tuple(part for part in found if part is not None)
            if self.chance(0.5):
                return Some(parts)
            return Every(parts, merged=self.chance(0.5))
        if roll < 0.42 and depth > 0:
            part = self.where(table, depth - 1)
            return None if part is None else Without(part)
        if roll < 0.6 and depth > 0 and (links := self.links(table)):
            link = self.random.choice(links)
            return Related(link, self.where(link.target, depth - 1) if self.chance(0.85) else None)
        if roll < 0.7 and depth > 0 and (links := self.aggregated_links(table)):
            link = self.random.choice(links)
            return self._aggregated(link.target, link, depth)
        return self._comparison(table)

    def having(self, table: str, depth: int) -> Where:
        """A condition on groups of a table's rows."""
        roll = self.random.random() if depth > 0 else 1.0
        if roll < 0.25:
            parts = tuple(self.having(table, depth - 1) for _ in range(self.random.randint(1, 3)))
            return Some(parts) if self.chance(0.5) else Every(parts, merged=self.chance(0.5))
        if roll < 0.35:
            return Without(self.having(table, depth - 1))
        return self._aggregated(table, None, depth)

    def _comparison(self, table: str) -> Where | None:
        column = self.column(table)
        if column is None:
            return None
        if self.chance(0.12):
            return NullTest(table, column.name, self.chance(0.5))
        operator = self.random.choice(_OPERATORS[column.kind])
        if operator in ("_in", "_nin"):
            values = tuple(self.value(table, column) for _ in range(self.random.randint(0, 3)))
            return Comparison(table, column.name, operator, values)
        if "like" in operator:
            pattern = self.random.choice(_PATTERNS) if self.chance(0.8) else str(self.value(table, column)) + "%"
            return Comparison(table, column.name, operator, pattern)
        return Comparison(table, column.name, operator, self.value(table, column))

    def value(self, table: str, column: Column) -> Any:
        """A value to compare with, often one that is stored there, hidden or not."""
        stored = [row[column.name] for row in self.state.rows[table].values() if row[column.name] is not None]
        if stored and self.chance(0.4):
            return self.random.choice(stored)
        return random_value(self.random, column.kind)

    def _aggregated(self, table: str, link: Link | None, depth: int) -> Where:
        filter_ = self.maybe_where(table, 0.3, depth - 1)
        function = self.random.choice(("count", "count", "sum", "min", "max", "avg", "bool_and", "bool_or"))
        kind: Kind = "bool" if function.startswith("bool") else "int"
        columns = [column.name for column in self.columns(table) if column.kind == kind]
        if function == "count" or not columns:
            counted = self._counted(table)
            operator = self.random.choice(("_eq", "_gt", "_lt", "_gte", "_neq"))
            number = self.random.randint(0, 4)
            return Aggregated(table, link, "count", counted, self._distinct(counted), filter_, operator, number)
        column = self.random.choice(columns)
        if kind == "bool":
            word = {"bool_and": "boolAnd", "bool_or": "boolOr"}[function]
            return Aggregated(table, link, word, (column,), False, filter_, "_eq", self.chance(0.5))
        operator = self.random.choice(("_eq", "_gt", "_lt", "_gte", "_neq"))
        return Aggregated(table, link, function, (column,), False, filter_, operator, self.random.randint(0, 9))

    def _counted(self, table: str) -> tuple[str, ...]:
        if self.chance(0.5):
            return ()
        names = [column.name for column in self.columns(table)]
        return tuple(self.random.sample(names, min(len(names), self.random.choice(_COUNTED))))

    def _distinct(self, counted: tuple[str, ...]) -> bool:
        return bool(counted) and self.chance(0.4)

    def counted(self, table: str) -> tuple[tuple[str, ...], bool]:
        """The columns of a count, and whether they are counted once each."""
        counted = self._counted(table)
        return counted, self._distinct(counted)

    # ---- orders --------------------------------------------------------------------------------------

    def arguments(self, table: str) -> Arguments:
        """Random arguments of a list; where rows can be put in one order, mostly one that leaves none equal."""
        total = self.access.is_total(table)
        order = self.order(table) if self.chance(0.6) else ()
        distinct: tuple[str, ...] = ()
        if total and self.chance(0.15) and (column := self.column(table)) is not None:
            distinct = (column.name,)
            order = (Term((), table, column.name, self._direction()), *order) if self.chance(0.7) or order else ()
        if total and (distinct or self.chance(0.85)):
            order = (*self._distinct_first(table, distinct, order), self.id_term(table))
        cut = total and self._ends_total(table, order)
        return Arguments(
            where=self.maybe_where(table, 0.55),
            order=order,
            limit=self.random.randint(0, 5) if cut and self.chance(0.3) else None,
            offset=self.random.randint(0, 3) if cut and self.chance(0.15) else None,
            distinct=distinct,
        )

    def _distinct_first(self, table: str, distinct: tuple[str, ...], order: tuple[Term, ...]) -> tuple[Term, ...]:
        return order or tuple(Term((), table, name, "ASC") for name in distinct)

    def _ends_total(self, table: str, order: tuple[Term, ...]) -> bool:
        return bool(order) and order[-1].column == "id" and not order[-1].path and order[-1].link is None

    def id_term(self, table: str) -> Term:
        return Term((), table, "id", self.random.choice(("ASC", "DESC")))

    def order(self, table: str) -> tuple[Term, ...]:
        """Some terms over columns, relations and aggregates."""
        terms = [self._term(table) for _ in range(self.random.choice((1, 1, 2)))]
        return tuple(term for term in terms if term is not None)

    def _term(self, table: str) -> Term | None:
        path: list[Link] = []
        while len(path) < 2 and self.chance(0.3):
            ones = [link for link in self.links(table) if not link.to_many]
            if not ones:
                break
            path.append(self.random.choice(ones))
            table = path[-1].target
        if self.chance(0.25) and (links := self.aggregated_links(table)):
            return self._aggregate_term(tuple(path), self.random.choice(links))
        column = self.column(table)
        return None if column is None else Term(tuple(path), table, column.name, self._direction())

    def _aggregate_term(self, path: tuple[Link, ...], link: Link) -> Term:
        numbers = [column.name for column in self.columns(link.target) if column.kind == "int"]
        if not numbers or self.chance(0.5):
            return Term(path, link.target, None, self._direction(), link, "count")
        function = self.random.choice(_ORDERING)
        return Term(path, link.target, self.random.choice(numbers), self._direction(), link, function)

    def group_order(self, table: str, by: tuple[str, ...]) -> tuple[Term, ...]:
        """Some terms over the keys of groups and their aggregates."""
        numbers = [column.name for column in self.columns(table) if column.kind == "int"]
        found: list[Term] = []
        for _ in range(self.random.choice((1, 1, 2))):
            roll = self.random.random()
            if roll < 0.4:
                found.append(Term((), table, self.random.choice(by), self._direction()))
            elif roll < 0.7 or not numbers:
                found.append(Term((), table, None, self._direction(), function="count"))
            else:
                function = self.random.choice(_ORDERING)
                found.append(Term((), table, self.random.choice(numbers), self._direction(), function=function))
        return tuple(found)

    def _direction(self) -> str:
        return self.random.choice(_DIRECTIONS)
