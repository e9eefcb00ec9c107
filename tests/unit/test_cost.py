"""Costs: what a document comes to is counted once per fragment, and each limit has its own refusal."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse

from portico.resolvers.limits import Limits
from portico.resolvers.plan.cost import DocumentCost
from portico.resolvers.problems import InvalidDocument, InvalidValue, TooDeep, TooManyFields
from tests.support.hostile_bombs import chain, doubling, flat_doubling


def check(text: str, **limits: int) -> None:
    document = parse(text)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    cost = DocumentCost(fragments, Limits(**limits))
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode):
            cost.check(each)


@pytest.mark.parametrize(
    ("text", "limit", "number"),
    [
        ("{ a { b { c } } }", "max_depth", 3),
        ("{ a { ...f } } fragment f on T { b { c } }", "max_depth", 3),
        ("{ a { ... { ... on T { b } } } }", "max_depth", 2),
        ("{ a { b c } d }", "max_fields", 4),
        ("{ a { ...f } b { ...f } } fragment f on T { c d }", "max_fields", 6),
        ("{ x: a y: b c }", "max_aliases", 2),
        ("{ ...f ...f } fragment f on T { x: a }", "max_aliases", 2),
        ("query @q { a @x @y ... @z { b } ...f @w } fragment f on T { c @v }", "max_directives", 6),
        ("{ a b ... { c } ...f ...f } fragment f on T { d }", "max_root_fields", 4),
        ("{ a(x: 1, y: [1, 2], z: {q: 3}) }", "max_argument_values", 6),
        ("query ($v: [Int] = [1, 2]) { a @x(if: true) }", "max_argument_values", 4),
        ("{ ...f ...f } fragment f on T { a(x: [1, 2]) }", "max_argument_values", 6),
    ],
)
def test_a_document_may_have_as_many_as_the_limit_says_and_no_more(text: str, limit: str, number: int) -> None:
    check(text, **{limit: number})
    with pytest.raises((TooDeep, TooManyFields), match=str(number - 1)) as refusal:
        check(text, **{limit: number - 1})
    assert refusal.type is (TooDeep if limit == "max_depth" else TooManyFields)


@pytest.mark.parametrize("text", [doubling(40), flat_doubling(90), doubling(15)], ids=["deep", "flat", "short"])
def test_fragments_that_double_are_counted_without_being_expanded(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    visits = 0
    count: Any = DocumentCost._count  # pyright: ignore[reportPrivateUsage]

    def counted(self: DocumentCost, selection_set: Any) -> Any:
        nonlocal visits
        visits += 1
        return count(self, selection_set)

    monkeypatch.setattr(DocumentCost, "_count", counted)
    with pytest.raises((TooManyFields, TooDeep)):
        check(text)
    assert visits < 300


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{ ...f } fragment f on T { ...f }", InvalidDocument),
        ("{ ...f } fragment f on T { a { ...g } } fragment g on T { b { ...f } }", InvalidDocument),
        ("{ ...nothing }", InvalidDocument),
        (chain(150), TooDeep),
        ("{ a(x: " + "[" * 40 + "]" * 40 + ") }", TooDeep),
        ("{ a(x: " + "9" * 1_001 + ") }", InvalidValue),
        ("{ a @b(x: 0." + "9" * 1_001 + ") }", InvalidValue),
        ("query ($v: Int = " + "9" * 1_001 + ") { a }", InvalidValue),
    ],
    ids=[
        "itself",
        "circle",
        "unknown",
        "chain",
        "deep value",
        "digits",
        "digits in a directive",
        "digits of a default",
    ],
)
def test_what_cannot_be_counted_is_refused(text: str, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        check(text)


def test_the_introspection_that_clients_send_is_allowed_once_and_a_bit() -> None:
    from graphql import get_introspection_query

    text = get_introspection_query(descriptions=True, directive_is_repeatable=True)
    check(text)
    twice = (
        text.replace("__schema", "a: __schema", 1) + text.replace("IntrospectionQuery", "Other").split("fragment")[0]
    )
    check(twice)
    with pytest.raises((TooDeep, TooManyFields)):
        check("{ __schema { types { fields { args { type { fields { args { type { name } } } } } } } } }")
