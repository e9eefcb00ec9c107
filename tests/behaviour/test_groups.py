"""Groups of aggregates: their keys, periods, conditions, order and size, and what a role may learn by them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.limits import Limits
from portico.resolvers.plan.describe import describe
from portico.schema import IntId, Me, Model, Rule, allow, everyone
from portico.schema.caller import Caller
from portico.schema.names import Convention
from tests.support.backend import Backend

Serve = Callable[..., Backend]

_SALES = [
    ("IT", "book", 10, 3, "2026-01-01T10:00:00Z", 1),
    ("IT", "pen", 2, 1, "2026-01-04T23:59:59.999999Z", 1),
    (None, "book", 20, 1, "2026-01-05T00:00:00Z", 1),
    ("DE", "book", 30, 2, "2026-01-31T23:30:00-02:00", 2),
    ("DE", "pen", 4, None, "2026-02-28T23:59:59.999999Z", 2),
    (None, "pen", 6, 5, "2026-04-01T00:00:00Z", 2),
]


@pytest.fixture
def declare(serve: Serve) -> Callable[..., Backend]:
    """Declares shops with sales: clerks see their shop's, and buyers of IT only; a guest no aggregates, a taster three."""

    class Shop(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        sales: Mapped[list[Sale]] = relationship(back_populates="shop")

    class Sale(Model):
        id: Mapped[IntId]
        country: Mapped[str | None]
        kind: Mapped[str]
        amount: Mapped[int]
        stars: Mapped[int | None]
        placed_at: Mapped[datetime]
        local: Mapped[datetime] = mapped_column(DateTime())
        day: Mapped[date]
        notes: Mapped[dict[str, Any] | None]
        raw: Mapped[dict[str, Any] | None] = mapped_column(JSON)
        shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id), index=True)
        shop: Mapped[Shop] = relationship(back_populates="sales")

    allow(Shop, "read", when=everyone)
    allow(Sale, "read", to="guest", when=everyone, aggregates=False)
    allow(Sale, "read", to="taster", when=everyone, limit=3)
    allow(Sale, "read", to="blind", when=everyone, fields=["id", "kind", "amount"])

    @allow(Sale, "read", to="clerk", fields=["id", "kind", "amount", "placed_at", "shop_id"])
    def my_shop(sale: type[Sale], me: Me) -> Rule:
        return sale.shop_id == me.id

    @allow(Sale, "read", to="clerk", fields=["id", "country"])
    def italian(sale: type[Sale], me: Me) -> Rule:
        return (sale.shop_id == me.id) & (sale.country == "IT")

    def declared(**keywords: Any) -> Backend:
        backend = serve(**keywords)
        backend.sql("INSERT INTO shops (id, name) VALUES (1, 'One'), (2, 'Two'), (3, 'None')")
        word = backend.catalog.names.word
        rows = [
            {
                "country": country, "kind": kind, "amount": amount, "stars": stars, word("placed_at"): placed,
                "local": placed, "day": placed[:10], word("shop_id"): shop,
            }
            for country, kind, amount, stars, placed, shop in _SALES
        ]  # fmt: skip
        type_, root = backend.catalog.names.of_type("Sale", "insert_input"), "insertSales"
        if backend.catalog.names.convention != "plain":
            type_ = backend.catalog.names.of_type(backend.catalog.names.object_type("Sale", "sales"), "insert_input")
            root = word("insert_sales")
        backend.data(
            f"mutation ($rows: [{type_}!]!) {{ {root}(objects: $rows) {{ {word('affected_rows')} }} }}", rows=rows
        )
        backend.engine.statements.clear()
        return backend

    return declared


@pytest.fixture
def shops(declare: Callable[..., Backend]) -> Backend:
    return declare()


def _groups(backend: Backend, arguments: str, selection: str = "aggregate { count }", **keywords: Any) -> Any:
    document = f"{{ salesAggregate {{ groups({arguments}) {{ {selection} }} }} }}"
    return backend.data(document, **keywords)["salesAggregate"]["groups"]


def _counts(backend: Backend, arguments: str, key: str, **keywords: Any) -> list[tuple[Any, int]]:
    """(key, count) of each group."""
    found = _groups(backend, arguments, f"keys {{ {key} }} aggregate {{ count }}", **keywords)
    return [(each["keys"][key], each["aggregate"]["count"]) for each in found]


