"""Other GraphQL services: what roles see of them, what they are sent, and what becomes of their answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    validate_schema,
)

from portico.gateway.signing import is_signed
from portico.resolvers.limits import FunctionLimits, Limits
from portico.resolvers.plan.build import build_plan
from portico.resolvers.plan.describe import describe
from portico.resolvers.plan.guard import guard
from portico.resolvers.problems import HiddenColumn
from portico.schema.caller import Caller
from tests.functions.stations import SDL, Stations
from tests.support.accounts import AccountServer

MODELS = '''"""Trips, and the weather of where they go."""

from pathlib import Path

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from portico.gateway.functions import remote_schema
from portico.schema import Data, IntId, Me, Model, Rule, allow, mutation, query, role

role("guide", inherits=("user",))


class Trip(Model):
    id: Mapped[IntId]
    owner: Mapped[str]
    title: Mapped[str]
    city: Mapped[str | None]
    stop: Mapped[int | None] = mapped_column(BigInteger)


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
            "DELETE FROM trips",
            "INSERT INTO trips (id, owner, title, city) VALUES (1, 'ann', 'Up', 'Bern'), (2, 'ann', 'Down', 'Chur'), (3, 'ann', 'Back', 'Bern'), (4, 'ann', 'No', NULL),"
            " (5, 'bob', 'Away', 'Rome')",
        )
        return made

    return serve


@pytest.fixture
def server(make: Callable[..., AccountServer]) -> AccountServer:
    return make()


def as_role(role: str, id: str = "ann", **more: str) -> dict[str, str]:
    return {"x-portico-admin-key": "k", "x-hasura-role": role, "x-hasura-user-id": id, **more}


def ask(
    server: AccountServer,
    document: str,
    variables: dict[str, Any] | None = None,
    *,
    role: str = "user",
    headers: dict[str, str] | None = None,
) -> Any:
    return server.ask(document, variables or {}, headers={**as_role(role), **(headers or {})})


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
    marked = "{ weather { search { ... on WeatherPlace { near { type_: id } } ... on WeatherStation { near { type__: name } } } } }"
    assert data(server, marked)["weather"]["search"][0] == {"near": [{"type_": "2", "type__": "Bern"}]}
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

# Where fields of each type are asked; what is given to each role is in `MODELS`.
PLACES = {
    "Query": "{ weather { %s } }",
    "Mutation": "mutation { weather { %s } }",
    "Forecast": '{ weather { forecast(city: "Bern") { %s } } }',
    "Place": "{ weather { places { %s } } }",
    "Station": "{ weather { places { ... on WeatherStation { %s } } } }",
    "City": "{ weather { places { ... on WeatherCity { %s } } } }",
    "Owner": "{ weather { places { ... on WeatherStation { owner { %s } } } } }",
}
ANONYMOUS = {"Query": {"forecast", "now"}, "Forecast": {"city", "high"}}
SCHEMA = Stations().schema
USER = {
    "Query": {*SCHEMA.type_map["Query"].fields},  # pyright: ignore[reportAttributeAccessIssue]
    "Mutation": {"report"},
    "Forecast": {*SCHEMA.type_map["Forecast"].fields},  # pyright: ignore[reportAttributeAccessIssue]
    "Place": {"id", "name", "near"},
    "Station": {"id", "name", "near", "height"},
    "City": {"id", "name", "near", "people"},
}
GUIDE = {**USER, "Station": {*USER["Station"], "owner"}, "Owner": {"email"}}
ADMIN = {name: {*SCHEMA.type_map[name].fields} for name in PLACES}  # pyright: ignore[reportAttributeAccessIssue]
EVERY = [(name, field) for name in PLACES for field in ADMIN[name]]
VALUES = {
    "city": '"Bern"', "cities": '["Bern"]', "id": '"1"', "station": '"1"', "high": "2.5", "name": '"a"', "days": "1", "cells": "[[1]]",
    "filter": "{}", "filters": "[]",
}  # fmt: skip


def selection(type_name: str, field: str) -> str:
    """A field with what it needs."""
    source = SCHEMA.type_map[type_name].fields[field]  # pyright: ignore[reportAttributeAccessIssue]
    given = ", ".join(f"{name}: {VALUES[name]}" for name, each in source.args.items() if is_required_argument(each))
    inner = get_named_type(source.type)
    return f"{field}{f'({given})' if given else ''}{'' if is_leaf_type(inner) else ' { __typename }'}"


@pytest.mark.parametrize(
    ("role", "given"), [("anonymous", ANONYMOUS), ("user", USER), ("guide", GUIDE), ("admin", ADMIN), ("stranger", {})]
)
def test_a_role_has_the_fields_that_it_is_given_and_no_others(
    make: Callable[..., AccountServer], service: Any, role: str, given: dict[str, set[str]]
) -> None:
    server = make(MODELS.replace('role("guide"', 'role("stranger")\nrole("guide"'))
    for type_name, field in EVERY:
        before = len(service.asked)
        answer = ask(server, PLACES[type_name] % selection(type_name, field), role=role)
        asked = [each["body"]["query"] for each in service.asked[before:]]
        if field in given.get(type_name, ()):
            assert len(asked) == 1, (role, type_name, field, answer)
            assert field in asked[0]
            assert "PT591" not in str(answer), (role, type_name, field, answer)
        else:
            assert answer["errors"][0]["extensions"]["problem"] == "PT102", (role, type_name, field)
            assert asked == []


def test_the_door_refuses_what_validation_would_have_let_through(server: AccountServer) -> None:
    """A plan made by a schema of another role's, as if validation had seen nothing."""
    executor = server.gateway.executor
    roles = {
        role: executor.role(Caller(id="ann", role=role, roles=frozenset({role})))
        for role in ("anonymous", "user", "admin")
    }
    for document, refused in (
        ("{ weather { secret } }", ("anonymous", "user")),
        ('{ weather { forecast(city: "a") { low } } }', ("anonymous", "user")),
        ("{ trips { forecast { low } } }", ("anonymous", "user")),
        ("{ weather { now } }", ()),
    ):
        operation, literals = executor.documents.find(document, None, roles["admin"])
        key, _ = operation.read({}, literals)
        plan = build_plan(operation.node, {}, roles["admin"].types, operation.inputs, key, Limits())
        said = describe(guard(plan, roles["admin"].types.access))
        assert ("query forecast(city) of weather for all rows: { low }" in said) is ("trips" in document), said
        for role in refused:
            with pytest.raises(HiddenColumn):
                guard(plan, roles[role].types.access)


