"""Triggers: functions that run after rows were written, with the rows, who wrote them, in order, at least once."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.events import EventServer

MODELS = """
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import Data, Event, Id, Jobs, Model, Now, allow, everyone, on

seen = []
failing = []


class Note(Model):
    id: Mapped[Id]
    text: Mapped[str]
    stars: Mapped[int] = mapped_column(default=0, server_default="0")
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    is_open: Mapped[bool] = mapped_column(default=True, server_default="1")
    details: Mapped[dict[str, Any] | None]
    made_at: Mapped[Now]


allow(Note, "all", when=everyone)


@on(Note)
async def written(note: Note, old: Note | None, event: Event) -> None:
    seen.append((event.verb, note, old, event))
    if failing:
        raise failing.pop()


@on(Note, "update", columns=[Note.stars])
def starred(note: Note) -> None:
    seen.append(("starred", note.stars))
"""


def test_each_write_is_told_with_its_rows_and_who_wrote(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    create = """mutation { insertNote(object: {text: "one", price: "12.50", details: {a: 1.5}}) { id } }"""
    note = server.as_admin(create)["insertNote"]
    server.wait_for(lambda: server.seen)
    verb, row, old, event = server.seen.pop()
    assert (verb, str(row.id), row.text, old) == ("create", note["id"], "one", None)
    assert (str(row.price), row.is_open, row.details, row.made_at.year >= 2024) == ("12.50", True, {"a": 1.5}, True)
    assert event.trace
    assert event.attempt == 1
    update = """mutation ($id: UUID!) { updateNote(pkColumns: {id: $id}, _set: {text: "two"}) { id } }"""
    server.as_admin(update, {"id": note["id"]})
    server.wait_for(lambda: server.seen)
    verb, row, old, _ = server.seen.pop()
    assert (verb, row.text, old.text) == ("update", "two", "one")
    server.as_admin("mutation ($id: UUID!) { deleteNote(id: $id) { id } }", {"id": note["id"]})
    server.wait_for(lambda: server.seen)
    verb, row, old, _ = server.seen.pop()
    assert (verb, row.text, old.text) == ("delete", "two", "two")
    assert server.until_idle() == {"done": 3}


def test_a_write_by_other_means_is_told_too(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    server.sql("INSERT INTO notes (id, text) VALUES ('0190a6c1000070008000000000000001', 'past us')")
    server.wait_for(lambda: server.seen)
    assert server.seen[0][1].text == "past us"
    assert server.seen[0][3].actor is None


def test_only_updates_of_the_columns_are_told(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    server.sql("INSERT INTO notes (id, text) VALUES ('0190a6c1000070008000000000000001', 'a')")
    server.sql("UPDATE notes SET text = 'b'", "UPDATE notes SET stars = 3", "UPDATE notes SET text = 'c'")
    server.wait_for(lambda: len(server.seen) == 5)
    assert [each for each in server.seen if each[0] == "starred"] == [("starred", 3)]
    assert [each[1].text for each in server.seen if each[0] == "update"] == ["b", "b", "c"]


def test_what_fails_is_tried_again_with_the_same_id_before_what_comes_after(
    open_server: Callable[..., EventServer],
) -> None:
    server = open_server(MODELS)
    server.fast_retries()
    server.models.failing.extend([ValueError("no"), ValueError("no")])
    server.sql("INSERT INTO notes (id, text) VALUES ('0190a6c1000070008000000000000001', 'a')")
    server.sql("UPDATE notes SET text = 'b'")
    server.wait_for(lambda: len(server.seen) == 4)
    assert server.until_idle() == {"done": 2}
    assert [(each[0], each[3].attempt) for each in server.seen] == [
        ("create", 1),
        ("create", 2),
        ("create", 3),
        ("update", 1),
    ]
    assert len({each[3].id for each in server.seen[:3]}) == 1
    rows = server.run(server.background.store.rows("SELECT outcome, answer FROM portico_attempts"))
    assert len(rows) == 2
    assert all("ValueError: no" in str(row[1]) for row in rows)


def test_a_rolled_back_write_is_not_told(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    answer = server.ask('mutation { insertNotes(objects: [{text: "a"}, {text: null}]) { affectedRows } }')
    assert "errors" in answer
    server.sql("INSERT INTO notes (id, text) VALUES ('0190a6c1000070008000000000000001', 'kept')")
    server.wait_for(lambda: server.seen)
    assert server.until_idle() == {"done": 1}
