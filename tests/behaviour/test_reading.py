"""Reading: lists, keys, relations, aggregates and pages, on both engines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Model, allow, everyone
from tests.support.backend import Backend


@pytest.fixture
def library(serve: Callable[..., Backend]) -> Backend:
    class Author(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        born: Mapped[int | None]
        books: Mapped[list[Book]] = relationship(back_populates="author")

    class Book(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        pages: Mapped[int]
        author_id: Mapped[int | None] = mapped_column(ForeignKey(Author.id), index=True)
        author: Mapped[Author | None] = relationship(back_populates="books")

    for model in (Author, Book):
        allow(model, "read", when=everyone)
    backend = serve()
    backend.sql(
        "INSERT INTO authors (id, name, born) VALUES (1, 'Ada', 1815), (2, 'Bram', NULL), (3, 'Cleo', 1900);"
        "INSERT INTO books (id, title, pages, author_id) VALUES"
        " (1, 'One', 100, 1), (2, 'Two', 200, 1), (3, 'Three', 300, 3), (4, 'Lost', 50, NULL);"
    )
    return backend


def test_relations_nest_both_ways_in_one_statement(library: Backend) -> None:
    library.engine.statements.clear()
    data = library.data(
        "{ authors(orderBy: {id: ASC}) { name books(orderBy: {pages: DESC}) { title author { name } } } }", role="user"
    )
    assert data == {
        "authors": [
            {
                "name": "Ada",
                "books": [
                    {"title": "Two", "author": {"name": "Ada"}},
                    {"title": "One", "author": {"name": "Ada"}},
                ],
            },
            {"name": "Bram", "books": []},
            {"name": "Cleo", "books": [{"title": "Three", "author": {"name": "Cleo"}}]},
        ]
    }
    assert len(library.engine.statements) == 1


def test_several_root_fields_are_one_statement(library: Backend) -> None:
    library.engine.statements.clear()
    data = library.data("{ a: author(id: 1) { name } b: author(id: 9) { name } books(limit: 0) { id } __typename }")
    assert data == {"a": {"name": "Ada"}, "b": None, "books": [], "__typename": "query_root"}
    assert len(library.engine.statements) == 1


def test_nulls_come_last_ascending_and_first_descending(library: Backend) -> None:
    assert library.data("{ authors(orderBy: {born: ASC}) { id } }") == {"authors": [{"id": 1}, {"id": 3}, {"id": 2}]}
    assert library.data("{ authors(orderBy: {born: DESC}) { id } }") == {"authors": [{"id": 2}, {"id": 3}, {"id": 1}]}
    assert library.data("{ authors(orderBy: {born: ASC_NULLS_FIRST}) { id } }") == {
        "authors": [{"id": 2}, {"id": 1}, {"id": 3}]
    }


def test_pages_one_row_long_visit_every_row_once(library: Backend) -> None:
    seen: list[str] = []
    after = None
    for _ in range(10):
        page = library.data(
            "query ($after: String) { booksConnection(first: 1, after: $after, orderBy: {author: {name: DESC}}) {"
            " edges { node { title } } pageInfo { hasNextPage endCursor } totalCount } }",
            after=after,
        )["booksConnection"]
        assert page["totalCount"] == 4
        seen += [edge["node"]["title"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["Lost", "Three", "One", "Two"]
