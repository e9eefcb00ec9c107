"""`portico files`: what an administrator does with rows and bytes, past the rules."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portico.gateway.cli.main import main
from tests.storage.server import MODELS, PNG
from tests.support.s3 import ACCESS_KEY, BUCKET, SECRET_KEY, Bucket, checked_s3

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
    assert "1 copied" in portico("files", "move", "--from", "files").output
    assert "0 copied" in portico("files", "move", "--from", "files").output
    assert "All files" in portico("files", "verify").output


def test_files_move_between_a_folder_and_a_bucket(portico: Callable[..., Result], tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / name).write_bytes(PNG + name.encode())
        portico("files", "cp", name, "photos.picture")
    keys = [line.split()[0] for line in portico("files", "ls").output.splitlines()]
    (tmp_path / "files" / f"{keys[0]}.small").write_bytes(b"made of it")
    with checked_s3() as bucket:
        place, toml = f"s3://{BUCKET}/moved/", settings_of(bucket)
        (tmp_path / "portico.toml").write_text(TOML + toml.format(bucket=""))
        # What interrupts is found as it left it: the second object is refused, the first is there.
        bucket.fail.append(f"PUT /{BUCKET}/moved/{keys[1]}")
        portico("files", "move", "--to", place, fails=True)
        bucket.fail.clear()
        assert "2 copied" in portico("files", "move", "--to", place).output
        assert all((tmp_path / "files" / key).exists() for key in keys)

        (tmp_path / "portico.toml").write_text(TOML + toml.format(bucket=BUCKET))
        assert "All files" in portico("files", "verify").output
        assert "0 copied, 3 deleted" in portico("files", "move", "--from", "files", "--delete").output
        assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
        assert "0 copied, 0 deleted" in portico("files", "move", "--from", "files", "--delete").output
        assert "All files" in portico("files", "verify").output

        (tmp_path / "portico.toml").write_text(TOML + toml.format(bucket=""))
        assert "3 copied, 3 deleted" in portico("files", "move", "--from", place, "--delete").output
        assert "All files" in portico("files", "verify").output
        (tmp_path / "portico.toml").write_text(TOML + toml.format(bucket=BUCKET))
        assert portico("files", "verify", fails=True).output.count("no bytes") == 3


def settings_of(bucket: Bucket) -> str:
    """`[storage.s3]`, with a place for the bucket's name: empty where files lie on the disk."""
    return (
        f'[storage.s3]\nbucket = "{{bucket}}"\nprefix = "moved/"\nendpoint_url = "{bucket.endpoint_url}"\npath_style = true\n'
        f'access_key_id = "{ACCESS_KEY}"\nsecret_access_key = "{SECRET_KEY}"\n'
    )


def test_nothing_is_deleted_that_has_not_arrived_whole(portico: Callable[..., Result], tmp_path: Path) -> None:
    for _ in range(3):
        portico("files", "cp", "picture.png", "photos.picture")
    good, mended, bad = (line.split()[0] for line in portico("files", "ls").output.splitlines())
    (tmp_path / "portico.toml").write_text(TOML + 'folder = "elsewhere"\n')
    assert "3 copied" in portico("files", "move", "--from", "files").output
    (tmp_path / "elsewhere" / mended).write_bytes(PNG[::-1])
    (tmp_path / "elsewhere" / bad).write_bytes(PNG[::-1])
    (tmp_path / "files" / bad).write_bytes(PNG[::-1])
    told = portico("files", "move", "--from", "files", "--delete", fails=True).output
    assert f"{bad}: other bytes than those that came" in told
    assert "1 copied, 2 deleted" in told
    assert (tmp_path / "elsewhere" / mended).read_bytes() == PNG
    assert [(tmp_path / "files" / key).exists() for key in (good, mended, bad)] == [False, False, True]


def test_a_move_needs_two_places_and_deletes_in_the_old_one_alone(portico: Callable[..., Result]) -> None:
    portico("files", "cp", "picture.png", "photos.picture")
    for wrong in ((), ("--from", "a", "--to", "b"), ("--to", "elsewhere", "--delete"), ("--from", "./files/../files")):
        portico("files", "move", *wrong, fails=True)
    assert "All files" in portico("files", "verify").output


def test_what_lies_beside_files_in_a_store_is_not_theirs(portico: Callable[..., Result], tmp_path: Path) -> None:
    portico("files", "cp", "picture.png", "photos.picture")
    app = tmp_path / "files" / "app" / "assets" / "app.js"
    app.parent.mkdir(parents=True)
    app.write_text("export {};")
    os.utime(app, (0, 0))
    assert "All files" in portico("files", "verify").output
    assert "0 without a row" in portico("files", "sweep", "--strays").output
    assert app.exists()


def test_a_project_without_files_says_so(portico: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(
        "from portico.schema import Id, Model\nfrom sqlalchemy.orm import Mapped\n\n\nclass A(Model):\n    id: Mapped[Id]\n"
    )
    portico("migrate")
    assert "PT383" in portico("files", "ls", fails=True).output
