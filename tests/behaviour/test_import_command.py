"""`portico import database` writes a package and settings without secrets, says what it did, and overwrites nothing unasked."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portico.gateway.cli.main import main
from portico.gateway.importing.files import without_password
from portico.gateway.loading import load_models
from portico.schema.declarations import Declarations
from tests.support.backend import Backend, Place, sqlite_place


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def filled(place: Place) -> Place:
    backend = Backend(Declarations(), place, create=False)
    for statement in (
        "CREATE TABLE artists (id integer PRIMARY KEY, name text NOT NULL)",
        "CREATE TABLE albums (id integer PRIMARY KEY, title text NOT NULL, artist_id integer NOT NULL REFERENCES artists)",
        "CREATE VIEW titles AS SELECT title FROM albums",
    ):
        backend.sql(statement)
    backend.close()
    return place


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["import", "database", *arguments])


def test_an_import_can_be_loaded_and_ruled(project: Path, filled: Place) -> None:
    done = run(filled.url)
    assert done.exit_code == 0, done.output
    assert "2 tables and 1 view" in done.output
    assert "Nothing is exposed yet" in done.output
    settings = tomllib.loads((project / "portico.toml").read_text())
    assert settings == {"models": "models", "database_url": without_password(filled.url), "naming": "plain"}
    # What the command tells to write works as it stands.
    (project / "models" / "rules.py").write_text(
        "from portico.schema import allow, everyone\n\nfrom . import Album\n\nallow(Album, 'read', when=everyone)\n"
    )
    with (project / "models" / "__init__.py").open("a") as init:
        init.write("\nfrom . import rules\n")
    backend = Backend(load_models(project / "models"), filled, create=False)
    assert backend.data("{ albums { title } }", role="anonymous") == {"albums": []}
    assert backend.data("{ artists { albums { title artist { name } } } }") == {"artists": []}
    backend.close()


def test_what_is_there_is_not_overwritten(project: Path, filled: Place) -> None:
    assert run(filled.url).exit_code == 0
    (project / "models" / "rules.py").write_text("mine")
    (project / "portico.toml").write_text('naming = "hasura-default"\n')
    again = run(filled.url)
    assert again.exit_code == 1
    assert "PT233" in again.output
    forced = run(filled.url, "--force")
    assert forced.exit_code == 0, forced.output
    assert (project / "models" / "rules.py").read_text() == "mine"
    assert (project / "portico.toml").read_text() == 'naming = "hasura-default"\n'
    (project / "other.py").write_text("")
    assert "PT233" in run(filled.url, "--into", "other").output
    assert "PT233" in run(filled.url, "--into", "no-name").output


def test_what_cannot_be_read_is_said_by_code(project: Path, tmp_path: Path) -> None:
    for url in ("postgresql://nobody:secret@127.0.0.1:1/none", f"sqlite:///{tmp_path}/none.db", "mysql://here/there"):
        done = run(url)
        assert done.exit_code == 1
        assert "PT232" in done.output
        assert "secret" not in done.output
    assert list(project.iterdir()) == []


def test_an_empty_database_is_nothing_to_import(project: Path, tmp_path: Path) -> None:
    place = sqlite_place(tmp_path)
    Path(place.url.removeprefix("sqlite:///")).touch()
    done = run(place.url)
    assert done.exit_code == 1
    assert "PT234" in done.output
    assert list(project.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("postgresql://me:secret@host:5432/name", "postgresql://me@host:5432/name"),
        ("postgresql://me@host/name?sslmode=require&password=secret", "postgresql://me@host/name?sslmode=require"),
        ("postgresql://me:se%40cret@/name?host=/run/pg", "postgresql://me@/name?host=/run/pg"),
        ("sqlite:///shop.db", "sqlite:///shop.db"),
    ],
)
def test_no_password_is_written_down(url: str, kept: str) -> None:
    assert without_password(url) == kept
