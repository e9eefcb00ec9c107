"""Triggers: functions that run after rows were written, with the rows, who wrote them, in order, at least once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portico.gateway.app import Gateway
from portico.gateway.loading import load_models
from portico.gateway.settings import Settings
from portico.schema.problems import Problems
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


def test_several_processes_tell_each_event_once(open_server: Callable[..., EventServer]) -> None:
    one = open_server(MODELS)
    other = open_server(MODELS)
    values = ", ".join(f"('0190a6c10000700080000000000001{number:02}', 'a')" for number in range(50))
    one.sql(f"INSERT INTO notes (id, text) VALUES {values}")
    # Both run in turn: their dispatchers believe the same position, and one of them is late.
    for _ in range(20):
        one.run(asyncio.sleep(0.01))
        other.run(asyncio.sleep(0.01))
    other.wait_for_states(done=50)
    assert other.until_idle() == {"done": 50}


ACCOUNTS = """
from portico.gateway.auth import User
from portico.schema import Data, Event, on

seen = []


@on(User, "create")
async def welcome(user: User, event: Event, data: Data) -> None:
    async with data.read() as session:
        found = await session.get(User, user.id)
        seen.append((user.email, found.email))
"""


def test_a_new_user_is_told_of(open_server: Callable[..., EventServer]) -> None:
    server = open_server(ACCOUNTS)
    server.sign_up("ann@example.com")
    server.wait_for(lambda: server.seen)
    assert server.seen == [("ann@example.com", "ann@example.com")]


def test_without_realtime_events_are_told_all_the_same(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, realtime=False)
    server.sql("INSERT INTO notes (id, text) VALUES ('0190a6c1000070008000000000000001', 'a')")
    server.wait_for(lambda: server.seen)


def test_what_was_not_told_is_not_forgotten(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, change_log_hours=0.0, change_log_rows=1)
    background: Any = server.background
    server.run(background._dispatcher.close())
    for number in range(5):
        server.sql(f"INSERT INTO notes (id, text) VALUES ('0190a6c100007000800000000000000{number}', 'a')")
    gateway: Any = server.gateway
    feed = gateway._feed

    async def sweep() -> None:
        await feed._log.head()
        await feed._log.sweep(await feed.keeps())

    server.run(sweep())
    background._dispatcher._task = None
    server.run(background._dispatcher.start())
    server.wait_for(lambda: len(server.seen) == 5)


@pytest.mark.parametrize(
    "wrong",
    [
        '@on(Note, "create")\nasync def wrong(message: int) -> None: ...',
        '@on(Note, "created")\nasync def wrong(note: Note) -> None: ...',
        '@on(Note, "update", columns=["colour"])\nasync def wrong(note: Note) -> None: ...',
        '@on(int, "create")\nasync def wrong() -> None: ...',
        '@on(Note, "create")\nasync def starred(note: Note) -> None: ...',
    ],
)
def test_what_cannot_be_told_is_a_problem_of_the_model_file(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "models.py").write_text(f"{MODELS}\n\n{wrong}\n")
    with pytest.raises(Problems) as found:
        Gateway(load_models(tmp_path / "models.py"), Settings(database_url="sqlite:///:memory:"), tmp_path)
    assert [each.code for each in found.value.problems] == ["PT228"]
    assert found.value.problems[0].source is not None


def test_a_project_without_events_loads_nothing_of_them(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from portico.gateway.app import Gateway
from portico.gateway.loading import load_models
from portico.gateway.settings import Settings
declarations = load_models(Path("models.py"))
Gateway(declarations, Settings(), Path())
loaded = [each for each in sys.modules if each.startswith(("portico.gateway.events", "cronsim", "aiohttp"))]
assert not loaded, loaded
assert not [each for each in declarations.registry.metadata.tables if "jobs" in each]
"""
    plain = 'from portico.schema import *\nfrom sqlalchemy.orm import Mapped\n\nclass Note(Model):\n    id: Mapped[Id]\n\nallow(Note, "read", when=everyone)\n'
    (tmp_path / "models.py").write_text(plain)
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
