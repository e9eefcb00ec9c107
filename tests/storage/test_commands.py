"""`portico files`: what an administrator does with rows and bytes, past the rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portico.gateway.cli.main import main
from tests.storage.server import MODELS, PNG

TOML = 'token_secret = "of no consequence, but long enough"\n[storage]\nsweep_s = 0.0\n'


@pytest.fixture
def portico(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`portico …` in a project with photos, over SQLite."""
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "portico.toml").write_text(TOML)
    (tmp_path / "picture.png").write_bytes(PNG)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, fails: bool = False) -> Result:
        done = CliRunner().invoke(main, arguments)
        assert (done.exit_code != 0) is fails, done.output
        return done

    run("migrate")
    return run


def key_of(listed: Result) -> str:
    return listed.output.split()[0]


def test_a_file_is_brought_in_listed_and_taken_out(portico: Callable[..., Result], tmp_path: Path) -> None:
    portico("files", "cp", "picture.png", "photos.picture")
    listed = portico("files", "ls")
    assert f"{len(PNG)}  image/png  ready  picture.png" in listed.output
    portico("files", "cp", key_of(listed), "out.png")
    assert (tmp_path / "out.png").read_bytes() == PNG
    assert portico("files", "ls", "badges.").output == ""


def test_what_is_not_as_its_row_says_is_found(portico: Callable[..., Result], tmp_path: Path) -> None:
    portico("files", "cp", "picture.png", "photos.picture")
    assert "All files" in portico("files", "verify").output
    path = tmp_path / "files" / key_of(portico("files", "ls"))
    path.write_bytes(PNG[::-1])
    assert "All files" in portico("files", "verify", "--quick").output
    assert "other bytes" in portico("files", "verify", fails=True).output
    path.write_bytes(PNG[:-1])
    assert "2063 bytes, and not 2064" in portico("files", "verify", "--quick", fails=True).output
    path.unlink()
    assert "no bytes" in portico("files", "verify", fails=True).output
    stray = tmp_path / "files" / "photos.picture" / "aa" / "stray"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"?")
    assert "aa/stray: bytes without a row" in portico("files", "verify", fails=True).output
    portico("files", "sweep", "--strays")
    assert stray.exists(), "it may be an upload that goes on"


def test_a_file_is_deleted_unless_a_row_has_it(portico: Callable[..., Result], tmp_path: Path) -> None:
    portico("files", "cp", "picture.png", "photos.picture")
    key = key_of(portico("files", "ls"))
    assert "1 deleted" in portico("files", "rm", key).output
    assert portico("files", "ls").output == ""
    assert not (tmp_path / "files" / key).exists()
    assert "0 deleted" in portico("files", "rm", key, fails=True).output


def test_files_move_to_another_store(portico: Callable[..., Result], tmp_path: Path) -> None:
    portico("files", "cp", "picture.png", "photos.picture")
    (tmp_path / "portico.toml").write_text(TOML + 'folder = "elsewhere"\n')
    assert "no bytes" in portico("files", "verify", fails=True).output
    assert "1 moved" in portico("files", "move", "--from-folder", "files").output
    assert "0 moved" in portico("files", "move", "--from-folder", "files").output
    assert "All files" in portico("files", "verify").output


def test_a_project_without_files_says_so(portico: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(
        "from portico.schema import Id, Model\nfrom sqlalchemy.orm import Mapped\n\n\nclass A(Model):\n    id: Mapped[Id]\n"
    )
    portico("migrate")
    assert "PT383" in portico("files", "ls", fails=True).output
