"""What does a relation inside a rule reach: `any` and `has` whose conditions stay what their author wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnClause, ColumnElement, FromClause, Select, TableClause, and_, select
from sqlalchemy import inspect as sql_inspect
from sqlalchemy.orm import Mapper, RelationshipProperty
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import AliasedReturnsRows, Join

# SQLAlchemy rewrites the condition inside `any` and `has`: columns of the relation's tables become those of
# the aliases in use, in every sub-select as well. `row.room.has(Room.members.any(Member.user_id == me.id))`
# asked of an aliased member so compares the inner members' room with the row's own, and holds for members of
# every room. Here a sub-select keeps the tables that it selects from.


@dataclass(frozen=True)
class Stand:
    """
    What stands for some tables in a condition.

    is_row: for the tables of the row that the relation starts from, which a sub-select that names them
        selects anew; the others it is correlated with, as SQLAlchemy does.
    """

    tables: frozenset[Any]
    selectable: FromClause
    is_row: bool = False

    def column(self, column: ColumnClause[Any]) -> ColumnElement[Any] | None:
        """The column that stands for one of the tables' columns."""
        return self.selectable.corresponding_column(column) if column.table in self.tables else None


class RelationComparator(RelationshipProperty.Comparator[Any]):
    """A relation's `any` and `has`, whose conditions are moved to aliases only where they are in scope."""

    def any(self, criterion: Any = None, **keywords: Any) -> ColumnElement[bool]:
        """Whether any related row meets the condition."""
        return self._with(super().any(), criterion, keywords)

    def has(self, criterion: Any = None, **keywords: Any) -> ColumnElement[bool]:
        """Whether the related row exists and meets the condition."""
        return self._with(super().has(), criterion, keywords)

    def of_type(self, class_: Any) -> RelationComparator:
        """The relation to a subclass or an alias."""
        return RelationComparator(
            self.prop,
            self._parententity,
            adapt_to_entity=self._adapt_to_entity,
            of_type=class_,
            extra_criteria=self._extra_criteria,
        )

    def _with(self, exists: Any, criterion: Any, keywords: dict[str, Any]) -> ColumnElement[bool]:
        target: Any = sql_inspect(self._of_type) if self._of_type is not None else self.prop.mapper
        parts = [getattr(target.entity, name) == value for name, value in keywords.items()]
        if criterion is not None:
            parts.insert(0, criterion)
        if not parts:
            return exists
        return exists.where(moved(and_(*parts), self._stands(exists, target)))

    def _stands(self, exists: Any, target: Any) -> list[Stand]:
        """The aliases that SQLAlchemy chose for this EXISTS."""
        if target.is_aliased_class:
            return []  # the author names the alias in the condition
        mapper: Mapper[Any] = target.mapper
        found: list[Stand] = []
        reached: set[Any] = set(mapper.tables)
        selected, *secondary = _explicit(exists.element.element)
        if isinstance(selected, AliasedReturnsRows):
            found.append(Stand(frozenset(mapper.tables), selected))
        if secondary:
            reached.add(self.prop.secondary)
            if isinstance(secondary[0], AliasedReturnsRows):
                found.append(Stand(frozenset({self.prop.secondary}), secondary[0]))
        if self._adapt_to_entity is not None:
            own = frozenset(self._adapt_to_entity.mapper.tables) - reached
            found.append(Stand(own, self._adapt_to_entity.selectable, is_row=True))
        return [stand for stand in found if stand.tables]


def keep_relations(mappers: Iterable[Mapper[Any]]) -> None:
    """
    Gives the relations of mapped classes the `any` and `has` of this module.

    Relations with a comparator of the author's own keep it.
    """
    for mapper in mappers:
        for relation in mapper.relationships:
            attribute: Any = mapper.class_manager[relation.key]
            if type(attribute.comparator) is RelationshipProperty.Comparator:
                attribute.comparator = RelationComparator(relation, attribute.parent)


def moved(condition: Any, stands: Sequence[Stand]) -> Any:
    """A condition or sub-select in which columns of tables, where they are in scope, are those that stand for them."""
    if not stands:
        return condition

    def replace(element: Any, **keywords: Any) -> Any:
        if isinstance(element, Select) and element is not condition:
            remaining = [stand for stand in stands if not _selects(element, stand)]
            return moved(element, remaining)
        if isinstance(element, TableClause | AliasedReturnsRows):
            return element  # columns and correlations go by its identity, so no copy may take its place
        if isinstance(element, ColumnClause) and element.table is not None:
            for stand in stands:
                if (column := stand.column(element)) is not None:
                    return column
        return None

    return visitors.replacement_traverse(condition, {}, replace)


def _selects(query: Any, stand: Stand) -> bool:
    """Whether a sub-select has the tables for itself, and does not mean those around it."""
    froms = _tables(froms_of(query))
    if query._correlate_except is not None:  # noqa: SLF001
        return bool(_tables(query._correlate_except) & stand.tables)  # noqa: SLF001
    if not query._auto_correlate:  # noqa: SLF001
        return bool((froms - _tables(query._correlate or ())) & stand.tables)  # noqa: SLF001
    if stand.is_row:
        return bool(froms & stand.tables)
    # SQLAlchemy correlates what the SELECT around it selects from, and refuses a query of which nothing is left.
    return bool(_tables(_explicit(query)) & stand.tables) or froms <= stand.tables


def froms_of(query: Any) -> Sequence[FromClause]:
    """
    What a SELECT selects from, tables that are correlated included.

    SQLAlchemy's own `get_final_froms` compiles the statement for it; here that is left to those with joins.
    """
    if query._setup_joins:  # noqa: SLF001
        return query.get_final_froms()
    criteria = () if query.whereclause is None else select(query.whereclause).columns_clause_froms
    return [*_explicit(query), *query.columns_clause_froms, *criteria]


def _explicit(query: Any) -> Sequence[FromClause]:
    """What `select_from` and `join` name."""
    return query._from_obj  # noqa: SLF001


def _tables(froms: Iterable[FromClause]) -> set[Any]:
    """The tables selected from as themselves, inside joins too; aliases are others."""
    found: set[Any] = set()
    for each in froms:
        if isinstance(each, Join):
            found |= _tables([each.left, each.right])
        else:
            found.add(each)
    return found
