"""Values: the shape that a plan depends on, the binds beside it, and the path of what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
)

from portico.resolvers.limits import Limits
from portico.resolvers.plan.value_reader import ValueReader
from portico.resolvers.problems import InvalidCursor, InvalidValue, TooCostly, TooDeep, TooLarge
from portico.schema import scalars
from portico.schema.types.specs import Input, PartSpec, Treatment

SPEC = PartSpec("part")
COLOUR = GraphQLEnumType("Colour", {"RED": "r", "BLUE": "b"})


def _members() -> dict[str, Any]:
    return {
        "id": Input(GraphQLInt, SPEC),
        "name": Input(GraphQLString, SPEC),
        "ids": Input(GraphQLList(GraphQLNonNull(GraphQLInt)), SPEC),
        "isNull": Input(GraphQLBoolean, SPEC, treatment="value"),
        "colour": Input(COLOUR, SPEC),
        "_and": Input(GraphQLList(GraphQLNonNull(FILTER)), SPEC),
        "_not": Input(FILTER, SPEC),
    }


FILTER = GraphQLInputObjectType("Filter", _members)
ROW = GraphQLInputObjectType(
    "Row",
    {"a": Input(GraphQLNonNull(GraphQLInt), SPEC), "b": Input(GraphQLString, SPEC)},
    extensions={"row": True},
)
CHECKS = {"Int": scalars.INT.check, "String": scalars.STRING.check, "Boolean": scalars.BOOLEAN.check}


def read(type_: Any, value: Any, treatment: Treatment = "bind") -> tuple[Any, list[Any]]:
    binds: list[Any] = []
    return ValueReader(CHECKS, Limits()).read(value, type_, treatment, binds, "$.v"), binds


def shape(value: Any) -> Any:
    return read(FILTER, value)[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": 1}, {"id": 2}),
        ({"ids": [1]}, {"ids": [1, 2, 3]}),
        ({"ids": 1}, {"ids": []}),
        ({"colour": "RED"}, {"colour": "BLUE"}),
        ({"_and": [{"id": 1}, {"name": "a"}]}, {"_and": [{"id": 2}, {"name": "b"}]}),
        ({"_and": {"id": 1}}, {"_and": [{"id": 1}]}),
    ],
    ids=str,
)
def test_values_alone_do_not_change_the_shape(one: Any, other: Any) -> None:
    assert shape(one) == shape(other)
    assert hash(shape(one)) == hash(shape(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": 1}, {"id": None}),
        ({"id": 1}, {"name": "1"}),
        ({"id": 1}, {}),
        ({"isNull": True}, {"isNull": False}),
        ({"_and": [{"id": 1}]}, {"_and": [{"id": 1}, {"id": 1}]}),
        ({"_not": {"id": 1}}, {"_not": {}}),
        ({"_not": {}}, {"_not": None}),
        ({"id": 1, "name": "a"}, {"name": "a", "id": 1}),
    ],
    ids=str,
)
def test_what_changes_the_statement_changes_the_shape(one: Any, other: Any) -> None:
    assert shape(one) != shape(other)


def test_binds_come_in_the_order_of_the_value() -> None:
    value = {"name": "a", "_and": [{"id": 1}, {"_not": {"ids": [2, 3], "colour": "BLUE"}}], "isNull": True}
    assert read(FILTER, value)[1] == ["a", 1, [2, 3], "b"]


@pytest.mark.parametrize(
    ("size", "shared"), [(0, 0), (3, 4), (6, 10), (11, 20), (51, 100), (999, 1_000), (10_001, 2**31 - 1)]
)
def test_page_sizes_up_to_the_next_common_one_share_a_shape(size: int, shared: int) -> None:
    assert read(GraphQLInt, size, "size")[1] == [size]
    assert read(GraphQLInt, size, "size")[0] == read(GraphQLInt, max(size, shared - 1), "size")[0]


@pytest.mark.parametrize("size", [5, 10, 25, 100])
def test_a_common_page_size_has_a_shape_of_its_own(size: int) -> None:
    assert read(GraphQLInt, size, "size")[0] != read(GraphQLInt, size - 1, "size")[0]


@pytest.mark.parametrize("treatment", ["size", "offset"])
@pytest.mark.parametrize("value", [-1, 1.5, True, "x", 2**63, [], {}])
def test_what_counts_rows_is_a_whole_number_from_nought_up(treatment: Treatment, value: Any) -> None:
    with pytest.raises(InvalidValue) as refusal:
        read(GraphQLInt, value, treatment)
    assert refusal.value.path == "$.v"


def test_rows_with_the_same_members_are_one_variant() -> None:
    rows = [{"a": 1, "b": "x"}, {"b": "y", "a": 2}, {"a": 3}]
    shape, binds = read(GraphQLList(GraphQLNonNull(ROW)), rows)
    assert len(shape[1]) == 2
    assert binds == [[(0, [1, "x"]), (0, [2, "y"]), (1, [3])]]


@pytest.mark.parametrize(
    ("type_", "value", "path", "problem"),
    [
        (FILTER, {"id": "x"}, "$.v.id", InvalidValue),
        (FILTER, {"_and": [{"id": 1}, {"_not": {"ids": [1, "x"]}}]}, "$.v._and[1]._not.ids[1]", InvalidValue),
        (FILTER, {"_and": [None]}, "$.v._and[0]", InvalidValue),
        (FILTER, {"_and": [[]]}, "$.v._and[0]", InvalidValue),
        (FILTER, {"ids": [None]}, "$.v.ids[0]", InvalidValue),
        (FILTER, {"other": 1}, "$.v", InvalidValue),
        (FILTER, {"_not": {"__proto__": 1}}, "$.v._not", InvalidValue),
        (FILTER, {"colour": "r"}, "$.v.colour", InvalidValue),
        (FILTER, {"colour": ["RED"]}, "$.v.colour", InvalidValue),
        (FILTER, {"isNull": 1}, "$.v.isNull", InvalidValue),
        (FILTER, [], "$.v", InvalidValue),
        (FILTER, "x", "$.v", InvalidValue),
        (GraphQLNonNull(FILTER), None, "$.v", InvalidValue),
        (ROW, {"b": "x"}, "$.v", InvalidValue),
        (GraphQLList(GraphQLNonNull(ROW)), [{"a": 1}, {"a": None}], "$.v[1].a", InvalidValue),
        (GraphQLList(GraphQLNonNull(ROW)), [None], "$.v[0]", InvalidValue),
    ],
    ids=lambda each: str(each)[:40],
)
def test_what_does_not_fit_is_refused_with_its_place(type_: Any, value: Any, path: str, problem: Any) -> None:
    with pytest.raises(problem) as refusal:
        read(type_, value)
    assert refusal.value.path == path


def _negations(depth: int) -> Any:
    found: Any = {"id": 1}
    for _ in range(depth):
        found = {"_not": found}
    return found


@pytest.mark.parametrize(
    ("type_", "value", "limits", "problem"),
    [
        (FILTER, _negations(6), {"max_value_depth": 5}, TooDeep),
        (FILTER, _negations(3_000), {"max_value_depth": 10_000}, TooDeep),
        (FILTER, {"_and": [{}] * 4}, {"max_value_nodes": 3}, TooLarge),
        (FILTER, {"_and": [{"_and": [{}] * 2}] * 2}, {"max_value_nodes": 5}, TooLarge),
        (FILTER, {"ids": [1] * 4}, {"max_list_items": 3}, TooLarge),
        (GraphQLList(GraphQLNonNull(ROW)), [{"a": 1}] * 4, {"max_writes": 3}, TooCostly),
    ],
    ids=["depth", "recursion", "objects", "objects in objects", "items", "rows"],
)
def test_a_value_over_a_limit_is_refused(type_: Any, value: Any, limits: dict[str, int], problem: Any) -> None:
    with pytest.raises(problem):
        ValueReader(CHECKS, Limits(**limits)).read(value, type_, "bind", [], "$")


def test_a_limit_counts_each_request_anew() -> None:
    reader = ValueReader(CHECKS, Limits(max_value_nodes=3))
    for _ in range(3):
        reader.read({"_and": [{}, {}, {}]}, FILTER, "bind", [], "$")


def test_a_cursor_is_opened_and_its_nulls_are_part_of_the_shape() -> None:
    with_null, without = b'["m",null,1]'.hex(), b'["m",2,1]'.hex()
    assert read(GraphQLString, with_null, "cursor") == (("c", (False, True, False)), [["m", None, 1]])
    assert read(GraphQLString, without, "cursor")[0] == ("c", (False, False, False))
    with pytest.raises(InvalidCursor):
        read(GraphQLString, "x", "cursor")
