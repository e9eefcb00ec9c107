"""The change log: every committed change of a logged table once and in the order of commits, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest
from sqlalchemy.orm import Mapped

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Place
from tests.support.change_logs import Logged

Opening = Callable[..., Logged]


@pytest.fixture
def logged(declared: Declarations, place: Place) -> Generator[Opening]:
    """Migrates what the test has declared, and reads its log: `log = logged()`."""
    opened: list[Logged] = []

    def open_log(**settings: object) -> Logged:
        opened.append(Logged(declared, place, **settings))
        return opened[-1]

    yield open_log
    for each in opened:
        each.close()


@pytest.fixture
def notes(logged: Opening) -> Logged:
    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str | None]

    allow(Note, "read", when=everyone)
    return logged()


def test_inserts_updates_and_deletes_by_others_are_told_with_both_rows(notes: Logged) -> None:
    notes.sql("INSERT INTO notes (id, text) VALUES (1, 'a'), (2, NULL)")
    notes.sql("UPDATE notes SET text = 'b' WHERE id = 1", "DELETE FROM notes WHERE id = 2")

    assert notes.told() == [
        ("insert", "notes", None, {"id": 1, "text": "a"}),
        ("insert", "notes", None, {"id": 2, "text": None}),
        ("update", "notes", {"id": 1, "text": "a"}, {"id": 1, "text": "b"}),
        ("delete", "notes", {"id": 2, "text": None}, None),
    ]
    assert notes.told() == []


def test_who_waits_is_told(notes: Logged) -> None:
    assert notes.run(notes.log.wait(0.01)) in (True, False)
    notes.batch()
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    assert notes.run(notes.log.wait(10))
    assert len(notes.changes()) == 1
