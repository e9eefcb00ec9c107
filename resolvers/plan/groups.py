"""By what are rows grouped: the arguments of `groups` turned into keys, a condition on groups and their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from portico.resolvers.plan.nodes import ColumnItem, FieldsItem, GroupsItem, Item
from portico.resolvers.plan.orders import read_group_order
from portico.resolvers.plan.predicates import PredicateReader
from portico.resolvers.plan.values import Bind, Known, Members, Size, Tree
from portico.resolvers.problems import InvalidArgument
from portico.schema.catalog import Column
from portico.schema.periods import Period
from portico.schema.types.specs import ColumnSpec


def read_groups(
    key: str,
    by: Sequence[Column],
    items: tuple[Item, ...],
    named: Mapping[str, Tree],
    types: Mapping[str, Any],
    predicates: PredicateReader,
    most: int,
    path: str,
) -> GroupsItem:
    """
    The groups of the surrounding rows.

    Args:
        by: the columns that tell groups apart, most significant first.
        named: the other arguments given, by the name that their specs have.
        types: of every argument, its named GraphQL type.
        most: groups that are answered without a limit.
    """
    if not by:
        raise InvalidArgument("Groups need a column to be told apart by.", path=f"{path}.args.by")
    _check_keys(items, by, path)
    limit, offset = named.get("limit"), named.get("offset")
    return GroupsItem(
        key=key,
        by=tuple(_keys(by, named.get("per"), types.get("per"), f"{path}.args.per")),
        items=items,
        having=predicates.read(named.get("having"), types["having"], f"{path}.args.having"),
        order=read_group_order(named.get("order_by"), types["order_by"], by, f"{path}.args.orderBy"),
        most=most,
        limit=limit if isinstance(limit, Size) else None,
        offset=offset if isinstance(offset, Bind) else None,
    )


def _keys(by: Sequence[Column], per: Tree | None, type_: Any, path: str) -> Iterator[tuple[Column, Period | None]]:
    periods: dict[Column, Period | None] = {}
    for name, period in per.members.items() if isinstance(per, Members) else ():
        spec = type_.fields[name].spec
        assert isinstance(spec, ColumnSpec)
        if spec.column not in by:
            raise InvalidArgument(
                f"There is a period for {name}, which is no key of the groups.",
                hint=f"Name {name} in by as well.",
                path=f"{path}.{name}",
            )
        periods[spec.column] = period.value if isinstance(period, Known) else None
    return ((column, periods.get(column)) for column in by)


def _check_keys(items: Iterable[Item], by: Sequence[Column], path: str) -> None:
    """A column that is no key has no one value in a group, and null would say that its value is null."""
    for item in items:
        if isinstance(item, FieldsItem):
            _check_keys(item.items, by, f"{path}.selectionSet.{item.key}")
        elif isinstance(item, ColumnItem) and item.column not in by:
            raise InvalidArgument(
                f"{item.column.field} is no key of the groups.",
                hint=f"Name {item.column.field} in by as well.",
                path=f"{path}.selectionSet.{item.key}",
            )
