"""Schemas of other GraphQL services: read from files or asked for, and what cannot be said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, print_schema
from sqlalchemy.orm import Mapped

from portico.gateway.engines import make_dialect
from portico.gateway.function_host import find_schemas
from portico.gateway.functions import remote_schema
from portico.gateway.functions.remote_schemas import RemoteSchema
from portico.gateway.settings import Settings
from portico.resolvers.documents import Documents, RoleSchema
from portico.resolvers.limits import Limits
from portico.schema import IntId, Model, allow, computed, everyone, query, role
from portico.schema.declarations import Declarations, declaring
from portico.schema.names import Names
from portico.schema.problems import Problems
from portico.schema.reading import read_catalog
from portico.schema.types.build import SchemaBuilder
from tests.functions.stations import SDL, Stations
from tests.support.accounts import AccountServer
from tests.support.server import run_portico, run_portico_failing

MODELS = """
from pathlib import Path
from portico.gateway.functions import remote_schema

weather = remote_schema("{url}", name="weather", {schema} to={{"user": ["Query.now"]}}, headers={{"x-key": "k"}})
"""


def read(
    declare: Callable[[type[Any], Callable[..., Any]], object], sdl: str = SDL, folder: Path | None = None
) -> SchemaBuilder:
    """The schemas over a model `Trip` and what is declared beside it."""
    with declaring() as declarations:

        class Trip(Model):
            id: Mapped[IntId]
            city: Mapped[str]

        allow(Trip, "read", to="user")(everyone)

        def remote(sdl: str = sdl, **more: Any) -> Any:
            given: dict[str, Any] = {"name": "weather", "to": {"user": ["Query.*"]}, **more}
            made = remote_schema("https://weather.example.com/graphql", **given)
            declarations.remote_schemas[-1] = _with(declarations, sdl)
            return made

        declare(Trip, remote)
    return SchemaBuilder(read_catalog(declarations, dialect="sqlite", names=Names("plain")))


def _with(declarations: Declarations, sdl: str) -> Any:
    return replace(declarations.remote_schemas[-1], sdl=sdl)


WRONG: tuple[tuple[str, Callable[[Any, Callable[..., Any]], object], str], ...] = (
    ("PT590", lambda trip, remote: remote("type Query {"), "cannot be read"),
    ("PT590", lambda trip, remote: remote("type Query { a: Missing }"), "cannot be read"),
    ("PT590", lambda trip, remote: remote("type Other { a: Int }"), "Query root type must be provided"),
    ("PT590", lambda trip, remote: remote(name="no name"), "names of GraphQL"),
    ("PT590", lambda trip, remote: remote(to={"user": ["Nothing.a"]}), "Nothing is no object"),
    ("PT590", lambda trip, remote: remote(to={"user": ["Query.nothing"]}), "Query has the fields"),
    ("PT590", lambda trip, remote: remote(to={"user": ["Subscription.changed"]}), "is no object"),
    ("PT590", lambda trip, remote: remote(to={"user": {"Query.*": {"city": "a"}}}), "no single field"),
    ("PT590", lambda trip, remote: remote(to={"user": {"Query.forecast": {"town": "a"}}}), "'town'"),
    (
        "PT590",
        lambda trip, remote: remote(to={"user": {"Query.forecast": {"unit": "KELVIN"}, "Forecast.*": {}}}),
        "is no Unit",
    ),
    ("PT590", lambda trip, remote: remote().join(trip, "forecast", {"city": 5}), "is no String!"),
    ("PT590", lambda trip, remote: (remote(), remote()), "Two services"),
    ("PT590", lambda trip, remote: remote(to={"user": ["Query.forecast"]}), "user is given Query.forecast"),
    ("PT590", lambda trip, remote: remote(to={"user": ["Query.now", "Owner.email"]}), "user is given Owner.email"),
    ("PT590", lambda trip, remote: remote().join(trip, "nothing"), "no query 'nothing'"),
    ("PT590", lambda trip, remote: remote().join(trip, "forecast", {"town": trip.city}), "no argument 'town'"),
    ("PT590", lambda trip, remote: remote().join(int, "forecast", {"city": trip.city}), "is no model"),
    (
        "PT205",
        lambda trip, remote: remote().join(trip, "forecast", {"city": trip.city}, name="city"),
        "are both 'city'",
    ),
    ("PT205", lambda trip, remote: [remote().join(trip, "now"), _again(trip)], "are both 'now'"),
    ("PT205", lambda trip, remote: remote(name="trips"), "its field 'trips'"),
    ("PT205", lambda trip, remote: remote("type Query { a: Trip } type Trip { a: Int }", prefix=""), "its type 'Trip'"),
    ("PT205", lambda trip, remote: remote("type Query { a: UUID } scalar UUID", prefix=""), "its type 'UUID'"),
    ("PT205", lambda trip, remote: [remote(prefix="A"), remote(name="other", prefix="A")], "its type 'A"),
    ("PT205", lambda trip, remote: [remote(), _function()], "its field 'weather'"),
    ("PT205", lambda trip, remote: [remote().join(trip, "now"), _computed(trip)], "'now' of Trip"),
)


def _again(trip: Any) -> None:
    RemoteSchema("weather").join(trip, "now")


def _function() -> None:
    @query
    def weather() -> int:
        return 1


def _computed(trip: Any) -> None:
    @computed(trip, reads=[trip.city])
    def now(trips: list[Any]) -> list[str]:
        return [each.city for each in trips]


@pytest.mark.parametrize(("code", "declare", "words"), WRONG, ids=[words for _, _, words in WRONG])
def test_what_does_not_fit_ends_the_start(
    code: str, declare: Callable[[Any, Callable[..., Any]], object], words: str
) -> None:
    with pytest.raises(Problems) as raised:
        read(declare)
    problem = raised.value.problems[0]
    assert problem.code == code
    assert words in problem.message
    assert problem.source is not None
    assert problem.source.path == __file__


PARTS = (
    ("type Query { nothing: Int }", "Query.nothing"),
    ("type Query { now(a: Int): Moment! }", "an argument 'a'"),
    ("type Query { forecast(days: Int): Forecast }", "leaves out 'city'"),
    ("type Query { now: Moment! } enum Kind { BOAT }", "enum Kind"),
    ("type Query { now: Moment! } input Range { a: Int }", "input Range"),
    ("type Query { now: Moment! } input Range { to: Int @preset(value: 5) }", "sets fields of the input Range"),
    ('type Query { forecast(city: String!, days: Int @preset(value: "x")): Forecast }', "is no Int"),
    ("type Query { forecast(city: String! @preset): Forecast }", "@preset without a value"),
    ("type Query {", "cannot be read"),
)


@pytest.mark.parametrize(("part", "words"), PARTS, ids=[words for _, words in PARTS])
def test_a_part_that_is_none_ends_the_start(part: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "part.graphql").write_text(part)
    with pytest.raises(Problems) as raised:
        read(lambda trip, remote: remote(to={"user": tmp_path / "part.graphql"}))
    assert raised.value.problems[0].code == "PT590"
    assert words in raised.value.problems[0].message


def test_defaults_and_deprecations_are_the_services_own() -> None:
    builder = read(lambda trip, remote: remote(to={"user": ["Query.*", "Forecast.*"]}))
    printed = print_schema(builder.whole_schema(builder.types("user")))

    for line in (
        "  forecast(city: String!, days: Int = 1, unit: WeatherUnit = CELSIUS): WeatherForecast",
        '  FAHRENHEIT @deprecated(reason: "Use CELSIUS.")',
        "  to: Int = 9000",
        'scalar WeatherMoment @specifiedBy(url: "https://example.com/moment")',
        '"""What there is to ask."""',
    ):
        assert line in printed, printed
    assert "Station" not in printed.replace("StationFilter", "")  # neither the type nor what would give it


def test_what_only_an_heir_can_ask_is_given_to_some_purpose() -> None:
    def declare(trip: Any, remote: Callable[..., Any]) -> None:
        role("guide", inherits=("user",))
        remote(to={"user": ["Query.forecast"], "guide": ["Forecast.high"]})

    builder = read(declare)
    assert "forecast(" in print_schema(builder.whole_schema(builder.types("guide")))
    assert "forecast(" not in print_schema(builder.whole_schema(builder.types("user")))


def test_directives_that_are_not_declared_do_no_harm() -> None:
    builder = read(lambda trip, remote: remote('type Query @key(fields: "a") { a: Int @shareable }'))
    assert "type WeatherQuery" in print_schema(builder.whole_schema(builder.types("user")))


ACCOUNTS = """
interface Account { id: ID!, orders(state: String): [String!]! }
type Person implements Account { id: ID!, orders(state: String, of: ID): [String!]! }
type Shop implements Account { id: ID!, orders(state: String, of: ID): [String!]! }
type Query { account: Account, person: Person }
"""


def test_what_is_set_for_an_object_cannot_be_gone_around_by_its_interface() -> None:
    to = {
        "Query.*": {},
        "Account.*": {},
        "Shop.*": {},
        "Person.id": {},
        "Person.orders": {"of": lambda caller: caller.id},
    }
    builder = read(lambda trip, remote: remote(ACCOUNTS, to={"user": to}))
    printed = print_schema(builder.whole_schema(builder.types("user")))

    assert "type WeatherShop implements WeatherAccount {" in printed
    assert "type WeatherPerson {\n  id: ID!\n  orders(state: String): [String!]!\n}" in printed


def test_a_long_chain_of_interfaces_is_planned_once_for_each_field() -> None:
    """Three ways behind each of sixteen levels would be 43 million."""
    sdl = "interface N { n: N, a: Int } " + " ".join(
        f"type T{i} implements N {{ n: N, a: Int, b: Int }}" for i in range(30)
    )
    builder = read(
        lambda trip, remote: remote(
            sdl + " type Query { n: N }", to={"user": ["Query.*", "N.*", *(f"T{i}.*" for i in range(30))]}
        )
    )
    document = "a"
    for _ in range(12):
        document = f"n {{ a ... on WeatherT1 {{ b }} ... on WeatherT2 {{ b }} {document} }}"
    limits = Limits()
    role = RoleSchema(builder, builder.types("user"), limits, {})
    operation, _ = Documents(make_dialect("sqlite")).find(f"{{ weather {{ {document} }} }}", None, role)
    assert operation.program(()).leaves


# ---- asked for ------------------------------------------------------------------------------------------


def test_without_a_file_the_service_is_asked_at_the_start(gateway: Callable[..., AccountServer], service: Any) -> None:
    service.answer = Stations()
    server = gateway(MODELS.format(url=service.url, schema=""), admin_keys=("k",))
    headers = {"x-portico-admin-key": "k", "x-hasura-role": "user"}

    assert server.ask("{ weather { now } }", headers=headers)["data"]["weather"]["now"]
    assert all(each["headers"]["x-key"] == "k" for each in service.asked)
    assert "__schema" in service.asked[0]["body"]["query"]


def declared(url: str) -> Declarations:
    """A service of which no file has the schema."""
    with declaring() as declarations:
        remote_schema(url, name="weather", to={"user": ["Query.now"]})
    return declarations


def test_a_service_of_2018_is_asked_in_its_own_words(service: Any) -> None:
    stations = Stations()

    def answer(asked: Any) -> Any:
        is_new = "specifiedByURL" in asked["body"]["query"]
        return (400, {}, {"errors": [{"message": "Cannot query field"}]}) if is_new else stations(asked)

    service.answer = answer
    declarations = declared(service.url)
    find_schemas(declarations, Settings())
    assert "type Forecast" in (declarations.remote_schemas[0].sdl or "")


@pytest.mark.parametrize("answer", [(500, {}, {"errors": []}), (200, {}, {"data": {"__schema": 1}}), (200, {}, b"<")])
def test_a_service_that_does_not_tell_its_schema_ends_the_start(service: Any, answer: Any) -> None:
    service.answer = lambda asked: answer
    with pytest.raises(Problems) as raised:
        find_schemas(declared(service.url), Settings())
    assert [each.code for each in raised.value.problems] == ["PT590"]
    assert "does not tell its schema" in raised.value.problems[0].message


def test_w1_a_schema_is_not_asked_for_at_private_addresses(service: Any) -> None:
    with pytest.raises(Problems) as raised:
        find_schemas(declared(service.url), Settings(mode="prod"))
    assert "cannot be reached" in raised.value.problems[0].message
    assert service.asked == []


def test_the_command_fetches_a_schema_into_its_file(service: Any, tmp_path: Path) -> None:
    service.answer = Stations()
    (tmp_path / "models.py").write_text(MODELS.format(url=service.url, schema='schema=Path("weather.graphql"),'))

    assert "portico remote fetch weather" in run_portico_failing(tmp_path, "schema")
    assert run_portico(tmp_path, "remote", "fetch", "--print") == print_schema(build_schema(SDL)) + "\n"
    assert not (tmp_path / "weather.graphql").exists()
    run_portico(tmp_path, "remote", "fetch", "weather")
    assert (tmp_path / "weather.graphql").read_text() == print_schema(build_schema(SDL)) + "\n"
    service.asked.clear()
    assert "type WeatherQuery" in run_portico(tmp_path, "schema", "--role", "user")
    plan = run_portico(tmp_path, "explain", "{ weather { now } }", "--role", "user")
    assert "weather: query of weather: { now }" in plan
    assert service.asked == []
    assert "no service 'other'" in run_portico_failing(tmp_path, "remote", "fetch", "other")
