"""Relations along equal columns without a foreign key: read, filtered, ordered by, inserted along, and asked by rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Mapped

from portico.schema import IntId, Me, Model, Rule, allow, everyone, named
from portico.schema.matching import matching
from portico.schema.problems import Problems
from tests.support.backend import Backend


@pytest.fixture
def visits(serve: Callable[..., Backend]) -> Backend:
    """Two visitors with two and one visits, a visit of nobody's, and a rule through the relation."""

    class Visitor(Model):
        id: Mapped[IntId]
        email: Mapped[str]
        tenant: Mapped[int]
        visits: Mapped[list[Visit]] = matching({"email": "visitor_email", "tenant": "tenant"}, doc="When they came.")

    class Visit(Model):
        id: Mapped[IntId]
        visitor_email: Mapped[str | None]
        tenant: Mapped[int]
        visitor: Mapped[Visitor | None] = matching({"visitor_email": "email", "tenant": "tenant"}, info=named("who"))
        same_day: Mapped[list[Visit]] = matching({"tenant": "tenant"})

    allow(Visitor, "all", when=everyone, to="user")
    allow(Visit, "all", when=everyone, to="user")

    @allow(Visitor, "read", to="guest")
    def who_came_twice(visitor: type[Visitor], me: Me) -> Rule:
        return visitor.visits.any(Visit.id == 2)

    backend = serve()
    backend.sql(
        "INSERT INTO visitors (email, tenant) VALUES ('ann', 1), ('bob', 1), ('ann', 2);"
        "INSERT INTO visits (visitor_email, tenant) VALUES ('ann', 1), ('ann', 1), ('bob', 1), (NULL, 1)"
    )
    return backend


def test_rows_belong_together_by_all_columns(visits: Backend) -> None:
    answer = visits.data("{ visitors(orderBy: {id: ASC}) { id visits(orderBy: {id: ASC}) { id } } }", role="user")

    assert [[each["id"] for each in row["visits"]] for row in answer["visitors"]] == [[1, 2], [3], []]


def test_one_or_none_as_the_annotation_says(visits: Backend) -> None:
    answer = visits.data("{ visits(orderBy: {id: ASC}) { who { id } } }", role="user")

    assert answer["visits"] == [{"who": {"id": 1}}, {"who": {"id": 1}}, {"who": {"id": 2}}, {"who": None}]


def test_filters_orders_and_rules_go_along_it(visits: Backend) -> None:
    filtered = visits.data('{ visits(where: {who: {email: {_eq: "bob"}}}) { id } }', role="user")
    ordered = visits.data("{ visitors(orderBy: {visitsAggregate: {count: DESC}}, limit: 1) { id } }", role="user")
    ruled = visits.data("{ visitors { id } }", role="guest")

    assert filtered == {"visits": [{"id": 3}]}
    assert ordered == ruled == {"visitors": [{"id": 1}]}


def test_a_row_and_others_of_its_own_table(visits: Backend) -> None:
    answer = visits.data("{ visit(id: 4) { sameDay(orderBy: {id: ASC}) { id } } }", role="user")

    assert [each["id"] for each in answer["visit"]["sameDay"]] == [1, 2, 3, 4]


def test_rows_are_inserted_along_it(visits: Backend) -> None:
    visits.data(
        'mutation { insertVisitor(object: {email: "eve", tenant: 1, visits: {data: [{}]}}) { id } }', role="user"
    )
    answer = visits.data('{ visits(where: {visitorEmail: {_eq: "eve"}}) { tenant who { email } } }', role="user")

    assert answer == {"visits": [{"tenant": 1, "who": {"email": "eve"}}]}


def test_a_column_that_is_not_there_is_a_problem(serve: Callable[..., Any]) -> None:
    class Visitor(Model):
        id: Mapped[IntId]
        visits: Mapped[list[Visit]] = matching({"id": "visitor"})

    class Visit(Model):
        id: Mapped[IntId]

    allow(Visitor, "read", when=everyone)
    with pytest.raises(Problems) as raised:
        serve()

    assert "Visitor.visits matches 'visitor', which Visit does not have" in str(raised.value)
