"""Functions of the author's beside tables: arguments, results, callers, roles, errors, and the documents they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
import strawberry
from sqlalchemy.orm import Mapped

from portico.schema import Caller, IntId, Model, allow, everyone, query
from tests.support.backend import Backend


@strawberry.enum
class Unit(Enum):
    """A scale."""

    CELSIUS = "c"
    FAHRENHEIT = "f"


@strawberry.input
class Place:
    """Where."""

    latitude: float
    longitude: float = 0
    unit: Unit = Unit.CELSIUS


@strawberry.type
class Station:
    """Who measures."""

    name: str


@strawberry.type
class Weather:
    """What it is like."""

    city: str
    degrees: float
    at: datetime
    station: Station | None
    days: list[int]


@strawberry.type
class Found:
    """An answer of one kind."""

    text: str


@strawberry.type
class Missing:
    """An answer of another."""

    reason: str


@dataclass(frozen=True)
class Secret:
    """Something that must not go out."""

    text: str = "hidden-in-the-log"


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    class Post(Model):
        id: Mapped[IntId]
        title: Mapped[str]

    allow(Post, "read", when=everyone)

    @query
    async def weather(city: str, caller: Caller, days: int = 2, place: Place | None = None) -> Weather:
        """The weather of a city."""
        degrees = 0.0 if place is None else place.latitude * (2 if place.unit is Unit.FAHRENHEIT else 1)
        station = Station(name=f"{caller.role} {caller.id} {caller.claims.get('org')}") if city == "here" else None
        return Weather(
            city=city, degrees=degrees, at=datetime(2024, 1, 1, tzinfo=UTC), station=station, days=list(range(days))
        )

    @query(to="user")
    def total_of(numbers: list[Decimal], key: UUID | None = None) -> str:
        return f"{sum(numbers)} {key}"

    @query
    def find(text: str) -> Found | Missing:
        return Found(text=text) if text else Missing(reason="empty")

    @query
    def broken() -> int:
        raise RuntimeError(Secret().text)

    @query
    async def nothing() -> str | None:
        return None

    served = serve()
    served.sql("INSERT INTO posts VALUES (1, 'one')")
    return served


def test_a_function_is_a_field_called_like_it(backend: Backend) -> None:
    assert backend.data('{ weather(city: "x") { __typename city degrees at station { name } days } }') == {
        "weather": {
            "__typename": "Weather",
            "city": "x",
            "degrees": 0.0,
            "at": "2024-01-01T00:00:00+00:00",
            "station": None,
            "days": [0, 1],
        }
    }
    assert backend.data("{ nothing }") == {"nothing": None}


def test_a_function_is_given_its_caller(backend: Backend) -> None:
    ask = '{ weather(city: "here") { station { name } } }'

    assert backend.data(ask, role="user", id=7, claims={"org": "north"}) == {
        "weather": {"station": {"name": "user 7 north"}}
    }


def test_a_caller_is_no_argument_of_the_field(backend: Backend) -> None:
    root = backend.data("{ __schema { queryType { fields { name description args { name } } } } }")
    fields = {each["name"]: each for each in root["__schema"]["queryType"]["fields"]}

    assert fields["weather"]["description"] == "The weather of a city."
    assert [each["name"] for each in fields["weather"]["args"]] == ["city", "days", "place"]


def test_arguments_come_from_literals_variables_and_defaults(backend: Backend) -> None:
    ask = "query ($city: String!, $place: Place) { weather(city: $city, days: 1, place: $place) { city degrees days } }"

    assert backend.data(ask, city="é😀", place={"latitude": 1.5, "unit": "FAHRENHEIT"}) == {
        "weather": {"city": "é😀", "degrees": 3.0, "days": [0]}
    }
    assert backend.data('{ weather(city: "x", place: {latitude: 2}) { degrees } }') == {"weather": {"degrees": 2.0}}


def test_functions_and_tables_stand_in_one_document(backend: Backend) -> None:
    assert backend.data(
        '{ a: weather(city: "x") { city } posts { title } b: find(text: "t") { ... on Found { text } } }'
    ) == {
        "a": {"city": "x"},
        "posts": [{"title": "one"}],
        "b": {"text": "t"},
    }


def test_a_function_for_a_role_does_not_exist_for_others(backend: Backend) -> None:
    ask = '{ totalOf(numbers: ["1.10", "2.20"], key: "00000000-0000-0000-0000-000000000001") }'

    assert backend.data(ask, role="user") == {"totalOf": "3.30 00000000-0000-0000-0000-000000000001"}
    assert backend.data(ask, role="admin")
    assert backend.error(ask, role="anonymous")["extensions"]["code"] == "validation-failed"


def test_a_function_may_answer_one_of_several_types(backend: Backend) -> None:
    ask = "query ($t: String!) { find(text: $t) { __typename ... on Found { text } ... on Missing { reason } } }"

    assert backend.data(ask, t="x") == {"find": {"__typename": "Found", "text": "x"}}
    assert backend.data(ask, t="") == {"find": {"__typename": "Missing", "reason": "empty"}}


def test_a_function_that_raises_tells_nothing_of_why(backend: Backend) -> None:
    answer = backend.ask("{ broken }")

    assert answer["errors"][0]["extensions"]["problem"] == "PT509"
    assert Secret().text not in str(answer)


def test_documents_that_differ_in_a_functions_arguments_are_told_apart(backend: Backend) -> None:
    for city in ("x", "y", "x"):
        assert backend.data(f'{{ weather(city: "{city}") {{ city }} }}') == {"weather": {"city": city}}


def test_directives_and_fragments_hold_inside_functions(backend: Backend) -> None:
    ask = (
        'query ($no: Boolean!) { weather(city: "x") { ...C degrees @include(if: $no) } } fragment C on Weather { city }'
    )

    assert backend.data(ask, no=False) == {"weather": {"city": "x"}}


def test_a_variable_that_does_not_fit_is_the_clients_mistake(backend: Backend) -> None:
    error = backend.error('query ($p: Place) { weather(city: "x", place: $p) { city } }', p={"latitude": "north"})

    assert error["extensions"]["problem"] == "PT104"


def test_two_fields_with_one_name_and_other_literals_conflict(backend: Backend) -> None:
    backend.data("{ a: posts(limit: 1) { id } a: posts(limit: 1) { title } }")

    assert "conflict" in backend.error("{ a: posts(limit: 1) { id } a: posts(limit: 2) { title } }")["message"]
