"""What models say of a database that was there before: exact names, views, enum tables, functions, and what else only they know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from sqlalchemy import JSON, Boolean, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import (
    IntId,
    Me,
    Model,
    Rule,
    allow,
    database_function,
    enum_table,
    everyone,
    named,
    role,
    view,
)
from portico.schema.infos import UnknownRoot
from portico.schema.names import Names
from portico.schema.problems import Problems
from tests.support.backend import Backend, Place
from tests.support.live_statements import LiveStatement

Serve = Callable[..., Backend]


@pytest.fixture
def shop(serve: Serve, place: Place) -> Backend:
    class Colour(Model):
        __tablename__ = "colours"
        __table_args__ = ({"info": enum_table({"red": "like blood", "dark_blue": None})},)
        value: Mapped[str] = mapped_column(primary_key=True)

    class Item(Model):
        __tablename__ = "items"
        __table_args__ = ({"info": named("Thing", roots={"select": "allThings", "insert_one": "addThing"})},)
        id: Mapped[IntId]
        title: Mapped[str] = mapped_column(info=named("Title", description="What it is called."))
        colour: Mapped[str] = mapped_column(ForeignKey("colours.value"))
        price: Mapped[int]
        owner_id: Mapped[int]

    class Cheap(Model):
        __tablename__ = "cheap_items"
        __table_args__ = ({"info": view(insert=True)},)
        __mapper_args__: ClassVar[Any] = {"primary_key": ["id"]}
        id: Mapped[int] = mapped_column(primary_key=False)
        title: Mapped[str]

    def own(row: type[Item], me: Me) -> Rule:
        return row.owner_id == me.id

    role("keeper")
    role("heir", inherits=["keeper"])
    for model in (Colour, Cheap):
        allow(model, "read", when=everyone)
    allow(Item, "read", when=everyone, fields=["id", "title", "colour", "price", "owner_id", "doubled"])
    allow(Item, "create", when=everyone, to="keeper", heirs=False)
    allow(Item, "update", when=own, check=everyone, to="keeper")
    database_function("doubled", returns=Integer(), arguments={"thing": Item}, on=Item, description="Twice the price.")
    database_function(
        "priced_over", returns=Item, arguments={"floor": Integer(), "ceiling": Integer()}, optional=["ceiling"]
    )
    database_function("raise_prices", returns=Item, arguments={"by": Integer()}, operation="mutation", to="keeper")
    backend = serve(naming="hasura-default")
    backend.sql("INSERT INTO colours VALUES ('red'), ('dark_blue')")
    backend.sql(
        "INSERT INTO items (title, colour, price, owner_id) VALUES ('cup', 'red', 5, 7), ('mug', 'dark_blue', 9, 8)"
    )
    backend.sql("CREATE VIEW cheap_items AS SELECT id, title FROM items WHERE price < 6")
    if place.dialect == "postgres":
        backend.sql("CREATE FUNCTION doubled(thing items) RETURNS int LANGUAGE sql STABLE AS 'SELECT thing.price * 2'")
        backend.sql(
            "CREATE FUNCTION priced_over(floor int, ceiling int DEFAULT 100) RETURNS SETOF items LANGUAGE sql STABLE"
            " AS 'SELECT * FROM items WHERE price > $1 AND price < $2'"
        )
        backend.sql(
            "CREATE FUNCTION raise_prices(by int) RETURNS SETOF items LANGUAGE sql"
            " AS 'UPDATE items SET price = price + by RETURNING *'"
        )
    return backend


def test_exact_names_are_kept_and_others_derive_from_them(shop: Backend) -> None:
    found = shop.data("{ allThings(order_by: {Title: asc}) { Title __typename } Thing_by_pk(id: 1) { Title } }")
    assert found["allThings"][0] == {"Title": "cup", "__typename": "Thing"}
    assert found["Thing_by_pk"] == {"Title": "cup"}
    fields = shop.data('{ __type(name: "Thing") { fields { name description } } }')["__type"]["fields"]
    assert {"name": "Title", "description": "What it is called."} in fields


def test_an_unknown_root_field_is_refused_where_it_is_written() -> None:
    with pytest.raises(UnknownRoot):
        named(roots={"selects": "all"})


def test_columns_that_refer_to_an_enum_table_are_of_its_values(shop: Backend) -> None:
    assert shop.data("{ allThings(where: {colour: {_eq: dark_blue}}) { id colour } }") == {
        "allThings": [{"id": 2, "colour": "dark_blue"}]
    }
    assert "green" in shop.error("{ allThings(where: {colour: {_eq: green}}) { id } }")["message"]
    (red, _) = sorted(
        shop.data('{ __type(name: "colours_enum") { enumValues { name description } } }')["__type"]["enumValues"],
        key=lambda each: each["name"] != "red",
    )
    assert red == {"name": "red", "description": "like blood"}


def test_a_view_takes_the_writes_that_it_says_and_its_rows_have_no_key(shop: Backend) -> None:
    assert shop.data("{ cheap_items { title } }") == {"cheap_items": [{"title": "cup"}]}
    fields = {each["name"] for each in shop.data("{ __schema { mutationType { fields { name } } } }")["__schema"]["mutationType"]["fields"]}  # fmt: skip
    assert "insert_cheap_items" in fields
    assert not {"update_cheap_items", "delete_cheap_items"} & fields
    roots = {each["name"] for each in shop.data("{ __schema { queryType { fields { name } } } }")["__schema"]["queryType"]["fields"]}  # fmt: skip
    assert "cheap_items_by_pk" not in roots


def test_what_an_updated_row_must_meet_may_be_other_than_before(shop: Backend) -> None:
    document = "mutation { update_Thing(where: {}, _set: {owner_id: 9}) { affected_rows returning { id } } }"
    assert shop.data(document, role="keeper", id=7) == {"update_Thing": {"affected_rows": 1, "returning": [{"id": 1}]}}


def test_a_rule_without_heirs_is_for_the_roles_that_it_names_alone(shop: Backend) -> None:
    document = 'mutation { addThing(object: {Title: "pen", colour: red, price: 1, owner_id: 7}) { Title } }'
    assert shop.data(document, role="keeper")["addThing"] == {"Title": "pen"}
    assert shop.error(document, role="heir")["extensions"]["code"] == "validation-failed"
    assert shop.data("mutation { update_Thing(where: {}, _set: {price: 2}) { affected_rows } }", role="heir", id=7)


def test_functions_of_the_database_are_fields_on_postgres_and_absent_elsewhere(shop: Backend, place: Place) -> None:
    document = (
        "{ priced_over(args: {floor: 4}, where: {price: {_lt: 9}}) { id doubled } priced_over_aggregate(args: {floor: 4, ceiling: 8})"
        " { aggregate { count sum { doubled } } } allThings(order_by: {doubled: desc}, limit: 1) { doubled } }"
    )
    if place.dialect == "sqlite":
        assert shop.error(document)["extensions"]["code"] == "validation-failed"
        return
    assert shop.data(document, role="keeper") == {
        "priced_over": [{"id": 1, "doubled": 10}],
        "priced_over_aggregate": {"aggregate": {"count": 1, "sum": {"doubled": 10}}},
        "allThings": [{"doubled": 18}],
    }
    change = "mutation { raise_prices(args: {by: 1}, order_by: {id: asc}) { id price } }"
    assert shop.data(change, role="keeper")["raise_prices"] == [{"id": 1, "price": 6}, {"id": 2, "price": 10}]
    assert shop.error(change, role="user")["extensions"]["code"] == "validation-failed"


def test_rows_of_a_function_are_under_the_rules_of_their_table(serve: Serve, place: Place) -> None:
    class Note(Model):
        __tablename__ = "notes"
        id: Mapped[IntId]
        owner_id: Mapped[int]
        text: Mapped[str]
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
        parent: Mapped[Note | None] = relationship(remote_side="Note.id")  # pyright: ignore[reportUndefinedVariable]

    allow(Note, "read", when=lambda row, me: row.owner_id == me.id, to="user")
    database_function("all_notes", returns=Note)
    database_function("like_it", returns=Note, arguments={"note": Note, "than": Text()}, on=Note)
    backend = serve()
    if place.dialect == "sqlite":
        pytest.skip("SQLite has no functions that give rows")
    backend.sql("INSERT INTO notes (id, owner_id, text) VALUES (1, 7, 'mine'), (2, 8, 'theirs')")
    backend.sql("CREATE FUNCTION all_notes() RETURNS SETOF notes LANGUAGE sql STABLE AS 'SELECT * FROM notes'")
    backend.sql(
        "CREATE FUNCTION like_it(note notes, than text) RETURNS SETOF notes LANGUAGE sql STABLE"
        " AS 'SELECT * FROM notes WHERE text > than'"
    )
    document = '{ allNotes(limit: 5, orderBy: {id: ASC}) { id likeIt(args: {than: "a"}) { id } } allNotesAggregate { aggregate { count } } }'
    assert backend.data(document, role="user", id=7) == {
        "allNotes": [{"id": 1, "likeIt": [{"id": 1}]}],
        "allNotesAggregate": {"aggregate": {"count": 1}},
    }
    assert backend.error("{ allNotes { id } }", role="anonymous")["extensions"]["code"] == "validation-failed"


def test_prefixes_suffixes_and_a_namespace_are_around_the_names_of_tables(serve: Serve) -> None:
    class Note(Model):
        __tablename__ = "notes"
        id: Mapped[IntId]
        text: Mapped[str]

    allow(Note, "all", when=everyone)
    names = Names("hasura-default", root_prefix="a_", root_suffix="_z", namespace="store", type_prefix="T_")
    backend = serve(naming=names)
    made = backend.data('mutation { store { a_insert_notes_one_z(object: {text: "x"}) { id __typename } } }')
    assert made == {"store": {"a_insert_notes_one_z": {"id": 1, "__typename": "T_notes"}}}
    assert backend.data(
        "{ one: store { a_notes_z { text } __typename } two: store { a_notes_aggregate_z { aggregate { count } } } }"
    ) == {
        "one": {"a_notes_z": [{"text": "x"}], "__typename": "T_store_query"},
        "two": {"a_notes_aggregate_z": {"aggregate": {"count": 1}}},
    }


def test_a_computed_field_with_the_name_of_a_column_is_a_problem(serve: Serve, place: Place) -> None:
    class Note(Model):
        __tablename__ = "notes"
        id: Mapped[IntId]
        text: Mapped[str]

    database_function("text", returns=Text(), arguments={"note": Note}, on=Note)
    if place.dialect == "sqlite":
        serve()
        return
    with pytest.raises(Problems, match="PT205"):
        serve()


def test_rules_ask_functions_of_the_database(serve: Serve, place: Place) -> None:
    class Student(Model):
        __tablename__ = "students"
        id: Mapped[IntId]
        name: Mapped[str]
        marks: Mapped[list[Mark]] = relationship(back_populates="student")  # pyright: ignore[reportUndefinedVariable]

    class Mark(Model):
        __tablename__ = "marks"
        id: Mapped[IntId]
        points: Mapped[int]
        student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
        student: Mapped[Student] = relationship(back_populates="marks")

    total = database_function(
        "total_marks",
        returns=Integer(),
        arguments={"caller": JSON(), "student": Student, "floor": Integer()},
        optional=["floor"],
        on=Student,
        session="caller",
    )
    marks = database_function("marks_of", returns=Mark, arguments={"student": Student}, on=Student)
    short = database_function("is_short", returns=Boolean(), arguments={"student": Student}, on=Student)

    def good(row: type[Student], me: Me) -> Rule:
        return total(row, me) >= 10

    def short_name(row: type[Student], me: Me) -> Rule:
        return short(row, me)

    allow(Student, "read", to="tutor", when=good)
    allow(Student, "read", to="strict", when=lambda row, me: total(row, me, floor=6) >= 10)
    allow(
        Student, "read", to="jury", when=lambda row, me: marks(row, me).any(lambda mark: mark.points == me.claim("p"))
    )
    allow(Student, "read", to="clerk", when=everyone)
    allow(Student, "create", "update", to="clerk", when=short_name)
    allow(Mark, "read", to="tutor", when=lambda row, me: row.student.has(total(Student, me) >= 10))
    if place.dialect == "sqlite":
        with pytest.raises(Problems, match="PT207"):
            serve()
        return
    backend = serve()
    backend.sql("INSERT INTO students (name) VALUES ('a'), ('b'), ('c')")
    backend.sql("INSERT INTO marks (points, student_id) VALUES (4, 1), (8, 1), (9, 2), (5, 3), (5, 3)")
    backend.sql(
        "CREATE FUNCTION total_marks(caller json, student students, floor int DEFAULT 0) RETURNS int LANGUAGE sql STABLE"
        " AS 'SELECT (sum(points) + coalesce((caller ->> ''x-hasura-bonus'')::int, 0))::int FROM marks"
        " WHERE student_id = student.id AND points >= floor'"
    )
    backend.sql(
        "CREATE FUNCTION marks_of(student students) RETURNS SETOF marks LANGUAGE sql STABLE"
        " AS 'SELECT * FROM marks WHERE student_id = student.id'"
    )
    backend.sql(
        "CREATE FUNCTION is_short(student students) RETURNS bool LANGUAGE sql STABLE AS 'SELECT length(student.name) < 3'"
    )

    def names(role: str, **claims: object) -> list[str]:
        found = backend.data("{ students(orderBy: {id: ASC}) { name } }", role=role, claims=claims)
        return [each["name"] for each in found["students"]]

    assert names("tutor") == ["a", "c"]
    assert names("tutor", bonus=1) == ["a", "b", "c"]
    assert names("strict", bonus=2) == ["a", "b"]
    assert names("jury", p=9) == ["b"]
    assert names("jury", p=7) == []
    nested = "{ students(limit: 1, orderBy: {id: DESC}) { name marks(limit: 1) { points } } marks(orderBy: {id: ASC}) { id } }"
    assert backend.data(nested, role="tutor") == {
        "students": [{"name": "c", "marks": [{"points": 5}]}], "marks": [{"id": each} for each in (1, 2, 4, 5)],
    }  # fmt: skip
    insert = "mutation($name: String!) { insertStudent(object: {name: $name}) { name } }"
    assert backend.data(insert, role="clerk", name="dd") == {"insertStudent": {"name": "dd"}}
    assert backend.error(insert, role="clerk", name="long")["extensions"]["problem"] == "PT302"
    update = "mutation($name: String!) { updateStudent(pkColumns: {id: 1}, _set: {name: $name}) { name } }"
    assert backend.data(update, role="clerk", name="e") == {"updateStudent": {"name": "e"}}
    assert backend.error(update, role="clerk", name="long")["extensions"]["problem"] == "PT302"


def test_a_function_of_a_wide_row_receives_every_column(serve: Serve, place: Place) -> None:
    if place.dialect == "sqlite":
        pytest.skip("SQLite has no functions of its own")
    columns = {f"c{number}": mapped_column(Integer) for number in range(120)}
    wide: Any = type(
        "Wide", (Model,), {"__tablename__": "wide", "id": mapped_column(Integer, primary_key=True), **columns}
    )
    last = database_function("last_of", returns=Integer(), arguments={"row": wide}, on=wide)
    allow(wide, "read", to="user", when=lambda row, me: last(row, me) == 7)
    backend = serve()
    backend.sql("INSERT INTO wide (id, c119) VALUES (1, 7), (2, 8)")
    backend.sql("CREATE FUNCTION last_of(\"row\" wide) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1.c119'")

    assert backend.data("{ wide { id } }", role="user") == {"wide": [{"id": 1}]}


def test_a_function_without_an_argument_that_it_needs_is_a_problem(serve: Serve, place: Place) -> None:
    class Note(Model):
        __tablename__ = "notes"
        id: Mapped[IntId]

    like = database_function("like_it", returns=Boolean(), arguments={"note": Note, "than": Text()}, on=Note)
    allow(Note, "read", when=lambda row, me: like(row, me))
    with pytest.raises(Problems, match="needs the argument 'than'"):
        serve()


def test_functions_are_subscribed_to_and_asked_of_images(shop: Backend) -> None:
    schema = shop.executor.builder.whole_schema(shop.executor.builder.types("keeper"))
    assert schema.subscription_type is not None
    fields = set(schema.subscription_type.fields)
    assert {"allThings", "Thing_by_pk", "Thing_stream", "Thing_changes", "cheap_items_stream"} <= fields
    assert not {"raise_prices", "cheap_items_changes"} & fields
    functions = {"priced_over", "priced_over_aggregate"}
    assert functions & fields == (functions if shop.place.dialect == "postgres" else set())
    if shop.place.dialect == "sqlite":
        return
    # A computed field is worked out of the row as the log has it.
    statement = LiveStatement(shop, "subscription { Thing_changes { key { id } new { doubled } } }", role="keeper")
    image = {"id": 1, "title": "cup", "colour": "red", "price": 21, "owner_id": 7}
    assert statement.event("update", image, image) == {"key": {"id": 1}, "new": {"doubled": 42}}