def test_behind_an_interface_a_role_sees_the_types_that_have_what_it_has_of_it(
    make: Callable[..., AccountServer], service: Any
) -> None:
    server = make(MODELS.replace('"City.*",', '"City.id", "City.people",'))

    assert data(server, "{ weather { places { id } } }") == {"weather": {"places": [{"id": "1"}]}}
    assert (
        ask(server, "{ weather { places { ... on WeatherCity { id } } } }")["errors"][0]["extensions"]["problem"]
        == "PT102"
    )
    assert data(server, '{ weather { search { __typename } station(id: "1") { near { id } } } }') == {
        "weather": {
            "search": [
                {"__typename": "WeatherStation"},
                {"__typename": "WeatherCity"},
                {"__typename": "WeatherForecast"},
            ],
            "station": {"near": [{"id": "1"}]},
        }
    }
    server = make(MODELS.replace('"City.*",', ""))
    assert data(server, "{ weather { search { __typename } } }") == {
        "weather": {"search": [{"__typename": "WeatherStation"}, {"__typename": "WeatherForecast"}]}
    }
    assert "WeatherCity" not in json.dumps(data(server, get_introspection_query()))


def test_arguments_that_are_set_are_none_of_the_roles(make: Callable[..., AccountServer], service: Any) -> None:
    models = MODELS.replace(
        '"anonymous": ["Query.forecast", "Query.now", "Forecast.city", "Forecast.high"]',
        '"anonymous": {"Query.forecast": {"unit": "FAHRENHEIT", "city": lambda caller: caller.id}, "Forecast.*": {}}',
    )
    server = make(models)
    assert data(server, "{ weather { forecast(days: 2) { city unit high } } }", role="anonymous") == {
        "weather": {"forecast": {"city": "ann", "unit": "FAHRENHEIT", "high": 3.2}}
    }
    for document in (
        '{ weather { forecast(city: "Bern") { city } } }',
        "{ weather { forecast(unit: CELSIUS) { city } } }",
    ):
        assert ask(server, document, role="anonymous")["errors"][0]["extensions"]["problem"] == "PT102"
    # Who joins by what is set for the role does not have the field, though they may read the column.
    server = make(models.replace('fields=("id", "title")', 'fields=("id", "title", "city")'))
    error = ask(server, "{ trips { city forecast { high } } }", role="anonymous")["errors"][0]
    assert "Cannot query field 'forecast'" in error["message"]