_COUNTRY = "country"


# ---- keys --------------------------------------------------------------------------------------------


def test_rows_with_the_same_key_are_one_group_and_those_without_a_value_another(shops: Backend) -> None:
    selection = "keys { country } aggregate { count sum { amount } avg { stars } max { kind } }"

    assert _groups(shops, "by: country", selection) == [
        {"keys": {"country": "DE"}, "aggregate": {"count": 2, "sum": {"amount": 34}, "avg": {"stars": 2}, "max": {"kind": "pen"}}},
        {"keys": {"country": "IT"}, "aggregate": {"count": 2, "sum": {"amount": 12}, "avg": {"stars": 2}, "max": {"kind": "pen"}}},
        {"keys": {"country": None}, "aggregate": {"count": 2, "sum": {"amount": 26}, "avg": {"stars": 3}, "max": {"kind": "pen"}}},
    ]  # fmt: skip
    assert len(shops.engine.statements) == 1


def test_several_keys_order_the_groups_in_their_order(shops: Backend) -> None:
    found = _groups(shops, "by: [kind, country, kind]", "keys { k: kind country __typename } __typename")

    assert [(each["keys"]["k"], each["keys"]["country"]) for each in found] == [
        ("book", "DE"), ("book", "IT"), ("book", None), ("pen", "DE"), ("pen", "IT"), ("pen", None),
    ]  # fmt: skip
    assert (found[0]["__typename"], found[0]["keys"]["__typename"]) == ("SaleAggregateGroup", "SaleAggregateGroupKeys")


def test_groups_are_over_the_rows_of_the_aggregate(shops: Backend) -> None:
    document = """{
      salesAggregate(where: {amount: {_gt: 3}}, orderBy: {amount: ASC}, limit: 4, offset: 1) {
        groups(by: country) { keys { country } aggregate { sum { amount } } }
      }
    }"""

    assert shops.data(document)["salesAggregate"]["groups"] == [
        {"keys": {"country": "DE"}, "aggregate": {"sum": {"amount": 30}}},
        {"keys": {"country": "IT"}, "aggregate": {"sum": {"amount": 10}}},
        {"keys": {"country": None}, "aggregate": {"sum": {"amount": 26}}},
    ]


def test_groups_stand_beside_all_that_an_aggregate_has_in_one_statement(shops: Backend) -> None:
    document = """{
      salesAggregate(distinctOn: kind, orderBy: [{kind: ASC}, {id: DESC}]) {
        aggregate { count }
        kinds: groups(by: kind) { keys { kind } aggregate { count } }
        nodes { id shop { name } }
        countries: groups(by: country) { keys { country } }
      }
      shops(orderBy: {id: ASC}) {
        salesAggregate { aggregate { count } groups(by: kind) { keys { kind } aggregate { sum { amount } } } }
      }
    }"""

    assert shops.data(document) == {
        "salesAggregate": {
            "aggregate": {"count": 2},
            "kinds": [{"keys": {"kind": kind}, "aggregate": {"count": 1}} for kind in ("book", "pen")],
            "nodes": [{"id": 4, "shop": {"name": "Two"}}, {"id": 6, "shop": {"name": "Two"}}],
            "countries": [{"keys": {"country": "DE"}}, {"keys": {"country": None}}],
        },
        "shops": [
            {"salesAggregate": {"aggregate": {"count": count}, "groups": [
                {"keys": {"kind": kind}, "aggregate": {"sum": {"amount": amount}}} for kind, amount in groups
            ]}}
            for count, groups in ((3, [("book", 30), ("pen", 2)]), (3, [("book", 30), ("pen", 10)]), (0, []))
        ],
    }  # fmt: skip
    assert len(shops.engine.statements) == 1
    # Once for each aggregate, though each is read for its groups and for the rest.
    assert shops.engine.statements[0].count("FROM sales AS") == 2


def test_no_rows_have_no_groups(shops: Backend) -> None:
    document = "{ salesAggregate(where: {id: {_eq: 0}}) { aggregate { count } groups(by: kind) { keys { kind } } } }"

    assert shops.data(document) == {"salesAggregate": {"aggregate": {"count": 0}, "groups": []}}


