"""A reading list: books that belong to readers, with functions that give books, and fields that are worked out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Mapped

from portico.gateway.auth import User
from portico.schema import Caller, Data, Id, Me, Model, Refused, Rule, allow, computed, everyone, mutation, owner, query


class Book(Model):
    """A book on somebody's list."""

    id: Mapped[Id]
    reader_id: Mapped[UUID] = owner()
    title: Mapped[str]
    subject: Mapped[str]
    pages: Mapped[int]
    notes: Mapped[str]
    is_shared: Mapped[bool]
    finished_at: Mapped[datetime | None]


allow(User, "read", when=everyone, fields=[User.id, User.name])


@allow(Book, "read")
def shared_books(book: type[Book], me: Me) -> Rule:
    """Shared books are for everyone."""
    return book.is_shared


@allow(Book, "all", to="user")
def my_books(book: type[Book], me: Me) -> Rule:
    """Readers see and change what is on their own list."""
    return book.reader_id == me.id


@computed(Book)
def hours(book: type[Book]) -> ColumnElement[int]:
    """About how long it takes; clients may order by it."""
    return book.pages // 40 + 1  # pyright: ignore[reportReturnType]


@computed(Book, reads=[Book.notes])
def excerpt(books: list[Book], length: int = 20) -> list[str]:
    """The beginning of the notes, for all books of an answer at once."""
    return [book.notes if len(book.notes) <= length else book.notes[:length] + "…" for book in books]


@dataclass
class Progress:
    """How far a reader is."""

    finished: int
    waiting: int
    next: Book | None


@query
async def similar(book_id: UUID, data: Data) -> list[Book]:
    """Books about the same; of those on other lists only what is shared, as rules say it."""
    async with data.read() as session:
        subject = select(Book.subject).where(Book.id == book_id).scalar_subquery()
        found = await session.scalars(
            select(Book).where(Book.subject == subject, Book.id != book_id).order_by(Book.title)
        )
        return list(found)


@query(to="user")
async def progress(caller: Caller, data: Data) -> Progress:
    """What the caller has read, and the shortest that waits."""
    async with data.read() as session:
        mine = Book.reader_id == UUID(caller.id)
        finished = await session.scalar(select(func.count()).where(mine, Book.finished_at.is_not(None)))
        waiting = list(await session.scalars(select(Book).where(mine, Book.finished_at.is_(None)).order_by(Book.pages)))
    return Progress(finished or 0, len(waiting), waiting[0] if waiting else None)


def readers(caller: Caller) -> bool:
    """Readers finish books."""
    return caller.id is not None


@mutation(to="user", when=readers)
async def finish(book_id: UUID, caller: Caller, data: Data) -> Book:
    """Put a book aside."""
    async with data.begin() as session:
        book = await session.get(Book, book_id)
        if book is None or book.reader_id != UUID(caller.id):
            raise Refused("This book is not on your list.")
        book.finished_at = datetime.now(UTC)
        return book
