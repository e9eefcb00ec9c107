"""A library: authors, books, reviews, and shelves within shelves; everyone reads, only admin writes."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ForeignKey, Numeric, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Model, allow, everyone


class Genre(enum.Enum):
    """What kind of book."""

    NOVEL = "novel"
    SCIENCE = "science"
    POETRY = "poetry"


class Author(Model):
    """Who writes books."""

    id: Mapped[IntId]
    name: Mapped[str]
    born: Mapped[int | None]
    email: Mapped[str | None] = mapped_column(unique=True)
    books: Mapped[list[Book]] = relationship(back_populates="author")
    profile: Mapped[Profile | None] = relationship(back_populates="author")


class Profile(Model):
    """What an author says of themselves."""

    id: Mapped[IntId]
    motto: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey(Author.id), unique=True)
    author: Mapped[Author] = relationship(back_populates="profile")


class Book(Model):
    """What is read."""

    id: Mapped[IntId]
    title: Mapped[str]
    subtitle: Mapped[str | None]
    pages: Mapped[int]
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    rating: Mapped[float | None]
    genre: Mapped[Genre]
    in_print: Mapped[bool]
    published: Mapped[date | None]
    added_at: Mapped[datetime]
    tags: Mapped[list[str] | None]
    details: Mapped[dict[str, Any] | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey(Author.id), index=True)
    author: Mapped[Author | None] = relationship(back_populates="books")
    reviews: Mapped[list[Review]] = relationship(back_populates="book")
    shelves: Mapped[list[Shelf]] = relationship(secondary=lambda: placed, back_populates="books")


class Review(Model):
    """What somebody thought of a book."""

    id: Mapped[IntId]
    stars: Mapped[int]
    text: Mapped[str | None]
    verified: Mapped[bool]
    book_id: Mapped[int] = mapped_column(ForeignKey(Book.id), index=True)
    book: Mapped[Book] = relationship(back_populates="reviews")


class Shelf(Model):
    """Where books stand; a shelf may be part of another."""

    id: Mapped[IntId]
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"), index=True)
    parent: Mapped[Shelf | None] = relationship(back_populates="parts", remote_side="Shelf.id")
    parts: Mapped[list[Shelf]] = relationship(back_populates="parent")
    books: Mapped[list[Book]] = relationship(secondary=lambda: placed, back_populates="shelves")


placed = Table(
    "placed",
    Book.metadata,
    Column("book_id", ForeignKey("books.id"), primary_key=True),
    Column("shelf_id", ForeignKey("shelves.id"), primary_key=True),
)

for model in (Author, Profile, Book, Review, Shelf):
    allow(model, "read", when=everyone)


def _added(day: int) -> datetime:
    return datetime(2024, 5, day, 12, tzinfo=UTC)


# A JSON or list column that has nothing is left out: SQLAlchemy would write None as the JSON value null.
# The order of rows is never that of an answer: what comes out sorted was sorted.
SEED: list[tuple[Any, list[dict[str, Any]]]] = [
    (
        Author,
        [
            {"id": 3, "name": "Cleo", "born": 1900, "email": "cleo@example.org"},
            {"id": 1, "name": "Ada", "born": 1815, "email": "ada@example.org"},
            {"id": 4, "name": "Émile", "born": 1840, "email": None},
            {"id": 2, "name": "Bram", "born": None, "email": None},
        ],
    ),
    (
        Profile,
        [
            {"id": 2, "motto": "Onwards", "author_id": 1},
            {"id": 1, "motto": "J'accuse", "author_id": 4},
        ],
    ),
    (
        Book,
        [
            {
                "id": 4, "title": "Tides", "subtitle": "Poems", "pages": 90, "price": Decimal("7.50"), "rating": 4.5,
                "genre": Genre.POETRY, "in_print": False, "published": date(1931, 2, 28), "added_at": _added(4),
                "tags": ["sea", "love"], "details": {"lines": 800, "form": {"name": "sonnet"}}, "author_id": 3,
            },
            {
                "id": 1, "title": "Engines", "subtitle": None, "pages": 350, "price": Decimal("19.99"), "rating": 4.25,
                "genre": Genre.SCIENCE, "in_print": True, "published": date(1843, 10, 1), "added_at": _added(3),
                "tags": ["maths", "machines"], "details": {"figures": 12, "index": True}, "author_id": 1,
            },
            {
                "id": 2, "title": "Notes", "subtitle": "On Engines", "pages": 120, "price": Decimal("9.00"), "rating": 4.5,
                "genre": Genre.SCIENCE, "in_print": True, "published": None, "added_at": _added(2),
                "tags": ["maths"], "details": {"figures": 0}, "author_id": 1,
            },
            {
                "id": 5, "title": "Lost", "subtitle": None, "pages": 200, "price": Decimal("0.00"), "rating": 1.5,
                "genre": Genre.NOVEL, "in_print": False, "published": None, "added_at": _added(1),
                "author_id": None,
            },
            {
                "id": 3, "title": "The Mine", "subtitle": "100% true_story", "pages": 350, "price": Decimal("12.40"),
                "rating": 3.75, "genre": Genre.NOVEL, "in_print": True, "published": date(1885, 3, 2),
                "added_at": _added(5), "tags": [], "details": {}, "author_id": 4,
            },
        ],
    ),
    (
        Review,
        [
            {"id": 1, "stars": 5, "text": "Clear", "verified": True, "book_id": 1},
            {"id": 2, "stars": 3, "text": None, "verified": False, "book_id": 1},
            {"id": 3, "stars": 4, "text": "Short", "verified": True, "book_id": 2},
            {"id": 4, "stars": 2, "text": "Damp", "verified": False, "book_id": 4},
            {"id": 5, "stars": 5, "text": "Deep", "verified": True, "book_id": 4},
            {"id": 6, "stars": 4, "text": "clear", "verified": True, "book_id": 4},
        ],
    ),
    (
        Shelf,
        [
            {"id": 1, "name": "Hall", "parent_id": None},
            {"id": 3, "name": "Top", "parent_id": 1},
            {"id": 2, "name": "Bottom", "parent_id": 1},
            {"id": 4, "name": "Corner", "parent_id": 2},
        ],
    ),
    (
        placed,
        [
            {"book_id": 1, "shelf_id": 2},
            {"book_id": 1, "shelf_id": 3},
            {"book_id": 4, "shelf_id": 3},
            {"book_id": 3, "shelf_id": 2},
            {"book_id": 2, "shelf_id": 4},
        ],
    ),
]  # fmt: skip