PART = """
type Query {
  forecast(city: String! @preset(value: "X-Hasura-User-Id"), unit: Unit @preset(value: "x-hasura-unit")): Forecast
  echo(filter: StationFilter!): String
  now: Moment!
}
type Forecast { city: String!, high: Float, unit: Unit! }
input StationFilter { name: String, kinds: [Kind!] }
enum Kind { CITY }
scalar Moment
"""


def test_a_role_may_be_given_a_part_of_the_schema_as_sdl(
    make: Callable[..., AccountServer], service: Any, tmp_path: Path
) -> None:
    (tmp_path / "part.graphql").write_text(PART)
    to = f'"keeper": Path({str(tmp_path / "part.graphql")!r}),'
    server = make(MODELS.replace('"guide": [', f'{to}\n        "guide": ['))
    headers = as_role("keeper", **{"x-hasura-unit": "FAHRENHEIT"})

    assert server.ask("{ weather { forecast { city unit } } }", {}, headers=headers)["data"] == {
        "weather": {"forecast": {"city": "ann", "unit": "FAHRENHEIT"}}
    }
    assert data(server, '{ weather { echo(filter: {name: "a", kinds: [CITY]}) } }', role="keeper")
    for document, variables in (
        ("{ weather { forecast(days: 2) { city } } }", {}),
        ("{ weather { forecast { high(rounded: true) } } }", {}),
        ("{ weather { forecast { low } } }", {}),
        ("{ weather { echo(filter: {height: {}}) } }", {}),
        ("{ weather { echo(filter: {kinds: [STATION]}) } }", {}),
        ("query ($f: WeatherStationFilter!) { weather { echo(filter: $f) } }", {"f": {"height": {"from": 1}}}),
        ("query ($f: WeatherStationFilter!) { weather { echo(filter: $f) } }", {"f": {"kinds": ["STATION"]}}),
        ("query ($f: WeatherStationFilter!) { weather { echo(filter: $f) } }", {"f": {"kinds": "STATION"}}),
    ):
        before = len(service.asked)
        found = ask(server, document, variables, role="keeper")["errors"][0]["extensions"]["problem"]
        assert found in ("PT102", "PT104"), document
        assert len(service.asked) == before


# ---- what goes wrong ------------------------------------------------------------------------------------


