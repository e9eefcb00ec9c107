"""Scalars of functions that only JSON knows: by the names of their classes, or as those of columns are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
import strawberry

from portico.schema import query
from portico.schema.json_scalars import JsonScalar
from tests.support.backend import Backend


class Price(JsonScalar):
    """An amount with its currency."""


class BigInt(JsonScalar):
    """As columns have it."""


@strawberry.input
class Offer:
    """What is offered."""

    price: Price
    step: BigInt | None = None
    prices: list[Price] = strawberry.field(name="from", default_factory=list)


@strawberry.type
class Taken:
    """What was taken."""

    price: Price | None
    step: BigInt | None


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    @query
    async def take(offer: Annotated[Offer, strawberry.argument(name="the")]) -> Taken:
        assert isinstance(offer, Offer)
        return Taken(price=offer.price, step=offer.step)

    @query
    async def count(offer: Offer) -> int:
        return len(offer.prices)

    return serve()


def test_values_are_those_that_were_sent(backend: Backend) -> None:
    document = '{ take(the: {price: {amount: 1.5, in: "EUR"}, step: 9007199254740993}) { price step } }'
    assert backend.data(document) == {"take": {"price": {"amount": 1.5, "in": "EUR"}, "step": 9007199254740993}}
    asked = "query ($m: Price!) { take(the: {price: $m}) { price step } }"
    for value in ("x", [1, {"a": None}], True):
        assert backend.data(asked, m=value) == {"take": {"price": value, "step": None}}
    assert backend.data('{ count(offer: {price: 1, from: [1, "x"]}) }') == {"count": 2}


def test_one_that_columns_have_is_theirs(backend: Backend) -> None:
    error = backend.error('{ take(the: {price: 1, step: "many"}) { step } }')
    assert error["extensions"]["problem"] in ("PT102", "PT104")


def test_the_schema_describes_it(backend: Backend) -> None:
    found: Any = backend.data('{ __type(name: "Price") { kind description } }')["__type"]
    assert found == {"kind": "SCALAR", "description": "An amount with its currency."}
