"""Which values must a row's columns have to matter to a statement: equalities that conditions ask for together, followed from name to name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import CTE, BinaryExpression, BindParameter, Case, ColumnClause, Label, Select
from sqlalchemy import types as sa
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BooleanClauseList, Grouping
from sqlalchemy.sql.operators import custom_op

from portico.resolvers.sql.elements import InputBind
from portico.resolvers.sql.scopes import Appearance, Scope, Scopes, key_of

Kind: TypeAlias = Literal["integer", "uuid", "text", "boolean"]
"""What values are compared as: within one, by the database and by us alike."""


@dataclass(frozen=True, slots=True)
class At:
    """A column of a name in FROM."""

    appearance: Appearance
    column: str


Term: TypeAlias = At | int
"""What may be equal: a column, or a parameter by its place."""
Equality: TypeAlias = tuple[Term, Term]


@dataclass(frozen=True, slots=True)
class Group:
    """Equalities that hold for every row of a SELECT; where `nullable` names a side of an outer join, for those in which it is there."""

    nullable: frozenset[int]
    scope: Scope
    equalities: tuple[Equality, ...]


class Equalities:
    """
    The equalities of one statement.

    Only conditions that hold together count: WHERE, ON of the joins that restrict a name, and those of the SELECTs
    around. A row that fails one of its own SELECT's can change nothing of what that SELECT gives, wherever it stands.

    Args:
        places: `key` of each bind → its place among the parameters.
    """

    def __init__(self, scopes: Scopes, places: Mapping[Any, int], engine: Dialect) -> None:
        self._scopes = scopes
        self._places = places
        self._engine = engine
        self._groups: dict[Scope, tuple[Group, ...]] = {}
        self._members: dict[Scope, list[Equality]] = {}
        for scope in scopes.every:
            for equality, inner in self._memberships(scope):
                self._members.setdefault(inner, []).append(equality)

    def of(self, appearance: Appearance) -> frozenset[tuple[str, int]]:
        """(column, place of a parameter) that a row in this place must agree in to matter."""
        classes = _classes(self._closed(appearance.scope, appearance))
        return frozenset(
            (term.column, place)
            for term, others in classes.items()
            if isinstance(term, At) and term.appearance is appearance
            for place in others
            if isinstance(place, int)
        )

    def _closed(self, scope: Scope, present: Appearance | None) -> list[Equality]:
        """What holds for the rows in which `present` is there, with all that follows of what else must be there."""
        waiting = [group for each in scope.outwards() for group in self._of_scope(each)]
        there = {present} if present is not None else set[Appearance]()
        known: list[Equality] = []
        while True:
            ready = [group for group in waiting if not group.nullable or _is_there(group, there)]
            if not ready:
                return known
            waiting = [group for group in waiting if group not in ready]
            for group in ready:
                known.extend(group.equalities)
            # An equality says that both its sides are there, and with them the conditions under which they are.
            there |= {term.appearance for equality in known for term in equality if isinstance(term, At)}

    def _of_scope(self, scope: Scope) -> tuple[Group, ...]:
        if scope not in self._groups:
            self._groups[scope] = ()  # a CTE that reads itself knows nothing of itself
            self._groups[scope] = tuple(self._found(scope))
        return self._groups[scope]

    def _found(self, scope: Scope) -> Iterator[Group]:
        conditions = [each for clause in scope.select._where_criteria for each in _together(clause)]  # noqa: SLF001
        yield self._group(scope, frozenset(), conditions)
        for join in scope.joins:
            yield self._group(scope, join.nullable, _together(join.condition))
        yield Group(frozenset(), scope, tuple(self._members.get(scope, ())))
        for appearance in scope.names.values():
            inner = self._inner(appearance)
            if inner is not None:
                yield Group(appearance.nullable, scope, tuple(self._handed_on(appearance, inner)))

    def _group(self, scope: Scope, nullable: frozenset[int], conditions: Iterable[Any]) -> Group:
        found = (self._equality(condition, scope) for condition in conditions)
        return Group(nullable, scope, tuple(each for each in found if each is not None))

    # ---- out of a sub-select -------------------------------------------------------------------------

    def _inner(self, appearance: Appearance) -> Scope | None:
        """The SELECT whose rows a name has."""
        clause: Any = appearance.clause
        while clause is not None:
            if key_of(clause) in self._scopes.derived:
                return self._scopes.derived[key_of(clause)]
            clause = (
                getattr(clause, "_cte_alias", None) if isinstance(clause, CTE) else getattr(clause, "element", None)
            )
        return None

    def _handed_on(self, appearance: Appearance, inner: Scope) -> Iterator[Equality]:
        """
        What its columns are equal to: parameters, columns from around, and one another.

        Not the names inside: two references to one CTE are two rows of each of them.
        """
        outside = set(inner.around.outwards()) if inner.around is not None else set[Scope]()
        classes = _classes(self._closed(inner, None))
        given: dict[Term, At] = {}
        for outer, column in zip(appearance.clause.c, inner.select.selected_columns, strict=False):
            term = self._plain(column, inner)
            if term is None or term.appearance.scope is not inner:
                continue
            mine = At(appearance, outer.name)
            for other in classes.get(term, {term}):
                if isinstance(other, int) or other.appearance.scope in outside:
                    yield mine, other
            yield from ((mine, twin) for known, twin in given.items() if known in classes.get(term, {term}))
            given[term] = mine

    # ---- reading conditions --------------------------------------------------------------------------

    def _equality(self, condition: Any, scope: Scope) -> Equality | None:
        if not isinstance(condition, BinaryExpression) or not _is_equality(condition.operator):
            return None
        left, right = self._side(condition.left, scope), self._side(condition.right, scope)
        if left is None or right is None or not _are_alike(left[1], right[1]):
            return None
        return left[0], right[0]

    def _side(self, element: Any, scope: Scope) -> tuple[Term, Kind | None] | None:
        """A side of an equality with what it is compared as, which a bind of no type takes from the other side."""
        element = _unwrapped(element)
        if isinstance(element, BindParameter):
            place = self._places.get(element.key)
            kind = kind_of(element.type, self._engine)
            if place is None or (kind is None and not _has_no_type(element)):
                return None
            return place, kind
        term = self._plain(element, scope)
        return None if term is None else (term, kind_of(element.type, self._engine))

    def _plain(self, element: Any, scope: Scope) -> At | None:
        """A column and nothing but a column, whose values compare here as in the database."""
        element = _unwrapped(element)
        if not isinstance(element, ColumnClause) or element.table is None:
            return None
        appearance = scope.find(element)
        if appearance is None or kind_of(element.type, self._engine) is None:
            return None
        return At(appearance, element.name)

    def _memberships(self, scope: Scope) -> Iterator[tuple[Equality, Scope]]:
        """
        `left IN (SELECT right …)`: only rows in which they are equal matter inside.

        Beneath NOT that would be wrong: there a NULL among the rows makes a difference.
        """
        for clause in scope.select._where_criteria:  # noqa: SLF001
            for condition in _without_not(clause):
                if isinstance(condition, BinaryExpression) and condition.operator is operators.in_op:
                    yield from self._membership(condition, scope)

    def _membership(self, condition: Any, scope: Scope) -> Iterator[tuple[Equality, Scope]]:
        select = condition.right
        while not isinstance(select, Select) and hasattr(select, "element"):
            select = select.element
        inner = self._scopes.selects.get(key_of(select)) if isinstance(select, Select) else None
        if inner is None or not _is_filter(inner.select):
            return
        given = list(inner.select.selected_columns)
        left, right = self._side(condition.left, scope), self._side(given[0], inner)
        if left is not None and right is not None and _are_alike(left[1], right[1]):
            yield (left[0], right[0]), inner


def kind_of(type_: sa.TypeEngine[Any], engine: Dialect) -> Kind | None:
    """
    What values of a type are compared as; None where JSON would not tell equal values from others as the database does.

    Text without regard to case or of fixed length is none of these, nor are numbers with a fraction. A collation that
    only the database knows of is taken for one that tells every two texts apart.
    """
    impl: Any = type_._unwrapped_dialect_impl(engine)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    if impl._has_bind_expression:  # noqa: SLF001
        return None
    match impl:
        case sa.Uuid():
            return "uuid"
        case sa.Boolean():
            return "boolean"
        case sa.Integer():
            return "integer"
        case sa.String() if not isinstance(impl, CITEXT) and impl.collation is None:
            is_padded = isinstance(impl, sa.CHAR | sa.NCHAR) and engine.name == "postgresql"
            return None if is_padded else "text"
        case _:
            return None


def _has_no_type(bind: Any) -> bool:
    """Of a request's value on SQLite, which is of the type of the column that it is compared with."""
    return isinstance(bind, InputBind) and isinstance(bind.type, sa.NullType)


