"""One Portico in front of another: its whole schema merged, and asked as a client would ask it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import build_client_schema, get_introspection_query, validate_schema

from tests.support.accounts import AccountServer

BEHIND = '''"""Authors and their books."""

from enum import Enum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Model, allow, everyone


class Kind(Enum):
    NOVEL = "novel"
    POEM = "poem"


class Author(Model):
    id: Mapped[IntId]
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="author")


class Book(Model):
    id: Mapped[IntId]
    title: Mapped[str]
    kind: Mapped[Kind]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")


allow(Author, "all", to="anonymous")(everyone)
allow(Book, "all", to="anonymous")(everyone)
'''
FRONT = '''"""Loans of books."""

from sqlalchemy.orm import Mapped

from portico.gateway.functions import remote_schema
from portico.schema import IntId, Model, allow, everyone


class Loan(Model):
    id: Mapped[IntId]
    book_id: Mapped[int]


allow(Loan, "read", to="anonymous")(everyone)
library = remote_schema("URL/graphql", name="library", to={})
library.join(Loan, "book", {"id": Loan.book_id})
'''


@pytest.fixture
def front(gateway: Callable[..., AccountServer], service: Any) -> AccountServer:
    behind = gateway(BEHIND)

    def answer(asked: Any) -> Any:
        reply = behind.request("POST", "/graphql", asked["body"])
        return reply.status, {}, reply.body

    service.answer = answer
    behind.sql(
        "INSERT INTO authors VALUES (1, 'Ann'), (2, 'Bob')",
        "INSERT INTO books VALUES (1, 'First', 'NOVEL', 1), (2, 'Second', 'POEM', 1), (3, 'Third', 'NOVEL', 2)",
    )
    server = gateway(FRONT.replace("URL", service.url), admin_keys=("k",))
    server.sql("INSERT INTO loans VALUES (1, 3), (2, 1), (3, 3), (4, 99)")
    service.asked.clear()
    return server


def data(server: AccountServer, document: str, **variables: Any) -> Any:
    answer = server.ask(document, variables, headers={"x-portico-admin-key": "k"})
    assert "errors" not in answer, answer
    return answer["data"]


def test_it_is_asked_as_a_client_would_ask_it(front: AccountServer, service: Any) -> None:
    document = """query ($where: LibraryBookBoolExp, $order: [LibraryBookOrderBy!], $first: Int) {
      library {
        books(where: $where, orderBy: $order) { title kind author { name books(limit: 1, orderBy: [{id: DESC}]) { id } } }
        booksConnection(first: $first, orderBy: {title: ASC}) { edges { cursor node { title __typename } } pageInfo { hasNextPage } }
        booksAggregate(where: {title: {_like: "F%"}, author: {name: {_in: ["Ann"]}}}) { aggregate { count } }
      }
    }"""
    found = data(front, document, where={"kind": {"_eq": "NOVEL"}}, order=[{"id": "DESC"}], first=1)["library"]
    assert found["books"] == [
        {"title": "Third", "kind": "NOVEL", "author": {"name": "Bob", "books": [{"id": 3}]}},
        {"title": "First", "kind": "NOVEL", "author": {"name": "Ann", "books": [{"id": 2}]}},
    ]
    assert found["booksConnection"]["edges"][0]["node"] == {"title": "First", "__typename": "LibraryBook"}
    assert found["booksConnection"]["pageInfo"] == {"hasNextPage": True}
    assert found["booksAggregate"] == {"aggregate": {"count": 1}}
    assert len(service.asked) == 1


def test_it_is_written_to_as_a_client_would_write(front: AccountServer, service: Any) -> None:
    document = """mutation ($objects: [LibraryBookInsertInput!]!) {
      library {
        insertBooks(objects: $objects) { affectedRows returning { title author { name } } }
        updateBooks(where: {title: {_eq: "New"}}, _set: {kind: POEM}) { returning { kind __typename } }
      }
    }"""
    assert data(front, document, objects=[{"id": 9, "title": "New", "kind": "NOVEL", "authorId": 2}]) == {
        "library": {
            "insertBooks": {"affectedRows": 1, "returning": [{"title": "New", "author": {"name": "Bob"}}]},
            "updateBooks": {"returning": [{"kind": "POEM", "__typename": "LibraryBook"}]},
        }
    }
    assert len(service.asked) == 1
    answer = front.ask(
        'mutation { library { insertBook(object: {id: 10, title: "x", kind: POEM, authorId: 77}) { id } } }',
        headers={"x-portico-admin-key": "k"},
    )
    assert answer["data"] == {"library": None}
    assert answer["errors"][0]["extensions"]["problem"] == "PT592"
    assert answer["errors"][0]["extensions"]["code"] == "constraint-violation"


def test_rows_are_joined_to_rows_there(front: AccountServer, service: Any) -> None:
    assert data(front, "{ loans(orderBy: {id: ASC}) { book { title author { name } } } }")["loans"] == [
        {"book": {"title": "Third", "author": {"name": "Bob"}}},
        {"book": {"title": "First", "author": {"name": "Ann"}}},
        {"book": {"title": "Third", "author": {"name": "Bob"}}},
        {"book": None},
    ]
    assert len(service.asked) == 1


def test_the_merged_schema_is_valid(front: AccountServer) -> None:
    schema = build_client_schema(data(front, get_introspection_query()))
    assert validate_schema(schema) == []
    assert "LibraryBookBoolExp" in schema.type_map
