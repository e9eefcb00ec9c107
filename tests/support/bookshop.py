"""What do the tests with a real server serve: authors, books and reviews, and things that only some may see."""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import Caller, Id, IntId, Me, Model, Rule, allow, everyone, query


class Binding(Enum):
    """How a book is bound."""

    paper = "paper"
    cloth = "cloth"


class Author(Model):
    """Who writes. What an author earns is for editors."""

    id: Mapped[IntId]
    name: Mapped[str]
    born: Mapped[int | None]
    royalty_rate: Mapped[int | None]
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"), index=True)
    mentor: Mapped[Author | None] = relationship(remote_side="Author.id", back_populates="students")
    students: Mapped[list[Author]] = relationship(back_populates="mentor")
    books: Mapped[list[Book]] = relationship(back_populates="author")


class Book(Model):
    """What is written."""

    id: Mapped[IntId]
    title: Mapped[str]
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    weight: Mapped[float | None]
    binding: Mapped[Binding | None]
    in_print: Mapped[bool] = mapped_column(default=True, server_default="1")
    published_at: Mapped[datetime | None]
    details: Mapped[Any | None] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey(Author.id), index=True)
    author: Mapped[Author | None] = relationship(back_populates="books")
    reviews: Mapped[list[Review]] = relationship(back_populates="book")


class Review(Model):
    """What is said of it; each belongs to the one who says it."""

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey(Book.id), index=True)
    reader_id: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(String(2_000))
    stars: Mapped[int]
    book: Mapped[Book] = relationship(back_populates="reviews")


class Ledger(Model):
    """Nobody but the administrator knows that this exists."""

    id: Mapped[IntId]
    amount_owed: Mapped[int]


allow(Author, "read", when=everyone, fields=["id", "name", "born", "mentor_id"])
allow(Author, "read", when=everyone, to="editor", fields=["id", "name", "born", "mentor_id", "royalty_rate"])
allow(Author, "create", when=everyone, fields=["id", "name", "born"])
allow(Book, "read", "write", when=everyone)
allow(Review, "read", when=everyone)


@allow(Review, "write", to="user")
def my_reviews(review: type[Review], me: Me) -> Rule:
    """Readers write, change and delete what they said themselves."""
    return review.reader_id == me.id


@query
async def whoami(caller: Caller) -> str:
    """The role and the id of the one who asks."""
    return f"{caller.role}:{caller.id}"


@query
async def nap(seconds: float) -> bool:
    """Answers after a while."""
    await asyncio.sleep(min(seconds, 30))
    return True


@query
async def mishap(word: str) -> bool:
    """Fails, with words that are nobody's business."""
    raise RuntimeError(f"secret trouble with {word}")