def test_variables_give_every_argument(shops: Backend) -> None:
    document = """query (
        $by: [SaleAggregateGroupColumn!]!, $per: SaleAggregateGroupPer, $having: SaleAggregateGroupBoolExp,
        $order: [SaleAggregateGroupOrderBy!], $limit: Int, $offset: Int, $country: Boolean!
    ) { salesAggregate { groups(by: $by, per: $per, having: $having, orderBy: $order, limit: $limit, offset: $offset) {
        keys { placedAt country @include(if: $country) } aggregate { count }
    } } }"""
    common = {"having": {"count": {"predicate": {"_gt": 1}}}, "order": [{"keys": {"placedAt": "DESC"}}], "limit": 3}

    months = shops.data(
        document, by=["placedAt"], per={"placedAt": "MONTH"}, country=False, offset=1, **common
    )["salesAggregate"]["groups"]  # fmt: skip
    both = shops.data(document, by=["country", "placedAt"], per={"placedAt": "YEAR"}, country=True, **common)

    assert months == [{"keys": {"placedAt": "2026-01-01T00:00:00+00:00"}, "aggregate": {"count": 3}}]
    assert [each["keys"]["country"] for each in both["salesAggregate"]["groups"]] == ["DE", "IT", None]


@pytest.mark.parametrize(
    ("arguments", "selection", "said"),
    [
        ("by: []", "aggregate { count }", "Groups need a column to be told apart by."),
        ("by: kind", "keys { country }", "country is no key of the groups."),
        ("by: kind, orderBy: {keys: {country: ASC}}", "keys { kind }", "country is no key of the groups."),
        ("by: kind, per: {day: YEAR}", "keys { kind }", "There is a period for day, which is no key of the groups."),
    ],
)
def test_what_is_no_key_is_no_null_but_an_error(arguments: str, selection: str, said: str, shops: Backend) -> None:
    error = shops.error(f"{{ salesAggregate {{ groups({arguments}) {{ {selection} }} }} }}")

    assert (error["extensions"]["problem"], error["message"]) == ("PT105", said)


def test_what_has_no_equality_is_no_key(shops: Backend) -> None:
    found = shops.data('{ __type(name: "SaleAggregateGroupColumn") { enumValues { name } } }')["__type"]["enumValues"]
    names = {each["name"] for each in found}

    assert "kind" in names
    assert "raw" not in names
    # On SQLite a document is a text, whose spaces would count.
    assert ("notes" in names) is (shops.place.dialect == "postgres")


# ---- periods -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("MINUTE", [("2026-01-01T10:00:00", 1), ("2026-01-04T23:59:00", 1), ("2026-01-05T00:00:00", 1),
                    ("2026-02-01T01:30:00", 1), ("2026-02-28T23:59:00", 1), ("2026-04-01T00:00:00", 1)]),
        ("HOUR", [("2026-01-01T10:00:00", 1), ("2026-01-04T23:00:00", 1), ("2026-01-05T00:00:00", 1),
                  ("2026-02-01T01:00:00", 1), ("2026-02-28T23:00:00", 1), ("2026-04-01T00:00:00", 1)]),
        ("DAY", [("2026-01-01T00:00:00", 1), ("2026-01-04T00:00:00", 1), ("2026-01-05T00:00:00", 1),
                 ("2026-02-01T00:00:00", 1), ("2026-02-28T00:00:00", 1), ("2026-04-01T00:00:00", 1)]),
        ("WEEK", [("2025-12-29T00:00:00", 2), ("2026-01-05T00:00:00", 1), ("2026-01-26T00:00:00", 1),
                  ("2026-02-23T00:00:00", 1), ("2026-03-30T00:00:00", 1)]),
        ("MONTH", [("2026-01-01T00:00:00", 3), ("2026-02-01T00:00:00", 2), ("2026-04-01T00:00:00", 1)]),
        ("QUARTER", [("2026-01-01T00:00:00", 5), ("2026-04-01T00:00:00", 1)]),
        ("YEAR", [("2026-01-01T00:00:00", 6)]),
    ],
)  # fmt: skip
def test_moments_of_one_period_in_utc_are_one_key(period: str, expected: list[tuple[str, int]], shops: Backend) -> None:
    assert _counts(shops, f"by: placedAt, per: {{placedAt: {period}}}", "placedAt") == [
        (f"{begins}+00:00", count) for begins, count in expected
    ]