def test_errors_of_a_service_come_beside_the_data(server: AccountServer, service: Any) -> None:
    document = '{ weather { a: forecast(city: "Atlantis") { city } now failing } trips(limit: 1, orderBy: {id: ASC}) { title } }'

    answer = ask(server, document)
    assert answer["data"] == {
        "weather": {"a": None, "now": "2026-01-31T12:00:00Z", "failing": None}, "trips": [{"title": "Up"}]
    }  # fmt: skip
    assert answer["errors"] == [
        {
            "message": "No such city.",
            "path": ["weather", "a"],
            "extensions": {"code": "NO_CITY", "path": "$.selectionSet.weather.selectionSet.a", "problem": "PT592"},
        },
        {
            "message": "It fails.",
            "path": ["weather", "failing"],
            "extensions": {
                "code": "remote-schema-error", "path": "$.selectionSet.weather.selectionSet.failing", "problem": "PT592"
            },
        },
    ]  # fmt: skip
    answer = ask(server, "{ w: weather { failingNever } trips(limit: 1) { id } }")
    assert answer["data"]["w"] is None
    assert len(answer["data"]["trips"]) == 1
    assert answer["errors"][0]["path"] == ["w", "failingNever"]


ANSWERS: tuple[tuple[Any, str], ...] = (
    ((500, {}, {"message": "SQL secret"}), "The service has answered with status 500 and no data."),
    ((200, {}, {"errors": []}), "The service has answered with status 200 and no data."),
    ((200, {}, b"<html>"), "The service has answered with status 200 and what is no JSON."),
    ((200, {}, [1]), "The service has answered with status 200 and no data."),
    ((302, {"location": "http://127.0.0.1/"}, {}), "The service has answered with status 302 and no data."),
    ((200, {}, {"data": {"now": None}}), "The service has answered what its schema does not allow."),
    ((200, {}, {"data": {"now": "a", "k": {"b": 1}}}), "The service has answered what its schema does not allow."),
    (
        (200, {}, b'{"data": {"now": ' + b"[" * 300 + b"]" * 300 + b"}}"),
        "The service has answered what its schema does not allow.",
    ),
    ((200, {}, b"[" * 2000 + b"]" * 2000), "The service has answered with status 200 and what is no JSON."),
    ((200, {}, {"data": {"now": "a"}, "x": "y" * 20_000}), "The service has answered with more than 20000 bytes."),
)


def test_what_cannot_be_used_is_told_without_what_it_says(make: Callable[..., AccountServer], service: Any) -> None:
    server = make(functions=FunctionLimits(answer_bytes=20_000))
    for answer, message in ANSWERS:
        service.answer = lambda asked, answer=answer: answer
        found = ask(server, "{ weather { now k: secret } trips(limit: 1) { id } }")
        assert found["data"] == {"weather": None, "trips": [{"id": 1}]}
        assert found["errors"] == [
            {
                "message": message,
                "path": ["weather"],
                "extensions": {"code": "remote-schema-error", "path": "$.selectionSet.weather", "problem": "PT591"},
            }
        ], answer


def test_errors_without_data_are_told_but_not_what_was_perhaps_meant(server: AccountServer, service: Any) -> None:
    for message, told in (
        ("Not today.", "Not today."),
        ("No field 'a'. Did you mean 'hidden'?", "No field 'a'."),
        ("Did you mean 'hidden'?", "The service has failed."),
    ):
        service.answer = lambda asked, message=message: (400, {}, {"errors": [{"message": message}]})
        found = ask(server, "{ weather { now } trips(limit: 1) { id degrees } }")
        assert found["data"] == {"weather": None, "trips": [{"id": 1, "degrees": None}]}
        assert [(each["message"], each["path"]) for each in found["errors"]] == [
            (told, ["weather"]), (told, ["trips", 0, "degrees"])
        ]  # fmt: skip
        assert found["errors"][0]["extensions"]["problem"] == "PT592"


