"""Other GraphQL services: what roles see of them, what they are sent, and what becomes of their answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import build_client_schema, get_introspection_query, validate_schema

from tests.functions.stations import SDL, Stations
from tests.support.accounts import AccountServer

MODELS = '''"""Trips, and the weather of where they go."""

from pathlib import Path

from sqlalchemy.orm import Mapped

from portico.gateway.functions import remote_schema
from portico.schema import Data, IntId, Me, Model, Rule, allow, mutation, query, role

role("guide", inherits=("user",))


class Trip(Model):
    id: Mapped[IntId]
    owner: Mapped[str]
    title: Mapped[str]
    city: Mapped[str | None]


@allow(Trip, "read", to="user")
def my_trips(trip: type[Trip], me: Me) -> Rule:
    return trip.owner == me.id


@allow(Trip, "read", to="anonymous", fields=("id", "title"))
def titles(trip: type[Trip], me: Me) -> Rule:
    return trip.id > 0


@query
async def high_of(city: str, data: Data) -> float:
    found = await data.ask("query ($c: String!) { weather { forecast(city: $c) { high } } }", c=city)
    return found["weather"]["forecast"]["high"]


weather = remote_schema(
    "URL/graphql",
    name="weather",
    SCHEMA
    to={
        "anonymous": ["Query.forecast", "Query.now", "Forecast.city", "Forecast.high"],
        "user": [
            "Query.*", "Mutation.report", "Forecast.*", "Place.id", "Place.name", "Place.near", "Station.id", "Station.name",
            "Station.near", "Station.height", "City.*",
        ],
        "guide": ["Station.owner", "Owner.email"],
    },
    forward=["authorization", "accept-language", "host"],
    headers={"x-ours": "1"},
    timeout_s=TIMEOUT,
    MORE
)
weather.join(Trip, "forecast", {"city": Trip.city})
weather.join(Trip, "temperature", {"city": Trip.city}, name="degrees")
'''


@pytest.fixture
def make(gateway: Callable[..., AccountServer], service: Any, tmp_path: Path) -> Callable[..., AccountServer]:
    """Serves trips beside the weather: `server = make(models)`."""
    (tmp_path / "weather.graphql").write_text(SDL)
    service.answer = Stations()

    def serve(
        models: str = MODELS, *, more: str = "", timeout: str = "5", schema: str | None = None, **settings: Any
    ) -> AccountServer:
        known = f"schema=Path({str(tmp_path / 'weather.graphql')!r})," if schema is None else schema
        text = (
            models.replace("URL", service.url)
            .replace("SCHEMA", known)
            .replace("TIMEOUT", timeout)
            .replace("MORE", more)
        )
        made = gateway(text, **{"admin_keys": ("k",), **settings})
        made.sql(
            "INSERT INTO trips VALUES (1, 'ann', 'Up', 'Bern'), (2, 'ann', 'Down', 'Chur'), (3, 'ann', 'Back', 'Bern'), (4, 'ann', 'No', NULL),"
            " (5, 'bob', 'Away', 'Rome')"
        )
        return made

    return serve


@pytest.fixture
def server(make: Callable[..., AccountServer]) -> AccountServer:
    return make()


def as_role(role: str, id: str = "ann", **more: str) -> dict[str, str]:
    return {"x-portico-admin-key": "k", "x-hasura-role": role, "x-hasura-user-id": id, **more}


def ask(
    server: AccountServer, document: str, variables: dict[str, Any] | None = None, *, role: str = "user", **more: str
) -> Any:
    return server.ask(document, variables or {}, headers=as_role(role, **more))


def data(server: AccountServer, document: str, variables: dict[str, Any] | None = None, *, role: str = "user") -> Any:
    answer = ask(server, document, variables, role=role)
    assert "errors" not in answer, answer
    return answer["data"]


def test_a_service_is_asked_once_for_all_that_is_selected_of_it(server: AccountServer, service: Any) -> None:
    document = """query ($city: String!, $unit: WeatherUnit, $skip: Boolean!) {
      weather {
        here: forecast(city: $city, unit: $unit) { city high ...More at @skip(if: $skip) }
        forecast(city: "Bern") { city, kind: __typename }
        __typename
      }
      trips(orderBy: {id: ASC}, limit: 1) { title }
    }
    fragment More on WeatherForecast { low unit }"""

    found = data(server, document, {"city": "Chur", "unit": "FAHRENHEIT", "skip": True})
    assert found == {
        "weather": {
            "here": {"city": "Chur", "high": 4.1, "low": -1.5, "unit": "FAHRENHEIT"},
            "forecast": {"city": "Bern", "kind": "WeatherForecast"},
            "__typename": "WeatherQuery",
        },
        "trips": [{"title": "Up"}],
    }
    (asked,) = service.asked
    assert asked["path"] == "/graphql"
    assert asked["body"] == {
        "query": "query($v0: String!, $v1: Unit, $v2: String!) { here: forecast(city: $v0, unit: $v1) { city high"
        " low unit } forecast(city: $v2) { city } }",
        "variables": {"v0": "Chur", "v1": "FAHRENHEIT", "v2": "Bern"},
    }


def test_what_is_known_here_is_not_asked(server: AccountServer, service: Any) -> None:
    assert data(server, "{ weather { __typename } }") == {"weather": {"__typename": "WeatherQuery"}}
    assert service.asked == []


KINDS = """query ($filter: WeatherStationFilter, $within: Float, $cells: [[Int!]!]!) {
  weather {
    search(where: $filter) {
      __typename
      ... on WeatherPlace { id near(within: $within) { name ... on WeatherCity { people } } }
      ... on WeatherCity { people }
      ...Warm
    }
    stations: places(kind: STATION) { id type_: name ... on WeatherStation { height } }
    places { kind: __typename ... on WeatherFound { ... on WeatherStation { height } } }
    grid(cells: $cells)
    echo(filter: {kinds: [CITY], height: {from: 3, to: $none}, both: [{name: "a"}, {name: $text}]})
    now
    many(filters: [{name: "a"}, {name: $text}])
  }
}
fragment Warm on WeatherForecast { high(rounded: false) station { id } next(days: 2) { high(rounded: false) } }"""


def test_types_of_all_kinds_are_those_of_any_schema(server: AccountServer, service: Any) -> None:
    document = KINDS.replace("($filter", "($none: Int, $text: String, $filter")
    found = data(
        server, document, {"filter": {"kinds": ["STATION"]}, "within": 2.5, "cells": [[1, 2], [3]], "text": "b"}
    )["weather"]

    assert found["search"] == [
        {"__typename": "WeatherStation", "id": "1", "near": [{"name": "Bern", "people": 134_000}]},
        {"__typename": "WeatherCity", "id": "2", "near": [], "people": 134_000},
        {"__typename": "WeatherForecast", "high": 4.1, "station": {"id": "1"}, "next": {"high": 4.2}},
    ]
    assert found["stations"] == [{"id": "1", "type_": "Gurten", "height": 858}]
    assert found["places"] == [{"kind": "WeatherStation", "height": 858}, {"kind": "WeatherCity"}]
    assert (found["grid"], found["now"]) == (6, "2026-01-31T12:00:00Z")
    # A variable that was not sent is no member, so that the service's own default holds.
    assert found["echo"] == repr(
        {"height": {"from": 3, "to": 9000}, "kinds": ["CITY"], "both": [{"name": "a"}, {"name": "b"}]}
    )
    assert found["many"] == 2
    assert len(service.asked) == 1


def test_equal_fields_in_several_places_are_one(server: AccountServer, service: Any) -> None:
    document = """{ weather {
      places { near(within: 1.5) { id } ... on WeatherStation { near(within: 1.5) { name } } ... on WeatherCity { near(within: 1.5) { name } } }
      forecast(city: "Bern") { high } ... { forecast(city: "Bern") { low } }
    } }"""
    found = data(server, document)["weather"]
    assert found["forecast"] == {"high": 4.1, "low": -1.5}
    assert found["places"] == [{"near": [{"id": "2", "name": "Bern"}]}, {"near": [{"id": "1", "name": "Gurten"}]}]


def test_documents_that_differ_in_values_share_a_plan(server: AccountServer, service: Any) -> None:
    for city in ("Bern", "Chur", 'a"b\\n'):
        assert data(server, f"{{ weather {{ forecast(city: {json.dumps(city)}) {{ city }} }} }}") == {
            "weather": {"forecast": {"city": city}}
        }
    assert len({asked["body"]["query"] for asked in service.asked}) == 1


def test_values_are_looked_at_before_a_service_is_asked(server: AccountServer, service: Any) -> None:
    for document, variables, problem in (
        ("query ($c: String!) { weather { forecast(city: $c) { city } } }", {"c": 1}, "PT104"),
        ("query ($f: WeatherStationFilter) { weather { search(where: $f) { __typename } } }", {"f": {"x": 1}}, "PT104"),
        (
            "query ($f: WeatherStationFilter) { weather { search(where: $f) { __typename } } }",
            {"f": {"kinds": ["X"]}},
            "PT104",
        ),
        ("query ($c: [[Int!]!]!) { weather { grid(cells: $c) } }", {"c": [[1], ["x"]]}, "PT104"),
        ('query ($u: WeatherUnit) { weather { forecast(city: "a", unit: $u) { city } } }', {"u": "KELVIN"}, "PT104"),
        ("{ weather { forecast { city } } }", {}, "PT102"),
        ('{ weather { forecast(city: "a", unit: KELVIN) { city } } }', {}, "PT102"),
        ("query ($f: StationFilter) { weather { search(where: $f) { __typename } } }", {}, "PT102"),
    ):
        assert ask(server, document, variables)["errors"][0]["extensions"]["problem"] == problem, document
    assert service.asked == []


def test_mutations_are_one_request_in_order_and_after_the_tables(server: AccountServer, service: Any) -> None:
    document = """mutation {
      weather { a: report(station: "1", high: 1.5) { high } b: report(station: "2", high: 2) { high } __typename }
    }"""
    assert data(server, document) == {
        "weather": {"a": {"high": 1.5}, "b": {"high": 2}, "__typename": "WeatherMutation"}
    }
    assert service.answer.reported == [("1", 1.5), ("2", 2.0)]
    assert len(service.asked) == 1
    assert (
        "Cannot query"
        in ask(server, 'mutation { weather { rename(station: "1", name: "a") { id } } }')["errors"][0]["message"]
    )
    assert (
        "weather"
        in ask(server, '{ weather { report(station: "1", high: 1) { high } } }')["errors"][0]["extensions"]["path"]
    )
    assert len(service.asked) == 1


# ---- who may --------------------------------------------------------------------------------------------


def test_the_merged_schema_of_each_role_is_valid_and_can_be_introspected(server: AccountServer) -> None:
    for role in ("anonymous", "user", "guide", "admin"):
        found = data(server, get_introspection_query(input_value_deprecation=True, specified_by_url=True), role=role)
        schema = build_client_schema(found)
        assert validate_schema(schema) == [], role
        assert ("WeatherSubscription" in schema.type_map) is False
        assert "weather" not in getattr(schema.subscription_type, "fields", {})
        names = {name for name in schema.type_map if name.startswith("Weather")}
        assert names == VISIBLE_TYPES[role], role


VISIBLE_TYPES = {
    "anonymous": {"WeatherQuery", "WeatherForecast", "WeatherUnit", "WeatherMoment"},
    "user": {
        "WeatherQuery", "WeatherMutation", "WeatherForecast", "WeatherUnit", "WeatherMoment", "WeatherPlace", "WeatherStation",
        "WeatherCity", "WeatherFound", "WeatherStationFilter", "WeatherRange", "WeatherKind",
    },
}  # fmt: skip
VISIBLE_TYPES["guide"] = VISIBLE_TYPES["user"] | {"WeatherOwner"}
VISIBLE_TYPES["admin"] = VISIBLE_TYPES["guide"]
