"""Binding: how a compiled statement finds its parameters among a request's values and the caller's claims."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, and_, column, select
from sqlalchemy import types as sa

from portico.gateway.engines import make_dialect
from portico.resolvers.plan.cursors import BadCursor
from portico.resolvers.plan.values import Bind, Gathered, Known, Part, Position, Size, Tree
from portico.resolvers.sql.compiled import compile_statement, tree_reader
from portico.resolvers.sql.elements import InputBind
from portico.schema.caller import Caller
from portico.schema.rules import Me
from portico.schema.scalars import DialectName

KEY = "0191e9a8-8d2b-7c55-b2a2-5d0c5a7f1d3e"
NOBODY = Caller()
DIALECTS: tuple[DialectName, ...] = ("sqlite", "postgres")


@pytest.mark.parametrize(
    ("tree", "value"),
    [
        (Bind(1), "b"),
        (Size(0, 10, exact=False), "a"),
        (Known(7), 7),
        (Gathered((Bind(1), Known(None), Bind(0)), None), ["b", None, "a"]),
        (Gathered((Bind(1), Gathered((Bind(0),), None)), ("x", "y")), {"x": "b", "y": ["a"]}),
        (Part(-1, Bind(0)), "inner"),
        (Part(-1, Gathered((Bind(0),), ("k",))), {"k": "inner"}),
        (Position(2, (False,), "mark"), ["mark", 1]),
    ],
    ids=str,
)
def test_a_value_is_found_among_those_of_the_request(tree: Tree, value: Any) -> None:
    assert tree_reader(tree)(["a", "b", ["mark", 1], ["inner"]]) == value


def test_a_cursor_of_another_order_is_refused() -> None:
    with pytest.raises(BadCursor):
        tree_reader(Position(0, (False,), "mark"))([["other", 1]])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_parameters_come_in_the_order_of_the_statement(dialect: DialectName) -> None:
    order = (("c", 2), ("a", 0), ("b", 1))
    conditions = [column(name) == InputBind.make(Bind(slot), sa.String()) for name, slot in order]
    statement = compile_statement(select(column("x")).where(and_(*conditions)), make_dialect(dialect).engine)
    assert tuple(statement.bind(["1st", "2nd", "3rd"], NOBODY)) == ("3rd", "1st", "2nd")
    assert "1st" not in statement.sql


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_constant_of_a_rule_is_sent_as_its_type_stores_it(dialect: DialectName) -> None:
    statement = compile_statement(
        select(column("x")).where(column("k", sa.Uuid()) == UUID(KEY)), make_dialect(dialect).engine
    )
    assert [str(each).replace("-", "") for each in statement.bind([], NOBODY)] == [KEY.replace("-", "")]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_statement_without_parameters_has_none(dialect: DialectName) -> None:
    statement = compile_statement(select(column("x")), make_dialect(dialect).engine)
    assert statement.bind(["unused"], NOBODY) == ()


def sent(dialect: DialectName, condition: ColumnElement[bool], caller: Caller) -> list[Any]:
    """What is sent for one condition of a rule."""
    statement = compile_statement(select(column("x")).where(condition), make_dialect(dialect).engine)
    return list(statement.bind([], caller))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("type_", "identity", "value"),
    [
        (sa.Integer(), 7, 7),
        (sa.Integer(), "7", 7),
        (sa.Integer(), "seven", None),
        (sa.Integer(), None, None),
        (sa.String(), "ann", "ann"),
        (sa.Uuid(), "ann", None),
        (sa.Date(), "someday", None),
    ],
    ids=str,
)
def test_an_id_that_is_not_of_the_column_s_type_matches_nothing(
    type_: Any, identity: Any, value: Any, dialect: DialectName
) -> None:
    assert sent(dialect, column("owner", type_) == Me().id, Caller(id=identity)) == [value]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("claims", "value"),
    [({"org_id": 3}, 3), ({"org_id": "3"}, 3), ({"org_id": [3]}, None), ({"org_id": {}}, None), ({}, None)],
    ids=str,
)
def test_a_claim_that_is_absent_or_of_another_type_is_null(
    claims: dict[str, Any], value: Any, dialect: DialectName
) -> None:
    assert sent(dialect, column("org", sa.Integer()) == Me().claim("Org-Id", int), Caller(claims=claims)) == [value]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ([1, "2", "x", None], "[1,2]"),
        ("{1,2}", "[1,2]"),
        ("5", "[5]"),
        ([], "[]"),
        (None, "[null]"),
        (7, "[]"),
        ({"a": 1}, "[]"),
    ],
    ids=str,
)
def test_a_claim_that_is_a_list_is_sent_as_the_items_that_fit(claim: Any, text: str, dialect: DialectName) -> None:
    condition = column("team", sa.Integer()).in_(Me().claims("teams", int))
    assert sent(dialect, condition, Caller(claims={"teams": claim})) == [text]
