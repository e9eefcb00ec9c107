"""Types of Postgres that pass through as text: read, compared, ordered where they have an order, and written."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from portico.schema.postgres_types import Named
from tests.support.backend import Backend, Place
from tests.support.postgres import fresh_database

# Type, two values in their order, and how the second is answered where it is not as it was written.
SORTED: dict[str, tuple[sa.types.TypeEngine[Any], str, str, str | None]] = {
    "inet": (pg.INET(), "10.0.0.1", "198.24.10.0", None),
    "cidr": (pg.CIDR(), "10.0.0.0/8", "192.168.100.128/25", None),
    "macaddr": (pg.MACADDR(), "08:00:2b:01:02:03", "08-00-2B-01-02-04", "08:00:2b:01:02:04"),
    "bit": (pg.BIT(3), "001", "101", None),
    "varbit": (pg.BIT(varying=True), "001", "1011", None),
    "tsvector": (pg.TSVECTOR(), "'a':1", "'b':1 'c':2", None),
    "int4range": (pg.INT4RANGE(), "[1,5)", "[123,455]", "[123,456)"),
    "int8range": (pg.INT8RANGE(), "[1,5)", "[1147483647,2147483647)", None),
    "numrange": (pg.NUMRANGE(), "[1,5)", "[1.23,4.56]", None),
    "daterange": (pg.DATERANGE(), "[2024-01-01,2024-02-01)", "[2024-03-01,2024-03-05)", None),
    "tsrange": (pg.TSRANGE(), '["2009-01-01 00:00:00",)', '["2010-01-01 14:30:00","2010-01-01 15:30:02")', None),
    "tstzrange": (pg.TSTZRANGE(), '["2009-01-01 00:00:00+00",)', '("2011-02-05 12:03:00+00","2012-03-04 16:40:04+00"]', None),
    "multirange": (pg.INT4MULTIRANGE(), "{[1,2)}", "{[3,4), [7,9)}", "{[3,4),[7,9)}"),
    "money": (pg.MONEY(), "$1.00", "$1,123.45", None),
    "oid": (pg.OID(), "7", "12", None),
}  # fmt: skip
UNORDERED: dict[str, tuple[sa.types.TypeEngine[Any], str, str, str | None]] = {
    "point": (Named("point"), "(1,2)", "( 3 , 4 )", "(3,4)"),
    "line": (Named("line"), "{2,3,-1}", "{1,1,1}", None),
    "lseg": (Named("lseg"), "[(4,2),(3,1)]", "[(0,0),(1,1)]", None),
    "box": (Named("box"), "(31,12),(14,11)", "((1,1),(0,0))", "(1,1),(0,0)"),
    "path": (Named("path"), "((0,0),(0,3),(1,0))", "[(0,0),(0,-1),(-3,0)]", None),
    "polygon": (Named("polygon"), "((0,0),(0,6),(2,0))", "((0,0),(0,1),(1,0))", None),
    "circle": (Named("circle"), "<(-2,-3),3>", "<(0,0),1>", None),
    "json": (pg.JSON(), '{"a": 1}', "[1]", None),
}


# SQLAlchemy's own MONEY does not say which operators it has.
pytestmark = pytest.mark.filterwarnings("ignore:Type object.*MONEY")


@pytest.fixture
def place(postgres: str) -> Generator[Place]:
    with fresh_database(postgres) as url:
        yield Place("postgres", url)


@pytest.fixture
def make(declared: Declarations, serve: Callable[..., Backend]) -> Callable[[Any], Backend]:
    def make(type_: Any) -> Backend:
        class Thing(Model):
            id: Mapped[IntId]
            it: Mapped[Any] = mapped_column(type_, nullable=True)

        allow(Thing, "all", when=everyone)
        return serve(naming="hasura-default")

    return make


def written(backend: Backend, kind: str, *values: str) -> list[str]:
    """What an answer has of values that were written one after the other."""
    document = f"mutation ($it: {kind}) {{ insert_things_one(object: {{it: $it}}) {{ it }} }}"
    return [backend.data(document, it=value)["insert_things_one"]["it"] for value in values]


def ids(backend: Backend, arguments: str) -> list[int]:
    return [row["id"] for row in backend.data(f"{{ things({arguments}) {{ id }} }}")["things"]]


@pytest.mark.parametrize("name", SORTED)
def test_a_type_with_an_order_is_read_written_compared_and_sorted(make: Callable[[Any], Backend], name: str) -> None:
    type_, first, second, shown = SORTED[name]
    backend = make(type_)
    kind = {"varbit": "bit_varying", "multirange": "int4multirange"}.get(name, name)
    assert written(backend, kind, second, first) == [shown or second, first]
    backend.data("mutation { insert_things_one(object: {it: null}) { it } }")
    first, second = first.replace('"', '\\"'), second.replace('"', '\\"')
    assert ids(backend, f'where: {{it: {{_eq: "{second}"}}}}') == [1]
    assert ids(backend, f'where: {{it: {{_neq: "{second}"}}}}') == [2]
    assert ids(backend, f'where: {{it: {{_in: ["{first}", "{second}"]}}}}, order_by: {{it: asc}}') == [2, 1]
    assert ids(backend, f'where: {{it: {{_nin: ["{first}"]}}}}') == [1]
    assert ids(backend, f'where: {{it: {{_gt: "{first}"}}}}') == [1]
    assert ids(backend, f'where: {{it: {{_lte: "{first}"}}}}') == [2]
    assert ids(backend, "order_by: {it: desc}") == [3, 1, 2]
    assert ids(backend, "distinct_on: it, order_by: {it: asc_nulls_first}") == [3, 2, 1]
    assert backend.data("{ things_aggregate { aggregate { count(columns: it, distinct: true) } } }") == {
        "things_aggregate": {"aggregate": {"count": 2}}
    }


@pytest.mark.parametrize("name", UNORDERED)
def test_a_type_without_an_order_is_read_written_and_compared(make: Callable[[Any], Backend], name: str) -> None:
    type_, first, second, shown = UNORDERED[name]
    backend = make(type_)
    if name != "json":
        assert written(backend, name, first, second) == [first, shown or second]
        assert ids(backend, f'where: {{it: {{_eq: "{second}"}}}}') == [2]
        assert ids(backend, f'where: {{it: {{_neq: "{second}"}}}}') == [1]
        assert ids(backend, f'where: {{it: {{_in: ["{second}"]}}}}') == [2]
        assert ids(backend, f'where: {{it: {{_nin: ["{second}"]}}}}') == [1]
    else:
        written(backend, name, first, second)
    assert ids(backend, "where: {it: {_is_null: false}}") == [1, 2]
    assert sorted(ids(backend, "distinct_on: it")) == [1, 2]
    assert backend.data("{ things_aggregate { aggregate { count(columns: it, distinct: true) } } }") == {
        "things_aggregate": {"aggregate": {"count": 2}}
    }
    assert "errors" in backend.ask("{ things(order_by: {it: asc}) { id } }")


def test_a_value_that_cannot_be_read_is_a_data_exception(make: Callable[[Any], Backend]) -> None:
    backend = make(pg.TSQUERY())
    error = backend.error('{ things(where: {it: {_eq: "a b c"}}) { id } }')
    assert error["extensions"]["code"] == "data-exception"
    error = backend.error('mutation { insert_things_one(object: {it: "&"}) { id } }')
    assert error["extensions"]["code"] == "data-exception"


def test_bits_of_another_length_are_refused_and_not_cut(make: Callable[[Any], Backend]) -> None:
    backend = make(pg.BIT(3))
    error = backend.error('mutation { insert_things_one(object: {it: "10110"}) { it } }')
    assert error["extensions"]["code"] == "data-exception"
    assert ids(backend, 'where: {it: {_eq: "10110"}}') == []


def test_money_is_summed_and_added_to(make: Callable[[Any], Backend]) -> None:
    backend = make(pg.MONEY())
    written(backend, "money", "$1.50", "$2.25")
    data = backend.data("mutation { update_things(where: {id: {_eq: 1}}, _inc: {it: 3}) { returning { it } } }")
    assert data == {"update_things": {"returning": [{"it": "$4.50"}]}}
    data = backend.data("{ things_aggregate { aggregate { sum { it } max { it } } } }")
    assert data == {"things_aggregate": {"aggregate": {"sum": {"it": "$6.75"}, "max": {"it": "$4.50"}}}}


def test_composite_values_are_answered_as_objects_and_written_as_text(
    declared: Declarations, serve: Callable[..., Backend]
) -> None:
    class Thing(Model):
        id: Mapped[IntId]
        it: Mapped[Any] = mapped_column(Named("complex"), nullable=True)

    allow(Thing, "all", when=everyone)
    backend = serve(naming="hasura-default", create=False)
    backend.sql(
        "CREATE TYPE complex AS (r double precision, i double precision);"
        "CREATE TABLE things (id serial PRIMARY KEY, it complex);"
    )
    assert written(backend, "complex", "(1.5,-3)") == [{"r": 1.5, "i": -3}]
    assert ids(backend, 'where: {it: {_eq: "(1.5,-3)"}}') == [1]
    assert ids(backend, "distinct_on: it") == [1]
