"""Which links lead from a table to others: relationships of mapped classes, foreign keys of bare tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause
from sqlalchemy import Table as SqlTable
from sqlalchemy import inspect as sql_inspect
from sqlalchemy.orm import Mapper, RelationshipDirection, RelationshipProperty
from sqlalchemy.sql import operators, visitors

from portico.schema.catalog import Column, Link, Table, Through
from portico.schema.infos import name_in
from portico.schema.names import Names
from portico.schema.words import made_plural, snake


def read_links(
    table: Table, by_sql: Mapping[SqlTable, Table], by_entity: Mapping[type[Any], Table], names: Names
) -> Iterator[Link]:
    """The links of one table, in order of declaration; only those whose target is served."""
    if table.entity is None:
        yield from _from_foreign_keys(table, by_sql, names)
        return
    mapper: Mapper[Any] = sql_inspect(table.entity)
    for relationship in mapper.relationships:
        target = by_entity.get(relationship.mapper.class_)
        if target is not None and (link := _from_relationship(table, target, relationship, names)):
            yield link


def _from_relationship(
    table: Table, target: Table, relationship: RelationshipProperty[Any], names: Names
) -> Link | None:
    if not _is_plain_equality(relationship):
        return None
    through = _through(table, target, relationship)
    pairs = () if through else _pairs(table, target, relationship)
    if not through and not pairs:
        return None
    to_many = bool(relationship.uselist)
    owns_key = relationship.direction is RelationshipDirection.MANYTOONE
    return Link(
        name=relationship.key,
        field=name_in(relationship.info).name or names.column(relationship.key),
        source=table,
        target=target,
        to_many=to_many,
        pairs=pairs,
        nullable=not owns_key or any(column.nullable for column, _ in pairs),
        single=not through and _covers_unique(target, [column for _, column in pairs]),
        owns_key=owns_key,
        through=through,
        description=relationship.doc,
    )


def _is_plain_equality(relationship: RelationshipProperty[Any]) -> bool:
    """
    Whether the join is nothing but equal columns.

    A hand-written primaryjoin with a condition of its own would be dropped silently if only its pairs were
    read, so such relationships are not served.
    """
    wanted = len(relationship.local_remote_pairs)
    found = 0
    for join in (relationship.primaryjoin, relationship.secondaryjoin):
        if join is None:
            continue
        for element in visitors.iterate(join):
            operator = getattr(element, "operator", None)
            if operator is operators.eq:
                found += 1
            elif operator is not None and operator not in (operators.and_, operators.eq):
                return False
    return found == wanted


def _pairs(table: Table, target: Table, relationship: RelationshipProperty[Any]) -> tuple[tuple[Column, Column], ...]:
    pairs: list[tuple[Column, Column]] = []
    for local, remote in relationship.local_remote_pairs:
        mine, theirs = _column(table, local), _column(target, remote)
        if mine is None or theirs is None:
            return ()
        pairs.append((mine, theirs))
    return tuple(pairs)


def _through(table: Table, target: Table, relationship: RelationshipProperty[Any]) -> Through | None:
    secondary: FromClause | None = relationship.secondary
    if secondary is None:
        return None
    source_pairs: list[tuple[Column, ColumnElement[Any]]] = []
    target_pairs: list[tuple[ColumnElement[Any], Column]] = []
    for local, remote in relationship.synchronize_pairs:
        if (column := _column(table, local)) is not None:
            source_pairs.append((column, remote))
    for local, remote in relationship.secondary_synchronize_pairs or ():
        if (column := _column(target, local)) is not None:
            target_pairs.append((remote, column))
    if not source_pairs or not target_pairs:
        return None
    return Through(secondary, tuple(source_pairs), tuple(target_pairs))


def _column(table: Table, sql: Any) -> Column | None:
    for column in table.columns.values():
        if column.sql is sql:
            return column
    return None


def _from_foreign_keys(table: Table, by_sql: Mapping[SqlTable, Table], names: Names) -> Iterator[Link]:
    taken = set(table.columns)
    for source, target, pairs, owns_key in _key_pairs(table, by_sql):
        name = _link_name(source, target, pairs, owns_key)
        field = names.column(name)
        if field in taken:
            field = names.column(f"{name}_by_{pairs[0][0].name if owns_key else pairs[0][1].name}")
        if field in taken:
            continue
        taken.add(field)
        yield Link(
            name=name,
            field=field,
            source=source,
            target=target,
            to_many=not owns_key and not _covers_unique(target, [column for _, column in pairs]),
            pairs=pairs,
            nullable=not owns_key or any(column.nullable for column, _ in pairs),
            single=_covers_unique(target, [column for _, column in pairs]),
            owns_key=owns_key,
        )


def _key_pairs(
    table: Table, by_sql: Mapping[SqlTable, Table]
) -> Iterator[tuple[Table, Table, tuple[tuple[Column, Column], ...], bool]]:
    """(source, target, pairs, owns_key) of foreign keys from this table, then of those to it."""
    for other in by_sql.values():
        for constraint in sorted(other.sql.foreign_key_constraints, key=lambda each: str(each.name)):
            referred = by_sql.get(constraint.referred_table)
            if referred is None:
                continue
            pairs = [(_column(other, each.parent), _column(referred, each.column)) for each in constraint.elements]
            known = tuple((mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None)
            if other is table:
                yield other, referred, known, True
            if referred is table:
                yield referred, other, tuple((theirs, mine) for mine, theirs in known), False


def _link_name(source: Table, target: Table, pairs: tuple[tuple[Column, Column], ...], owns_key: bool) -> str:
    """`customer_id` → `customer`; the other way round the plural of the table that refers."""
    if not owns_key:
        return made_plural(snake(target.name))
    column = snake(pairs[0][0].name)
    return column.removesuffix("_id") if len(pairs) == 1 and column.endswith("_id") else snake(target.name)


def _covers_unique(table: Table, columns: list[Column]) -> bool:
    have = set(columns)
    return any(set(unique.columns) <= have for unique in table.uniques) or bool(table.key and set(table.key) <= have)