def test_what_was_not_selected_is_not_passed_on(server: AccountServer, service: Any) -> None:
    service.answer = lambda asked: (
        200,
        {},
        {"data": {"now": "a", "secret": "hush"}, "extensions": {"trace": "inside"}},
    )
    assert ask(server, "{ weather { now } }") == {"data": {"weather": {"now": "a"}}}
    service.answer = lambda asked: (
        200,
        {},
        {"data": {"now": "a"}, "errors": [{"message": "x" * 900}, 5, {"path": ["now", {}]}]},
    )
    told = ask(server, "{ weather { now } }")["errors"]
    assert [(len(each["message"]), each["path"]) for each in told] == [
        (500, ["weather"]), (len("The service has failed."), ["weather"]), (len("The service has failed."), ["weather", "now"])
    ]  # fmt: skip


def test_a_service_that_is_late_is_not_waited_for(make: Callable[..., AccountServer], service: Any) -> None:
    server = make(timeout="0.2")
    gate = threading.Event()
    service.answer = lambda asked: (200, {}, {"data": {"now": "a"}}) if gate.wait(2) else (200, {}, None)

    answer = ask(server, "{ weather { now } trips(limit: 1) { id forecast { high } } }")
    gate.set()
    assert answer["data"] == {"weather": None, "trips": [{"id": 1, "forecast": None}]}
    assert [(each["message"], each["path"]) for each in answer["errors"]] == [
        ("The service has not answered in time.", ["weather"]),
        ("The service has not answered in time.", ["trips", 0, "forecast"]),
    ]


def test_who_has_no_place_for_errors_is_told_the_first(make: Callable[..., AccountServer], service: Any) -> None:
    more = """endpoint("GET", "/api/now/{city}", "query ($city: String!) { weather { forecast(city: $city) { high } } }")"""
    models = MODELS.replace("import remote_schema", "import endpoint, remote_schema") + more
    server = make(models)

    assert data(server, '{ highOf(city: "Bern") }') == {"highOf": 4.1}
    error = ask(server, '{ highOf(city: "Atlantis") }')["errors"][0]
    assert (error["message"], error["extensions"]["problem"]) == ("No such city.", "PT592")
    reply = server.request("GET", "/api/now/Bern", headers=as_role("user"))
    assert (reply.status, reply.json) == (200, {"weather": {"forecast": {"high": 4.1}}})
    reply = server.request("GET", "/api/now/Atlantis", headers=as_role("user"))
    assert (reply.status, reply.json["errors"][0]["message"]) == (400, "No such city.")


# ---- what is sent ---------------------------------------------------------------------------------------


def test_only_named_headers_are_passed_on_and_credentials_of_ours_never(
    make: Callable[..., AccountServer], service: Any
) -> None:
    server = make(
        more="",
        models=MODELS.replace(
            'forward=["authorization",', 'forward=["x-portico-admin-key", "x-hasura-admin-secret", "authorization",'
        ),
    )
    ask(server, "{ weather { now } }", headers={"accept-language": "de", "x-other": "o", "cookie": "c=1"})

    (asked,) = service.asked
    sent = asked["headers"]
    assert (sent["accept-language"], sent["x-ours"], sent["content-type"]) == ("de", "1", "application/json")
    assert not {"x-portico-admin-key", "x-hasura-admin-secret", "x-other", "cookie", "authorization"} & set(sent)
    assert sent["host"] == service.url.removeprefix("http://")
    assert sent["x-request-id"]
    assert set(asked["body"]) == {"query", "variables"}


def test_with_a_secret_it_is_said_who_calls_and_signed(make: Callable[..., AccountServer], service: Any) -> None:
    secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    server = make(more=f'secret="{secret}",')
    data(server, "{ weather { now } }")

    (asked,) = service.asked
    assert asked["body"]["extensions"] == {"session_variables": {"x-hasura-role": "user", "x-hasura-user-id": "ann"}}
    assert is_signed(asked["headers"], asked["raw"], [secret])