def _are_alike(one: Kind | None, other: Kind | None) -> bool:
    return one == other or one is None or other is None


def _is_equality(operator: Any) -> bool:
    return operator is operators.eq or (isinstance(operator, custom_op) and operator.opstring == "=")


def _unwrapped(element: Any) -> Any:
    """Without what does not change a value: parentheses, labels, and masks, whose value is that of the column or none."""
    while True:
        match element:
            case Grouping() | Label():
                element = element.element
            case Case(whens=[(_, shown)], value=None, else_=None):
                element = shown
            case _:
                return element


def _together(clause: Any) -> Iterator[Any]:
    """The conditions that must all hold."""
    if isinstance(clause, Grouping):
        yield from _together(clause.element)
    elif isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
        for each in clause.clauses:
            yield from _together(each)
    else:
        yield clause


def _without_not(clause: Any) -> Iterator[Any]:
    """The conditions beneath AND and OR, for which false and NULL are the same."""
    if isinstance(clause, Grouping):
        yield from _without_not(clause.element)
    elif isinstance(clause, BooleanClauseList):
        for each in clause.clauses:
            yield from _without_not(each)
    else:
        yield clause


def _is_filter(select: Any) -> bool:
    """Whether a SELECT gives a row for each that meets its conditions, whatever other rows there are."""
    return not (
        select._group_by_clauses  # noqa: SLF001
        or select._having_criteria  # noqa: SLF001
        or select._limit_clause is not None  # noqa: SLF001
        or select._offset_clause is not None  # noqa: SLF001
        or select._fetch_clause is not None  # noqa: SLF001
        or select._distinct_on  # noqa: SLF001
        or select._post_select_clause is not None  # noqa: SLF001
    )


def _is_there(group: Group, there: set[Appearance]) -> bool:
    return any(each.scope is group.scope and each.key in group.nullable for each in there)


def _classes(equalities: Iterable[Equality]) -> dict[Term, set[Term]]:
    """Each term with all that follow to be equal to it."""
    found: dict[Term, set[Term]] = {}
    for one, other in equalities:
        left, right = found.setdefault(one, {one}), found.setdefault(other, {other})
        if left is not right:
            left |= right
            for term in right:
                found[term] = left
    return found
