"""Numbers as text: what `stringify_numbers` changes in answers, and what it leaves, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import BigInteger, Double, ForeignKey, Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Backend


@pytest.fixture
def accounts(declared: Declarations, serve: Callable[..., Backend]) -> Callable[..., Backend]:
    class Account(Model):
        id: Mapped[IntId]
        entries: Mapped[list[Entry]] = relationship(back_populates="account")

    class Entry(Model):
        id: Mapped[IntId]
        account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
        account: Mapped[Account] = relationship(back_populates="entries")
        small: Mapped[int] = mapped_column(SmallInteger)
        big: Mapped[int] = mapped_column(BigInteger)
        price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
        weight: Mapped[float | None] = mapped_column(Double)

    for model in (Account, Entry):
        allow(model, "all", when=everyone)

    def make(*, stringify_numbers: bool) -> Backend:
        backend = serve(stringify_numbers=stringify_numbers)
        backend.sql(
            "INSERT INTO accounts (id) VALUES (1), (2);"
            "INSERT INTO entries (id, account_id, small, big, price, weight) VALUES"
            " (1, 1, 7, 9007199254740993, 3.30, 0.5), (2, 1, 8, 2, 7.80, 1.25), (3, 2, 9, 3, 1.10, NULL);"
        )
        return backend

    return make


def test_wide_numbers_are_text_and_small_ones_are_not(accounts: Callable[..., Backend]) -> None:
    document = "{ entries(orderBy: {id: ASC}, limit: 2) { id small big price weight } }"
    assert accounts(stringify_numbers=True).data(document)["entries"] == [
        {"id": 1, "small": 7, "big": "9007199254740993", "price": "3.30", "weight": "0.5"},
        {"id": 2, "small": 8, "big": "2", "price": "7.80", "weight": "1.25"},
    ]


def test_numbers_stay_numbers_unless_asked_for(accounts: Callable[..., Backend]) -> None:
    document = "{ entry(id: 1) { big price weight } }"
    data = accounts(stringify_numbers=False).data(document)
    assert data == {"entry": {"big": 9007199254740993, "price": 3.3, "weight": 0.5}}


def test_null_stays_null(accounts: Callable[..., Backend]) -> None:
    backend = accounts(stringify_numbers=True)
    assert backend.data("{ entry(id: 3) { weight } }") == {"entry": {"weight": None}}
    document = "{ entriesAggregate(where: {id: {_gt: 9}}) { aggregate { sum { price } avg { weight } max { big } } } }"
    assert backend.data(document)["entriesAggregate"]["aggregate"] == {
        "sum": {"price": None},
        "avg": {"weight": None},
        "max": {"big": None},
    }


def test_aggregates_are_text_where_their_column_is(accounts: Callable[..., Backend]) -> None:
    backend = accounts(stringify_numbers=True)
    document = """{ entriesAggregate(where: {accountId: {_eq: 1}}) { aggregate {
        count sum { small big price } max { small price } min { weight } avg { small price weight }
    } } }"""
    found = backend.data(document)["entriesAggregate"]["aggregate"]
    assert found["count"] == 2
    assert found["sum"] == {"small": 15, "big": "9007199254740995", "price": "11.10"}
    assert found["max"] == {"small": 8, "price": "7.80"}
    assert found["min"] == {"weight": "0.5"}
    assert found["avg"]["small"] == 7.5
    assert found["avg"]["weight"] == "0.875"
    # Postgres' own text has more zeros than SQLite's.
    assert found["avg"]["price"] == ("5.5500000000000000" if backend.place.dialect == "postgres" else "5.55")


def test_pages_go_on_from_numbers_that_are_text(accounts: Callable[..., Backend]) -> None:
    backend = accounts(stringify_numbers=True)
    document = """query ($after: String, $order: [EntryOrderBy!]) {
        entriesConnection(first: 1, after: $after, orderBy: $order) { nodes { id } pageInfo { endCursor } }
    }"""
    for order, expected in (
        ({"big": "DESC"}, [1, 3, 2]),
        ({"price": "ASC"}, [3, 1, 2]),
        ({"weight": "ASC"}, [1, 2, 3]),
    ):
        seen: list[int] = []
        after = None
        for _ in expected:
            page = backend.data(document, after=after, order=[order])["entriesConnection"]
            seen += [node["id"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
        assert seen == expected
    document = document.replace("entriesConnection", "accountsConnection").replace("EntryOrderBy", "AccountOrderBy")
    seen = []
    after = None
    for _ in range(2):
        order = [{"entriesAggregate": {"avg": {"price": "DESC"}}}]
        page = backend.data(document, after=after, order=order)["accountsConnection"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [1, 2]


def test_text_comes_back_in_and_predicates_take_numbers(accounts: Callable[..., Backend]) -> None:
    backend = accounts(stringify_numbers=True)
    document = """mutation ($big: BigInt!) {
        updateEntry(pkColumns: {id: 3}, _set: {big: $big, price: "12.5"}, _inc: {weight: 1}) { big price weight }
    }"""
    data = backend.data(document, big="9007199254740995")
    assert data == {"updateEntry": {"big": "9007199254740995", "price": "12.50", "weight": None}}
    document = """{ accounts(where: {entriesAggregate: {avg: {arguments: price, predicate: {_gt: 6}}}}) { id } }"""
    assert backend.data(document) == {"accounts": [{"id": 2}]}
