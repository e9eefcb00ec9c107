"""In what order: `orderBy` inputs turned into terms, and the key columns that make an ordering total."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from graphql import GraphQLInputObjectType

from portico.resolvers.plan.nodes import Hop, OrderTerm
from portico.resolvers.plan.values import Items, Known, Members, Tree
from portico.resolvers.problems import InvalidArgument
from portico.schema.catalog import Column, Table
from portico.schema.types.specs import ColumnSpec, FunctionsSpec, Input, LinkSpec, PartSpec

MAX_TERMS = 32


def read_order(tree: Tree | None, type_: Any, path: str) -> tuple[OrderTerm, ...]:
    """
    The terms of `orderBy`, most significant first.

    Args:
        type_: the order-by input type of the table.
    """
    return _not_too_many([term for item in _objects(tree) for term in _terms(item, type_, ())], path)


def read_group_order(tree: Tree | None, type_: Any, by: Sequence[Column], path: str) -> tuple[OrderTerm, ...]:
    """
    The terms of the `orderBy` of groups, and after them the keys that they lack, so that no two groups tie.

    Args:
        type_: the order-by input type of the table's groups.
        by: the columns that groups are told apart by.
    """
    terms: list[OrderTerm] = []
    for item in _objects(tree):
        for part, value in item.members.items():
            inner: Any = type_.fields[part].type
            if isinstance(value, Members):
                terms += _terms(value, inner, ()) if part == "keys" else _aggregate_terms(value, inner, (), None)
    present = {term.column for term in terms if not term.function}
    for column in present:
        if column is not None and column not in by:
            raise InvalidArgument(
                f"{column.field} is no key of the groups.", hint=f"Name {column.field} in by as well.", path=path
            )
    return (*_not_too_many(terms, path), *(plain_term(column) for column in by if column not in present))


def _objects(tree: Tree | None) -> Iterator[Members]:
    items = tree.items if isinstance(tree, Items) else (tree,)
    return (item for item in items if isinstance(item, Members))


def _not_too_many(terms: Sequence[OrderTerm], path: str) -> tuple[OrderTerm, ...]:
    if len(terms) > MAX_TERMS:
        raise InvalidArgument(f"The ordering has {len(terms)} terms; {MAX_TERMS} are allowed.", path=path)
    return tuple(terms)


def _terms(tree: Members, type_: Any, hops: tuple[Hop, ...]) -> Iterator[OrderTerm]:
    for name, value in tree.members.items():
        field = type_.fields[name]
        assert isinstance(field, Input)
        spec = field.spec
        if isinstance(spec, ColumnSpec) and isinstance(value, Known) and value.value is not None:
            yield _term(hops, spec.column, value.value)
        elif isinstance(spec, LinkSpec) and isinstance(value, Members):
            if spec.shape == "rows":
                yield from _terms(value, field.type, (*hops, Hop(spec.link)))
            else:
                yield from _aggregate_terms(value, field.type, hops, Hop(spec.link))


def _aggregate_terms(tree: Members, type_: Any, hops: tuple[Hop, ...], link: Hop | None) -> Iterator[OrderTerm]:
    assert isinstance(type_, GraphQLInputObjectType)
    for name, value in tree.members.items():
        field = type_.fields[name]
        assert isinstance(field, Input)
        if isinstance(field.spec, PartSpec) and isinstance(value, Known) and value.value is not None:
            yield _term(hops, None, value.value, link, "count")
        elif isinstance(field.spec, FunctionsSpec) and isinstance(value, Members):
            columns: Any = field.type
            for column_name, direction in value.members.items():
                spec = columns.fields[column_name].spec
                if isinstance(direction, Known) and direction.value is not None:
                    yield _term(hops, spec.column, direction.value, link, field.spec.aggregate.name)


def _term(
    hops: tuple[Hop, ...], column: Column | None, direction: str, link: Hop | None = None, function: str = ""
) -> OrderTerm:
    descending = direction.startswith("desc")
    nulls_first = direction.endswith("nulls_first") or (descending and not direction.endswith("nulls_last"))
    return OrderTerm(hops, column, descending, nulls_first, link, function)


def plain_term(column: Column) -> OrderTerm:
    """The column itself, ascending."""
    return OrderTerm((), column, descending=False, nulls_first=False)


def made_total(order: tuple[OrderTerm, ...], table: Table) -> tuple[OrderTerm, ...]:
    """The ordering with the key columns it lacks at its end, so that no two rows tie."""
    present = own_columns(order)
    return (*order, *(plain_term(column) for column in table.key if column not in present))


def mark_of(order: Sequence[OrderTerm], table_name: str) -> str:
    """A short mark of an ordering, by which a cursor of another list or order is refused."""
    text = ";".join(
        f"{'.'.join(hop.link.name for hop in term.hops)}/{term.link.link.name if term.link else ''}/{term.function}"
        f"/{term.column.name if term.column else ''}/{term.descending}/{term.nulls_first}"
        for term in order
    )
    return hashlib.blake2s(f"{table_name}:{text}".encode(), digest_size=4).hexdigest()


def own_columns(order: Iterable[OrderTerm]) -> set[Column]:
    """The columns of the table itself that an ordering has terms for."""
    return {term.column for term in order if term.column is not None and not term.hops and term.link is None}


def check_distinct(distinct: tuple[Column, ...], order: tuple[OrderTerm, ...], path: str) -> tuple[OrderTerm, ...]:
    """
    The ordering that goes with `distinctOn`: its columns first.

    Raises:
        InvalidArgument: another term stands before a distinct column.
    """
    if not distinct:
        return order
    leading = order[: len(distinct)]
    if order and own_columns(leading) != set(distinct[: len(leading)]):
        raise InvalidArgument(
            "The columns of distinctOn must lead the ordering.",
            hint=f"Begin orderBy with {', '.join(column.field for column in distinct)}.",
            path=path,
        )
    have = own_columns(leading)
    return (*leading, *(plain_term(column) for column in distinct if column not in have), *order[len(distinct) :])