@pytest.mark.parametrize(
    ("period", "local", "day"),
    [
        ("HOUR", ("2026-01-31T23:00:00", "2026-02-28T23:00:00"), ("2026-01-31", "2026-02-28")),
        ("WEEK", ("2026-01-26T00:00:00", "2026-02-23T00:00:00"), ("2026-01-26", "2026-02-23")),
        ("MONTH", ("2026-01-01T00:00:00", "2026-02-01T00:00:00"), ("2026-01-01", "2026-02-01")),
        ("QUARTER", ("2026-01-01T00:00:00",), ("2026-01-01",)),
    ],
)
def test_dates_and_moments_without_a_zone_have_periods_too(
    period: str, local: tuple[str, ...], day: tuple[str, ...], shops: Backend
) -> None:
    document = f"""{{ salesAggregate(where: {{country: {{_eq: "DE"}}}}) {{
        local: groups(by: local, per: {{local: {period}}}) {{ keys {{ local }} }}
        day: groups(by: day, per: {{day: {period}}}) {{ keys {{ day }} }}
    }} }}"""
    found = shops.data(document)["salesAggregate"]

    assert [each["keys"]["local"] for each in found["local"]] == list(local)
    assert [each["keys"]["day"] for each in found["day"]] == list(day)


def test_a_null_period_is_none(shops: Backend) -> None:
    assert len(_groups(shops, "by: placedAt, per: {placedAt: null}")) == 6


# ---- having ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("having", "countries"),
    [
        ("{count: {predicate: {_gt: 1}}}", ["DE", "IT", None]),
        ("{sum: {arguments: amount, predicate: {_gt: 20}}}", ["DE", None]),
        ("{sum: {arguments: amount, predicate: {_gt: 20}}, max: {arguments: amount, predicate: {_lt: 30}}}", [None]),
        ("{_or: [{min: {arguments: amount, predicate: {_eq: 2}}}, {max: {arguments: amount, predicate: {_eq: 30}}}]}", ["DE", "IT"]),
        ("{_not: {avg: {arguments: amount, predicate: {_eq: 13}}}}", ["DE", "IT"]),
        ("{_and: [{count: {predicate: {_eq: 2}}}, {count: {arguments: [stars], predicate: {_eq: 1}}}]}", ["DE"]),
        ('{count: {filter: {kind: {_eq: "book"}, amount: {_gte: 20}}, predicate: {_eq: 1}}}', ["DE", None]),
        ('{sum: {arguments: amount, filter: {shop: {name: {_eq: "Two"}}}, predicate: {_gt: 5}}}', ["DE", None]),
        ("{count: {arguments: [shopId], distinct: true, predicate: {_eq: 2}}}", [None]),
        ("{}", ["DE", "IT", None]),
        ("null", ["DE", "IT", None]),
    ],
)  # fmt: skip
def test_having_picks_groups_as_a_filter_picks_rows(having: str, countries: list[str | None], shops: Backend) -> None:
    assert [key for key, _ in _counts(shops, f"by: country, having: {having}", _COUNTRY)] == countries


def test_a_condition_on_groups_compares_with_no_null(shops: Backend) -> None:
    document = "{ salesAggregate { groups(by: kind, having: {count: {predicate: {_gt: null}}}) { keys { kind } } } }"

    assert shops.error(document)["extensions"]["problem"] == "PT104"


# ---- order and size ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "countries"),
    [
        ("{aggregate: {sum: {amount: DESC}}}", ["DE", None, "IT"]),
        ("[{aggregate: {count: DESC}}, {keys: {country: DESC}}]", [None, "IT", "DE"]),
        ("{aggregate: {count: ASC}}", ["DE", "IT", None]),
        ("{keys: {country: ASC_NULLS_FIRST}}", [None, "DE", "IT"]),
        ("{aggregate: {avg: {stars: ASC}, max: {amount: ASC}}}", ["IT", "DE", None]),
        ("null", ["DE", "IT", None]),
    ],
)
def test_groups_are_ordered_as_asked_and_then_by_their_keys(
    order: str, countries: list[str | None], shops: Backend
) -> None:
    assert [key for key, _ in _counts(shops, f"by: country, orderBy: {order}", _COUNTRY)] == countries


