"""Who writes what the change log tells: callers with their requests, others, cascades, and rows that stand in the way."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.run.changes import Change
from portico.schema import Id, IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Backend, Place
from tests.support.change_logs import Logged

ADA = UUID(int=7)


class Library:
    """Shelves of books, served, with their log."""

    def __init__(self, declared: Declarations, place: Place, serve: Callable[..., Backend]) -> None:
        class Shelf(Model):
            id: Mapped[IntId]
            name: Mapped[str] = mapped_column(unique=True)
            books: Mapped[list[Book]] = relationship(back_populates="shelf")

        class Book(Model):
            id: Mapped[IntId]
            title: Mapped[str]
            shelf_id: Mapped[int | None] = mapped_column(ForeignKey(Shelf.id, ondelete="CASCADE"))
            shelf: Mapped[Shelf | None] = relationship(back_populates="books")

        class Visit(Model):
            id: Mapped[Id]
            book_id: Mapped[int | None] = mapped_column(ForeignKey(Book.id, ondelete="SET NULL"))

        for model in (Shelf, Book, Visit):
            allow(model, "all", when=everyone)
        self.logged = Logged(declared, place)
        self.backend = serve(create=False, logs=True)

    def do(self, document: str, *, trace: str = "r-1", id: Any = ADA, **variables: Any) -> list[Change]:
        """What a mutation by Ada changes."""
        self.backend.data(document, role="user", id=id, trace=trace, **variables)
        return self.logged.changes()


@pytest.fixture
def library(declared: Declarations, place: Place, serve: Callable[..., Backend]) -> Generator[Library]:
    made = Library(declared, place, serve)
    yield made
    made.logged.close()


def signed(changes: list[Change]) -> set[tuple[str | None, str | None]]:
    return {(change.actor, change.trace) for change in changes}


INSERT = 'mutation { insertShelf(object: {id: 1, name: "a"}) { id } }'


@pytest.mark.parametrize(
    ("document", "verbs"),
    [
        ('mutation { insertShelf(object: {id: 2, name: "b"}) { id } }', ["insert"]),
        (
            'mutation { insertShelves(objects: [{id: 2, name: "b"}, {id: 3, name: "c"}]) { affectedRows } }',
            ["insert"] * 2,
        ),
        ('mutation { updateShelf(pkColumns: {id: 1}, _set: {name: "z"}) { name } }', ["update"]),
        ('mutation { updateShelves(where: {}, _set: {name: "z"}) { affectedRows returning { name } } }', ["update"]),
        ("mutation { deleteShelf(id: 1) { id } }", ["delete"]),
        ("mutation { deleteShelves(where: {}) { affectedRows } }", ["delete"]),
        (
            'mutation { insertShelf(object: {id: 2, name: "b", books: {data: [{id: 1, title: "x"}]}}) { id } }',
            ["insert"] * 2,
        ),
        (
            'mutation { a: insertShelf(object: {id: 2, name: "b"}) { id } b: deleteShelf(id: 1) { id } }',
            ["insert", "delete"],
        ),
        (
            'mutation { insertShelf(object: {id: 1, name: "q"}, onConflict: {constraint: pk_shelves, updateColumns: [name]}) { name } }',
            ["update"],
        ),
        (
            'mutation { updateShelf(pkColumns: {id: 1}, _set: {}, books: {insert: [{id: 5, title: "n"}]}) { id } }',
            ["insert"],
        ),
    ],
)
def test_every_write_of_a_caller_is_signed(document: str, verbs: list[str], library: Library) -> None:
    library.do(INSERT)
    changes = library.do(document, trace="r-2")
    assert [change.verb for change in changes] == verbs
    assert signed(changes) == {(str(ADA), "r-2")}


def test_writes_without_an_id_have_no_actor(library: Library) -> None:
    assert signed(library.do(INSERT, id=None)) == {(None, "r-1")}


def test_an_actor_may_be_called_anything(library: Library) -> None:
    name = 'O\'Neil \\ "x" ünï $1 %s; --'
    assert signed(library.do(INSERT, id=name, trace="a.b_c-1")) == {(name, "a.b_c-1")}
    many = 'mutation { a: deleteShelf(id: 1) { id } b: insertShelf(object: {id: 2, name: "b"}) { id } }'
    assert signed(library.do(many, id=name)) == {(name, "r-1")}


def test_who_wrote_before_is_not_taken_for_who_writes_now(library: Library) -> None:
    library.do(INSERT)
    library.logged.sql("INSERT INTO shelves (id, name) VALUES (8, 'h')")
    assert signed(library.logged.changes()) == {(None, None)}
    second = library.do("mutation { deleteShelf(id: 8) { id } }", trace="r-3", id=UUID(int=8))
    assert signed(second) == {(str(UUID(int=8)), "r-3")}


def test_what_follows_a_delete_is_told_and_signed(library: Library) -> None:
    library.do('mutation { insertShelf(object: {id: 1, name: "a", books: {data: [{id: 1, title: "x"}]}}) { id } }')
    library.do("mutation { insertVisit(object: {bookId: 1}) { id } }")
    changes = library.do("mutation { deleteShelf(id: 1) { id } }", trace="r-9")
    assert sorted((change.table, change.verb) for change in changes) == [
        ("books", "delete"), ("shelves", "delete"), ("visits", "update"),
    ]  # fmt: skip
    assert signed(changes) == {(str(ADA), "r-9")}
    assert [change.new["book_id"] for change in changes if change.new is not None] == [None]


def test_a_refused_write_is_not_told(library: Library) -> None:
    library.do(INSERT)
    library.backend.error('mutation { insertShelf(object: {id: 2, name: "a"}) { id } }')
    library.backend.error(
        'mutation { a: deleteShelf(id: 1) { id } b: insertBook(object: {title: "x", shelfId: 9}) { id } }'
    )
    assert library.logged.changes() == []


def test_one_statement_stays_one(library: Library) -> None:
    library.do(INSERT)
    assert len(library.backend.engine.statements) == 1


def test_upserts_by_others_are_updates_and_what_is_ignored_is_nothing(library: Library) -> None:
    library.do(INSERT)
    library.logged.sql(
        "INSERT INTO shelves (id, name) VALUES (1, 'b') ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        "INSERT INTO shelves (id, name) VALUES (1, 'c') ON CONFLICT DO NOTHING",
        "INSERT INTO shelves (id, name) VALUES (2, 'd')",
    )
    assert library.logged.told() == [
        ("update", "shelves", {"id": 1, "name": "a"}, {"id": 1, "name": "b"}),
        ("insert", "shelves", None, {"id": 2, "name": "d"}),
    ]
    assert not library.logged.batch().is_full


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
def test_rows_that_others_replace_are_told_as_deleted(recursive: str, library: Library) -> None:
    if library.logged.place.dialect == "postgres":
        pytest.skip("only SQLite replaces rows")
    library.logged.sql("INSERT INTO shelves (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    library.logged.changes()
    library.logged.sql(
        "COMMIT", f"PRAGMA recursive_triggers = {recursive}", "BEGIN",
        "INSERT OR IGNORE INTO shelves (id, name) VALUES (3, 'x')",
        "INSERT OR REPLACE INTO shelves (id, name) VALUES (1, 'b'), (4, 'd')",
        "REPLACE INTO shelves (id, name) VALUES (3, 'e')",
    )  # fmt: skip
    told = library.logged.told()
    assert sorted(told[:2], key=repr) == [
        ("delete", "shelves", {"id": 1, "name": "a"}, None),
        ("delete", "shelves", {"id": 2, "name": "b"}, None),
    ]
    assert told[2:] == [
        ("insert", "shelves", None, {"id": 1, "name": "b"}),
        ("insert", "shelves", None, {"id": 4, "name": "d"}),
        ("delete", "shelves", {"id": 3, "name": "c"}, None),
        ("insert", "shelves", None, {"id": 3, "name": "e"}),
    ]
