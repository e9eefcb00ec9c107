"""`portico dev`: saves come into effect, broken ones do not, and the database follows the models."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from tests.process.conftest import Start
from tests.support.server import Server, eventually

MODELS = '''"""Notes."""

from sqlalchemy.orm import Mapped

from portico.schema import IntId, Model, allow, everyone


class Note(Model):
    id: Mapped[IntId]
    text: Mapped[str]


allow(Note, "all", when=everyone)
'''
INSERT = 'mutation { insertNote(object: {text: "kept"}) { id } }'


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def running(request: pytest.FixtureRequest, start: Start) -> Server:
    """A development server of each engine."""
    server = start(request.param, models=MODELS, command=("dev",))
    server.ask(INSERT)
    return server


@pytest.fixture
def server(running: Server) -> Generator[Server]:
    """The same with MODELS in effect."""
    yield running
    save(running, MODELS)
    eventually(lambda: fields(running) == ["id", "text"])


def save(server: Server, text: str) -> None:
    (server.folder / "models.py").write_text(text)


def with_column(line: str) -> str:
    return MODELS.replace("text: Mapped[str]\n", f"text: Mapped[str]\n    {line}\n")


def fields(server: Server) -> list[Any] | None:
    """The fields of a note; None where there is no such type."""
    found = server.ask('{ __type(name: "Note") { fields { name } } }').data["__type"]
    return found and [each["name"] for each in found["fields"]]


def test_a_new_column_comes_into_the_api_and_the_database(server: Server) -> None:
    save(server, with_column("mood: Mapped[str | None]"))

    eventually(lambda: fields(server) == ["id", "text", "mood"])
    server.ask('mutation { updateNotes(where: {}, _set: {mood: "gay"}) { affectedRows } }')

    assert server.ask("{ notes { text mood } }").data == {"notes": [{"text": "kept", "mood": "gay"}]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (MODELS + "class Broken(:\n", "Python cannot read it"),
        (MODELS + "import nothing_of_this_name\n", "nothing_of_this_name"),
        (MODELS.replace("everyone)", "everyone, fields=['txet'])"), "txet"),
        (with_column("needed: Mapped[str]"), "A required column needs a server_default"),
        ('"""Nothing."""\n', "declares no models"),
    ],
    ids=["syntax", "import", "rule", "a required column", "no models"],
)
def test_a_broken_save_leaves_the_last_good_one_served(text: str, told: str, server: Server) -> None:
    before = len(server.log)
    save(server, text)

    eventually(lambda: "still being served" in server.log[before:])
    assert told in server.log[before:]
    assert "Traceback" not in server.log[before:]
    assert server.ask("{ notes { text } }").data == {"notes": [{"text": "kept"}]}


def test_a_save_during_a_reload_is_not_missed(server: Server) -> None:
    before = len(server.log)
    save(
        server, 'import time\nprint("reading", flush=True)\ntime.sleep(0.5)\n' + with_column("slow: Mapped[int | None]")
    )
    eventually(lambda: "reading" in server.log[before:])
    save(server, with_column("fast: Mapped[int | None]"))

    eventually(lambda: "fast" in (fields(server) or ()), 5)


def test_a_module_that_models_import_is_reloaded_too(server: Server) -> None:
    (server.folder / "words.py").write_text("NAME = 'First'\n")
    save(
        server,
        MODELS.replace("class Note", "import words\nclass Note").replace("id: M", "__doc__ = words.NAME\n    id: M"),
    )
    about = '{ __type(name: "Note") { description } }'
    eventually(lambda: server.ask(about).data == {"__type": {"description": "First"}})

    (server.folder / "words.py").write_text("NAME = 'Second'\n")

    eventually(lambda: server.ask(about).data == {"__type": {"description": "Second"}})