def test_some_of_the_groups(shops: Backend) -> None:
    assert [key for key, _ in _counts(shops, "by: country, limit: 1, offset: 1", _COUNTRY)] == ["IT"]
    assert [key for key, _ in _counts(shops, "by: country, limit: 4, offset: 2", _COUNTRY)] == [None]
    assert _counts(shops, "by: country, limit: 0", _COUNTRY) == []


def test_more_groups_than_allowed_are_refused_and_without_a_limit_not_answered(declare: Callable[..., Backend]) -> None:
    backend = declare(limits=Limits(max_groups=2))

    assert [key for key, _ in _counts(backend, "by: country", _COUNTRY)] == ["DE", "IT"]
    assert len(_groups(backend, "by: country, limit: 2")) == 2
    for limit, asked in ((5, "5"), (20_000, "over 10000")):
        error = backend.error(f"{{ salesAggregate {{ groups(by: kind, limit: {limit}) {{ keys {{ kind }} }} }} }}")
        assert error["extensions"]["problem"] == "PT404"
        assert error["message"] == f"The document asks for {asked} groups at once; 2 are allowed."


@pytest.mark.parametrize(
    ("document", "rows"),
    [
        # 10 shops, and of each the aggregate and 10 groups.
        ("{ shops(limit: 10) { salesAggregate { groups(by: kind, limit: 10) { keys { kind } } } } }", 120),
        # 20 nodes, and besides 50 groups and the 20 assumed where there is no limit.
        (
            """{ salesAggregate(limit: 20) {
                 nodes { id } a: groups(by: kind, limit: 50) { keys { kind } } b: groups(by: kind) { keys { kind } }
               } }""",
            90,
        ),
    ],
)
def test_groups_count_as_rows(document: str, rows: int, declare: Callable[..., Backend]) -> None:
    backend = declare(limits=Limits(max_rows=rows - 1))

    assert backend.error(document)["message"] == (f"The document could read about {rows} rows; {rows - 1} are allowed.")


# ---- who may -----------------------------------------------------------------------------------------


def test_groups_are_of_visible_rows_and_a_hidden_cell_is_null_in_them(shops: Backend) -> None:
    assert _counts(shops, "by: kind", "kind", role="clerk", id=1) == [("book", 2), ("pen", 1)]
    # The row without a country and those whose country is hidden cannot be told apart.
    assert _counts(shops, "by: country", _COUNTRY, role="clerk", id=1) == [("IT", 2), (None, 1)]
    assert _counts(shops, "by: country", _COUNTRY, role="clerk", id=2) == [(None, 3)]
    assert _counts(shops, "by: country, having: {count: {arguments: country, predicate: {_gt: 0}}}", _COUNTRY, role="clerk", id=2) == []  # fmt: skip
    hidden = 'by: kind, having: {count: {filter: {country: {_eq: "DE"}}, predicate: {_gt: 0}}}'
    assert _counts(shops, hidden, "kind", role="clerk", id=2) == []


@pytest.mark.parametrize(
    "arguments",
    [
        "by: country",
        "by: [kind, placedAt]",
        "by: kind, orderBy: {aggregate: {max: {stars: ASC}}}",
        "by: kind, having: {max: {arguments: stars, predicate: {_gt: 1}}}",
        'by: kind, having: {count: {predicate: {_gt: 0}, filter: {country: {_eq: "DE"}}}}',
        "by: kind, per: {placedAt: DAY}",
    ],
)
def test_a_column_that_the_role_may_not_read_cannot_be_named(arguments: str, shops: Backend) -> None:
    error = shops.error(f"{{ salesAggregate {{ groups({arguments}) {{ aggregate {{ count }} }} }} }}", role="blind")

    assert error["extensions"]["problem"] == "PT102"


def test_a_role_without_aggregates_has_no_groups(shops: Backend) -> None:
    for document in (
        "{ salesAggregate { groups(by: kind) { keys { kind } } } }",
        "{ shops { salesAggregate { groups(by: kind) { keys { kind } } } } }",
    ):
        assert shops.error(document, role="guest")["extensions"]["problem"] == "PT102"
    types = shops.data("{ __schema { types { name } } }", role="admin")["__schema"]["types"]
    assert any("SaleAggregateGroup" in each["name"] for each in types)
    assert shops.ask('{ __type(name: "SaleAggregateGroup") { name } }', role="guest")["data"] == {"__type": None}


