"""Paths of labels and their operators, on a Postgres with ltree."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from portico.schema.postgres_types import Ltree
from tests.support.backend import Backend, Place
from tests.support.postgres import fresh_database
from tests.support.system_postgres import SystemPostgres

PATHS = (
    "Top", "Top.Art", "Top.Art.Painting", "Top.Science", "Top.Science.Astronomy", "Top.Science.Astronomy.Stars",
    "Top.Hobbies.Amateurs_Astronomy",
)  # fmt: skip


@pytest.fixture
def place(extended_postgres: SystemPostgres) -> Generator[Place]:
    assert extended_postgres.url is not None
    with fresh_database(extended_postgres.url, extended_postgres.template) as url:
        yield Place("postgres", url)


@pytest.fixture
def topics(declared: Declarations, serve: Callable[..., Backend]) -> Backend:
    class Topic(Model):
        id: Mapped[IntId]
        path: Mapped[str] = mapped_column(Ltree())

    allow(Topic, "all", when=everyone)
    backend = serve()
    backend.sql("INSERT INTO topics (path) VALUES " + ", ".join(f"('{path}')" for path in PATHS))
    return backend


def paths(backend: Backend, where: str, **variables: Any) -> list[str]:
    rows = backend.data(f"query {variables.pop('header', '')} {{ topics(where: {where}) {{ path }} }}", **variables)
    return [row["path"] for row in rows["topics"]]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('_ancestor: "Top.Science.Astronomy"', ["Top", "Top.Science", "Top.Science.Astronomy"]),
        ('_ancestorAny: ["Top.Art", "Top.Hobbies"]', ["Top", "Top.Art"]),
        ('_descendant: "Top.Science.Astronomy"', ["Top.Science.Astronomy", "Top.Science.Astronomy.Stars"]),
        ('_descendantAny: ["Top.Art", "Top.Hobbies"]', ["Top.Art", "Top.Art.Painting", "Top.Hobbies.Amateurs_Astronomy"]),
        ('_matches: "*.Astronomy.*"', ["Top.Science.Astronomy", "Top.Science.Astronomy.Stars"]),
        ('_matchesAny: ["*.Stars", "*.Art"]', ["Top.Art", "Top.Science.Astronomy.Stars"]),
        ('_matchesFulltext: "Astro*% & !stars@"', ["Top.Science.Astronomy", "Top.Hobbies.Amateurs_Astronomy"]),
        ('_eq: "Top.Art"', ["Top.Art"]),
        ('_neq: "Top", _lt: "Top.Hobbies"', ["Top.Art", "Top.Art.Painting"]),
        ('_in: ["Top", "Top.Art"]', ["Top", "Top.Art"]),
        ('_eq: ""', []),
    ],
)  # fmt: skip
def test_paths_are_compared(topics: Backend, condition: str, expected: list[str]) -> None:
    assert paths(topics, f"{{path: {{{condition}}}}}") == expected


def test_variables_have_the_types_of_the_extension(topics: Backend) -> None:
    header = "($path: Ltree!, $pattern: Lquery!, $words: Ltxtquery!, $patterns: [Lquery!]!)"
    where = (
        "{_and: [{path: {_descendant: $path}}, {path: {_matches: $pattern}},"
        " {path: {_matchesFulltext: $words}}, {path: {_matchesAny: $patterns}}]}"
    )
    variables = {"path": "Top.Science", "pattern": "*.Stars", "words": "Astronomy", "patterns": ["*.Stars", "Top"]}
    assert paths(topics, where, header=header, **variables) == ["Top.Science.Astronomy.Stars"]


def test_paths_are_an_order_and_are_written(topics: Backend) -> None:
    topics.data('mutation { insertTopic(object: {path: "Aside.One"}) { path } }')
    rows = topics.data("{ topics(orderBy: {path: ASC}, limit: 2) { path } }")
    assert rows == {"topics": [{"path": "Aside.One"}, {"path": "Top"}]}
    first = topics.data("{ topicsConnection(first: 2, orderBy: {path: ASC}) { pageInfo { endCursor } } }")
    after = first["topicsConnection"]["pageInfo"]["endCursor"]
    document = (
        "query ($after: String) { topicsConnection(first: 1, after: $after, orderBy: {path: ASC}) { nodes { path } } }"
    )
    assert topics.data(document, after=after) == {"topicsConnection": {"nodes": [{"path": "Top.Art"}]}}


def test_a_path_that_cannot_be_read_is_told(topics: Backend) -> None:
    for document in (
        '{ topics(where: {path: {_ancestor: "Top.Science."}}) { path } }',
        '{ topics(where: {path: {_ancestorAny: ["Top", "Top..Science"]}}) { path } }',
        'mutation { insertTopic(object: {path: "Top and Science"}) { path } }',
    ):
        error = topics.error(document)
        assert (error["extensions"]["code"], error["extensions"]["problem"]) == ("parse-failed", "PT109")
        assert error["message"].startswith("expected labels of letters")


def test_a_pattern_that_the_database_refuses_is_a_data_exception(topics: Backend) -> None:
    for condition in ('_matches: "*{"', '_matchesAny: ["a", "b{"]', '_matchesFulltext: "& &"'):
        error = topics.error(f"{{ topics(where: {{path: {{{condition}}}}}) {{ path }} }}")
        assert (error["extensions"]["code"], error["extensions"]["problem"]) == ("data-exception", "PT505"), error
