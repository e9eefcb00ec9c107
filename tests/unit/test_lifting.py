"""Lifting: which documents are one but for their literals, and what is no literal."""

from __future__ import annotations

import pytest

from portico.resolvers.lifting import lift, spans, value_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{ a(id: 1) { b } }", "{ a(id: 20) { b } }"),
        ("{ a(id: -1) { b } }", "{ a(id: 0) { b } }"),
        ('{ a(name: "x") { b } }', '{ a(name: "") { b } }'),
        ('{ a(name: "x") { b } }', '{ a(name: "a } # b") { b } }'),
        ("{ a(v: 1.5) { b } }", "{ a(v: 1e9) { b } }"),
        ("{ a(v: [1, 2]) { b } }", "{ a(v: [3, 4]) { b } }"),
    ],
)
def test_documents_that_differ_only_in_literals_are_one(one: str, other: str) -> None:
    assert lift(one)[0] == lift(other)[0]
    assert lift(one)[1] != lift(other)[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{ a(id: 1) { b } }", '{ a(id: "1") { b } }'),
        ("{ a(id: 1) { b } }", "{ a(id: 1.0) { b } }"),
        ("{ a(v: [1]) { b } }", "{ a(v: [1, 1]) { b } }"),
        ("{ a1 { b } }", "{ a2 { b } }"),
        ("query a1 { b }", "query a2 { b }"),
        ("{ a(v: true) { b } }", "{ a(v: false) { b } }"),
        ("{ a(v: null) { b } }", "{ a(v: 1) { b } }"),
        ("{ a(v: $x1) { b } }", "{ a(v: $x2) { b } }"),
        ("{ a_1: b }", "{ a_2: b }"),
    ],
)
def test_documents_that_differ_in_more_are_two(one: str, other: str) -> None:
    assert lift(one)[0] != lift(other)[0]


@pytest.mark.parametrize(
    "text",
    [
        "{ a(v: 01) }",
        "{ a(v: 1.) }",
        "{ a(v: 1x) }",
        '{ a(v: "\\u0041") }',
        '{ a(v: "open) }',
        '{ a(v: """block""") }',
        "{ a }",
        "",
        f"{{ a(v: {'9' * 5_000}) }}",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_plain_literal_stays(text: str) -> None:
    assert lift(text) == (text, [])


def test_literals_come_in_order_and_with_their_places() -> None:
    text = '{ a(x: 1, y: -2.5e3, z: "t") { b(v: [3]) } }'
    assert lift(text)[1] == ["1", "-2.5e3", '"t"', "3"]
    assert [text[place : place + 1] for place in spans(text)] == ["1", "-", '"', "3"]
    assert [value_of(each) for each in lift(text)[1]] == [1, -2_500.0, "t", 3]


@pytest.mark.parametrize("mark", ["\x01", "\x02", "\x03"])
def test_no_document_can_imitate_the_mark_of_a_literal(mark: str) -> None:
    from graphql import GraphQLSyntaxError, parse

    assert lift("{ a(v: 1) }")[0] != "{ a(v: 1) }"
    with pytest.raises(GraphQLSyntaxError):
        parse(f"{{ a(v: {mark}) }}")