def test_the_numbers_of_groups_are_of_all_rows_whatever_the_limit_of_the_role(shops: Backend) -> None:
    document = """{ salesAggregate(orderBy: {id: ASC}) {
                      groups(by: kind) { keys { kind } aggregate { count } } nodes { id } } }"""

    assert shops.data(document, role="taster")["salesAggregate"] == {
        "groups": [
            {"keys": {"kind": "book"}, "aggregate": {"count": 3}},
            {"keys": {"kind": "pen"}, "aggregate": {"count": 3}},
        ],
        "nodes": [{"id": 1}, {"id": 2}, {"id": 3}],
    }


# ---- everywhere --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("naming", "document", "key"),
    [
        (
            "plain",
            """query ($by: [SaleAggregateGroupColumn!]!) {
                 salesAggregate { groups(by: $by, per: {placedAt: MONTH}, orderBy: [{aggregate: {count: DESC}}]) {
                   keys { placedAt } aggregate { count } } }
                 shops(orderBy: {id: ASC}) { salesAggregate { groups(by: shopId) { keys { shopId } } } } }""",
            "placedAt",
        ),
        (
            "graphql-default",
            """query ($by: [SalesAggregateGroupColumn!]!) {
                 salesAggregate { groups(by: $by, per: {placedAt: MONTH}, orderBy: [{aggregate: {count: DESC}}]) {
                   keys { placedAt } aggregate { count } } }
                 shops(orderBy: {id: ASC}) { salesAggregate { groups(by: shopId) { keys { shopId } } } } }""",
            "placedAt",
        ),
        (
            "hasura-default",
            """query ($by: [sales_aggregate_group_column!]!) {
                 sales_aggregate { groups(by: $by, per: {placed_at: month}, order_by: [{aggregate: {count: desc}}]) {
                   keys { placed_at } aggregate { count } } }
                 shops(order_by: {id: asc}) { sales_aggregate { groups(by: shop_id) { keys { shop_id } } } } }""",
            "placed_at",
        ),
    ],
)
def test_every_convention_has_groups(
    naming: Convention, document: str, key: str, declare: Callable[..., Backend]
) -> None:
    data = declare(naming=naming).data(document, by=[key])
    total = next(iter(data.values()))

    assert [(each["keys"][key], each["aggregate"]["count"]) for each in total["groups"]] == [
        ("2026-01-01T00:00:00+00:00", 3), ("2026-02-01T00:00:00+00:00", 2), ("2026-04-01T00:00:00+00:00", 1),
    ]  # fmt: skip
    assert [len(next(iter(shop.values()))["groups"]) for shop in data["shops"]] == [1, 1, 0]


def test_what_a_mutation_returns_can_be_grouped(shops: Backend) -> None:
    document = """mutation { updateShops(where: {id: {_eq: 1}}, _set: {name: "Uno"}) {
        returning { name salesAggregate { groups(by: kind) { keys { kind } aggregate { count } } } }
    } }"""

    assert shops.data(document)["updateShops"]["returning"] == [
        {
            "name": "Uno",
            "salesAggregate": {
                "groups": [
                    {"keys": {"kind": "book"}, "aggregate": {"count": 2}},
                    {"keys": {"kind": "pen"}, "aggregate": {"count": 1}},
                ]
            },
        }
    ]


def test_explain_says_by_what_rows_are_grouped(shops: Backend) -> None:
    document = """{ salesAggregate { groups(
        by: [country, placedAt], per: {placedAt: DAY}, having: {count: {predicate: {_gt: 1}}}, limit: 10
    ) { keys { placedAt } aggregate { count } } } }"""
    caller = Caller(id=1, role="clerk", roles=frozenset({"clerk"}))
    operation, literals = shops.executor.documents.find(document, None, shops.executor.role(caller))
    key, _ = operation.read({}, literals)

    assert describe(operation.guarded(key)) == (
        "salesAggregate: aggregate of Sale\n"
        "  rules: my_shop or italian; country only where italian; kind only where my_shop; amount only where my_shop;"
        " placedAt only where my_shop; shopId only where my_shop\n"
        "  groups: groups by country, placedAt per day; those that meet a condition; ordered by 2 terms; at most 10\n"
        "    keys:\n"
        "      columns: placedAt\n"
        "    aggregate:\n"
        "      count: count(*)"
    )
