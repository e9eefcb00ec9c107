"""Overlap: fields under one key are merged or refused as the specification says, as the reference implementation does."""

from __future__ import annotations

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, build_schema, parse, validate
from graphql.validation import OverlappingFieldsCanBeMergedRule

from portico.resolvers.overlap import Overlap

SCHEMA = build_schema(
    """
    type Query { dog(id: Int): Dog, cat: Cat, name: String, node: Node }
    interface Node { tag: ID! }
    type Dog implements Node {
        tag: ID!, name(upper: Boolean, text: String): String, age: Int, friend: Dog, cat: Cat, cats: [Cat], years: Int!
    }
    type Cat implements Node { tag: ID!, name: String, age: Int, lives: Int, dog: Dog, dogs: [Dog] }
    """
)


def check(text: str) -> tuple[bool, bool]:
    """(whether it has conflicts, whether it merges literals)."""
    document = parse(text)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    overlap = Overlap(SCHEMA, fragments)
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return any(list(overlap.check(each)) for each in operations), overlap.merges_literals


@pytest.mark.parametrize(
    "text",
    [
        "{ dog { name name } }",
        "{ dog { a: name a: name } }",
        "{ dog { name(upper: true) name(upper: true) } }",
        '{ dog { name(upper: true, text: "a") name(text: "a", upper: true) } }',
        "{ dog { friend { name } friend { age } } }",
        "{ dog { ...f } dog { name } } fragment f on Dog { name }",
        "query ($v: Boolean) { dog { name(upper: $v) name(upper: $v) } }",
        "{ dog { ... on Dog { a: name } a: name } }",
        "{ dog { friend { ...f } ...f } } fragment f on Dog { name age }",
        "{ node { ... on Dog { a: age } ... on Cat { a: lives } } }",
        "{ node { ... on Dog { name(upper: true) } ... on Cat { name } } }",
        "{ node { ... on Dog { a: friend { name } } ... on Cat { a: dog { name(upper: true) } } } }",
        "{ node { ... on Dog { a: friend { b: name } } ... on Cat { a: dog { c: age } } } }",
        "{ node { ... on Dog { a: cat { b: age } } ... on Cat { a: dog { b: age } } } }",
        "{ node { tag ... on Node { tag } ... on Dog { tag ... on Node { tag } } } }",
        "{ node { ...f ... on Cat { a: lives } } } fragment f on Node { tag ... on Dog { a: age } }",
    ],
)
def test_fields_that_mean_the_same_are_merged(text: str) -> None:
    assert not check(text)[0]
    assert validate(SCHEMA, parse(text), [OverlappingFieldsCanBeMergedRule]) == []


@pytest.mark.parametrize(
    "text",
    [
        "{ dog { a: name a: age } }",
        "{ dog { name: age name } }",
        "{ dog { name name(upper: true) } }",
        "{ dog { name(upper: true) name(upper: false) } }",
        "query ($v: Boolean, $w: Boolean) { dog { name(upper: $v) name(upper: $w) } }",
        "{ dog(id: 1) { name } dog(id: 2) { age } }",
        "{ dog { friend { a: name } friend { a: age } } }",
        "{ dog { ...f ...g } } fragment f on Dog { a: name } fragment g on Dog { a: age }",
        "{ dog { friend { ...f } } dog { friend { ...g } } } fragment f on Dog { a: name } fragment g on Dog { a: age }",
        "{ a: dog { name } a: cat { name } }",
        "{ dog { ... { a: name } ... on Dog { a: age } } }",
        "{ node { ... on Dog { a: age } ... on Cat { a: name } } }",
        "{ node { ... on Dog { a: years } ... on Cat { a: lives } } }",
        "{ node { ... on Dog { a: cat { age } } ... on Cat { a: dogs { age } } } }",
        "{ node { ... on Dog { a: cat { age } } ... on Cat { a: lives } } }",
        "{ node { ... on Dog { a: friend { b: age } } ... on Cat { a: dog { b: name } } } }",
        "{ node { ... on Dog { a: friend { b: cat { c: age } } } ... on Cat { a: dog { b: cat { c: name } } } } }",
        "{ node { ... on Dog { a: age a: years } } }",
        "{ node { a: tag ... on Dog { a: age } } }",
        "{ node { a: tag ... on Dog { a: __typename } } }",
        "{ node { ... on Dog { a: friend { b: name } a: friend { b: age } } ... on Cat { c: name } } }",
    ],
)
def test_fields_that_mean_different_things_are_a_conflict(text: str) -> None:
    assert check(text)[0]
    assert validate(SCHEMA, parse(text), [OverlappingFieldsCanBeMergedRule]) != []


@pytest.mark.parametrize(
    ("text", "merges"),
    [
        ("{ dog(id: 1) { name } dog(id: 1) { age } }", True),
        ("{ dog(id: 1) { name } cat { name } }", False),
        ("{ dog { name } dog { age } }", False),
        ("{ a: dog(id: 1) { name } b: dog(id: 1) { age } }", False),
    ],
)
def test_merged_literals_are_noticed_since_other_literals_may_differ(text: str, merges: bool) -> None:
    assert check(text) == (False, merges)
