"""What a check is asked about before a write: the row as the database would make it, with what is worked out and compared by its columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Computed, ForeignKey, String, exists
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Me, Model, Rule, allow, everyone, preset
from tests.support.backend import Backend

REFUSED = "PT302"


def _problem(backend: Backend, document: str, **keywords: Any) -> str:
    return backend.error(document, role="user", **keywords)["extensions"]["problem"]


def test_a_default_of_the_database_is_a_value_of_its_column(serve: Callable[..., Backend]) -> None:
    class Item(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        level: Mapped[int] = mapped_column(server_default="0")

    allow(Item, "read", "update", to="user", when=everyone)

    @allow(Item, "create", to="user")
    def high(item: type[Item], me: Me) -> Rule:
        return item.level >= 5

    backend = serve()
    conflict = "onConflict: {constraint: pk_items, updateColumns: [name]}"

    assert _problem(backend, 'mutation { insertItem(object: {name: "a"}) { level } }') == REFUSED
    assert _problem(backend, f'mutation {{ insertItem(object: {{name: "a"}}, {conflict}) {{ level }} }}') == REFUSED
    assert backend.data('mutation { insertItem(object: {name: "a", level: 5}) { level } }', role="user") == {
        "insertItem": {"level": 5}
    }


def test_what_the_database_works_out_is_worked_out_for_the_check(serve: Callable[..., Backend]) -> None:
    class Order(Model):
        id: Mapped[IntId]
        price: Mapped[int]
        total: Mapped[int] = mapped_column(Computed("price * 2", persisted=True))

    @allow(Order, "all", to="user")
    def cheap(order: type[Order], me: Me) -> Rule:
        return order.total <= 100

    backend = serve()

    assert backend.data("mutation { insertOrder(object: {id: 1, price: 10}) { total } }", role="user") == {
        "insertOrder": {"total": 20}
    }
    assert _problem(backend, "mutation { insertOrder(object: {id: 2, price: 1000}) { total } }") == REFUSED
    assert _problem(backend, "mutation { updateOrders(where: {}, _set: {price: 1000}) { affectedRows } }") == REFUSED


def test_a_collation_holds_in_checks_and_answers(serve: Callable[..., Backend], request: pytest.FixtureRequest) -> None:
    if "postgres" in request.node.name:
        pytest.skip("NOCASE is a collation of SQLite's")

    class Name(Model):
        id: Mapped[IntId]
        name: Mapped[str] = mapped_column(String(collation="NOCASE"))

    @allow(Name, "all", to="user")
    def others(row: type[Name], me: Me) -> Rule:
        return row.name != "ADMIN"

    allow(Name, "create", to="editor", when=everyone)
    allow(Name, "read", to="editor", when=lambda row, me: row.name != "ADMIN")
    backend = serve()

    assert _problem(backend, 'mutation { insertName(object: {name: "admin"}) { name } }') == REFUSED
    assert backend.data('mutation { insertName(object: {name: "admin"}) { name } }', role="editor") == {
        "insertName": None
    }


def test_a_nested_row_does_not_write_what_its_writer_may_not(serve: Callable[..., Backend]) -> None:
    class Person(Model):
        id: Mapped[IntId]
        name: Mapped[str] = mapped_column(unique=True)
        posts: Mapped[list[Post]] = relationship(back_populates="author")
        notes: Mapped[list[Note]] = relationship(back_populates="person")

    class Post(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        author_id: Mapped[int] = preset(lambda me: me.id, ForeignKey(Person.id))
        author: Mapped[Person] = relationship(back_populates="posts")

    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
        person: Mapped[Person | None] = relationship(back_populates="notes")

    allow(Person, "read", "create", "update", to="user", when=everyone)
    allow(Post, "read", "create", to="user", when=everyone)
    allow(Note, "read", to="user", when=everyone)
    allow(Note, "create", to="user", when=everyone, fields=["text"])
    backend = serve()
    backend.sql("INSERT INTO people VALUES (1, 'me'); INSERT INTO people VALUES (2, 'victim')")
    conflict = "onConflict: {constraint: uq_people_name, updateColumns: [name]}"

    for document in (
        f'insertPerson(object: {{name: "victim", posts: {{data: [{{title: "evil"}}]}}}}, {conflict}) {{ id }}',
        f'insertPost(object: {{title: "evil", author: {{data: {{name: "victim"}}, {conflict}}}}}) {{ authorId }}',
        f'insertPerson(object: {{name: "victim", notes: {{data: [{{text: "evil"}}]}}}}, {conflict}) {{ id }}',
    ):
        assert _problem(backend, f"mutation {{ {document} }}", id=1) == "PT102"
    assert backend.data('mutation { insertPost(object: {title: "mine"}) { authorId } }', role="user", id=1) == {
        "insertPost": {"authorId": 1}
    }


def test_a_commit_that_is_refused_leaves_no_transaction(serve: Callable[..., Backend]) -> None:
    class Team(Model):
        id: Mapped[IntId]

    class Player(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[IntId]
        team_id: Mapped[int] = mapped_column(ForeignKey(Team.id, deferrable=True, initially="DEFERRED"))

    backend = serve()
    players = "insertPlayers(objects: [{id: 2, teamId: 77}, {id: 3, teamId: 78}]) { affectedRows }"

    assert backend.error(f"mutation {{ {players} }}")["extensions"]["problem"] == "PT502"
    assert backend.data("mutation { insertTeam(object: {id: 5}) { id } }") == {"insertTeam": {"id": 5}}
    assert backend.data("{ teams { id } players { id } }") == {"teams": [{"id": 5}], "players": []}


@pytest.mark.parametrize("value", ["123456789012345678901234567890", "[123456789012345678901234567890]"])
def test_json_numbers_that_nothing_holds_are_refused(value: str, serve: Callable[..., Backend]) -> None:
    class Thing(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[IntId]
        meta: Mapped[dict[str, Any] | None]

    backend = serve()

    assert (
        backend.error(f"mutation {{ insertThing(object: {{meta: {{n: {value}}}}}) {{ id }} }}")["extensions"]["problem"]
        == "PT104"
    )


@pytest.mark.parametrize("counter", ["rows", "sequence"])
def test_a_check_knows_the_id_that_the_database_gives(counter: str, serve: Callable[..., Backend]) -> None:
    class Taken(Model):
        id: Mapped[IntId]
        number: Mapped[int]

    class Item(Model):
        id: Mapped[IntId]
        name: Mapped[str] = mapped_column(unique=True)
        __table_args__ = ({"sqlite_autoincrement": counter == "sequence"},)

    @allow(Item, "create", to="user")
    def free(item: type[Item], me: Me) -> Rule:
        return ~exists().where(Taken.number == item.id)

    allow(Item, "read", "update", to="user", when=everyone)
    backend = serve()
    backend.sql("INSERT INTO takens VALUES (1, 3)")

    def insert(names: str, conflict: str = "") -> Any:
        objects = ", ".join(f'{{name: "{name}"}}' for name in names)
        return backend.ask(
            f"mutation {{ insertItems(objects: [{objects}]{conflict}) {{ affectedRows }} }}", role="user"
        )

    upsert = ", onConflict: {constraint: uq_items_name, updateColumns: [name]}"
    for conflict in ("", upsert):
        assert insert("abcd", conflict)["errors"][0]["extensions"]["problem"] == REFUSED
        if backend.place.dialect == "postgres":
            backend.sql("ALTER SEQUENCE items_id_seq RESTART")
    assert insert("ab", upsert)["data"] == {"insertItems": {"affectedRows": 2}}
    assert insert("c", upsert)["errors"][0]["extensions"]["problem"] == REFUSED
    assert insert("e", upsert)["errors" if backend.place.dialect == "sqlite" else "data"]
    assert backend.data("{ itemsAggregate { aggregate { count } } }", role="user")["itemsAggregate"]["aggregate"][
        "count"
    ] == (2 if backend.place.dialect == "sqlite" else 3)
