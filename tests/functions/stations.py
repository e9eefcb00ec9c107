"""A GraphQL service that tests ask: stations and their weather, with every kind of type, answered by graphql-core."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError, build_schema, graphql_sync

SDL = '''"""What there is to ask."""
type Query {
  "The weather of a place."
  forecast(city: String!, days: Int = 1, unit: Unit = CELSIUS): Forecast
  forecasts(cities: [String!]!, unit: Unit): [Forecast!]!
  station(id: ID!): Station
  search(where: StationFilter, text: String): [Found!]!
  places(kind: Kind): [Place!]!
  now: Moment!
  secret: String
  temperature(city: String!): Float
  grid(cells: [[Int!]!]!): Int
  many(filters: [StationFilter!]!): Int
  echo(filter: StationFilter!): String
  failing: String
  failingNever: String!
}

type Mutation {
  report(station: ID!, high: Float!): Forecast!
  rename(station: ID!, name: String!): Station
}

type Subscription {
  changed: Forecast
}

type Forecast {
  city: String!
  high(rounded: Boolean): Float
  low: Float
  unit: Unit!
  at: Moment!
  station: Station
  next(days: Int!): Forecast
}

interface Place {
  id: ID!
  name: String!
  near(within: Float): [Place!]!
}

type Station implements Place {
  id: ID!
  name: String!
  near(within: Float): [Place!]!
  height: Int
  owner: Owner
}

type City implements Place {
  id: ID!
  name: String!
  near(within: Float): [Place!]!
  people: Int
}

type Owner {
  email: String!
  stations: [Station!]!
}

union Found = Station | City | Forecast

enum Unit { CELSIUS FAHRENHEIT @deprecated(reason: "Use CELSIUS.") }
enum Kind { STATION CITY }

input StationFilter {
  name: String
  height: Range
  kinds: [Kind!]
  both: [StationFilter!]
}

input Range { from: Int, to: Int = 9000 }

scalar Moment @specifiedBy(url: "https://example.com/moment")
'''

STATION: dict[str, Any] = {
    "__typename": "Station", "id": "1", "name": "Gurten", "height": 858, "near": lambda info, within=None: [CITY]
}  # fmt: skip
CITY: dict[str, Any] = {
    "__typename": "City", "id": "2", "name": "Bern", "people": 134_000, "near": lambda info, within=None: [STATION, CITY]
}  # fmt: skip


class Stations:
    """Answers for the service of `tests/functions/conftest.py`: `service.answer = Stations()`."""

    def __init__(self) -> None:
        self.schema = build_schema(SDL)
        self.reported: list[Any] = []

    def __call__(self, asked: Any) -> tuple[int, dict[str, str], Any]:
        body = asked["body"]
        result = graphql_sync(self.schema, body["query"], _Root(self), variable_values=body.get("variables"))
        formatted = dict(result.formatted)
        if result.data is None and any(error.path is None for error in result.errors or ()):
            formatted.pop("data", None)  # nothing was executed
        return 200, {"content-type": "application/json"}, formatted


class _Root:
    def __init__(self, stations: Stations) -> None:
        self._stations = stations

    def forecast(self, info: Any, city: str, days: int, unit: str) -> Any:
        if city == "Atlantis":
            raise GraphQLError("No such city.", extensions={"code": "NO_CITY", "stack": "at secret.py:1"})
        return weather_of(city, days, unit)

    def forecasts(self, info: Any, cities: list[str], unit: str | None = None) -> Any:
        return [weather_of(city, 1, unit or "CELSIUS") for city in cities]

    def station(self, info: Any, id: str) -> Any:
        return STATION | {"near": [STATION, CITY], "owner": {"email": "ann@example.com", "stations": [STATION]}}

    def search(self, info: Any, where: Any = None, text: str | None = None) -> Any:
        return [STATION | {"near": [CITY]}, CITY | {"near": []}, weather_of("Bern", 1, "CELSIUS")]

    def places(self, info: Any, kind: str | None = None) -> Any:
        found = [STATION | {"near": [CITY | {"near": []}]}, CITY | {"near": [STATION | {"near": []}]}]
        return [each for each in found if kind in (None, str(each["__typename"]).upper())]

    def now(self, info: Any) -> str:
        return "2026-01-31T12:00:00Z"

    def secret(self, info: Any) -> str:
        return "hush"

    def temperature(self, info: Any, city: str) -> float:
        return float(len(city))

    def grid(self, info: Any, cells: list[list[int]]) -> int:
        return sum(map(sum, cells))

    def many(self, info: Any, filters: list[Any]) -> int:
        return len(filters)

    def echo(self, info: Any, filter: Any) -> str:
        return repr(filter)

    def failing(self, info: Any) -> str:
        raise GraphQLError("It fails.")

    failingNever = failing

    def report(self, info: Any, station: str, high: float) -> Any:
        self._stations.reported.append((station, high))
        return weather_of("Bern", 1, "CELSIUS") | {"high": high}

    def rename(self, info: Any, station: str, name: str) -> Any:
        self._stations.reported.append((station, name))
        return STATION | {"name": name}


def weather_of(city: str, days: int, unit: str) -> dict[str, Any]:
    """The weather of a place, as everyone can work it out: as warm as its name is long."""
    return {
        "__typename": "Forecast",
        "city": city,
        "high": len(city) + (days or 0) / 10,
        "low": -1.5,
        "unit": unit,
        "at": "2026-01-31T12:00:00Z",
        "station": STATION | {"near": []},
        "next": lambda info, days: weather_of(city, days, unit),
    }
