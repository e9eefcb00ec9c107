"""How much may a document ask: each limit holds at its number, refuses one more, and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.limits import Limits
from portico.schema import IntId, Model, allow, everyone
from tests.support.backend import Backend

Serve = Callable[..., Backend]


@pytest.fixture
def tree(serve: Serve) -> Callable[..., Backend]:
    """Serves a table that refers to itself, under the limits of the test."""

    class Node(Model):
        id: Mapped[IntId]
        name: Mapped[str | None]
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"))
        parent: Mapped[Node | None] = relationship(back_populates="kids", remote_side="Node.id")
        kids: Mapped[list[Node]] = relationship(back_populates="parent")

    allow(Node, "all", when=everyone)
    return lambda **limits: serve(limits=Limits(**limits))


_TREE = "{ nodes { parent { parent { id } } } }"


@pytest.mark.parametrize(
    ("limit", "most", "document", "problem", "said"),
    [
        ("max_document_bytes", len(_TREE), _TREE, "PT401", "The document has 38 characters; 37 are allowed."),
        ("max_tokens", 12, "{ nodes(limit: 1) { id id } }", "PT401", "The document has more than 11 tokens."),
        ("max_depth", 4, _TREE, "PT402", "The document is 4 levels deep; 3 are allowed."),
        ("max_fields", 4, _TREE, "PT403", "The document has 4 fields; 3 are allowed."),
        ("max_aliases", 2, "{ a: nodes { b: id } }", "PT403", "The document has 2 aliases; 1 are allowed."),
        (
            "max_root_fields",
            2,
            "{ nodes { id } node(id: 1) { id } }",
            "PT403",
            "The document has 2 root fields; 1 are allowed.",
        ),
        (
            "max_directives",
            2,
            "{ nodes @include(if: true) { id @skip(if: false) } }",
            "PT403",
            "The document has 2 directives; 1 are allowed.",
        ),
        (
            "max_predicates",
            3,
            '{ nodes(where: {id: {_gt: 1, _lt: 9}, kids: {name: {_eq: "x"}}}) { id } }',
            "PT403",
            "The filters make more than 2 comparisons.",
        ),
        (
            "max_rows",
            110,
            "{ nodes(limit: 10) { kids(limit: 10) { id } } }",
            "PT404",
            "The document could read about 110 rows; 109 are allowed.",
        ),
        (
            "max_groups",
            10,
            "{ nodesAggregate { groups(by: name, limit: 10) { keys { name } } } }",
            "PT404",
            "The document asks for 10 groups at once; 9 are allowed.",
        ),
        (
            "max_writes",
            3,
            "mutation { insertNode(object: {kids: {data: [{}, {}]}}) { id } }",
            "PT404",
            "The document would insert more than 2 rows.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("max_") else "",
)
def test_a_limit_holds_at_its_number_and_refuses_one_more(
    limit: str, most: int, document: str, problem: str, said: str, tree: Callable[..., Backend]
) -> None:
    assert "data" in tree(**{limit: most}).ask(document)

    error = tree(**{limit: most - 1}).error(document)

    assert (error["extensions"]["problem"], error["message"]) == (problem, said)


def test_fragments_count_as_often_as_they_are_spread(tree: Callable[..., Backend]) -> None:
    backend = tree(max_fields=6)
    fragment = "fragment F on Node { id name }"

    assert "data" in backend.ask(f"{{ a: nodes {{ ...F }} b: nodes {{ ...F }} }} {fragment}")
    assert (
        backend.error(f"{{ a: nodes {{ ...F }} b: nodes {{ ...F id }} }} {fragment}")["extensions"]["problem"]
        == "PT403"
    )


def test_fragments_that_double_at_each_level_are_counted_without_being_expanded(tree: Callable[..., Backend]) -> None:
    backend = tree(max_depth=50, max_tokens=20_000)
    levels = "".join(
        f"fragment F{n} on Node {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }} " for n in range(40)
    )

    error = backend.error(f"{{ nodes {{ ...F0 }} }} {levels} fragment F40 on Node {{ id }}")

    assert error["message"] == "The document has over a billion fields; 2000 are allowed."


def test_a_variable_is_nested_no_deeper_than_allowed(tree: Callable[..., Backend]) -> None:
    backend = tree(max_value_depth=8)
    where: dict[str, Any] = {"id": {"_eq": 1}}
    for _ in range(3):
        where = {"_not": where}
    ask = "query ($where: NodeBoolExp) { nodes(where: $where) { id } }"

    assert "data" in backend.ask(ask, where=where)
    for _ in range(10):
        where = {"_not": where}
    assert backend.error(ask, where=where)["extensions"]["problem"] == "PT402"


def test_nothing_is_asked_of_the_database_for_a_document_over_a_limit(tree: Callable[..., Backend]) -> None:
    backend = tree(max_rows=10)
    backend.error("{ nodes(limit: 100) { id } }")

    assert backend.engine.statements == []


def test_a_mutation_over_a_limit_writes_nothing(tree: Callable[..., Backend]) -> None:
    backend = tree(max_writes=3)
    insert = "mutation ($rows: [NodeInsertInput!]!) { insertNodes(objects: $rows) { affectedRows } }"

    assert backend.data(insert, rows=[{}] * 3) == {"insertNodes": {"affectedRows": 3}}
    assert backend.error(insert, rows=[{}] * 4)["extensions"]["problem"] == "PT404"
    assert len(backend.data("{ nodes { id } }")["nodes"]) == 3


@pytest.mark.parametrize(
    "document",
    [
        "{ nodes(limit: -1) { id } }",
        "{ nodes(offset: -1) { id } }",
        "{ nodesConnection(first: -1) { nodes { id } } }",
        "{ nodes { kids(limit: -5) { id } } }",
    ],
)
def test_a_size_is_not_negative(document: str, tree: Callable[..., Backend]) -> None:
    assert tree().error(document)["message"] == "expected a whole number from 0 up"


@pytest.mark.parametrize("size", [2**31, 1.5, "1", True])
def test_a_size_is_a_whole_number(size: Any, tree: Callable[..., Backend]) -> None:
    assert "errors" in tree().ask("query ($n: Int) { nodes(limit: $n) { id } }", n=size)
