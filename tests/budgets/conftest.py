"""Fixtures: a library of authors, books and tags, seeded, and how many statements a request takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import Id, IntId, Me, Model, Rule, allow, everyone
from tests.support.backend import Backend


@pytest.fixture
def library(serve: Callable[..., Backend]) -> Backend:
    """Everyone reads; users write; what a user writes in `notes` is checked."""

    class Author(Model):
        id: Mapped[IntId]
        name: Mapped[str] = mapped_column(unique=True)
        books: Mapped[list[Book]] = relationship(back_populates="author")

    class Book(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        pages: Mapped[int]
        author_id: Mapped[int | None] = mapped_column(ForeignKey(Author.id), index=True)
        author: Mapped[Author | None] = relationship(back_populates="books")
        tags: Mapped[list[Tag]] = relationship(back_populates="book")

    class Tag(Model):
        id: Mapped[IntId]
        word: Mapped[str]
        book_id: Mapped[int] = mapped_column(ForeignKey(Book.id), index=True)
        book: Mapped[Book] = relationship(back_populates="tags")

    class Note(Model):
        id: Mapped[Id]
        text: Mapped[str]
        reader_id: Mapped[int]

    for model in (Author, Book, Tag):
        allow(model, "all", when=everyone)

    @allow(Note, "all")
    def mine(note: type[Note], me: Me) -> Rule:
        return note.reader_id == me.id

    backend = serve()
    backend.sql(
        "INSERT INTO authors (id, name) VALUES (1001, 'Ada'), (1002, 'Bram');"
        "INSERT INTO books (id, title, pages, author_id) VALUES (1001, 'One', 10, 1001), (1002, 'Two', 20, 1001);"
        "INSERT INTO tags (id, word, book_id) VALUES (1001, 'old', 1001);"
    )
    return backend


Statements = Callable[..., int]


@pytest.fixture
def statements(library: Backend) -> Statements:
    """Asks and counts: `statements("{ authors { id } }")`."""

    def count(document: str, **keywords: object) -> int:
        library.engine.statements.clear()
        library.data(document, **{"role": "user", "id": 7, **keywords})
        return len(library.engine.statements)

    return count
