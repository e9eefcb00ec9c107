"""Introspection is written as graphql-core's executor answers it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute,
    get_introspection_query,
    lexicographic_sort_schema,
    parse,
)
from graphql.execution.values import get_variable_values

from portico.resolvers.plan.selections import Selections
from portico.resolvers.run.introspection_writer import IntrospectionWriter

SCHEMA = build_schema('''
"All of it."
schema { query: Root mutation: Change }

"A place, \\"quoted\\", naïve 🎈."
scalar Place @specifiedBy(url: "https://example.com/place")

interface Node { id: ID! }
interface Named implements Node { id: ID!, name(short: Boolean = false, old: Int @deprecated(reason: "gone")): String }

type Person implements Named & Node {
  id: ID!
  name(short: Boolean = false, old: Int): String
  friends(first: Int! = 10, where: Filter = {age: 3, near: [1, 2]}): [[Person!]]!
  age: Int @deprecated
}

type Robot { z: Int, a: Kind, b10: Int, b9: Int }

union Being = Robot | Person

enum Kind { TEN, ONE @deprecated(reason: "of two"), TWO }

input Filter @oneOf { near: [Float!], age: Int @deprecated, kind: Kind = TEN }

directive @lazy(if: Boolean! = true) repeatable on FIELD | INLINE_FRAGMENT

type Root { being(kind: Kind = TWO): Being, node: Node, place: Place! }
type Change { change: [Being!] }
''', assume_valid=True)  # fmt: skip

OF_TOOLS = get_introspection_query(
    descriptions=True,
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
)
BY_HAND = """
query ($all: Boolean!, $name: String = "Kind", $no: Boolean = false) {
  here: __schema {
    __typename
    types { n: name ...Inner kind @skip(if: $all) description @include(if: $no) possibleTypes { name } isOneOf }
    types { fields(includeDeprecated: $all) { name type { ...Inner } args(includeDeprecated: true) { defaultValue } } }
    directives { name args { name type { name } defaultValue } locations isRepeatable }
    mutationType { name } subscriptionType { name }
  }
  there: __type(name: $name) { name enumValues(includeDeprecated: $all) { name deprecationReason isDeprecated } }
  nowhere: __type(name: "Nowhere") { name }
}
fragment Inner on __Type { ofType { kind ... on __Type { ofType { name kind } } ... on Person { nothing } } interfaces { name } }
"""


def _written(document: str, variables: dict[str, Any], *, is_sorted: bool = False) -> dict[str, Any]:
    """The answer as bytes of each key, read again; the order of keys is that of the selection."""
    parsed = parse(document)
    operation = next(each for each in parsed.definitions if isinstance(each, OperationDefinitionNode))
    fragments: Any = {each.name.value: each for each in parsed.definitions if each is not operation}  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    values = get_variable_values(SCHEMA, operation.variable_definitions or (), variables)
    assert not isinstance(values, list)
    assert SCHEMA.query_type is not None
    writer = IntrospectionWriter(SCHEMA, fragments, values, is_sorted=is_sorted)
    nodes = Selections(fragments, lambda directives: True).fields([operation.selection_set], SCHEMA.query_type)
    return {key: orjson.loads(writer.field(same)) for key, same in nodes.items()}


def _executed(document: str, variables: dict[str, Any], schema: GraphQLSchema = SCHEMA) -> Any:
    result: Any = execute(schema, parse(document), variable_values=variables)
    assert result.errors is None
    return result.data


@pytest.mark.parametrize(
    ("document", "variables"),
    [(OF_TOOLS, {}), (BY_HAND, {"all": True}), (BY_HAND, {"all": False, "name": "Person", "no": True})],
)
def test_it_says_what_the_executor_says_in_the_same_order(document: str, variables: dict[str, Any]) -> None:
    # As text: the order of members counts too.
    assert orjson.dumps(_written(document, variables)) == orjson.dumps(_executed(document, variables))


def test_sorted_it_says_what_a_sorted_schema_says() -> None:
    written = _written(OF_TOOLS, {}, is_sorted=True)["__schema"]
    sorted_ = _executed(OF_TOOLS, {}, lexicographic_sort_schema(SCHEMA))["__schema"]

    def own(types: list[Any]) -> list[Any]:
        # Introspection's own types are sorted here, and are not there.
        return [each for each in types if not each["name"].startswith("__")]

    assert own(written["types"]) == own(sorted_["types"])
    assert [each["name"] for each in written["types"]] == [each["name"] for each in sorted_["types"]]
    assert [each["name"] for each in written["directives"]] == [each["name"] for each in sorted_["directives"]]


def test_numbers_in_names_are_sorted_as_numbers() -> None:
    robot = next(
        each for each in _written(OF_TOOLS, {}, is_sorted=True)["__schema"]["types"] if each["name"] == "Robot"
    )

    assert [each["name"] for each in robot["fields"]] == ["a", "b9", "b10", "z"]


def test_an_argument_that_is_missing_is_refused() -> None:
    with pytest.raises(GraphQLError, match="name"):
        _written("{ __type { name } }", {})