def test_w1_private_addresses_are_not_asked_but_in_development(
    make: Callable[..., AccountServer], service: Any
) -> None:
    server = make(mode="prod")
    for url in (None, "http://169.254.169.254/latest", "http://[::ffff:127.0.0.1]:80/", "http://0x7f000001/"):
        if url is not None:
            server = make(MODELS.replace("URL/graphql", url), mode="prod")
        answer = ask(server, "{ weather { now } trips(limit: 1) { forecast { high } } }")
        assert {each["message"] for each in answer["errors"]} == {"The service cannot be reached."}
    assert service.asked == []


# ---- joins ----------------------------------------------------------------------------------------------


def test_rows_are_joined_by_one_request_whatever_there_are(server: AccountServer, service: Any) -> None:
    document = """query ($unit: WeatherUnit) {
      trips(orderBy: {id: ASC}) { title forecast(days: 2, unit: $unit) { c: city high __typename } }
    }"""
    rome = {"c": "Chur", "high": 4.2, "__typename": "WeatherForecast"}
    bern = {**rome, "c": "Bern"}

    assert data(server, document, {"unit": "CELSIUS"})["trips"] == [
        {"title": "Up", "forecast": bern}, {"title": "Down", "forecast": rome}, {"title": "Back", "forecast": bern}, {"title": "No", "forecast": None}
    ]  # fmt: skip
    (asked,) = service.asked
    assert asked["body"] == {
        "query": "query($v0: Int, $v1: Unit, $r0_city: String!, $r1_city: String!) {"
        " f0: forecast(days: $v0, unit: $v1, city: $r0_city) { ...Rows } f1: forecast(days: $v0, unit: $v1, city: $r1_city)"
        " { ...Rows } } fragment Rows on Forecast { c: city high }",
        "variables": {"v0": 2, "v1": "CELSIUS", "r0_city": "Bern", "r1_city": "Chur"},
    }


def test_joins_stand_wherever_rows_do(server: AccountServer, service: Any) -> None:
    server.sql("UPDATE trips SET owner = 'ann'")
    document = """{
      a: tripsConnection(first: 2, orderBy: {id: ASC}) { edges { node { degrees } } }
      trip(id: 5) { forecast { station { name } } more: forecast(days: 3) { high } }
      weather { now }
    }"""
    assert data(server, document) == {
        "a": {"edges": [{"node": {"degrees": 4}}, {"node": {"degrees": 4}}]},
        "trip": {"forecast": {"station": {"name": "Gurten"}}, "more": {"high": 4.3}},
        "weather": {"now": "2026-01-31T12:00:00Z"},
    }
    assert len(service.asked) == 4


def test_nothing_is_asked_for_no_rows(server: AccountServer, service: Any) -> None:
    assert data(server, "{ trips(where: {id: {_eq: 9}}) { forecast { high } } }") == {"trips": []}
    assert data(server, "{ trips(where: {id: {_eq: 4}}) { forecast { high } } }") == {"trips": [{"forecast": None}]}
    assert service.asked == []


def test_who_may_not_read_the_columns_or_ask_the_field_does_not_have_the_join(
    make: Callable[..., AccountServer], service: Any
) -> None:
    server = make(MODELS.replace('"Query.forecast", "Query.now", "F', '"Query.forecast", "Query.temperature", "F'))
    for field in ("forecast { high }", "degrees"):
        assert (
            ask(server, f"{{ trips {{ {field} }} }}", role="anonymous")["errors"][0]["extensions"]["problem"] == "PT102"
        )
    server = make(MODELS.replace('fields=("id", "title")', 'fields=("id", "title", "city")'))
    assert len(data(server, "{ trips { forecast { high } } }", role="anonymous")["trips"]) == 5
    assert ask(server, "{ trips { degrees } }", role="anonymous")["errors"][0]["extensions"]["problem"] == "PT102"
    assert (
        ask(server, "{ trips { forecast { low } } }", role="anonymous")["errors"][0]["extensions"]["problem"] == "PT102"
    )


MAY_UPDATE = """

@allow(Trip, "update", to="user")
def my_own(trip: type[Trip], me: Me) -> Rule:
    return trip.owner == me.id
"""


