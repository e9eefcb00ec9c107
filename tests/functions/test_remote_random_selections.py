"""Random selections of another GraphQL service: the answer is what the service itself gives, with its types under their names here."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from tests.functions.stations import SDL, Stations
from tests.support.accounts import AccountServer

MODELS = """
from pathlib import Path
from portico.gateway.functions import remote_schema

weather = remote_schema("URL", name="weather", schema=Path("FILE"), to={})
"""
# Each type's values, as a literal and as a variable's JSON.
VALUES: dict[str, list[tuple[str, Any]]] = {
    "String!": [('"Bern"', "Bern"), ('"Ch\\u00fcr"', "Chür")],
    "Int": [("1", 1), ("null", None), ("3", 3)],
    "Int!": [("2", 2), ("7", 7)],
    "ID!": [('"1"', "1"), ("1", 1)],
    "Float": [("1.5", 1.5), ("null", None), ("2", 2)],
    "Boolean": [("true", True), ("false", False)],
    "Unit": [("CELSIUS", "CELSIUS"), ("FAHRENHEIT", "FAHRENHEIT")],
    "Kind": [("CITY", "CITY"), ("STATION", "STATION"), ("null", None)],
    "[String!]!": [('["a", "b"]', ["a", "b"]), ('"a"', "a"), ("[]", [])],
    "[[Int!]!]!": [("[[1, 2], [3]]", [[1, 2], [3]]), ("[]", [])],
    "StationFilter": [("{kinds: [CITY], height: {from: 3}}", {"kinds": ["CITY"], "height": {"from": 3}}), ("{}", {})],
    "StationFilter!": [("{name: \"a\", both: [{}, {name: null}]}", {"name": "a", "both": [{}, {"name": None}]})],
    "[StationFilter!]!": [('[{name: "a"}, {}]', [{"name": "a"}, {}]), ("{}", {})],
    "String": [('"x"', "x"), ("null", None)],
}  # fmt: skip
SCHEMA = Stations().schema
MOST_DEPTH = 4
COUNT = int(os.environ.get("PORTICO_TEST_OPERATIONS", "40"))


class Playing:
    """Writes one random query."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.variables: dict[str, tuple[str, Any]] = {}
        self.fragments: list[str] = []
        self._keys = 0

    def query(self) -> str:
        """A document in the service's own names, in which `@@` stands before each name of a type of its own."""
        inner = self._selection(SCHEMA.query_type, 0)
        given = ", ".join(f"${name}: {type_}" for name, (type_, _) in self.variables.items())
        return "\n".join([f"query Q{f'({given})' if given else ''} {{ ROOT {inner} END }}", *self.fragments])

    def _selection(self, type_: Any, depth: int) -> str:
        chance = self.random
        parts = [self._field(type_, depth) for _ in range(chance.randint(1, 4))]
        if chance.random() < 0.35 and depth < MOST_DEPTH:
            parts.append(self._fragment(type_, depth))
        chance.shuffle(parts)
        return f"{{ {' '.join(parts)} }}"

    def _fragment(self, type_: Any, depth: int) -> str:
        """An inline or named fragment on a type that goes with this one."""
        possible = set(self._objects(type_))
        fitting = [
            each
            for each in SCHEMA.type_map.values()
            if isinstance(each, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
            and not each.name.startswith("__")
            and possible & set(self._objects(each))
        ]
        narrower = self.random.choice(sorted(fitting, key=lambda each: each.name))
        inner = self._selection(narrower, depth + 1)
        if self.random.random() < 0.5:
            return f"... on @@{narrower.name}{self._directive()} {inner}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on @@{narrower.name} {inner}")
        return f"...{name}{self._directive()}"

    def _objects(self, type_: Any) -> list[Any]:
        return [type_] if isinstance(type_, GraphQLObjectType) else list(SCHEMA.get_possible_types(type_))

    def _field(self, type_: Any, depth: int) -> str:
        fields = {} if isinstance(type_, GraphQLUnionType) else type_.fields
        usable = [
            name for name, each in fields.items() if depth < MOST_DEPTH or is_leaf_type(get_named_type(each.type))
        ]
        if not usable or self.random.random() < 0.15:
            return f"{self._key()}: __typename{self._directive()}"
        name = self.random.choice([each for each in usable if not each.startswith("failing")] or ["__typename"])
        if name == "__typename":
            return f"{self._key()}: __typename"
        field = fields[name]
        given = [
            f"{key}: {self._value(str(each.type))}"
            for key, each in field.args.items()
            if is_required_argument(each) or self.random.random() < 0.4
        ]
        arguments = f"({', '.join(given)})" if given else ""
        inner = get_named_type(field.type)
        below = "" if is_leaf_type(inner) else " " + self._selection(inner, depth + 1)
        return f"{self._key()}: {name}{arguments}{self._directive()}{below}"

    def _key(self) -> str:
        # A key of its own for each: whether fields of one key can be merged is asked elsewhere.
        self._keys += 1
        return f"k{self._keys}"

    def _directive(self) -> str:
        if self.random.random() > 0.15:
            return ""
        return f" @{self.random.choice(['skip', 'include'])}(if: {self._value('Boolean!', 'Boolean')})"

    def _value(self, type_: str, values: str | None = None) -> str:
        literal, value = self.random.choice(VALUES[values or type_])
        if self.random.random() < 0.5:
            return literal
        name = f"v{len(self.variables)}"
        nullable = value is None or (not type_.endswith("!") and self.random.random() < 0.5)
        self.variables[name] = (type_ if nullable or type_.endswith("!") else f"{type_}!", value)
        return f"${name}"


def prefixed(type_: str) -> str:
    """A type as the document writes it, with the names here."""
    for name in ("StationFilter", "Unit", "Kind"):
        type_ = type_.replace(name, f"Weather{name}")
    return type_


def renamed(value: Any) -> Any:
    """An answer of the service with its types under their names here; no other text of it is the name of a type."""
    if isinstance(value, dict):
        return {key: renamed(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [renamed(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return f"Weather{value}" if isinstance(value, str) and value in SCHEMA.type_map else value


def test_a_random_selection_is_answered_as_the_service_answers_it(
    gateway: Callable[..., AccountServer], service: Any, tmp_path: Path
) -> None:
    file = tmp_path / "weather.graphql"
    file.write_text(SDL)
    stations = service.answer = Stations()
    server = gateway(MODELS.replace("URL", service.url).replace("FILE", str(file)), admin_keys=("k",))
    told = 0
    for seed in range(COUNT):
        playing = Playing(seed)
        document = playing.query()
        variables = {name: value for name, (_, value) in playing.variables.items()}
        own = (
            document.replace("ROOT", "").replace("END", "").replace("{  {", "{").replace("}  }", "}").replace("@@", "")
        )
        _, _, expected = stations({"body": {"query": own, "variables": variables}})
        assert "errors" not in expected, (seed, own, expected)

        here = document.replace("ROOT", "weather").replace("END", "").replace("@@", "Weather")
        head, brace, rest = here.partition("{")
        found = server.ask(prefixed(head) + brace + rest, variables, headers={"x-portico-admin-key": "k"})
        assert found == {"data": {"weather": renamed(expected["data"])}}, (seed, here)
        told += len(str(found))
    assert len(service.asked) > 0.9 * COUNT
    assert told > 200 * COUNT
