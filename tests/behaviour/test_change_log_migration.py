"""Which tables are logged, and how a database comes to log them: new, old, altered, or with migrations of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, exists, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from portico.gateway.migrating import migrate, missing
from portico.gateway.settings import Settings
from portico.gateway.tables_there import lacking
from portico.resolvers.sql.change_log import identifier
from portico.resolvers.sql.logged_tables import logged_tables
from portico.schema import IntId, Me, Model, Rule, allow, everyone, view
from portico.schema.declarations import Declarations, declaring
from portico.schema.infos import quiet
from portico.schema.reading import read_catalog
from tests.support.backend import Place
from tests.support.change_logs import Logged, execute

Opening = Callable[..., Logged]


@pytest.fixture
def logged(declared: Declarations, place: Place) -> Generator[Opening]:
    opened: list[Logged] = []

    def open_log(declarations: Declarations = declared, **settings: Any) -> Logged:
        opened.append(Logged(declarations, place, **settings))
        return opened[-1]

    yield open_log
    for each in opened:
        each.close()


def note(**columns: Any) -> Declarations:
    """A model of notes with these columns besides its key."""
    with declaring() as declarations:
        made = type(
            "Note",
            (Model,),
            {
                "__module__": __name__,
                "__annotations__": {"id": Mapped[IntId]},
                "id": mapped_column(Integer, primary_key=True),
                **columns,
            },
        )
        allow(made, "read", when=everyone)
    return declarations


def text(**options: Any) -> Any:
    return mapped_column(String, nullable=True, **options)


def test_tables_are_logged_that_somebody_may_read_or_rules_look_into(declared: Declarations) -> None:
    members = Table(
        "members",
        Model.metadata,
        Column("room_id", ForeignKey("rooms.id")),
        Column("person_id", ForeignKey("persons.id")),
    )

    class Person(Model):
        __tablename__ = "persons"
        id: Mapped[IntId]

    class Ban(Model):
        id: Mapped[IntId]
        room_id: Mapped[int]

    class Room(Model):
        id: Mapped[IntId]
        people: Mapped[list[Person]] = relationship(secondary=members)

    class Secret(Model):
        id: Mapped[IntId]

    class Loud(Model):
        __table_args__: ClassVar[Any] = {"info": quiet()}
        id: Mapped[IntId]

    class Seen(Model):
        __table_args__: ClassVar[Any] = {"info": view()}
        id: Mapped[IntId]

    for model in (Person, Loud, Seen):
        allow(model, "read", when=everyone)
    allow(Secret, "create", when=everyone)

    @allow(Room, "read")
    def not_banned(room: type[Room], me: Me) -> Rule:
        return ~exists(select(Ban.id).where(Ban.room_id == room.id))

    catalog = read_catalog(declared, dialect="sqlite")
    assert [table.fullname for table in logged_tables(catalog)] == ["bans", "members", "persons", "rooms"]
    assert [table.fullname for table in logged_tables(catalog, ("louds", "secrets", "seens", "nothing"))] == [
        "louds",
        "secrets",
    ]


def test_a_database_from_before_comes_to_be_logged_and_is_left_alone_then(logged: Opening, place: Place) -> None:
    before = note(text=text())
    logged(before, realtime=False)
    execute(place, "INSERT INTO notes (id, text) VALUES (1, 'a')")

    log = logged(before)
    assert "log changes of notes" in log.migrated.applied
    assert log.missing() == []
    assert log.migrate().applied == []
    log.sql("UPDATE notes SET text = 'b'")
    assert log.told() == [("update", "notes", {"id": 1, "text": "a"}, {"id": 1, "text": "b"})]


def test_what_is_missing_is_said_and_not_needed_for_serving(place: Place) -> None:
    declarations = note(text=text())
    off, on = (Settings(database_url=place.url, realtime=realtime) for realtime in (False, True))
    asyncio.run(migrate(declarations, off, Path()))
    assert asyncio.run(missing(declarations, off, Path())) == []
    assert "log changes of notes" in asyncio.run(missing(declarations, on, Path()))
    assert asyncio.run(lacking(declarations, on, Path())) == []


def test_a_table_that_is_altered_is_logged_with_its_new_columns(logged: Opening) -> None:
    logged(note(text=text()))
    log = logged(note(text=mapped_column(String, nullable=False), more=text()))
    log.sql("INSERT INTO notes (id, text, more) VALUES (1, 'x', 'y')")
    assert log.told()[-1] == ("insert", "notes", None, {"id": 1, "text": "x", "more": "y"})
    assert log.migrate().applied == []


def test_a_table_that_comes_to_be_logged_is_told_of_as_a_whole(logged: Opening) -> None:
    log = logged(note(text=text()))
    for statement in _drop_triggers(log):
        log.sql(statement)
    log.sql("INSERT INTO notes (id) VALUES (1)")
    assert log.told() == []
    assert log.missing() == ["log changes of notes"]
    assert log.migrate().applied == ["log changes of notes"]
    log.sql("INSERT INTO notes (id) VALUES (2)")
    assert log.told() == [("truncate", "notes", None, None), ("insert", "notes", None, {"id": 2, "text": None})]


def _drop_triggers(log: Logged) -> list[str]:
    if log.place.dialect == "sqlite":
        return [
            f'DROP TRIGGER "{name}"' for (name,) in log.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ]
    return ["DROP TRIGGER portico_changes_row ON notes", "DROP TRIGGER portico_changes_truncate ON notes"]


def test_triggers_that_somebody_changed_are_made_anew(logged: Opening) -> None:
    log = logged(note(text=text()))
    if log.place.dialect == "sqlite":
        log.sql(
            "DROP TRIGGER portico_changes_after_delete_notes",
            "CREATE TRIGGER portico_changes_after_delete_notes AFTER DELETE ON notes BEGIN SELECT 1; END",
        )
    else:
        log.sql(
            "ALTER TABLE notes DISABLE TRIGGER portico_changes_row",
            "CREATE OR REPLACE FUNCTION portico_log_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        )
    assert log.missing()
    log.migrate()
    assert log.missing() == []
    log.changes()
    log.sql("INSERT INTO notes (id) VALUES (1)", "DELETE FROM notes")
    assert [change.verb for change in log.changes()] == ["insert", "delete"]


def test_tables_that_need_no_log_any_more_lose_it(logged: Opening) -> None:
    declarations = note(text=text())
    logged(declarations)
    log = logged(declarations, realtime_tables=("others",))
    assert log.migrated.applied == ["log changes of notes no more"]
    assert log.log.tables == frozenset()
    log.sql("INSERT INTO notes (id) VALUES (1)")
    assert log.told() == []
    assert log.migrate().applied == []


def test_tables_with_migrations_of_their_own_are_logged_too(
    logged: Opening, declared: Declarations, place: Place
) -> None:
    class Base(DeclarativeBase):
        metadata = MetaData()

    class Stock(Base):
        __tablename__ = "stock"
        sku: Mapped[str] = mapped_column(primary_key=True)

    allow(Stock, "read", when=everyone)
    first = logged()
    assert "stock" not in first.log.tables
    execute(place, "CREATE TABLE stock (sku VARCHAR PRIMARY KEY, other INTEGER)")
    log = logged()
    log.sql("INSERT INTO stock (sku, other) VALUES ('a', 1)")
    assert log.told() == [("insert", "stock", None, {"sku": "a", "other": 1})]


def test_names_may_need_quoting_and_columns_may_be_many(logged: Opening, declared: Declarations) -> None:
    name = 'it\'s "Odd"'
    names = [f"c\"{number}' \\ü" for number in range(150)]
    Table(
        name,
        Model.metadata,
        Column("Key", Integer, primary_key=True, autoincrement=False),
        *[Column(each, Integer) for each in names],
    )

    class Note(Model):
        id: Mapped[IntId]

    allow(Note, "read", when=everyone)
    log = logged(realtime_tables=(name,))
    assert log.log.tables == {name}
    log.sql(f"INSERT INTO {identifier(name)} ({identifier('Key')}, {identifier(names[149])}) VALUES (1, 2)")
    (change,) = log.changes()
    assert change.new is not None
    assert list(change.new) == ["Key", *names]
    assert change.new[names[149]] == 2
    assert change.new[names[0]] is None
    assert log.migrate().applied == []


def test_tables_without_keys_partitions_and_schemas(postgres: str, declared: Declarations) -> None:
    from tests.support.postgres import fresh_database

    Table("loose", Model.metadata, Column("a", Integer), Column("j", String))
    Table("parts", Model.metadata, Column("a", Integer, primary_key=True), postgresql_partition_by="RANGE (a)")
    Table("notes", Model.metadata, Column("a", Integer, primary_key=True), schema="other")
    Table("notes", Model.metadata, Column("a", Integer, primary_key=True))
    for table in Model.metadata.tables.values():
        allow(table, "read", when=everyone)
    with fresh_database(postgres) as url:
        execute(Place("postgres", url), "CREATE SCHEMA other")
        log = Logged(declared, Place("postgres", url))
        try:
            assert log.log.tables == {"loose", "parts", "other.notes", "notes"}
            log.sql(
                "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20)",
            )
            assert log.migrate().applied == []
            log.sql(
                "INSERT INTO parts_1 VALUES (1)", "INSERT INTO parts VALUES (2)", "UPDATE parts SET a = 11 WHERE a = 1"
            )
            assert [(verb, table) for verb, table, *_ in log.told()] == [
                ("insert", "parts"),
                ("insert", "parts"),
                ("delete", "parts"),
                ("insert", "parts"),
            ]
            log.sql(
                "TRUNCATE parts",
                "INSERT INTO loose VALUES (1, 'x')",
                "UPDATE loose SET a = 2",
                "SET LOCAL search_path = other",
                "INSERT INTO notes VALUES (1)",
                "INSERT INTO public.notes VALUES (2)",
            )
            assert log.told() == [
                ("truncate", "parts", None, None),
                ("insert", "loose", None, {"a": 1, "j": "x"}),
                ("update", "loose", {"a": 1, "j": "x"}, {"a": 2, "j": "x"}),
                ("insert", "other.notes", None, {"a": 1}),
                ("insert", "notes", None, {"a": 2}),
            ]
        finally:
            log.close()