def test_joins_of_rows_that_functions_give_and_that_are_written(
    make: Callable[..., AccountServer], service: Any
) -> None:
    more = """
@query
async def first(data: Data) -> Trip:
    return Trip(id=1)


@computed(Trip, reads=[Trip.id])
def same(trips: list[Trip]) -> list[Trip]:
    return [Trip(id=each.id) for each in trips]
"""
    server = make(MODELS.replace("allow, mutation", "allow, computed, mutation") + more + MAY_UPDATE)

    assert data(server, "{ first { degrees } }") == {"first": {"degrees": 4}}
    found = data(
        server,
        'mutation { updateTrips(where: {id: {_lt: 3}}, _set: {city: "Genf"}) { returning { forecast { city } } } }',
    )
    assert found["updateTrips"]["returning"] == [{"forecast": {"city": "Genf"}}] * 2
    assert len(service.asked) == 2
    assert data(server, "{ trips(limit: 1, orderBy: {id: ASC}) { same { title } degrees } }")["trips"] == [
        {"same": {"title": "Up"}, "degrees": 4}
    ]
    error = ask(server, "{ trips(limit: 1) { same { degrees } } }")["errors"][0]
    assert (error["extensions"]["problem"], error["extensions"]["path"]) == (
        "PT102", "$.selectionSet.trips.selectionSet.same.selectionSet.degrees"
    )  # fmt: skip


def test_values_of_columns_are_sent_as_they_are(make: Callable[..., AccountServer], service: Any) -> None:
    more = """
weather.join(Trip, "station", {"id": Trip.stop}, name="station")
weather.join(Trip, "forecast", {"city": Trip.city, "days": 7, "unit": "FAHRENHEIT"}, name="week")
"""
    server = make(MODELS + more)
    server.sql("UPDATE trips SET stop = 9007199254740993 WHERE id = 1")
    assert data(server, '{ trips(where: {title: {_eq: "Up"}}) { station { id } week { high unit } } }') == {
        "trips": [{"station": {"id": "1"}, "week": {"high": 4.7, "unit": "FAHRENHEIT"}}]
    }
    variables = [each["body"]["variables"] for each in service.asked]
    assert sorted(variables, key=str) == [{"r0_id": 9007199254740993}, {"v0": 7, "v1": "FAHRENHEIT", "r0_city": "Bern"}]


def test_a_preset_that_fails_tells_nothing(make: Callable[..., AccountServer], service: Any) -> None:
    server = make(
        MODELS.replace(
            '"user": [', '"other": {"Query.temperature": {"city": lambda caller: {}["inside"]}},\n        "user": ['
        )
    )
    error = ask(server, "{ weather { temperature } }", role="other")["errors"][0]
    assert (error["message"], error["extensions"]["problem"]) == ("The function failed.", "PT509")
    assert service.asked == []


def test_an_endpoint_of_a_services_fields_is_described(make: Callable[..., AccountServer], service: Any) -> None:
    more = """endpoint("GET", "/api/found", "query ($u: WeatherUnit) { weather { search { ... on WeatherPlace { id } } forecast(city: \\"a\\", unit: $u) { unit } } }")"""
    server = make(MODELS.replace("import remote_schema", "import endpoint, remote_schema") + more)
    described = server.request("GET", "/openapi.json", headers=as_role("user")).json
    assert "/api/found" in described["paths"]
    assert "FAHRENHEIT" in json.dumps(described)


def test_hasuras_endpoint_answers_as_ours_does(make: Callable[..., AccountServer], service: Any) -> None:
    server = make(naming="hasura-default")
    document = '{ weather { forecast(city: "Atlantis") { city } now __typename } trips(limit: 1, order_by: {id: asc}) { forecast { high } } }'
    reply = server.request(
        "POST", "/v1/graphql", {"query": document}, headers=as_role("user", **{"x-hasura-admin-secret": "k"})
    )
    assert reply.status == 200
    assert reply.json["data"] == {
        "weather": {"forecast": None, "now": "2026-01-31T12:00:00Z", "__typename": "WeatherQuery"},
        "trips": [{"forecast": {"high": 4.1}}],
    }
    assert [each["path"] for each in reply.json["errors"]] == [["weather", "forecast"]]


IN_A_TRANSACTION = """
@mutation(to="user")
async def moved(data: Data) -> list[float]:
    async with data.begin() as session:
        session.add(Trip(id=6, owner="ann", title="New", city="Chur"))
        document = "{ weather { forecast(city: \\"Bern\\") { high } } trips(where: {id: {_eq: 6}}) { forecast(days: 1) { high } } }"
        found = await data.ask(document, session=session)
    return [found["weather"]["forecast"]["high"], found["trips"][0]["forecast"]["high"]]
"""


def test_services_are_asked_in_the_transaction_of_a_session_as_well(
    make: Callable[..., AccountServer], service: Any
) -> None:
    server = make(MODELS + IN_A_TRANSACTION)

    assert data(server, "mutation { moved }") == {"moved": [4.1, 4.1]}
    assert ["r0_city" in each["body"]["variables"] for each in service.asked] == [False, True]


def test_errors_of_joined_rows_say_which(server: AccountServer, service: Any) -> None:
    server.sql("UPDATE trips SET city = 'Atlantis' WHERE id IN (1, 3)")
    answer = ask(server, "{ trips(orderBy: {id: ASC}) { forecast { high } } }")

    assert answer["data"]["trips"] == [
        {"forecast": None},
        {"forecast": {"high": 4.1}},
        {"forecast": None},
        {"forecast": None},
    ]
    assert [each["path"] for each in answer["errors"]] == [["trips", 0, "forecast"], ["trips", 2, "forecast"]]
    assert answer["errors"][0]["extensions"]["path"] == "$.selectionSet.trips.selectionSet.forecast"


def test_rows_and_requests_have_limits(make: Callable[..., AccountServer], service: Any) -> None:
    server = make(functions=FunctionLimits(joined_rows=1))
    assert ask(server, "{ trips { forecast { high } } }")["errors"][0]["extensions"] == {
        "code": "limit-exceeded", "path": "$.selectionSet.trips.selectionSet.forecast", "problem": "PT593",
        "hint": "Ask for fewer rows at once.",
    }  # fmt: skip
    many = " ".join(f"a{index}: weather {{ now }}" for index in range(10))
    assert len(data(server, f"{{ {many} }}")) == 10
    service.asked.clear()
    for more in ("weather { now }", "trips(limit: 1) { degrees }"):
        assert ask(server, f"{{ {many} {more} }}")["errors"][0]["extensions"]["problem"] == "PT404"
    assert service.asked == []


def test_nothing_of_a_service_can_be_subscribed_to(server: AccountServer) -> None:
    for document, problem in (
        ("subscription { weather { now } }", "PT102"),
        ("subscription { trips { degrees } }", "PT102"),
        ("subscription { trips { title } }", "PT545"),
    ):
        assert ask(server, document)["errors"][0]["extensions"]["problem"] == problem, document


def test_an_answer_that_is_asked_for_twice_is_not_kept(make: Callable[..., AccountServer], service: Any) -> None:
    server, key = make(MODELS + MAY_UPDATE), {"idempotency-key": '"a-key-of-mine"'}
    document = 'mutation { weather { report(station: "1", high: 1) { high } } }'
    assert ask(server, document, headers=key)["errors"][0]["extensions"]["problem"] == "PT123"
    document = 'mutation { updateTrips(where: {}, _set: {city: "a"}) { returning { degrees } } }'
    assert ask(server, document, headers=key)["errors"][0]["extensions"]["problem"] == "PT123"
    assert service.asked == []
